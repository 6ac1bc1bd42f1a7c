"""A text too large to be held: read by ranges from a file in UTF-8.

It is read with `pread`, never mapped: a mapped file that someone cuts short kills the process that reads it. What is
read is compared with check sums once the file's state has changed, so that a file that only grows goes on being read.
"""

import os
import sys
import weakref
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from langchain_rlm.context.large_index import BLOCK, BREAK, FEED, WINDOW, Index
from langchain_rlm.context.parts import WIDEST
from langchain_rlm.errors import InputError

LARGE = 64_000_000
"""Bytes from which a text is left in its file."""
MOST = 64_000_000
"""Characters of a slice."""
AT_ONCE = 256 * 1024 * 1024
"""Bytes that one step of a search reads, so that a cell can be stopped between two."""


LINES = 1_000_000
"""Bytes of lines that are given at once."""


class TooMuchError(InputError):
    """More of a large text was asked for than is given at once; the message says what to do."""


@dataclass
class Source:
    """The bytes of a text in a file that is open: those from `skip` on, as many as there were at first.

    It owns the descriptor, which is closed with it.
    """

    name: str
    descriptor: int
    skip: int = 0
    size: int = field(init=False)
    state: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        weakref.finalize(self, os.close, self.descriptor)
        self.state = self.now()
        self.size = max(0, self.state[0] - self.skip)

    def now(self) -> tuple[int, int]:
        found = os.fstat(self.descriptor)
        return found.st_size, found.st_mtime_ns

    def read(self, low: int, high: int) -> bytes:
        """The bytes between two places.

        Raises:
            InputError: The file has become shorter.
        """
        data = os.pread(self.descriptor, high - low, self.skip + low)
        while len(data) < high - low:
            more = os.pread(self.descriptor, high - low - len(data), self.skip + low + len(data))
            if not more:
                msg = (
                    f"{self.name}: the file was cut short while the run read it: {self.now()[0]:,} bytes are left of "
                    f"{self.size + self.skip:,}. Ask again when nothing writes it, or ask about a copy."
                )
                raise InputError(msg)
            data += more
        return data


