"""What a command is asked about: the files, directories and texts named on the command line."""

import sys
from pathlib import Path

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.load import load_corpus, read_path
from langchain_rlm.errors import InputError


def read_sources(paths: tuple[str, ...]) -> Corpus:
    """Read what was named on the command line; one text alone is a `str` for the code.

    Raises:
        InputError: Nothing was named, it cannot be read, or has no text.
    """
    if not paths:
        msg = "There is nothing to read. Name files, directories, - for standard input, or pydoc:."
        raise InputError(msg)
    documents: list[SourceText] = []
    for path in paths:
        if path == "-":
            documents.append(SourceText("standard input", _standard_input()))
        elif path == "pydoc:":
            documents += pydoc_topics()
        else:
            documents += read_path(Path(path))
    if not any(document.text.strip() for document in documents):
        named = ", ".join("standard input" if path == "-" else path for path in paths)
        msg = f"There is no text in {named}. Name files, directories, - for standard input, or pydoc:."
        raise InputError(msg)
    return load_corpus(Corpus(tuple(documents), single=len(documents) == 1))


def _standard_input() -> str:
    data = sys.stdin.buffer.read()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        msg = f"standard input: not UTF-8: byte {error.start:,} is 0x{data[error.start]:02x}. Convert it first (iconv)."
        raise InputError(msg) from None


def pydoc_topics() -> list[SourceText]:
    """The language reference that every CPython ships, a document for each topic."""
    from pydoc_data.topics import topics  # half a megabyte

    return [SourceText(name, text, {"source": f"pydoc:{name}"}) for name, text in sorted(topics.items())]
