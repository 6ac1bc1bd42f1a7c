"""Finds quotes in the context: the words must be the same; white space, quotes, hyphens, Unicode forms may differ.

A quote is looked for as it stands; then, in large texts, around some of its words; then in the squeezed text: white
space, quotation marks and hyphens are taken out of blocks of it and of the quote, which is quick and loses no place.
Where a block has the squeezed quote, the characters around it are folded and compared, and their places are known.

The work is bounded, for models misquote. A quote that is there in another form may be missed only

* after the first `SQUEEZED` units of text (150 million characters of ASCII, 25 million of text with others, 4 million
  for a quote in another script) when the words of it that are looked for are broken, or stand nearly everywhere;
* when `COMPARED` characters were compared, which read like the quote but for white space, quotation marks and hyphens;
* when it is longer than `LONGEST`, or has no more than quotation marks and hyphens and stands far behind.

Of a quote that is in very many places the first ones are listed, and those next to the offset that is meant. For these
the text is looked through in steps, away from the offset on both sides.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from langchain_rlm.context.folding import (
    DASHES,
    DROPPED,
    QUOTES,
    SOFT,
    SPACES,
    UNSPACED,
    alike,
    decomposed,
    fold,
)

MOST = 20
"""Occurrences of a quote that are listed, besides those next to an offset."""
ANCHORS = 2
"""Words of a quote that are looked for, the longest first, before the text is squeezed."""
WORDS = 8
"""Words of a quote of which half must be near one another before a place is looked at closely."""
TRIED = 5_000
"""Places of a word that are looked at."""
SQUEEZED = 150_000_000
"""Characters of ASCII that are squeezed for one quote; other characters count for more."""
SMALL = 20_000_000
"""Characters of ASCII that are squeezed at once, without a look for words."""
NEAR = 10_000_000
"""Characters of ASCII that are squeezed around one word."""
COMPARED = 400_000
"""Characters that are folded and compared for one quote."""
LONGEST = 100_000
"""Characters of a quote that need not stand in the text as they are."""
BLOCK = 1 << 16
STEP = 1 << 9
MARGIN = 64
FORMS = 6
"""Characters of a block that are replaced one by one; more of them all at once."""
SCANNED = 300_000_000
"""Characters that are looked through for the nearest passage."""
READ = 600_000
"""Characters near words of a quote that are read for the nearest passage."""
LIKE = 10_000
"""Characters of a quote that the nearest passage is looked for with."""
AROUND = 160
BESIDE = 2_000
"""Characters on each side of an offset that are looked at first, and at least."""
OFFSETS = 1_000_000
"""Characters of ASCII that are squeezed around an offset in documents of which any may be meant."""
BREAKS = 2_000
"""Breaks between documents that are looked at for a quote that goes over one."""

_LOOSE = re.compile(f"[{''.join(sorted(c for c in {SOFT} | DROPPED | QUOTES | DASHES | SPACES if not c.isascii()))}]+")
_LOOSE_BYTES = bytes(at for at in range(128) if chr(at).isspace() or chr(at) in QUOTES | DASHES)
_ASCII = bytes(range(128))
_NOT_ASCII = bytes(range(128, 256))
_WORD = re.compile(rf"[{UNSPACED}]|\w{{2,}}")
_ANCHOR = re.compile(rf"[A-Za-z0-9]{{3,}}|[{UNSPACED}]{{2,4}}|[^\W\x00-\x7f{UNSPACED}]{{2,}}")
_ANY_QUOTES = f"[{''.join(sorted(QUOTES | DROPPED | {SOFT}))}]"
_BORDER = "(?:[”’](?=[“‘])|[”’“‘](?=[„‚])|[»›](?=[«‹])|[«‹](?=[»›]))"  # noqa: RUF001
"""Between two quotation marks in a row of which one ends a quotation, and the other begins the next one."""
_BEFORE = re.compile(f"{_ANY_QUOTES}*{_BORDER}")
_OWN = re.compile(f"{_ANY_QUOTES}*?{_BORDER}")


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
    search = _search(quote) if len(quote) <= LONGEST else None
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
    search: "_Search", quote: str, texts: Sequence[str], documents: Sequence[int], offset: int
) -> Iterator[Place]:
    """The places next to an offset in each document, also in other forms."""
    words, left = _anchors(quote)[:ANCHORS], NEAR
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
    search: "_Search", quote: str, texts: Sequence[str], documents: Sequence[int], offset: int
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


@dataclass
class _Search:
    """Looks for a folded quote in parts of texts.

    `squeezed` is the quote without what may differ. `plain` tells that it is made of its ASCII characters only; then so
    are the texts, which is quicker.
    """

    folded: str
    squeezed: bytes
    plain: bool
    left: int = field(default=COMPARED)

    def cost(self, text: str) -> int:
        """What squeezing a character costs, in characters of ASCII; 0 if the quote cannot be there."""
        if text.isascii():
            return 1 if self.folded.isascii() else 0
        return 6 if self.plain else 40

    def squeeze(self, text: str) -> bytes:
        return _plain(text) if self.plain else _squeezed(text)

    def within(self, text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
        """The same as `places`, also for quotes that have only quotation marks and hyphens."""
        if self.squeezed:
            yield from self.places(text, low, high)
        elif self.left > 0:
            self.left -= high - low
            yield from ((low + start, low + end) for start, end in _inside(text[low:high], self.folded))

    def places(self, text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Where a part of a text has the quote, in order, no place over another."""
        tail = b""
        behind = low
        for start in range(low, high, BLOCK):
            line = tail + self.squeeze(text[start : min(start + BLOCK, high)])
            at = line.find(self.squeezed)
            ruler = _Ruler(self, text, low, start, len(tail))
            while at >= 0 and self.left > 0:
                first = ruler.to(at)
                last = _Ruler(self, text, low, first, ruler.count).to(at + len(self.squeezed) - 1)
                begin, end = max(low, first - MARGIN), min(high, last + 1 + 5 * MARGIN)
                if end - begin > max(self.left, 4 * LONGEST):
                    return
                self.left -= end - begin
                for a, b in _inside(text[begin:end], self.folded):
                    if begin + a >= behind:
                        behind = begin + b
                        yield begin + a, behind
                after = ruler.count + len(self.squeeze(text[first : max(first, end - MARGIN - 2 * (last + 1 - first))]))
                at = line.find(self.squeezed, max(at + 1, after))
            tail = line[len(line) - len(self.squeezed) + 1 :] if len(line) >= len(self.squeezed) else line


