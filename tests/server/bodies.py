"""Error bodies as providers send them, word for word. Sources: public issue reports of each provider's clients."""

from typing import Any, NamedTuple

Body = dict[str, Any] | str

DIALECTS = ("openai", "gpt5", "vllm", "deepseek", "openrouter", "llamacpp", "anthropic", "gemini", "ollama")
REQUEST_ID = "req_011CSHoEeqs5C35K2UUqR7Fy"


class Overflow(NamedTuple):
    """The numbers in a context overflow message, in tokens. `completion` is None when the request set no limit."""

    window: int
    prompt: int
    completion: int | None

    @property
    def total(self) -> int:
        return self.prompt + (self.completion or 0)


def openai_error(message: str, type_: str | None, code: str | None, param: str | None = None) -> Body:
    return {"error": {"message": message, "type": type_, "param": param, "code": code}}


def anthropic_error(message: str, type_: str) -> Body:
    return {"type": "error", "error": {"type": type_, "message": message}, "request_id": REQUEST_ID}


def gemini_error(message: str, code: int, status: str, details: list[dict[str, Any]] | None = None) -> Body:
    extra = {} if details is None else {"details": details}
    return {"error": {"code": code, "message": message, "status": status, **extra}}


def overflow_message(overflow: Overflow) -> str:
    start = f"This model's maximum context length is {overflow.window} tokens. However, "
    if overflow.completion is None:
        return f"{start}your messages resulted in {overflow.prompt} tokens. Please reduce the length of the messages."
    return (
        f"{start}you requested {overflow.total} tokens ({overflow.prompt} in the messages, {overflow.completion} in "
        "the completion). Please reduce the length of the messages or completion."
    )


def openai_overflow(overflow: Overflow) -> Body:
    return openai_error(
        overflow_message(overflow), "invalid_request_error", "context_length_exceeded", param="messages"
    )


def gpt5_overflow(overflow: Overflow) -> Body:
    message = (
        f"Input tokens exceed the configured limit of {overflow.window} tokens. "
        f"Your messages resulted in {overflow.prompt} tokens. Please reduce the length of the messages."
    )
    return openai_error(message, "invalid_request_error", "context_length_exceeded", param="messages")


def vllm_overflow(overflow: Overflow) -> Body:
    return {
        "object": "error",
        "message": overflow_message(overflow),
        "type": "BadRequestError",
        "param": None,
        "code": 400,
    }


def deepseek_overflow(overflow: Overflow) -> Body:
    return openai_error(overflow_message(overflow), "invalid_request_error", "invalid_request_error")


def openrouter_overflow(overflow: Overflow) -> Body:
    output = "" if overflow.completion is None else f", {overflow.completion} in the output"
    message = (
        f"This endpoint's maximum context length is {overflow.window} tokens. However, you requested about "
        f"{overflow.total} tokens ({overflow.prompt} of text input{output}). Please reduce the length of either one, "
        'or use the "middle-out" transform to compress your prompt automatically.'
    )
    return {"error": {"message": message, "code": 400, "metadata": {"provider_name": None}}}


def llamacpp_overflow(overflow: Overflow) -> Body:
    message = "the request exceeds the available context size. try increasing the context size or enable context shift"
    return {
        "error": {
            "code": 400,
            "message": message,
            "type": "exceed_context_size_error",
            "n_prompt_tokens": overflow.prompt,
            "n_ctx": overflow.window,
        }
    }


def anthropic_overflow(overflow: Overflow) -> Body:
    message = f"prompt is too long: {overflow.prompt} tokens > {overflow.window} maximum"
    if overflow.prompt <= overflow.window:
        message = (
            f"input length and `max_tokens` exceed context limit: {overflow.prompt} + {overflow.completion} > "
            f"{overflow.window}, decrease input length or `max_tokens` and try again"
        )
    return anthropic_error(message, "invalid_request_error")


def gemini_overflow(overflow: Overflow) -> Body:
    message = (
        f"The input token count ({overflow.prompt}) exceeds the maximum number of tokens allowed ({overflow.window})."
    )
    return gemini_error(message, 400, "INVALID_ARGUMENT")


