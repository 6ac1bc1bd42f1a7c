"""From a file, or a `str` that takes much memory, to a large text. Indexes of files are kept in the user's cache."""

import codecs
import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from langchain_rlm.context.conversions import drop_oldest, kept
from langchain_rlm.context.corpus import SLICE, SourceText
from langchain_rlm.context.encodings import BOMS, SNIFFED, guessed, is_binary
from langchain_rlm.context.large import LARGE, LargeText, Source
from langchain_rlm.context.large_index import WINDOW, DamagedIndexError, Index, index_of
from langchain_rlm.context.parts import WIDEST
from langchain_rlm.errors import HostError, InputError

VARIABLE = "LANGCHAIN_RLM_LARGE"
"""The environment variable that says from how many bytes on a text is left in its file."""
SETTLED = 2.0
"""Seconds after which a file that was written is told from what it may become by its state."""
_UTF8 = "utf-8"


def large_from() -> int:
    """Bytes in UTF-8 from which a text is not held in memory."""
    said = os.environ.get(VARIABLE, "")
    if not said:
        return LARGE
    if not said.isdecimal():
        msg = f"{VARIABLE}={said!r}: give a number of bytes, such as {LARGE}."
        raise InputError(msg)
    return int(said)


def in_file(path: Path, encoding: str | None) -> tuple[LargeText, str | None]:
    """A text file as a large text, and its encoding if that was guessed. Not in UTF-8, it is written out anew."""
    source = Source(str(path), os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    head = source.read(0, min(SNIFFED, source.size))
    if not encoding and is_binary(head):
        msg = f"{path}: this is a binary file, not text. Convert it to text first, or load it with a document loader."
        raise InputError(msg)
    bom, found = next(((bom, found) for bom, found in BOMS if head.startswith(bom)), (b"", encoding or _UTF8))
    source.skip, source.size = len(bom), source.size - len(bom)
    try:
        return _decoded(source, found), None
    except UnicodeDecodeError as error:
        wrong = f"{path}: not {found.upper()}: byte {error.start + len(bom):,} cannot be read."
    guess = None if encoding or bom else _guess(source)
    if guess is not None:
        with contextlib.suppress(UnicodeDecodeError):
            return _decoded(source, guess), guess
    msg = f"{wrong} Name its encoding with Files(..., encoding=...), or convert it (iconv -f ... -t UTF-8)."
    raise InputError(msg)


def _guess(source: Source) -> str | None:
    head = source.read(0, min(source.size, WINDOW))
    return guessed(head[: head.rfind(b"\n") + 1] or head)


def _decoded(source: Source, encoding: str) -> LargeText:
    if codecs.lookup(encoding).name == _UTF8:
        return LargeText(source, _indexed(source))
    decoder = codecs.getincrementaldecoder(encoding)()
    starts = range(0, source.size, WINDOW)
    parts = (decoder.decode(source.read(at, min(source.size, at + WINDOW)), at == starts[-1]) for at in starts)
    return written(source.name, parts)


def written(name: str, parts: Iterable[str]) -> LargeText:
    """A text as a large one, in a file without a name, which is gone with it, however this process ends."""
    with Writing(name) as writing:
        for part in parts:
            writing.append(part)
        return writing.text()


class Writing(contextlib.AbstractContextManager["Writing"]):
    """A large text that is written part by part."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed in the end

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, part: str) -> None:
        try:
            self._file.write(part.encode())
        except OSError as error:
            raise self._unwritable(error) from error

    def text(self) -> LargeText:
        try:
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from error
        source = Source(self._name, os.dup(self._file.fileno()))
        return LargeText(source, index_of(source.read, source.size))

    def _unwritable(self, error: OSError) -> HostError:
        return HostError(
            f"{self._name}: a large text is kept in a temporary file, which cannot be written ({error.strerror}). Make "
            f"room in {tempfile.gettempdir()}, or set TMPDIR to a directory that has some."
        )


def moved(document: SourceText) -> SourceText:
    """The document; where its text takes several bytes a character and is large, with that in a file."""
    text = document.text
    if not isinstance(text, str) or text.isascii() or WIDEST * len(text) < (least := large_from()):
        return document
    starts = range(0, len(text), SLICE)
    try:
        if len(text) < least and sum(len(text[at : at + SLICE].encode()) for at in starts) < least:
            return document
        return replace(document, text=written(document.name, (text[at : at + SLICE] for at in starts)))
    except UnicodeEncodeError:
        return document  # whoever needs its bytes says what is wrong


def _indexed(source: Source) -> Index:
    """The index of a file: the one that is kept, or a new one."""
    directory, found = kept("indexes"), os.fstat(source.descriptor)
    key = hashlib.sha256(repr((found.st_dev, found.st_ino, found.st_ctime_ns, source.state, source.skip)).encode())
    name = f"{key.hexdigest()}.index"
    with contextlib.suppress(InputError, OSError, DamagedIndexError, ValueError, KeyError):
        if directory is not None and (data := directory.get(name)):
            index = Index.load(data)
            os.utime(directory.file(name))
            return index
    index = index_of(source.read, source.size)
    is_settled = time.time() - source.state[1] / 1e9 > SETTLED
    if directory is not None and is_settled and source.now() == source.state:
        with contextlib.suppress(InputError, OSError):  # a run needs no cache
            directory.put(name, index.dump())
            drop_oldest(directory.path)
    return index
