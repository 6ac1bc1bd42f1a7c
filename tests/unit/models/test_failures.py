"""The bodies that providers answer with, through the real client where it can be, and what each failure is."""

import errno
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import httpx2
import openai
import pytest
from langchain_core.exceptions import ContextOverflowError
from langchain_core.messages import AIMessage
from langchain_openai import ChatOpenAI

from langchain_rlm.models.failures import RETRYABLE, Failure, ModelCallError, classify
from langchain_rlm.models.messages import fault_of

KEY = "sk-proj-abcdef0123456789"
Body = dict[str, Any] | str


def raised(respond: Callable[[httpx2.Request], httpx2.Response]) -> BaseException:
    """What ChatOpenAI raises when its provider answers so."""
    with httpx2.Client(transport=httpx2.MockTransport(respond)) as client:
        model = ChatOpenAI(model="m", api_key=KEY, http_client=client, max_retries=0)  # type: ignore[arg-type]
        with pytest.raises(Exception) as caught:  # noqa: PT011  # each provider has its own
            model.invoke("question")
    return caught.value


def answer(status: int, body: Body, headers: dict[str, str] | None = None) -> BaseException:
    content = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if content.startswith("<") else "application/json"
    return raised(lambda _: httpx2.Response(status, content=content, headers={"content-type": kind, **(headers or {})}))


def openai_error(message: str, code: str | None, kind: str = "invalid_request_error") -> Body:
    return {"error": {"message": message, "type": kind, "param": "messages", "code": code}}


# -- the prompt is too long -------------------------------------------------------------------------------------------

LONG = "context_length_exceeded"
CLASSIC = "This model's maximum context length is 128000 tokens. However, "
GPT_5 = "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 477469 tokens."
RESPONSES = "Your input exceeds the context window of this model. Please adjust your input and try again."
CLAUDE_OUTPUT = (
    "input length and `max_tokens` exceed context limit: 198981 + 21333 > 200000, "
    "decrease input length or `max_tokens` and try again"
)
GEMINI = "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576)."
VLLM = "This model's maximum context length is 6048 tokens. However, you requested 6616 tokens (568 in the messages)."
DEEPSEEK = "This model's maximum context length is 65536 tokens. However, you requested 70000 tokens."
OPENROUTER = (
    "This endpoint's maximum context length is 32768 tokens. However, you requested about 42832 tokens. "
    'Please reduce the length, or use the "middle-out" transform'
)
LLAMA = {
    "code": 400,
    "message": "the request exceeds the available context size. try increasing it or enable context shift",
    "type": "exceed_context_size_error",
    "n_prompt_tokens": 14429,
    "n_ctx": 8192,
}
PROXY = "<html><head><title>413 Request Entity Too Large</title></head><body><h1>413 Too Large</h1></body></html>"


def anthropic_error(kind: str, message: str) -> Body:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


OVERFLOWS: dict[str, tuple[int, Body, int | None]] = {
    "openai chat": (400, openai_error(CLASSIC + "your messages resulted in 204308 tokens.", LONG), 128_000),
    "openai chat, max_tokens": (
        400,
        openai_error(CLASSIC + "you requested 4120 tokens (3120 in the ...", LONG),
        128_000,
    ),
    "gpt-5": (400, openai_error(GPT_5, LONG), 272_000),
    "openai responses": (400, openai_error(RESPONSES, LONG), None),
    "anthropic": (
        400,
        anthropic_error("invalid_request_error", "prompt is too long: 200251 tokens > 200000 maximum"),
        200_000,
    ),
    "anthropic, max_tokens": (400, anthropic_error("invalid_request_error", CLAUDE_OUTPUT), 200_000),
    "anthropic, 32 MB": (413, anthropic_error("request_too_large", "Request exceeds the maximum size"), None),
    "gemini": (400, {"error": {"code": 400, "message": GEMINI, "status": "INVALID_ARGUMENT"}}, 1_048_576),
    "vllm": (400, {"object": "error", "message": VLLM, "type": "BadRequestError", "param": None, "code": 400}, 6_048),
    "deepseek": (400, openai_error(DEEPSEEK, "invalid_request_error"), 65_536),
    "openrouter": (400, {"error": {"code": 400, "message": OPENROUTER}}, 32_768),
    "openrouter, 200": (200, {"error": {"code": 400, "message": OPENROUTER}}, 32_768),
    "llama.cpp": (400, {"error": LLAMA}, 8_192),
    "llama.cpp, 500": (500, {"error": {**LLAMA, "code": 500}}, 8_192),
    "litellm": (400, openai_error("litellm.ContextWindowExceededError: too long", None), None),
    "a proxy, html": (413, PROXY, None),
}