# Ollama is missing on purpose: it cuts the prompt and answers 200.
OVERFLOW = {
    "openai": openai_overflow,
    "gpt5": gpt5_overflow,
    "vllm": vllm_overflow,
    "deepseek": deepseek_overflow,
    "openrouter": openrouter_overflow,
    "llamacpp": llamacpp_overflow,
    "anthropic": anthropic_overflow,
    "gemini": gemini_overflow,
}
# Their limit is on the prompt alone.
INPUT_LIMIT_DIALECTS = frozenset({"gpt5", "gemini"})

RATE_LIMIT_URL = "Visit https://platform.openai.com/account/rate-limits to learn more."
UNITS = {"tokens": "tokens per min (TPM)", "requests": "requests per min (RPM)"}


def rate_limited(model: str, unit: str, limit: int, requested: int, *, wait: float, dialect: str = "openai") -> Body:
    """The 429 body for a limit of `limit` `unit` ("tokens" or "requests") per minute; `wait` is in seconds."""
    if dialect == "anthropic":
        named = "input tokens" if unit == "tokens" else "requests"
        message = f"This request would exceed the rate limit for your organization of {limit:,} {named} per minute."
        return anthropic_error(message, "rate_limit_error")
    if dialect == "gemini":
        message = "You exceeded your current quota, please check your plan and billing details."
        details: list[dict[str, Any]] = [
            {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaValue": str(limit)}]},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{wait:.0f}s"},
        ]
        return gemini_error(message, 429, "RESOURCE_EXHAUSTED", details)
    message = (
        f"Rate limit reached for {model} in organization org-x on {UNITS[unit]}: Limit {limit}, Used {limit}, "
        f"Requested {requested}. Please try again in {wait:.2f}s. {RATE_LIMIT_URL}"
    )
    return openai_error(message, unit, "rate_limit_exceeded")


def too_large(model: str, limit: int, requested: int) -> Body:
    """The 429 body for one request larger than a whole minute's tokens: no wait makes it pass."""
    message = (
        f"Request too large for {model} in organization org-x on {UNITS['tokens']}: Limit {limit}, Requested "
        f"{requested}. The input or output tokens must be reduced in order to run successfully. {RATE_LIMIT_URL}"
    )
    return openai_error(message, "tokens", "rate_limit_exceeded")


def unauthorized(key: str) -> Body:
    if not key:
        message = (
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer "
            "auth (i.e. Authorization: Bearer YOUR_KEY)."
        )
        return openai_error(message, "invalid_request_error", None)
    message = (
        f"Incorrect API key provided: {key}. You can find your API key at https://platform.openai.com/account/api-keys."
    )
    return openai_error(message, "invalid_request_error", "invalid_api_key")


def model_not_found(model: str) -> Body:
    message = f"The model `{model}` does not exist or you do not have access to it."
    return openai_error(message, "invalid_request_error", "model_not_found")


QUOTA = openai_error(
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
    "read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
    "insufficient_quota",
    "insufficient_quota",
)
SERVER_ERROR = openai_error(
    "The server had an error while processing your request. Sorry about that!", "server_error", None
)
UNAVAILABLE = openai_error(
    "That model is currently overloaded with other requests. You can retry your request, or contact us through our "
    "help center at help.openai.com if the error persists.",
    "server_error",
    None,
)
OVERLOADED = anthropic_error("Overloaded", "overloaded_error")
ERROR_IN_200: Body = {
    "error": {"message": "Provider returned error", "code": 502, "metadata": {"provider_name": "upstream"}}
}
REFUSAL = "I'm sorry, but I can't assist with that request."


def html(title: str) -> str:
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )


def default_body(status: int, model: str) -> Body:
    """The body for a status that a script gave without one."""
    known: dict[int, Body] = {
        401: unauthorized("test"),
        404: model_not_found(model),
        413: html("413 Request Entity Too Large"),
        429: rate_limited(model, "requests", 500, 1, wait=0.12),
        500: SERVER_ERROR,
        502: html("502 Bad Gateway"),
        503: UNAVAILABLE,
        529: OVERLOADED,
    }
    return known.get(status) or openai_error(f"Status {status}.", "invalid_request_error", None)
