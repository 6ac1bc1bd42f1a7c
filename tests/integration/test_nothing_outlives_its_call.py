"""However a call is made and however it ends, nothing of it is at work when it has: its saver may be closed at once."""

import asyncio
import os
import signal
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import anyio
import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.sqlite import SqliteSaver

from langchain_rlm import RLM, Budget, ModelError
from tests.resources import Held, soon
from tests.server.client import ModelServer

CELL = """```repl
said = ""
for i in range({rounds}):
    said = llm_query_batched([f"{i} {n} {said}" for n in range(4)])
FINAL("so")
```"""
GIVEN: Any = {"question": "What?", "context": "some text"}
THREADS: Any = [{"configurable": {"thread_id": str(number)}} for number in range(2)]
NEVER = 600.0
"""Seconds that a reply takes that nobody waits for."""
AT_ONCE = 4


class Watched(SqliteSaver):
    """Counts the saves that are going on, in threads too."""

    at_work = 0
    counting = threading.Lock()

    def put_writes(self, *args: Any, **kwargs: Any) -> None:
        with self.counting:
            self.at_work += 1
        try:
            time.sleep(0.02)  # a slow disk
            super().put_writes(*args, **kwargs)
        finally:
            with self.counting:
                self.at_work -= 1


@contextmanager
def opened(folder: Path) -> Iterator[Watched]:
    with closing(sqlite3.connect(folder / "runs.sqlite", check_same_thread=False)) as connection:
        yield Watched(connection)


class Interrupting(BaseCallbackHandler):
    """Raises as Ctrl-C does, when a sub-query begins."""

    raise_error = True

    def on_chat_model_start(self, serialized: Any, messages: Any, **_: Any) -> None:  # noqa: ARG002  # LangChain's
        if messages[0][0].type == "human":
            raise KeyboardInterrupt


def threads_like(config: Any) -> list[Any]:
    return [{**config, **thread} for thread in THREADS]


