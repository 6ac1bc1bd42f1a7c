"""What went wrong with a model call: one classification for every provider.

Providers differ in status, code and wording, and client libraries hide some of it; so code, type, body and text are all
looked at. The bodies behind the patterns are the providers' documented or reported ones (see tests).
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from langchain_core.exceptions import ContextOverflowError

from langchain_rlm.errors import is_of_host
from langchain_rlm.models.stalls import GivenUpError
from langchain_rlm.surrogates import encodable

Kind = Literal[
    "overflow", "rate_limit", "too_large", "authentication", "quota", "server", "malformed", "refused", "cut_off",
    "empty", "timeout", "not_found", "host", "invalid",
]  # fmt: skip

SENT: frozenset[Kind] = frozenset({"refused", "malformed", "cut_off", "empty", "timeout"})
"""The model may have read what it was sent."""
UNUSABLE: frozenset[Kind] = frozenset({"authentication", "not_found"})
"""When each call of a model fails so, it cannot be used at all."""
RETRYABLE: frozenset[Kind] = frozenset({"rate_limit", "server", "malformed", "empty", "timeout", "host"})


def _any(*said: str) -> re.Pattern[str]:
    return re.compile("|".join(said), re.IGNORECASE)


_OVERFLOW = _any(
    r"context_length_exceeded|exceed_context_size_error|ContextWindowExceeded|request_too_large|tokens_limit_reached",
    r"string_above_max_length|max(?:imum)? context length|context window|available context size|maximum prompt length",
    r"model'?s? context length|(?:prompt|input) is too long|prompt too long|longer than the max(?:imum)? model length",
    r"input length and .?max_tokens|input length (?:exceeds|should be)|input token count .* exceeds",
    r"input tokens exceed|too many input tokens|tokens in the prompt cannot exceed|prompt token count .* exceeds",
    r"exceeded? model (?:token limit|maximum)|`inputs` tokens|expected maxLength|max_tokens must be at least 1, got -",
)
_TOO_LARGE = _any("Request too large")
_QUOTA = _any(
    r"insufficient_quota|exceeded your current quota|billing|credit balance|insufficient (?:balance|credits)",
    r"API usage limits|key limit exceeded|spend(?:ing)? limit|budget_exceeded|budget has been exceeded",
    r"service ?quota ?exceeded|exceeds the service quota|have any credits|call volume quota",
)
_DAILY = _any(r"quotaId\W+\w+PerDay", "tokens per day, please wait")
"""A limit by the day. Gemini names a delay of seconds even then."""
_SAID: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_any("content.?filter", "content management policy", "content.?policy",
          "input was flagged", "flagged as potentially", "Content Exists Risk"), "refused"),
    (_any("rate.?limit", "too ?many ?requests", "throttl(?:ing|ed)", "slow down", "RESOURCE_EXHAUSTED",
          "exceeded (?:token|call) rate"), "rate_limit"),
    (_any("API_KEY_INVALID", "(?:in(?:valid|correct)[ _]|expired )API[ _]key", "API key (?:not valid|expired)",
          "authentication_error", "ExpiredToken", "UnrecognizedClient", "InvalidSignature", "AccessDenied",
          "security token included in the request"), "authentication"),
    (_any("model_not_found", "not_found_error", r"model \S+ (?:does not exist|is not found|not found)",
          "Model Not Exist", "not a valid model", "invalid[ _]model", "model identifier is invalid", "ResourceNotFound",
          "model_decommissioned", "model_not_supported", "on-demand throughput isn.t supported"), "not_found"),
    (_any("ModelTimeout", "timeout_error"), "timeout"),
    (_any("ServiceUnavailable", "ModelNotReady", "InternalServer", "ModelStreamError", "ModelErrorException",
          "overloaded_error", "internal_server_error"), "server"),
    (_any("ValidationException"), "invalid"),
)  # fmt: skip
"""Providers' codes and sentences; the first that is found decides, before the status: some send these with any."""
_TYPES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_any("Credential|Authentication|PermissionDenied|Token(?:Retrieval|Load)|Unauthorized"), "authentication"),
    (_any("^(?:Unsupported|Local)Protocol|^TooManyRedirects|^InvalidURL|^ParamValidation"), "invalid"),
    (_any("ModelNotFoundError$|^NotFoundError$"), "not_found"),
    (_any("RateLimit"), "rate_limit"),
    (_any("BudgetExceeded"), "quota"),
    (_any("ContextWindowExceeded|ContextOverflow"), "overflow"),
    (_any("Refusal"), "refused"),
    (_any("timeout|timed ?out"), "timeout"),
    (_any("connect|protocol|remote|network|transport|stream|incomplete|payload|^HTTPClientError$|^OSError$"), "server"),
    (_any("^(?:Response|API|ModelAPI|InternalServer|ServiceUnavailable)Error$"), "server"),
    (_any("^(?:DecodingError|IndexError|TypeError|KeyError|AttributeError|ValueError)$"), "malformed"),
)
"""Names of exceptions: of the clients' own, and of what they stumble over."""
_BROKEN = "aiohttp.http_exceptions"
"""What is said there of a reply that breaks off has a code of its own, which is no status."""
_SERVER_STATUS = 500
_ERRORS = range(400, 600)
_STATUS: dict[int, Kind] = {
    401: "authentication", 402: "quota", 403: "authentication", 404: "not_found", 405: "not_found", 408: "timeout",
    409: "server", 410: "not_found", 413: "overflow", 424: "server", 425: "server", 429: "rate_limit", 498: "server",
    499: "server",
}  # fmt: skip
_NUMBER = r"(\d+(?:\.\d+)?)"
_RETRY_DELAY = re.compile(rf"retryDelay\W+{_NUMBER}s")
_LIMIT = re.compile(
    r"(?:maximum (?:context|prompt) length(?: is|:)|maximum model length of|configured limit of|\d(?: tokens)? >"
    r"|allowed \(|n_ctx\D{1,4}|\(TPM\): Limit|Max input tokens:|must be <=|prompt cannot exceed|token limit:"
    r"|exceeds the limit of|context length \()\s*(\d[\d,]*)|with (\d+) maximum context length"
)
_WAIT = re.compile(rf"(?:retry|try again|wait)(?: after| in| for)? {_NUMBER} (seconds?|minutes?)", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """One failed call."""

    kind: Kind
    message: str
    """One line for a person or a root model; no headers, no key."""
    retry_after: float | None = None
    """Seconds that the provider asked to wait."""
    limit: int | None = None
    """Tokens that the provider said fit."""
    is_final: bool = False
    """Asking again might help, but not within this run."""
    is_given_up: bool = False
    """No answer came, and the client did not give up itself."""
    host: str = ""
    """Host and port that nothing answered from."""

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
    """Say what kind of failure an exception from a chat model is; `secrets` are struck out of what was said."""
    if isinstance(error, ModelCallError):
        return error.failure
    if isinstance(error, GivenUpError):
        return Failure("timeout", str(error), is_given_up=True)
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
    if (of_host := any(map(is_of_host, _chain(error)))) or _TOO_LARGE.search(text):
        return "host" if of_host else "too_large"
    if isinstance(error, ContextOverflowError) or _OVERFLOW.search(text):
        return "overflow"
    if _DAILY.search(text) or (_QUOTA.search(text) and ("insufficient_quota" in text or not _RETRY_DELAY.search(text))):
        return "quota"
    if said := next((kind for pattern, kind in _SAID if pattern.search(text)), None):
        return said
    if status is None:
        return _kind_of_type(error)
    return _STATUS.get(status, "server" if status >= _SERVER_STATUS else "invalid")


def _kind_of_type(error: BaseException) -> Kind:
    names = (one.__name__ for link in _chain(error) for one in type(link).__mro__)
    return next((kind for name in names for pattern, kind in _TYPES if pattern.search(name)), "invalid")


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
        yield _sent(link)


def _sent(error: BaseException) -> str:
    """The body of the response that an exception of an HTTP client holds."""
    try:
        text = getattr(getattr(error, "response", None), "text", "")
    except RuntimeError:  # httpx: it was not read
        return ""
    return text if isinstance(text, str) else ""


def _responses(error: BaseException) -> Iterator[tuple[BaseException, Any, dict[str, Any]]]:
    """The exceptions with their responses; botocore's is a dict with metadata."""
    for link in _chain(error):
        response = getattr(link, "response", None)
        yield link, response, response.get("ResponseMetadata") or {} if isinstance(response, dict) else {}


def _status(error: BaseException) -> int | None:
    for link, response, metadata in _responses(error):
        if type(link).__module__ == _BROKEN:
            continue
        own = (getattr(link, name, None) for name in ("status_code", "code", "status"))
        codes = getattr(response, "status_code", None), metadata.get("HTTPStatusCode"), _given(link).get("code")
        for value in (*own, *codes):
            number = int(value) if isinstance(value, str) and value.isdecimal() else value
            if number in _ERRORS:
                return number
    return None


def _given(error: BaseException) -> dict[str, Any]:
    """The error object that a provider sent with status 200, as langchain-openai raises it."""
    given = error.args[0] if error.args else None
    return given if isinstance(given, dict) else {}


def _message(error: BaseException, secrets: Iterable[str]) -> str:
    text = str(_said(getattr(error, "body", None) or _given(error) or _sent(error)) or error or type(error).__name__)
    text = " ".join(_without(secrets, text).split())
    if "<html" in text.lower():
        text = "the provider answered with an HTML page instead of JSON"
    return encodable(f"{type(error).__name__}: {text[:300]}")


def _said(body: Any) -> Any:
    """The message in a body, wherever its provider puts it."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return None
    inner = body.get("error", body) if isinstance(body, dict) else None
    return inner.get("message") or inner.get("detail") if isinstance(inner, dict) else inner


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
    for _, response, metadata in _responses(error):
        headers = getattr(response, "headers", None) or metadata.get("HTTPHeaders") or {}
        for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
            seconds = _seconds(headers.get(name))
            if seconds is not None:
                return seconds * scale
    said = re.search(rf"try again in (?:(\d+)h)?(?:(\d+)m(?!s))?(?:{_NUMBER}(ms|s))?", text)
    if said and any(said.groups()):
        hours, minutes, rest, unit = said.groups()
        last = float(rest or 0) * (0.001 if unit == "ms" else 1.0)
        return int(hours or 0) * 3600 + int(minutes or 0) * 60 + last
    if delay := _RETRY_DELAY.search(text):
        return float(delay[1])
    asked = _WAIT.search(text)
    return float(asked[1]) * (60 if asked[2].startswith("minute") else 1) if asked else None


def _seconds(value: Any) -> float | None:
    """A Retry-After header: seconds or a date (RFC 9110, section 10.2.3)."""
    for read in (float, lambda date: (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()):
        with suppress(ValueError, TypeError):
            seconds = read(value)
            return max(0.0, seconds) if math.isfinite(seconds) else None
    return None


def _limit(text: str) -> int | None:
    said = _LIMIT.search(text)
    return int(next(filter(None, said.groups())).replace(",", "")) if said else None
