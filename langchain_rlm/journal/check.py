"""Whether lines of a journal file have the shape of their types; if not, a sentence names the place and the value."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, Self

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

DEEPEST = 50
"""Levels of recursive runs."""
TOO_DEEP = f"recursive runs are nested more than {DEEPEST} deep"
SHOWN = 60
"""Characters of a value that an error shows."""
WANTED = {
    "string_type": "a text", "int_type": "a whole number", "float_type": "a number", "bool_type": "true or false",
    "list_type": "a list", "tuple_type": "a list", "dict_type": "an object", "model_attributes_type": "an object",
    "greater_than_equal": "{ge:.0f} or more", "less_than_equal": "{le:.0f} or less", "literal_error": "{expected}",
    "union_tag_invalid": "one of {expected_tags}", "too_short": "{min_length} or more",
    "too_long": "{max_length} or less",
}  # fmt: skip
"""What a value must be, by the type of Pydantic's error."""


def shape_problem(kind: Any, lines: Sequence[Any]) -> tuple[int, str] | None:
    """The first thing that is wrong with lines that must be of a type: the position of the line, and what it is."""
    try:
        _adapter(kind).validate_python(lines)
    except ValidationError as error:
        problems = [_Problem.of(each, lines) for each in error.errors(include_url=False)]
        first = problems[0]  # with it come, where there is a choice, the problems of all that the value could be
        inner = (p for p in problems if p.path[: len(first.path)] == first.path and p.said != first.said)
        chosen = next(inner, first)
        wanted = [p.wanted for p in problems if (p.path, p.said) == (chosen.path, chosen.said) and p.wanted]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in chosen.path[1:])
        said = f"{place} {chosen.said}{', not ' if wanted else ''}{' or '.join(wanted)}"
        return int(chosen.path[0]), said.lstrip(". ")
    return None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Made when it is first needed: it takes a moment."""
    return TypeAdapter(list[kind], config=ConfigDict(strict=True))


class _Problem(NamedTuple):
    """An error of Pydantic: where it is, what stands there, and what should."""

    path: tuple[str | int, ...]
    said: str
    wanted: str = ""

    @classmethod
    def of(cls, error: ErrorDetails, lines: Sequence[Any]) -> Self:
        kind, value, facts = error["type"], error["input"], error.get("ctx", {})
        path = _path(error["loc"], lines)
        if kind == "missing":
            return cls(path, "is missing")
        if kind.startswith("recursion"):
            return cls(path[:1], TOO_DEEP)
        if kind.startswith("union_tag"):
            path, value = (*path, "kind"), value.get("kind")
        if kind == "union_tag_not_found":
            return cls(path, "is missing")
        if kind not in WANTED:
            return cls(path, f"is {shown(value)}: {error['msg']}")
        wanted = WANTED[kind].format(**facts).replace("'", '"')
        said = f"has {facts['actual_length']} items" if kind in {"too_short", "too_long"} else f"is {shown(value)}"
        return cls(path, said, wanted)


def _path(found: Sequence[Any], lines: Any) -> tuple[str | int, ...]:
    """Where an error is, without what Pydantic says beside that: which type of several it tried there."""
    path: list[str | int] = []
    value, is_told = lines, False
    for part in found:
        if not isinstance(value, list if isinstance(part, int) else dict):
            continue
        if not is_told and isinstance(value, dict) and part == value.get("kind"):
            is_told = True
            continue
        path.append(part)
        try:
            value, is_told = value[part], False
        except LookupError:  # it is missing
            break
    return tuple(path)


def shown(value: Any) -> str:
    """A value on one line, for an error."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    said = json.dumps(value[:SHOWN] if isinstance(value, str) else value)
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}..."
