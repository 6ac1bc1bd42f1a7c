"""Where the units of a text begin: levels, coarse to fine, each of which looks back from where a piece must end.

Nothing walks the units of a long text: a level reads what stands before the end of a piece, or runs over the piece once
in C. So 100 MB take a second.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_MARGIN = 512
"""How far behind a place a pattern may look."""

_NEAR = 64
_ENTERED = 16
_NESTED = 16
_QUOTES = ("'", '"', "`", "~")

# Behind a unit: line breaks stay with it, and the indentation of the next one does not.
TAIL = r"(?:(?:[ \t\r]*+\n)++|[ \t]*+(?=\S))"


@dataclass(frozen=True)
class Pattern:
    """Units begin where a match of the pattern ends, or `begins`; it starts with what ends the unit before.

    Lines above that `attached` matches, such as comments and decorators, belong to the unit.
    """

    pattern: re.Pattern[str]
    attached: re.Pattern[str] | None = None
    begins: bool = False

    def last(self, text: str, low: int, high: int, size: int) -> int:  # noqa: ARG002
        """The last place after `low` and up to `high` where a unit begins, else `low`.

        `low` is where a piece begins, or a coarser unit that is longer than `size`.
        """
        top, reach, above = high, _NEAR, 0
        while top > low:
            start, found = max(low, top - reach), low
            for match in self.pattern.finditer(text, start, min(high, top) + _MARGIN):
                place = match.start() if self.begins else match.end()
                if place > high:
                    above = self._above(text, match, high)
                if place > high or match.start() > top:
                    break
                found = max(place, low)
            if found > low:
                return self._whole(text, low, found)
            top, reach = start, reach * 8
        return max(low, above)

    def _whole(self, text: str, low: int, found: int) -> int:
        while self.attached and found - 1 > low:
            above = text.rfind("\n", low, found - 1) + 1
            if above <= low or not self.attached.match(text, above, found):
                break
            found = above
        return found

    def fits(self, text: str, start: int, size: int) -> bool:
        """Whether the unit that begins at `start` ends within `size` characters."""
        if len(text) - start <= size:
            return True
        match = self.pattern.search(text, start + 1, start + size + _MARGIN)
        place = match.start() if match and self.begins else match.end() if match else start + size + 1
        return place <= start + size or (match is not None and self._above(text, match, start + size) > 0)

    def _above(self, text: str, match: re.Match[str], high: int) -> int:
        """Up to `high`, where the empty lines above the unit begin, else 0: the unit above may fit so."""
        place = text.rfind("\n", match.start(), high) + 1
        return place if place and not self.begins and text[match.start() : place].isspace() else 0

    def resumed(self, text: str, place: int) -> int:
        """From where to ask again, when no unit begins after `place` in the piece, and the text there is cut."""
        match = self.pattern.search(text, place)
        return max(match.start(), place) if match else len(text)


@dataclass(frozen=True)
class Run:
    """Units that one pattern runs over, from where a unit begins, as many as it can.

    `enter` leads into a unit that is too long, to where its first part begins. `skip` leads over strings and the like,
    inside which nothing can be known. `alone` is a unit without what separates it from the next. The patterns look
    `ahead` so many characters.
    """

    run: re.Pattern[str]
    enter: re.Pattern[str] | None = None
    skip: re.Pattern[str] | None = None
    alone: re.Pattern[str] | None = None
    ahead: int = 1

    def last(self, text: str, low: int, high: int, size: int) -> int:
        place = low
        for _ in range(_ENTERED):
            end = self._end(text, place, high)
            if end > low and (end - low >= size // 4 or self.fits(text, end, size)):
                return end
            entered = self.enter.match(text, end, high) if self.enter else None
            if entered is None:
                return end
            place = entered.end()
        return place

    def fits(self, text: str, start: int, size: int) -> bool:
        return len(text) - start <= size or self._end(text, start, start + size) > start

    def _end(self, text: str, start: int, high: int) -> int:
        """Where the run ends. The last unit may end with a character that was only to be looked at: then not it."""
        for pattern in (self.run, self.alone):
            for ahead in range(self.ahead, -1, -1):
                match = pattern.match(text, start, high + ahead) if pattern else None
                if match and match.end() <= high:
                    break
            if match and start < match.end() <= high:
                return match.end()
        return start

    def resumed(self, text: str, place: int) -> int:
        match = self.skip.match(text, place) if self.skip else None
        if match is None:
            return place
        unclosed = match.lastindex is None and text[match.end() : match.end() + 1] in _QUOTES
        return len(text) if unclosed else match.end()


Level = Pattern | Run
"""One kind of unit of a text."""


@lru_cache(maxsize=512)
def lines(start: str, *, after: str = "", attached: str = "") -> Pattern:
    """Units that begin with a line that matches `start`, where the line above matches `after`."""
    return Pattern(re.compile(rf"\n{after}(?={start})"), re.compile(attached) if attached else None)


@lru_cache(maxsize=512)
def marks(pattern: str) -> Pattern:
    """Units that begin where a match of the pattern ends."""
    return Pattern(re.compile(pattern))


@lru_cache(maxsize=512)
def within(pattern: str) -> Pattern:
    """Units that begin where a match of the pattern begins."""
    return Pattern(re.compile(pattern), begins=True)


@lru_cache(maxsize=64)
def nested(
    *, atoms: str, special: str, brackets: tuple[str, str], between: str, separator: str = "", entered: bool = True
) -> Run:
    """Members with something between them, in groups within groups.

    Args:
        atoms: What is read as one: strings, comments.
        special: The characters that atoms begin with.
        brackets: The characters that open, and that close a group.
        between: The characters that stand between two members.
        separator: A pattern in their place.
        entered: Whether a member that is too long is cut between its own members.
    """
    opening, closing = (f"[{characters}]" for characters in brackets)
    inside, plain = (f"[^{special}{''.join(brackets)}{more}]" for more in ("", between))
    outside = f"{plain}++|{atoms}"
    group = f"{opening}{inside}*+(?:(?:{atoms}){inside}*+)*+{closing}"
    for _ in range(_NESTED):
        group = f"{opening}{inside}*+(?:(?:{atoms}|{group}){inside}*+)*+{closing}"
    separator = (separator or f"[{between}]") + TAIL
    passed = rf"(?:{outside}|{closing})*+" if entered else rf"(?:{outside}|{group}|{closing})*+"
    run, enter, skip, alone = (
        re.compile(pattern, re.DOTALL)
        for pattern in (
            f"(?:(?:{outside}|{group}|{closing})*+{separator})*+",
            rf"{passed}{opening}\s*",
            f"{passed}({separator})?",
            f"(?:{outside}|{group})++(?=[{between}{brackets[1]}])",
        )
    )
    return Run(run, enter if entered else None, skip, alone)


PARAGRAPHS = marks(r"\n(?:[ \t\r]*\n)+")
LINES = marks(r"\n")
