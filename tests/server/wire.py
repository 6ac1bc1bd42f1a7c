"""Outcomes as bytes: the Chat Completions object, and the same as server-sent events."""

import json
from collections.abc import Mapping
from typing import Any

from tests.server.outcome import Outcome, Usage, tokens

ENCODER = json.JSONEncoder(separators=(",", ":"))
PIECE = 200  # characters of content in one streamed event


def to_json(value: Any) -> bytes:
    return ENCODER.encode(value).encode()


def usage_of(outcome: Outcome, prompt_tokens: int) -> Usage | None:
    """The usage to report: as scripted, or counted over content and tool calls."""
    if outcome.usage != "counted":
        return outcome.usage
    written = len(outcome.content or outcome.refusal or "")
    if outcome.tool_calls:
        written += len(json.dumps(list(outcome.tool_calls)))
    completion_tokens = tokens(written)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def tool_call(call: Mapping[str, Any], identity: str, index: int) -> dict[str, Any]:
    """A scripted {"name": ..., "args": {...}} as the API writes it."""
    return {
        "id": call.get("id", f"call_{identity}_{index}"),
        "type": "function",
        "function": {"name": call["name"], "arguments": json.dumps(call.get("args", {}))},
    }


def message_of(outcome: Outcome, identity: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": outcome.content, "refusal": outcome.refusal}
    if outcome.tool_calls:
        message["tool_calls"] = [tool_call(call, identity, i) for i, call in enumerate(outcome.tool_calls)]
    return message


def logprobs_of(outcome: Outcome) -> dict[str, Any] | None:
    """The likeliest first tokens, as the API writes them; a token says its bytes, too."""
    if outcome.logprobs is None:
        return None
    told = [{"token": token, "logprob": one, "bytes": [*token.encode()]} for token, one in outcome.logprobs.items()]
    return {"content": [{**told[0], "top_logprobs": told}], "refusal": None}


def completion(outcome: Outcome, model: str, identity: str, created: int, usage: Usage | None) -> bytes:
    choice = {
        "index": 0,
        "message": message_of(outcome, identity),
        "logprobs": logprobs_of(outcome),
        "finish_reason": outcome.finish_reason,
    }
    payload: dict[str, Any] = {
        "id": f"chatcmpl-{identity}",
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": {"choices_null": None, "choices_empty": []}.get(outcome.malformed, [choice]),
    }
    if usage is not None:
        payload["usage"] = usage
    encoded = to_json(payload)
    return encoded[: len(encoded) // 2] if outcome.malformed == "truncated_json" else encoded


def deltas(outcome: Outcome, identity: str) -> list[dict[str, Any]]:
    pieces: list[dict[str, Any]] = [{"role": "assistant", "content": "", "refusal": None}]
    content = outcome.content or ""
    pieces += [{"content": content[start : start + PIECE]} for start in range(0, len(content), PIECE)]
    if outcome.refusal:
        pieces.append({"refusal": outcome.refusal})
    for index, call in enumerate(outcome.tool_calls):
        pieces.append({"tool_calls": [{"index": index, **tool_call(call, identity, index)}]})
    return pieces


def choices_of(outcome: Outcome, identity: str) -> list[list[dict[str, Any]] | None]:
    """The `choices` of each event of a stream."""
    if outcome.malformed == "choices_null":
        return [None]
    if outcome.malformed == "choices_empty":
        return [[]]
    contents = [[{"index": 0, "delta": delta, "finish_reason": None}] for delta in deltas(outcome, identity)]
    if outcome.logprobs is not None:
        contents[1][0]["logprobs"] = logprobs_of(outcome)
    return [*contents, [{"index": 0, "delta": {}, "finish_reason": outcome.finish_reason}]]


def event(payload: Any) -> bytes:
    return b"data: " + to_json(payload) + b"\n\n"


def events(outcome: Outcome, model: str, identity: str, created: int, usage: Usage | None) -> list[bytes]:
    """The events of a stream; the last one reports `usage` when there is one."""
    head = {"id": f"chatcmpl-{identity}", "object": "chat.completion.chunk", "created": created, "model": model}
    stream = [event({**head, "choices": choices}) for choices in choices_of(outcome, identity)]
    if usage is not None:
        stream.append(event({**head, "choices": [], "usage": usage}))
    if outcome.malformed == "truncated_json":
        return [*stream[:1], stream[-1][: len(stream[-1]) // 2] + b"\n\n"]
    return stream if outcome.reset else [*stream, b"data: [DONE]\n\n"]


REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


def response_head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", *(f"{name}: {headers[name]}" for name in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def response(status: int, body: bytes, content_type: str, headers: Mapping[str, str]) -> bytes:
    fields = {"content-type": content_type, "content-length": str(len(body)), **headers}
    return response_head(status, fields) + body


def error_response(outcome: Outcome, body: Any) -> bytes:
    content_type = "text/html" if isinstance(body, str) else "application/json"
    encoded = body.encode() if isinstance(body, str) else to_json(body)
    return response(outcome.status, encoded, content_type, outcome.headers)


def stream_head(headers: Mapping[str, str]) -> bytes:
    return response_head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked", **headers})


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK: bytes = b"0\r\n\r\n"
