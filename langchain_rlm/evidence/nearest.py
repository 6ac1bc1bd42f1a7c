"""What a quote that is not in the text is nearest to: a passage, or a break of two documents that it runs over."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

from langchain_rlm.context.text import Text
from langchain_rlm.evidence.folding import UNSPACED
from langchain_rlm.evidence.quotes import Place, exact, find

LIKE = 10_000
"""Characters of a quote whose words are looked for."""
RARE = 8
"""Words of a quote that are looked for at most, the longest ones."""
TRIED = 5_000
"""Places of a word that are looked at."""
SCANNED = 300_000_000
"""Characters that are looked through for the nearest passage."""
READ = 600_000
"""Characters near words of a quote that are read for the nearest passage."""
BREAKS = 2_000
"""Breaks between documents that are looked at for a quote that runs over one."""
AROUND = 160

_WORD = re.compile(rf"[{UNSPACED}]|\w{{2,}}")
_LONG_WORD = re.compile(rf"[A-Za-z0-9]{{3,}}|[{UNSPACED}]{{2,4}}|[^\W\x00-\x7f{UNSPACED}]{{2,}}")


def over_a_break(quote: str, texts: Sequence[Text], documents: Sequence[int]) -> int | None:
    """The document at whose end a quote begins, when it goes on in the next one; not all breaks are looked at."""
    quote = quote.strip()
    if len(quote) > LIKE:
        return None
    room = 2 * len(quote) + AROUND
    firsts = dict.fromkeys(at for document in documents[:BREAKS] for at in (document - 1, document))
    for first in firsts:
        if not 0 <= first < len(texts) - 1:
            continue
        end = texts[first][-room:].rstrip()
        places = find(quote, [f"{end}\n{texts[first + 1][:room].lstrip()}"], [0])
        if any(place.start < len(end) < place.end for place in places):
            return first
    return None


def nearest(quote: str, texts: Sequence[Text], documents: Sequence[int]) -> Place | None:
    """The passage that has most words of a quote, when it has a third of them.

    In large texts only some of the passages that have its longest words are looked at.
    """
    quote = quote.strip()[:LIKE]
    words = set(_WORD.findall(quote.lower()))
    documents = [document for document in documents if isinstance(texts[document], str)]
    size = sum(len(texts[document]) for document in documents)
    rare = _longest_words(quote)[: max(3, SCANNED // max(1, size))]
    places = [found for word in rare if (found := list(_occurrences(word, texts, documents)))]
    best, window = 0, Place(0, 0, 0)
    for found in sorted(places, key=len):
        for place in _windows(found, texts, len(quote), READ // len(places)):
            score = len(words.intersection(_WORD.findall(texts[place.document][place.start : place.end].lower())))
            if score > best:
                best, window = score, place
    if not best or 3 * best < len(words):
        return None
    return Place(window.document, *_tight(texts[window.document], window.start, window.end, words))


def _longest_words(quote: str) -> list[str]:
    """The longest first, without the letters that have several Unicode forms."""
    composed = unicodedata.normalize("NFC", quote)
    steady = "".join(part if part.isascii() or _is_steady(part) else " " for part in composed)
    return sorted(set(_LONG_WORD.findall(steady)), key=lambda word: (-len(word.encode()), word))[:RARE]


def _is_steady(character: str) -> bool:
    if "\ud800" <= character <= "\udfff":
        return False
    return "\uac00" <= character <= "\ud7a3" or unicodedata.normalize("NFKD", character) == character


def _occurrences(word: str, texts: Sequence[Text], documents: Sequence[int]) -> Iterator[tuple[int, int]]:
    return islice(((at, start) for at in documents for start, _ in exact(word, texts[at])), TRIED)


def _windows(found: Sequence[tuple[int, int]], texts: Sequence[Text], size: int, most: int) -> Iterator[Place]:
    """Passages around places, from all over them, that together have up to a number of characters."""
    count = max(1, most // (2 * size))
    seen = (-1, 0)
    for document, at in found[:: -(-len(found) // count)]:
        if document == seen[0] and at < seen[1] + size // 4:
            continue
        seen = document, at
        yield Place(document, max(0, at - size), min(len(texts[document]), at + size))


def _tight(text: Text, low: int, high: int, words: set[str]) -> tuple[int, int]:
    """A window cut to where its words of the quote begin and end."""
    hits = [match for match in _WORD.finditer(text[low:high]) if match[0].lower() in words]
    return (low + hits[0].start(), low + hits[-1].end()) if hits else (low, high)