@pytest.mark.parametrize(("status", "body", "limit"), OVERFLOWS.values(), ids=OVERFLOWS)
def test_a_prompt_that_is_too_long_is_an_overflow_with_the_limit_the_provider_said(
    status: int, body: Body, limit: int | None
) -> None:
    failure = classify(answer(status, body))
    assert (failure.kind, failure.limit) == ("overflow", limit)
    assert not failure.is_retryable


def test_langchains_own_overflow_error_is_one() -> None:
    assert classify(ContextOverflowError("too long")).kind == "overflow"


# -- 429 --------------------------------------------------------------------------------------------------------------

TPM = (
    "Rate limit reached for gpt-4.1 in organization org-x on tokens per min (TPM): Limit 30000, Used 28039, "
    "Requested 3906. Please try again in {}. Visit https://platform.openai.com/account/rate-limits to learn more."
)
ANTHROPIC_429 = anthropic_error(
    "rate_limit_error",
    "This request would exceed the rate limit for your organization of 20,000 input tokens per minute.",
)


def rate_limited(body: Body = "{}", headers: dict[str, str] | None = None) -> float | None:
    failure = classify(answer(429, body, headers))
    assert (failure.kind, failure.is_retryable, failure.limit) == ("rate_limit", True, None)
    return failure.retry_after


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("3.89s", 3.89), ("12ms", 0.012), ("6m0s", 360), ("1m26.4s", 86.4), ("1h0m0s", 3600), ("20s", 20),
        ("soon", None), ("...s", None), ("... seconds", None), ("20 seconds", 20),
    ],
)  # fmt: skip
def test_the_wait_is_read_from_openais_text(said: str, seconds: float | None) -> None:
    found = rate_limited(openai_error(TPM.format(said), "rate_limit_exceeded", "tokens"))
    assert found == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"x-ratelimit-reset-tokens": "6m0s"}, None),
    ],
)
def test_the_wait_is_read_from_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert rate_limited(ANTHROPIC_429, headers) == seconds


def test_headers_go_before_the_text() -> None:
    assert rate_limited(openai_error(TPM.format("3s"), "rate_limit_exceeded"), {"retry-after": "8"}) == 8.0


def test_a_body_that_is_nested_too_deeply_to_be_read_is_left_aside() -> None:
    error = ConnectionError("it broke")
    error.body = "[" * 100_000  # type: ignore[attr-defined]  # as clients keep it
    assert classify(error).message == "ConnectionError: it broke"


def test_the_wait_may_be_a_date() -> None:
    soon, past = (format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True) for hours in (5, -5))
    assert 4.9 * 3600 < (rate_limited(ANTHROPIC_429, {"retry-after": soon}) or 0) <= 5 * 3600
    assert rate_limited(ANTHROPIC_429, {"retry-after": past}) == 0.0


def test_geminis_limit_by_the_minute_is_a_rate_limit_although_it_speaks_of_quota() -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []},
               {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "22.5s"}]  # fmt: skip
    message = "You exceeded your current quota, please check your plan and billing details."
    body = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": message, "details": details}}
    assert rate_limited(body) == 22.5


def test_an_empty_account_is_a_quota_and_not_retried() -> None:
    message = "You exceeded your current quota, please check your plan and billing details."
    failure = classify(
        answer(429, openai_error(message, "insufficient_quota", "insufficient_quota"), {"retry-after": "5"})
    )
    assert (failure.kind, failure.is_retryable) == ("quota", False)
    low = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."
    assert classify(answer(400, {"type": "error", "error": {"message": low}})).kind == "quota"


