"""What a model's message says beside its text: how it ended, what is wrong with it, what it cost."""

from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage

from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.models.failures import Failure
from langchain_rlm.models.prices import cost_of
from langchain_rlm.surrogates import encodable

CUT_OFF = frozenset({
    "length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded",
})  # fmt: skip
FILTERED = frozenset({
    "content_filter", "content_filtered", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii",
    "language", "guardrail_intervened", "sensitive",
})  # fmt: skip
BROKEN_OFF = frozenset({"error", "abort", "insufficient_system_resource", "network_error"})
"""How OpenRouter, vLLM, DeepSeek and others say that the model failed on the way."""


def is_cut_off(message: AIMessage) -> bool:
    """Whether the message ended at the output limit."""
    return _finish(message) in CUT_OFF


def usage_of(message: AIMessage, name: str, provider: str | None, sent: int) -> dict[str, Any]:
    """What a call cost. Tokens that the provider did not count are estimated.

    Args:
        message: What came back.
        name: The model's name.
        provider: The provider's name.
        sent: Estimated tokens of the prompt.
    """
    reported = message.usage_metadata
    counted = bool(reported and reported["input_tokens"])
    tokens_in = reported["input_tokens"] if reported and counted else sent
    tokens_out = reported["output_tokens"] if reported and counted else estimate_tokens(message.text)
    return {
        "calls": 1, "input_tokens": tokens_in, "output_tokens": tokens_out,
        "cost": cost_of(name, provider, tokens_in, tokens_out), "estimated_calls": 0 if counted else 1,
    }  # fmt: skip


def _finish(message: AIMessage) -> str:
    metadata = message.response_metadata
    incomplete = metadata.get("incomplete_details") or {}  # OpenAI's Responses API
    blocked = metadata.get("prompt_feedback") or {}  # Gemini, of a prompt it does not answer
    found = incomplete.get("reason") or ("SAFETY" if blocked.get("block_reason") else None)
    names = ("finish_reason", "stop_reason", "stopReason", "done_reason")
    return str(found or next((metadata[name] for name in names if metadata.get(name)), "")).lower()


def _refusal(message: AIMessage) -> str | None:
    """The model's own words when it refuses; the Responses API gives them as a part of the content."""
    parts = message.content if isinstance(message.content, list) else []
    said = [part.get("refusal") for part in parts if isinstance(part, dict) and part.get("type") == "refusal"]
    return message.additional_kwargs.get("refusal") or next(iter(said), None)


def fault_of(message: AIMessage) -> Failure | None:
    """What is wrong with a reply that arrived as if all were well."""
    refusal = _refusal(message)
    if refusal or _finish(message) in FILTERED:
        said = f"the model refused: {refusal or 'the provider filtered the content'}"
        return Failure("refused", encodable(said)[:300])
    if _finish(message) in BROKEN_OFF:
        return Failure("server", f"the provider broke the answer off ({_finish(message)})")
    if not message.text.strip():
        if _finish(message) in CUT_OFF:
            return Failure("cut_off", "the output limit was used up before the model wrote any text")
        return Failure("empty", "the model gave an empty answer")
    return None


def brief(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Usage for the journal, without the defaults (one call, counted by the provider, no known price)."""
    unsaid = {"calls": 1, "estimated_calls": 0, "cost": None}
    return {name: value for name, value in usage.items() if name not in unsaid or value != unsaid[name]}


def add_usage(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The usage of two calls together."""
    total = {key: first[key] + second[key] for key in first if key != "cost"}
    costs = [usage["cost"] for usage in (first, second) if usage["cost"] is not None]
    return {**total, "cost": sum(costs) if costs else None}
