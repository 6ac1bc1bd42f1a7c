"""Fenced blocks in a text that a model wrote, with all the ways in which models get fences wrong."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from langchain_rlm.repl.python_text import Reader, does_something, uses_contract

# Quantifiers are possessive where giving back could not help: a reply may be a megabyte of anything.
_OPENING = re.compile(r"^([^\n]*?)(?<![`~])(?:(`{3,}+)[ \t]*+([^\n`]*+)|(~{3,}+)[ \t]*+([^\n]*+))$", re.MULTILINE)
_CLOSING = re.compile(r"^[ \t\xa0\u200b>]*+(`{3,}+|~{3,}+)[ \t]*+$", re.MULTILINE)
_MARKUP = re.compile(r"[\s\u200b\ufeff>*+\-\d.)]*+")
_PYTHON = re.compile(r"\W{0,2}(?:repl|i?py(?:thon|con)?[\d.]*|tool_code|code)(?![a-z])", re.IGNORECASE)
_FOREIGN = re.compile(
    r"\W?(?:text|txt|plain|output|json|console|ba?sh|sh|shell|sql|markdown|md|ya?ml|xml|html|csv|diff|js|javascript|ts"
    r"|typescript|c|cpp|go|java|julia|lua|perl|php|r|ruby|rust)\b",
    re.IGNORECASE,
)
USUAL = "repl"
"""The tag of a cell, always accepted: models are taught it, and cells that the package writes have it."""
Kind = Literal["python", "likely", "foreign", "other"]
_ENDS_TRIED = 8
_LINES_TRIED = 1_000


def fenced(code: str) -> str:
    """A cell as a block, in a fence that the code does not hold."""
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}repl\n{code}\n{fence}"


@dataclass(frozen=True)
class Block:
    """A block of a text, from `start` to `end`. `likely` is code whose tag does not say what it is."""

    kind: Kind
    code: str
    start: int
    end: int
    is_closed: bool


class Fences:
    """The blocks of a text, one after the other. Code has one of the `accepted` tags, if they are told."""

    def __init__(self, text: str, accepted: Sequence[str] | None = None) -> None:
        self.text = text
        self.accepted = accepted
        self.closings = list(_CLOSING.finditer(text))
        self.starts = [closing.start(1) for closing in self.closings]
        self.openings = (found for found in _OPENING.finditer(text) if _opens(found))
        self.opening: re.Match[str] | None = next(self.openings, None)
        self.reader = Reader()

    def next(self, position: int) -> int | None:
        while self.opening and _fence(self.opening) < position:
            self.opening = next(self.openings, None)
        return self.opening and _fence(self.opening)

    def blocks(self) -> Iterator[Block]:
        position = 0
        while self.next(position) is not None:
            yield (block := self.block())
            position = block.end

    def block(self) -> Block:
        """The block that opens next.

        A cell may hold a fence in a string, and a closing fence may have text before or behind it: where the code up to
        the first one is not Python, others are tried, as long as not too much has been read in vain.
        """
        if self.opening is None:
            raise LookupError
        opening, tag = self.opening, _tag(self.opening)
        start, whole = min(len(self.text), opening.end() + 1), len(self.text)
        own = list(islice(self._closings(opening, start), _ENDS_TRIED))
        until, end = own[0] if own else (whole, whole)
        if not self._may_be_code(tag):
            return Block("foreign", self.text[start:until], _fence(opening), end, bool(own))
        for tried, its_end in [*own, *islice(self._loose(opening, start, until), _ENDS_TRIED), (until, end)]:
            if self.reader.effort < 0 and tried != until:
                continue
            code, tree = self.reader.undressed(self.text[start:tried], opening[1])
            if tree is not None:
                end = its_end
                break
        is_code = tree is not None and (uses_contract(tree) if tag else does_something(tree))
        kind: Kind = "python" if self.accepted is not None or _PYTHON.match(tag) else "likely" if is_code else "other"
        return Block(kind, code, _fence(opening), end, bool(own) or tried < whole)

    def _may_be_code(self, tag: str) -> bool:
        if self.accepted is None:
            return not _FOREIGN.match(tag)
        return (tag.lower().split() or [""])[0] in {USUAL, *map(str.lower, self.accepted)}

    def _closings(self, opening: re.Match[str], start: int) -> Iterator[tuple[int, int]]:
        """Where lines from `start` on close a block, and where they end (CommonMark 0.31, section 4.5)."""
        first = bisect_left(self.starts, start)
        later = range(first, min(first + _LINES_TRIED, len(self.closings)))
        fences = (self.closings[line] for line in later)
        return ((f.start(), f.end()) for f in fences if f[1].startswith(opening[2] or opening[4]))

    def _loose(self, opening: re.Match[str], start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The same for fences with text before or behind them. One that opens the next block is left to it."""
        fence = re.escape(opening[2] or opening[4])
        one = fence[-1]
        found_in = re.compile(rf"(?:^[ \t>]*+|(?<!{one})(?={one}++[ \t]*(?:$|<)))({fence}{one}*+)", re.MULTILINE)
        for found in found_in.finditer(self.text, start, stop):
            line = self.text.rfind("\n", start, found.start(1)) + 1 or start
            behind = _OPENING.match(self.text, line)
            opens = behind and _PYTHON.match(_tag(behind)) and self.text[behind.end() : behind.end() + 2].strip()
            yield found.start(1), line if opens else found.end()


def _fence(opening: re.Match[str]) -> int:
    return max(opening.start(2), opening.start(4))


def _tag(opening: re.Match[str]) -> str:
    return (opening[3] or opening[5] or "").strip()


def _opens(found: re.Match[str]) -> bool:
    """Whether a fence opens a block: it begins its line, or words stand before it and a tag alone behind it."""
    if _MARKUP.fullmatch(found[1]):
        return True
    tag = _tag(found)
    return _PYTHON.fullmatch(tag) is not None if tag else found[1].rstrip(" *").endswith(":")
