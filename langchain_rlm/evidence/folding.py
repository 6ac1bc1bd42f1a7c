"""Texts made alike in what a quote may differ in: squeezed to look for it, and folded to compare it.

Squeezing is quick and loses no place: what folds alike is squeezed alike. Folding is slow, and knows the places.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

SOFT = "\u00ad"
DROPPED = frozenset("\0\u200b\u200c\u200d\u2060\ufeff")
QUOTES = frozenset("\"'`´‘’‚‛“”„‟′″‴«»‹›ʼ〝〞〟＂＇")  # noqa: RUF001
DASHES = frozenset("-‐‑‒–—―−⸺⸻﹘﹣－")  # noqa: RUF001
_FRACTION_SLASH = "\u2044"
SPACES = frozenset("\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(at) for at in range(0x2000, 0x200B)}
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts that do not separate words."""
IDEOGRAPHS = "\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Those of them that have no spaces at all, with their marks."""

_SPACES = re.compile(f"[ {SOFT}]{{2,}}|{SOFT}")
_LETTER_BEFORE = r"(?:(?<=[^\W\d_])|(?<=[\u0300-\u036f]))"
_BETWEEN = re.compile(
    rf"{_LETTER_BEFORE}(?:[ {SOFT}]?-+ ?|{SOFT})(?=[^\W\d_])"
    rf"|(?<=[{IDEOGRAPHS}])[ {SOFT}](?=[{IDEOGRAPHS}])|[ {SOFT}]?(-+|'+)[ {SOFT}]?"
)
_UNNEEDED = re.compile(r"(?<!\d) | (?!\d)")
_MARKUP = frozenset("*_`|[]\\{}~#>/%;!+")
_OUT = DROPPED | QUOTES | DASHES | SPACES | _MARKUP | {SOFT}
_LOOSE = re.compile(f"[{''.join(sorted(c for c in _OUT if not c.isascii()))}]+")
_LOOSE_BYTES = bytes(at for at in range(128) if chr(at).isspace() or chr(at) in _OUT)
_LEADS = bytes(range(0xE0, 0xF0))
"""The first bytes of three in UTF-8: the other two tell enough."""
_INLINE = r"[*_`|\[\]\\{}~]"
_MARKS = re.compile(
    r"(?m:^(?:[ \t]*(?:[>#%;!*|]+|\++(?!\d)|/[/*]+!?|--+))+)"
    rf"|\\(?={_INLINE})|{_INLINE}++(?!\d)|(?<!\d)(?<!{_INLINE}){_INLINE}++"
)
"""Markup, also what lines begin with; between digits it may be a sign."""
_DIGIT_BEFORE, _DIGIT_AFTER = re.compile(r"\d[.,]?$"), re.compile(r"[.,]?\d")
_ANY_QUOTES = f"[{''.join(sorted(QUOTES | DROPPED | {SOFT}))}]"
_BORDER = "(?:[”’](?=[“‘])|[”’“‘](?=[„‚])|[»›](?=[«‹])|[«‹](?=[»›]))"  # noqa: RUF001
"""Between two quotation marks in a row, when the first ends a quotation and the second begins the next."""
_BEFORE = re.compile(f"{_ANY_QUOTES}*{_BORDER}")
_OWN = re.compile(f"{_ANY_QUOTES}*?{_BORDER}")

Folded = tuple[str, list[int], list[int]]
"""A text with all that may differ made alike, and for each character its first and its last place in the text."""
Fold = Callable[[str], Folded]


def squeeze(text: str) -> bytes:
    """A text without white space, quotation marks, hyphens, markup."""
    if not text.isascii():
        text = decomposed(_LOOSE.sub("", text))
        return text.encode("utf-8", "surrogatepass").translate(None, _LOOSE_BYTES + _LEADS)
    return text.encode("ascii").translate(None, _LOOSE_BYTES)


def inside(text: str, folded: str, alike: Fold) -> Iterator[tuple[int, int]]:
    """Where a text holds a folded quote, in characters of the text; never a part of a number."""
    plain, firsts, lasts = alike(text)
    at = plain.find(folded)
    while at >= 0:
        begin, last = at, at + len(folded) - 1
        start, end = firsts[begin], lasts[last] + 1
        if len(folded) > 1 and folded[0] == "'" and (before := _BEFORE.match(text, start, lasts[begin] + 1)):
            start = before.end()
        if len(folded) > 1 and folded[-1] == "'" and (own := _OWN.match(text, firsts[last], end)):
            end = own.end()
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1  # marks that belong to the last character
        if not _cuts_a_number(text, start, end):
            yield start, end
        at = plain.find(folded, at + 1)


def _cuts_a_number(text: str, start: int, end: int) -> bool:
    before = text[start : start + 1].isdigit() and _DIGIT_BEFORE.search(text[max(0, start - 2) : start])
    return bool(before or (text[end - 1 : end].isdigit() and _DIGIT_AFTER.match(text, end)))


def fold(text: str) -> Folded:
    """A text with white space, quotation marks, hyphens and Unicode forms made alike.

    No hyphens stay between letters, for words are broken at the ends of lines; a soft hyphen there stands for both.
    Several quotation marks or hyphens in a row become one, as in ``so'' and --, and the white space around them goes.
    White space between letters goes too in scripts that do not separate words: their lines end anywhere.
    """
    out: list[str] = []
    places: list[int] = []
    is_number = False
    for at, character in enumerate(text):
        parts = alike(character)
        if is_number and parts[0:1].isdigit() and "/" in parts:
            parts = " " + parts  # 1½ is not 11/2
        if parts not in ("", SOFT):
            is_number = parts[-1].isdigit()
        out.append(parts)
        places += [at] * len(parts)
    spaced = _replaced(_SPACES, ("".join(out), places, places), _one_space)
    plain, firsts, lasts = _replaced(_BETWEEN, spaced, lambda match: (match[1] or "")[:1])
    return plain.replace(SOFT, " "), firsts, lasts


def unmarked(text: str) -> Folded:
    """A folded text without markup, and without marks that lines begin with; between digits marks stay."""
    return fold(_MARKS.sub(lambda match: re.sub(r"[^|]", "\0", match[0]).replace("|", " "), text))


def unspaced(text: str) -> Folded:
    """The same without white space but between digits: some conversions lose it, or put it inside words."""
    return _replaced(_UNNEEDED, unmarked(text), lambda _: "")


def _replaced(pattern: re.Pattern[str], folded: Folded, made: Callable[[re.Match[str]], str]) -> Folded:
    """A folded text in which a character or nothing stands for what a pattern, or its group, matches."""
    plain, firsts, lasts = folded
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(plain):
        low, high = match.span(match.lastindex or 0)
        character = made(match)
        out += plain[done : match.start()], character
        starts += firsts[done : match.start()] + firsts[low : low + len(character)]
        ends += lasts[done : match.start()] + lasts[high - len(character) : high]
        done = match.end()
    return "".join(out) + plain[done:], starts + firsts[done:], ends + lasts[done:]


def _one_space(match: re.Match[str]) -> str:
    """A soft hyphen without white space is nothing; before it, it says that a word may be broken there."""
    return "" if " " not in match[0] else match[0][0]


@lru_cache(maxsize=4096)
def alike(character: str) -> str:
    """The characters, or none, that take the place of one."""
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
