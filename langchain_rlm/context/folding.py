"""Texts with all that a quote may differ in made alike: white space, quotation marks, hyphens, Unicode forms."""

import re
import unicodedata
from functools import lru_cache

SOFT = "\u00ad"
DROPPED = frozenset("\u200b\u200c\u200d\u2060\ufeff")
QUOTES = frozenset("\"'`´‘’‚‛“”„‟′″‴«»‹›ʼ〝〞〟＂＇")  # noqa: RUF001
DASHES = frozenset("-‐‑‒–—―−⸺⸻﹘﹣－")  # noqa: RUF001
_FRACTION_SLASH = "\u2044"
SPACES = frozenset("\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(at) for at in range(0x2000, 0x200B)}
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts that do not part words."""
IDEOGRAPHS = "\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Those of them that have no spaces at all, with their marks."""


def fold(text: str) -> tuple[str, list[int], list[int]]:
    """A text with all that may differ made alike, and for each character its first and its last place in the text."""
    out: list[str] = []
    places: list[int] = []
    is_soft = False
    for at, character in enumerate(text):
        parts = alike(character)
        if "/" in parts and len(parts) > 1 and parts[0].isdigit() and out and out[-1].isdigit():
            parts = " " + parts  # 1½ is not 11/2
        for part in parts:
            if part == SOFT:
                is_soft = True
                continue
            if part == " " and (not out or out[-1] in (" ", SOFT)):
                continue
            out.append(SOFT if part == " " and is_soft else part)
            places.append(at)
            is_soft = False
    return _joined("".join(out), places)


@lru_cache(maxsize=4096)
def alike(character: str) -> str:
    """What a character is made, which may be nothing or several."""
    if character in DROPPED:
        return ""
    if character in QUOTES:
        return "'"
    if character in DASHES:
        return "-"
    if character.isspace():
        return " "
    return character if character.isascii() else decomposed(character)


def decomposed(text: str) -> str:
    """A text in Unicode's compatibility form."""
    return unicodedata.normalize("NFKD", text).replace(_FRACTION_SLASH, "/")


def _joined(plain: str, places: list[int]) -> tuple[str, list[int], list[int]]:
    """Without hyphens between letters, for words are broken at the ends of lines; a soft hyphen there stands for both.

    Several quotation marks or hyphens in a row become one, as in ``so'' and --, and the white space around them goes.
    Also that between letters of scripts that part no words: their lines end anywhere.
    """
    if "-" not in plain and "'" not in plain and plain.isascii():
        return plain, places, places
    kept: list[str] = []
    firsts: list[int] = []
    lasts: list[int] = []
    last = 0
    for match in _BETWEEN.finditer(plain):
        kept.append(plain[last : match.start()])
        firsts += places[last : match.start()]
        lasts += places[last : match.start()]
        if match[1]:
            kept.append(match[1][0])
            firsts.append(places[match.start(1)])
            lasts.append(places[match.end(1) - 1])
        last = match.end()
    kept.append(plain[last:])
    return "".join(kept).replace(SOFT, " "), firsts + places[last:], lasts + places[last:]


_LETTER_BEFORE = r"(?:(?<=[^\W\d_])|(?<=[\u0300-\u036f]))"
_BETWEEN = re.compile(
    rf"{_LETTER_BEFORE}(?:[ {SOFT}]?-+ ?|{SOFT})(?=[^\W\d_])"
    rf"|(?<=[{IDEOGRAPHS}])[ {SOFT}](?=[{IDEOGRAPHS}])|[ {SOFT}]?(-+|'+)[ {SOFT}]?"
)
