"""The failures of eight providers over real HTTP, each through the client that its users have.

One table: what a provider answers -> what kind it is, how often it was asked, what the code in the cell is told.
vLLM, llama.cpp, OpenRouter, DeepSeek and Ollama are asked through ChatOpenAI, as their users do.
"""

import json
import re
from collections import Counter
from typing import Any, NamedTuple

import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_openai import ChatOpenAI

from langchain_rlm import RLM
from tests.server.client import ModelServer

FAILED, LIMITED = 4, 7
"""How often a call is made that keeps failing, and one that is rate limited."""
SOON = {"retry-after-ms": "50", "retry-after": "0.05"}
HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"


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


def openai(message: str, code: str | None, kind: str = "invalid_request_error") -> Any:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def anthropic(kind: str, message: str) -> Any:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def gemini(code: int, status: str, message: str, *details: Any) -> Any:
    return {"error": {"code": code, "message": message, "status": status, "details": [*details]}}


def google(kind: str, **fields: Any) -> Any:
    return {"@type": f"type.googleapis.com/google.rpc.{kind}", **fields}


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
    quota = "You exceeded your current quota, please check your plan and billing details."
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
        Row(provider, "quota", 429, openai(quota, "insufficient_quota", "insufficient_quota"), "quota", headers=SOON),
        Row(provider, "server", 500, openai("The server had an error.", None, "server_error"), "server", FAILED),
        Row(provider, "html", 502, HTML, "server", FAILED),
        Row(provider, "no_model", 404, openai("The model `m` does not exist.", "model_not_found"), "not_found"),
        Row(provider, "flagged", 400, openai("Invalid prompt: your prompt was flagged as potentially violating our "
            "usage policy.", "invalid_prompt"), "refused"),
        Row(provider, "string", 400, openai("Invalid 'messages[0].content': string too long.",
            "string_above_max_length"), "overflow", 1, "at most about"),
    ]  # fmt: skip


