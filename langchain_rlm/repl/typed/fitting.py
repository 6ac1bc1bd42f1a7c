"""Values made to fit a JSON schema: its types, parts, choices, references and limits; other keywords say nothing."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_rlm.repl.typed.labels import Labels

DEEPEST = 20
"""How deep a form may be nested, references counted."""
SHOWN = 120
"""Characters of a value that an error shows."""
KINDS = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "array": "list",
    "object": "object", "null": "null",
}  # fmt: skip
"""The types of JSON schema, in words."""
_WORDS = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w.]*\d)")


class FormError(ValueError):
    """A schema that cannot be used; the message tells the code why."""


class MisfitError(ValueError):
    """An answer does not have the form; the message tells the model why."""


@dataclass(frozen=True)
class Fit:
    """Fits values to the parts of one schema."""

    root: Mapping[str, Any]

    def check(self, schema: Any, room: int = DEEPEST) -> None:
        """Refuse what is no JSON schema."""
        if not isinstance(schema, dict) or not room:
            msg = f"schema: {schema!r:.80} is no JSON schema."
            raise FormError(msg)
        kinds = schema.get("type", [])
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if kind not in [*KINDS]:
                msg = f"schema: {kind!r:.80} is no type of JSON schema. Known: {', '.join(KINDS)}."
                raise FormError(msg)
        self._resolved(schema)
        parts = [*_values(schema, "properties"), *_values(schema, "anyOf"), *_values(schema, "oneOf")]
        items = schema.get("items")
        for part in [*parts, *([] if items is None else [items])]:
            self.check(part, room - 1)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema that a reference to another part means."""
        at: Any = schema
        for _ in range(DEEPEST):
            if not isinstance(at, dict) or "$ref" not in at:
                break
            path, at = at["$ref"], self.root
            for step in str(path).removeprefix("#").strip("/").split("/"):
                at = at.get(step) if isinstance(at, dict) and step else at
        if not isinstance(at, dict) or "$ref" in at:
            msg = f"schema: there is nothing at {schema.get('$ref')!r:.80}."
            raise FormError(msg)
        return at

    def fitted(self, value: Any, schema: Mapping[str, Any], where: str = "", room: int = DEEPEST) -> Any:
        """A value as the schema wants it."""
        if not room:
            raise _misfit(where, value, "nested less deeply")
        schema = self._resolved(schema)
        if "enum" in schema or "const" in schema:
            return _chosen(value, schema.get("enum", [schema.get("const")]), where)
        either = schema.get("anyOf") or schema.get("oneOf")
        kinds = schema.get("type")
        either = either or ([{**schema, "type": kind} for kind in kinds] if isinstance(kinds, list) else None)
        if either:
            return self._either(value, either, where, room)
        if not kinds:
            return value
        if isinstance(value, dict) and len(value) == 1 and kinds != "object":
            (value,) = value.values()  # an object of its own around it
        return _limited(self._of_kind(value, schema, where, room), schema, where)

    def _of_kind(self, value: Any, schema: Mapping[str, Any], where: str, room: int) -> Any:
        match schema["type"]:
            case "object":
                return self._object(value, schema, where, room)
            case "array":
                return self._array(value, schema, where, room)
            case "string":
                return _string(value, where)
            case "boolean":
                return _boolean(value, where)
            case "null":
                return _null(value, where)
            case kind:
                return _number(value, where, is_whole=kind == "integer")

    def _either(self, value: Any, either: Sequence[Mapping[str, Any]], where: str, room: int) -> Any:
        """A value as one of several schemas wants it, unchanged if possible."""
        fits, problem = [], None
        for schema in either:
            try:
                fits.append(self.fitted(value, schema, where, room - 1))
            except MisfitError as error:
                problem = problem or error
        if not fits:
            raise problem or _misfit(where, value, "one of the forms")
        return next((one for one in fits if one == value and type(one) is type(value)), fits[0])

    def _object(self, value: Any, schema: Mapping[str, Any], where: str, room: int) -> Any:
        if not isinstance(value, dict):
            raise _misfit(where, value, "an object")
        parts = schema.get("properties", {})
        by_name = {_plain_name(name): name for name in parts}
        named = {name if name in parts else by_name.get(_plain_name(name), name): one for name, one in value.items()}
        missing = [name for name in schema.get("required", []) if name not in named]
        if missing:
            msg = f"{where or 'the answer'} has no {', '.join(map(repr, missing))}"
            raise MisfitError(msg)
        if schema.get("additionalProperties") is False:
            named = {name: one for name, one in named.items() if name in parts}
        return {
            name: self.fitted(one, parts[name], f"{where}.{name}".strip("."), room - 1) if name in parts else one
            for name, one in named.items()
        }

    def _array(self, value: Any, schema: Mapping[str, Any], where: str, room: int) -> Any:
        if not isinstance(value, list):
            raise _misfit(where, value, "a list")
        items = schema.get("items", {})
        return [self.fitted(one, items, f"{where}[{place}]", room - 1) for place, one in enumerate(value)]


def _string(value: Any, where: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _misfit(where, value, "text")
    return value if isinstance(value, str) else str(value)


def _number(value: Any, where: str, *, is_whole: bool) -> Any:
    if isinstance(value, str):
        found = _NUMBER.findall(value)
        value = float(found[0].replace(",", "")) if len(found) == 1 else value
    if isinstance(value, bool) or not isinstance(value, int | float) or (is_whole and value != value // 1):
        raise _misfit(where, value, "a whole number" if is_whole else "a number")
    return int(value) if is_whole or (isinstance(value, float) and value.is_integer()) else value


def _boolean(value: Any, where: str) -> Any:
    word = re.match(r"\W*(\w+)", value) if isinstance(value, str) else None
    value = _WORDS.get(word[1].lower(), value) if word else value
    if not isinstance(value, bool):
        raise _misfit(where, value, "true or false")
    return value


def _null(value: Any, where: str) -> None:
    if value is not None and str(value).strip().lower() not in {"null", "none", "n/a", ""}:
        raise _misfit(where, value, "null")


def _limited(value: Any, schema: Mapping[str, Any], where: str) -> Any:
    """A value within the limits that the schema sets."""
    kind = {str: "Length", list: "Items", int: "imum", float: "imum"}.get(type(value), "")
    size = len(value) if isinstance(value, str | list) else value
    for name, sign in ((f"min{kind}", -1), (f"max{kind}", 1)):
        limit = schema.get(name)
        if kind and isinstance(limit, int | float) and sign * size > sign * limit:
            raise _misfit(where, value, f"as `{name}` {limit} wants it")
    return value


def _values(schema: Mapping[str, Any], name: str) -> list[Any]:
    held = schema.get(name, ())
    if not isinstance(held, dict | list | tuple):
        msg = f"schema: {name!r} is {held!r:.80}, which is no part of a JSON schema."
        raise FormError(msg)
    return list(held.values() if isinstance(held, dict) else held)


def _chosen(value: Any, choices: Sequence[Any], where: str) -> Any:
    """The choice that a value is, or says."""
    for one in choices:
        if one == value and type(one) is type(value):
            return one
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    found = Labels(choices).match(str(value))
    if found is None:
        raise _misfit(where, value, "one of " + ", ".join(json.dumps(one, ensure_ascii=False) for one in choices))
    return found[0]


def _plain_name(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _misfit(where: str, value: Any, wanted: str) -> MisfitError:
    said = json.dumps(value, ensure_ascii=False)
    said = said if len(said) <= SHOWN else said[:SHOWN] + "..."
    return MisfitError(f"{where or 'the answer'} is {said}, not {wanted}")
