"""Finds quotes in the context: words and numbers must be the same; white space, marks and markup may differ.

A quote is looked for as it stands, and then in the squeezed text: the text without all that a quote may differ in, as
bytes, made once for each document; then the same without what a reader of the text does not see. What is found there is
folded and compared with the quote in one form after the other (`FORMS`), so that the exact place is known and
"therapist" is not "the rapist".

A quote that is there in another form may be missed only when `COMPARED` characters were compared, which read like the
quote but for what may differ; when it is longer than `LONGEST`; when it has only marks and stands far away; when it
begins or ends inside what a reader does not see.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, zip_longest
from typing import Any

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.text import Text, whole
from langchain_rlm.evidence import markup
from langchain_rlm.evidence.folding import UNSPACED, Fold, fold, inside, squeeze, unmarked, unspaced

MOST = 20
"""Occurrences of a quote that are listed, the nearest ones, besides those next to an offset in other documents."""
COMPARED = 400_000
"""Characters that are folded and compared for one quote in one form."""
LONGEST = 100_000
"""Characters of a quote that need not stand in the text as they are."""
CELL = 1 << 12
"""Characters that are squeezed at once: a place is known by its cell, and looked for in it."""
MARGIN = 64
BESIDE = 2_000
"""Characters on each side of an offset that are looked at in documents of which any may be meant."""
NEAR = 2_000_000
"""Characters on each side of an offset in which other forms of a quote are looked for, in a text not in memory."""
OFFSETS = 1_000_000
"""Characters that are squeezed around an offset in these documents."""
SHORTEST = 12
"""Characters that are looked for without the white space between them, at least."""

_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, order=True)
class Place:
    """Where a quote is: document index, start and end in characters."""

    document: int
    start: int
    end: int


@dataclass(frozen=True)
class Form:
    """How a quote and a text are made alike; with `is_read`, the text is without what a reader does not see."""

    fold: Fold
    is_read: bool = False


FORMS = (Form(fold), Form(unmarked), Form(unspaced), Form(unmarked, is_read=True), Form(unspaced, is_read=True))
"""From strict to loose; the first one in which a quote is found counts."""


@dataclass(frozen=True)
class Found:
    """Places of a quote, in order; `are_all` when it is known that there are no others."""

    places: list[Place]
    are_all: bool


Near = tuple[int, int]
"""A document and an offset in it."""
Ends = tuple[int, int]
"""Start and end in a text."""


class Quotes:
    """Finds quotes in documents. What is made of a document to find them is kept: as many bytes as the text, or fewer.

    As much again where a reader does not see all of the text; texts of Hangul take half as much more.
    """

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = texts
        self._squeezed: dict[tuple[int, bool], _Squeezed | None] = {}

    @classmethod
    def of(cls, corpus: Corpus) -> "Quotes":
        """The one for a context, which all runs over it share."""
        quotes: Quotes = corpus.kept.setdefault(cls, cls(corpus.texts))
        return quotes

    def look(self, quote: str, documents: Sequence[int], near: Near | None = None, *, is_offset: bool = False) -> Found:
        """The places of a quote in these documents, in order, up to a number; those nearest to `near` are among them.

        With `is_offset` the offset is meant, in whichever document: what is there counts in other forms too, even when
        the quote stands as it is elsewhere.
        """
        quote = quote.strip()
        order = sorted(documents, key=lambda document: abs(document - near[0])) if near else documents
        offset = near[1] if near else 0
        searches = [*_searches(quote)]
        places: list[Place] = []
        for search in (None, *searches):
            outward = partial(self._outward, quote, search, offset)
            places = list(islice(_apart(_each(order, outward)), MOST))
            if places:
                break
        are_all = len(places) < MOST and all(search.left > 0 for search in searches)
        if near and not are_all and places:
            places += _each(order[:MOST], lambda at: islice(outward(at), 2))
        if near and is_offset and places:
            places += self._beside(quote, order, offset)
        return Found(sorted(_apart(places)), are_all)

    def _outward(self, quote: str, search: "_Search | None", offset: int, document: int) -> Iterator[Ends]:
        """The places in one document, away from an offset on both sides; of a quote as it stands without a search."""
        text = self._texts[document]
        if search is None:
            return exact(quote, text, offset)
        if not isinstance(text, str):
            return self._near(quote, search, offset, text)
        if not search.squeezed:
            return search.marks(text, offset)
        squeezed = self._squeeze(document, is_read=search.form.is_read)
        return search.alike(squeezed, offset) if squeezed and search.squeezed in squeezed.data else iter(())

    @staticmethod
    def _near(quote: str, search: "_Search", offset: int, text: Text) -> Iterator[Ends]:
        """The places in another form around an offset of a text that is not in memory."""
        low = max(0, offset - NEAR)
        window = Quotes([text[low : offset + NEAR]])
        return ((low + start, low + end) for start, end in window._outward(quote, search, offset - low, 0))

    def _squeeze(self, document: int, *, is_read: bool) -> "_Squeezed | None":
        """A squeezed text; None when a reader sees all of it, as in the one that is made first."""
        if (document, is_read) not in self._squeezed:
            made = _Squeezed(whole(self._texts[document]), is_read=is_read)
            self._squeezed[document, is_read] = made if made.differs or not is_read else None
        return self._squeezed[document, is_read]

    def _beside(self, quote: str, documents: Sequence[int], offset: int) -> list[Place]:
        """The places around an offset of any document, in other forms in so many of them."""
        room = BESIDE + 2 * len(quote)
        searches, left = [*_searches(quote)], OFFSETS
        places: list[Place] = []
        for document in documents:
            low, text = max(0, offset - room), self._texts[document][max(0, offset - room) : offset + room]
            window = Quotes([text])
            for search in (None, *searches) if left > 0 else (None,):
                ends = islice(window._outward(quote, search, offset - low, 0), 2)
                places += [Place(document, low + start, low + end) for start, end in ends]
            left -= len(text)
        return sorted(places, key=lambda place: abs(place.start - offset))[:MOST]


def find(quote: str, texts: Sequence[Text], documents: Sequence[int], near: Near | None = None) -> list[Place]:
    """The places of one quote in texts; for more than one in large texts, keep `Quotes`."""
    return Quotes(texts).look(quote, documents, near).places


def _each(documents: Iterable[int], ends: Callable[[int], Iterable[Ends]]) -> Iterator[Place]:
    return (Place(at, *each) for at in documents for each in ends(at))


def _apart(places: Iterable[Place]) -> Iterator[Place]:
    """Places without those that lie over an earlier one."""
    kept: list[Place] = []
    for place in places:
        if not any(place.document == p.document and place.start < p.end and p.start < place.end for p in kept):
            kept.append(place)
            yield place


def exact(quote: str, text: Text, offset: int = 0) -> Iterator[Ends]:
    """The places of a quote as it stands, away from an offset on both sides."""
    return _outward(text, quote, lambda: offset, lambda at: [(at, at + len(quote))])


def _outward(
    data: Any, wanted: Any, start: Callable[[], int], place: Callable[[int], list[Ends] | None]
) -> Iterator[Ends]:
    """The places where text or bytes have what is wanted, by turns ahead of a start and behind it.

    `place` tells the place, or that there is none, or with None that enough was looked at.
    """
    size, first = len(wanted), data.find(wanted)
    if first < 0:
        return
    begin = max(start(), first)

    def ahead() -> Iterator[Ends]:
        at = data.find(wanted, begin)
        while at >= 0 and (ends := place(at)) is not None:
            yield from ends
            at = data.find(wanted, at + (size if ends else 1))

    def behind() -> Iterator[Ends]:
        at = data.rfind(wanted, first, begin + size - 1)
        while at >= 0 and (ends := place(at)) is not None:
            yield from ends
            at = data.rfind(wanted, first, at + (0 if ends else size - 1))

    for pair in zip_longest(ahead(), behind()):
        yield from filter(None, pair)


class _Squeezed:
    """A text without all that a quote may differ in, and where its cells begin, in characters and in squeezed bytes."""

    def __init__(self, text: str, *, is_read: bool) -> None:
        self.text = text
        self.data = bytearray()
        self.differs = False
        self._is_read = is_read
        self._edges = markup.page_edges(text) if is_read else []
        self._cells, self._begins = [0], [0]
        while (low := self._cells[-1]) < len(text):
            self._cells.append(self._end(low))
            self.data += squeeze(self._read(len(self._cells) - 2))
            self._begins.append(len(self.data))

    def _end(self, low: int) -> int:
        """The end of the cell that begins there: of a line, and not inside what is not read."""
        high = low + CELL
        if high >= len(self.text) or not self._is_read:
            return min(high, len(self.text))
        high = markup.read_end(self.text, self.text.rfind("\n", low, high) + 1 or high)
        return max([high, *(end for start, end in self._edges_in(high - 1, high) if start < high)])

    def _edges_in(self, low: int, high: int) -> Sequence[Ends]:
        """The edges of pages that touch a stretch."""
        first = bisect_right(self._edges, low, key=lambda edge: edge[1])
        return self._edges[first : bisect_right(self._edges, high, key=lambda edge: edge[0])]

    def _read(self, cell: int) -> str:
        low, high = self._cells[cell], self._cells[cell + 1]
        text = self.text[low:high]
        if not self._is_read:
            return text
        for start, end in self._edges_in(low, high):
            first, last = max(start, low) - low, min(end, high) - low
            text = text[:first] + " " * (last - first) + text[last:]
        read = markup.as_read(text)
        self.differs |= read != self.text[low:high]
        return read

    def part(self, low: int, high: int) -> str:
        """The text between two places, as it is read."""
        first, last = (min(bisect_right(self._cells, at), len(self._cells) - 1) - 1 for at in (low, high - 1))
        begin = low - self._cells[first]
        return "".join(map(self._read, range(first, last + 1)))[begin : begin + high - low]

    def byte(self, at: int) -> int:
        cell = self._cell(self._cells, at)
        return self._begins[cell] + len(squeeze(self._read(cell)[: at - self._cells[cell]]))

    def character(self, byte: int) -> int:
        cell = self._cell(self._begins, byte)
        text, at, left = self._read(cell), 0, byte - self._begins[cell]
        step = 1 << len(text).bit_length()
        while step := step >> 1:
            size = len(squeeze(text[at : at + step]))
            if size <= left:
                at, left = at + step, left - size
        return self._cells[cell] + at

    def _cell(self, begins: Sequence[int], at: int) -> int:
        return min(bisect_right(begins, at), len(begins) - 1) - 1


@dataclass
class _Search:
    """Looks for a quote in one form."""

    form: Form
    folded: str
    squeezed: bytes
    notes: Sequence[str]
    left: int = COMPARED

    def alike(self, squeezed: _Squeezed, offset: int) -> Iterator[Ends]:
        place = partial(self._compare, squeezed)
        return _outward(squeezed.data, self.squeezed, lambda: squeezed.byte(offset), place)

    def _compare(self, squeezed: _Squeezed, at: int) -> list[Ends] | None:
        """The place where the squeezed quote stands in the text, when the quote is there."""
        first, last = squeezed.character(at), squeezed.character(at + len(self.squeezed) - 1)
        low, high = max(0, first - MARGIN), min(last + 1 + 5 * MARGIN, len(squeezed.text))
        self.left -= high - low
        if self.left < 0:
            return None
        part = squeezed.part(low, high)
        found = ((low + start, low + end) for start, end in inside(part, self.folded, self.form.fold))
        around = [ends for ends in found if ends[0] <= first and last < ends[1]]
        best = sorted(around, key=lambda ends: ends[1] - ends[0])[:1]
        return [ends for each in best if (ends := self._whole(squeezed.text, *each))] if self.form.is_read else best

    def _whole(self, text: str, start: int, end: int) -> Ends | None:
        """A place with all of its last character, when it has the notes of the quote."""
        there = iter(markup.notes(text[start : end + MARGIN]))
        return (start, markup.escape_end(text, end)) if all(note in there for note in self.notes) else None

    def marks(self, text: str, offset: int) -> Iterator[Ends]:
        """The places of a quote that has only marks, those that are not far away."""
        low = max(0, offset - max(0, self.left) // 2)
        part = text[low : low + max(0, self.left)]
        self.left -= len(part)
        found = ((low + start, low + end) for start, end in inside(part, self.folded, self.form.fold))
        yield from sorted(found, key=lambda ends: abs(ends[0] - offset))


def _searches(quote: str) -> Iterator[_Search]:
    if len(quote) > LONGEST:
        return
    for form in FORMS:
        seen = markup.without_notes(quote) if form.is_read else quote
        folded = form.fold(seen)[0].strip()
        is_long = form.fold is not unspaced or len(folded) >= SHORTEST or _UNSPACED.search(folded)
        if folded and is_long:
            yield _Search(form, folded, squeeze(seen), markup.notes(quote) if form.is_read else ())
