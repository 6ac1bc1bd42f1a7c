"""Finds quotes in the context: the words must be the same; white space, quotes, hyphens, Unicode forms may differ."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST = 20
"""Occurrences of a quote that are listed."""
ANCHORS = 3
"""Words of a quote that are looked for, the longest first, when it is not there as it stands."""
WORDS = 8
"""Words of a quote of which half must be near one another before a place is looked at closely."""
TRIED = 20_000
"""Places of a word that are looked at."""
LIKE = 4_000
"""Places of a word that are looked at for the nearest passage."""
FOLDED = 20_000_000
"""Characters of context that are folded whole when no word of a quote is found as it stands."""
AROUND = 160

_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_QUOTES = frozenset("\"'`´‘’‚‛“”„‟′″«»‹›")  # noqa: RUF001
_DASHES = frozenset("-‐‑‒–—―−")  # noqa: RUF001
_WORD = re.compile(r"[A-Za-z0-9]{3,}")


@dataclass(frozen=True, order=True)
class Place:
    """Where a quote is: document index, start and end in characters."""

    document: int
    start: int
    end: int


def find(quote: str, texts: Sequence[str], documents: Sequence[int], near: int | None = None) -> list[Place]:
    """All places of a quote, in order, up to a number.

    Args:
        quote: The words.
        texts: All documents.
        documents: Which of them to look at.
        near: An offset; the next places to it in each document are among those given.
    """
    quote = quote.strip()
    exact = list(_exact(quote, texts, documents))
    if exact:
        if near is not None and len(exact) == MOST:
            beside = {place for document in documents[:MOST] for place in _beside(quote, texts, document, near)}
            exact = sorted({*exact, *beside})
        return exact
    folded = fold(quote)[0].strip()
    return list(_folded(quote, folded, texts, documents)) if folded else []


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


def _beside(quote: str, texts: Sequence[str], document: int, offset: int) -> Iterator[Place]:
    """The places next to an offset, on both sides."""
    text = texts[document]
    for start in (text.find(quote, offset), text.rfind(quote, 0, offset)):
        if start >= 0:
            yield Place(document, start, start + len(quote))


def _folded(quote: str, folded: str, texts: Sequence[str], documents: Sequence[int]) -> Iterator[Place]:
    """Places where the folded text holds the folded quote, looked for around a word of it."""
    room = 2 * len(quote) + AROUND
    found: set[Place] = set()
    words = _anchors(quote)
    for anchor in words[:ANCHORS]:
        for document, at in _occurrences(anchor, texts, documents):
            low = max(0, at - room)
            window = texts[document][low : at + room]
            if 2 * sum(word in window for word in words) < len(words):  # some may be broken or spelled differently
                continue
            found |= {Place(document, low + a, low + b) for a, b in _inside(window, folded)}
            if len(found) >= MOST:
                break
        if found:
            yield from sorted(found)[:MOST]
            return
    if sum(len(texts[document]) for document in documents) <= FOLDED:
        for document in documents:
            found |= {Place(document, a, b) for a, b in _inside(texts[document], folded)}
    yield from sorted(found)[:MOST]


def _anchors(quote: str) -> list[str]:
    """The longest plain words of a quote, the longest first."""
    return sorted(set(_WORD.findall(quote)), key=lambda word: (-len(word), word))[:WORDS]


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
    plain, places = fold(text)
    at = plain.find(folded)
    while at >= 0:
        end = places[at + len(folded) - 1]
        yield places[at], end + 1 + _marks_after(text, end + 1)
        at = plain.find(folded, at + len(folded))


def _marks_after(text: str, end: int) -> int:
    """Combining marks that belong to the last character."""
    count = 0
    while end + count < len(text) and unicodedata.combining(text[end + count]):
        count += 1
    return count


def fold(text: str) -> tuple[str, list[int]]:
    """A text with all that may differ made alike, and for each of its characters the place in the text."""
    out: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for part in _alike(character):
            if part == " " and (not out or out[-1] == " "):
                continue
            out.append(part)
            places.append(at)
    return _joined(out, places)


def _alike(character: str) -> str:
    if character in _DROPPED:
        return ""
    if character in _QUOTES:
        return "'"
    if character in _DASHES:
        return "-"
    if character.isspace():
        return " "
    return character if character.isascii() else unicodedata.normalize("NFKD", character)


def _joined(out: list[str], places: list[int]) -> tuple[str, list[int]]:
    """Without white space around hyphens, and without those between letters: words are broken at the ends of lines."""
    plain = "".join(out)
    if "-" not in plain:
        return plain, places
    kept = []
    last = 0
    for match in _HYPHEN.finditer(plain):
        kept.append((last, match.start()))
        last = match.end()
        if match[1]:
            kept.append((match.start(1), match.end(1)))
    kept.append((last, len(plain)))
    return "".join(plain[a:b] for a, b in kept), [place for a, b in kept for place in places[a:b]]


_HYPHEN = re.compile(r"(?<=[^\W\d_]) ?- ?(?=[^\W\d_])| ?(-) ?")


def nearest(quote: str, texts: Sequence[str], documents: Sequence[int]) -> Place | None:
    """The passage that has most words of a quote, when it has a third of them."""
    words = {word.lower() for word in re.findall(r"\w{2,}", quote)}
    best, place = 0.0, None
    for anchor in _anchors(quote)[:ANCHORS]:
        for number, (document, at) in enumerate(_occurrences(anchor, texts, documents)):
            if number == LIKE:
                break
            low, high = max(0, at - len(quote)), at + len(quote)
            window = set(re.findall(r"\w{2,}", texts[document][low:high].lower()))
            score = len(words & window) / len(words)
            if score > best:
                best = score
                place = Place(document, *_tight(texts[document], low, min(high, len(texts[document])), words))
    return place if best >= 1 / 3 else None


def _tight(text: str, low: int, high: int, words: set[str]) -> tuple[int, int]:
    """A window cut to where its words of the quote begin and end."""
    hits = [match for match in re.finditer(r"\w{2,}", text[low:high]) if match[0].lower() in words]
    return (low + hits[0].start(), low + hits[-1].end()) if hits else (low, high)
