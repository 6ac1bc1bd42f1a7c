"""Where a text is cut into pieces of bounded size, along its structure."""

import re

from langchain_rlm.context.formats import Profile
from langchain_rlm.context.formats import profile as profile_of

MARGIN = 256
"""How far beyond the largest allowed cut a separator is read."""
READ_BEFORE = 16
"""Characters before a match that a pattern may look at."""
SENTENCE_END = re.compile("[.!?…][\"'”\u2019)\\]]*\\s+|[。\uff01\uff1f]+")
WORD_END = re.compile(r"\s")
LINE_BREAKS = re.compile("[\r\n]*")


def cut(text: str, size: int, *, profile: Profile | None = None, name: str = "") -> list[int]:
    """The ends of the pieces of at most `size` characters that a text is cut into, in order; they join to the text."""
    separators = (profile or profile_of(text, name=name)).separators if len(text) > size else ()
    patterns = [re.compile(separator) for separator in separators]
    ends = [0]
    while ends[-1] < len(text):
        window = text[ends[-1] : ends[-1] + size + size // 4 + MARGIN]
        ends.append(ends[-1] + _cut_position(window, size, patterns))
    return ends[1:]


def _cut_position(window: str, size: int, patterns: list[re.Pattern[str]]) -> int:
    if len(window) <= size:
        return len(window)
    for pattern in patterns:
        at = _last_cut(window[: size + MARGIN], pattern, size)
        if at and (at >= size // 4 or _unit_fits(window[at : at + size + MARGIN], pattern, size)):
            breaks = LINE_BREAKS.match(window[at:size])
            return at + (breaks.end() if breaks else 0)
    at = _last_cut(window[: size + MARGIN], SENTENCE_END, size, after=True)
    return at if at and at >= size // 4 else _last_cut(window[: size + MARGIN], WORD_END, size, after=True) or size


def _unit_fits(rest: str, pattern: re.Pattern[str], size: int) -> bool:
    return len(rest) <= size or _last_cut(rest, pattern, size) > 0


def _last_cut(window: str, pattern: re.Pattern[str], high: int, *, after: bool = False) -> int:
    """The last position from 1 to `high` where a match starts (or ends), else 0; the end is tried first."""
    reach = 1024
    while True:
        start = max(0, high - reach)
        ends = (found.end() if after else found.start() for found in pattern.finditer(window[start:]))
        cut_at = start + max((end for end in ends if end <= high - start), default=0)
        if start == 0 or cut_at >= start + READ_BEFORE:
            return cut_at
        reach *= 8
