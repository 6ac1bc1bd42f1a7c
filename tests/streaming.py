"""A server that only streams, in the wire formats of five providers, for tests of what a stream may do.

The test server in `tests/server` streams chat completions alone, and always to their end.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
COUNTED = (900, 9)
"""Tokens of each answer: in, out."""


def events_of(path: str, asked: Json, text: str) -> list[tuple[str, Json]]:
    """The events of one answer: a part of its text, the rest of it, how it ended."""
    parts = [text[:5], text[5:]]
    if "/responses" in path:
        return _responses(parts)
    if "/messages" in path:
        return _anthropic(parts)
    if "GenerateContent" in path:
        return _gemini(parts)
    if "/api/chat" in path:
        return _ollama(parts)
    return _chat(parts, usage=bool((asked.get("stream_options") or {}).get("include_usage")))


def _chat(parts: list[str], *, usage: bool) -> list[tuple[str, Json]]:
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    said = [{**head, "choices": [{"index": 0, "delta": {"content": part}, "finish_reason": None}]} for part in parts]
    tokens = dict(zip(("prompt_tokens", "completion_tokens"), COUNTED, strict=True))
    counted = [{**head, "choices": [], "usage": {**tokens, "total_tokens": sum(COUNTED)}}] if usage else []
    end = {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return [("", each) for each in [*said, end, *counted]]


def _responses(parts: list[str]) -> list[tuple[str, Json]]:
    place = {"item_id": "m1", "output_index": 0, "content_index": 0}
    whole = {"type": "output_text", "text": "".join(parts), "annotations": []}
    item = {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [whole]}
    response = {
        "id": "r1", "object": "response", "created_at": 1, "model": "m", "status": "in_progress", "output": [],
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
    }  # fmt: skip
    usage = {
        "input_tokens": COUNTED[0], "output_tokens": COUNTED[1], "total_tokens": sum(COUNTED),
        "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0},
    }  # fmt: skip
    begun: Json = {**item, "content": [], "status": "in_progress"}
    deltas = [("response.output_text.delta", {**place, "delta": part, "logprobs": []}) for part in parts]
    made: list[tuple[str, Json]] = [
        ("response.created", {"response": response}),
        ("response.output_item.added", {"output_index": 0, "item": begun}),
        ("response.content_part.added", {**place, "part": {**whole, "text": ""}}),
        *deltas,
        ("response.output_item.done", {"output_index": 0, "item": item}),
        ("response.completed", {"response": {**response, "status": "completed", "output": [item], "usage": usage}}),
    ]
    return [(name, {"type": name, "sequence_number": n, **data}) for n, (name, data) in enumerate(made)]


def _anthropic(parts: list[str]) -> list[tuple[str, Json]]:
    begun: Json = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None}
    usage = {"input_tokens": COUNTED[0], "output_tokens": 1}
    deltas = [("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": part}}) for part in parts]
    made: list[tuple[str, Json]] = [
        ("message_start", {"message": {**begun, "stop_sequence": None, "usage": usage}}),
        ("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
        *deltas,
        ("content_block_stop", {"index": 0}),
        ("message_delta", {"delta": {"stop_reason": "end_turn"}, "usage": {**usage, "output_tokens": COUNTED[1]}}),
        ("message_stop", {}),
    ]
    return [(name, {"type": name, **data}) for name, data in made]


def _gemini(parts: list[str]) -> list[tuple[str, Json]]:
    said: list[Json] = [
        {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": p}]}}]} for p in parts
    ]
    said[-1]["candidates"][0]["finishReason"] = "STOP"
    tokens = dict(zip(("promptTokenCount", "candidatesTokenCount"), COUNTED, strict=True))
    said[-1]["usageMetadata"] = {**tokens, "totalTokenCount": sum(COUNTED)}
    return [("", each) for each in said]


def _ollama(parts: list[str]) -> list[tuple[str, Json]]:
    head = {"model": "m", "created_at": "2026-01-01T00:00:00Z"}
    said = [{**head, "message": {"role": "assistant", "content": part}, "done": False} for part in parts]
    counts = dict(zip(("prompt_eval_count", "eval_count"), COUNTED, strict=True))
    end = {**head, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop", **counts}
    return [("", each) for each in [*said, end]]


@dataclass
class StreamingServer:
    """What it was asked, and how the next answers differ from good ones."""

    say: Callable[[Json], str]
    """The answer to a request."""
    url: str = ""
    asked: list[Json] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    stops: int = 0
    """Answers that stop after the first part of their text: the response ends in good order."""
    breaks: int = 0
    """Answers whose connection is lost there."""
    counts_each: bool = False
    """Each part of a chat completion comes with the count so far."""
    says_no_reason: bool = False
    """A chat completion does not say why it ended."""
    refuses: str = ""
    """What is said to a request with `stream_options`."""
    connections: Counter[str] = field(default_factory=Counter)
    """Requests by connection."""
    open: int = 0
    """Connections."""

    def answer(self, handler: BaseHTTPRequestHandler, asked: Json) -> None:
        """Write one response."""
        self.asked.append(asked)
        self.paths.append(handler.path)
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        if self.refuses and "stream_options" in asked:
            _send(handler, 400, json.dumps({"error": {"message": self.refuses, "type": "invalid_request_error"}}))
            return
        if not (asked.get("stream") or "/api/chat" in handler.path or "stream" in handler.path):
            _send(handler, 400, json.dumps({"error": {"message": "This model only supports stream mode."}}))
            return
        events, is_ollama = events_of(handler.path, asked, self.say(asked)), "/api/chat" in handler.path
        name = "application/x-ndjson" if is_ollama else "text/event-stream"
        if self.counts_each:
            tokens = {"prompt_tokens": COUNTED[0], "total_tokens": sum(COUNTED)}
            events = [(e, {**d, "usage": {**tokens, "completion_tokens": COUNTED[1]}}) for e, d in events]
        if self.says_no_reason:
            events = [(event, data) for event, data in events if '"stop"' not in json.dumps(data)]
        lines = [_line(event, data, plain=is_ollama) for event, data in events]
        lines += ["data: [DONE]\n\n"] if handler.path.endswith("/chat/completions") else []
        cut = (
            next(n for n, line in enumerate(lines) if self.say(asked)[:5].encode("unicode_escape").decode() in line) + 1
        )
        if self.stops:
            self.stops -= 1
            lines = lines[:cut]
        if self.breaks:
            self.breaks -= 1
            _send(handler, 200, "".join(lines[:cut]), name, promised=10_000)
            handler.close_connection = True
            return
        _send(handler, 200, "".join(lines), name)


def _line(event: str, data: Json, *, plain: bool) -> str:
    said = json.dumps(data)
    return f"{said}\n" if plain else f"event: {event}\ndata: {said}\n\n" if event else f"data: {said}\n\n"


def _send(
    handler: BaseHTTPRequestHandler, status: int, body: str, kind: str = "application/json", promised: int = 0
) -> None:
    data = body.encode()
    handler.send_response(status)
    handler.send_header("content-type", kind)
    handler.send_header("content-length", str(promised or len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@contextmanager
def streaming_server(say: Callable[[Json], str]) -> Iterator[StreamingServer]:
    """The server, for as long as the `with` block."""
    state = StreamingServer(say)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            state.open += 1
            super().handle()
            state.open -= 1

        def log_message(self, *_: Any) -> None: ...

        def do_POST(self) -> None:
            state.connections[str(self.client_address)] += 1
            state.answer(self, json.loads(self.rfile.read(int(self.headers["content-length"]))))

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="streaming-server")
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
