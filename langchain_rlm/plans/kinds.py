"""The types that a plan's parameter may have: written as in Python, checked by pydantic, read from a model's words."""

import ast
import json
import re
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from langchain_rlm.repl.syntax import literal, parse

_NAMED: dict[str, Any] = {
    "str": str, "int": int, "float": float, "bool": bool, "list[str]": list[str], "list[int]": list[int],
    "list[float]": list[float], "dict[str, str]": dict[str, str],
}  # fmt: skip
KNOWN = f"{', '.join(_NAMED)}, Literal[...]"
_BETWEEN = re.compile(r"\s*[,;\n]\s*(?:(?:and|or)\s+)?")
_LAST_TWO = re.compile(r"\s+(?:and|or)\s+")


def kind_of(given: Any) -> str:
    """The name of a type, which may be given as the type itself.

    Raises:
        ValueError: No parameter may have it.
    """
    if get_origin(given) is Literal:
        name = f"Literal[{', '.join(map(repr, get_args(given)))}]"
    else:
        name = given if isinstance(given, str) else next((name for name, kind in _NAMED.items() if kind == given), "")
    if name not in _NAMED and not choices(name):
        msg = (
            f"{given if isinstance(given, str) else getattr(given, '__name__', given)!s:.80} is no type for a parameter"
        )
        raise ValueError(msg)
    return name


def choices(kind: str) -> Sequence[str]:
    """The words that a `Literal[...]` allows; nothing for another kind."""
    try:
        node = parse(kind, "eval").body
    except SyntaxError:
        return ()
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name) or node.value.id != "Literal":
        return ()
    held = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    words = [each.value for each in held if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return words if len(words) == len(held) else ()


def fits(kind: str, value: Any) -> bool:
    """Whether a value is of the kind."""
    if allowed := choices(kind):
        return value in allowed
    try:
        TypeAdapter(_NAMED[kind], config=ConfigDict(strict=True, allow_inf_nan=False)).validate_python(value)
    except ValidationError:
        return False
    return True


def kind_of_value(value: Any) -> str | None:
    """The kind that a value has; None when no parameter can hold it."""
    return next((kind for kind in _NAMED if fits(kind, value)), None)


def read(kind: str, words: str) -> Any:
    """The value that a model's words stand for.

    Raises:
        ValueError: They stand for no value of this kind.
    """
    words = words.strip()
    if allowed := choices(kind):
        found = {word for word in filter(None, allowed) if re.search(rf"\b{re.escape(word)}\b", words, re.IGNORECASE)}
        value: Any = found.pop() if len(found) == 1 else None
    elif kind == "str":
        value = words.strip("\"'`") or None
    elif kind == "list[str]":
        value = _listed(words)
    else:
        value = _data(words)
    if kind == "float" and type(value) is int:
        value = float(value)
    if not fits(kind, value):
        raise ValueError(words)
    return value


def _listed(words: str) -> list[str] | None:
    data = _data(words)
    if not isinstance(data, list):
        *data, last = _BETWEEN.split(words.strip("[]()"))
        data += _LAST_TWO.split(last)
    listed = list(dict.fromkeys(str(each).strip(" \t\"'`*.") for each in data))
    return [each for each in listed if each] or None


def _data(words: str) -> Any:
    for reading in (json.loads, literal):
        try:
            return reading(words)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None
