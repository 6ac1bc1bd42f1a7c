"""The other wire formats: OpenAI's Responses, Anthropic's Messages, Gemini's generateContent, Bedrock's, Ollama's.

Each is read into a chat completion request; only what goes out differs, without streaming.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from tests.server.outcome import Outcome, Usage, text_of
from tests.server.wire import logprobs_of

Json = dict[str, Any]
GEMINI_PATH = re.compile(r"/v1(?:beta)?/models/([^/:]+):(?:generate|streamGenerate)Content")
BEDROCK_PATH = re.compile(r"/model/([^/]+)/converse(?:-stream)?")
CUT = "length"


def api_of(path: str) -> str | None:
    """The wire format that a path belongs to, or None when it is no model call."""
    if GEMINI_PATH.fullmatch(path):
        return "gemini"
    if BEDROCK_PATH.fullmatch(path):
        return "bedrock"
    if path.endswith("/chat/completions"):  # each provider has its own address
        return "chat"
    return {"/v1/responses": "responses", "/v1/messages": "anthropic", "/api/chat": "ollama"}.get(path)


def key_of(headers: Mapping[str, str]) -> str:
    """The key of a request as an Authorization header says it; Anthropic and Google have headers of their own."""
    own = headers.get("x-api-key") or headers.get("x-goog-api-key")
    return f"Bearer {own}" if own else headers.get("authorization", "")


def as_chat(api: str, path: str, body: Json) -> Json:
    """A request of any of the formats as a chat completion request."""
    if api == "chat":
        deployment = re.search("/deployments/([^/]+)/", path)  # Azure's
        return {**body, "model": deployment[1]} if deployment else body
    if api == "responses":
        given = body["input"]
        messages = [{"role": "user", "content": given}] if isinstance(given, str) else given
        return {"model": body["model"], "messages": messages, "max_tokens": body.get("max_output_tokens")}
    if api == "anthropic":
        system = [{"role": "system", "content": body["system"]}] if body.get("system") else []
        return {"model": body["model"], "messages": [*system, *body["messages"]]}
    if api == "ollama":
        return {"model": body["model"], "messages": body["messages"], "logprobs": body.get("logprobs")}
    if bedrock := BEDROCK_PATH.fullmatch(path):
        system = [{"role": "system", "content": body["system"]}] if body.get("system") else []
        return {"model": unquote(bedrock[1]), "messages": [*system, *body["messages"]]}
    found = GEMINI_PATH.fullmatch(path)
    assert found
    turns = [*([body["systemInstruction"]] if "systemInstruction" in body else []), *body["contents"]]
    roles = {"model": "assistant", None: "system"}
    messages = [
        {"role": roles.get(turn.get("role"), "user"), "content": text_of({"content": turn["parts"]})} for turn in turns
    ]
    return {"model": found[1], "messages": messages}


def completion(api: str, outcome: Outcome, model: str, usage: Usage | None) -> Json:
    """A completion as the format writes it."""
    counted = usage or {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    return WRITE[api](outcome, model, counted)


def _responses(outcome: Outcome, model: str, usage: Usage) -> Json:
    part: Json = {"type": "output_text", "text": outcome.content or "", "annotations": []}
    if outcome.refusal:
        part = {"type": "refusal", "refusal": outcome.refusal}
    reasons = {CUT: "max_output_tokens", "content_filter": "content_filter"}
    reason = reasons.get(outcome.finish_reason)
    status = "incomplete" if reason else "completed"
    tokens = {
        "input_tokens": usage["prompt_tokens"], "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": usage["completion_tokens"], "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage["total_tokens"],
    }  # fmt: skip
    message = {"type": "message", "id": "msg_1", "status": status, "role": "assistant", "content": [part]}
    return {
        "id": "resp_1", "object": "response", "created_at": 1_780_000_000, "model": model, "status": status,
        "error": None, "incomplete_details": {"reason": reason} if reason else None, "output": [message],
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "usage": tokens,
    }  # fmt: skip


def _anthropic(outcome: Outcome, model: str, usage: Usage) -> Json:
    reasons = {"stop": "end_turn", CUT: "max_tokens", "content_filter": "refusal"}
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model,
        "content": [{"type": "text", "text": outcome.content}] if outcome.content else [],
        "stop_reason": reasons.get(outcome.finish_reason, outcome.finish_reason), "stop_sequence": None,
        "usage": {"input_tokens": usage["prompt_tokens"], "output_tokens": usage["completion_tokens"]},
    }  # fmt: skip


def _gemini(outcome: Outcome, model: str, usage: Usage) -> Json:
    reasons = {"stop": "STOP", CUT: "MAX_TOKENS", "content_filter": "SAFETY"}
    candidate = {
        "content": {"role": "model", "parts": [{"text": outcome.content}] if outcome.content else []},
        "finishReason": reasons.get(outcome.finish_reason, outcome.finish_reason), "index": 0,
    }  # fmt: skip
    tokens = {
        "promptTokenCount": usage["prompt_tokens"], "candidatesTokenCount": usage["completion_tokens"],
        "totalTokenCount": usage["total_tokens"],
    }  # fmt: skip
    return {"candidates": [candidate], "usageMetadata": tokens, "modelVersion": model}


def _bedrock(outcome: Outcome, model: str, usage: Usage) -> Json:
    del model
    reasons = {"stop": "end_turn", CUT: "max_tokens", "content_filter": "guardrail_intervened"}
    tokens = {
        "inputTokens": usage["prompt_tokens"], "outputTokens": usage["completion_tokens"],
        "totalTokens": usage["total_tokens"],
    }  # fmt: skip
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": outcome.content}] if outcome.content else []}},
        "stopReason": reasons.get(outcome.finish_reason, outcome.finish_reason), "usage": tokens,
        "metrics": {"latencyMs": 1},
    }  # fmt: skip


def _ollama(outcome: Outcome, model: str, usage: Usage) -> Json:
    """A stream of one line."""
    return {
        "model": model, "created_at": "2026-01-01T00:00:00Z", "done": True, "done_reason": outcome.finish_reason,
        "message": {"role": "assistant", "content": outcome.content or ""},
        **({"logprobs": (logprobs_of(outcome) or {})["content"]} if outcome.logprobs else {}),
        "prompt_eval_count": usage["prompt_tokens"], "eval_count": usage["completion_tokens"],
    }  # fmt: skip


WRITE: dict[str, Callable[[Outcome, str, Usage], Json]] = {
    "responses": _responses, "anthropic": _anthropic, "gemini": _gemini, "bedrock": _bedrock, "ollama": _ollama,
}  # fmt: skip