class LargeText:
    """A text in a file, with its index. Places are counted in characters, as in `str`; a slice is a `str`."""

    def __init__(self, source: Source, index: Index) -> None:
        self.source = source
        self.index = index
        self._decoded: tuple[int, str, int] | None = None
        self._line = (True, 0, 0)
        self.lines_at = (0, 0)
        """Where the lines were that were given last, in bytes."""

    def __len__(self) -> int:
        return self.index.characters

    def __repr__(self) -> str:
        return f"LargeText({self.source.name!r}, {len(self):,} characters)"

    def isascii(self) -> bool:
        return self.index.characters == self.index.size

    # -- bytes ----------------------------------------------------------------------------------------------------

    def read(self, low: int, high: int) -> bytes:
        """The bytes between two places in bytes.

        Raises:
            InputError: They are not those that were there when the run began.
        """
        data = self.source.read(low, high)
        if self.source.now() != self.source.state:
            self._check(low, high)
        return data

    def _check(self, low: int, high: int) -> None:
        for number in range(low // BLOCK, -(-high // BLOCK)):
            block = self.source.read(number * BLOCK, min(self.index.size, (number + 1) * BLOCK))
            if zlib.crc32(block) != self.index.checks[number]:
                msg = (
                    f"{self.source.name}: the file was changed while the run read it, at byte {number * BLOCK:,} or "
                    "behind. Ask again when nothing writes it, or ask about a copy."
                )
                raise InputError(msg)

    def windows(self, low: int = 0, high: int | None = None) -> Iterator[bytes]:
        """The bytes between two places, some at a time."""
        high = self.index.size if high is None else high
        for start in range(low, high, WINDOW):
            yield self.read(start, min(high, start + WINDOW))

    def byte(self, place: int) -> int:
        """Where a character begins, in bytes."""
        if self.isascii() or place <= 0:
            return max(0, min(place, self.index.size))
        if place >= self.index.characters:
            return self.index.size
        number = bisect_right(self.index.starts, place) - 1
        text, lead = self._block(number)
        return number * BLOCK + lead + len(text[: place - self.index.starts[number]].encode())

    def place(self, byte: int) -> int:
        """The character that begins at a byte."""
        if self.isascii():
            return byte
        if byte >= self.index.size:
            return self.index.characters
        number = byte // BLOCK
        data = self.read(number * BLOCK, byte)
        return self.index.starts[number] + len(data.decode("utf-8", "ignore"))

    def _block(self, number: int) -> tuple[str, int]:
        """The characters that begin in a block, without one that ends in the next, and the bytes before them."""
        if self._decoded is None or self._decoded[0] != number:
            data = self.read(number * BLOCK, min(self.index.size, (number + 1) * BLOCK))
            lead = next((at for at, one in enumerate(data[:WIDEST]) if not is_inside(one)), 0)
            self._decoded = number, data[lead:].decode("utf-8", "ignore"), lead
        return self._decoded[1:]

    # -- as `str` does --------------------------------------------------------------------------------------------

    def __getitem__(self, key: slice, /) -> str:
        start, stop, step = key.indices(len(self))
        if step != 1:
            low, high = (start, stop) if step > 0 else (stop + 1, start + 1)
            return self[low:high][::step] if step > 0 else self[low:high][::-1][::-step]
        if stop - start > MOST:
            msg = (
                f"{stop - start:,} characters of a large text at once; {MOST:,} are the most. Take parts, such as "
                "chunks(context)[:10] or context[:100_000], or go through context.splitlines()."
            )
            raise TooMuchError(msg)
        return self.read(self.byte(start), self.byte(stop)).decode() if start < stop else ""

    def _within(self, start: int, end: int) -> tuple[int, int]:
        low, high, _ = slice(start, end).indices(len(self))
        return low, high

    def find(self, sub: str, start: int = 0, end: int = sys.maxsize, /) -> int:
        low, high = self._within(start, end)
        if not sub:
            return low if start <= len(self) and low <= high else -1
        at: int | None = self.byte(low)
        found = -1
        while at is not None:
            found, at = self.found(sub, at, self.byte(high))
        return found

    def found(self, sub: str, low: int, high: int) -> tuple[int, int | None]:
        """One step of a search between two bytes: the character where it is or -1, and from where to go on."""
        wanted = sub.encode()
        limit = min(high, low + AT_ONCE)
        for start in range(low, limit, WINDOW):
            data = self.read(start, min(high, start + WINDOW + len(wanted) - 1))
            at = data.find(wanted)
            if at >= 0:
                return self.place(start + at), None
        return -1, limit if limit < high else None

    def rfind(self, sub: str, start: int = 0, end: int = sys.maxsize, /) -> int:
        low, high = self._within(start, end)
        if not sub:
            return high if start <= len(self) and low <= high else -1
        at: int | None = self.byte(high)
        found = -1
        while at is not None:
            found, at = self.found_before(sub, self.byte(low), at)
        return found

    def found_before(self, sub: str, low: int, high: int) -> tuple[int, int | None]:
        """One step of a search from behind: the character where it is or -1, and up to where to go on."""
        wanted = sub.encode()
        limit = max(low, high - AT_ONCE)
        for stop in range(high, limit, -WINDOW):
            begin = max(low, stop - WINDOW)
            data = self.read(begin, min(high, stop + len(wanted) - 1))
            at = data.rfind(wanted)
            if at >= 0:
                return self.place(begin + at), None
        return -1, min(high, limit + len(wanted) - 1) if limit > low else None

    def count(self, sub: str, start: int = 0, end: int = sys.maxsize, /) -> int:
        low, high = self._within(start, end)
        if not sub:
            return high - low + 1 if start <= len(self) and low <= high else 0
        if sub == "\n" and (low, high) == (0, len(self)):
            return self.index.line_feeds
        total = 0
        at: int | None = self.byte(low)
        while at is not None:
            found, at = self.counted(sub, at, self.byte(high))
            total += found
        return total

    def counted(self, sub: str, low: int, high: int) -> tuple[int, int | None]:
        """One step of a count: how often it is there, and from where to go on. Places do not overlap."""
        wanted, total = sub.encode(), 0
        at, limit = low, min(high, low + AT_ONCE)
        while at < limit:
            data = self.read(at, min(high, at + WINDOW + len(wanted) - 1))
            total += data.count(wanted)
            at += max(WINDOW, _last_counted(data, wanted))
        return total, self.aligned(at) if at < high else None

    def aligned(self, byte: int) -> int:
        """The first byte from one on with which a character begins."""
        data = self.read(byte, min(self.index.size, byte + WIDEST))
        return byte + next((at for at, one in enumerate(data) if not is_inside(one)), len(data))

    def startswith(self, prefix: str, /) -> bool:
        return self[: len(prefix)] == prefix

    def endswith(self, suffix: str, /) -> bool:
        return len(suffix) <= len(self) and self[len(self) - len(suffix) :] == suffix

    # -- lines ----------------------------------------------------------------------------------------------------

    def line_count(self, *, any_break: bool) -> int:
        """The lines, as `splitlines()` gives them, or splitting at line feeds."""
        if not any_break:
            return self.index.line_feeds + 1
        size = self.index.size
        last = self.read(max(0, size - 3), size)
        ends = any(match.end() == len(last) for match in BREAK.finditer(last))
        return self.index.line_breaks + (0 if ends or not size else 1)

    def lines(self, first: int, most: int, *, any_break: bool, room: int = LINES) -> tuple[str, int]:
        """Some lines from a number on, at most so many and of so many bytes, but at least one; and how many they are.

        They are one text, with the ends of the lines but for the last one's.

        Raises:
            TooMuchError: The line is too long to be given.
        """
        whole = self.line_count(any_break=any_break)
        if first >= whole:
            return "", 0
        low, is_odd = self._line_start(first, any_break=any_break), any_break and bool(self.index.breaks)
        while True:
            high = min(self.index.size, low + room)
            data = self.read(low, high)
            end, count = _lines_in(data, min(most, whole - first), is_odd=is_odd, is_last=high == self.index.size)
            if count:
                break
            room *= 8
            if room > 8 * MOST:
                msg = f"Line {first + 1:,} of the text is longer than {MOST:,} bytes. Take slices of the text."
                raise TooMuchError(msg)
        self._line = any_break, first + count, low + end
        self.lines_at = low, low + end
        if not any_break:  # `split` gives what stands between line feeds
            end -= first + count < whole
        return data[:end].decode(), count

    def _line_start(self, number: int, *, any_break: bool) -> int:
        """Where a line begins, in bytes."""
        if self._line[:2] == (any_break, number):
            return self._line[2]
        if number == 0:
            return 0
        block = self.index.block_of_end(number, any_break=any_break)
        low = block * BLOCK
        begin = max(0, low - 2)
        data = self.read(begin, min(self.index.size, low + BLOCK + 1))
        ends = (begin + at for at in _ends(data, is_odd=any_break and bool(self.index.breaks)))
        before = self.index.ends_before(any_break=any_break)[block]
        return next(islice((end for end in ends if end > low), number - before - 1, None), low)


def is_inside(byte: int) -> bool:
    """Whether a byte goes on with a character."""
    return byte & 0xC0 == 0x80  # noqa: PLR2004  # UTF-8


def _ends(data: bytes, *, is_odd: bool) -> Iterator[int]:
    """Where lines end in bytes, behind their ends; `is_odd`: not only with line feeds."""
    return (match.end() for match in (BREAK if is_odd else FEED).finditer(data))


def _lines_in(data: bytes, most: int, *, is_odd: bool, is_last: bool) -> tuple[int, int]:
    """The end of the whole lines that data begins with, and how many they are."""
    if not is_odd and data.count(b"\n") < most:
        end, count = data.rfind(b"\n") + 1, data.count(b"\n")
    else:
        ends = [*islice((end for end in _ends(data, is_odd=is_odd) if end < len(data) or is_last), most)]
        end, count = (ends or [0])[-1], len(ends)
    if is_last and count < most:
        end, count = len(data), count + 1
    return end, count


def _last_counted(data: bytes, wanted: bytes) -> int:
    """The end of the last place that `count` counts: they are counted from the start, and do not overlap."""
    if not any(wanted.startswith(wanted[at:]) for at in range(1, len(wanted))):
        return data.rfind(wanted) + len(wanted)
    at = end = 0
    while (at := data.find(wanted, end)) >= 0:
        end = at + len(wanted)
    return end
