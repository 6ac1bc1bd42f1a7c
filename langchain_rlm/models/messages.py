"""What a model's message says beside its text: how it ended, what is wrong with it, what it cost."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.models.failures import Failure
from langchain_rlm.models.prices import cost_of
from langchain_rlm.repl.thinking import without_thinking
from langchain_rlm.surrogates import encodable

SILENT_CUT = 3
"""A provider that counts fewer than a third of the tokens sent has cut the prompt without saying so."""
SILENT_CUT_ABOVE = 3000
"""Tokens of a prompt below which a low count proves nothing."""
CUT_OFF = frozenset({"length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "model_context_window_exceeded"})
FILTERED = frozenset({
    "content_filter", "refusal", "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE",
})  # fmt: skip
BROKEN_OFF = frozenset({"error", "insufficient_system_resource"})
"""How OpenRouter and DeepSeek say that the model failed on the way."""


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
    names = ("finish_reason", "stop_reason", "done_reason")
    return str(found or next((metadata[name] for name in names if metadata.get(name)), ""))


def _refusal(message: AIMessage) -> str | None:
    """The model's own words when it refuses; the Responses API gives them as a part of the content."""
    parts = message.content if isinstance(message.content, list) else []
    said = [part.get("refusal") for part in parts if isinstance(part, dict) and part.get("type") == "refusal"]
    return message.additional_kwargs.get("refusal") or next(iter(said), None)


def fault_of(message: AIMessage, *, unclosed: bool = True) -> Failure | None:
    """What is wrong with a reply that arrived as if all were well.

    Args:
        message: What came back.
        unclosed: Thinking that never ends is no text either.
    """
    refusal = _refusal(message)
    if refusal or _finish(message) in FILTERED:
        said = f"the model refused: {refusal or 'the provider filtered the content'}"
        return Failure("refused", encodable(said)[:300])
    if _finish(message) in BROKEN_OFF:
        return Failure("server", f"the provider broke the answer off ({_finish(message)})")
    if not without_thinking(message.text, unclosed=unclosed).strip():
        if _finish(message) in CUT_OFF:
            return Failure("cut_off", "the output limit was used up before the model wrote any text")
        return Failure("empty", "the model gave an empty answer")
    return None


def silent_cut(messages: Sequence[BaseMessage], usage: dict[str, Any], sent: int) -> Failure | None:
    """Ollama and others answer from the part of a prompt that fits: their token count gives it away."""
    read = usage["input_tokens"]
    if usage["estimated_calls"] or sent <= SILENT_CUT_ABOVE or read * SILENT_CUT >= sent:
        return None
    dense = sum(estimate_tokens(" ".join(str(message.content).split())) for message in messages)
    if read * SILENT_CUT >= dense:  # runs of white space are few tokens
        return None
    msg = (
        f"the provider read about {read:,} of {sent:,} tokens and cut the rest: "
        f"send at most about {read * 3:,} characters, or raise its window"
    )
    return Failure("overflow", msg, limit=read)


def brief(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Usage for the journal, without the defaults (one call, counted by the provider, no known price)."""
    unsaid = {"calls": 1, "estimated_calls": 0, "cost": None}
    return {name: value for name, value in usage.items() if name not in unsaid or value != unsaid[name]}


def add_usage(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The usage of two calls together."""
    total = {key: first[key] + second[key] for key in first if key != "cost"}
    costs = [usage["cost"] for usage in (first, second) if usage["cost"] is not None]
    return {**total, "cost": sum(costs) if costs else None}
