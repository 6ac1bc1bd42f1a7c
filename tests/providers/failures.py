"""What providers answer instead of an answer, word for word as they document it or as users reported it.

One row: the provider, a name, status, body -> the kind of failure, how often it is asked, what is said, what fits.
"""

from typing import Any, NamedTuple

FAILED, LIMITED = 4, 7
"""How often a call is made that keeps failing, and one that is rate limited."""
SOON = {"retry-after-ms": "2", "retry-after": "0.002"}
HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"
FITS = "at most about"


class Row(NamedTuple):
    """What is answered, and what must come of it. `fits` is in characters."""

    provider: str
    name: str
    status: int
    body: Any
    kind: str
    asked: int = 1
    says: str = ""
    fits: int | None = None
    headers: dict[str, str] = {}  # noqa: RUF012  # never written to


def openai(message: str | None, code: str | None = None, kind: str | None = "invalid_request_error") -> Any:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def coded(code: Any, message: str, **more: Any) -> Any:
    return {"error": {"code": code, "message": message, **more}}


def plain(message: str, code: Any, kind: str = "BadRequestError") -> Any:
    """As vLLM and Mistral write it."""
    return {"object": "error", "message": message, "type": kind, "param": None, "code": code}


def anthropic(kind: str, message: str) -> Any:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def gemini(code: int, status: str, message: str, *details: Any) -> Any:
    return coded(code, message, status=status, details=[*details])


def google(kind: str, **fields: Any) -> Any:
    return {"@type": f"type.googleapis.com/google.rpc.{kind}", **fields}


def bedrock(status: int, code: str, message: str, kind: str, *more: Any) -> Row:
    name = f"{code} {message.rpartition(' ')[2]}"
    row = Row("bedrock", name, status, {"message": message}, kind, *more)
    return row._replace(headers={"x-amzn-errortype": code})


def of_openai(provider: str) -> list[Row]:
    """What OpenAI says alike on both of its APIs."""
    limited = (
        "Rate limit reached for gpt-4.1 in organization org-x on requests per min (RPM): Limit 500, Used 500, "
        "Requested 1. Please try again in 120ms. Visit https://platform.openai.com/account/rate-limits to learn more."
    )
    large = (
        "Request too large for gpt-4.1 in organization org-x on tokens per min (TPM): Limit 30000, Requested 56336. "
        "The input or output tokens must be reduced in order to run successfully."
    )
    key = "Incorrect API key provided: sk-no****ey. You can find your API key at https://platform.openai.com."
    later = limited.replace("120ms", "6m0s")
    return [
        Row(provider, "limited", 429, openai(limited, "rate_limit_exceeded", "requests"), "rate_limit", LIMITED,
            headers=SOON),
        Row(provider, "limited_long", 429, openai(later, "rate_limit_exceeded", "requests"), "rate_limit", 1,
            r"again in 360 s"),
        Row(provider, "too_large", 429, openai(large, "rate_limit_exceeded", "tokens"), "too_large", 1,
            "waiting does not help", 90_000, SOON),
        Row(provider, "key", 401, openai(key, "invalid_api_key"), "authentication", headers=SOON),
        Row(provider, "quota", 429, openai(NO_QUOTA, "insufficient_quota", "insufficient_quota"), "quota",
            headers=SOON),
        Row(provider, "server", 500, openai("The server had an error.", None, "server_error"), "server", FAILED),
        Row(provider, "html", 502, HTML, "server", FAILED),
        Row(provider, "no_model", 404, openai("The model `m` does not exist.", "model_not_found"), "not_found"),
        Row(provider, "flagged", 400, openai("Invalid prompt: your prompt was flagged as potentially violating our "
            "usage policy.", "invalid_prompt"), "refused"),
        Row(provider, "string", 400, openai("Invalid 'messages[0].content': string too long.",
            "string_above_max_length"), "overflow", 1, FITS),
    ]  # fmt: skip


CLASSIC = "This model's maximum context length is {} tokens. However, your messages resulted in 204308 tokens."
BLOCKED = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 5}}
LLAMA = coded(400, "the request exceeds the available context size. try increasing the context size",
              type="exceed_context_size_error", n_prompt_tokens=14429, n_ctx=8192)  # fmt: skip
