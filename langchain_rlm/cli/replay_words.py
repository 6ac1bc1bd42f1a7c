"""How a replay tells in what it differs from the record."""

from collections.abc import Sequence
from typing import Any

from langchain_rlm.repl.protocol import Call

AROUND = 60
"""Characters shown around the first difference."""


def apart(now: str, then: str) -> tuple[str, str]:
    """Two texts as far as their first difference, each quoted around it."""
    pairs = enumerate(zip(now, then, strict=False))
    place = next((index for index, (one, other) in pairs if one != other), min(len(now), len(then)))
    start = max(0, place - AROUND)
    return _clip(now, start, place + AROUND), _clip(then, start, place + AROUND)


def _clip(text: str, start: int, end: int) -> str:
    before, after = "..." if start else "", "..." if end < len(text) else ""
    return repr(f"{before}{text[start:end]}{after}")


def beginning(text: str) -> str:
    """A text quoted as far as a line shows it."""
    return _clip(text, 0, 2 * AROUND)


def asked_words(call: Call) -> str:
    """What a cell asks, in one text."""
    if call.arguments is not None:
        return tool_words(call.prompt, call.arguments)
    texts = [call.context] if isinstance(call.context, str) else call.context or []
    return "\n\n".join([call.prompt, *texts])


def tool_words(name: str, arguments: Sequence[Any]) -> str:
    """The call of a tool as code."""
    args, kwargs = arguments
    return f"{name}({', '.join([*map(repr, args), *(f'{key}={value!r}' for key, value in kwargs.items())])})"
