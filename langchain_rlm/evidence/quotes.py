"""Finds quotes in the context: the words must be the same; white space, quotes, hyphens, Unicode forms may differ.

A quote is looked for as it stands, and then in the squeezed text: the text without all that a quote may differ in, as
bytes, made once for each document. What is found there is folded and compared with the quote in one form after the
other (`FORMS`), so that the exact place is known and "therapist" is not "the rapist".

A quote that is there in another form may be missed only when `COMPARED` characters were compared, which read like the
quote but for what may differ; when it is longer than `LONGEST`; when it has only marks and stands far away; when it
begins or ends inside the target of a link.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, zip_longest
from typing import Any

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.evidence.folding import Form, blanked, fold, fold_without_markup, inside, squeeze

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
OFFSETS = 1_000_000
"""Characters that are squeezed around an offset in these documents."""
FORMS = (Form(fold), Form(fold_without_markup, shortest=12))
"""From strict to loose; the first one in which a quote is found counts."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a quote is: document index, start and end in characters."""

    document: int
    start: int
    end: int


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

    Texts of Hangul take half as much again.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._squeezed: dict[int, _Squeezed] = {}

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
        searches = _searches(quote)
        places: list[Place] = []
        for search in (None, *searches):
            outward = partial(self._outward, quote, search, offset)
            places = list(islice(_apart(_each(order, outward)), MOST))
            if places or (search and search.left == COMPARED):
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
        if search.squeezed and document not in self._squeezed:
            self._squeezed[document] = _Squeezed(text)
        return search.alike(self._squeezed[document], offset) if search.squeezed else search.marks(text, offset)

    def _beside(self, quote: str, documents: Sequence[int], offset: int) -> list[Place]:
        """The places around an offset of any document, in other forms in so many of them."""
        room = BESIDE + 2 * len(quote)
        searches, left = _searches(quote), OFFSETS
        places: list[Place] = []
        for document in documents:
            low, text = max(0, offset - room), self._texts[document][max(0, offset - room) : offset + room]
            window = Quotes([text])
            for search in (None, *searches) if left > 0 else (None,):
                ends = islice(window._outward(quote, search, offset - low, 0), 2)
                places += [Place(document, low + start, low + end) for start, end in ends]
            left -= len(text)
        return sorted(places, key=lambda place: abs(place.start - offset))[:MOST]


def find(quote: str, texts: Sequence[str], documents: Sequence[int], near: Near | None = None) -> list[Place]:
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


def exact(quote: str, text: str, offset: int = 0) -> Iterator[Ends]:
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

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = bytearray()
        self._cells, self._begins = [0], [0]
        while (low := self._cells[-1]) < len(text):
            high = low + CELL
            if high < len(text):
                high = text.rfind("\n", low, high) + 1 or high  # what is blanked is most often whole in a line
            self.data += squeeze(blanked(text[low:high]))
            self._cells.append(high)
            self._begins.append(len(self.data))

    def byte(self, at: int) -> int:
        cell, text = self._cell(self._cells, at)
        return self._begins[cell] + len(squeeze(text[: at - self._cells[cell]]))

    def character(self, byte: int) -> int:
        cell, text = self._cell(self._begins, byte)
        at, left, step = 0, byte - self._begins[cell], 1 << len(text).bit_length()
        while step := step >> 1:
            size = len(squeeze(text[at : at + step]))
            if size <= left:
                at, left = at + step, left - size
        return self._cells[cell] + at

    def _cell(self, begins: Sequence[int], at: int) -> tuple[int, str]:
        cell = min(bisect_right(begins, at), len(begins) - 1) - 1
        return cell, blanked(self.text[self._cells[cell] : self._cells[cell + 1]])


@dataclass
class _Search:
    """Looks for a quote in one form."""

    form: Form
    folded: str
    squeezed: bytes
    left: int = 0

    def alike(self, squeezed: _Squeezed, offset: int) -> Iterator[Ends]:
        place = partial(self._compare, squeezed)
        return _outward(squeezed.data, self.squeezed, lambda: squeezed.byte(offset), place)

    def _compare(self, squeezed: _Squeezed, at: int) -> list[Ends] | None:
        """The place where the squeezed quote stands in the text, when the quote is there."""
        first, last = squeezed.character(at), squeezed.character(at + len(self.squeezed) - 1)
        low, high = max(0, first - MARGIN), last + 1 + 5 * MARGIN
        self.left -= high - low
        if self.left < 0:
            return None
        found = ((low + start, low + end) for start, end in inside(squeezed.text[low:high], self.folded, self.form))
        around = [ends for ends in found if ends[0] <= first and last < ends[1]]
        return sorted(around, key=lambda ends: ends[1] - ends[0])[:1]

    def marks(self, text: str, offset: int) -> Iterator[Ends]:
        """The places of a quote that has only marks, those that are not far away."""
        low = max(0, offset - max(0, self.left) // 2)
        part = text[low : low + max(0, self.left)]
        self.left -= len(part)
        found = ((low + start, low + end) for start, end in inside(part, self.folded, self.form))
        yield from sorted(found, key=lambda ends: abs(ends[0] - offset))


def _searches(quote: str) -> list[_Search]:
    if len(quote) > LONGEST:
        return []
    squeezed = squeeze(blanked(quote))
    folded = [(form, form.fold(quote)[0].strip()) for form in FORMS]
    return [_Search(form, plain, squeezed, COMPARED) for form, plain in folded if plain and len(plain) >= form.shortest]
