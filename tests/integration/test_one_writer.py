"""A thread has one run at a time: in one process and in several, in every database, also when its owner is stopped."""

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from langchain_rlm import RLM, Budget, ModelError, ThreadBusyError
from langchain_rlm.runtime import lease as leases
from tests.integration.test_durable import (
    FAN_OUT,
    Processes,
    job_of,
    processes,
    root_model,
    wait_until,
)
from tests.server.client import ModelServer

__all__ = ["processes"]
THREAD: Any = {"configurable": {"thread_id": "1"}}
GIVEN: Any = {"question": "What is there?", "context": "some text " * 50}
ASK = "```repl\nfirst = llm_query('Part 1')\nway = pause()\nFINAL(llm_query('Part 2, ' + way + ', ' + first))\n```"


class Strange(BaseCheckpointSaver[str]):
    """A stranger's checkpointer, with what all have and no more."""

    def __init__(self, shared: InMemorySaver) -> None:
        super().__init__()
        self.shared = shared

    def get_next_version(self, current: Any, channel: None) -> Any:
        return self.shared.get_next_version(current, channel)

    async def aget_tuple(self, config: Any) -> Any:
        return await self.shared.aget_tuple(config)

    async def aput(self, *args: Any) -> Any:
        return await self.shared.aput(*args)

    async def aput_writes(self, *args: Any) -> None:
        await self.shared.aput_writes(*args)


KINDS = ["strange", "sqlite", "asynchronous sqlite", "postgres", "asynchronous postgres"]


@pytest.fixture(params=KINDS)
async def pair(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Any]]:
    """Two checkpointers over one database, as two processes have them."""
    kind, path = request.param, str(tmp_path / "db.sqlite")
    shared = InMemorySaver()
    async with AsyncExitStack() as stack:
        if kind == "strange":
            yield [Strange(shared), Strange(shared)]
        elif kind == "sqlite":
            yield [stack.enter_context(SqliteSaver.from_conn_string(path)) for _ in range(2)]
        elif kind == "asynchronous sqlite":
            yield [await stack.enter_async_context(AsyncSqliteSaver.from_conn_string(path)) for _ in range(2)]
        elif kind == "postgres":
            url = request.getfixturevalue("postgres")
            savers = [stack.enter_context(PostgresSaver.from_conn_string(url)) for _ in range(2)]
            savers[0].setup()
            yield savers
        else:
            url = request.getfixturevalue("postgres")
            made = [await stack.enter_async_context(AsyncPostgresSaver.from_conn_string(url)) for _ in range(2)]
            await made[0].setup()
            yield made


@pytest.fixture
def thread() -> Any:
    return {"configurable": {"thread_id": uuid4().hex}}


class Pause:
    """A tool in which a run stops until it is told to go on."""

    def __init__(self, name: str = "a") -> None:
        self.name = name
        self.reached, self.over = asyncio.Event(), asyncio.Event()

    async def pause(self) -> str:
        """Wait."""
        self.reached.set()
        await self.over.wait()
        return self.name


def rlm_of(server: ModelServer, saver: Any, pause: Pause, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "rules", "default": ASK}, "sub": {"kind": "echo"}})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    budget = Budget(cost=None)
    return RLM(
        root, sub, **{"route": "rlm", "checkpointer": saver, "budget": budget, "tools": [pause.pause], **settings}
    )


async def started(rlm: RLM, thread: Any, pause: Pause) -> "asyncio.Task[Any]":
    running = asyncio.create_task(rlm.ainvoke(GIVEN, thread))
    waiting = asyncio.create_task(pause.reached.wait())
    await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    return running