def test_a_request_larger_than_the_limit_by_the_minute_is_never_retried() -> None:
    message = (
        "Request too large for gpt-4.1 in organization org-x on tokens per min (TPM): Limit 30000, Requested 56336. "
        "The input or output tokens must be reduced in order to run successfully."
    )
    failure = classify(answer(429, openai_error(message, "rate_limit_exceeded", "tokens")))
    assert (failure.kind, failure.is_retryable) == ("too_large", False)


# -- other failures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, "authentication") for status in (401, 403)),
        *((status, "invalid") for status in (400, 422)),
        *((status, "not_found") for status in (404, 405, 410)),
        (408, "timeout"),
        *((status, "server") for status in (409, 425, 498, 500, 502, 503, 529)),
    ],
)
@pytest.mark.parametrize("body", ["", "{}", "<html><h1>Bad</h1></html>", '{"error": {"message": "as it was"}}'])
def test_the_status_decides_when_the_body_says_nothing(status: int, body: str, kind: str) -> None:
    failure = classify(answer(status, body))
    assert failure.kind == kind
    assert failure.is_retryable == (kind in {"server", "timeout"})
    assert failure.limit is None


@pytest.mark.parametrize(
    "body", ["<html><body>Welcome</body></html>", '{"choices": [', '{"choices": []}', '{"choices": null}', '"text"', "",
             '{"error": {"message": "overloaded"}}'],
)  # fmt: skip
def test_nonsense_with_status_200_is_malformed_and_retried(body: str) -> None:
    failure = classify(answer(200, body))
    assert (failure.kind, failure.is_retryable) == ("malformed", True)
    assert "<" not in failure.message


@pytest.mark.parametrize(
    "error", [json.JSONDecodeError("Expecting value", "", 0), IndexError("x"), TypeError("x"), KeyError("x")]
)
def test_what_a_client_stumbles_over_is_malformed(error: Exception) -> None:
    assert classify(error).kind == "malformed"


def connection_failure(error: type[Exception]) -> Failure:
    def respond(request: httpx2.Request) -> httpx2.Response:
        message = "as it was"
        raise error(message, request=request)  # type: ignore[call-arg]

    return classify(raised(respond))


def test_a_connection_that_breaks_is_retried() -> None:
    for error in (httpx2.ConnectError, httpx2.ReadError, httpx2.RemoteProtocolError):
        assert (connection_failure(error).kind, connection_failure(error).is_retryable) == ("server", True)
    for slow in (httpx2.ReadTimeout, httpx2.ConnectTimeout):
        assert (connection_failure(slow).kind, connection_failure(slow).is_retryable) == ("timeout", True)
    assert classify(TimeoutError()).kind == "timeout"
    assert classify(ConnectionResetError()).kind == "server"


@pytest.mark.parametrize(
    ("status", "kind"), [(429, "rate_limit"), (503, "server"), (401, "authentication"), (422, "invalid")]
)
def test_a_client_that_raises_plain_httpx_errors_is_read_too(status: int, kind: str) -> None:
    response = httpx.Response(status, headers={"retry-after": "4"}, request=httpx.Request("POST", "http://provider/"))
    with pytest.raises(httpx.HTTPStatusError) as caught:
        response.raise_for_status()
    failure = classify(caught.value)
    assert (failure.kind, failure.retry_after) == (kind, 4.0)


