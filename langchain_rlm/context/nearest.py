"""What a quote that is not there comes nearest to: a passage, or the break of two documents that it goes over."""

import re
from collections.abc import Iterator, Sequence

from langchain_rlm.context.anchors import LIKE, anchors_of, occurrences
from langchain_rlm.context.folding import UNSPACED, fold
from langchain_rlm.context.quotes import AROUND, Place
from langchain_rlm.context.squeezed import search_for

SCANNED = 300_000_000
"""Characters that are looked through for the nearest passage."""
READ = 600_000
"""Characters near words of a quote that are read for the nearest passage."""
BREAKS = 2_000
"""Breaks between documents that are looked at for a quote that goes over one."""

_WORD = re.compile(rf"[{UNSPACED}]|\w{{2,}}")


def over_a_break(quote: str, texts: Sequence[str], documents: Sequence[int]) -> int | None:
    """The document at whose end a quote begins that goes on in the next one; not all breaks are looked at."""
    quote = quote.strip()
    search = search_for(quote) if len(quote) <= LIKE else None
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
    anchors = anchors_of(quote)[: max(3, SCANNED // max(1, size))]
    places = [found for anchor in anchors if (found := list(occurrences(anchor, texts, documents)))]
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