class _Ruler:
    """Finds the character of a text that stands at a place of the squeezed text."""

    def __init__(self, search: _Search, text: str, low: int, at: int, count: int) -> None:
        """With a place that is known: before the character `at` there are `count` squeezed bytes."""
        self.search = search
        self.text = text
        self.low = low
        self.at = at
        self.count = count

    def to(self, count: int) -> int:
        """The character that has the byte with a number."""
        while self.count > count and self.at > self.low:
            at = max(self.low, self.at - STEP)
            self.count -= self._bytes(at, self.at)
            self.at = at
        step = STEP
        while step:
            size = self._bytes(self.at, self.at + step)
            if self.count + size <= count and self.at + step <= len(self.text):
                self.count += size
                self.at += step
            else:
                step //= 2
        return self.at

    def _bytes(self, low: int, high: int) -> int:
        return len(self.search.squeeze(self.text[low:high]))


def _search(quote: str) -> _Search:
    folded = fold(quote)[0].strip()
    whole, plain = _squeezed(quote), _plain(quote)
    enough = 8
    if whole.isascii() or (len(plain) >= enough and 2 * len(plain) >= len(whole.decode("utf-8", "surrogatepass"))):
        return _Search(folded, plain, plain=True)
    return _Search(folded, whole, plain=False)


def _squeezed(text: str) -> bytes:
    """A folded text without white space, quotation marks, hyphens."""
    if not text.isascii():
        text = decomposed(_LOOSE.sub("", text))
    return text.encode("utf-8", "surrogatepass").translate(None, _LOOSE_BYTES)


def _plain(text: str) -> bytes:
    """Only the ASCII characters of a squeezed text."""
    if text.isascii():
        return text.encode("ascii").translate(None, _LOOSE_BYTES)
    whole = text.encode("utf-8", "surrogatepass")
    other = whole.translate(None, _ASCII)
    dense = 4 * len(other) > len(whole)
    forms = [] if dense else [c for c in set(other.decode("utf-8", "surrogatepass")) if _has_ascii(c)]
    if dense or len(forms) > FORMS:
        whole = decomposed(text).encode("utf-8", "surrogatepass")
    elif forms:
        for character in forms:
            text = text.replace(character, alike(character))
        whole = text.encode("utf-8", "surrogatepass")
    return whole.translate(None, _LOOSE_BYTES + _NOT_ASCII)


@lru_cache(maxsize=4096)
def _has_ascii(character: str) -> bool:
    """Whether a character is another form of ASCII characters, or has one below its marks."""
    return any(part.isascii() and not part.isspace() for part in alike(character))


def _loosely(search: _Search, quote: str, texts: Sequence[str], documents: Sequence[int]) -> Found:
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


def _squeezing(search: _Search, texts: Sequence[str], costs: Sequence[tuple[int, int]]) -> Iterator[Place]:
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
        for start, end in _inside(texts[document][:left], folded):
            yield Place(document, start, end)
            number += 1
            if number == MOST:
                return
        left -= len(texts[document])
        if left <= 0:
            return