async def test_a_second_run_is_refused_or_waits(model_server: ModelServer, pair: list[Any], thread: Any) -> None:
    pause = Pause()
    first, second = (rlm_of(model_server, saver, pause) for saver in pair)
    running = await started(first, thread, pause)
    for another in (
        second.ainvoke(GIVEN, thread), second.ainvoke(None, thread), second.graph.ainvoke(None, thread),
        second.graph.aupdate_state(thread, {"question": "Another?"}), second.afork(thread, turn=1, code="1"),
        asyncio.to_thread(second.graph.invoke, None, thread),
        asyncio.to_thread(second.graph.update_state, thread, {"question": "Another?"}),
    ):  # fmt: skip
        with pytest.raises(ThreadBusyError, match=r"goes on with thread '.*' in this process.*on_busy=\"wait\""):
            await another
    waiting = asyncio.create_task(rlm_of(model_server, pair[1], pause, on_busy="wait").ainvoke(None, thread))
    pause.over.set()
    assert (await running)["answer"] == (await waiting)["answer"]
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 2}


async def test_a_run_that_was_taken_for_dead_writes_nothing_more_and_the_other_goes_on(
    model_server: ModelServer, pair: list[Any], thread: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "fate_of", lambda _: "unknown")  # as on another machine
    monkeypatch.setattr(leases, "LOOK", 0.01)
    monkeypatch.setattr(leases, "LOOKS", 2)
    monkeypatch.setattr(leases, "TERM", 0.02)
    stopped, awake = Pause("stopped"), Pause("awake")
    awake.over.set()
    first, second = (rlm_of(model_server, *each) for each in zip(pair, (stopped, awake), strict=True))
    running = await started(first, thread, stopped)
    result = await second.ainvoke(GIVEN, thread)
    stopped.over.set()
    with pytest.raises(ThreadBusyError, match="was taken over by another run"):
        await running
    assert "Part 2, awake" in result["answer"]
    assert (await first.ainvoke(None, thread))["journal"] == result["journal"]
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 2}


@pytest.fixture
async def served(model_server: ModelServer, tmp_path: Path) -> AsyncIterator[list[Any]]:
    """The graph as two servers have it, each with a checkpointer of its own in place; and what stops each."""
    pauses, path = [Pause("stopped"), Pause("awake")], str(tmp_path / "db.sqlite")
    async with AsyncSqliteSaver.from_conn_string(path) as first, AsyncSqliteSaver.from_conn_string(path) as second:
        made = [
            rlm_of(model_server, None, pause, on_busy="wait", context_store=tmp_path / "contexts").graph.copy(
                {"checkpointer": saver}
            )
            for pause, saver in zip(pauses, (first, second), strict=True)
        ]
        yield [*made, *pauses]


