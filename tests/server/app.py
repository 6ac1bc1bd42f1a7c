"""The server: what a request asks for, what is decided about it, and how that goes out.

`App.decide` says what happens in the order of a real service: key, model, faults on the way, window, rate, answer,
output limit, faults in the answer. `Exchange` acts it out on the connection.
"""

import asyncio
import gc
import json
import os
import signal
import stat
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from tests.server import apis, bodies, faults, kinds, limits, wire
from tests.server.config import Config, Fault, ModelConfig, parse_config
from tests.server.connection import Connection, Request
from tests.server.log import Log, LogEntry
from tests.server.outcome import Outcome, first_user_text, text_of, tokens

WAIT, WAITS = 0.01, 2_000
"""Seconds between two looks whether enough requests have come, and how many looks."""
CREATED = 1_780_000_000  # fixed, so that the same request gives the same bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A chat completion request, measured."""

    name: str
    messages: list[dict[str, Any]]
    prompt_tokens: int
    max_tokens: int | None
    tools: tuple[str, ...] = ()
    """The names of those that it offers."""


class App:
    """The configured models, what they have been asked, and the routes to both."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.log = Log()
        self.connections: set[Connection] = set()
        self.routes: dict[tuple[str, str], Callable[[bytes], Any]] = {
            ("GET", "/v1/models"): lambda _: self.models(),
            ("PUT", "/control/config"): self.configure,
            ("GET", "/control/log"): lambda _: self.log.entries,
            ("DELETE", "/control/log"): lambda _: self.log.reset(),
            ("GET", "/control/stats"): lambda _: self.stats(),
        }
        self.set_config(config)

    def set_config(self, config: dict[str, Any]) -> None:
        """Replace the configuration. Everything counted for faults, scripts and rates starts again."""
        self.config: Config = parse_config(config)
        self.log.keep = self.config.log
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.rates = {
            name: limits.RateLimit(name, model, time.monotonic()) for name, model in self.config.models.items()
        }

    def configure(self, body: bytes) -> None:
        self.set_config(json.loads(body))

    def models(self) -> dict[str, Any]:
        data = [{"id": name, "object": "model", "created": CREATED, "owned_by": "tests"} for name in self.config.models]
        return {"object": "list", "data": data}

    def stats(self) -> dict[str, Any]:
        """The counts; the connection that asks for them is not counted."""
        return {
            **self.log.stats(),
            "open_connections": len(self.connections) - 1,
            "cpu_seconds": time.process_time(),
        }

    def handle(self, request: Request, connection: Connection) -> None:
        path = request.path.partition("?")[0]
        api = apis.api_of(path)
        if request.method == "POST" and api:
            self.complete(request, connection, api, path)
            return
        status, answer = self.control(request.method, path, request.body)
        connection.finish(wire.response(status, wire.to_json(answer), "application/json", {}))

    def control(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        route = self.routes.get((method, path))
        if route is None:
            return 404, bodies.openai_error(f"Invalid URL ({method} {path})", "invalid_request_error", None)
        try:
            return 200, route(body)
        except (ValueError, TypeError, KeyError) as error:
            return 400, {"error": {"message": f"{type(error).__name__}: {error}"}}

    def complete(self, request: Request, connection: Connection, api: str, path: str) -> None:
        try:
            body = apis.as_chat(api, path, json.loads(request.body))
            asked = measure(body)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            refusal = bodies.openai_error(f"We could not parse your request: {error!r}", "invalid_request_error", None)
            connection.finish(wire.response(400, wire.to_json(refusal), "application/json", {}))
            return
        outcome = self.decide(asked, apis.key_of(request.headers))
        model = self.config.models.get(asked.name, ModelConfig())
        entry = self.log.begin(body)
        Exchange(self.log, entry, asked, model=model, outcome=outcome, connection=connection, api=api).start()

    def decide(self, asked: Asked, authorization: str) -> Outcome:
        model = self.config.models.get(asked.name)
        key = self.config.key if model is None or model.key is None else model.key
        if key is not None and authorization != f"Bearer {key}":
            return Outcome(status=401, body=bodies.unauthorized(authorization.removeprefix("Bearer ")), fault="key")
        if model is None:
            return Outcome(status=404, body=bodies.model_not_found(asked.name), fault="no_model")
        fault = self.fault(model, asked)
        size = asked.prompt_tokens + (asked.max_tokens or 0)
        refused = (
            (fault and faults.instead(fault, model, asked.name, size))
            or limits.overflow(model, asked.prompt_tokens, asked.max_tokens)
            or self.rates[asked.name].take(size, time.monotonic())
        )
        if refused:
            return refused
        outcome = limits.cut(self.say(model, asked), model, asked.max_tokens)
        if model.rpm or model.tpm:
            outcome = replace(outcome, headers={**self.rates[asked.name].headers(), **outcome.headers})
        return faults.spoil(outcome, fault) if fault else outcome

    def fault(self, model: ModelConfig, asked: Asked) -> Fault | None:
        if not model.faults:
            return None
        prompt = faults.prompt_key(asked.messages)
        attempt = self.attempts[asked.name, prompt]
        self.attempts[asked.name, prompt] += 1
        return faults.pick(model, asked.messages, prompt, attempt)

    def say(self, model: ModelConfig, asked: Asked) -> Outcome:
        if model.kind != "script":
            seen: kinds.Messages = asked.messages
            if model.dialect == "ollama" and model.window is not None and asked.prompt_tokens > model.window:
                seen = limits.truncate(seen, model.window)
            if model.kind == "function":
                return kinds.by_function(model, seen, asked.tools)
            return kinds.PURE_KINDS[model.kind](model, seen)
        index, turn = kinds.turn_of(model, asked.messages)
        if not turn.before:
            return turn.reply
        place = (asked.name, f"{index} {first_user_text(asked.messages)}")
        outcome = kinds.of_turn(turn, self.attempts[place])
        self.attempts[place] += 1
        return outcome


def measure(body: dict[str, Any]) -> Asked:
    messages = body["messages"]
    return Asked(
        name=str(body["model"]),
        messages=messages,
        prompt_tokens=tokens(sum(len(text_of(message)) for message in messages)),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        tools=tuple(tool["function"]["name"] for tool in body.get("tools") or () if "function" in tool),
    )


class Exchange:
    """One request on its way out: waits, writes, and keeps the log."""

    def __init__(
        self, log: Log, entry: LogEntry, asked: Asked, *, model: ModelConfig, outcome: Outcome, connection: Connection,
        api: str = "chat",
    ) -> None:  # fmt: skip
        self.log, self.entry, self.connection, self.api = log, entry, connection, api
        self.model, self.outcome = model, outcome
        truncates = model.dialect == "ollama" and model.window is not None
        prompt_tokens = min(asked.prompt_tokens, model.window or 0) if truncates else asked.prompt_tokens
        self.usage = wire.usage_of(outcome, prompt_tokens)
        self.body = outcome.body
        if self.body is None and outcome.status >= 400:
            self.body = bodies.default_body(outcome.status, asked.name)
        self.stream = bool(entry["request"].get("stream")) and outcome.status == 200 and not isinstance(self.body, str)
        self.patience = WAITS
        entry["fault"] = outcome.fault

    def start(self) -> None:
        """Refusals (4xx) come at once, as they do from a gateway; the rest takes the model's latency."""
        refused = 400 <= self.outcome.status < 500
        self.connection.on_lost = self.cancelled
        self.connection.after(self.outcome.delay + (0.0 if refused else self.model.latency), self.answer)

    def cancelled(self) -> None:
        self.log.end(self.entry, None, cancelled=True)

    def answer(self) -> None:
        if self.patience and self.log.max_in_flight < self.model.together:
            self.patience -= 1
            self.connection.after(WAIT, self.answer)
        elif self.stream:
            self.answer_in_events()
        elif self.outcome.reset:
            self.drop()
        elif self.body is not None:
            self.finish(wire.error_response(self.outcome, self.body))
        else:
            self.report()
            body = self.completion()
            self.finish(wire.response(self.outcome.status, body, "application/json", self.outcome.headers))

    def completion(self) -> bytes:
        if self.api == "chat" or self.outcome.malformed:
            return wire.completion(self.outcome, self.entry["model"], str(self.entry["id"]), CREATED, self.usage)
        return wire.to_json(apis.completion(self.api, self.outcome, self.entry["model"], self.usage))

    def answer_in_events(self) -> None:
        if self.body is None:
            self.report()
            usage = self.usage if (self.entry["request"].get("stream_options") or {}).get("include_usage") else None
            events = wire.events(self.outcome, self.entry["model"], str(self.entry["id"]), CREATED, usage)
        else:
            events = [wire.event(self.body)]
        if self.outcome.reset:
            events = events[: max(1, len(events) // 2)]
        self.connection.write(wire.stream_head(self.outcome.headers))
        self.send_events([wire.chunk(event) for event in events])

    def send_events(self, chunks: list[bytes]) -> None:
        """Send what is left of a stream: one by one when the model writes slowly, else in one piece."""
        if self.model.chunk_delay and chunks:
            self.connection.write(chunks[0])
            self.connection.after(self.model.chunk_delay, lambda: self.send_events(chunks[1:]))
        elif self.outcome.reset:
            self.connection.write(b"".join(chunks))
            self.connection.after(0.01, self.drop)
        else:
            self.finish(b"".join(chunks) + wire.LAST_CHUNK)

    def report(self) -> None:
        self.entry["reply"] = self.outcome.content
        self.entry["usage"] = self.usage

    def finish(self, data: bytes) -> None:
        self.log.end(self.entry, self.outcome.status)
        self.connection.finish(data)

    def drop(self) -> None:
        self.log.end(self.entry, None)
        self.connection.drop()


def stop_with_parent(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Stop when standard input ends, if it is a pipe: whoever holds its other end started this process."""

    def stop_at_end() -> None:
        if not os.read(descriptor, 4096):
            stop()

    with suppress(OSError, ValueError):
        descriptor = sys.stdin.fileno()
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            loop.add_reader(descriptor, stop_at_end)


async def serve(port: int, config: dict[str, Any]) -> None:
    """Serve on 127.0.0.1 until SIGTERM, SIGINT or the parent's end."""
    app = App(config)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    stop_with_parent(loop, stopped.set)
    server = await loop.create_server(lambda: Connection(app.handle, app.connections), "127.0.0.1", port, backlog=4096)
    gc.freeze()
    gc.set_threshold(50_000)  # the log keeps many objects that are no garbage; clients are timed against this process
    sys.stdout.write(f"listening 127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await stopped.wait()
    server.close()
    for connection in list(app.connections):
        connection.transport.abort()
