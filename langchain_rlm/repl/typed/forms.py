"""The form that an answer must have: a JSON schema, or a short one such as `{"name": str}`, `[int]`, `["yes", "no"]`.

Slips that leave no doubt are mended (a number in quotes, a list in an object of its own), all else is told.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from langchain_rlm.repl.typed.fitting import DEEPEST, KINDS, Fit, FormError, MisfitError
from langchain_rlm.repl.written_data import data_in

_KINDS = {
    "str": "string", "string": "string", "text": "string", "date": "string", "int": "integer", "integer": "integer",
    "float": "number", "number": "number", "bool": "boolean", "boolean": "boolean", "list": "array", "array": "array",
    "dict": "object", "object": "object", "none": "null", "nonetype": "null", "null": "null", "any": "",
}  # fmt: skip
_KEYWORDS = frozenset({
    "type", "description", "title", "items", "const", "minimum", "maximum", "minLength", "maxLength", "minItems",
    "maxItems", "format", "pattern", "default", "examples", "additionalProperties", "required", "$defs", "$schema",
})  # fmt: skip
"""Keywords of JSON schema that may stand beside a `type`; with other keys, it is an object that has a `type`."""
_CLASS = re.compile(r"<class '(?:\w+\.)*(\w+)'>|typing\.")


@dataclass(frozen=True)
class Form:
    """A form, as a JSON schema."""

    schema: Mapping[str, Any]
    told: str
    """How a model is shown it."""

    @classmethod
    def of(cls, given: Any) -> "Form":
        """The form that code gave.

        Raises:
            FormError: It is no form.
        """
        schema = _schema(given, DEEPEST)
        Fit(schema).check(schema)
        if schema == given:
            return cls(schema, f"the form of this JSON schema: {json.dumps(schema, ensure_ascii=False)}")
        return cls(schema, f"this form: {_shown(schema)}")

    def read(self, text: str) -> Any:
        """The data that an answer holds.

        Raises:
            MisfitError: It holds no data of this form.
        """
        problem = ""
        for value in (*data_in(text), text.strip().strip("`").strip()):
            try:
                return Fit(self.schema).fitted(value, self.schema)
            except MisfitError as error:
                problem = problem or str(error)
        raise MisfitError(problem)


def _is_schema(given: Mapping[str, Any]) -> bool:
    """Whether a dict is a JSON schema, and not itself the short form of an object."""
    parts = (("properties", dict), ("enum", list), ("anyOf", list), ("oneOf", list), ("$ref", str), ("items", dict))
    kind = given.get("type")
    has_kind = isinstance(kind, list) or kind in [*KINDS]
    return (has_kind and given.keys() <= _KEYWORDS) or any(isinstance(given.get(key), of) for key, of in parts)


def _schema(given: Any, room: int) -> dict[str, Any]:
    """The JSON schema of a short form."""
    if not room:
        msg = f"schema: nested more than {DEEPEST} deep."
        raise FormError(msg)
    if given is None:
        return {"type": "null"}
    if isinstance(given, str):
        return _named(given, room)
    if isinstance(given, dict) and given:
        if _is_schema(given):
            return dict(given)
        parts = {str(name): _schema(part, room - 1) for name, part in given.items()}
        return {"type": "object", "properties": parts, "required": list(parts)}
    if isinstance(given, list) and given:
        if len(given) == 1 and (not isinstance(given[0], str) or _is_kind(given[0])):
            return {"type": "array", "items": _schema(given[0], room - 1)}
        if all(isinstance(one, str | int | float) for one in given):
            return {"enum": given}
    msg = (
        f"schema: {given!r:.80} is no form. Give types and names such as {{'name': str, 'year': int}}, a list such as "
        "[str], a choice such as ['yes', 'no'], or a JSON schema."
    )
    raise FormError(msg)


def _is_kind(name: str) -> bool:
    with suppress(FormError):
        return bool(_named(name, DEEPEST)) or True
    return False


def _named(name: str, room: int) -> dict[str, Any]:
    """The schema of a type, by its name: `str`, `list[int]`, `str | None`, `Optional[str]`."""
    plain = _CLASS.sub(r"\1", name).strip().lower()
    if " | " in plain or " or " in plain:
        return {"anyOf": [_named(part, room - 1) for part in re.split(r" \| | or ", plain)]}
    if match := re.fullmatch(r"optional\[(.+)\]", plain):
        return {"anyOf": [_named(match[1], room - 1), {"type": "null"}]}
    if match := re.fullmatch(r"list\[(.+)\]", plain):
        return {"type": "array", "items": _named(match[1], room - 1)}
    if plain.startswith("dict["):
        return {"type": "object"}
    if plain not in _KINDS or not room:
        msg = f"schema: {name!r:.80} is no type. Known: str, int, float, bool, list, dict, None, 'list[str]'."
        raise FormError(msg)
    return {"type": _KINDS[plain]} if _KINDS[plain] else {}


def _shown(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(json.dumps(one, ensure_ascii=False) for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(map(_shown, schema["anyOf"]))
    if "properties" in schema:
        parts = [f"{json.dumps(name, ensure_ascii=False)}: {_shown(one)}" for name, one in schema["properties"].items()]
        return "{" + ", ".join(parts) + "}"
    if "items" in schema:
        return f"[{_shown(schema['items'])}, ...]"
    return f"<{KINDS.get(schema.get('type', ''), 'any value')}>"