def _around_words(search: _Search, quote: str, texts: Sequence[str], documents: Sequence[int]) -> list[Place]:
    """Places of a quote near a word of it that stands in the text as in the quote."""
    room = 2 * len(quote) + AROUND
    words = _anchors(quote)
    found: list[Place] = []
    for anchor in words[:ANCHORS]:
        seen, left, search.left = (-1, 0), NEAR, COMPARED // 4
        for document, at in _occurrences(anchor, texts, documents):
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


def _anchors(quote: str) -> list[str]:
    """The longest words of a quote, the longest first, without the letters that have several Unicode forms."""
    composed = unicodedata.normalize("NFC", quote[:LIKE])
    steady = "".join(part if part.isascii() or _is_steady(part) else " " for part in composed)
    return sorted(set(_ANCHOR.findall(steady)), key=lambda word: (-len(word.encode()), word))[:WORDS]


def _is_steady(character: str) -> bool:
    if "\ud800" <= character <= "\udfff":
        return False
    return "\uac00" <= character <= "\ud7a3" or unicodedata.normalize("NFKD", character) == character


def _occurrences(word: str, texts: Sequence[str], documents: Sequence[int]) -> Iterator[tuple[int, int]]:
    tried = 0
    for document in documents:
        at = texts[document].find(word)
        while at >= 0:
            yield document, at
            tried += 1
            if tried == TRIED:
                return
            at = texts[document].find(word, at + len(word))


def _inside(text: str, folded: str) -> Iterator[tuple[int, int]]:
    """Where a text holds a folded quote, in characters of the text."""
    plain, firsts, lasts = fold(text)
    at = plain.find(folded)
    while at >= 0:
        begin, last = at, at + len(folded) - 1
        start, end = firsts[begin], lasts[last] + 1
        if len(folded) > 1 and folded[0] == "'" and (before := _BEFORE.match(text, start, lasts[begin] + 1)):
            start = before.end()
        if len(folded) > 1 and folded[-1] == "'" and (own := _OWN.match(text, firsts[last], end)):
            end = own.end()
        yield start, end + _marks_after(text, end)
        at = plain.find(folded, at + len(folded))


def _marks_after(text: str, end: int) -> int:
    """Combining marks that belong to the last character."""
    count = 0
    while end + count < len(text) and unicodedata.combining(text[end + count]):
        count += 1
    return count


def over_a_break(quote: str, texts: Sequence[str], documents: Sequence[int]) -> int | None:
    """The document at whose end a quote begins that goes on in the next one; not all breaks are looked at."""
    quote = quote.strip()
    search = _search(quote) if len(quote) <= LIKE else None
    if search is None or not search.squeezed:
        return None
    room = 2 * len(quote) + AROUND
    firsts = dict.fromkeys(at for document in documents[:BREAKS] for at in (document - 1, document))
    for first in firsts:
        if not 0 <= first < len(texts) - 1:
            continue
        joined = texts[first][-room:].rstrip() + "\n" + texts[first + 1][:room].lstrip()
        if search.squeezed in search.squeeze(joined) and search.folded in fold(joined)[0]:
            return first
    return None


def nearest(quote: str, texts: Sequence[str], documents: Sequence[int]) -> Place | None:
    """The passage that has most words of a quote, when it has a third of them.

    In large texts only some of the passages that have its longest words are looked at.
    """
    quote = quote.strip()[:LIKE]
    words = set(_WORD.findall(quote.lower()))
    size = sum(len(texts[document]) for document in documents)
    anchors = _anchors(quote)[: max(3, SCANNED // max(1, size))]
    places = [found for anchor in anchors if (found := list(_occurrences(anchor, texts, documents)))]
    best, window = 0, Place(0, 0, 0)
    for found in sorted(places, key=len):
        for place in _windows(found, texts, len(quote), READ // len(places)):
            score = len(words.intersection(_WORD.findall(texts[place.document][place.start : place.end].lower())))
            if score > best:
                best, window = score, place
    if not best or 3 * best < len(words):
        return None
    return Place(window.document, *_tight(texts[window.document], window.start, window.end, words))


def _windows(found: Sequence[tuple[int, int]], texts: Sequence[str], size: int, most: int) -> Iterator[Place]:
    """Passages around places, from all over them, that together have up to a number of characters."""
    count = max(1, most // (2 * size))
    seen = (-1, 0)
    for document, at in found[:: -(-len(found) // count)]:
        if document == seen[0] and at < seen[1] + size // 4:
            continue
        seen = document, at
        yield Place(document, max(0, at - size), min(len(texts[document]), at + size))


def _tight(text: str, low: int, high: int, words: set[str]) -> tuple[int, int]:
    """A window cut to where its words of the quote begin and end."""
    hits = [match for match in _WORD.finditer(text, low, high) if match[0].lower() in words]
    return (hits[0].start(), hits[-1].end()) if hits else (low, high)
