"""Tokens of a call by kind: as its provider counted them, or estimated, and what estimates learn from counts."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import BaseMessage

from langchain_rlm.context.formats import estimate_tokens, least_tokens

MOST = 2**53 - 1
"""The largest count that is believed: every reader of JSON keeps it."""
PRIOR = 1_000
"""Estimated tokens that count as right before anything is learnt: one short prompt proves little."""
MOST_FOR_ONE, MOST_UNSEEN = 16, 100_000
"""Tokens of a prompt that are believed: for each estimated one, and beside it (a gateway's own instructions)."""
MOST_OUTPUT = 1_000_000
"""Tokens of an answer that are believed."""
IMAGE_TOKENS = 1_600
"""What is set aside for a picture. Those of 1,500 pixels cost 258 (Gemini) to about 1,600 (Anthropic) tokens."""
LEAST_RATIO, MOST_RATIO = 0.25, 4.0
_IN_ERRORS = (
    r'"(?:input_tokens|prompt_tokens|inputTokens)": *(\d+)',
    r'"(?:output_t|completion_t|outputT)okens": *(\d+)',
)
"""Counts as OpenAI, Anthropic and Amazon name them, in JSON."""


@dataclass(frozen=True)
class Tokens:
    """Tokens of a call. Those of a kind are among those of its side."""

    input: int
    output: int
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    """Kept for an hour, which costs more; not among `cache_write`."""
    audio_input: int = 0
    reasoning: int = 0
    audio_output: int = 0


def tokens_of(reported: Any, sent: int, said: str) -> tuple[Tokens, bool]:
    """The tokens of a call, and whether its provider counted them: `reported` is LangChain's `usage_metadata`.

    `sent` are estimated tokens of the prompt, `said` is what the model wrote.
    """
    given = reported if isinstance(reported, Mapping) else {}
    into, out = _count(given.get("input_tokens")), _count(given.get("output_tokens"))
    if into and into > sent * MOST_FOR_ONE + MOST_UNSEEN:
        into = None
    if out is not None and (out > MOST_OUTPUT or out * 8 < least_tokens(said) or (not out and said.strip())):
        out = None
    if not into or out is None:
        return Tokens(into or sent, out or estimate_tokens(said)), False
    read, hour = _detail(given, "input", "cache_read"), _detail(given, "input", "ephemeral_1h_input_tokens")
    short, wrote = (_detail(given, "input", kind) for kind in ("ephemeral_5m_input_tokens", "cache_creation"))
    wrote = max(short, wrote - hour)
    audio, spoken = _detail(given, "input", "audio"), _detail(given, "output", "audio")
    reasoning, cached = _detail(given, "output", "reasoning"), read + wrote + hour
    left_out = max(0, (_count(given.get("total_tokens")) or 0) - into - out)
    if reasoning > out or (reasoning and left_out in {reasoning, reasoning + cached}):
        out, left_out = out + reasoning, left_out - reasoning
    if cached and (cached > into or left_out == cached):  # some count them apart from the rest of the prompt
        into += cached
    elif left_out > 0 and abs(into + left_out - sent) < abs(into - sent):
        into += left_out
    audio, spoken = min(audio, into - cached), min(spoken, out - reasoning)
    return Tokens(into, out, read, wrote, hour, audio, reasoning, spoken), True


def image_tokens(messages: Sequence[BaseMessage]) -> int:
    """Tokens of the pictures in a conversation, at the most."""
    blocks = (block for message in messages if isinstance(message.content, list) for block in message.content)
    return IMAGE_TOKENS * sum(1 for block in blocks if isinstance(block, dict) and block.get("type") == "image")


def _detail(given: Mapping[str, Any], side: str, kind: str) -> int:
    """Tokens of a kind. OpenAI puts the service tier before its name: `flex_cache_read`."""
    details = given.get(f"{side}_token_details")
    found = details.items() if isinstance(details, Mapping) else ()
    return sum(_count(value) or 0 for name, value in found if f"_{name}".endswith(f"_{kind}"))


def _count(value: Any) -> int | None:
    """A whole number, 0 or more; None for anything else, NaN too."""
    is_one = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST
    return int(value) if is_one else None


def reported_in(error: BaseException) -> dict[str, int] | None:
    """The usage that a provider sent with an error, under LangChain's names; None where there is none."""
    for link in (error, error.__cause__, error.__context__):
        response = getattr(link, "response", None)
        with suppress(Exception):  # the response was not read, or this is no data: each client has its own error
            said = json.dumps([response, getattr(link, "body", None), *getattr(link, "args", ())], default=str)
            into, out = (re.findall(names, f"{said} {getattr(response, 'text', '')}") for names in _IN_ERRORS)
            if into:
                return {"input_tokens": int(into[0]), "output_tokens": int((out or [0])[0])}
    return None


@dataclass
class Estimates:
    """How many tokens prompts have, by model: an estimate by characters, put right by what providers counted."""

    _seen: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Estimated and counted tokens."""

    def ratio(self, model: str) -> float:
        """Counted tokens for one that was estimated, from 0.25 to 4."""
        estimated, counted = self._seen.get(model, (0.0, 0.0))
        return (PRIOR + counted) / (PRIOR + estimated)

    def tokens(self, model: str, estimated: int) -> int:
        """An estimate as the model's provider would probably count it."""
        return math.ceil(estimated * self.ratio(model))

    def learn(self, model: str, estimated: int, counted: int) -> None:
        """Take in a count. One far below the estimate is of something else than the whole prompt, and is left aside."""
        if estimated > 0 and counted >= estimated * LEAST_RATIO:
            before = self._seen.get(model, (0.0, 0.0))
            self._seen[model] = before[0] + estimated, before[1] + min(counted, estimated * MOST_RATIO)
