"""Structured answers: the final value must fit a schema, and the root model is told where it does not."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from langchain_rlm.errors import InputError
from langchain_rlm.repl.protocol import plain

SHOWN_ERRORS = 8


@dataclass(frozen=True)
class ResponseFormat:
    """The form that an answer must have."""

    adapter: TypeAdapter[Any]

    @classmethod
    def of(cls, kind: Any) -> "ResponseFormat":
        """Take a pydantic model, or any type pydantic can validate."""
        try:
            made = cls(TypeAdapter(kind))
            made.schema()
        except Exception as error:  # pydantic raises several kinds
            why = str(error).partition("\n")[0].partition(". ")[0].rstrip(".")  # the rest is on pydantic's own settings
            msg = f"response_format={kind!r:.100}: pass a pydantic model, or a type that pydantic validates ({why})."
            raise InputError(msg) from error
        return made

    def schema(self) -> str:
        return json.dumps(self.adapter.json_schema(), ensure_ascii=False)

    def validate(self, value: Any) -> Any:
        """An instance made of the value itself, of the JSON in its text, or of its JSON form (dates, strict models)."""
        data = _json_in(value) if isinstance(value, str) else None
        try:
            return self.adapter.validate_python(value)
        except ValidationError as error:
            by_value = error
        try:
            return self.adapter.validate_json(json.dumps(value if data is None else data))
        except ValidationError as by_json:
            raise (by_value if data is None else by_json) from None

    def problem(self, value: Any) -> str | None:
        """What is wrong with a value, in words for the root model; None when it fits."""
        try:
            self.validate(value)
        except ValidationError as error:
            lines = [
                f"- {'.'.join(map(str, found['loc'])) or 'the value'}: {found['msg']}"
                for found in error.errors(include_url=False)[:SHOWN_ERRORS]
            ]
            return "The answer does not have the form asked for:\n" + "\n".join(lines) + "\nCall FINAL again."
        return None

    def plain(self, value: Any) -> Any:
        return plain(self.adapter.dump_python(self.validate(value), mode="json", by_alias=True))


def _json_in(text: str) -> Any:
    """The JSON data in a text, with or without a fence; None when the text is not JSON."""
    inner = text.strip()
    if inner.startswith("```"):
        inner = inner.partition("\n")[2].rpartition("```")[0]
    try:
        return plain(json.loads(inner))
    except (ValueError, RecursionError):
        return None
