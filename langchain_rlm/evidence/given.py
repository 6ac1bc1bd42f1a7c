"""The pieces that `chunks()` gave, recognised in prompts by what they are: their places are known.

A prompt is most often a piece with words around it, the same words in every prompt. So what stands between these
words is looked up whole; the words are learnt from prompts that are asked together, or from the last one. Otherwise
pieces are recognised by how they begin. White space around a piece may be missing. Equal pieces are taken in turn.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from langchain_rlm.context.pieces import Piece, Span, assemble, stretch
from langchain_rlm.context.text import Text
from langchain_rlm.evidence.gram_index import LINE

HEAD = 4 * LINE
"""Characters that tell pieces apart by how they begin."""
LOOKED = 2_000
"""Characters of words, before a piece or between two, in which the next piece is looked for."""
WORDS = 5_000
"""Characters, at most, of the words that prompts have in common before a piece."""
AFTER = 200
"""Characters of the words after a piece that is shorter than a line."""
TOLD = 3
"""Characters by which a piece at the end of a prompt is known, when it is expected there."""
TRIED = 40
"""Prompts of a batch that are tried to learn the words around pieces."""
MOST = 1_000_000
"""Pieces that are known, at most; others are searched for."""
LONGEST = 1_000_000
"""Characters of a document that is known as a piece."""

ANY = "\0"
"""Stands for a number in words."""
NUMBER = re.compile("[0-9]+")

Words = tuple[str, str]
"""What stands before a piece and after it, without the white space beside it."""
Found = tuple[int, int, list[Piece]]
"""Where a piece begins and ends in a prompt, and its parts."""


@dataclass
class _Group:
    """Pieces that are equal but for the white space around them."""

    length: int
    units: list[int] = field(default_factory=list)


@dataclass
class Walk:
    """What of the pieces was met so far: those that are sent, or those that are shown."""

    last: int = -1
    around: Words = ("", "")
    recent: str = ""
    """The last prompt, of which the words are learnt with the next one."""
    is_certain: bool = False
    """The last prompt was words that are known and a piece between them."""
    met: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By group: those met in this round; when all were, the next round begins."""
    at: dict[int, int] = field(default_factory=lambda: defaultdict(int))


