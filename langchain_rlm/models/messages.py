"""What a model's message says beside its text: how it ended, what is wrong with it, what it cost."""

from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from langchain_rlm.models.failures import Failure
from langchain_rlm.models.prices import Pricing
from langchain_rlm.models.tokens import tokens_of
from langchain_rlm.repl.thinking import without_thinking
from langchain_rlm.surrogates import encodable

PAGES = "rlm_pages"
"""Of a message with pictures: the pages that they show."""
CUT_OFF = {"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"}
LOOPED, LOOPED_LINE = 6, 20
"""Times in a row that an answer has one line, and its characters, from where on its model does nothing else."""
FILTERED = {
    "content_filter", "content_filtered", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii",
    "language", "guardrail_intervened", "sensitive",
}  # fmt: skip
BROKEN_OFF = {"error", "abort", "insufficient_system_resource", "network_error"}
"""How OpenRouter, vLLM, DeepSeek and others say that the model failed on the way."""


def pages_in(message: BaseMessage) -> tuple[tuple[int, int], ...]:
    """The pages whose pictures are in a message, each by its document and number."""
    return tuple((document, page) for document, page in message.additional_kwargs.get(PAGES, ()))


def is_cut_off(message: AIMessage) -> bool:
    """Whether the message ended at the output limit."""
    return _finish(message) in CUT_OFF


def is_looping(text: str) -> int:
    """How often the last whole line of an answer that was cut off stands there in a row; 0 where that may be meant."""
    *lines, _ = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    alike = next((at for at, line in enumerate(reversed(lines)) if line != lines[-1]), len(lines))
    return alike if alike >= LOOPED and len(lines[-1]) >= LOOPED_LINE else 0


def usage_of(
    reported: Any, said: str, *, sent: int, name: str, provider: str | None, prices: Pricing
) -> dict[str, Any]:
    """What a call cost, without kinds of which there were none; for `reported`, `sent` and `said` see `tokens_of`."""
    used, is_counted = tokens_of(reported, sent, said)
    kinds = {
        "cache_read_tokens": used.cache_read, "cache_write_tokens": used.cache_write + used.cache_write_1h,
        "reasoning_tokens": used.reasoning,
    }  # fmt: skip
    return {
        "calls": 1, "input_tokens": used.input, "output_tokens": used.output,
        "cost": prices.cost(name, provider, used), "estimated_calls": 0 if is_counted else 1,
        **{kind: count for kind, count in kinds.items() if count},
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


def fault_of(message: AIMessage, *, unclosed: bool = True) -> Failure | None:
    """What is wrong with a reply that arrived as if all were well; `unclosed` thinking is no text either."""
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


def brief(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Usage for the journal, without the defaults (one call, counted by the provider, no known price)."""
    unsaid = {"calls": 1, "estimated_calls": 0, "cost": None}
    return {name: value for name, value in usage.items() if name not in unsaid or value != unsaid[name]}


def add_usage(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The usage of two calls together."""
    total = {key: first.get(key, 0) + second.get(key, 0) for key in {**first, **second} if key != "cost"}
    costs = [usage["cost"] for usage in (first, second) if usage["cost"] is not None]
    return {**total, "cost": sum(costs) if costs else None}
