"""What providers answer with status 200: thinking beside the text, tokens from a cache, streams.

Each body has the text "42", and 1,200 tokens of prompt, 1,000 of them from a cache where its provider says so.
"""

import json
from typing import Any, NamedTuple

TEXT, READ, CACHED, OUT = "42", 1_200, 1_000, 9
THOUGHT = "Is it 41? No."
EVENTS = {"content-type": "text/event-stream"}


class Answer(NamedTuple):
    """What is answered; it must come out as `TEXT`, with `READ` tokens read."""

    provider: str
    name: str
    body: Any
    headers: dict[str, str] = {}  # noqa: RUF012  # never written to


def chat(usage: Any = None, content: Any = TEXT, finish: str = "stop", **message: Any) -> Any:
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
    counted = {"prompt_tokens": READ, "completion_tokens": OUT, "total_tokens": READ + OUT, **(usage or {})}
    return {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": counted}


def responses(*output: Any) -> Any:
    text = {"type": "output_text", "text": TEXT, "annotations": []}
    message = {"type": "message", "id": "m", "status": "completed", "role": "assistant", "content": [text]}
    usage = {
        "input_tokens": READ, "input_tokens_details": {"cached_tokens": CACHED}, "output_tokens": OUT,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": READ + OUT,
    }  # fmt: skip
    return {
        "id": "r", "object": "response", "created_at": 1, "model": "m", "status": "completed", "error": None,
        "incomplete_details": None, "output": [*output, message], "parallel_tool_calls": True, "tool_choice": "auto",
        "tools": [], "usage": usage,
    }  # fmt: skip


def anthropic(*content: Any) -> Any:
    usage = {"input_tokens": READ - CACHED, "output_tokens": OUT, "cache_read_input_tokens": CACHED}
    return {
        "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [*content, text()],
        "stop_reason": "end_turn", "stop_sequence": None, "usage": {**usage, "cache_creation_input_tokens": 0},
    }  # fmt: skip


def gemini(*parts: Any) -> Any:
    usage = {"promptTokenCount": READ, "cachedContentTokenCount": CACHED, "candidatesTokenCount": OUT}
    content = {"role": "model", "parts": [*parts, {"text": TEXT}]}
    return {
        "candidates": [{"content": content, "finishReason": "STOP", "index": 0}], "modelVersion": "m",
        "usageMetadata": {**usage, "totalTokenCount": READ + OUT},
    }  # fmt: skip


def bedrock(*content: Any) -> Any:
    usage = {"inputTokens": READ - CACHED, "outputTokens": OUT, "totalTokens": READ + OUT}
    return {
        "output": {"message": {"role": "assistant", "content": [*content, {"text": TEXT}]}}, "stopReason": "end_turn",
        "usage": {**usage, "cacheReadInputTokens": CACHED, "cacheWriteInputTokens": 0}, "metrics": {"latencyMs": 1},
    }  # fmt: skip


def ollama(content: str = TEXT, *, done: bool = True, **message: Any) -> Any:
    end = {"done_reason": "stop", "prompt_eval_count": READ, "eval_count": OUT} if done else {}
    message = {"role": "assistant", "content": content, **message}
    return {"model": "m", "created_at": "2026-01-01T00:00:00Z", "done": done, "message": message, **end}


def text() -> Any:
    return {"type": "text", "text": TEXT}


def events(*data: Any) -> str:
    return "".join(f"data: {json.dumps(one)}\n\n" for one in data)


def named(*data: Any) -> str:
    return "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in data)


def chat_events(*, groq: bool = False) -> str:
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    deltas = [({"role": "assistant", "content": ""}, None), *(({"content": part}, None) for part in TEXT), ({}, "stop")]
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": end}]} for delta, end in deltas]
    usage = {"prompt_tokens": READ, "completion_tokens": OUT, "total_tokens": READ + OUT}
    counted = {"x_groq": {"id": "req", "usage": usage}} if groq else {"usage": usage}
    return events(*chunks[:-1], {**chunks[-1], **counted}) + "data: [DONE]\n\n"


def anthropic_events() -> str:
    begun = {**anthropic(), "content": [], "stop_reason": None}
    deltas: list[Any] = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": t}} for t in TEXT
    ]
    return named(
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *deltas, {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": begun["usage"]},
        {"type": "message_stop"},
    )  # fmt: skip


def responses_events() -> str:
    whole = responses()
    place = {"item_id": "m", "output_index": 0, "content_index": 0}
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    item = {**whole["output"][0], "status": "in_progress", "content": []}
    part = whole["output"][0]["content"][0]
    steps: list[Any] = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
        *({"type": "response.output_text.delta", **place, "delta": t, "logprobs": []} for t in TEXT),
        {"type": "response.output_text.done", **place, "text": TEXT, "logprobs": []},
        {"type": "response.output_item.done", "output_index": 0, "item": whole["output"][0]},
        {"type": "response.completed", "response": whole},
    ]
    return named(*({**step, "sequence_number": number} for number, step in enumerate(steps)))