CLASSIC = "This model's maximum context length is {} tokens. However, your messages resulted in 204308 tokens."
BLOCKED = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 5}}
LLAMA = {
    "code": 400, "message": "the request exceeds the available context size. try increasing the context size",
    "type": "exceed_context_size_error", "n_prompt_tokens": 14429, "n_ctx": 8192,
}  # fmt: skip
NO_QUOTA = "You exceeded your current quota, please check your plan and billing details."
RETRY_SOON = google("RetryInfo", retryDelay="0.05s")
DAILY = google("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}])
MINUTE = google("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}])
BAD_KEY = google("ErrorInfo", reason="API_KEY_INVALID", domain="googleapis.com")

ROWS = [
    *of_openai("openai"),
    Row("openai", "overflow", 400, openai(CLASSIC.format(128_000), "context_length_exceeded"), "overflow", 1,
        "128000 tokens", 384_000),
    *of_openai("responses"),
    Row("responses", "overflow", 400, openai("Your input exceeds the context window of this model. Please adjust "
        "your input and try again.", "context_length_exceeded"), "overflow", 1, "at most about"),
    Row("anthropic", "overflow", 400, anthropic("invalid_request_error", "prompt is too long: 200251 tokens > 200000 "
        "maximum"), "overflow", 1, "", 600_000),
    Row("anthropic", "overflow_413", 413, anthropic("request_too_large", "Request exceeds the maximum size"),
        "overflow", 1, "at most about"),
    Row("anthropic", "limited", 429, anthropic("rate_limit_error", "This request would exceed the rate limit for your "
        "organization of 20,000 input tokens per minute."), "rate_limit", LIMITED, headers=SOON),
    Row("anthropic", "key", 401, anthropic("authentication_error", "invalid x-api-key"), "authentication"),
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
    Row("gemini", "daily", 429, gemini(429, "RESOURCE_EXHAUSTED", NO_QUOTA, DAILY, RETRY_SOON), "quota"),
    Row("gemini", "key", 400, gemini(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.",
        BAD_KEY), "authentication"),
    Row("gemini", "server", 503, gemini(503, "UNAVAILABLE", "The model is overloaded."), "server", FAILED),
    Row("gemini", "blocked", 200, BLOCKED, "refused"),
    Row("vllm", "overflow", 400, {"object": "error", "message": CLASSIC.format(6048), "type": "BadRequestError",
        "param": None, "code": 400}, "overflow", 1, "", 18_144),
    Row("vllm", "no_room", 400, {"object": "error", "message": "max_tokens must be at least 1, got -568.",
        "type": "BadRequestError", "param": None, "code": 400}, "overflow", 1, "at most about"),
    Row("vllm", "key", 401, {"error": "Unauthorized"}, "authentication"),
    Row("llamacpp", "overflow", 400, {"error": LLAMA}, "overflow", 1, "", 24_576),
    Row("llamacpp", "overflow_500", 500, {"error": {**LLAMA, "code": 500}}, "overflow", 1, "", 24_576),
    Row("llamacpp", "loading", 503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
        "server", FAILED),
    Row("openrouter", "overflow", 400, {"error": {"code": 400, "message": "This endpoint's maximum context length is "
        "32768 tokens. However, you requested about 42832 tokens."}}, "overflow", 1, "", 98_304),
    Row("openrouter", "credits", 402, {"error": {"code": 402, "message": "Insufficient credits."}}, "quota"),
    Row("openrouter", "credits_200", 200, {"error": {"code": 402, "message": "Insufficient credits."}}, "quota"),
    Row("openrouter", "key_200", 200, {"error": {"code": 401, "message": "No auth credentials found"}},
        "authentication"),
    Row("openrouter", "upstream_200", 200, {"error": {"code": 502, "message": "Provider returned error"}}, "server",
        FAILED),
    Row("openrouter", "moderated", 403, {"error": {"code": 403, "message": "The model requires moderation. Your input "
        'was flagged for "violence".'}}, "refused"),
    Row("deepseek", "overflow", 400, openai(CLASSIC.format(65_536), "invalid_request_error"), "overflow", 1, "",
        196_608),
    Row("deepseek", "balance", 402, openai("Insufficient Balance", "invalid_request_error", "unknown_error"), "quota"),
    Row("deepseek", "risk", 400, openai("Content Exists Risk", "invalid_request_error"), "refused"),
]  # fmt: skip
PROVIDERS = sorted({row.provider for row in ROWS})


def model_of(server: ModelServer, provider: str, name: str | None = None, key: str = "none") -> BaseChatModel:
    """The client that a provider's users have, at the test server."""
    root = server.url.removesuffix("/v1")
    if provider == "anthropic":
        return ChatAnthropic(model=name or provider, base_url=root, api_key=key)  # type: ignore[call-arg,arg-type]
    if provider == "gemini":
        return ChatGoogleGenerativeAI(model=name or provider, base_url=root, api_key=key)
    return ChatOpenAI(
        model=name or provider, base_url=server.url, api_key=key, use_responses_api=provider == "responses"  # type: ignore[arg-type]
    )  # fmt: skip


def rlm_of(
    server: ModelServer, code: str, models: dict[str, Any], subs: dict[str, BaseChatModel], **settings: Any
) -> RLM:
    root = {"kind": "script", "replies": [f"```repl\n{code}\n```"]}
    server.configure(models={"root": root, **models})
    return RLM(model_of(server, "openai", "root"), sub_models=subs, route="rlm", **settings)


def ask(rlm: RLM) -> Any:
    return rlm.invoke({"question": "What does it say?", "context": "text"})["value"]


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[str, str], tuple[str, str, int]]:
    """Every row asked in one run: its type and message in the cell, and how often it was asked."""
    models: dict[str, Any] = {name: {"kind": "rules", "rules": []} for name in PROVIDERS}
    for row in ROWS:
        reply = {"status": row.status, "body": row.body, "headers": row.headers}
        name = f"{row.provider}-{row.name}"
        models[name] = {"kind": "rules", "default": reply}
    code = f"""
import asyncio
async def one(name):
    return await llm_query_batched(['ask ' + name], model=name, on_error='return')
async def every():
    return await asyncio.gather(*[one(name) for name in {[f"{row.provider}-{row.name}" for row in ROWS]!r}])
FINAL([[each[0].type, each[0].message] for each in asyncio.run(every())])"""
    with ModelServer() as server:
        named = {
            f"{row.provider}-{row.name}": model_of(server, row.provider, f"{row.provider}-{row.name}") for row in ROWS
        }
        told = ask(rlm_of(server, code, models, named, max_concurrency=64))
        asked = Counter(entry["model"] for entry in server.log())
    return {
        (row.provider, row.name): (kind, message, asked[f"{row.provider}-{row.name}"])
        for row, (kind, message) in zip(ROWS, told, strict=True)
    }


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.provider}-{row.name}" for row in ROWS])
def test_a_failure_has_its_kind_is_retried_where_that_helps_and_says_what_fits(
    outcomes: dict[tuple[str, str], tuple[str, str, int]], row: Row
) -> None:
    kind, message, asked = outcomes[row.provider, row.name]
    assert (kind, asked) == (row.kind, row.asked), message
    assert re.search(row.says, message)
    if row.fits is not None:
        assert f"send at most about {row.fits:,} characters" in message
    if row.kind == "rate_limit" and row.asked == 1:
        assert "not waited for" in message


