"""Python's regular expressions in RE2's syntax, which takes time in proportion to the text, whatever the pattern.

A pattern that RE2 lacks the means for, or would read in another way, has no translation: what may match nothing,
looks around or back, or tests `$` and the edges of words in texts with letters beyond ASCII.
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as ops  # type: ignore[attr-defined]  # the parser that `re` itself uses
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 10_000
"""Characters of a pattern."""
REPEATED = 1_000
"""Times that RE2 repeats something by number."""
REACH = 1_000_000
"""Bytes of a match over several lines, at most."""
_SPACES = r"\t-\r\x1c-\x20\x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_CLASSES = {
    True: {"DIGIT": "0-9", "SPACE": r"\t-\r\x1c-\x20", "WORD": "0-9A-Za-z_"},
    False: {"DIGIT": r"\p{Nd}", "SPACE": _SPACES, "WORD": r"\p{L}\p{N}_"},
}
_DOTTED = "iI\u0130\u0131"
"""Letters that are one for Python when case is ignored, and not for RE2."""


class HardError(Exception):
    """RE2 does not read the pattern as Python does."""


@dataclass(frozen=True)
class Translated:
    """A pattern for RE2. `breaks`: a match may go over the end of a line, up to so many bytes."""

    source: str
    breaks: bool
    reach: int


@lru_cache(maxsize=256)
def translated(pattern: str, flags: int, *, is_ascii: bool) -> Translated | None:
    """A pattern in RE2's syntax, or None; `is_ascii`: all texts that it is used on are.

    Raises:
        re.error: It is no pattern.
    """
    if len(pattern) > LONGEST:
        return None
    try:
        tree = parser.parse(pattern, flags)
        writer = _Writer(is_ascii or bool(tree.state.flags & re.ASCII), is_ascii)
        source = writer.sequence(tree, tree.state.flags)
    except (HardError, RecursionError, OverflowError):
        return None
    least, most = tree.getwidth()
    if least == 0 or (writer.breaks and writer.is_endless):
        return None
    return Translated(source, writer.breaks, min(4 * int(most), REACH))


class _Writer:
    def __init__(self, is_ascii: bool, text_is_ascii: bool) -> None:  # noqa: FBT001  # two facts of one kind
        self._classes = _CLASSES[is_ascii]
        self._is_ascii, self._text_is_ascii = is_ascii, text_is_ascii
        self.breaks = self.is_endless = False

    def sequence(self, items: Iterable[tuple[Any, Any]], flags: int) -> str:
        return "".join(self._one(kind, value, flags) for kind, value in items)

    def _one(self, kind: Any, value: Any, flags: int) -> str:
        made = getattr(self, f"_{str(kind).lower()}", None)
        if made is None:
            raise HardError
        return str(made(value, flags))

    def _literal(self, code: int, flags: int) -> str:
        self.breaks |= code == ord("\n")
        if flags & re.IGNORECASE and chr(code) in _DOTTED and not self._is_ascii:
            return f"[{_DOTTED}]"
        return self._cased(_escaped(code), code, flags)

    def _cased(self, written: str, code: int, flags: int) -> str:
        if not flags & re.IGNORECASE:
            return written
        if code > sys.maxunicode >> 1 or (self._is_ascii != self._text_is_ascii):
            raise HardError
        return f"(?i:{written})"

    def _not_literal(self, code: int, flags: int) -> str:
        self.breaks |= code != ord("\n")
        return self._cased(f"[^{_escaped(code)}]", code, flags)

    def _any(self, _: None, flags: int) -> str:
        if flags & re.DOTALL:
            self.breaks = True
            return "(?s:.)"
        return r"[^\n]"

    def _in(self, items: list[tuple[Any, Any]], flags: int) -> str:
        is_negated, written, has_break = False, "", False
        names = {str(value) for kind, value in items if str(kind) == "CATEGORY"}
        if any(f"CATEGORY_{name}" in names and f"CATEGORY_NOT_{name}" in names for name in self._classes):
            self.breaks = True
            return "(?s:.)"
        for kind, value in items:
            match str(kind):
                case "NEGATE":
                    is_negated = True
                case "LITERAL":
                    written += _escaped(value)
                    has_break |= value == ord("\n")
                case "RANGE":
                    written += f"{_escaped(value[0])}-{_escaped(value[1])}"
                    has_break |= value[0] <= ord("\n") <= value[1]
                case _:
                    written += self._category(str(value), alone=len(items) == 1 + is_negated)
                    has_break |= str(value) in {"CATEGORY_SPACE", "CATEGORY_NOT_WORD", "CATEGORY_NOT_DIGIT"}
        self.breaks |= has_break != is_negated
        if written.startswith("^"):
            return f"[{'' if is_negated else '^'}{written[1:]}]"
        if flags & re.IGNORECASE and not self._is_ascii:
            raise HardError
        return self._cased(f"[{'^' * is_negated}{written}]", 0, flags)

    def _category(self, name: str, *, alone: bool) -> str:
        name = name.removeprefix("CATEGORY_")
        bare = name.removeprefix("NOT_")
        if bare not in self._classes:
            raise HardError
        if bare == name:
            return self._classes[name]
        if not alone:
            raise HardError
        return f"^{self._classes[bare]}"

    def _at(self, where: Any, flags: int) -> str:
        match str(where):
            case "AT_BEGINNING":
                return "(?m:^)" if flags & re.MULTILINE else r"\A"
            case "AT_BEGINNING_STRING":
                return r"\A"
            case "AT_END" if flags & re.MULTILINE:
                return "(?m:$)"
            case "AT_END_STRING":
                return r"\z"
            case "AT_BOUNDARY" if self._text_is_ascii:
                return r"\b"
            case "AT_NON_BOUNDARY" if self._text_is_ascii:
                return r"\B"
        raise HardError

    def _max_repeat(self, value: tuple[int, Any, Any], flags: int, lazy: str = "") -> str:
        least, most, items = value
        endless = most == ops.MAXREPEAT
        if least > REPEATED or (not endless and most > REPEATED) or items.getwidth()[0] == 0:
            raise HardError
        outer, self.breaks = self.breaks, False
        inner = self.sequence(items, flags)
        if endless and not lazy and inner == "(?s:.)":
            self.is_endless = True  # the last place in all of the text is meant
        self.breaks |= outer
        times = {(0, True): "*", (1, True): "+"}.get((least, endless), f"{{{least},{'' if endless else most}}}")
        return f"(?:{inner}){times}{lazy}"

    def _min_repeat(self, value: tuple[int, Any, Any], flags: int) -> str:
        return self._max_repeat(value, flags, "?")

    def _subpattern(self, value: tuple[int | None, int, int, Any], flags: int) -> str:
        group, added, removed, items = value
        inner = self.sequence(items, (flags | added) & ~removed)
        return f"({inner})" if group else f"(?:{inner})"

    def _branch(self, value: tuple[None, list[Any]], flags: int) -> str:
        return f"(?:{'|'.join(self.sequence(items, flags) for items in value[1])})"


def _escaped(code: int) -> str:
    character = chr(code)
    return character if character.isascii() and character.isalnum() else f"\\x{{{code:x}}}"
