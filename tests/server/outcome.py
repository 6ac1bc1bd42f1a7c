"""What happens to one request: a completion, an error body or a dropped connection."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Usage = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A completion when `body` is None; else `body` is sent as it is (a str as HTML, anything else as JSON)."""

    content: str | None = ""
    finish_reason: str = "stop"
    logprobs: Mapping[str, float] | None = None
    """The likeliest first tokens; sent whether they were asked for or not."""
    refusal: str | None = None
    tool_calls: Sequence[Mapping[str, Any]] = ()
    usage: Usage | Literal["counted"] | None = "counted"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    delay: float = 0.0
    reset: bool = False
    malformed: Literal["", "choices_null", "choices_empty", "truncated_json"] = ""
    fault: str = ""


def tokens(characters: int) -> int:
    return math.ceil(characters / 4)


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message, whose content is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(part.get("text", "") for part in parts if isinstance(part, dict))


def last_user_text(messages: Sequence[Mapping[str, Any]]) -> str:
    return next((text_of(message) for message in reversed(messages) if message.get("role") == "user"), "")


def first_user_text(messages: Sequence[Mapping[str, Any]]) -> str:
    return next((text_of(message) for message in messages if message.get("role") == "user"), "")