CACHE = {"prompt_tokens_details": {"cached_tokens": CACHED}}
TAGGED = f"<think>\n{THOUGHT}\n</think>\n\n{TEXT}"
SUMMARY = {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": THOUGHT}]}
MAGISTRAL = [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}, text()]
OLLAMA_LINES = "".join(json.dumps(one) + "\n" for one in (ollama("4", done=False), ollama("2", done=False), ollama("")))

ANSWERS = [
    Answer("openai", "cache", chat(CACHE)),
    Answer("openai", "thinking", chat({"completion_tokens_details": {"reasoning_tokens": 5}})),
    Answer("openai", "stream", chat_events(), EVENTS),
    Answer("responses", "cache", responses()),
    Answer("responses", "thinking", responses(SUMMARY)),
    Answer("responses", "stream", responses_events(), EVENTS),
    Answer("azure", "cache", chat(CACHE)),
    Answer("azure", "thinking", chat({"completion_tokens_details": {"reasoning_tokens": 5}})),
    Answer("azure", "stream", chat_events(), EVENTS),
    Answer("anthropic", "cache", anthropic()),
    Answer("anthropic", "thinking", anthropic({"type": "thinking", "thinking": THOUGHT, "signature": "s"})),
    Answer("anthropic", "stream", anthropic_events(), EVENTS),
    Answer("gemini", "cache", gemini()),
    Answer("gemini", "thinking", gemini({"text": THOUGHT, "thought": True})),
    Answer("gemini", "stream", events(gemini()), EVENTS),
    Answer("bedrock", "cache", bedrock()),
    Answer(
        "bedrock", "thinking", bedrock({"reasoningContent": {"reasoningText": {"text": THOUGHT, "signature": "s"}}})
    ),
    Answer("mistral", "cache", chat({"num_cached_tokens": CACHED, **CACHE})),
    Answer("mistral", "thinking", chat(content=MAGISTRAL)),
    Answer("mistral", "stream", chat_events(), EVENTS),
    Answer("groq", "cache", chat(CACHE)),
    Answer("groq", "thinking", chat(reasoning=THOUGHT)),
    Answer("groq", "stream", chat_events(groq=True), EVENTS),
    Answer("deepseek", "cache", chat({"prompt_cache_hit_tokens": CACHED, "prompt_cache_miss_tokens": READ - CACHED})),
    Answer("deepseek", "thinking", chat(reasoning_content=THOUGHT)),
    Answer("deepseek", "stream", chat_events(), EVENTS),
    Answer("openrouter", "cache", chat({**CACHE, "cost": 0.01})),
    Answer(
        "openrouter", "thinking", chat(reasoning=THOUGHT, reasoning_details=[{"type": "reasoning.text", "text": "h"}])
    ),
    Answer("openrouter", "stream", ": OPENROUTER PROCESSING\n\n" + chat_events(), EVENTS),
    Answer("litellm", "cache", chat({**CACHE, "cache_read_input_tokens": CACHED})),
    Answer(
        "litellm", "thinking", chat(reasoning_content=THOUGHT, thinking_blocks=[{"type": "thinking", "thinking": "h"}])
    ),
    Answer("litellm", "stream", chat_events(), EVENTS),
    Answer("vllm", "cache", chat(CACHE)),
    Answer("vllm", "thinking", chat(reasoning_content=THOUGHT)),
    Answer("vllm", "tags", chat(content=TAGGED)),
    Answer("vllm", "stream", chat_events(), EVENTS),
    Answer("llamacpp", "cache", {**chat(), "timings": {"cache_n": CACHED, "prompt_n": READ - CACHED}}),
    Answer("llamacpp", "thinking", chat(reasoning_content=THOUGHT)),
    Answer("llamacpp", "stream", chat_events(), EVENTS),
    Answer("ollama", "cache", ollama()),
    Answer("ollama", "thinking", ollama(thinking=THOUGHT)),
    Answer("ollama", "stream", OLLAMA_LINES, {"content-type": "application/x-ndjson"}),
    Answer("together", "cache", chat({"cached_tokens": CACHED})),
    Answer("together", "thinking", chat(content=TAGGED)),
    Answer("together", "stream", chat_events(), EVENTS),
    Answer("fireworks", "cache", chat(CACHE)),
    Answer("fireworks", "thinking", chat(reasoning_content=THOUGHT)),
    Answer("fireworks", "stream", chat_events(), EVENTS),
]
