"""What went wrong with a model call: one classification for every provider.

Providers differ in status, code and wording, and client libraries hide some of it; so code, type, body and text are all
looked at. The bodies behind the patterns are the providers' documented or reported ones (see tests).
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from langchain_core.exceptions import ContextOverflowError

from langchain_rlm.surrogates import encodable

Kind = Literal[
    "overflow", "rate_limit", "too_large", "authentication", "quota", "server", "malformed", "refused", "cut_off",
    "empty", "timeout", "not_found", "invalid",
]  # fmt: skip

SENT: frozenset[Kind] = frozenset({"refused", "malformed", "cut_off", "empty", "timeout"})
"""The model may have read what it was sent."""
UNUSABLE: frozenset[Kind] = frozenset({"authentication", "not_found"})
"""When each call of a model fails so, it cannot be used at all."""
RETRYABLE: frozenset[Kind] = frozenset({"rate_limit", "server", "malformed", "empty", "timeout"})

_OVERFLOW = re.compile(
    r"context_length_exceeded|exceed_context_size_error|maximum context length|context window|available context size"
    r"|prompt is too long|input length and .?max_tokens|input token count .* exceeds|Input tokens exceed"
    r"|ContextWindowExceeded|request_too_large|string_above_max_length|longer than the maximum model length"
    r"|max_tokens must be at least 1, got -",
    re.IGNORECASE,
)
_TOO_LARGE = re.compile(r"Request too large", re.IGNORECASE)
_QUOTA = re.compile(
    r"insufficient_quota|exceeded your current quota|billing|credit balance|insufficient (?:balance|credits)"
    r"|API usage limits",
    re.IGNORECASE,
)
_DAILY = re.compile(r"quotaId\W+\w+PerDay")
"""A limit by the day. Gemini names a delay of seconds even then."""
_SAID: tuple[tuple[re.Pattern[str], Kind], ...] = tuple((re.compile(said, re.IGNORECASE), kind) for said, kind in (
    (r"content_filter|content management policy|content_policy_violation", "refused"),
    (r"input was flagged|flagged as potentially|Content Exists Risk", "refused"),
    (r"API_KEY_INVALID|API key not valid|invalid_api_key|authentication_error", "authentication"),
    (r"model_not_found|not_found_error|model \S+ (?:does not exist|not found)", "not_found"),
))  # fmt: skip
_MALFORMED = (json.JSONDecodeError, IndexError, TypeError, KeyError, ValueError)
_SERVER_STATUS = 500
_LEAST_ERROR = 400
_STATUS: dict[int, Kind] = {
    401: "authentication", 402: "quota", 403: "authentication", 404: "not_found", 408: "timeout",
    413: "overflow",
}  # fmt: skip
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
        is_final: Asking again might help, but not within this run.
        host: Host and port that nothing answered from, when they are known.
    """

    kind: Kind
    message: str
    retry_after: float | None = None
    limit: int | None = None
    is_final: bool = False
    host: str = ""

    @property
    def is_retryable(self) -> bool:
        return self.kind in RETRYABLE and not self.is_final

    def as_dict(self) -> dict[str, Any]:
        return {"type": self.kind, "message": self.message}


class ModelCallError(Exception):
    """A call that failed for good; `failure` says how, `usage` what it cost."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.usage: dict[str, Any] | None = None


def classify(error: BaseException, secrets: Iterable[str] = ()) -> Failure:
    """Say what kind of failure an exception from a chat model is.

    Args:
        error: What a chat model raised.
        secrets: Keys and headers of the model, struck out of what its provider said.
    """
    if isinstance(error, ModelCallError):
        return error.failure
    text = " ".join(_texts(error))
    status = _status(error)
    kind = _kind(error, text, status)
    limit = _limit(text) if kind in {"overflow", "too_large"} else None
    host = _host(error) if status is None else ""
    return Failure(kind, _message(error, secrets), _retry_after(error, text), limit, host=_without(secrets, host))


def holds_any(error: BaseException, secrets: Iterable[str]) -> bool:
    """Whether an exception, or one it came from, contains one of the secrets."""
    links = [*_chain(error)]
    notes = (note for link in links for note in getattr(link, "__notes__", ()))
    said = " ".join([*_texts(error), *map(repr, links), *map(str, notes)])
    return any(secret in said for secret in secrets)


def _kind(error: BaseException, text: str, status: int | None) -> Kind:
    if _TOO_LARGE.search(text):
        return "too_large"
    if isinstance(error, ContextOverflowError) or _OVERFLOW.search(text):
        return "overflow"
    if _DAILY.search(text) or (_QUOTA.search(text) and ("insufficient_quota" in text or not _RETRY_DELAY.search(text))):
        return "quota"
    for pattern, kind in _SAID:
        if pattern.search(text):
            return kind
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
        values = (getattr(getattr(link, "response", None), "status_code", None), _given(link).get("code"))
        for value in values:
            if isinstance(value, int) and value >= _LEAST_ERROR:
                return value
    return None


def _given(error: BaseException) -> dict[str, Any]:
    """The error object that a provider sent with status 200, as langchain-openai raises it."""
    given = error.args[0] if error.args else None
    return given if isinstance(given, dict) else {}


def _message(error: BaseException, secrets: Iterable[str]) -> str:
    body = getattr(error, "body", None) or _given(error)
    inner = body.get("error", body) if isinstance(body, dict) else None
    said = inner.get("message") if isinstance(inner, dict) else None
    text = str(said or error or type(error).__name__)
    text = " ".join(_without(secrets, text).split())
    if "<html" in text.lower():
        text = "the provider answered with an HTML page instead of JSON"
    return encodable(f"{type(error).__name__}: {text[:300]}")


def _without(secrets: Iterable[str], text: str) -> str:
    struck = "|".join(map(re.escape, secrets))
    return re.sub(struck, "[secret]", text) if struck else text


def _host(error: BaseException) -> str:
    """Host and port that a request went to; nothing else of its address, which may hold a key."""
    for link in _chain(error):
        try:
            url = getattr(getattr(link, "request", None), "url", None)
        except RuntimeError:  # httpx has no request to show
            continue
        if url is not None:
            return urlsplit(str(url)).netloc.rpartition("@")[2]
    return ""


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
        seconds = float(value)
    except ValueError:
        pass
    else:
        return max(0.0, seconds) if math.isfinite(seconds) else None
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _limit(text: str) -> int | None:
    said = re.search(
        r"(?:maximum context length is|maximum model length of|configured limit of|\d(?: tokens)? >|allowed \("
        r"|n_ctx\D{1,4}|\(TPM\): Limit)\s*(\d[\d,]*)",
        text,
    )
    return int(said[1].replace(",", "")) if said else None
