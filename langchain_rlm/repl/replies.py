"""What a root model's reply holds: cells, or an answer as bare text.

Models trained for RLM end with `FINAL(...)` or `FINAL_VAR(...)` as bare text; others write cells. Both are read here.
Pure functions over the text.
"""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from langchain_rlm.repl.functions import ENDING
from langchain_rlm.repl.quiet import without_warnings

# Quantifiers are possessive where giving back could not help: a reply may be a megabyte of anything.
_FENCE = re.compile(
    r"(?:^|(?<=</think>)|(?<=</thinking>))([ \t]{0,3})(`{3,}+|~{3,}+)[ \t]*+([\w+-]*+)[^\n`]*+$",
    re.MULTILINE | re.IGNORECASE,
)
_CLOSING = re.compile(r"^[ \t]{0,3}(`{3,}+|~{3,}+)[ \t]*+$", re.MULTILINE)
_CODE_TAGS = frozenset({"repl", "python", "py", "python3"})
_FINAL = re.compile(rf"^[ \t*>]*({'|'.join(sorted(ENDING))})\(", re.MULTILINE)
_LINE_END = re.compile(r"[ \t.*`;]*+(?:\n|\Z)")
_THINKING = re.compile(r"^[ \t]*<think(?:ing)?>", re.IGNORECASE | re.MULTILINE)
_THINKING_END = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_THOUGHT = re.compile(r"\A(?:(?!<think).)*?^[ \t]*</think(?:ing)?>[ \t]*$", re.DOTALL | re.IGNORECASE | re.MULTILINE)
"""Thinking whose opening tag the chat template left out."""
_ENDS_TRIED = 8
_LEAST_EFFORT = 100_000
"""Characters of code that may be read in vain in a short reply."""


@dataclass(frozen=True)
class Final:
    """An answer given outside a cell. `variable`: its name stands for a variable of the REPL."""

    text: str
    variable: bool = False


@dataclass(frozen=True)
class ParsedReply:
    """The cells in order, the answer given as bare text, and whether the last cell was left open."""

    cells: tuple[str, ...]
    final: Final | None
    unclosed: bool
    prose: str


def parse_reply(text: str) -> ParsedReply:
    """Read a reply.

    Args:
        text: The root model's reply as it came. Thinking between `<think>` tags is left out, except in a cell.
    """
    text = _THOUGHT.sub("", text.replace("\r\n", "\n"), count=1)
    fences, thinking = _Fences(text), _Thinking(text)
    cells: list[str] = []
    bare: list[tuple[str, str]] = []
    prose: list[str] = []
    position = 0
    unclosed = False
    while opening := fences.next(position):
        if thought := thinking.next(position, opening.start()):  # what is in a cell is code, whatever it looks like
            prose.append(text[position : thought[0]])
            position = thought[1]
            continue
        prose.append(text[position : opening.start()])
        code, position, closed = fences.block(opening)
        tag = opening[3].lower()
        if tag in _CODE_TAGS and code.strip():
            cells.append(code)
            unclosed = unclosed or not closed
        elif not tag:
            bare.append((code, text[opening.start() : position]))
        else:
            prose.append(text[opening.start() : position])
    while thought := thinking.next(position, len(text)):
        prose.append(text[position : thought[0]])
        position = thought[1]
    prose.append(text[position:])
    if not cells:
        cells = [code for code, _ in bare if _looks_like_code(code)]
    rest = "".join(prose)
    return ParsedReply(tuple(cells), _final_in(rest), unclosed, rest.strip())


