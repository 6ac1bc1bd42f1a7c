"""Numbers that were typed on the command line, and errors about them."""

import json
import re
from dataclasses import fields
from typing import Any

from langchain_rlm.budget import Budget
from langchain_rlm.errors import InputError

DECIMAL = {"cost", "seconds", "call_seconds", "confirm_above"}
PARTS = tuple(part.name for part in fields(Budget))
SETTING = re.compile(r"^([a-z_]+)=([^:\s]+)")
"""How an error about a setting of `RLM` begins."""


def parse_budget(given: tuple[str, ...]) -> Budget:
    """Read `turns=20,cost=0.5`."""
    values: dict[str, Any] = {}
    for item in (item.strip() for text in given for item in text.split(",")):
        name, equals, value = item.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or name not in PARTS:
            msg = f"--budget {item!r}: use NAME=NUMBER with a name of {', '.join(PARTS)}."
            raise InputError(msg)
        kind, text = float if name in DECIMAL else int, value.strip()
        values[name] = None if text.lower() == "none" else number(f"--budget {name}", text, kind, between="=")
    return Budget(**values)


def parse_json(option: str, text: str | None) -> Any:
    """Read a setting from JSON; `RLM` checks it."""
    try:
        return None if text is None else json.loads(text)
    except ValueError as error:
        msg = f"{option} {text!r:.100}: this is not JSON ({error})."
        raise InputError(msg) from None


def number(option: str, text: str | None, kind: type[float], *, between: str = " ") -> Any:
    """Read a number; None where nothing was typed."""
    try:
        return None if text is None else kind(text)
    except ValueError:
        msg = f"{option}{between}{text}: {text!r} is not a {'whole number' if kind is int else 'number'}."
        raise InputError(msg) from None


def as_typed(error: InputError) -> InputError:
    """Make an error about a setting of `RLM` one about the option that was typed."""
    return InputError(SETTING.sub(_option, str(error)))


def _option(setting: re.Match[str]) -> str:
    option, value = f"--{setting[1].replace('_', '-')}", setting[2]
    return option if value == "True" else f"{option} {value}"