@pytest.mark.parametrize("provider", ["openai", "responses", "anthropic", "gemini"])
class TestAnswers:
    """What comes with status 200, in each of the four wire formats."""

    def test_an_answer_cut_off_is_continued_and_stitched_and_its_tokens_are_counted(
        self, model_server: ModelServer, provider: str
    ) -> None:
        rules = [
            {"match": "^Tell it all$", "reply": {"content": "the first half,", "finish_reason": "length"}},
            {"match": "^Your reply was cut off", "reply": " the second half"},
        ]
        subs = {"sub": model_of(model_server, provider, "sub")}
        code = "FINAL(llm_query('Tell it all', model='sub'))"
        rlm = rlm_of(model_server, code, {"sub": {"kind": "rules", "rules": rules}}, subs)
        result = rlm.invoke({"question": "What?", "context": "text"})
        assert result["answer"] == "the first half, the second half"
        assert result["usage"]["models"]["sub"]["estimated_calls"] == 0
        assert result["usage"]["models"]["sub"]["calls"] == 2

    def test_nothing_more_to_say_after_a_cut_is_no_failure(self, model_server: ModelServer, provider: str) -> None:
        rules = [
            {"match": "^Tell it all$", "reply": {"content": "all of it", "finish_reason": "length"}},
            {"match": "^Your reply was cut off", "reply": ""},
        ]
        subs = {"sub": model_of(model_server, provider, "sub")}
        code = "FINAL(llm_query('Tell it all', model='sub'))"
        assert ask(rlm_of(model_server, code, {"sub": {"kind": "rules", "rules": rules}}, subs)) == "all of it"
        assert model_server.stats()["by_model"]["sub"] == 2

    def test_what_the_provider_filters_is_refused_and_asked_once(
        self, model_server: ModelServer, provider: str
    ) -> None:
        filtered = {"kind": "rules", "default": {"content": "", "finish_reason": "content_filter"}}
        code = "FINAL(llm_query_batched(['a'], model='sub', on_error='return')[0].type)"
        subs = {"sub": model_of(model_server, provider, "sub")}
        assert ask(rlm_of(model_server, code, {"sub": filtered}, subs)) == "refused"
        assert model_server.stats()["by_model"]["sub"] == 1

    def test_one_model_serves_runs_one_after_the_other(self, model_server: ModelServer, provider: str) -> None:
        code = "FINAL(llm_query('hello', model='sub'))"
        subs = {"sub": model_of(model_server, provider, "sub")}
        rlm = rlm_of(model_server, code, {"sub": {"kind": "echo"}}, subs)
        for _ in range(3):
            assert ask(rlm) == "echo: hello (5 characters)"


def test_a_refusal_of_the_responses_api_is_one(model_server: ModelServer) -> None:
    code = "out = llm_query_batched(['a'], model='sub', on_error='return')[0]\nFINAL([out.type, out.message])"
    subs = {"sub": model_of(model_server, "responses", "sub")}
    refusing = {"kind": "rules", "default": {"refusal": "I will not."}}
    kind, message = ask(rlm_of(model_server, code, {"sub": refusing}, subs))
    assert kind == "refused"
    assert "I will not." in message
    assert model_server.stats()["by_model"]["sub"] == 1


def test_an_answer_that_the_provider_broke_off_is_asked_for_again(model_server: ModelServer) -> None:
    replies = [{"content": "half", "finish_reason": "insufficient_system_resource", "times": 1}, "whole"]
    subs = {"sub": model_of(model_server, "deepseek", "sub")}
    code = "FINAL(llm_query('a', model='sub'))"
    assert ask(rlm_of(model_server, code, {"sub": {"kind": "script", "replies": replies}}, subs)) == "whole"


