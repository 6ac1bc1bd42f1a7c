"""What a command is asked about: the files, directories and texts named on the command line."""

import sys
from dataclasses import replace

from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus, LeftOut, SourceText
from langchain_rlm.context.encodings import decoded
from langchain_rlm.context.files import Files
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.text import is_blank
from langchain_rlm.errors import InputError


def read_sources(
    paths: tuple[str, ...], loading: Loading, *, strict: bool = False, skip_unreadable: bool = False,
    ignored: bool = False, encoding: str | None = None, tables: bool | None = None,
) -> Corpus:  # fmt: skip
    """Read what was named on the command line; one text alone is a `str` for the code. For the options see `Files`."""
    if not paths or not all(path.strip() for path in paths):  # an empty one would be the current directory
        msg = "There is nothing to read. Name files, directories, - for standard input, or pydoc:."
        raise InputError(msg)
    files = Files(
        paths, strict=strict, skip_unreadable=skip_unreadable, ignored=ignored, encoding=encoding, tables=tables
    )
    loading.ahead(files.texts(), encoding)
    read = loading.read
    problems: list[str] = []
    for path in paths:
        try:
            if path == "-":
                text, guess = decoded(sys.stdin.buffer.read(), "standard input", encoding)
                read.append(SourceText("standard input", text, {"encoding": guess} if guess else {}))
            elif path == "pydoc:":
                read += pydoc_topics()
            else:
                read.extend(replace(files, paths=path).read(loading))
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    documents, taken = tuple(one for one in read if isinstance(one, SourceText)), loading.taken()
    if taken is None and not any(not is_blank(document.text) for document in documents):
        named = ", ".join("standard input" if path == "-" else path for path in paths)
        msg = f"There is no text in {named}. Name files, directories, - for standard input, or pydoc:."
        raise InputError(msg)
    left_out = tuple(one for one in read if isinstance(one, LeftOut))
    return load_corpus(Corpus(documents, single=len(documents) == 1, left_out=left_out, tables=taken))


def pydoc_topics() -> list[SourceText]:
    """The language reference that every CPython ships, a document for each topic."""
    from pydoc_data.topics import topics  # half a megabyte

    return [SourceText(name, text, {"source": f"pydoc:{name}"}) for name, text in sorted(topics.items())]
