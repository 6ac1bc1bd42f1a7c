"""What providers refuse or cut: context windows, output caps, rates."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.server.bodies import INPUT_LIMIT_DIALECTS, OVERFLOW, Overflow, rate_limited, too_large
from tests.server.config import ModelConfig
from tests.server.outcome import Outcome, text_of, tokens

Messages = Sequence[Mapping[str, Any]]


def overflow(model: ModelConfig, prompt: int, completion: int | None) -> Outcome | None:
    """The refusal of a prompt of `prompt` tokens, or None when it fits."""
    if model.window is None or model.dialect not in OVERFLOW:
        return None
    numbers = Overflow(model.window, prompt, None if model.dialect in INPUT_LIMIT_DIALECTS else completion)
    if numbers.total <= model.window:
        return None
    return Outcome(status=400, body=OVERFLOW[model.dialect](numbers), fault="window")


def truncate(messages: Messages, window: int) -> Messages:
    """The end of a conversation that fits into `window` tokens, system messages kept: what Ollama does silently."""
    left = window * 4 - sum(len(text_of(each)) for each in messages if each.get("role") == "system")
    kept: list[Mapping[str, Any]] = []
    for message in reversed(messages):
        if message.get("role") == "system":
            kept.append(message)
        elif left > 0:
            text = text_of(message)[-left:]
            left -= len(text)
            kept.append({**message, "content": text})
    return kept[::-1]


def cut(outcome: Outcome, model: ModelConfig, requested: int | None) -> Outcome:
    """The outcome within the model's and the request's output limits, in tokens."""
    limits = [limit for limit in (model.max_output, requested) if limit is not None]
    if not limits or outcome.body is not None or not outcome.content or tokens(len(outcome.content)) <= min(limits):
        return outcome
    return replace(outcome, content=outcome.content[: min(limits) * 4], finish_reason="length")


def duration(seconds: float) -> str:
    """As in the x-ratelimit-reset headers: "12ms", "1.5s", "6m0s"."""
    if seconds < 1:
        return f"{math.ceil(seconds * 1000)}ms"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f}m{int(rest)}s" if minutes else f"{int(rest * 1000) / 1000:g}s"


def retry_headers(seconds: float) -> dict[str, str]:
    return {"retry-after": str(math.ceil(seconds)), "retry-after-ms": str(math.ceil(seconds * 1000))}


class Bucket:
    """An allowance per minute that refills steadily, as OpenAI's do."""

    def __init__(self, limit: int, now: float) -> None:
        self.limit = limit
        self.level = float(limit)
        self.at = now

    def wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` is there."""
        self.level = min(self.limit, self.level + (now - self.at) * self.limit / 60)
        self.at = now
        return max(0.0, (amount - self.level) * 60 / self.limit)

    def headers(self, unit: str) -> dict[str, str]:
        return {
            f"x-ratelimit-limit-{unit}": str(self.limit),
            f"x-ratelimit-remaining-{unit}": str(int(self.level)),
            f"x-ratelimit-reset-{unit}": duration((self.limit - self.level) * 60 / self.limit),
        }


class RateLimit:
    """The requests and tokens per minute of one model. A refused request costs nothing."""

    def __init__(self, name: str, model: ModelConfig, now: float) -> None:
        self.name = name
        self.dialect = model.dialect
        limits = (("requests", model.rpm), ("tokens", model.tpm))
        self.buckets = {unit: Bucket(limit, now) for unit, limit in limits if limit is not None}

    def headers(self) -> dict[str, str]:
        return {name: value for unit, bucket in self.buckets.items() for name, value in bucket.headers(unit).items()}

    def take(self, size: int, now: float) -> Outcome | None:
        """Count a request of `size` tokens in, or say how it is refused."""
        amounts = {"requests": 1, "tokens": size}
        for unit, bucket in self.buckets.items():
            if amounts[unit] > bucket.limit:
                body = too_large(self.name, bucket.limit, amounts[unit])
                return Outcome(status=429, body=body, headers=self.headers(), fault="too_large_tpm")
            wait = bucket.wait(amounts[unit], now)
            if wait > 0:
                body = rate_limited(self.name, unit, bucket.limit, amounts[unit], wait=wait, dialect=self.dialect)
                headers = self.headers() | retry_headers(wait)
                return Outcome(status=429, body=body, headers=headers, fault="rate_limit")
        for unit, bucket in self.buckets.items():
            bucket.level -= amounts[unit]
        return None