def aws(code: str, message: str = "as it was", status: int | None = None) -> Any:
    from botocore.exceptions import ClientError

    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {"retry-after": "3"}} if status else {}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, "Converse")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ThrottlingException", "rate_limit"), ("throttlingException", "rate_limit"),  # the second in a stream
        ("TooManyRequestsException", "rate_limit"), ("ServiceQuotaExceededException", "quota"),
        ("ServiceUnavailableException", "server"), ("internalServerException", "server"),
        ("modelStreamErrorException", "server"), ("ModelNotReadyException", "server"),
        ("ModelTimeoutException", "timeout"), ("ExpiredTokenException", "authentication"),
        ("UnrecognizedClientException", "authentication"), ("AccessDeniedException", "authentication"),
        ("ResourceNotFoundException", "not_found"), ("ValidationException", "invalid"), ("AsItWas", "invalid"),
    ],
)  # fmt: skip
def test_bedrocks_codes_decide_with_or_without_a_status(code: str, kind: str) -> None:
    assert classify(aws(code)).kind == kind
    assert classify(ValueError(f"Received AWS exception {code}:\n\n{{}}")).kind == (
        "malformed" if code == "AsItWas" else kind
    )


def test_the_status_and_headers_of_botocore_are_read() -> None:
    failure = classify(aws("AsItWas", status=503))
    assert (failure.kind, failure.retry_after) == ("server", 3.0)


def of_type(name: str, *bases: type[Exception]) -> Any:
    return type(name, bases or (Exception,), {})("as it was")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        *((of_type(name), "authentication") for name in ("NoCredentialsError", "ModelAuthenticationError",
            "TokenRetrievalError", "UnauthorizedSSOTokenError", "ModelPermissionDeniedError")),
        *((of_type(name), "server") for name in ("EndpointConnectionError", "ConnectionClosedError", "APIError",
            "ResponseStreamingError", "IncompleteRead", "ClientPayloadError", "ServerDisconnectedError",
            "ModelAPIError", "ResponseError", "HTTPClientError", "ServiceUnavailableError")),
        *((of_type(name), "timeout") for name in ("ReadTimeoutError", "ConnectTimeoutError", "ModelTimeoutError")),
        *((of_type(name), "rate_limit") for name in ("RateLimitError", "ModelRateLimitError")),
        *((of_type(name), "not_found") for name in ("NotFoundError", "ModelNotFoundError")),
        (of_type("ModelRefusalError"), "refused"), (of_type("ContextWindowExceededError"), "overflow"),
        (of_type("BudgetExceededError"), "quota"), (of_type("InternalServerError", RuntimeError), "server"),
        (AttributeError("'NoneType' object has no attribute 'get'"), "malformed"),
        (ModuleNotFoundError("x"), "invalid"),
        (httpx.RemoteProtocolError("peer closed connection without sending complete message body"), "server"),
        (httpx.ReadError("x"), "server"), (httpx.WriteTimeout("x"), "timeout"), (httpx.PoolTimeout("x"), "timeout"),
        (httpx.ProxyError("x"), "server"), (httpx.DecodingError("x"), "malformed"),
        (httpx.UnsupportedProtocol("x"), "invalid"), (httpx.LocalProtocolError("x"), "invalid"),
        (httpx.InvalidURL("x"), "invalid"), (httpx.TooManyRedirects("x"), "invalid"),
    ],
)  # fmt: skip
def test_a_client_that_says_no_status_is_known_by_its_own_types(error: Exception, kind: str) -> None:
    assert classify(error).kind == kind


@pytest.mark.parametrize("status", [400, 403, 429, 500])
@pytest.mark.parametrize(
    "said", ["rate limit exceeded", "You are being rate limited", "Too Many Requests", "slow down"]
)
def test_what_says_it_is_a_rate_limit_is_one_whatever_its_status(status: int, said: str) -> None:
    assert classify(answer(status, openai_error(said, None))).kind == "rate_limit"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("Please retry after 2 seconds.", 2), ("Please wait 1 minute and go on", 60), ("try again in 20 seconds", 20),
     ("Please retry later", None)],
)  # fmt: skip
def test_a_wait_in_words_is_read(said: str, seconds: float | None) -> None:
    assert rate_limited(openai_error(said, "429")) == seconds