async def all_of(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


async def first_of(items: AsyncIterator[Any], calls: Callable[[], None]) -> None:
    async with aclosing(cast("Any", items)) as stream:
        async for _ in stream:
            break
        await asyncio.to_thread(calls)


def one_of(items: Iterator[Any], calls: Callable[[], None]) -> None:
    with closing(cast("Any", items)) as stream:
        next(stream)
        calls()


SYNC: dict[str, Callable[[RLM, Any], Any]] = {
    "invoke": lambda rlm, config: rlm.invoke(GIVEN, config),
    "stream": lambda rlm, config: [*rlm.stream(GIVEN, config)],
    "batch": lambda rlm, config: rlm.batch([GIVEN] * 2, threads_like(config)),
    "graph.invoke": lambda rlm, config: rlm.graph.invoke(GIVEN, config),
    "graph.stream": lambda rlm, config: [*rlm.graph.stream(GIVEN, config)],
}
ASYNC: dict[str, Callable[[RLM, Any], Awaitable[Any]]] = {
    "ainvoke": lambda rlm, config: rlm.ainvoke(GIVEN, config),
    "astream": lambda rlm, config: all_of(rlm.astream(GIVEN, config)),
    "abatch": lambda rlm, config: rlm.abatch([GIVEN] * 2, threads_like(config)),
    "graph.ainvoke": lambda rlm, config: rlm.graph.ainvoke(GIVEN, config),
    "graph.astream": lambda rlm, config: all_of(rlm.graph.astream(GIVEN, config)),
}


class Case:
    """One call over a saver, and how it ends."""

    def __init__(self, server: ModelServer, saver: SqliteSaver, *, rounds: int = 50, **models: Any) -> None:
        self.server = server
        self.before = Held.now()
        cell = CELL.replace("{rounds}", str(rounds))
        server.configure(
            models={"root": {"kind": "rules", "default": cell}, "sub": {"kind": "echo", "latency": 0.01}, **models}
        )
        made = [
            ChatOpenAI(model=name, base_url=server.url, api_key=cast("Any", "test"), max_retries=0)
            for name in ("root", "sub")
        ]
        self.rlm = RLM(*made, route="rlm", budget=Budget(cost=None), max_retries=0, checkpointer=saver)

    def calls_are_in_flight(self) -> None:
        assert soon(lambda: self.server.stats()["in_flight"] >= AT_ONCE), self.server.stats()

    def interrupts_when_they_are(self) -> None:
        self.calls_are_in_flight()
        os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(scope="module")
def model_server() -> Iterator[ModelServer]:
    """One of its own: whether a connection is left open is seen where no other test has opened any."""
    with ModelServer() as server:
        yield server


@contextmanager
def checked(server: ModelServer, folder: Path, **given: Any) -> Iterator[Case]:
    """A case whose saver is closed when the block ends; then nothing of it may be left."""
    with opened(folder) as saver:
        case = Case(server, saver, **given)
        yield case
        assert saver.at_work == 0
    now = {thread.name for thread in threading.enumerate() if thread.name.startswith("rlm-cell")}
    assert not now
    assert soon(lambda: not Held.now().is_more_than(case.before)), (case.before, Held.now())
    assert soon(lambda: case.server.stats()["in_flight"] == 0), case.server.stats()


@pytest.fixture(autouse=True)
def _ctrl_c_raises() -> Iterator[None]:
    """As in a program of its own, whatever runs the tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    RLM("offline", route="rlm").invoke(GIVEN)  # what the libraries keep is there before
    yield
    signal.signal(signal.SIGINT, before)


FAILING = {"root": {"kind": "echo", "faults": [{"kind": "401"}]}}
STALLED = {"sub": {"kind": "echo", "latency": NEVER}}


@pytest.mark.parametrize("way", SYNC)
def test_a_synchronous_call(way: str, model_server: ModelServer, tmp_path: Path) -> None:
    call = SYNC[way]
    with checked(model_server, tmp_path, rounds=2) as case:
        call(case.rlm, THREADS[0])
    with checked(model_server, tmp_path, **FAILING) as case, pytest.raises(ModelError):
        call(case.rlm, THREADS[0])
    with checked(model_server, tmp_path, **STALLED) as case:
        thread = threading.Thread(target=case.interrupts_when_they_are)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            call(case.rlm, THREADS[0])
        thread.join()
    with checked(model_server, tmp_path) as case, pytest.raises(KeyboardInterrupt):
        call(case.rlm, {**THREADS[0], "callbacks": [Interrupting()]})


@pytest.mark.parametrize("way", ASYNC)
def test_an_asynchronous_call(way: str, model_server: ModelServer, tmp_path: Path) -> None:
    call = ASYNC[way]

    def run(main: Callable[[], Awaitable[Any]]) -> None:
        async def alone() -> None:
            before = asyncio.all_tasks()
            try:
                await main()
            finally:
                assert asyncio.all_tasks() <= before

        asyncio.run(alone())

    def task_of(case: Case, config: Any = THREADS[0]) -> asyncio.Task[Any]:
        return asyncio.ensure_future(cast("Any", call(case.rlm, config)))

    async def cancelled_twice(case: Case) -> None:
        task = task_of(case)
        await asyncio.to_thread(case.calls_are_in_flight)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task

    async def timed_out(case: Case) -> None:
        with pytest.raises(TimeoutError):
            await late(case)

    async def late(case: Case) -> None:
        async with asyncio.timeout(None) as scope:
            task = task_of(case)
            await asyncio.to_thread(case.calls_are_in_flight)
            scope.reschedule(0)
            await task

    with checked(model_server, tmp_path, rounds=2) as case:
        run(lambda: call(case.rlm, THREADS[0]))
    with checked(model_server, tmp_path, **FAILING) as case, pytest.raises(ModelError):
        run(lambda: call(case.rlm, THREADS[0]))
    with checked(model_server, tmp_path, **STALLED) as case:
        run(lambda: cancelled_twice(case))
    with checked(model_server, tmp_path, **STALLED) as case:
        run(lambda: timed_out(case))
    with checked(model_server, tmp_path, **STALLED) as case:
        thread = threading.Thread(target=case.interrupts_when_they_are)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            run(lambda: call(case.rlm, THREADS[0]))
        thread.join()
    with checked(model_server, tmp_path) as case, pytest.raises(KeyboardInterrupt):
        run(lambda: call(case.rlm, {**THREADS[0], "callbacks": [Interrupting()]}))


@pytest.mark.parametrize("part", ["rlm", "graph"])
def test_a_stream_that_is_closed(part: str, model_server: ModelServer, tmp_path: Path) -> None:
    def of(case: Case) -> Any:
        return case.rlm if part == "rlm" else case.rlm.graph

    with checked(model_server, tmp_path) as case:
        one_of(of(case).stream(GIVEN, THREADS[0], stream_mode="custom"), lambda: None)
    with checked(model_server, tmp_path, **STALLED) as case:
        asyncio.run(first_of(of(case).astream(GIVEN, THREADS[0], stream_mode="custom"), lambda: None))


@pytest.mark.parametrize("after", [0.1, 0.15, 0.2, 0.25, 0.3, 0.35])
async def test_a_call_that_is_cancelled_while_it_saves(model_server: ModelServer, tmp_path: Path, after: float) -> None:
    with opened(tmp_path) as saver:
        case = Case(model_server, saver)
        with suppress(TimeoutError):
            async with asyncio.timeout(after):
                await case.rlm.ainvoke(GIVEN, THREADS[0])
        assert saver.at_work == 0


async def test_a_scope_that_cancels_again_and_again(model_server: ModelServer, tmp_path: Path) -> None:
    with opened(tmp_path) as saver:
        rlm = Case(model_server, saver).rlm
        await asyncio.wait_for(_given_up(rlm, 0.3), 60)
        before = Held.now()
        for number in range(12):
            await _given_up(rlm, 0.01 + 0.02 * number)
        assert await asyncio.to_thread(soon, lambda: not Held.now().is_more_than(before))


async def _given_up(rlm: RLM, seconds: float) -> None:
    with anyio.move_on_after(seconds):
        await rlm.ainvoke(GIVEN, THREADS[0])
