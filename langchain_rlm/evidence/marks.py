"""The marks in an answer that stand for citations: `[c1]` as code has them, `[1]` in the answer that a user gets."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, filterfalse
from typing import Any, cast

from langchain_rlm.context.corpus import on_one_line
from langchain_rlm.context.tables.table import label
from langchain_rlm.evidence.rows import is_of_table
from langchain_rlm.journal.header import Citation
from langchain_rlm.journal.parts import Cited

MARK = re.compile(r"\[(c\d+(?:\.\d+)*(?:\s*[,;]\s*c\d+(?:\.\d+)*)*)\]", re.ASCII)
"""One mark, or several: `[c1]`, `[c1, c3]`. Texts have numbers in many kinds of brackets, but not this kind."""
ONE = re.compile(r"c\d+(?:\.\d+)*", re.ASCII)
WIDEST = 1_000
"""Numbers, at most, that a range such as `[2-4]` stands for."""
_NUMBER = r"[0-9]{1,6}(?:\s*[-\u2013]\s*[0-9]{1,6})?"
_OWN = re.compile(rf"\[\s*({_NUMBER}(?:\s*[,;]\s*{_NUMBER})*)(?=[\],;:\s])")
"""Numbers in brackets that are not marks: `[1]`, `[1, 3]`, `[2-4]`, `[1, p. 5]`."""
_ENDS = re.compile(r"([0-9]+)(?:\s*[-\u2013]\s*([0-9]+))?")

Marks = Mapping[str, Cited | None]
"""Citations by mark; None where the place of one from a recursive run is not in this run's context."""


def place_of(citation: Mapping[str, Any]) -> str:
    """The document of a citation, and the page, or else the line, where the name does not say it; rows of a table."""
    name = on_one_line(citation["name"])
    if is_of_table(citation):
        return label(name, citation["start"], citation["end"])
    where = f"line {citation['line']:,}" if citation["page"] is None else f"page {citation['page']}"
    if last := citation.get("last_page"):
        where = f"pages {citation['page']}-{last}"
    return name if re.search(rf"\b{where}(?: \(\d+\))?$", name) else f"{name}, {where}"


def renamed(match: re.Match[str], names: Mapping[str, str]) -> str:
    """Marks by other names when all of them have one; those whose name is empty go."""
    marks = ONE.findall(match[1])
    if not all(mark in names for mark in marks):
        return match[0]
    left = [names[mark] for mark in marks if names[mark]]
    return f"[{', '.join(left)}]" if left else ""


def resolve(value: Any, marks: Marks, otherwise: Sequence[str]) -> tuple[Any, list[Citation]]:
    """An answer with its marks numbered from 1 in the order they come, and the citations they stand for.

    Other numbers that the answer has in brackets may stand for anything: the numbering skips them. When it has no mark,
    the citations of the marks `otherwise` are listed.
    """
    if not marks:
        return value, []
    numbers: dict[str, int] = {}
    free = filterfalse(_own_numbers(value).__contains__, count(1))

    def give(ones: Sequence[str]) -> None:
        for mark in ones:
            if marks.get(mark) is not None and mark not in numbers:
                numbers[mark] = next(free)

    def numbered(match: re.Match[str]) -> str:
        ones = ONE.findall(match[1])
        if all(mark in marks for mark in ones):
            give(ones)
        return renamed(match, {mark: str(numbers.get(mark, "")) for mark in marks})

    value = _each_text(value, lambda text: MARK.sub(numbered, text))
    if not numbers:
        give(otherwise)
    listed = [{**(marks[mark] or {}), "mark": number} for mark, number in numbers.items()]
    return value, cast("list[Citation]", listed)


def has_mark(value: Any, marks: Marks) -> bool:
    """Whether an answer has a mark that stands for a citation."""
    groups = (group for text in _texts(value) for group in MARK.findall(text))
    return any(marks.get(mark) is not None for group in groups for mark in ONE.findall(group))


def _own_numbers(value: Any) -> set[int]:
    """The numbers that plain data has in brackets: in its text, or as lists once it is written as JSON."""
    found: set[int] = set()
    for text in (*_texts(value), "" if isinstance(value, str) else json.dumps(value)):
        for group in _OWN.findall(text):
            for first, last in _ENDS.findall(group):
                found.update(range(int(first), min(int(last or first) + 1, int(first) + WIDEST)))
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Plain data with all of its text changed, keys too unless two would become one."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        names: dict[str, Any] = {}
        for key, item in value.items():
            name = change(key)
            is_taken = name != key and (name in value or name in names)
            names[key if is_taken else name] = _each_text(item, change)
        return names
    return [_each_text(item, change) for item in value] if isinstance(value, list) else value