async def test_a_servers_run_that_was_taken_for_dead_ends_as_the_other_does(
    model_server: ModelServer, served: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the one would be the end of the run for the server, and so of the other."""
    monkeypatch.setattr(leases, "fate_of", lambda _: "unknown")
    for name, value in {"LOOK": 0.01, "LOOKS": 2, "TERM": 0.02}.items():
        monkeypatch.setattr(leases, name, value)
    first, second, stopped, awake = served
    running = asyncio.create_task(first.ainvoke(GIVEN, THREAD))
    await stopped.reached.wait()
    other = asyncio.create_task(second.ainvoke(None, THREAD))
    await awake.reached.wait()
    stopped.over.set()
    awake.over.set()
    assert (await running)["answer"] == (await other)["answer"]
    assert "Part 2, awake" in (await other)["answer"]
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 2}


async def test_a_server_goes_on_with_a_run_that_had_only_begun(model_server: ModelServer, served: list[Any]) -> None:
    """Its context is in no checkpoint yet: it is that of the call, which a server makes as it was made first."""
    first, second, _, awake = served
    config = {**THREAD, "metadata": {"run_id": "1"}}  # by which LangGraph knows the call again, and drops its input
    await first.ainvoke(GIVEN, config, interrupt_before=["inspect"])
    awake.over.set()
    assert "Part 2, awake" in (await second.ainvoke(GIVEN, config))["answer"]
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 2}


async def test_a_servers_run_waits_for_the_other_of_its_thread(model_server: ModelServer, served: list[Any]) -> None:
    first, second, stopped, _ = served
    running = asyncio.create_task(first.ainvoke(GIVEN, THREAD))
    await stopped.reached.wait()
    other = asyncio.create_task(second.ainvoke(None, THREAD))
    stopped.over.set()
    assert (await running)["answer"] == (await other)["answer"]
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 2}


@pytest.mark.parametrize("end", ["cancelled", "left", "failed"])
async def test_a_run_gives_its_thread_up_however_it_ends(model_server: ModelServer, tmp_path: Path, end: str) -> None:
    pause = Pause()
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "db.sqlite")) as saver:
        rlm = rlm_of(model_server, saver, pause)
        if end == "cancelled":
            running = await started(rlm, THREAD, pause)
            running.cancel()
            await asyncio.wait([running])
        elif end == "left":
            async with aclosing(rlm.astream(GIVEN, THREAD, stream_mode="custom")) as events:
                while (await anext(events))["event"] != "answer":
                    pass
        else:
            model_server.configure(models={"root": {"kind": "rules", "default": {"status": 401}}})
            with pytest.raises(ModelError):
                await rlm.ainvoke(GIVEN, THREAD)
        assert not [*await saver.conn.execute_fetchall("SELECT * FROM writes WHERE checkpoint_ns = 'rlm_lease'")]
        assert not leases._owners
        assert not leases._held


async def test_waiting_ends_with_the_seconds_of_the_budget(model_server: ModelServer) -> None:
    saver, pause = InMemorySaver(), Pause()
    running = await started(rlm_of(model_server, saver, pause), THREAD, pause)
    with pytest.raises(ThreadBusyError):
        await rlm_of(model_server, saver, pause, on_busy="wait", budget=Budget(seconds=0.3)).ainvoke(GIVEN, THREAD)
    pause.over.set()
    assert (await running)["stop_reason"] == "answered"


@pytest.mark.parametrize(("kind", "moment"), [("sqlite", 150), ("postgres", 2)])
def test_of_two_processes_that_go_on_with_a_thread_one_does(  # noqa: PLR0917
    model_server: ModelServer, processes: Processes, tmp_path: Path, request: pytest.FixtureRequest, kind: str,
    moment: int,
) -> None:  # fmt: skip
    """Their models never answer alike: what both wrote could not be replayed."""
    replies = [f"answer {number}" for number in range(1_000)]
    sub = {"kind": "script", "replies": replies, "latency": 0.03}
    model_server.configure(models={"root": root_model(FAN_OUT), "sub": sub})
    saver = str(tmp_path / "db.sqlite") if kind == "sqlite" else request.getfixturevalue("postgres")
    job = job_of(model_server, tmp_path, saver, tmp_path.name)
    pid = processes.start(job)
    wait_until(lambda: model_server.stats()["requests"] >= moment, "the moment")
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: model_server.stats()["in_flight"] == 0, "an end of what was in flight")
    before = len(model_server.log())
    jobs = [{**job, "input": None, "on_busy": way, "result": str(tmp_path / way)} for way in ("error", "wait")]
    for each in jobs:
        processes.start(each)
    first, second = (ended(each) for each in jobs)
    assert "error" not in second
    assert second["answer"] == first.get("answer", second["answer"])
    assert first.get("error", "ThreadBusyError").startswith("ThreadBusyError")
    processes.start(job := {**job, "input": None})
    assert ended(job)["answer"] == second["answer"]
    after = Counter(json.dumps(entry["messages"]) for entry in model_server.log()[before:])
    assert max(after.values()) == 1


def ended(job: dict[str, Any]) -> dict[str, Any]:
    wait_until(Path(job["result"]).exists, "a result")
    result: dict[str, Any] = json.loads(Path(job["result"]).read_text())
    return result