class _Thinking:
    """Where a text thinks between tags."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: tuple[int, int] | None = (-1, -1)

    def next(self, position: int, before: int) -> tuple[int, int] | None:
        """Start and end of the first thinking that begins at `position` or later, and before `before`."""
        if self.found and self.found[0] < position:
            opening = _THINKING.search(self.text, position)
            end = opening and _THINKING_END.search(self.text, opening.end())
            self.found = (opening.start(), end.end()) if opening and end else None
        return self.found if self.found and self.found[0] < before else None


class _Fences:
    """The lines of a text that may close a block, found once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.closings = list(_CLOSING.finditer(text))
        self.starts = [closing.start() for closing in self.closings]
        self.openings = _FENCE.finditer(text)
        self.opening: re.Match[str] | None = next(self.openings, None)
        self.effort = _LEAST_EFFORT + 4 * len(text)

    def next(self, position: int) -> re.Match[str] | None:
        """The first line from `position` on that opens a block."""
        while self.opening and self.opening.start() < position:
            self.opening = next(self.openings, None)
        return self.opening

    def block(self, opening: re.Match[str]) -> tuple[str, int, bool]:
        """The code of a fenced block, where it ends, and whether it was closed.

        A cell may hold a fence in a string: when the code up to the first closing fence is not Python, later ones are
        tried, as long as not too much has been read in vain.
        """
        start = min(len(self.text), opening.end() + 1)
        ends = list(islice(self._closing(opening[2], start), _ENDS_TRIED))
        for end in ends if len(ends) > 1 else ():
            code = _dedented(self.text[start : end.start()], opening[1])
            self.effort -= len(code)
            if _parsed(code) is not None:
                return code, end.end(), True
            if self.effort < 0:
                break
        if ends:
            return _dedented(self.text[start : ends[0].start()], opening[1]), ends[0].end(), True
        return _dedented(self.text[start:], opening[1]), len(self.text), False

    def _closing(self, fence: str, start: int) -> Iterator[re.Match[str]]:
        """The lines from `start` on that close a block which `fence` opened (CommonMark 0.31, section 4.5)."""
        later = range(bisect_left(self.starts, start), len(self.closings))
        return (self.closings[line] for line in later if self.closings[line][1].startswith(fence))


def _dedented(code: str, indent: str) -> str:
    """Code without the indentation of its fence (CommonMark 0.31, section 4.5)."""
    return re.sub(rf"^[ \t]{{1,{len(indent)}}}", "", code, flags=re.MULTILINE) if indent else code


def _parsed(code: str) -> ast.Module | None:
    try:
        with without_warnings():
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _looks_like_code(code: str) -> bool:
    """An unlabelled block counts as a cell when it is Python that does something."""
    tree = _parsed(code)
    kinds = (ast.Call, ast.Assign, ast.AugAssign, ast.For, ast.FunctionDef, ast.Import, ast.ImportFrom)
    return tree is not None and any(isinstance(node, kinds) for node in ast.walk(tree))


def _final_in(prose: str) -> Final | None:
    """The last bare `FINAL(...)`, or another function that ends a run, that begins a line."""
    found = [*_FINAL.finditer(prose)][-1:]
    if not found:
        return None
    return _final_at(prose, found[0])


def _final_at(prose: str, found: re.Match[str]) -> Final:
    inside = _to_closing(prose[found.end() :])
    if found[1] == "FINAL_VAR":
        return Final(inside.strip().strip("\"'`").strip(), variable=True)
    return Final(_unquoted(inside.strip()))


def _to_closing(text: str) -> str:
    """The text up to the parenthesis that closes. An answer may hold single ones, and the last may be missing."""
    depth, balanced, at_line_end = 1, None, None
    for parenthesis in re.finditer("[()]", text):
        index = parenthesis.start()
        depth += 1 if parenthesis[0] == "(" else -1
        if parenthesis[0] == ")" and _LINE_END.match(text, index + 1):
            if depth <= 0:
                return text[:index]
            at_line_end = index
        if depth == 0 and balanced is None:
            balanced = index
    end = at_line_end if at_line_end is not None else balanced
    return text if end is None else text[:end]


def _unquoted(text: str) -> str:
    """A Python string literal becomes its value; other text stays, without a pair of quotes around it."""
    try:
        with without_warnings():
            value = ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        inner = text[1:-1]
        return inner if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in inner else text
    return value if isinstance(value, str) else text
