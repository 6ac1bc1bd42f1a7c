"""Structured answers: the final value must fit a schema, and the root model is told where it does not."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from langchain_rlm.errors import InputError
from langchain_rlm.repl.protocol import plain
from langchain_rlm.repl.written_data import data_in

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
        try:
            return self.adapter.validate_python(value)
        except ValidationError as error:
            problem = error
        for data in data_in(value) if isinstance(value, str) else [value]:
            try:
                return self.adapter.validate_json(json.dumps(data))
            except ValidationError as error:
                problem = error if isinstance(value, str) else problem
        raise problem

    def problem(self, value: Any, remedy: str = "Call FINAL again.") -> str | None:
        """What is wrong with a value, and the remedy, in words for the model; None when it fits."""
        try:
            self.validate(value)
        except ValidationError as error:
            lines = [
                f"- {'.'.join(map(str, found['loc'])) or 'the value'}: {found['msg']}"
                for found in error.errors(include_url=False)[:SHOWN_ERRORS]
            ]
            return "The answer does not have the form asked for:\n" + "\n".join([*lines, remedy])
        return None

    def plain(self, value: Any) -> Any:
        return plain(self.adapter.dump_python(self.validate(value), mode="json", by_alias=True))