@pytest.mark.parametrize(
    "body", ["not json", '{"detail": "as it was"}', '{"error": "as it was"}', '["as it was"]', "3"]
)
def test_the_message_is_found_wherever_it_stands(body: str) -> None:
    response = httpx.Response(400, content=body, request=httpx.Request("POST", "http://user:pass@provider/"))
    failure = classify(httpx.HTTPStatusError("as it was", request=response.request, response=response))
    assert (failure.kind, failure.limit) == ("invalid", None)
    assert "as it was" in failure.message or body in {"3", '["as it was"]'}


def test_the_body_that_a_plain_httpx_error_does_not_show_is_read_too() -> None:
    request = httpx.Request("POST", "http://user:pass@provider/")
    response = httpx.Response(400, json={"message": VLLM}, request=request)
    with pytest.raises(httpx.HTTPStatusError) as caught:
        response.raise_for_status()
    failure = classify(caught.value)
    assert (failure.kind, failure.limit) == ("overflow", 6_048)
    assert failure.message == f"HTTPStatusError: {VLLM}"


def test_an_error_is_recognised_by_its_cause() -> None:
    wrapped = RuntimeError("the chain failed")
    wrapped.__cause__ = answer(503, "{}")
    assert classify(wrapped).kind == "server"


def test_an_unknown_error_is_invalid_and_not_retried() -> None:
    assert classify(RuntimeError("as it was")) == Failure("invalid", "RuntimeError: as it was")


def test_a_failure_that_is_known_passes_through() -> None:
    failure = Failure("refused", "no")
    assert classify(ModelCallError(failure)) is failure


def test_every_kind_that_is_retried_may_go_away_by_itself() -> None:
    assert {"rate_limit", "server", "malformed", "empty", "timeout", "host"} == RETRYABLE


# -- what is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400, 401, 413, 429, 500])
def test_a_key_in_the_headers_never_shows(status: int) -> None:
    echo = {"x-echo": f"Bearer {KEY}", "set-cookie": f"session={KEY}"}
    error = answer(status, openai_error("as it was", None), echo)
    failure = classify(error)
    assert isinstance(error, openai.APIStatusError) or status == 200
    assert KEY not in f"{failure} {failure.as_dict()} {ModelCallError(failure)!r}"


def test_a_message_is_one_short_line() -> None:
    failure = classify(answer(500, openai_error("first line\n\n second line " + "x" * 10_000, None)))
    assert "first line second line" in failure.message
    assert len(failure.message) < 400
    assert failure.as_dict() == {"type": "server", "message": failure.message}


def test_what_a_provider_said_can_be_encoded() -> None:
    said = "no such file: caf\N{REPLACEMENT CHARACTER}"
    assert classify(ValueError("no such file: caf\udce9")).message == f"ValueError: {said}"
    refused = fault_of(AIMessage("", additional_kwargs={"refusal": "no such file: caf\udce9"}))
    assert refused == Failure("refused", f"the model refused: {said}")


def _caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EMFILE, "Too many open files"),
        _caused(ConnectionError("Connection error."), OSError(errno.ENFILE, "Too many open files in system")),
        _caused(RuntimeError("all attempts failed"), ExceptionGroup("", [OSError(errno.EADDRNOTAVAIL, "no port")])),
        MemoryError(),
        RuntimeError("can't start new thread"),
    ],
    ids=repr,
)
def test_what_this_machine_lacks_is_no_failure_of_the_model(error: Exception) -> None:
    assert classify(error).kind == "host"


def test_a_server_that_is_not_there_is_no_failure_of_this_machine() -> None:
    refused = _caused(ConnectionError("Connection error."), ConnectionRefusedError(errno.ECONNREFUSED, "refused"))
    assert classify(refused).kind == "server"


def test_a_reply_that_breaks_off_is_asked_again_whatever_code_aiohttp_gives_it() -> None:
    cut = type("ContentLengthError", (Exception,), {"code": 400, "__module__": "aiohttp.http_exceptions"})
    error = type("ClientPayloadError", (Exception,), {})("Response payload is not completed: <ContentLengthError: 400>")
    error.__cause__ = cut("400, message: Not enough data to satisfy content length header")
    assert (classify(error).kind, classify(error).is_retryable) == ("server", True)
