"""The words of a quote that are looked for in the texts, so that only what is near them is looked at closely."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from langchain_rlm.context.folding import UNSPACED

WORDS = 8
"""Words of a quote of which half must be near one another before a place is looked at closely."""
TRIED = 5_000
"""Places of a word that are looked at."""
LIKE = 10_000
"""Characters of a quote whose words are looked for."""

_ANCHOR = re.compile(rf"[A-Za-z0-9]{{3,}}|[{UNSPACED}]{{2,4}}|[^\W\x00-\x7f{UNSPACED}]{{2,}}")


def anchors_of(quote: str) -> list[str]:
    """The longest words of a quote, the longest first, without the letters that have several Unicode forms."""
    composed = unicodedata.normalize("NFC", quote[:LIKE])
    steady = "".join(part if part.isascii() or _is_steady(part) else " " for part in composed)
    return sorted(set(_ANCHOR.findall(steady)), key=lambda word: (-len(word.encode()), word))[:WORDS]


def _is_steady(character: str) -> bool:
    if "\ud800" <= character <= "\udfff":
        return False
    return "\uac00" <= character <= "\ud7a3" or unicodedata.normalize("NFKD", character) == character


def occurrences(word: str, texts: Sequence[str], documents: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where a word stands in the documents, up to a number of places."""
    tried = 0
    for document in documents:
        at = texts[document].find(word)
        while at >= 0:
            yield document, at
            tried += 1
            if tried == TRIED:
                return
            at = texts[document].find(word, at + len(word))