def test_ollamas_silent_cut_is_an_overflow_that_says_what_fits(model_server: ModelServer) -> None:
    code = "x = llm_query_batched(['word ' * 20_000], model='sub', on_error='return')[0]\nFINAL([x.type, x.message])"
    subs = {"sub": model_of(model_server, "ollama", "sub")}
    small = {"kind": "echo", "window": 4096, "dialect": "ollama"}
    kind, message = ask(rlm_of(model_server, code, {"sub": small}, subs))
    assert kind == "overflow"
    assert "at most about 12,288 characters" in message


def test_a_prompt_over_a_known_window_is_not_sent_and_the_code_may_use_the_size_it_is_told(
    model_server: ModelServer,
) -> None:
    code = """
import re
try:
    llm_query('word ' * 2000)
except ValueError as error:
    most = int(re.search(r'at most about ([0-9,]+) characters', str(error)).group(1).replace(',', ''))
    FINAL(llm_query(('word ' * 2000)[:most])[-19:])"""
    model_server.configure(models={"root": {"kind": "script", "replies": [f"```repl\n{code}\n```"]}, "sub": {}})
    sub = model_of(model_server, "openai", "sub")
    rlm = RLM(model_of(model_server, "openai", "root"), sub, route="rlm", sub_model_window=1_000)
    assert ask(rlm).endswith("(3000 characters)")
    assert model_server.stats()["by_model"]["sub"] == 1


class TestRateLimits:
    def test_the_whole_tree_holds_back_until_the_time_the_provider_named(self, model_server: ModelServer) -> None:
        """By the server's clock: nothing comes between the end of the 429 and the time it named."""
        wait = 0.8
        code = "FINAL(len(llm_query_batched(['the same'] * 6)))"
        sub = {"kind": "echo", "faults": [{"kind": "429", "first": 1, "retry_after": wait}]}
        model_server.configure(models={"root": {"kind": "script", "replies": [f"```repl\n{code}\n```"]}, "sub": sub})
        rlm = RLM(
            model_of(model_server, "openai", "root"), model_of(model_server, "openai", "sub"), route="rlm",
            max_concurrency=1,
        )  # fmt: skip
        assert ask(rlm) == 6
        asked = [entry for entry in model_server.log() if entry["model"] == "sub"]
        assert [entry["status"] for entry in asked] == [429] + [200] * 6
        assert asked[0]["end"] is not None
        assert asked[1]["start"] - asked[0]["end"] >= wait

    def test_a_wait_longer_than_a_run_can_wait_fails_the_calls_after_it_unsent(self, model_server: ModelServer) -> None:
        faults = [{"kind": "429", "retry_after": 3600}]
        code = """
kinds = []
for n in range(3):
    x = llm_query_batched(['ask ' + str(n)], model='sub', on_error='return')[0]
    kinds.append([x.type, 'not waited for' in x.message])
FINAL([kinds, llm_query('still there', model='other')])"""
        subs = {name: model_of(model_server, "openai", name) for name in ("sub", "other")}
        models = {"sub": {"kind": "echo", "faults": faults}, "other": {"kind": "echo"}}
        kinds, other = ask(rlm_of(model_server, code, models, subs))
        assert kinds == [["rate_limit", True]] * 3
        assert "still there" in other
        assert model_server.stats()["by_model"] == {"root": 1, "sub": 1, "other": 1}

    def test_many_calls_behind_one_limit_are_all_answered_in_the_end(self, model_server: ModelServer) -> None:
        """More refusals of one call than other failures are forgiven."""
        faults = [{"kind": "429", "first": 5, "retry_after": 0.02}]
        code = "FINAL(len(llm_query_batched(['ask ' + str(n) for n in range(5)], model='sub')))"
        subs = {"sub": model_of(model_server, "openai", "sub")}
        assert ask(rlm_of(model_server, code, {"sub": {"kind": "echo", "faults": faults}}, subs)) == 5
        assert model_server.stats()["by_model"]["sub"] == 30


def test_the_table_holds_every_kind_that_a_provider_can_cause() -> None:
    assert {row.kind for row in ROWS} == {
        "overflow", "rate_limit", "too_large", "authentication", "quota", "server", "refused", "not_found",
    }  # fmt: skip
    assert json.dumps([row._asdict() for row in ROWS])