class GivenPieces:
    """Knows the pieces of one run, and its whole documents."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = texts
        self._units: list[tuple[Piece, ...]] = []
        self._groups: list[_Group] = []
        self._group_of: list[int] = []
        self._numbers: dict[tuple[Piece, ...], int] = {}
        self._next: dict[int, int] = {}
        self._whole: dict[int, int] = {}
        self._heads: dict[str, list[int]] = {}
        self._starts: set[str] = set()
        self._shortest = LONGEST
        self._blank: list[int] = []
        self.short: dict[str, int] = {}
        """By their words the pieces that are shorter than a line."""
        self.lines = 0
        """Lines of these pieces, at most."""
        self._newest = -1
        self.sent, self.shown = Walk(), Walk()
        self.add([[(number, 0, len(text))] for number, text in enumerate(texts) if 0 < len(text) <= LONGEST])

    # -- what is known --------------------------------------------------------------------------------------------

    def add(self, pieces: Sequence[Sequence[Piece]]) -> None:
        """Take note of pieces in their order, and of the spans that they are made of."""
        last = self._newest = -1
        for piece in pieces:
            unit = self._add(tuple(piece))
            self._newest = unit if self._newest < 0 else self._newest
            if last >= 0 and unit >= 0:
                self._next[last] = unit
            last = unit
            if len(piece) > 1:
                for part in piece:
                    if not isinstance(part, str):
                        self._add((part,))

    def _add(self, parts: tuple[Piece, ...]) -> int:
        number = self._numbers.get(parts, -1)
        if number >= 0 or len(self._units) == MOST:
            return number
        text = assemble(parts, self._texts)
        core = text.strip() or text
        number = self._numbers[parts] = len(self._units)
        self._units.append(parts)
        group = self._whole.get(hash(core))
        if group is None or self._core(group) != core:
            group = self._whole[hash(core)] = self._new_group(core)
        self._groups[group].units.append(number)
        self._group_of.append(group)
        return number

    def _new_group(self, core: str) -> int:
        number = len(self._groups)
        self._groups.append(_Group(len(core)))
        if core.isspace():
            self._blank.append(number)
        elif len(core) >= LINE:
            self._heads.setdefault(core[: HEAD if len(core) >= HEAD else LINE], []).append(number)
            self._starts.add(core[:LINE])
            self._shortest = min(self._shortest, len(core))
        else:
            self.short[core] = number
            self.lines = max(self.lines, len(core.splitlines()))
        return number

    def _core(self, group: int) -> str:
        text = assemble(self._units[self._groups[group].units[0]], self._texts)
        return text.strip() or text

    def recall(self, sent: Iterable[Span]) -> None:
        """Take note of pieces that were sent before this process began; nothing when it has seen some sent itself."""
        known = (self._numbers.get((span,), -1) for span in sent) if self.sent.last < 0 else ()
        for number in known:
            if number >= 0:
                self._meet(self.sent, number)

    # -- what is in a prompt --------------------------------------------------------------------------------------

    def split(self, prompt: str, walk: Walk) -> Iterator[str | list[Piece]]:
        """The prompt in order: the parts of each piece that is known, and the words around them."""
        done = 0
        for begin, end, parts in self._found(prompt, walk):
            if begin > done:
                yield prompt[done:begin]
            yield parts
            done = end
        if done < len(prompt):
            yield prompt[done:]

    def _found(self, prompt: str, walk: Walk) -> Iterator[Found]:
        for lead, tail in dict.fromkeys((walk.around, ("", ""))):
            at, group = self._between(prompt, lead, tail)
            if group >= 0:
                walk.is_certain = True
                yield self.taken(prompt, at, group, 0, walk)
                return
        walk.is_certain = False
        done, count = 0, 0
        at, group = self._first(prompt, 0)
        if group < 0:
            at, group = self._expected(prompt, walk)
        while group >= 0:
            found = self.taken(prompt, at, group, done, walk)
            yield found
            done, count = found[1], count + 1
            begin = at
            at, group = self._first(prompt, done)
        if count == 1:
            walk.around = (prompt[:begin].rstrip(), prompt[done:].lstrip())

    def _between(self, prompt: str, lead: str, tail: str) -> tuple[int, int]:
        """The piece that is all that stands between the words, and where it begins; -1: there is none."""
        start, stop = _after(lead, prompt), len(prompt) - len(tail)
        if 0 <= start < stop and prompt.endswith(tail):
            middle = prompt[start:stop]
            core = middle.strip()
            if not core:
                blank = [group for group in self._blank if self._core(group) in middle]
                group = max(blank, key=lambda each: self._groups[each].length, default=-1)
                return (start + middle.rindex(self._core(group)), group) if blank else (0, -1)
            group = self._whole.get(hash(core), -1)
            if group >= 0 and self._core(group) == core:
                return prompt.index(core, start), group
        return 0, -1

    def _first(self, prompt: str, start: int) -> tuple[int, int]:
        """The first piece that begins after `start`, the longest of those that begin there."""
        for at in range(start, min(start + LOOKED, len(prompt) - self._shortest + 1)):
            if prompt[at : at + LINE] in self._starts:
                group = next(self._beginning(prompt, at), -1)
                if group >= 0:
                    return at, group
        return 0, -1

    def _beginning(self, prompt: str, at: int) -> Iterator[int]:
        """The groups of pieces that stand at a position, the longest first."""
        heads = (self._heads.get(prompt[at : at + size], ()) for size in (HEAD, LINE))
        known = [group for groups in heads for group in groups]
        for group in sorted(known, key=lambda each: -self._groups[each].length):
            if prompt.startswith(self._core(group), at):
                yield group

    def _expected(self, prompt: str, walk: Walk) -> tuple[int, int]:
        """The piece after the one sent last, or the first one, wherever it stands; a short one at the end."""
        expected = self._next.get(walk.last, self._newest)
        if expected < 0:
            return 0, -1
        core = self._core(self._group_of[expected])
        is_end = len(core) >= TOLD and prompt.rstrip().endswith(core) and prompt.count(core) == 1
        at = prompt.rfind(core) if is_end or len(core) >= LINE else -1
        return at, self._group_of[expected] if at >= 0 else -1

    def taken(self, prompt: str, at: int, group: int, floor: int, walk: Walk) -> Found:
        """One of the equal pieces, with as much of the white space around it as is there."""
        unit = self._chosen(group, walk, prompt, at)
        self._meet(walk, unit)
        parts = self._units[unit]
        text, low = self._text(unit)
        begin, end, high = at, at + self._groups[group].length, low + self._groups[group].length
        while low and begin > floor and prompt[begin - 1] == text[low - 1]:
            begin, low = begin - 1, low - 1
        while high < len(text) and end < len(prompt) and prompt[end] == text[high]:
            end, high = end + 1, high + 1
        return begin, end, list(stretch(parts, low, high))

    def _text(self, unit: int) -> tuple[str, int]:
        """The text of a piece, and how much white space it begins with, unless that is all of it."""
        text = assemble(self._units[unit], self._texts)
        return text, len(text) - len(text.lstrip()) if not text.isspace() else 0

    def _chosen(self, group: int, walk: Walk, prompt: str, at: int) -> int:
        """The next of equal pieces, of those that have the white space that is there if there are some."""
        units: list[int] = self._groups[group].units
        met, expected = walk.met[group], self._next.get(walk.last, -1)
        is_expected = expected >= 0 and self._group_of[expected] == group and expected not in met
        while units[walk.at[group]] in met:
            walk.at[group] += 1
        rest = [unit for unit in units[walk.at[group] : walk.at[group] + TRIED] if unit not in met]
        rest = [expected, *rest] if is_expected else rest
        for unit in rest:
            text, low = self._text(unit)
            if prompt.startswith(text, at - low) and at >= low:
                return unit
        return rest[0]

    def _meet(self, walk: Walk, unit: int) -> None:
        group, walk.last = self._group_of[unit], unit
        walk.met[group].add(unit)
        if len(walk.met[group]) == len(self._groups[group].units):
            walk.met.pop(group)
            walk.at.pop(group, None)

    # -- the words around pieces ----------------------------------------------------------------------------------

    def learn(self, prompts: Sequence[str]) -> None:
        """Learn the words around pieces from prompts that are asked together."""
        walk = self.sent
        if len(prompts) == 1 and self._between(prompts[0], *walk.around)[1] < 0:
            prompts = [walk.recent, *prompts]
        walk.recent = prompts[-1] if prompts else ""
        several = list(dict.fromkeys(filter(None, prompts)))
        if len(several) > 1:
            walk.around = self._learnt(several) or self._numbered(several) or walk.around

    def _numbered(self, prompts: Sequence[str]) -> Words | None:
        """The words when a number in those before the piece is another one in each prompt."""
        low, high = min(prompts), max(prompts)
        first = low[: _alike(low, high)].rstrip("0123456789")
        numbers = [NUMBER.match(prompt, len(first)) for prompt in prompts]
        if ANY in first or not all(numbers):
            return None
        words = self._learnt(
            [prompt[number.end() :] for prompt, number in zip(prompts, numbers, strict=True) if number]
        )
        return words and (f"{first}{ANY}{words[0]}", words[1])

    def _learnt(self, several: Sequence[str]) -> Words | None:
        low, high, longest = min(several), max(several), max(several, key=len)
        before = _alike(low, high)
        ends = [prompt[: -WORDS - 1 : -1] for prompt in several]
        after = _alike(min(ends), max(ends))
        tried = several[:: -(-len(several) // TRIED)]
        fits = {words: self._fitting(words, tried) for words in self._possible(longest, before, after)}
        best = max(fits, key=lambda words: fits[words], default=None)
        return best if best is not None and 2 * fits[best][0] >= max(len(tried), 3) else None

    def _possible(self, prompt: str, before: int, after: int) -> Iterator[Words]:
        """The words that may be around the piece of a prompt, of which so much is common to all."""
        for at in range(min(before, WORDS) + LINE):
            if prompt[at : at + LINE] in self._starts:
                for group in self._beginning(prompt, at):
                    words = prompt[:at].rstrip(), prompt[at + self._groups[group].length :].lstrip()
                    if len(words[0]) <= before and len(words[1]) <= after:
                        yield words
        for stop in range(len(prompt) - min(after, AFTER), len(prompt) + 1):
            for at in range(max(0, stop - 2 * LINE), min(before + 1, stop)):
                core = prompt[at:stop].strip()
                if core and hash(core) in self._whole:
                    yield prompt[:at].rstrip(), prompt[stop:].lstrip()

    def _fitting(self, words: Words, prompts: Sequence[str]) -> tuple[int, int]:
        """How many prompts have a piece between the words, and how short these are."""
        fit = sum(self._between(prompt, *words)[1] >= 0 for prompt in prompts)
        return fit, -len(words[0]) - len(words[1])


def _after(lead: str, prompt: str) -> int:
    """Where the words before a piece end, or -1; one number in them may be any."""
    first, numbered, rest = lead.partition(ANY)
    number = NUMBER.match(prompt, len(first)) if numbered else None
    end = number.end() if number else len(first)
    fits = prompt.startswith(first) and bool(number) == bool(numbered) and prompt.startswith(rest, end)
    return end + len(rest) if fits else -1


def _alike(one: str, other: str) -> int:
    return common(lambda low, high: one[low:high] == other[low:high], min(len(one), len(other)))


def common(equal: Callable[[int, int], bool], limit: int) -> int:
    """The largest n <= limit with equal(0, n), found by doubling and then halving; nothing is compared often."""
    low, step = 0, 64
    while low < limit:
        high = min(limit, low + step)
        if not equal(low, high):
            break
        low, step = high, step * 2
    else:
        return limit
    while high - low > 1:
        middle = (low + high) // 2
        if equal(low, middle):
            low = middle
        else:
            high = middle
    return low
