"""What went wrong with a model call: one classification for every provider.

Providers differ in status, code and wording, and client libraries hide some of it; so code, type, body and text are all
looked at. The bodies behind the patterns are the providers' documented or reported ones (see tests).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from langchain_core.exceptions import ContextOverflowError

Kind = Literal[
    "overflow", "rate_limit", "too_large", "authentication", "quota", "server", "malformed", "refused", "cut_off",
    "empty", "timeout", "invalid",
]  # fmt: skip

RETRYABLE: frozenset[Kind] = frozenset({"rate_limit", "server", "malformed", "empty", "timeout"})

_OVERFLOW = re.compile(
    r"context_length_exceeded|exceed_context_size_error|maximum context length|context window|available context size"
    r"|prompt is too long|input length and .?max_tokens|input token count .* exceeds|Input tokens exceed"
    r"|ContextWindowExceeded|request_too_large",
    re.IGNORECASE,
)
_TOO_LARGE = re.compile(r"Request too large", re.IGNORECASE)
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing|credit balance", re.IGNORECASE)
_MALFORMED = (json.JSONDecodeError, IndexError, TypeError, KeyError, ValueError)
_SERVER_STATUS = 500
_LEAST_ERROR = 400
_STATUS: dict[int, Kind] = {401: "authentication", 403: "authentication", 408: "timeout", 413: "overflow"}
_RETRY_DELAY = re.compile(r"retryDelay\W+([\d.]+)s")
_TIMEOUTS = re.compile(r"timeout|timed out", re.IGNORECASE)
_CONNECTION = re.compile(r"connect|connection|protocol|remote", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """One failed call.

    Args:
        kind: What it was.
        message: One line for a person or a root model; no headers, no key.
        retry_after: Seconds that the provider asked to wait, when it did.
        limit: Tokens that the provider said fit, when it did.
    """

    kind: Kind
    message: str
    retry_after: float | None = None
    limit: int | None = None

    @property
    def is_retryable(self) -> bool:
        return self.kind in RETRYABLE

    def as_dict(self) -> dict[str, Any]:
        return {"type": self.kind, "message": self.message}


class ModelCallError(Exception):
    """A call that failed for good; `failure` says how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def classify(error: BaseException) -> Failure:
    """Say what kind of failure an exception from a chat model is."""
    if isinstance(error, ModelCallError):
        return error.failure
    text = " ".join(_texts(error))
    kind = _kind(error, text, _status(error))
    return Failure(kind, _message(error), _retry_after(error, text), _limit(text) if kind == "overflow" else None)


def _kind(error: BaseException, text: str, status: int | None) -> Kind:
    if _TOO_LARGE.search(text):
        return "too_large"
    if isinstance(error, ContextOverflowError) or _OVERFLOW.search(text):
        return "overflow"
    if _QUOTA.search(text) and ("insufficient_quota" in text or not _RETRY_DELAY.search(text)):
        return "quota"
    return _kind_of_status(status) if status is not None else _kind_of_type(error)


def _kind_of_type(error: BaseException) -> Kind:
    if isinstance(error, TimeoutError) or _TIMEOUTS.search(type(error).__name__):
        return "timeout"
    if _CONNECTION.search(type(error).__name__) or isinstance(error, ConnectionError | OSError):
        return "server"
    return "malformed" if isinstance(error, _MALFORMED) else "invalid"


def _kind_of_status(status: int) -> Kind:
    if status == 429:  # noqa: PLR2004  # RFC 6585, section 4
        return "rate_limit"
    return _STATUS.get(status, "server" if status >= _SERVER_STATUS else "invalid")


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _texts(error: BaseException) -> Iterator[str]:
    for link in _chain(error):
        yield str(link)
        for name in ("code", "type", "body"):
            value = getattr(link, name, None)
            if isinstance(value, str):
                yield value
            elif isinstance(value, dict):
                yield json.dumps(value, default=str)


def _status(error: BaseException) -> int | None:
    for link in _chain(error):
        for name in ("status_code", "code"):
            value = getattr(link, name, None)
            if isinstance(value, int) and value >= _LEAST_ERROR:
                return value
        value = getattr(getattr(link, "response", None), "status_code", None)
        if isinstance(value, int) and value >= _LEAST_ERROR:
            return value
    return None


def _message(error: BaseException) -> str:
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    said = inner.get("message") if isinstance(inner, dict) else None
    text = " ".join(str(said or error or type(error).__name__).split())
    if "<html" in text.lower():
        text = "the provider answered with an HTML page instead of JSON"
    return f"{type(error).__name__}: {text[:300]}"


def _retry_after(error: BaseException, text: str) -> float | None:
    for link in _chain(error):
        headers = getattr(getattr(link, "response", None), "headers", None) or {}
        for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
            seconds = _seconds(headers.get(name))
            if seconds is not None:
                return seconds * scale
    said = re.search(r"try again in (?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)(ms|s))?", text)
    if said and any(said.groups()):
        hours, minutes, rest, unit = said.groups()
        last = float(rest or 0) * (0.001 if unit == "ms" else 1.0)
        return int(hours or 0) * 3600 + int(minutes or 0) * 60 + last
    delay = _RETRY_DELAY.search(text)
    return float(delay[1]) if delay else None


def _seconds(value: Any) -> float | None:
    """A Retry-After header: seconds or a date (RFC 9110, section 10.2.3)."""
    if not isinstance(value, str):
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _limit(text: str) -> int | None:
    said = re.search(
        r"(?:maximum context length is|configured limit of|\d(?: tokens)? >|allowed \(|n_ctx\D{1,4})\s*(\d[\d,]*)", text
    )
    return int(said[1].replace(",", "")) if said else None
