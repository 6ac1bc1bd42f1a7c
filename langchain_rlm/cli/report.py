"""`langchain-rlm report`: the page of a run on record, in a file or on a server."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_rlm.cli.exits import WRONG_INPUT
from langchain_rlm.cli.sources import read_sources
from langchain_rlm.cli.terminal import say
from langchain_rlm.context.load import Reading, load_corpus
from langchain_rlm.errors import InputError, RLMError
from langchain_rlm.journal.files import check_writable, load_journal, same_context, write_whole
from langchain_rlm.journal.record import Recording

if TYPE_CHECKING:
    from langchain_rlm.cli.served import ServedRun

Served = tuple[str | None, str | None, str | None]
"""Thread, address of the server, and run, as they were typed."""


def run(journal: Path | None, output: Path | None, context: Sequence[str], *, served: Served) -> int:
    """Write the page, say where it is, and return the exit code."""
    try:
        source = _source(journal, served)
        page = output or _beside(source)
        if isinstance(source, Path) and page.resolve() == source.resolve():
            msg = f"{page}: the page would take the place of the journal. Name another file with --output."
            raise InputError(msg)
        check_writable(page)
        recording = load_journal(source) if isinstance(source, Path) else source.load()
        if context:
            corpus = load_corpus(Reading(partial(read_sources, tuple(context))))
            recording = replace(recording, texts=same_context(recording, corpus).texts)
        write_page(recording, page)
    except RLMError as error:
        say(f"error: {error}", error=True)
        return WRONG_INPUT
    say(str(page))
    return 0


def _source(journal: Path | None, served: Served) -> "Path | ServedRun":
    thread, url, run = served
    if journal is not None and not any(served):
        return journal
    if journal is None and thread and url:
        from langchain_rlm.cli.served import ServedRun  # brings an HTTP client, which `ask` does not need

        return ServedRun(url, thread, run)
    msg = "Name one run: a journal, or --thread ID and --url URL of a server, which may have --run ID."
    raise InputError(msg)


def _beside(source: "Path | ServedRun") -> Path:
    return source.parent / f"{source.stem}.html" if isinstance(source, Path) else Path(f"{source.thread}.html")


def write_page(record: Recording, page: Path) -> None:
    """Write the page of a run."""
    from langchain_rlm.report.page import render  # reads its script and style sheet

    write_whole(page, [render(record)])