NO_QUOTA = "You exceeded your current quota, please check your plan and billing details."
RETRY_SOON = google("RetryInfo", retryDelay="0.002s")
DAILY = google("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}])
MINUTE = google("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}])
BAD_KEY = google("ErrorInfo", reason="API_KEY_INVALID", domain="googleapis.com")
AZURE_429 = (
    "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token "
    "rate limit of your current OpenAI S0 pricing tier. Please retry after {} seconds."
)
GROQ_TPM = (
    "{} for model `llama-3.3-70b-versatile` in organization `org_x` service tier `on_demand` on tokens per minute"
)
TGI = "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000 `inputs` tokens"
LITELLM_WINDOW = "litellm.ContextWindowExceededError: litellm.BadRequestError: OpenAIException - "
WAIT = "please wait before trying again."

ROWS = [
    *of_openai("openai"),
    Row("openai", "overflow", 400, openai(CLASSIC.format(128_000), "context_length_exceeded"), "overflow", 1,
        "128000 tokens", 384_000),
    Row("openai", "country", 403, openai("Country, region, or territory not supported",
        "unsupported_country_region_territory", "request_forbidden"), "authentication"),
    *of_openai("responses"),
    Row("responses", "overflow", 400, openai("Your input exceeds the context window of this model. Please adjust "
        "your input and try again.", "context_length_exceeded"), "overflow", 1, FITS),

    Row("azure", "overflow", 400, openai(CLASSIC.format(16_385), "context_length_exceeded"), "overflow", 1, "", 49_155),
    Row("azure", "limited", 429, coded("429", AZURE_429.format(1)), "rate_limit", LIMITED, headers=SOON),
    Row("azure", "limited_long", 429, coded("429", AZURE_429.format(90)), "rate_limit", 1, "again in 90 s"),
    Row("azure", "quota", 403, {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in "
        "10:12:32."}, "quota", 1, "call volume"),
    Row("azure", "key", 401, coded("401", "Access denied due to invalid subscription key or wrong API endpoint."),
        "authentication"),
    Row("azure", "no_model", 404, coded("DeploymentNotFound", "The API deployment for this resource does not exist."),
        "not_found"),
    Row("azure", "filtered", 400, coded("content_filter", "The response was filtered due to the prompt triggering "
        "Azure OpenAI's content management policy.", status=400, innererror={"code": "ResponsibleAIPolicyViolation"}),
        "refused"),

    Row("anthropic", "overflow", 400, anthropic("invalid_request_error", "prompt is too long: 200251 tokens > 200000 "
        "maximum"), "overflow", 1, "", 600_000),
    Row("anthropic", "overflow_413", 413, anthropic("request_too_large", "Request exceeds the maximum size"),
        "overflow", 1, FITS),
    Row("anthropic", "limited", 429, anthropic("rate_limit_error", "This request would exceed the rate limit for your "
        "organization of 20,000 input tokens per minute."), "rate_limit", LIMITED, headers=SOON),
    Row("anthropic", "key", 401, anthropic("authentication_error", "invalid x-api-key"), "authentication"),
    Row("anthropic", "denied", 403, anthropic("permission_error", "Your API key does not have permission to use the "
        "specified resource."), "authentication"),
    Row("anthropic", "no_model", 404, anthropic("not_found_error", "model: claude-nope"), "not_found"),
    Row("anthropic", "quota", 400, anthropic("invalid_request_error", "Your credit balance is too low to access the "
        "Anthropic API."), "quota"),
    Row("anthropic", "spent", 400, anthropic("invalid_request_error", "You have reached your specified API usage "
        "limits. You will regain access on 2026-12-01."), "quota"),
    Row("anthropic", "overloaded", 529, anthropic("overloaded_error", "Overloaded"), "server", FAILED),
    Row("anthropic", "server", 500, anthropic("api_error", "Internal server error"), "server", FAILED),

    Row("gemini", "overflow", 400, gemini(400, "INVALID_ARGUMENT", "The input token count (1200293) exceeds the "
        "maximum number of tokens allowed (1048576)."), "overflow", 1, "", 3_145_728),
    Row("gemini", "limited", 429, gemini(429, "RESOURCE_EXHAUSTED", NO_QUOTA, MINUTE, RETRY_SOON), "rate_limit",
        LIMITED),
    Row("gemini", "quota", 429, gemini(429, "RESOURCE_EXHAUSTED", NO_QUOTA, DAILY, RETRY_SOON), "quota"),
    Row("gemini", "key", 400, gemini(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.",
        BAD_KEY), "authentication"),
    Row("gemini", "denied", 403, gemini(403, "PERMISSION_DENIED", "Permission denied: Consumer has been suspended."),
        "authentication"),
    Row("gemini", "no_model", 404, gemini(404, "NOT_FOUND", "models/nope is not found for API version v1beta, or is "
        "not supported for generateContent."), "not_found"),
    Row("gemini", "server", 503, gemini(503, "UNAVAILABLE", "The model is overloaded."), "server", FAILED),
    Row("gemini", "deadline", 504, gemini(504, "DEADLINE_EXCEEDED", "Deadline expired."), "server", FAILED),
    Row("gemini", "blocked", 200, BLOCKED, "refused"),

    bedrock(400, "ValidationException", "Input is too long for requested model.", "overflow"),
    bedrock(400, "ValidationException", "Too many input tokens. Max input tokens: 8192, request input token count: 9K",
            "overflow", 1, "", 24_576),
    bedrock(400, "ValidationException", "Malformed input request: expected maxLength: 50000, actual: 54K", "overflow"),
    bedrock(400, "ValidationException", "The provided model identifier is invalid.", "not_found"),
    bedrock(400, "ValidationException", "The text field in the ContentBlock object at messages.0 is blank.", "invalid"),
    bedrock(429, "ThrottlingException", f"Too many requests, {WAIT}", "rate_limit", LIMITED),
    bedrock(429, "ThrottlingException", "Too many tokens, please wait before trying later.", "rate_limit", LIMITED),
    bedrock(429, "ThrottlingException", "Too many tokens per day, please wait before tomorrow.", "quota"),
    bedrock(400, "ServiceQuotaExceededException", "Your request exceeds the service quota for your account.", "quota"),
    bedrock(429, "ModelNotReadyException", "Model is not ready for inference.", "server", FAILED),
    bedrock(503, "ServiceUnavailableException", "Bedrock is unable to process your request.", "server", FAILED),
    bedrock(500, "InternalServerException", "The system encountered an unexpected error.", "server", FAILED),
    bedrock(424, "ModelErrorException", "The system encountered an unexpected error during processing.", "server",
            FAILED),
    bedrock(408, "ModelTimeoutException", "Model has timed out in processing the request.", "timeout", FAILED),
    bedrock(403, "AccessDeniedException", "You don't have access to the model with the specified model ID.",
            "authentication"),
    bedrock(403, "ExpiredTokenException", "The security token included in the request is expired", "authentication"),
    bedrock(403, "UnrecognizedClientException", "The security token included in the request is invalid.",
            "authentication"),
    bedrock(404, "ResourceNotFoundException", "This model version has reached the end of its life.", "not_found"),

    Row("mistral", "overflow", 400, plain("Prompt contains 65673 tokens and 0 draft tokens, too large for model with "
        "32768 maximum context length", "3051", "invalid_request_prompt"), "overflow", 1, "65673", 98_304),
    Row("mistral", "limited", 429, {"message": "Requests rate limit exceeded"}, "rate_limit", LIMITED, headers=SOON),
    Row("mistral", "capacity", 429, plain("Service tier capacity exceeded for this model.", "3505",
        "service_tier_capacity_exceeded"), "rate_limit", LIMITED, headers=SOON),
    Row("mistral", "key", 401, {"detail": "Unauthorized"}, "authentication", 1, "^HTTPStatusError: Unauthorized$"),
    Row("mistral", "quota", 402, {"detail": "Payment required"}, "quota"),
    Row("mistral", "no_model", 400, plain("Invalid model: nope", "1500", "invalid_model"), "not_found"),
    Row("mistral", "server", 503, "upstream connect error", "server", FAILED),
    Row("mistral", "wrong", 422, {"detail": [{"type": "missing", "loc": ["body", "model"]}]}, "invalid"),

    Row("groq", "overflow", 400, openai("Please reduce the length of the messages or completion.",
        "context_length_exceeded"), "overflow", 1, FITS),
    Row("groq", "limited", 429, openai(f"{GROQ_TPM.format('Rate limit reached')} (TPM): Limit 12000, Used 11000, "
        "Requested 2000. Please try again in 7.66s.", "rate_limit_exceeded", "tokens"), "rate_limit", LIMITED,
        headers=SOON),
    Row("groq", "too_large", 413, openai(f"{GROQ_TPM.format('Request too large')} (TPM): Limit 6000, Requested 12870, "
        "please reduce your message size and try again.", "rate_limit_exceeded", "tokens"), "too_large", 1, "", 18_000),
    Row("groq", "key", 401, openai("Invalid API Key", "invalid_api_key"), "authentication"),
    Row("groq", "quota", 400, openai("Blocked API access: your organization has reached its spend limit.",
        "blocked_api_access"), "quota"),
    Row("groq", "no_model", 404, openai("The model `nope` does not exist or you do not have access to it.",
        "model_not_found"), "not_found"),
    Row("groq", "old_model", 400, openai("The model `gemma-7b-it` has been decommissioned and is no longer supported.",
        "model_decommissioned"), "not_found"),
    Row("groq", "flex", 498, openai("Flex tier capacity exceeded", "capacity_exceeded"), "server", FAILED),

    Row("deepseek", "overflow", 400, openai(CLASSIC.format(65_536), "invalid_request_error"), "overflow", 1, "",
        196_608),
    Row("deepseek", "limited", 429, openai("Rate limit reached", None, "rate_limit_reached_error"), "rate_limit",
        LIMITED, headers=SOON),
    Row("deepseek", "key", 401, openai("Authentication Fails, Your api key: ****none is invalid",
        "invalid_request_error", "authentication_error"), "authentication"),
    Row("deepseek", "quota", 402, openai("Insufficient Balance", "invalid_request_error", "unknown_error"), "quota"),
    Row("deepseek", "no_model", 400, openai("Model Not Exist", "invalid_request_error"), "not_found"),
    Row("deepseek", "risk", 400, openai("Content Exists Risk", "invalid_request_error"), "refused"),
    Row("deepseek", "busy", 503, openai("Service is too busy. We advise users to switch to another provider.", None,
        "service_unavailable_error"), "server", FAILED),

    Row("openrouter", "overflow", 400, coded(400, "This endpoint's maximum context length is 32768 tokens. However, "
        "you requested about 42832 tokens."), "overflow", 1, "", 98_304),
    Row("openrouter", "limited", 429, coded(429, "Rate limit exceeded: free-models-per-min."), "rate_limit", LIMITED,
        headers=SOON),
    Row("openrouter", "limited_200", 200, coded(429, "Rate limit exceeded"), "rate_limit", LIMITED, headers=SOON),
    Row("openrouter", "quota", 402, coded(402, "Insufficient credits."), "quota"),
    Row("openrouter", "credits_200", 200, coded(402, "Insufficient credits."), "quota"),
    Row("openrouter", "key_limit", 403, coded(403, "Key limit exceeded (total limit). Manage it using "
        "https://openrouter.ai/settings/keys"), "quota"),
    Row("openrouter", "key", 401, coded(401, "No auth credentials found"), "authentication"),
    Row("openrouter", "key_200", 200, coded(401, "No auth credentials found"), "authentication"),
    Row("openrouter", "no_model", 404, coded(404, "No endpoints found for nope/nope."), "not_found"),
    Row("openrouter", "bad_name", 400, coded(400, "nope is not a valid model ID"), "not_found"),
    Row("openrouter", "upstream_200", 200, coded(502, "Provider returned error"), "server", FAILED),
    Row("openrouter", "upstream_text", 200, coded("502", "Upstream overloaded"), "server", FAILED),
    Row("openrouter", "moderated", 403, coded(403, 'The model requires moderation. Your input was flagged for '
        '"violence".'), "refused"),

    Row("litellm", "overflow", 400, openai(LITELLM_WINDOW + CLASSIC.format(8_192), "400", None), "overflow", 1, "",
        24_576),
    Row("litellm", "limited", 429, openai("litellm.RateLimitError: AnthropicException - rate_limit_error. Received "
        "Model Group=claude", "429", "throttling_error"), "rate_limit", LIMITED, headers=SOON),
    Row("litellm", "throttled", 500, openai("litellm.APIConnectionError: BedrockException - ThrottlingException", "500",
        None), "rate_limit", LIMITED, headers=SOON),
    Row("litellm", "quota", 400, openai("Budget has been exceeded! Current cost: 10.5, Max budget: 10.0", "400",
        "budget_exceeded"), "quota"),
    Row("litellm", "key", 401, openai("Authentication Error, Invalid proxy server token passed.", "401", "auth_error"),
        "authentication"),
    Row("litellm", "no_model", 400, openai("Invalid model name passed in model=nope. Call `/v1/models` to view "
        "available models for your key.", "400"), "not_found"),
    Row("litellm", "policy", 400, openai("litellm.BadRequestError: litellm.ContentPolicyViolationError: no", "400"),
        "refused"),
    Row("litellm", "guardrail", 400, openai("The request was blocked by our content policy.", "400"), "refused"),

    Row("vllm", "overflow", 400, plain(CLASSIC.format(6048), 400), "overflow", 1, "", 18_144),
    Row("vllm", "no_room", 400, plain("max_tokens must be at least 1, got -568.", 400), "overflow", 1, FITS),
    Row("vllm", "longer", 400, openai("The prompt (length 5000) is longer than the maximum model length of 4096."),
        "overflow", 1, "", 12_288),
    Row("vllm", "limited", 429, HTML.replace("502", "429"), "rate_limit", LIMITED, headers=SOON),
    Row("vllm", "key", 401, {"error": "Unauthorized"}, "authentication"),
    Row("vllm", "no_model", 404, plain("The model `nope` does not exist.", 404, "NotFoundError"), "not_found"),
    Row("vllm", "address", 404, {"detail": "Not Found"}, "not_found"),
    Row("vllm", "server", 500, plain("EngineCore encountered an issue.", 500, "InternalServerError"), "server", FAILED),

    Row("llamacpp", "overflow", 400, LLAMA, "overflow", 1, "", 24_576),
    Row("llamacpp", "overflow_500", 500, {"error": {**LLAMA["error"], "code": 500}}, "overflow", 1, "", 24_576),
    Row("llamacpp", "limited", 429, coded(429, "Too Many Requests", type="server_error"), "rate_limit", LIMITED,
        headers=SOON),
    Row("llamacpp", "key", 401, coded(401, "Invalid API Key", type="authentication_error"), "authentication"),
    Row("llamacpp", "no_model", 404, coded(404, "File Not Found", type="not_found_error"), "not_found"),
    Row("llamacpp", "loading", 503, coded(503, "Loading model", type="unavailable_error"), "server", FAILED),

    Row("ollama", "overflow", 400, {"error": "the input length exceeds the context length"}, "overflow", 1, FITS),
    Row("ollama", "limited", 429, {"error": "you have reached your hourly usage limit, try again later"}, "rate_limit",
        LIMITED),
    Row("ollama", "key", 401, {"error": "unauthorized"}, "authentication"),
    Row("ollama", "no_model", 404, {"error": 'model "nope" not found, try pulling it first'}, "not_found", 1, "pull"),
    Row("ollama", "busy", 503, {"error": "server busy, please try again.  maximum pending requests exceeded"}, "server",
        FAILED),
    Row("ollama", "stopped", 500, {"error": "model runner has unexpectedly stopped"}, "server", FAILED),
    Row("ollama", "midway", 200, {"error": "an error was encountered while running the model"}, "server", FAILED),

    Row("together", "overflow", 422, openai(TGI), "overflow", 1, "", 12_291),
    Row("together", "limited", 429, openai("You have reached the rate limit specific to this model.", None,
        "model_rate_limit"), "rate_limit", LIMITED, headers=SOON),
    Row("together", "limited_400", 400, openai("Rate limit exceeded, please slow down", None, "rate_limit_error"),
        "rate_limit", LIMITED, headers=SOON),
    Row("together", "key", 401, openai("Invalid API key provided.", "invalid_api_key"), "authentication"),
    Row("together", "quota", 402, openai("Credit limit exceeded, please add credits.", None, "credit_limit"), "quota"),
    Row("together", "no_model", 404, openai("Unable to access model nope.", "model_not_available"), "not_found"),

    Row("fireworks", "overflow", 400, openai("The prompt is too long: 9000, model maximum context length: 8191"),
        "overflow", 1, "", 24_573),
    Row("fireworks", "limited", 429, {"fault": "Too Many Requests"}, "rate_limit", LIMITED, headers=SOON),
    Row("fireworks", "key", 403, {"error": "unauthorized"}, "authentication"),
    Row("fireworks", "quota", 412, openai("Account x is suspended, possibly due to reaching the monthly spending limit "
        "or failure to pay past invoices."), "quota"),
    Row("fireworks", "no_model", 404, openai("Model not found, inaccessible, and/or not deployed", "NOT_FOUND"),
        "not_found"),

    Row("openai", "forbidden_limit", 403, openai("rate limit exceeded"), "rate_limit", LIMITED, headers=SOON),
    Row("openai", "conflict", 409, openai("conflict, try again"), "server", FAILED),
    Row("openai", "early", 425, openai("too early"), "server", FAILED),
    Row("openai", "null_message", 200, {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [
        {"index": 0, "finish_reason": "stop", "message": None}]}, "malformed", FAILED),
    Row("openai", "null_text", 400, openai(None), "invalid"),
]  # fmt: skip
PROVIDERS = sorted({row.provider for row in ROWS})
