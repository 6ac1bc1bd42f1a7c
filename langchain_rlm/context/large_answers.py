"""What the REPL asks of large texts, answered by ranges. It follows from the arguments and the text, so none is kept.

Each answer takes a second or so at most: what takes longer is answered in steps, which say from where to go on.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.cutting import ends_in
from langchain_rlm.context.formats import TextProfile
from langchain_rlm.context.large import LargeText, TooMuchError
from langchain_rlm.context.large_search import Found, places, scan, search_of
from langchain_rlm.context.pieces import Span
from langchain_rlm.errors import InputError

MOST = 10_000
"""Matches, and ends of pieces, that are given at once."""
LINE = 8_000_000
"""Characters of a line in which the sandbox looks for patterns."""
ASKED = frozenset({
    "slice", "near", "is_ascii", "find", "rfind", "count", "line_count", "lines", "scan", "findall", "piece", "ends",
})  # fmt: skip
"""What can be asked. The code that asks was written by a model."""
CUTS = 8
"""Ways to cut texts of which the pieces are known."""


class LargeAnswers:
    """Answers for the large texts of one context."""

    def __init__(self, corpus: Corpus, profiles: Sequence[TextProfile]) -> None:
        self._corpus = corpus
        self._profiles = profiles
        self._cuts: dict[tuple[int, int], _Cut] = {}
        self.slices: list[Span] = []
        """What was given with the last answer: slices, and what matched."""
        self.stretch: Span | None = None
        """The lines that were given with it."""

    def answer(self, what: str, number: int, args: Sequence[Any]) -> Any:
        """The answer to one question about a document, or a dict with an `error`."""
        text = self._corpus.texts[number]
        if not isinstance(text, LargeText) or what not in ASKED:
            return {"error": f"nothing like {what!r:.40} can be asked of this text"}
        self.slices, self.stretch = [], None
        try:
            return getattr(self, f"_{what}")(number, text, *args)
        except InputError as error:
            if not isinstance(error, TooMuchError):
                raise  # the file has changed
            return {"error": str(error)}
        except (re.error, TypeError, AttributeError, IndexError, ValueError, OverflowError) as error:
            return {"error": str(error)}

    def _slice(self, number: int, text: LargeText, start: int, stop: int, step: int | None) -> str:
        self.slices = [(number, start, stop)] if step is None else []
        return text[start:stop:step]

    def _near(self, _: int, text: LargeText, start: int, stop: int) -> str:
        return text[start:stop]

    def _is_ascii(self, _: int, text: LargeText) -> bool:
        return text.isascii()

    def _find(self, _: int, text: LargeText, sub: str, start: int, stop: int) -> list[int | None]:
        """The place of the first one, or -1, and from where to go on."""
        found, at = text.found(sub, text.byte(start), text.byte(stop))
        return [found, None if at is None else text.place(at)]

    def _rfind(self, _: int, text: LargeText, sub: str, start: int, stop: int) -> list[int | None]:
        found, at = text.found_before(sub, text.byte(start), text.byte(stop))
        return [found, None if at is None else text.place(at)]

    def _count(self, _: int, text: LargeText, sub: str, start: int, stop: int) -> list[int | None]:
        if sub == "\n" and (start, stop) == (0, len(text)):
            return [text.index.line_feeds, None]
        found, at = text.counted(sub, text.byte(start), text.byte(stop))
        return [found, None if at is None else text.place(at)]

    def _line_count(self, _: int, text: LargeText, any_break: bool) -> int:  # noqa: FBT001  # from the REPL
        return text.line_count(any_break=any_break)

    def _lines(self, number: int, text: LargeText, any_break: bool, first: int, most: int) -> list[Any]:  # noqa: FBT001
        """Lines in one text, and how many."""
        found, count = text.lines(first, most, any_break=any_break)
        if count:
            place = text.place(text.lines_at[0])
            self.stretch = (number, place, place + len(found))
        return [found, count]

    def _scan(self, number: int, text: LargeText, how: tuple[str, int], place: int, most: int) -> list[Any] | None:
        """Matches, and from where to go on; None where RE2 does not read the pattern as Python does."""
        search = search_of(*how, is_ascii=text.isascii())
        if search is None:
            return None
        found, at = scan(text, search, place, min(most, MOST))
        self.slices = [(number, match[0], match[0] + len(match[1])) for match in found]
        return [found, at]

    def _piece(self, _: int, text: LargeText, start: int, size: int, reach: int) -> list[Any]:
        """Whole lines from a place on, with what follows them up to a reach, and how many characters the lines have."""
        end = text.find("\n", start + size, start + size + LINE) + 1
        if not end and start + size + LINE < len(text):
            msg = f"A line of the text is longer than {LINE:,} characters; such a pattern is not looked for in it."
            raise TooMuchError(msg)
        end = end or len(text)
        return [text[start : end + reach], end - start]

    def _findall(self, number: int, text: LargeText, how: tuple[str, int], place: int) -> list[Any] | None:
        """What `re.findall` gives of matches, and from where to go on."""
        search = search_of(*how, is_ascii=text.isascii())
        if search is not None and not search.groups and text.isascii():
            ends, texts, at = places(text, search, place)
            self.slices = [(number, *each) for each in ends]
            return [texts, at]
        answer = self._scan(number, text, how, place, MOST)
        if answer is None:
            return None
        found, at = answer
        return [[_groups(match) for match in found], at]

    def _ends(self, number: int, text: LargeText, size: int, first: int, most: int) -> list[int]:
        """The ends of pieces from a number on; none where there are no more."""
        if (number, size) not in self._cuts:
            while len(self._cuts) >= CUTS:
                self._cuts.pop(next(iter(self._cuts)))
            self._cuts[number, size] = _Cut(ends_in(text, size, profile=self._profiles[number]))
        return self._cuts[number, size].ends(first, min(most, MOST))


def _groups(match: Found) -> Any:
    """The groups of a match as `re.findall` gives them."""
    _, text, *spans = match
    if not spans:
        return text
    groups = ["" if span is None else text[span[0] : span[1]] for span in spans]
    return groups[0] if len(groups) == 1 else groups


class _Cut:
    """The ends of pieces, as far as they were asked for."""

    def __init__(self, more: Iterator[list[int]]) -> None:
        self._more = more
        self._known: list[int] = []

    def ends(self, first: int, most: int) -> list[int]:
        while len(self._known) < first + most and (more := next(self._more, None)) is not None:
            self._known += more
            if len(self._known) > first:
                break
        return self._known[first : first + most]
