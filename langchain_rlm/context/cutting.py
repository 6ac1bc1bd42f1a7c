"""Cut a text along its structure into pieces of bounded size, which join to the text.

A unit of the structure is kept whole when it fits; one that is too long is cut at the units inside it, then at
paragraphs, lines, sentences, words and tokens. Nothing is cut inside a token that fits.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from langchain_rlm.context.formats import TextProfile
from langchain_rlm.context.formats import profile as profile_of
from langchain_rlm.context.levels import LINES, PARAGRAPHS, Level, marks
from langchain_rlm.context.scan import with_line_feeds
from langchain_rlm.context.text import Text

_SENTENCES = marks(r"[.!?…。\uff01\uff1f][\"'”\u2019)\]」』]*(?:\s+|(?<=[。\uff01\uff1f」』]))")
_LAST = (PARAGRAPHS, LINES, _SENTENCES, marks(r"\s"))

# What is never cut when it fits: escapes, numbers, words, entities; one character otherwise.
_TOKEN = re.compile(
    r"\\[uUx]?[0-9a-fA-F]{1,8}|\\[a-zA-Z]+|\\.|&#?\w{1,31};|%[0-9a-fA-F]{2}"
    r"|[-+]?\d+(?:,\d{3}(?!\d))*(?:[.:_]\d+)*(?:[eE][-+]?\d+)?\w*|[^\W\d]\w*(?:['\u2019]\w+)*|\r\n|[\ud800-\udbff][\udc00-\udfff]|(?s:.)"
)
_SAFE_START = re.compile(r"[\s,;(){}\[\]<>]")
_JOINERS = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_TOKENS_READ = (100, 4_000)
WINDOW = 2_000_000
"""Characters of a text that is not in memory that are cut at once."""


def cut(text: Text, size: int, *, profile: TextProfile | None = None, name: str = "") -> list[int]:
    """Find the ends of the pieces of at most `size` characters that a text is cut into, in order.

    Args:
        text: The text.
        size: The most characters in a piece, at least 1.
        profile: The profile of this text, if it is at hand; else it is made here.
        name: The file name, a hint for the profile.

    Returns:
        Where each piece ends, in characters. The last is the length of the text; an empty text has no piece.

    Raises:
        ValueError: `size` is below 1.
    """
    if size < 1:
        message = f"size must be at least 1 character, not {size}"
        raise ValueError(message)
    if len(text) <= size:
        return [len(text)] if text else []
    if not isinstance(text, str):
        known = profile or profile_of(text, name=name)
        return [end for ends in ends_in(text, size, profile=known) for end in ends]
    levels = (*_levels(text, profile, name), *_LAST)
    text = with_line_feeds(text)
    resumed = [0] * len(levels)
    ends: list[int] = []
    start = 0
    while len(text) - start > size:
        start = _whole(text, start, _end(text, start, size, levels, resumed))
        ends.append(start)
    return [*ends, len(text)]


def _levels(text: str, known: TextProfile | None, name: str) -> tuple[Level, ...]:
    return (known or profile_of(text, name=name)).levels


def ends_in(text: Text, size: int, *, profile: TextProfile, start: int = 0) -> Iterator[list[int]]:
    """The ends of the pieces of a text that is not in memory, from a piece on, some at a time.

    It is cut in windows. The last pieces of a window may end elsewhere once what follows is known: there the next
    window begins.
    """
    room = max(WINDOW, 8 * size)
    while start < len(text):
        window = text[start : start + room]
        ends = cut(window, size, profile=profile)
        if start + room < len(text):
            ends = [end for end in ends if end <= len(window) - 3 * size] or ends[:1]
        yield [start + end for end in ends]
        start += ends[-1]


def _end(text: str, start: int, size: int, levels: Sequence[Level], resumed: list[int]) -> int:
    """Where the piece ends: at the coarsest unit that leaves it a quarter full, or that fits into the next piece.

    `resumed` says for each level from where it is to be asked; it is kept from piece to piece.
    """
    high, low = start + size, start
    reached: dict[int, int] = {}
    for number, level in enumerate(levels):
        if resumed[number] >= high:
            continue
        found = level.last(text, max(low, resumed[number]), high, size)
        if found > low and (found - start >= size // 4 or level.fits(text, found, size)):
            low = found
            break
        reached[number] = low = max(found, low)
    else:
        low = max(low, _token_end(text, start, high))
    for number, place in reached.items():
        resumed[number] = levels[number].resumed(text, place)
    return low


def _token_end(text: str, start: int, high: int) -> int:
    """The end of the last whole token up to `high`: there is no white space before it."""
    for reach in (*_TOKENS_READ, high - start):
        begin = max(start, high - reach)
        if begin > start:
            safe = _SAFE_START.search(text, begin, high - 1)
            if safe is None:
                continue
            begin = safe.end()
        last = begin
        for token in _TOKEN.finditer(text, begin, high + 64):
            if token.end() > high:
                break
            last = token.end()
        if last > start and (last > begin or begin > start):
            return last
    return high


def _whole(text: str, start: int, end: int) -> int:
    """The end of the piece moved before what one character is made of: CRLF, marks, joined symbols, surrogates."""
    place = end
    while place - start > 1 and _joined(text, place):
        place -= 1
    return place if not _joined(text, place) else end


def _joined(text: str, place: int) -> bool:
    if place >= len(text):
        return False
    before, after = text[place - 1], text[place]
    if after < "\u0300" and before < "\u0300":
        return before == "\r" and after == "\n"
    return (
        unicodedata.category(after) in ("Mn", "Mc", "Me")
        or bool(_JOINERS.match(after))
        or before == "\u200d"
        or ("\udc00" <= after <= "\udfff" and "\ud800" <= before <= "\udbff")
        or ("\U0001f1e6" <= after <= "\U0001f1ff" and _flags_before(text, place) % 2 == 1)
    )


def _flags_before(text: str, place: int) -> int:
    """How many halves of flags stand before a place, as far as it matters."""
    before = text[max(0, place - 200) : place]
    return len(before) - len(before.rstrip(_FLAGS))
