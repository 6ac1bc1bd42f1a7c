"""Pages of PDF files: which have no text, where they stand in the text, and their pictures."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.pieces import PAGE_BREAK, WITHOUT_TEXT, Span
from langchain_rlm.errors import InputError, MissingExtraError
from langchain_rlm.threads import timeout

STATE = "file_state"
"""Metadata of a PDF: what says that the file has not changed."""
TOLD = 20
"""Documents, and ranges of pages of each, that are told."""
SECONDS = 120.0
"""For the pictures of one call."""
_DRAW = "from langchain_rlm.context.drawing import serve; serve()"


def pages_of(metadata: Mapping[str, Any]) -> int:
    """How many pages can be shown of the file that a document is from; 0: it is no PDF."""
    pages = metadata.get("pages")
    return pages if isinstance(pages, int) and isinstance(metadata.get(STATE), str) else 0


def without_text(document: SourceText) -> list[int]:
    """The pages of a document that have no text."""
    return [*document.metadata.get(WITHOUT_TEXT, ())] if pages_of(document.metadata) else []


def are_pictures(corpus: Corpus) -> bool:
    """Whether most pages of a document have no text: there is nothing to read in it without its pictures."""
    return any(2 * len(without_text(one)) > pages_of(one.metadata) > 0 for one in corpus.documents)


def told(corpus: Corpus, *, are_seen: bool) -> list[str]:
    """The lines about pages without text; `are_seen`: a sub-model may take pictures."""
    named = [(one, pages) for one in corpus.documents if (pages := without_text(one))]
    if not named:
        return []
    lines = [f"{one.shown}: {_said(pages)} no text." for one, pages in named[:TOLD]]
    if len(named) > TOLD:
        lines.append(f"... and {len(named) - TOLD:,} more documents with such pages.")
    if are_seen:
        lines.append(f"`llm_query(prompt, images=[{_which(corpus, *named[0])}])` shows it to a sub-model as a picture.")
    return lines


def _which(corpus: Corpus, document: SourceText, pages: Sequence[int]) -> str:
    is_only = sum(pages_of(one.metadata) > 0 for one in corpus.documents) == 1
    return f"page({pages[0]})" if is_only else f"page({pages[0]}, document={document.name!r})"


def _said(pages: Sequence[int]) -> str:
    """`pages 3, 7-9 have`."""
    runs = [[page for _, page in run] for _, run in groupby(enumerate(pages), lambda pair: pair[1] - pair[0])]
    said = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    listed = ", ".join(said[:TOLD]) + (f" and more, {len(pages):,} in all," if len(said) > TOLD else "")
    return f"page {listed} has" if len(pages) == 1 else f"pages {listed} have"


def span_of(corpus: Corpus, document: int, page: int) -> Span | None:
    """Where a page stands in the text of the context; None: there is no such page to show."""
    if not 0 <= document < len(corpus.documents):
        return None
    source = corpus.documents[document]
    if not 1 <= page <= pages_of(source.metadata):
        return None
    start = 0
    for _ in range(page - 1):
        start = source.text.find(PAGE_BREAK, start) + 1
        if not start:
            return None
    end = source.text.find(PAGE_BREAK, start)
    return document, start, len(source.text) if end < 0 else end


async def pictures(corpus: Corpus, images: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """Pages, each by its document and number, as content blocks of a message.

    Raises:
        InputError: A file is gone, has changed or cannot be drawn.
    """
    return [await _picture(corpus.documents[document], page) for document, page in images]


async def _picture(document: SourceText, page: int) -> dict[str, Any]:
    asked = {"path": str(document.metadata["source"]), "state": document.metadata[STATE], "page": page}
    made = await _drawn(json.dumps(asked).encode())
    if "error" in made:
        kind = MissingExtraError if "pip install" in made["error"] else InputError
        msg = f"{document.shown}, page {page}: {made['error']}"
        raise kind(msg)
    return {"type": "image", "base64": made["png"], "mime_type": "image/png"}


async def _drawn(asked: bytes) -> dict[str, Any]:
    """Have a process draw: what a damaged file does to the library stays there."""
    places = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", _DRAW, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": places}, start_new_session=True,
    )  # fmt: skip
    try:
        async with timeout(SECONDS):
            said, _ = await process.communicate(asked)
        return dict(json.loads(said))
    except TimeoutError:
        return {"error": f"the page takes more than {SECONDS:g} seconds to draw."}
    except ValueError:
        return {"error": f"the page cannot be drawn: what draws it ended with {process.returncode}."}
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())
