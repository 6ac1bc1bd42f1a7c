"""A context in parts: how it is cut, packed for a store, and put together again.

A part holds whole characters: of one long document, or of several short ones. It is known by the hash of its text, so
that contexts with a document in common share its parts.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import zstandard

from langchain_rlm.context.text import Text

T = TypeVar("T")

PART = 16_000_000
"""Bytes of text in a part, at most."""
LONG = PART // 4
"""Bytes from which a document has parts of its own."""
WIDEST = 4
"""Bytes of a character in UTF-8, at most."""
LEVEL = 3
AT_ONCE = 4
"""Parts that are on their way at once, and so in memory beside the text."""


class Slice(NamedTuple):
    """Characters of a document."""

    document: int
    start: int
    stop: int


class Part(NamedTuple):
    """One part as the list of a context has it."""

    hash: str
    size: int
    """Bytes of text."""
    pieces: list[list[int]]
    """The documents in it by number, each with its bytes."""

    @property
    def key(self) -> str:
        return f"{PREFIX}{self.hash}.zst"


PREFIX = "part-"


class DamagedError(Exception):
    """What a store has under this key is not what was stored."""


def cut(texts: Sequence[Text]) -> Iterator[list[Slice]]:
    """Cut texts into parts. The same document is cut the same way, whatever stands beside a long one."""
    part, room = list[Slice](), PART
    for number, text in enumerate(texts):
        width = 1 if text.isascii() else WIDEST
        is_long = len(text) * width > LONG
        for start in range(0, len(text), PART // width):
            stop = min(len(text), start + PART // width)
            if part and (is_long or (stop - start) * width > room):
                yield part
                part, room = [], PART
            part.append(Slice(number, start, stop))
            room -= (stop - start) * width
        if is_long:
            yield part
            part, room = [], PART
    if part:
        yield part


def pack(texts: Sequence[Text], slices: Sequence[Slice]) -> tuple[Part, bytes]:
    """A part, and its bytes in a store."""
    encoded = [texts[number][start:stop].encode() for number, start, stop in slices]
    data = encoded[0] if len(encoded) == 1 else b"".join(encoded)
    pieces = [[number, len(piece)] for (number, _, _), piece in zip(slices, encoded, strict=True)]
    part = Part(hashlib.sha256(data).hexdigest(), len(data), pieces)
    return part, zstandard.ZstdCompressor(LEVEL).compress(data)


def unpack(part: Part, packed: bytes) -> list[str]:
    """The pieces of a part.

    Raises:
        DamagedError: These are not its bytes.
    """
    try:
        if zstandard.get_frame_parameters(packed).content_size != part.size:  # before so much memory is taken
            raise DamagedError(part.key)
        data = memoryview(zstandard.ZstdDecompressor().decompress(packed))
    except zstandard.ZstdError as error:
        raise DamagedError(part.key) from error
    if hashlib.sha256(data).hexdigest() != part.hash:
        raise DamagedError(part.key)
    pieces, start = [], 0
    for _, size in part.pieces:
        pieces.append(str(data[start : start + size], "utf-8"))
        start += size
    return pieces


def joined(pieces: "deque[str]") -> str:
    """One text, with no second copy beside it: CPython grows it in place, and the pieces go as they are used."""
    text = ""
    while pieces:
        text += pieces.popleft()
    return text


async def in_order(calls: Iterable[Callable[[], Awaitable[T]]]) -> AsyncGenerator[T, None]:
    """Make calls, a few at once, and yield what they return in their order. No call is prepared before its turn."""
    waiting = iter(calls)
    running = deque[asyncio.Future[T]]()
    try:
        while True:
            while len(running) < AT_ONCE and (call := next(waiting, None)) is not None:
                running.append(asyncio.ensure_future(call()))
            if not running:
                return
            yield await running.popleft()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
