"""From bytes to text: a byte order mark decides, then UTF-8, then a guess, which is said."""

import codecs
from typing import BinaryIO

from langchain_rlm.errors import InputError

BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
SNIFFED = 8192
"""Bytes looked at to tell a binary file."""
GUESSED = 200_000
"""Bytes with which an encoding is guessed."""
BLOCK = 1024 * 1024
"""Bytes of a large file decoded at a time."""
WESTERN = "cp1252"
"""What is meant most often where a short text could be several encodings."""


def is_known(encoding: str) -> bool:
    """Whether Python can decode it."""
    try:
        return bool(codecs.lookup(encoding)._is_text_encoding)  # noqa: SLF001  # Python's own mark of text encodings
    except (LookupError, ValueError):
        return False


def is_binary(head: bytes) -> bool:
    """Whether these first bytes are no text."""
    return b"\0" in head and not any(head.startswith(bom) for bom, _ in BOMS)


def decoded(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str | None]:
    """The text of a file, and the encoding that was guessed, if one was; `encoding` is what the user says it is."""
    if not encoding and is_binary(data[:SNIFFED]):
        msg = f"{name}: this is a binary file, not text. Convert it to text first, or load it with a document loader."
        raise InputError(msg)
    bom, found = next(((bom, found) for bom, found in BOMS if data.startswith(bom)), (b"", encoding or "utf-8"))
    try:
        return str(memoryview(data)[len(bom) :], found), None
    except UnicodeDecodeError as error:
        at = len(bom) + error.start
        wrong = f"{name}: not {found.upper()}: byte {at:,} is 0x{data[at]:02x}."
    guess = None if encoding or bom else guessed(data)
    if guess is None:
        msg = f"{wrong} Name its encoding with Files(..., encoding=...), or convert it (iconv -f ... -t UTF-8)."
        raise InputError(msg)
    return data.decode(guess), guess


def decoded_in_blocks(file: BinaryIO, encoding: str | None = None) -> str:
    """The text of a large file, whose bytes are never held as well; what is not as it seems is a `ValueError`."""
    head = file.read(SNIFFED)
    if not encoding and is_binary(head):
        msg = "binary"
        raise ValueError(msg)
    bom, found = next(((bom, found) for bom, found in BOMS if head.startswith(bom)), (b"", encoding or "utf-8"))
    decoder = codecs.getincrementaldecoder(found)()
    text = decoder.decode(head[len(bom) :])
    for block in iter(lambda: file.read(BLOCK), b""):
        text += decoder.decode(block)  # CPython lets a string grow in place that nothing else holds
    text += decoder.decode(b"", final=True)
    return text


def guessed(data: bytes) -> str | None:
    """The encoding that fits best; None when none does."""
    from charset_normalizer import from_bytes  # only for what is not UTF-8

    found = from_bytes(data[: data.rfind(b"\n", 0, GUESSED) + 1 or GUESSED])  # whole lines, so whole characters
    best = found.best()
    if best is None:
        return None
    alike = [match for match in found if match.chaos <= best.chaos and match.coherence >= best.coherence]
    names = [name for match in [best, *alike] for name in (match.encoding, *match.could_be_from_charset)]
    for name in dict.fromkeys([WESTERN] * (WESTERN in names) + names):
        try:
            data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return name
    return None
