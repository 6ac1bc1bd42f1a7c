"""Regular expressions over large texts, by RE2, in windows: a part of the text at a time is in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from langchain_rlm.context.large import AT_ONCE, MOST, LargeText, TooMuchError, is_inside
from langchain_rlm.context.large_index import WINDOW
from langchain_rlm.context.large_patterns import translated

BESIDE = 4
"""Bytes read before and behind what is searched: a character, for what looks at it."""
GIVEN = 1_000_000
"""Characters of matches that are given at once."""
MEMORY = 64 * 1024 * 1024
"""Bytes that a compiled pattern may take."""
Ends = tuple[int, int]
"""Where a match begins and ends."""
Found = list[Any]
"""A match: its place, its text, and where each group begins and ends in it, or -1."""


def has_engine() -> bool:
    """Whether RE2 is installed."""
    try:
        import re2  # noqa: F401  # optional
    except ModuleNotFoundError:
        return False
    return True


@dataclass(frozen=True)
class Search:
    """A pattern that is looked for."""

    find: Callable[[Any, bytes, int, int], Sequence[tuple[int, int]]]
    """RE2's own search: the spans of a match and of its groups, -1 where there is none."""
    anchor: Any
    groups: int
    breaks: bool
    reach: int


@lru_cache(maxsize=64)
def search_of(pattern: str, flags: int, *, is_ascii: bool) -> Search | None:
    """How a pattern is looked for; None when RE2 cannot, or is not there.

    Raises:
        re.error: It is no pattern.
    """
    found = translated(pattern, flags, is_ascii=is_ascii)
    if found is None or not has_engine():
        return None
    import re2  # optional

    options = re2.Options()
    options.max_mem, options.log_errors = MEMORY, False
    try:
        compiled = re2.compile(found.source.encode(), options)
        groups, compiled = compiled.groups, compiled._regexp  # noqa: SLF001  # without its objects, which take three times as long
        return Search(compiled.Match, re2._Anchor.UNANCHORED, groups, found.breaks, found.reach)  # noqa: SLF001
    except re2.error:
        return None


def scan(text: LargeText, search: Search, place: int, most: int) -> tuple[list[Found], int | None]:
    """One step of a search from a place on: matches, and from where to go on if there may be more."""
    at = text.byte(place)
    end, found, size = min(text.index.size, at + AT_ONCE), list[Found](), 0
    while at < end:
        window = _Window(text, at, search)
        for match in window.matches():
            found.append(match)
            size += len(match[1])
            if len(found) >= most or size > GIVEN:
                return found, window.place_behind()
        at = window.next
    return found, text.place(at) if at < text.index.size else None


def places(text: LargeText, search: Search, place: int) -> tuple[list[Ends], list[str], int | None]:
    """One step of a search in ASCII for all that matches: the places, the texts, and from where to go on.

    It makes no more of a match than that, which is most of the time that a search for something frequent takes.
    """
    at, found, texts, size = place, list[Ends](), list[str](), 0
    end = min(text.index.size, at + AT_ONCE)
    while at < end and size <= GIVEN:
        window = _Window(text, at, search)
        for start, stop, data in window.spans():
            found.append((start, stop))
            texts.append(data.decode())
            size += stop - start
        at = window.next
    return found, texts, at if at < text.index.size else None


class _Window:
    """A part of a text that is searched. A match begins in it; `next` is where the next part begins."""

    def __init__(self, text: LargeText, at: int, search: Search) -> None:
        self._text, self._search, self._at = text, search, at
        size = text.index.size
        self._low, room = max(0, at - BESIDE), WINDOW
        while True:
            high = min(size, at + room + (search.reach if search.breaks else 0))
            self._data = text.read(self._low, min(size, high + BESIDE))
            self.next = min(size, at + room)
            if search.breaks:
                self.next, high = self._begin(self.next), self._begin(high)
            if search.breaks or high == size:
                break
            line = self._data.rfind(b"\n", at - self._low, high - self._low) + 1
            if line:
                self.next = high = self._low + line
                break
            room *= 4
            if room > MOST:
                msg = (
                    f"A line of the text is longer than {MOST:,} bytes; a pattern is not looked for in it. Take slices."
                )
                raise TooMuchError(msg)
        self._high = high
        self._known = (at, text.place(at))

    def spans(self) -> Iterator[tuple[int, int, bytes]]:
        """Where matches are in the text, and what they are."""
        data, low, find, anchor = self._data, self._low, self._search.find, self._search.anchor
        at, end, limit = self._at - low, self._high - low, self.next - low
        while True:
            start, stop = find(anchor, data, at, end)[0]
            if start < 0 or start >= limit:
                break
            at = stop
            yield low + start, low + stop, data[start:stop]
        self.next = max(self.next, low + at)

    def matches(self) -> Iterator[Found]:
        data, low, find, anchor = self._data, self._low, self._search.find, self._search.anchor
        at, end, is_ascii = self._at - low, self._high - low, self._text.isascii()
        while True:
            (start, stop), *groups = find(anchor, data, at, end)
            if start < 0 or low + start >= self.next:
                return
            at = stop
            place = low + start if is_ascii else self._place(low + start)
            found = [place, data[start:stop].decode()]
            if groups:
                found += [self._within(start, span) for span in groups]
            self._end = low + stop
            self.next = max(self.next, self._end)
            yield found

    def _begin(self, byte: int) -> int:
        """Where the character begins that a byte is in."""
        while byte < self._text.index.size and is_inside(self._data[byte - self._low]):
            byte -= 1
        return byte

    def place_behind(self) -> int:
        """The character behind the last match."""
        return self._place(self._end)

    def _place(self, byte: int) -> int:
        last, place = self._known
        if self._text.isascii():
            return byte
        place += len(self._data[last - self._low : byte - self._low].decode())
        self._known = byte, place
        return place

    def _within(self, start: int, span: tuple[int, int]) -> list[int] | None:
        if span[0] < 0:
            return None
        if self._text.isascii():
            return [span[0] - start, span[1] - start]
        before = len(self._data[start : span[0]].decode())
        return [before, before + len(self._data[span[0] : span[1]].decode())]
