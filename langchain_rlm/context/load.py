"""From what a caller passes as `context` to a corpus: texts, documents, files, directories, mappings."""

import codecs
import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from langgraph.store.base import BaseStore

from langchain_rlm.context.convert import convert, is_convertible
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.searchable import Searchable
from langchain_rlm.errors import InputError
from langchain_rlm.paths import at_home

FORMS = (
    "Pass a str, a Document, a list of either, a Path or list of paths, a mapping of names to texts, a document "
    "loader, or something to search: a retriever, a vector store or a store."
)
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SNIFFED = 8192
"""Bytes looked at to tell a binary file."""


def load_corpus(context: Any) -> Corpus:
    """Read `context` into a corpus.

    Args:
        context: `str`, `Document`, a list of either, a `Path` (a text file, a directory, or a pattern such as
            `Path("docs/**/*.md")`) or a list of paths, a mapping of names to texts, a `BaseLoader` (read here, one
            document at a time), or a `BaseRetriever`, `VectorStore` or `BaseStore` (never read through: the REPL gets
            `search` and `fetch`). PDF files need the extra `pdf`, office files the extra `office`.

    Returns:
        The documents, in the order given; files of a directory in the order of their names.

    Raises:
        InputError: Nothing is there, a path does not exist or holds no text, or the form is not one of these.
    """
    if isinstance(context, BaseRetriever | VectorStore | BaseStore):
        return Corpus((), searchable=Searchable(context))
    if isinstance(context, Corpus) and context.searchable is not None:
        return context
    if isinstance(context, Corpus):
        single, documents = context.single, tuple(_unique(context.documents))
    else:
        documents = tuple(_unique(_read(context)))
        is_one = isinstance(context, str | Document) or (isinstance(context, Path) and context.is_file())
        single = is_one and len(documents) == 1
    if not any(document.text.strip() for document in documents):
        what = "no document" if not documents else "no text" if len(documents) == 1 else "only documents without text"
        files = ", ".join(str(read.metadata["source"]) for read in documents[:3] if "source" in read.metadata)
        msg = f"The context has {what}{f' ({files})' if files else ''}. {FORMS}"
        raise InputError(msg)
    return Corpus(documents, single)


def _read(context: Any) -> Iterator[SourceText]:
    if isinstance(context, BaseLoader):
        yield from _load(context)
        return
    if isinstance(context, Mapping):
        for name, text in context.items():
            yield _named(str(name), text)
        return
    items: Iterable[Any] = [context] if isinstance(context, str | Document | Path) else _items(context)
    for index, item in enumerate(items):
        yield from _read_item(item, index)


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


def _read_item(item: Any, index: int) -> Iterator[SourceText]:
    if isinstance(item, str):
        yield SourceText("text" if index == 0 else f"text {index + 1}", item)
    elif isinstance(item, Document):
        yield _from_document(item, index)
    elif isinstance(item, Path):
        yield from read_path(item)
    elif isinstance(item, SourceText):
        yield item
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


def read_path(path: Path) -> Iterator[SourceText]:
    """Read a file, the text files of a directory, or the files that a pattern matches.

    Args:
        path: What to read. Below a directory, hidden files and files that are not text are left out.

    Yields:
        One document for each file (or each page of a PDF), named by its path below the directory; for a pattern, below
        the directory that its files share.

    Raises:
        InputError: Nothing is there, or a file named outright is binary or not Unicode.
    """
    path = at_home(path)
    if path.is_file():
        yield from _read_any(path, path.parent)
        return
    if path.is_dir():
        found = [read for file in _walk(path) if _is_readable(file) for read in _read_any(file, path)]
        if not found:
            msg = f"{path}: the directory holds no text file. Name files, or a pattern such as {path / '**' / '*.md'}."
            raise InputError(msg)
        yield from found
        return
    if glob.has_magic(str(path)):
        found_names = glob.glob(str(path), recursive=True)  # noqa: PTH207  # an absolute pattern is fine here
        files = sorted(Path(name) for name in found_names if Path(name).is_file())
        if not files:
            msg = f"{path}: no file matches the pattern. `**` stands for any directories."
            raise InputError(msg)
        base = Path(os.path.commonpath([file.parent for file in files]))
        for file in files:
            yield from _read_any(file, base)
        return
    msg = f"{path}: this file or directory does not exist (looked in {Path.cwd()})."
    raise InputError(msg)


def _walk(directory: Path) -> Iterator[Path]:
    for base, directories, files in os.walk(directory):
        directories[:] = sorted(name for name in directories if not name.startswith("."))
        for name in sorted(files):
            path = Path(base) / name
            if not name.startswith(".") and path.is_file():  # no broken links, no pipes
                yield path


def _is_readable(path: Path) -> bool:
    """Whether a file found in a directory is taken: text, or what can be made text."""
    if is_convertible(path):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(SNIFFED)
    except OSError as error:
        raise _unreadable(path, error) from error
    return not _is_binary(head)


def _unreadable(path: Path, error: OSError) -> InputError:
    msg = f"{path}: cannot be read ({error.strerror})."
    return InputError(msg)


def _is_binary(head: bytes) -> bool:
    return b"\0" in head and not any(head.startswith(bom) for bom, _ in BOMS)


def _read_any(path: Path, base: Path) -> Iterator[SourceText]:
    if not is_convertible(path):
        yield _read_file(path, base)
        return
    name = path.relative_to(base).as_posix()
    for text, facts in convert(path):
        page = f", page {facts['page']}" if "page" in facts else ""
        yield SourceText(name + page, text, {"source": str(path), **facts})


def _read_file(path: Path, base: Path) -> SourceText:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    if _is_binary(data[:SNIFFED]):
        msg = f"{path}: this is a binary file, not text. Convert it to text first, or load it with a document loader."
        raise InputError(msg)
    bom, encoding = next(((bom, name) for bom, name in BOMS if data.startswith(bom)), (b"", "utf-8"))
    try:
        text = str(memoryview(data)[len(bom) :], encoding)
    except UnicodeDecodeError as error:
        at = len(bom) + error.start
        msg = (
            f"{path}: not {encoding.upper()}: byte {at:,} is 0x{data[at]:02x}. "
            "Convert the file (iconv -f ISO-8859-1 -t UTF-8), or decode it yourself and pass the text."
        )
        raise InputError(msg) from None
    return SourceText(path.relative_to(base).as_posix(), text, {"source": str(path)})


def _unique(documents: Iterable[SourceText]) -> Iterator[SourceText]:
    """Give repeated names a number."""
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
