"""The form that an answer must have: a JSON schema, or a short one such as `{"name": str}`, `[int]`, `["yes", "no"]`.

Slips that leave no doubt are mended (a number in quotes, a list in an object of its own), all else is told.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from langchain_rlm.repl.typed.labels import Labels
from langchain_rlm.repl.written_data import data_in

DEEPEST = 20
"""How deep a form may be nested, references counted."""
SHOWN = 120
"""Characters of a value that an error shows."""
_KINDS = {
    "str": "string", "string": "string", "text": "string", "date": "string", "int": "integer", "integer": "integer",
    "float": "number", "number": "number", "bool": "boolean", "boolean": "boolean", "list": "array", "array": "array",
    "dict": "object", "object": "object", "none": "null", "nonetype": "null", "null": "null", "any": "", "object()": "",
}  # fmt: skip
_SAID = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "array": "list",
    "object": "object", "null": "null",
}  # fmt: skip
_WORDS = {"yes": True, "true": True, "no": False, "false": False}
_SCHEMA_KEYS = frozenset({"type", "properties", "items", "enum", "const", "anyOf", "oneOf", "allOf", "$ref"})
_CLASS = re.compile(r"<class '(?:\w+\.)*(\w+)'>|typing\.")
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w.]*\d)")


class FormError(ValueError):
    """A schema that cannot be used; the message tells the code why."""


class MisfitError(ValueError):
    """An answer does not have the form; the message tells the model why."""


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
        if isinstance(given, dict) and _is_schema(given):
            _Fit(given).check(given)
            return cls(given, f"the form of this JSON schema: {json.dumps(given, ensure_ascii=False)}")
        schema = _schema(given, DEEPEST)
        return cls(schema, f"this form: {_shown(schema)}")

    def read(self, text: str) -> Any:
        """The data that an answer holds.

        Raises:
            MisfitError: It holds no data of this form.
        """
        problem = ""
        for value in (*data_in(text), text.strip().strip("`").strip()):
            try:
                return _Fit(self.schema).fitted(value, self.schema)
            except MisfitError as error:
                problem = problem or str(error)
        raise MisfitError(problem)


def _is_schema(given: Mapping[str, Any]) -> bool:
    """Whether a dict is a JSON schema, and not itself the short form of an object."""
    kind = given.get("type")
    of_kind = kind in _SAID or (isinstance(kind, list) and all(one in _SAID for one in kind))
    return (of_kind and ("type" not in given or len(given) > 1 or kind in _SAID)) or any(
        isinstance(given.get(key), of)
        for key, of in (("properties", dict), ("enum", list), ("anyOf", list), ("oneOf", list), ("$ref", str))
    )


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
    return f"<{_SAID.get(schema.get('type', ''), 'any value')}>"


@dataclass(frozen=True)
class _Fit:
    """Fits values to the parts of one schema."""

    root: Mapping[str, Any]

    def check(self, schema: Any, room: int = DEEPEST) -> None:
        """Refuse what is no JSON schema."""
        if not isinstance(schema, dict) or not room:
            msg = f"schema: {schema!r:.80} is no JSON schema."
            raise FormError(msg)
        kinds = schema.get("type", [])
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if kind not in _SAID:
                msg = f"schema: {kind!r:.80} is no type of JSON schema. Known: {', '.join(_SAID)}."
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
        fit = _FITS.get(kinds or "")
        if fit is None:
            return value
        if isinstance(value, dict) and len(value) == 1 and kinds != "object":
            (value,) = value.values()  # an object of its own around it
        return self._limited(fit(self, value, schema, where, room), schema, where)

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

    def _string(self, value: Any, _: Mapping[str, Any], where: str, __: int) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _misfit(where, value, "text")
        return value if isinstance(value, str) else str(value)

    def _number(self, value: Any, schema: Mapping[str, Any], where: str, _: int) -> Any:
        whole = schema["type"] == "integer"
        if isinstance(value, str):
            found = _NUMBER.findall(value)
            value = float(found[0].replace(",", "")) if len(found) == 1 else value
        if isinstance(value, bool) or not isinstance(value, int | float) or (whole and value != value // 1):
            raise _misfit(where, value, "a whole number" if whole else "a number")
        return int(value) if whole or (isinstance(value, float) and value.is_integer()) else value

    def _boolean(self, value: Any, _: Mapping[str, Any], where: str, __: int) -> Any:
        word = re.match(r"\W*(\w+)", value) if isinstance(value, str) else None
        value = _WORDS.get(word[1].lower(), value) if word else value
        if not isinstance(value, bool):
            raise _misfit(where, value, "true or false")
        return value

    def _null(self, value: Any, _: Mapping[str, Any], where: str, __: int) -> Any:
        if value is not None and str(value).strip().lower() not in {"null", "none", "n/a", ""}:
            raise _misfit(where, value, "null")

    @staticmethod
    def _limited(value: Any, schema: Mapping[str, Any], where: str) -> Any:
        """A value within the limits that the schema sets."""
        size = len(value) if isinstance(value, str | list) else None
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        for name, of, broken in (
            ("minimum", number, lambda limit: number < limit), ("maximum", number, lambda limit: number > limit),
            ("minLength", size, lambda limit: size < limit), ("maxLength", size, lambda limit: size > limit),
            ("minItems", size, lambda limit: size < limit), ("maxItems", size, lambda limit: size > limit),
        ):  # fmt: skip
            limit = schema.get(name)
            if of is not None and isinstance(limit, int | float) and broken(limit):
                raise _misfit(where, value, f"as `{name}` {limit} wants it")
        return value


_FITS: Mapping[str, Callable[..., Any]] = {
    "object": _Fit._object, "array": _Fit._array, "string": _Fit._string, "integer": _Fit._number,
    "number": _Fit._number, "boolean": _Fit._boolean, "null": _Fit._null,
}  # fmt: skip


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
