"""The index of a large text: for each block of bytes the characters and lines before it, and a check sum.

It is made in one pass, and kept in the user's cache under what tells the file from others.
"""

import hashlib
import json
import re
import sys
import zlib
from array import array
from bisect import bisect_right
from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

BLOCK = 1 << 16
"""Bytes of a block."""
WINDOW = 64 * BLOCK
"""Bytes read at once."""
FORMAT = 1
BREAK = re.compile(rb"\r\n|[\n\r\x0b\x0c\x1c-\x1e]|\xc2\x85|\xe2\x80[\xa8\xa9]")
"""What ends a line for `str.splitlines`."""
FEED = re.compile(rb"\n")
_ODD = b"\r\x0b\x0c\x1c\x1d\x1e"
_CONTINUATION = bytes(range(0x80, 0xC0))
_ARRAYS = {"starts": "Q", "feeds": "Q", "breaks": "Q", "checks": "I"}


class DamagedIndexError(Exception):
    """What is kept is not an index."""


@dataclass
class Index:
    """What is known of a text in UTF-8 without reading it.

    `starts`, `feeds` and `breaks` say what stands before each block: characters that begin, line feeds, and ends of
    lines as `str.splitlines` has them. `starts` is empty for ASCII, `breaks` where line feeds alone end lines.
    """

    size: int = 0
    characters: int = 0
    line_feeds: int = 0
    line_breaks: int = 0
    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    feeds: "array[int]" = field(default_factory=lambda: array("Q"))
    breaks: "array[int]" = field(default_factory=lambda: array("Q"))
    checks: "array[int]" = field(default_factory=lambda: array("I"))

    def ends_before(self, *, any_break: bool) -> "array[int]":
        """The ends of lines before each block."""
        return self.breaks if any_break and self.breaks else self.feeds

    def block_of_end(self, number: int, *, any_break: bool) -> int:
        """The block in which the end of a line is, counted from 1."""
        return bisect_right(self.ends_before(any_break=any_break), number - 1) - 1

    def dump(self) -> bytes:
        facts: dict[str, Any] = {
            "format": FORMAT,
            "order": sys.byteorder,
            "size": self.size,
            "characters": self.characters,
        }
        facts |= {"line_feeds": self.line_feeds, "line_breaks": self.line_breaks}
        arrays = {name: getattr(self, name).tobytes() for name in _ARRAYS}
        facts |= {"bytes": [len(data) for data in arrays.values()]}
        made = json.dumps(facts).encode() + b"\n" + b"".join(arrays.values())
        return hashlib.sha256(made).digest() + made

    @classmethod
    def load(cls, data: bytes) -> "Index":
        """Read what `dump` wrote.

        Raises:
            DamagedIndexError: It did not write this.
        """
        digest, made = data[:32], data[32:]
        if hashlib.sha256(made).digest() != digest:
            raise DamagedIndexError
        head, _, rest = made.partition(b"\n")
        facts = json.loads(head)
        if facts.pop("format") != FORMAT or facts.pop("order") != sys.byteorder:
            raise DamagedIndexError
        for (name, code), size in zip(_ARRAYS.items(), facts.pop("bytes"), strict=True):
            facts[name] = array(code, rest[:size])
            rest = rest[size:]
        return cls(**facts)


def index_of(read: Callable[[int, int], bytes], size: int) -> Index:
    """Read a text once. What is not UTF-8 is a `UnicodeDecodeError`, with its place in the text.

    `read` gives the bytes between two places.
    """
    index, decoder, before = Index(size), getincrementaldecoder("utf-8")(), b""
    for start in range(0, size, WINDOW):
        window = read(start, min(size, start + WINDOW))
        _check(decoder, window, start, is_last=start + WINDOW >= size)
        after = read(start + WINDOW, start + WINDOW + 1) if start + WINDOW < size and window.endswith(b"\r") else b""
        for block, lead, tail in _blocks(window, before, after):
            _add(index, block, lead, tail)
        before = window[-2:]
    if index.characters == size:
        index.starts = array("Q")
    if index.line_breaks == index.line_feeds and index.breaks == index.feeds:
        index.breaks = array("Q")
    return index


def _check(decoder: IncrementalDecoder, window: bytes, start: int, *, is_last: bool) -> None:
    state = bytes(decoder.getstate()[0])
    if window.isascii() and not state:
        return
    try:
        decoder.decode(window, is_last)
    except UnicodeDecodeError as error:
        error.start, error.end = start - len(state) + error.start, start - len(state) + error.end
        raise


def _blocks(window: bytes, before: bytes, after: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """The blocks of a window, with up to two bytes before each and one after it."""
    for at in range(0, len(window), BLOCK):
        end = at + BLOCK
        yield window[at:end], window[at - 2 : at] if at else before, window[end : end + 1] or after


def _add(index: Index, block: bytes, before: bytes, after: bytes) -> None:
    index.starts.append(index.characters)
    index.feeds.append(index.line_feeds)
    index.breaks.append(index.line_breaks)
    index.checks.append(zlib.crc32(block))
    is_ascii = block.isascii()
    index.characters += len(block) if is_ascii else len(block.translate(None, _CONTINUATION))
    feeds = block.count(b"\n")
    index.line_feeds += feeds
    is_odd = (not is_ascii) or before.endswith(b"\r") or any(odd in block for odd in _ODD)
    index.line_breaks += breaks_in(block, before, after) if is_odd else feeds


def breaks_in(block: bytes, before: bytes, after: bytes) -> int:
    """How many ends of lines end in a block."""
    data, low = before + block + after, len(before)
    return sum(low < match.end() <= low + len(block) for match in BREAK.finditer(data))
