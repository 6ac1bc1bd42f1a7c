"""Checks the settings that users pass: pydantic validates the value, the rule says what to pass instead."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from langchain_rlm.errors import InputError


@dataclass(frozen=True)
class Rule:
    """What a setting must be: of a type that pydantic validates. Values are checked, never converted.

    `instead` says what to pass, for the error.
    """

    kind: Any
    instead: str

    @cached_property
    def _adapter(self) -> "TypeAdapter[Any]":
        return TypeAdapter(self.kind)

    def check(self, name: str, value: Any, *, of: str = "") -> None:
        """Refuse a value that the rule does not allow. The setting belongs to `of`, such as `Budget`."""
        try:
            self._adapter.validate_python(value)
        except ValidationError:
            given = f"{name}={value!r:.100}"
            msg = f"{f'{of}({given})' if of else given}: {self.instead}."
            raise InputError(msg) from None

    def __or__(self, other: None) -> "Rule":
        return Rule(self.kind | None, f"{self.instead}, or None")


COUNT = Rule(Annotated[int, Field(strict=True, gt=0)], "use a whole number above 0")
WHOLE = Rule(Annotated[int, Field(strict=True, ge=0)], "use a whole number, 0 or more")
AMOUNT = Rule(Annotated[float, Field(strict=True, gt=0)], "use a number above 0")
AMOUNT_OR_ZERO = Rule(Annotated[float, Field(strict=True, ge=0)], "use a number, 0 or more")
FLAG = Rule(Annotated[bool, Field(strict=True)], "use True or False")
