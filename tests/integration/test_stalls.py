"""A connection that stalls is closed, and the call is made again: whatever drips from it, and whoever made the call."""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from langchain_core.language_models import SimpleChatModel
from langchain_core.messages import BaseMessage
from langchain_openai import ChatOpenAI

from langchain_rlm import RLM, Budget, ModelError
from tests.resources import soon

GIVEN: Any = {"question": "Why?", "context": "The kettle is on the stove."}
KEY: Any = "key"
CELL = "```repl\nr = llm_query_batched(['one', 'two'], on_error='return')\nprint(r)\nFINAL(str(r[1]))\n```"
FINE = "fine. " * 8 + "."
CALL = 1.0
"""Seconds of a call in these tests."""

Send = Callable[[str], Awaitable[None]]


def part(text: str, end: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": end}
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return f"data: {json.dumps({**head, 'choices': [choice]})}\n\n"


async def never(_: Send) -> None:
    await asyncio.Event().wait()


def dripping(*parts: str, every: float = 0.05) -> Callable[[Send], Awaitable[None]]:
    """Sends the first part once, and the last for ever."""

    async def drip(send: Send) -> None:
        await send(f"HTTP/1.1 200 OK\r\nContent-Type: {parts[0]}\r\nContent-Length: 9999999\r\n\r\n")
        while True:
            await send(parts[-1])
            await asyncio.sleep(every)

    return drip


STALLS = {
    "no byte": never,
    "a body byte by byte": dripping("application/json", " "),
    "an event byte by byte": dripping("text/event-stream", ":"),
    "signs of life": dripping("text/event-stream", ": ping\n\n"),
    "parts without text": dripping("text/event-stream", part(" ")),
    "a letter now and then": dripping("text/event-stream", part("a"), every=0.2),
}


@dataclass
class Server:
    """Answers as `say` says; the first `stalling` requests for `match` go as `stall` has them."""

    stall: Callable[[Send], Awaitable[None]]
    match: str
    stalling: int = 1
    url: str = ""
    stalled: int = 0
    closed: int = 0
    """Stalled connections that the client has closed."""
    open: int = 0
    asked: list[str] = field(default_factory=list)
    pause: float = 0.0
    """Seconds between the parts of a stream."""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            await self._serve(reader, writer)
        finally:
            self.open -= 1
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            length = 0
            while (head := await reader.readline()).strip():
                length = int(head.split(b":")[1]) if head.lower().startswith(b"content-length") else length
            asked = json.loads(await reader.readexactly(length))
            said = asked["messages"][-1]["content"]
            self.asked.append(said)
            if self.match in said and self.stalled < self.stalling:
                self.stalled += 1
                await self._stall(reader, writer)
                return
            for text in self._answer(asked, FINE if said in ("one", "two") else CELL):
                writer.write(text.encode())
                await writer.drain()
                await asyncio.sleep(self.pause)

    async def _stall(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def send(text: str) -> None:
            writer.write(text.encode())
            await writer.drain()

        task = asyncio.ensure_future(self.stall(send))
        with suppress(ConnectionError):
            await reader.read()  # until the client closes
        self.closed += 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def _answer(self, asked: dict[str, Any], text: str) -> list[str]:
        if asked.get("stream"):
            parts = [part(text[start : start + 10]) for start in range(0, len(text), 10)]
            body = [*parts, part("", "stop"), "data: [DONE]\n\n"]
            return [f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{_length(body)}", *body]
        message = {"role": "assistant", "content": text}
        usage = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        reply = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        body = [json.dumps({**reply, "usage": usage})]
        return [f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{_length(body)}", *body]


def _length(body: list[str]) -> str:
    return f"Content-Length: {len(''.join(body).encode())}\r\n\r\n"


@asynccontextmanager
async def serving(*given: Any, **more: Any) -> AsyncIterator[Server]:
    state = Server(*given, **more)
    server = await asyncio.start_server(state.handle, "127.0.0.1", 0)
    async with server:
        state.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        yield state


def rlm_of(url: str, *, streaming: bool = False, **budget: Any) -> RLM:
    model = ChatOpenAI(model="m", base_url=url, api_key=KEY, streaming=streaming)
    return RLM(model, route="rlm", budget=Budget(cost=None, **{"call_seconds": CALL, **budget}))


@pytest.mark.parametrize(("name", "match"), [("no byte", "Why?"), *((name, "two") for name in STALLS)])
async def test_a_call_that_stalls_is_closed_and_made_again(name: str, match: str) -> None:
    async with serving(STALLS[name], match) as server:
        result = await rlm_of(server.url, streaming=name not in ("no byte", "a body byte by byte")).ainvoke(GIVEN)
        assert (result["answer"], result["stop_reason"]) == (FINE, "answered")
        assert server.stalled == 1
        assert await asyncio.to_thread(soon, lambda: server.closed == 1)
        assert [said for said in server.asked if match in said] == [server.asked[0 if match == "Why?" else -1]] * 2
        assert result["usage"]["calls"] == len(server.asked) == 4
        assert result["usage"]["estimated_calls"] >= 1


async def test_a_long_answer_that_is_streamed_is_not_given_up() -> None:
    async with serving(never, "never said", pause=0.25) as server:
        result = await rlm_of(server.url, streaming=True).ainvoke(GIVEN)
        assert result["answer"].startswith("fine")
        assert len(server.asked) == 3


async def test_one_that_always_stalls_fails_in_the_cell_and_the_root_model_stops_the_run_with_a_remedy() -> None:
    async with serving(never, "two", stalling=9) as server:
        result = await rlm_of(server.url).ainvoke(GIVEN)
        said = re.fullmatch(r"<sub-query failed: timeout: no answer within (.*) s, asked 3 times>", result["answer"])
        assert said
        assert float(said[1]) >= CALL
        assert result["usage"]["failed_calls"] == 1
    async with serving(never, "Why?", stalling=9) as server:
        with pytest.raises(ModelError, match=r"no answer within \d+\.\d s, asked 3 times.*call_seconds"):
            await rlm_of(server.url, call_seconds=0.2).ainvoke(GIVEN)
        # where the machine is busy a call may be given up before its request is read; whatever was opened is closed
        assert await asyncio.to_thread(soon, lambda: server.open == 0)
        assert server.stalled == server.closed <= 3


async def test_the_limit_is_learnt_from_the_other_calls_of_the_cell() -> None:
    """A call without an answer has a quarter of the run's time, when others were answered at once."""
    async with serving(never, "two") as server:
        result = await rlm_of(server.url, call_seconds=None, seconds=8).ainvoke(GIVEN)
        assert (result["answer"], result["stop_reason"]) == (FINE, "answered")


class Blocking(SimpleChatModel):
    """A model with only a synchronous call, whose first answer does not come."""

    never: Any
    asked: list[str]

    @property
    def _llm_type(self) -> str:
        return "blocking"

    def _call(self, messages: list[BaseMessage], *_: Any, **__: Any) -> str:
        self.asked.append(messages[-1].text)
        if len(self.asked) == 1:
            self.never.wait()
        return "```repl\nFINAL('fine')\n```"


def test_a_model_that_blocks_is_left_behind_on_its_thread() -> None:
    model = Blocking(never=threading.Event(), asked=[])
    assert RLM(model, route="rlm", budget=Budget(call_seconds=0.2)).invoke(GIVEN)["answer"] == "fine"
    assert len(model.asked) == 2
    model.never.set()
