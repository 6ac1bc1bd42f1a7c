"""Whether a line of a journal file is as `JOURNAL_SCHEMA` has it.

The schema itself is what decides, so that it and the reader cannot differ; it is compiled to functions once.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from langchain_rlm.journal.schema import JOURNAL_SCHEMA

Problem = tuple[tuple[str | int, ...], str]
"""Where in a line something is wrong, and what."""
Check = Callable[[Any], Problem | None]
SHOWN = 60
"""Characters of a value that an error shows."""


def shape_problem(name: str, line: Any) -> str | None:
    """What is wrong with the shape of a line; None when nothing is.

    Args:
        name: What of the schema it must be: `header`, `entry` or `excerpt`.
        line: The line as data.

    Raises:
        RecursionError: It is nested too deeply.
    """
    problem = compiled()[name](line)
    return None if problem is None else f"{_path(problem[0])} {problem[1]}".lstrip()


@cache
def compiled() -> Mapping[str, Check]:
    """The definitions of the schema as functions, by name."""
    checks: dict[str, Check] = {}
    checks |= {name: _compiled(part, checks) for name, part in JOURNAL_SCHEMA["$defs"].items()}
    return checks


def _compiled(schema: Mapping[str, Any], known: Mapping[str, Check]) -> Check:
    words = [word for word in schema if word != "then"]  # it belongs to its `if`
    checks = [KEYWORDS[word](schema[word], schema, known) for word in words]
    return checks[0] if len(checks) == 1 else _every(checks)


def _every(checks: Sequence[Check]) -> Check:
    def check(value: Any) -> Problem | None:
        for each in checks:
            problem = each(value)
            if problem is not None:
                return problem
        return None

    return check


TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("a text", lambda value: isinstance(value, str)),
    "integer": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "number": ("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "array": ("a list", lambda value: isinstance(value, list)),
    "object": ("an object", lambda value: isinstance(value, dict)),
    "null": ("null", lambda value: value is None),
}
"""What a type is called, and what has it. A whole number written as `1.0` is none: code would trip over it."""


def _type(given: Any, _: Any, __: Any) -> Check:
    kinds = [given] if isinstance(given, str) else given
    fits = [TYPES[kind][1] for kind in kinds]
    wanted = " or ".join(TYPES[kind][0] for kind in kinds)
    if len(fits) == 1:
        only = fits[0]
        return lambda value: None if only(value) else ((), f"is {shown(value)}, not {wanted}")
    return lambda value: None if any(fit(value) for fit in fits) else ((), f"is {shown(value)}, not {wanted}")


def _required(names: Any, _: Any, __: Any) -> Check:
    def check(value: Any) -> Problem | None:
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    return (name,), "is missing"
        return None

    return check


def _properties(given: Any, _: Any, known: Mapping[str, Check]) -> Check:
    checks = [(name, _compiled(part, known)) for name, part in given.items() if part]

    def check(value: Any) -> Problem | None:
        if isinstance(value, dict):
            for name, each in checks:
                if name in value:
                    problem = each(value[name])
                    if problem is not None:
                        return (name, *problem[0]), problem[1]
        return None

    return check


def _additional(given: Any, schema: Mapping[str, Any], known: Mapping[str, Check]) -> Check:
    each, named = _compiled(given, known), schema.get("properties", {})

    def check(value: Any) -> Problem | None:
        rest = [name for name in value if name not in named] if isinstance(value, dict) else ()
        return _first((name, each(value[name])) for name in rest)

    return check


def _items(given: Any, schema: Mapping[str, Any], known: Mapping[str, Check]) -> Check:
    each, begin = _compiled(given, known), len(schema.get("prefixItems", ()))

    def check(value: Any) -> Problem | None:
        if isinstance(value, list):
            for place in range(begin, len(value)):
                problem = each(value[place])
                if problem is not None:
                    return (place, *problem[0]), problem[1]
        return None

    return check


def _prefix_items(given: Any, _: Any, known: Mapping[str, Check]) -> Check:
    checks = [_compiled(part, known) for part in given]

    def check(value: Any) -> Problem | None:
        if isinstance(value, list):
            for place, (each, item) in enumerate(zip(checks, value, strict=False)):
                problem = each(item)
                if problem is not None:
                    return (place, *problem[0]), problem[1]
        return None

    return check


def _min_items(least: Any, _: Any, __: Any) -> Check:
    return lambda value: (
        ((), f"has {len(value)} items, not {least} or more") if isinstance(value, list) and len(value) < least else None
    )


def _max_items(most: Any, _: Any, __: Any) -> Check:
    return lambda value: (
        ((), f"has {len(value)} items, not {most} or less") if isinstance(value, list) and len(value) > most else None
    )


def _minimum(least: Any, _: Any, __: Any) -> Check:
    is_number = TYPES["number"][1]
    return lambda value: (
        ((), f"is {shown(value)}, not {least} or more") if is_number(value) and not value >= least else None
    )


def _maximum(most: Any, _: Any, __: Any) -> Check:
    is_number = TYPES["number"][1]
    return lambda value: (
        ((), f"is {shown(value)}, not {most} or less") if is_number(value) and not value <= most else None
    )


def _enum(given: Any, _: Any, __: Any) -> Check:
    wanted = ", ".join(map(shown, given))
    texts = frozenset(one for one in given if isinstance(one, str))
    return lambda value: (
        None
        if (value in texts if isinstance(value, str) else any(_equal(value, one) for one in given))
        else ((), f"is {shown(value)}, not one of {wanted}")
    )


def _const(given: Any, _: Any, __: Any) -> Check:
    return lambda value: None if _equal(value, given) else ((), f"is {shown(value)}, not {shown(given)}")


def _equal(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _any_of(given: Any, _: Any, known: Mapping[str, Check]) -> Check:
    checks = [_compiled(part, known) for part in given]

    def check(value: Any) -> Problem | None:
        problems = []
        for each in checks:
            problem = each(value)
            if problem is None:
                return None
            problems.append(problem)
        if all(what == "is missing" for _, what in problems):
            return (), f"has none of {', '.join(str(path[-1]) for path, _ in problems)}"
        within = [problem for problem in problems if problem[0] or " items, " in problem[1]]
        if within:
            return within[0]
        first, *others = (what for _, what in problems)
        return (), " or ".join([first, *(what.rpartition(", not ")[2] for what in others)])

    return check


def _all_of(given: Any, _: Any, known: Mapping[str, Check]) -> Check:
    cases = _cases(given, known)
    if cases is not None:
        return cases
    return _every([_compiled(part, known) for part in given])


def _cases(given: Any, known: Mapping[str, Check]) -> Check | None:
    """Parts of which each holds for one text that a property may be, as a table: most lines are checked by one."""
    names = {name for part in given for name in part.get("if", {}).get("properties", ())}
    if len(names) != 1 or any(set(part["if"]) != {"properties"} for part in given):
        return None
    (name,) = names
    table = {part["if"]["properties"][name].get("const"): _compiled(part["then"], known) for part in given}
    if not all(isinstance(text, str) for text in table) or len(table) < len(given):
        return None

    def check(value: Any) -> Problem | None:
        if not isinstance(value, dict):
            return None
        each = table.get(value[name]) if isinstance(value.get(name), str) else None
        return None if each is None else each(value)

    return check


def _if(given: Any, schema: Mapping[str, Any], known: Mapping[str, Check]) -> Check:
    applies, then = _compiled(given, known), _compiled(schema["then"], known)
    return lambda value: then(value) if applies(value) is None else None


def _ref(given: Any, _: Any, known: Mapping[str, Check]) -> Check:
    name = given.removeprefix("#/$defs/")
    return lambda value: known[name](value)  # noqa: PLW0108  # it may be known only later


KEYWORDS: dict[str, Callable[[Any, Mapping[str, Any], Mapping[str, Check]], Check]] = {
    "type": _type, "required": _required, "properties": _properties, "additionalProperties": _additional,
    "items": _items, "prefixItems": _prefix_items, "minItems": _min_items, "maxItems": _max_items,
    "minimum": _minimum, "maximum": _maximum, "enum": _enum, "const": _const,
    "anyOf": _any_of, "allOf": _all_of, "if": _if, "$ref": _ref,
}  # fmt: skip
"""Each makes a check of what stands beside it; the schema around that; and the definitions. A word that is not here
fails when the schema is compiled."""


def _first(found: Iterable[tuple[str | int, Problem | None]]) -> Problem | None:
    return next(((((name, *problem[0]), problem[1])) for name, problem in found if problem is not None), None)


def _path(path: Sequence[str | int]) -> str:
    said = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return said.removeprefix(".")


def shown(value: Any) -> str:
    """A value on one line, for an error."""
    if isinstance(value, list | dict):
        return TYPES["array" if isinstance(value, list) else "object"][0]
    said = json.dumps(value[:SHOWN] if isinstance(value, str) else value)
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}..."
