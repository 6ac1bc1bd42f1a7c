"""From what a caller passes as `context` to a corpus: texts, documents, files, directories, mappings."""

import glob
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from langgraph.store.base import BaseStore

from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus, LeftOut, SourceText
from langchain_rlm.context.files import Files, Read
from langchain_rlm.context.large_files import moved
from langchain_rlm.context.paths import at_home
from langchain_rlm.context.searchable import Searchable
from langchain_rlm.context.tables.given import Tables
from langchain_rlm.context.tables.kinds import is_frame, is_sql_database
from langchain_rlm.context.tables.table import Table
from langchain_rlm.context.text import is_blank
from langchain_rlm.errors import InputError

FORMS = (
    "Pass a str, a Document, a list of either, a Path or list of paths, a mapping of names to texts, a document "
    "loader, or something to search: a retriever, a vector store or a store."
)
LONGEST_PATH = 500
"""Characters of a text that may be a path by mistake."""
LOOKED_AT = 1_000
"""Texts of a list that are looked at for paths."""
_PATH = re.compile(
    r"(?:~|\.{0,2})(?:[/\\][\w.@()+-]+)+|[\w.@()+-]+(?:[/\\][\w .@()+-]+)+\.\w{1,5}"
    r"|[\w.@()+-]+\.(?:csv|docx?|epub|html?|jsonl?|log|md|pdf|pptx?|py|rst|tex|tsv|txt|xlsx?|xml|ya?ml)"
)


@dataclass
class Reading:
    """A context that this function reads, when a run begins and within its budget; it is there when that was enough."""

    read: Callable[[Loading], Corpus]
    corpus: Corpus = field(default_factory=lambda: Corpus(()))


def load_corpus(context: Any, *, looks_for_files: bool = True, loading: Loading | None = None) -> Corpus:
    """Read `context` into a corpus.

    Args:
        context: `str`, `Document`, a list of either, a `Path` (a text file, a directory, or a pattern such as
            `Path("docs/**/*.md")`) or a list of paths, `Files`, a mapping of names to texts, a `BaseLoader` (read
            here, one document at a time), or a `BaseRetriever`, `VectorStore` or `BaseStore` (never read through: the
            REPL gets `search` and `fetch`). PDF files need the extra `pdf`, office files the extra `office`.
        looks_for_files: Refuse a text that names a file which is there. Off for texts that come from elsewhere.
        loading: Where to keep what is loaded so far.

    Returns:
        The documents, in the order given; files of a directory in the order of their names.

    Raises:
        InputError: Nothing is there, a path does not exist or holds no text, the form is not one of these, or a text
            is a path.
    """
    if isinstance(context, Reading):
        with loading or Loading() as now:
            context.corpus = context.read(now)
            return context.corpus
    if isinstance(context, BaseRetriever | VectorStore | BaseStore):
        return Corpus((), searchable=Searchable(context))
    if isinstance(context, Corpus) and context.searchable is not None:
        return context
    if isinstance(context, Corpus):
        single, documents, left_out = context.single, tuple(_unique(context.documents)), context.left_out
        tables = context.tables
    else:
        _refuse_paths(context, looks_for_files=looks_for_files)
        with loading or Loading() as now:
            read = now.read
            for one in _read(context, now):
                read.append(one)  # what there is so far may be asked for meanwhile
            tables = now.taken()
        documents = tuple(_unique(one for one in read if isinstance(one, SourceText)))
        left_out = tuple(one for one in read if isinstance(one, LeftOut))
        is_one = isinstance(context, str | Document) or (isinstance(context, Path) and at_home(context).is_file())
        single = is_one and len(documents) == 1
    if tables is None and not any(not is_blank(document.text) for document in documents):
        what = "no document" if not documents else "no text" if len(documents) == 1 else "only documents without text"
        files = ", ".join(str(read.metadata["source"]) for read in documents[:3] if "source" in read.metadata)
        msg = f"The context has {what}{f' ({files})' if files else ''}. {FORMS}"
        raise InputError(msg)
    return Corpus(tuple(map(moved, documents)), single, left_out=left_out, tables=tables)


def so_far(loading: Loading, reason: str) -> Corpus:
    """What is loaded when there is no time for the rest, which is named as left out."""
    read, done, total = [*loading.read], *loading.counts()
    missing = f"{total - done:,} of {total:,} files" if total else "the rest of the context"
    documents = tuple(_unique(one for one in read if isinstance(one, SourceText)))
    left_out = *(one for one in read if isinstance(one, LeftOut)), LeftOut(missing, reason)
    tables = loading.taken()
    return Corpus(documents or (() if tables else (SourceText("nothing", ""),)), left_out=left_out, tables=tables)


