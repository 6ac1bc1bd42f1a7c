"""The texts of a page, each held once, and together no larger than a page should be."""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol

from langchain_rlm.context.pieces import Piece

ALL_TEXTS = 2_000_000
"""Bytes that all texts of a page may take; the longest are cut first."""
ALL_EXCERPTS = 1_000_000
"""Bytes that all excerpts of spans may take."""
EXCERPT = (20, 200)
"""Characters of the beginning of a span, and of its end: at least and at most."""
UNSAFE = re.compile(
    "[<>&\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\uffff]"
)


def as_json(value: Any) -> str:
    """JSON that can stand in a script element: no markup, no character that ends a line or turns the direction."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", plain)


def size(value: Any) -> int:
    """Bytes that a value takes in the page."""
    return len(as_json(value).encode())


class Texts:
    """The table of texts. The page refers to a long text by its place here."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def add(self, text: Any) -> int:
        return self._places.setdefault(str(text), len(self._places))

    def table(self, limit: int = ALL_TEXTS) -> list[Any]:
        """The texts in order. One that is cut is `[beginning, end, characters of the whole]`."""
        sizes = [size(text) for text in self._places]
        most = level(sizes, limit)
        return [_cut(text, most, taken) for text, taken in zip(self._places, sizes, strict=True)]


def level(sizes: Sequence[int], limit: int) -> int:
    """The size to which the largest must be cut so that all together stay within the limit."""
    left = limit
    for done, taken in enumerate(sorted(sizes)):
        share = left // (len(sizes) - done)
        if taken > share:
            return share
        left -= taken
    return max(sizes, default=0)


def _cut(text: str, most: int, taken: int) -> Any:
    if taken <= most:
        return text
    kept = len(text) * most // taken
    head = kept * 2 // 3
    return [text[:head], text[len(text) - (kept - head) :], len(text)]


class Text(Protocol):
    """What the page needs of a document's text."""

    def __len__(self) -> int: ...
    def __getitem__(self, wanted: slice, /) -> str: ...


class Joined:
    """Stretches of texts one after the other. They may be large: only what is asked for is put together."""

    def __init__(self, stretches: Sequence[tuple[Text, int, int]]) -> None:
        self._stretches = [(text, start, max(start, min(end, len(text)))) for text, start, end in stretches]
        self._begins = [0, *accumulate(end - start for _, start, end in self._stretches)]

    def __len__(self) -> int:
        return self._begins[-1]

    def __getitem__(self, wanted: slice) -> str:
        low, high, _ = wanted.indices(len(self))
        parts = []
        for place in range(max(0, bisect_right(self._begins, low) - 1), len(self._stretches)):
            text, start, end = self._stretches[place]
            at = self._begins[place]
            if at >= high:
                break
            parts.append(text[start + max(0, low - at) : min(end, start + high - at)])
        return "".join(parts)


@dataclass(frozen=True)
class Source:
    """A document of a run: where its text is, if anywhere.

    `origin` is the span of another document that it consists of; `read` gives the text.
    """

    name: str
    read: Callable[[], Text | None]
    origin: tuple[int, int, int] | None = None


class Sources:
    """The documents of a tree of runs. A recursive run's document is shown as a piece of one above, if it is one."""

    def __init__(self, names: Callable[[int], str], texts: Sequence[Text] | None) -> None:
        self._names, self._texts = names, texts
        self._roots: dict[int, int] = {}
        self._sources: list[Source] = []
        self._spans: dict[tuple[int, int, int], int] = {}

    def root(self, index: int) -> int:
        if index not in self._roots:
            self._roots[index] = len(self._sources)
            self._sources.append(Source(self._names(index), lambda: self.root_text(index)))
        return self._roots[index]

    def root_text(self, index: int) -> Text | None:
        texts = self._texts
        return texts[index] if texts is not None and 0 <= index < len(texts) else None

    def below(self, pieces: Sequence[Piece], name: str, view: "View") -> int:
        """The place of a document of a recursive run, made of pieces of documents above."""
        spans = [piece for piece in pieces if not isinstance(piece, str)]
        single = (view(spans[0][0]), spans[0][1], spans[0][2]) if len(pieces) == len(spans) == 1 else None
        self._sources.append(Source(name, lambda: self._assembled(pieces, view), single))
        return len(self._sources) - 1

    def _assembled(self, pieces: Sequence[Piece], view: "View") -> "Text | None":
        texts: dict[int, Text] = {}
        for piece in pieces:
            if not isinstance(piece, str) and piece[0] not in texts:
                text = self._sources[view(piece[0])].read()
                if text is None:
                    return None
                texts[piece[0]] = text
        return Joined([(p, 0, len(p)) if isinstance(p, str) else (texts[p[0]], p[1], p[2]) for p in pieces])

    def span(self, place: int, start: int, end: int) -> int:
        origin = self._sources[place].origin
        while origin is not None:
            place, start, end = origin[0], start + origin[1], min(end + origin[1], origin[2])
            origin = self._sources[place].origin
        return self._spans.setdefault((place, start, end), len(self._spans))

    def table(self, limit: int = ALL_EXCERPTS) -> tuple[list[str], list[list[Any]]]:
        """The names of the documents, and the spans: document, start, end, beginning, end of the text."""
        least, ends = EXCERPT
        spans = self._excerpts(ends)
        while size(spans) > limit and ends > least:
            ends = max(least, ends // 2)
            spans = self._excerpts(ends)
        names: dict[int, int] = {}
        for span in spans:
            span[0] = names.setdefault(span[0], len(names))
        return [self._sources[place].name for place in names], spans

    def _excerpts(self, ends: int) -> list[list[Any]]:
        read: tuple[int, Text | None] = (-1, None)
        spans = []
        for place, start, end in self._spans:
            if place != read[0]:
                read = place, self._sources[place].read()
            spans.append([place, start, end, *excerpt(read[1], start, end, ends)])
        return spans


View = Callable[[int], int]
"""From a document's position in a run to its place among the sources."""


def excerpt(text: Text | None, start: int, end: int, ends: int) -> tuple[str, ...]:
    """The beginning and the end of a stretch of text, or all of it when it is short."""
    if text is None or start < 0:
        return ()
    end = min(end, len(text))
    if end - start <= 2 * ends:
        return (text[start:end],)
    return text[start : start + ends], text[end - ends : end]
