"""What goes wrong: which requests it hits, and what it makes of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from tests.server import bodies
from tests.server.config import Fault, ModelConfig
from tests.server.limits import retry_headers
from tests.server.outcome import Outcome, last_user_text, text_of

Messages = Sequence[Mapping[str, Any]]
FOREVER = 3600.0


def prompt_key(messages: Messages) -> str:
    digest = blake2b(digest_size=16)
    for message in messages:
        digest.update(f"{message.get('role')}\0{text_of(message)}\0".encode(errors="surrogatepass"))
    return digest.hexdigest()


def draw(*parts: object) -> float:
    """A number in [0, 1) that depends on `parts` only: not on the order of requests, not on the process."""
    digest = blake2b("\0".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def hits(fault: Fault, prompt: str, attempt: int) -> bool:
    if fault.first is not None:
        return attempt < fault.first and (fault.rate is None or draw(fault.seed, fault.kind, prompt) < fault.rate)
    return fault.rate is None or draw(fault.seed, fault.kind, prompt, attempt) < fault.rate


def pick(model: ModelConfig, messages: Messages, prompt: str, attempt: int) -> Fault | None:
    """The first of the model's faults that hits the `attempt`-th try (from 0) of this prompt."""
    text = last_user_text(messages)
    return next(
        (
            fault
            for fault in model.faults
            if (fault.match is None or fault.match.search(text)) and hits(fault, prompt, attempt)
        ),
        None,
    )


def instead(fault: Fault, model: ModelConfig, name: str, size: int) -> Outcome | None:
    """What is sent instead of an answer, or None for a fault that spoils an answer. `size` is the request's tokens."""
    errors: dict[str, tuple[int, bodies.Body]] = {
        "401": (401, bodies.unauthorized("test")),
        "auth": (401, bodies.unauthorized("test")),
        "404": (404, bodies.model_not_found(name)),
        "413": (413, bodies.html("413 Request Entity Too Large")),
        "429": (429, bodies.rate_limited(name, "requests", 500, 1, wait=fault.retry_after, dialect=model.dialect)),
        "quota": (429, bodies.QUOTA),
        "too_large_tpm": (429, bodies.too_large(name, model.tpm or max(1, size // 2), size)),
        "500": (500, bodies.SERVER_ERROR),
        "502": (502, bodies.html("502 Bad Gateway")),
        "503": (503, bodies.UNAVAILABLE),
        "529": (529, bodies.OVERLOADED),
        "html": (502, bodies.html("502 Bad Gateway")),
        "error_in_200": (200, bodies.ERROR_IN_200),
    }
    if fault.kind not in errors:
        return None
    status, body = errors[fault.kind]
    headers = retry_headers(fault.retry_after) if fault.kind == "429" else {}
    return Outcome(status=fault.status or status, body=body, headers=headers, delay=fault.delay, fault=fault.kind)


def cut_off(outcome: Outcome) -> Outcome:
    content = outcome.content or ""
    return replace(outcome, content=content[: len(content) // 2], finish_reason="length")


SPOIL: dict[str, Callable[[Outcome], Outcome]] = {
    "empty": lambda outcome: replace(outcome, content=""),
    "refusal": lambda outcome: replace(outcome, content=None, refusal=bodies.REFUSAL),
    "content_filter": lambda outcome: replace(outcome, content="", finish_reason="content_filter"),
    "cut_off": cut_off,
    "no_usage": lambda outcome: replace(outcome, usage=None),
    "choices_null": lambda outcome: replace(outcome, malformed="choices_null"),
    "choices_empty": lambda outcome: replace(outcome, malformed="choices_empty"),
    "truncated_json": lambda outcome: replace(outcome, malformed="truncated_json"),
    "reset": lambda outcome: replace(outcome, reset=True),
    "stall": lambda outcome: replace(outcome, delay=FOREVER),
}


def spoil(outcome: Outcome, fault: Fault) -> Outcome:
    spoiled = SPOIL[fault.kind](outcome)
    return replace(spoiled, delay=fault.delay or spoiled.delay, fault=fault.kind)