def _refuse_paths(context: Any, *, looks_for_files: bool) -> None:
    """Refuse a text that is a path: the answer would be about the path, not about the file."""
    is_one = isinstance(context, str)
    given = [context] if is_one else [*context.values()] if isinstance(context, Mapping) else context
    for text in given[:LOOKED_AT] if isinstance(given, list | tuple) else ():
        path = text.strip() if isinstance(text, str) else ""
        if not 0 < len(path) <= LONGEST_PATH or "\n" in path:
            continue
        has_form = _PATH.fullmatch(path) is not None
        if (is_one and has_form) or (looks_for_files and (is_one or has_form) and _is_there(path)):
            msg = (
                f"The context {text!r} is a path, not a text. To ask about the file pass Path({text!r}), to ask about "
                f"these words Document({text!r})."
            )
            raise InputError(msg)


def _is_there(path: str) -> bool:
    try:
        given = at_home(path)
        return given.exists() or (glob.has_magic(path) and any(glob.iglob(str(given), recursive=True)))  # noqa: PTH207  # any root
    except (OSError, ValueError, RuntimeError):  # no path can be like this
        return False


def _read(context: Any, loading: Loading) -> Iterator[Read]:
    if isinstance(context, BaseLoader):
        yield from _load(context)
        return
    if isinstance(context, Mapping):
        for name, text in context.items():
            if is_frame(text) or is_sql_database(text):
                yield from _table(str(name), text, str(name), loading)
            else:
                yield _named(str(name), text)
        return
    if isinstance(context, list | tuple) and context and all(isinstance(item, Path) for item in context):
        context = Files(context)  # which names all that cannot be read
    is_one = (
        isinstance(context, str | Document | Path | Files | Tables) or is_frame(context) or is_sql_database(context)
    )
    items: Iterable[Any] = [context] if is_one else _items(context)
    for index, item in enumerate(items):
        yield from _read_item(item, index, loading)


def _load(loader: BaseLoader) -> Iterator[SourceText]:
    done = 0
    try:
        for document in loader.lazy_load():
            yield _from_document(document, done)
            done += 1
    except Exception as error:
        kind = type(loader).__name__
        msg = f"The loader {kind} failed after {done:,} documents ({type(error).__name__}: {error}). Nothing was kept."
        raise InputError(msg) from error


def _items(context: Any) -> Iterable[Any]:
    if isinstance(context, Sequence) and not isinstance(context, bytes | bytearray):
        return context
    if isinstance(context, Iterator | set | frozenset):
        return list(context)
    msg = f"The context is {_kind(context)}. {FORMS}"
    raise InputError(msg)


def _table(wanted: str, data: Any, source: str, loading: Loading) -> Iterator[Table]:
    try:
        yield from loading.tables(wanted, data, source)
    except InputError as error:
        msg = f"{source}: {error}"
        raise type(error)(msg) from error


def _read_item(item: Any, index: int, loading: Loading) -> Iterator[Read]:
    if isinstance(item, str):
        yield SourceText("text" if index == 0 else f"text {index + 1}", item)
    elif isinstance(item, Document):
        yield _from_document(item, index)
    elif isinstance(item, Path | Files):
        yield from (item if isinstance(item, Files) else Files(item)).read(loading)
    elif isinstance(item, SourceText):
        yield item
    elif isinstance(item, Tables):
        for wanted, data, source in item.items():
            yield from _table(wanted, data, source, loading)
    elif is_frame(item) or is_sql_database(item):
        yield from _table("data", item, f"a {type(item).__name__}", loading)
    else:
        msg = f"Item {index} of the context is {_kind(item)}. {FORMS}"
        raise InputError(msg)


def _named(name: str, text: Any) -> SourceText:
    if isinstance(text, str):
        return SourceText(name, text)
    if isinstance(text, Document):
        return SourceText(name, text.page_content, dict(text.metadata))
    msg = f"The text named {name!r} is {_kind(text)}. {FORMS}"
    raise InputError(msg)


def _from_document(document: Document, index: int) -> SourceText:
    name = document.metadata.get("source") or document.metadata.get("title") or document.id or f"document {index + 1}"
    return SourceText(str(name), document.page_content, dict(document.metadata))


def _unique(documents: Iterable[SourceText]) -> Iterator[SourceText]:
    taken: set[str] = set()
    for document in documents:
        name, count = document.name, 1
        while name in taken:
            count += 1
            name = f"{document.name} ({count})"
        taken.add(name)
        yield document if count == 1 else SourceText(name, document.text, document.metadata)


def _kind(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"
