"""Runs inside a host's task: their threads, and which decision reaches which run."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Interrupt, interrupt

from langchain_rlm.runtime import host
from langchain_rlm.runtime.host import host_saver, in_host, on_own_thread

THREAD: Any = {"configurable": {"thread_id": "host"}}


class State(TypedDict, total=False):
    said: Any


Node = Callable[[RunnableConfig], Awaitable[Any]]


def graph_of(node: Node, saver: InMemorySaver | None = None) -> Any:
    """A host of one task."""

    async def task(state: State, config: RunnableConfig) -> State:  # noqa: ARG001
        return {"said": await node(config)}

    builder: Any = StateGraph(State).add_node("task", task).add_edge(START, "task")
    return builder.compile(checkpointer=saver or InMemorySaver())


async def asks(config: RunnableConfig, name: str, *questions: str, begins: float = 0.0, takes: float = 0.0) -> str:
    """A run that asks these, one after the other. It knows nothing of former executions: it asks for all again."""
    await asyncio.sleep(begins)
    async with in_host(config, name) as run:
        await asyncio.sleep(takes)
        said = [name]
        for question in questions:
            ask = Interrupt(f"{name} {question}", id=f"{run.thread} {question}")
            said.append((await run.decisions([ask]))[ask.id])
        await run.ended()
    return " ".join(said)


async def decided(graph: Any) -> tuple[list[str], Any]:
    """What is shown, and what is said in the end; each question is answered with itself in capitals."""
    shown, state = [], await graph.ainvoke({"said": None}, THREAD)
    while asked := state.get("__interrupt__"):
        shown.append(asked[0].value)
        state = await graph.ainvoke(Command(resume=asked[0].value.upper()), THREAD)
        assert len(shown) < 20
    return shown, state["said"]


async def test_a_run_asks_one_thing_after_the_other() -> None:
    shown, said = await decided(graph_of(lambda config: asks(config, "a", "1", "2")))
    assert (shown, said) == (["a 1", "a 2"], "a A 1 A 2")


async def test_all_that_a_run_asks_at_once_is_decided_before_it_goes_on() -> None:
    async def node(config: RunnableConfig) -> Any:
        async with in_host(config, "a") as run:
            return await run.decisions([Interrupt(f"question {n}", id=str(n)) for n in range(3)])

    shown, said = await decided(graph_of(node))
    assert shown == ["question 0", "question 1", "question 2"]
    assert said == {"0": "QUESTION 0", "1": "QUESTION 1", "2": "QUESTION 2"}


@pytest.mark.parametrize("first", ["a", "b", "c"])
async def test_of_parallel_runs_each_gets_what_was_decided_for_it_whichever_is_there_first(first: str) -> None:
    executions = 0

    async def node(config: RunnableConfig) -> Any:
        nonlocal executions
        executions += 1
        late = {name: 0.0 if executions == 1 or name == first else 0.1 for name in "abc"}
        return await asyncio.gather(*(asks(config, name, "1", "2", begins=late[name]) for name in "abc"))

    shown, said = await decided(graph_of(node))
    assert sorted(shown) == ["a 1", "a 2", "b 1", "b 2", "c 1", "c 2"]
    assert said == ["a A 1 A 2", "b B 1 B 2", "c C 1 C 2"]


async def test_a_task_is_not_interrupted_while_one_of_its_runs_goes_on() -> None:
    ended = []

    async def slow(config: RunnableConfig) -> str:
        said = await asks(config, "slow", takes=0.2)
        ended.append(said)
        return said

    async def node(config: RunnableConfig) -> Any:
        return await asyncio.gather(asks(config, "quick", "1"), slow(config))

    graph = graph_of(node)
    assert (await graph.ainvoke({"said": None}, THREAD))["__interrupt__"][0].value == "quick 1"
    assert ended == ["slow"]


async def test_a_task_is_not_interrupted_anew_before_the_run_with_the_decision_has_gone_on() -> None:
    executions, went_on = 0, []

    async def decided_late(config: RunnableConfig, name: str) -> None:
        went_on.append(await asks(config, name, "1", begins=0.0 if executions == 1 else 0.2))

    async def node(config: RunnableConfig) -> Any:
        nonlocal executions
        executions += 1
        late, quick = (name for name in ("ab" if first.startswith("a") else "ba"))
        return await asyncio.gather(decided_late(config, late), asks(config, quick, "1"))

    first = "a"
    graph = graph_of(node)
    first = (await graph.ainvoke({"said": None}, THREAD))["__interrupt__"][0].value
    state = await graph.ainvoke(Command(resume="!"), THREAD)
    assert went_on == [f"{first[0]} !"]
    assert state["__interrupt__"][0].value[0] != first[0]


async def test_a_run_that_is_not_there_any_more_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "PATIENCE", 0.1)
    names = iter(["a", "b", "b"])
    graph = graph_of(lambda config: asks(config, next(names), "1"))
    for given, shown in (({"said": None}, "a 1"), (Command(resume="!"), "b 1")):
        assert (await graph.ainvoke(given, THREAD))["__interrupt__"][0].value == shown
    assert (await graph.ainvoke(Command(resume="?"), THREAD))["said"] == "b ?"


async def test_what_comes_too_late_for_an_interrupted_task_begins_when_it_is_executed_again() -> None:
    begun = []

    async def late(config: RunnableConfig) -> None:
        await asyncio.sleep(0.1)
        async with in_host(config, "late"):
            begun.append("late")

    async def node(config: RunnableConfig) -> Any:
        return await asyncio.gather(asks(config, "a", "1"), late(config))

    graph = graph_of(node)
    await graph.ainvoke({"said": None}, THREAD)
    await asyncio.sleep(0.3)
    assert begun == []
    await graph.ainvoke(Command(resume="!"), THREAD)
    assert begun == ["late"]


async def test_what_the_task_asks_itself_keeps_its_place() -> None:
    async def node(config: RunnableConfig) -> Any:
        said = [interrupt("before")]
        said += await asyncio.gather(asks(config, "a", "1"), asks(config, "b", "1"))
        return [*said, interrupt("between"), await asks(config, "c", "1"), interrupt("after")]

    shown, said = await decided(graph_of(node))
    assert (shown[0], sorted(shown[1:3]), shown[3:]) == ("before", ["a 1", "b 1"], ["between", "c 1", "after"])
    assert said == ["BEFORE", "a A 1", "b B 1", "BETWEEN", "c C 1", "AFTER"]


async def test_a_run_that_has_ended_takes_its_decisions_again_so_that_the_task_gets_its_own() -> None:
    known: dict[str, str] = {}

    async def remembers(config: RunnableConfig) -> str:
        async with in_host(config, "a") as run:
            if run.thread not in known:
                known[run.thread] = (await run.decisions([Interrupt("a 1", id="1")]))["1"]
            await run.ended()
            return known[run.thread]

    async def node(config: RunnableConfig) -> Any:
        return [await remembers(config), interrupt("after"), interrupt("at last")]

    shown, said = await decided(graph_of(node))
    assert (shown, said) == (["a 1", "after", "at last"], ["A 1", "AFTER", "AT LAST"])


async def test_a_run_has_one_thread_in_every_execution_of_its_task_and_of_another_task_another() -> None:
    seen: list[list[str]] = []

    async def node(config: RunnableConfig) -> Any:
        threads = []
        for name in ("a", "b", "a"):
            async with in_host(config, name) as run:
                threads.append(run.thread)
        seen.append(threads)
        return interrupt("?")

    graph = graph_of(node)
    inputs: list[Any] = [{"said": None}, Command(resume="!"), {"said": None}]
    for given in inputs:
        await graph.ainvoke(given, THREAD)
    one, again, other = seen
    assert one == again
    assert len({*one, *other}) == 6, "also of the same asked twice in one task"


async def test_a_run_waits_for_one_that_the_host_left_behind_on_its_thread() -> None:
    order: list[str] = []
    left: list[asyncio.Task[None]] = []

    async def goes_on(config: RunnableConfig, name: str) -> None:
        async with in_host(config, "a"):
            order.append(f"{name} begins")
            await asyncio.sleep(0.2)
            order.append(f"{name} ends")

    async def node(config: RunnableConfig) -> Any:
        if left:
            return await goes_on(config, "second")
        left.append(asyncio.create_task(goes_on(config, "first")))
        await asyncio.sleep(0.05)
        return interrupt("?")

    graph = graph_of(node)
    await graph.ainvoke({"said": None}, THREAD)
    await graph.ainvoke(Command(resume="!"), THREAD)
    assert order == ["first begins", "first ends", "second begins", "second ends"]


async def test_what_is_left_in_the_hosts_checkpointer_is_found_by_the_hosts_thread_and_can_be_deleted() -> None:
    saver = InMemorySaver()
    graph = graph_of(lambda config: asks(config, "a", "1"), saver)
    await decided(graph)
    threads = {found.config["configurable"]["thread_id"] for found in saver.list(None, filter={"rlm_host": "host"})}
    assert len(threads) == 1
    assert "host" not in threads
    for thread in threads:
        saver.delete_thread(thread)
    assert {found.config["configurable"]["thread_id"] for found in saver.list(None)} == {"host"}


async def test_few_tasks_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "TASKS", 3)
    graph = graph_of(lambda config: asks(config, "a"))
    for _ in range(5):
        await graph.ainvoke({"said": None}, THREAD)
    assert len(host._tasks) <= 3


def test_outside_a_graph_there_is_no_host() -> None:
    assert host_saver(None) is None
    assert host_saver(THREAD) is None


def test_a_configuration_of_its_own_has_nothing_of_the_hosts_checkpoints() -> None:
    given: Any = {
        "tags": ["mine"], "metadata": {"part": 1},
        "configurable": {"thread_id": "host", "checkpoint_ns": "a:1", "__pregel_read": 1, "user": "me"},
    }  # fmt: skip
    own = on_own_thread(given, "own")
    assert own["configurable"] == {"thread_id": "own", "user": "me"}
    assert own["metadata"] == {"part": 1}
    assert own["tags"] == ["mine", "nostream"]
