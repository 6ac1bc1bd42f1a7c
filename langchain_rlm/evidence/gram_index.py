"""Finds where a stretch of text stands in a context, with a table instead of a search.

The table knows grams (LINE characters each) at two kinds of places: every `step` characters, and where lines begin.
So a stretch of step + LINE characters is found wherever it was cut, and a line wherever it was taken from. The places
number about GRID + LINES at most, however large the context is. With more lines than LINES (10 MB of the shortest) only
lines that begin far enough from the one before are known: all long lines, and a sample of the short ones.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from langchain_rlm.context.pieces import Span
from langchain_rlm.context.text import Text

LINE = 24
"""Characters of a gram, and of a line, at least, by which it is known."""
STEP = 8
"""Characters between places in a small context."""
GRID = 100_000
"""Places at a distance of `step`, at most."""
LINES = 400_000
"""Places where lines begin, at most."""
LONG = 1_000
"""Characters of a line that tell it from others, at most."""

_BLANK = re.compile(r"\s*")


class GramIndex:
    """A table from grams to places. Of places with the same gram, each later one is known by more of its line."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._bases = list(accumulate(map(len, texts), initial=0))
        self._places: dict[int, int] = {}
        total = self._bases[-1]
        self.step = max(STEP, total // GRID)
        lines = len(texts) + sum(text.count("\n") for text in texts)
        self._add_lines(texts, 0 if lines <= LINES else total // LINES)
        for base, text in zip(self._bases, texts, strict=False):
            for at in range(-base % self.step, len(text) - LINE + 1, self.step):
                self._add(base, text, at)

    def next(self, prompt: str, start: int) -> int:
        """The first position in the prompt, from start, whose gram is known, or -1."""
        known = self._places
        for at in range(start, len(prompt) - LINE + 1):
            if hash(prompt[at : at + LINE]) in known:
                return at
        return -1

    def places(self, prompt: str, at: int) -> Iterator[tuple[int, int]]:
        """Document and offset of what may stand there in the prompt: to be compared."""
        for key in (hash(prompt[at : at + LINE]), *_longer(prompt, at)):
            place = self._places.get(key)
            if place is not None:
                document = bisect_right(self._bases, place) - 1
                yield document, place - self._bases[document]

    def _add_lines(self, texts: Sequence[str], gap: int) -> None:
        free = 0
        for base, text in zip(self._bases, texts, strict=False):
            at = text.find("\n", free - base) + 1 if free > base else 0
            while at or free <= base:
                if text[at : at + 1].isspace():
                    at = _BLANK.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty string too
                self._add(base, text, at)
                free = base + at + gap
                at = text.find("\n", at + gap) + 1
                if not at:
                    break

    def _add(self, base: int, text: str, at: int) -> None:
        gram = text[at : at + LINE]
        key = hash(gram)
        if key not in self._places:
            if len(gram) == LINE and not gram.isspace():
                self._places[key] = base + at
        elif self._places[key] != base + at:
            for longer in _longer(text, at):
                if longer not in self._places:
                    self._places[longer] = base + at
                    break


class StretchIndex(GramIndex):
    """The table of texts of which some are not in memory: of these, stretches are known."""

    def __init__(self, texts: Sequence[Text], stretches: Sequence[Span]) -> None:
        held = [text if isinstance(text, str) else "" for text in texts]
        self._stretches = [*((number, 0, 0) for number in range(len(texts))), *stretches]
        super().__init__([*held, *(texts[number][start:end] for number, start, end in stretches)])

    def places(self, prompt: str, at: int) -> Iterator[tuple[int, int]]:
        for known, offset in super().places(prompt, at):
            document, start, _ = self._stretches[known]
            yield document, start + offset


def _longer(text: str, at: int) -> tuple[int, int, int]:
    """What tells apart places with the same gram: twice as much of the line, the whole line, and what follows it."""
    end = text.find("\n", at + LINE, at + LONG)
    line = text[at : end if end >= 0 else at + LONG].rstrip()
    return hash(line[: 2 * LINE]), hash(line), hash(text[at : at + 4 * LINE])
