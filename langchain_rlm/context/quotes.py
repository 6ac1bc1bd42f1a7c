"""Finds quotes in the context: the words must be the same; white space, quotes, hyphens, Unicode forms may differ.

A quote is looked for as it stands; then, in large texts, around some of its words; then in the squeezed text.

The work is bounded, for models misquote. A quote that is there in another form may be missed only

* after the first `SQUEEZED` units of text (150 million characters of ASCII, 25 million of text with others, 4 million
  for a quote in another script) when the words of it that are looked for are broken, or stand nearly everywhere;
* when `COMPARED` characters were compared, which read like the quote but for white space, quotation marks and hyphens;
* when it is longer than `LONGEST`, or has no more than quotation marks and hyphens and stands far behind.

Of a quote that is in very many places the first ones are listed, and those next to the offset that is meant. For these
the text is looked through in steps, away from the offset on both sides.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from langchain_rlm.context.anchors import anchors_of, occurrences
from langchain_rlm.context.squeezed import BLOCK, COMPARED, LONGEST, Search, inside, search_for

MOST = 20
"""Occurrences of a quote that are listed, besides those next to an offset."""
ANCHORS = 2
"""Words of a quote that are looked for, the longest first, before the text is squeezed."""
SQUEEZED = 150_000_000
"""Characters of ASCII that are squeezed for one quote; other characters count for more."""
SMALL = 20_000_000
"""Characters of ASCII that are squeezed at once, without a look for words."""
NEAR = 10_000_000
"""Characters of ASCII that are squeezed around one word."""
AROUND = 160
BESIDE = 2_000
"""Characters on each side of an offset that are looked at first, and at least."""
OFFSETS = 1_000_000
"""Characters of ASCII that are squeezed around an offset in documents of which any may be meant."""


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


def find(quote: str, texts: Sequence[str], documents: Sequence[int], near: Near | None = None) -> list[Place]:
    """The places of a quote that `look` finds."""
    return look(quote, texts, documents, near).places


def look(
    quote: str, texts: Sequence[str], documents: Sequence[int], near: Near | None = None, *, is_offset: bool = False
) -> Found:
    """The places of a quote, in order, up to a number.

    Args:
        quote: The words.
        texts: All documents.
        documents: Which of them to look at.
        near: The places nearest to it are among those given, also of very many.
        is_offset: The offset is meant, in whichever document: what is there counts in other forms too, even when the
            quote stands as it is elsewhere.
    """
    quote = quote.strip()
    order = sorted(documents, key=lambda document: abs(document - near[0])) if near else documents
    search = search_for(quote) if len(quote) <= LONGEST else None
    exact = list(_exact(quote, texts, order))
    found = Found(exact, len(exact) < MOST)
    if not exact and search and search.folded:
        found = _loosely(search, quote, texts, order)
    places = found.places
    if near and exact and not found.are_all:
        places = _with(places, (Place(at, *ends) for at in order[:MOST] for ends in _beside(quote, texts[at], near[1])))
    elif near and search and not found.are_all and len(places) > 1:
        places = _with(places, _stepwise(search, quote, texts, order[:MOST], near[1]))
    if near and is_offset and places and search and search.folded:
        places = _with(places, _at_offset(search, quote, texts, order, near[1]))
    return Found(sorted(places), found.are_all)


def _with(places: Sequence[Place], more: Iterable[Place]) -> list[Place]:
    """Places and those of others that lie over none of them."""
    kept = list(places)
    for place in more:
        if not any(place.document == p.document and place.start < p.end and p.start < place.end for p in kept):
            kept.append(place)
    return kept


def _exact(quote: str, texts: Sequence[str], documents: Sequence[int]) -> Iterator[Place]:
    found = 0
    for document in documents:
        start = texts[document].find(quote)
        while start >= 0:
            yield Place(document, start, start + len(quote))
            found += 1
            if found == MOST:
                return
            start = texts[document].find(quote, start + len(quote))


def _beside(quote: str, text: str, offset: int, room: int | None = None) -> Iterator[tuple[int, int]]:
    """The places next to an offset, on both sides."""
    low, high = (0, len(text)) if room is None else (max(0, offset - room), offset + room)
    for start in (text.find(quote, offset, high), text.rfind(quote, low, offset + len(quote) - 1)):
        if start >= 0:
            yield start, start + len(quote)


def _next_to(offset: int, places: Iterable[Place]) -> list[Place]:
    """The places next to an offset, so many on each side."""
    ordered = sorted(places, key=lambda place: place.start)
    behind = bisect_left(ordered, offset, key=lambda place: place.start)
    return ordered[max(0, behind - MOST // 2) : behind + MOST // 2]


def _stepwise(
    search: Search, quote: str, texts: Sequence[str], documents: Sequence[int], offset: int
) -> Iterator[Place]:
    """The places next to an offset in each document, also in other forms."""
    words, left = anchors_of(quote)[:ANCHORS], NEAR
    for document in documents:
        text = texts[document]
        cost = search.cost(text)
        search.left = COMPARED
        places: set[Place] = set()
        for parts in _steps(len(text), min(offset, len(text)), 2 * len(quote) + AROUND) if cost else ():
            is_last = bool(places)  # what is farther on one side may be nearer than what was found on the other
            for low, high in parts:
                if left <= 0 and not any(text.find(word, low, high) >= 0 for word in words):
                    continue
                places.update(Place(document, start, end) for start, end in search.within(text, low, high))
                left -= cost * (high - low)
            if is_last or left <= -NEAR or search.left <= 0:
                break
        yield from _next_to(offset, places)


def _steps(size: int, offset: int, room: int) -> Iterator[list[tuple[int, int]]]:
    """Parts of a text away from an offset, those of both sides together; a passage of some length is whole in one."""
    low = high = offset
    step = max(BESIDE, room)
    while low > 0 or high < size:
        parts = [(max(0, low - step), min(size, low + room)), (max(0, high - room), min(size, high + step))]
        yield (
            [(parts[0][0], parts[1][1])]
            if low == high
            else [part for part, is_open in zip(parts, (low > 0, high < size), strict=True) if is_open]
        )
        low, high = max(0, low - step), min(size, high + step)
        step = max(step, min(2 * step, BLOCK))


def _at_offset(
    search: Search, quote: str, texts: Sequence[str], documents: Sequence[int], offset: int
) -> Iterator[Place]:
    """The places around an offset of any document, in other forms in so many of them."""
    room = BESIDE + 2 * len(quote)
    search.left, left = COMPARED // 4, OFFSETS
    places: list[Place] = []
    for document in documents:
        text = texts[document]
        low, high = max(0, offset - room), min(len(text), offset + room)
        if low >= high:
            continue
        places += (Place(document, start, end) for start, end in _beside(quote, text, offset, room))
        cost = search.cost(text)
        if cost and left > 0:
            places += (Place(document, start, end) for start, end in search.within(text, low, high))
            left -= cost * (high - low)
    yield from _next_to(offset, places)


def _loosely(search: Search, quote: str, texts: Sequence[str], documents: Sequence[int]) -> Found:
    """Places of a quote in other forms."""
    if not search.squeezed:
        found = list(_marks(search.folded, texts, documents))
        return Found(found, len(found) < MOST and sum(len(texts[document]) for document in documents) <= COMPARED)
    costs = [(document, search.cost(texts[document])) for document in documents]
    costs = [(document, cost) for document, cost in costs if cost]
    size = sum(cost * len(texts[document]) for document, cost in costs)
    if size > SMALL:
        found = _around_words(search, quote, texts, [document for document, _ in costs])
        if found:
            return Found(found, are_all=False)
        search.left = COMPARED
    found = list(islice(_squeezing(search, texts, costs), MOST))
    return Found(found, len(found) < MOST and size <= SQUEEZED and search.left > 0)


def _squeezing(search: Search, texts: Sequence[str], costs: Sequence[tuple[int, int]]) -> Iterator[Place]:
    left = SQUEEZED
    for document, cost in costs:
        text = texts[document]
        for start, end in search.places(text, 0, min(len(text), left // cost)):
            yield Place(document, start, end)
        left -= cost * len(text)
        if left <= 0 or search.left <= 0:
            return


def _marks(folded: str, texts: Sequence[str], documents: Sequence[int]) -> Iterator[Place]:
    """Places of a quote that has only quotation marks and hyphens."""
    number = 0
    left = COMPARED
    for document in documents:
        for start, end in inside(texts[document][:left], folded):
            yield Place(document, start, end)
            number += 1
            if number == MOST:
                return
        left -= len(texts[document])
        if left <= 0:
            return


def _around_words(search: Search, quote: str, texts: Sequence[str], documents: Sequence[int]) -> list[Place]:
    """Places of a quote near a word of it that stands in the text as in the quote."""
    room = 2 * len(quote) + AROUND
    words = anchors_of(quote)
    found: list[Place] = []
    for anchor in words[:ANCHORS]:
        seen, left, search.left = (-1, 0), NEAR, COMPARED // 4
        for document, at in occurrences(anchor, texts, documents):
            if document == seen[0] and at + room <= seen[1]:
                continue
            text = texts[document]
            low, high = max(0, at - room), min(len(text), at + 4 * room)
            if document == seen[0]:
                low = max(low, found[-1].end) if found and found[-1].document == document else low
            seen = document, high
            window = text[low:high]
            left -= len(window)
            if 2 * sum(word in window for word in words) >= len(words):  # some may be broken or spelled differently
                left -= (search.cost(text) - 1) * len(window)
                found.extend(Place(document, a, b) for a, b in search.places(text, low, high))
            if len(found) >= MOST or left <= 0:
                break
        if found:
            break
    return found[:MOST]
