"""Writes that come together are saved in one commit, in the order in which they came; those that fail, fail alone."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from langchain_rlm.errors import InputError, RLMError, ThreadBusyError
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.lease import Lease
from langchain_rlm.runtime.savers.grouping import WRAPPED, GroupingSaver, _restored
from langchain_rlm.runtime.savers.keepers import OWNER
from langchain_rlm.runtime.savers.transaction import kind_of

THREAD: Any = {"configurable": {"thread_id": "1", "checkpoint_ns": ""}}


class Connection(sqlite3.Connection):
    """Counts commits, and the threads they were made on."""

    commits: list[str]

    def commit(self) -> None:
        self.__dict__.setdefault("commits", []).append(threading.current_thread().name)
        super().commit()


@pytest.fixture
def connection() -> Iterator[Connection]:
    made = sqlite3.connect(":memory:", check_same_thread=False, factory=Connection)
    made.commits = []
    yield made
    made.close()


def grouping(inner: SqliteSaver) -> GroupingSaver:
    """One that has a checkpoint, `at` which writes are saved."""
    inner.setup()
    made = GroupingSaver(inner)
    at = made.put(THREAD, empty_checkpoint(), {}, {})
    made.at = at["configurable"]["checkpoint_id"]  # type: ignore[attr-defined]
    return made


@pytest.fixture
def saver(connection: Connection) -> GroupingSaver:
    made = grouping(SqliteSaver(connection))
    connection.commits.clear()
    return made


def config_of(saver: Any, task: str = "t") -> Any:
    configurable = {"thread_id": "1", "checkpoint_ns": f"sub_query:{task}", langgraph_keys.CHECKPOINTER: saver}
    return {"configurable": configurable}


async def save(saver: Any, task: str, value: Any = "v") -> None:
    config: Any = {"configurable": {"thread_id": "1", "checkpoint_ns": "", "checkpoint_id": saver.at}}
    await saver.aput_writes(config, [("journal", value)], task)


async def test_writes_that_come_together_are_saved_in_one_commit(saver: GroupingSaver, connection: Connection) -> None:
    await asyncio.gather(*(save(saver, str(n), n) for n in range(20)))
    assert len(connection.commits) == 1
    found = await saver.aget_tuple(THREAD)
    assert found is not None
    assert sorted(value for _, _, value in found.pending_writes or []) == [*range(20)]


async def test_writes_that_come_during_a_commit_are_saved_by_the_next(
    saver: GroupingSaver, connection: Connection
) -> None:
    first = asyncio.create_task(save(saver, "1"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.gather(first, save(saver, "2"), save(saver, "3"))
    assert len(connection.commits) == 2


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=12))
def test_writes_are_saved_in_the_order_in_which_they_came_also_past_one_that_fails(
    coming: list[tuple[int, bool]],
) -> None:
    """Each comes after some turns of the loop, and can be stored or not."""
    stored: list[str] = []
    told: list[int] = []

    class Recording(SqliteSaver):
        def put_writes(self, config: Any, writes: Any, task_id: str, task_path: str = "") -> None:
            super().put_writes(config, writes, task_id, task_path)
            stored.append(task_id)

    async def one(number: int, value: Any) -> None:
        try:
            await save(saver, str(number), value)
        except TypeError:
            assert value is not None
        told.append(number)

    async def all_of_them() -> None:
        async with asyncio.TaskGroup() as group:
            for number, (turns, is_storable) in enumerate(coming):
                for _ in range(turns):
                    await asyncio.sleep(0)
                group.create_task(one(number, None if is_storable else threading.Lock()))

    connection = sqlite3.connect(":memory:", check_same_thread=False)
    saver = grouping(Recording(connection))
    asyncio.run(all_of_them())
    connection.close()
    assert told == [*range(len(coming))]
    assert [*dict.fromkeys(stored)] == [str(n) for n, (_, is_storable) in enumerate(coming) if is_storable]


async def test_a_write_that_cannot_be_stored_fails_alone(saver: GroupingSaver) -> None:
    results = await asyncio.gather(
        save(saver, "1"), save(saver, "2", threading.Lock()), save(saver, "3"), return_exceptions=True
    )
    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    found = await saver.aget_tuple(THREAD)
    assert found is not None
    assert sorted(task for task, _, _ in found.pending_writes or []) == ["1", "3"]


async def test_what_cannot_be_saved_is_not_paid_for_until_it_can_again(saver: GroupingSaver) -> None:
    saver.check()
    with pytest.raises(TypeError):
        await save(saver, "1", threading.Lock())
    with pytest.raises(RLMError, match="answers cannot be saved"):
        saver.check()
    await save(saver, "2")
    saver.check()


async def test_who_waits_for_a_task_is_told_when_it_is_saved_or_could_not_be(saver: GroupingSaver) -> None:
    told: list[str] = []
    for task in ("1", "2"):
        saver.when_saved(config_of(saver, task), lambda task=task: told.append(task))  # type: ignore[misc]
    await save(saver, "1")
    assert told == ["1"]
    with pytest.raises(TypeError):
        await save(saver, "2", threading.Lock())
    await save(saver, "2")
    assert told == ["1", "2"]


def test_a_checkpointer_knows_the_tasks_whose_writes_will_come_at_once(saver: GroupingSaver) -> None:
    assert saver.saves(config_of(saver))
    assert not saver.saves({"configurable": {langgraph_keys.CHECKPOINTER: saver}})
    late = config_of(saver)
    late["configurable"][langgraph_keys.DURABILITY] = "exit"
    assert not saver.saves(late)


async def test_an_asynchronous_database_is_written_in_one_commit_too() -> None:
    async with AsyncSqliteSaver.from_conn_string(":memory:") as inner:
        saver: Any = GroupingSaver(inner)
        at = await saver.aput(THREAD, empty_checkpoint(), {}, {})
        saver.at = at["configurable"]["checkpoint_id"]
        before = inner.conn.total_changes
        await asyncio.gather(*(save(saver, str(n), n) for n in range(5)))
        found = await saver.aget_tuple(THREAD)
        assert sorted(value for _, _, value in found.pending_writes) == [*range(5)]
        assert inner.conn.total_changes - before == 5


def test_what_json_does_not_have_is_wrapped_for_a_database_of_json_and_read_back(saver: GroupingSaver) -> None:
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"a": "nul \x00", "b": float("nan"), "c": "plain", "d": float("inf")}
    assert saver._storable(checkpoint) is checkpoint  # SQLite keeps them
    saver._keeps_json = True
    stored = saver._storable(checkpoint)
    assert stored["channel_values"]["a"] == {WRAPPED: "nul \x00"}
    assert stored["channel_values"]["c"] == "plain"
    at = saver.put(THREAD, checkpoint, {}, {})
    found = saver.get_tuple(at)
    assert found is not None
    assert found.checkpoint["channel_values"]["a"] == "nul \x00"
    assert _restored(found) is found


async def test_what_was_wrapped_is_read_back_in_every_way_there_is(saver: GroupingSaver) -> None:
    saver._keeps_json = True
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"a": "nul \x00"}
    at = await saver.aput(THREAD, checkpoint, {}, {})
    read = [saver.get_tuple(at), await saver.aget_tuple(at), *saver.list(at), *[each async for each in saver.alist(at)]]
    assert [each and each.checkpoint["channel_values"] for each in read] == [{"a": "nul \x00"}] * 4


def test_a_checkpointer_built_on_one_of_langgraph_is_of_its_kind() -> None:
    class Own(AsyncSqliteSaver):
        pass

    assert kind_of(Own.__new__(Own)) == "AsyncSqliteSaver"
    assert kind_of(InMemorySaver()) == ""


def test_only_savers_that_are_known_to_group_are_wrapped() -> None:
    with pytest.raises(InputError, match=r"GroupingSaver\(<.*InMemorySaver.*\): pass one of AsyncPostgresSaver, "):
        GroupingSaver(InMemorySaver())


async def test_a_run_that_lost_its_lease_is_asked_nothing_more_and_the_others_go_on(saver: GroupingSaver) -> None:
    mine = Lease("1", saver, object())
    await mine.take(waits=False, seconds=None)
    saver.leases["1"] = mine
    await save(saver, "saved")
    await saver.hold(THREAD)
    assert await saver.swap("1", await saver.read("1"), "b" * OWNER)
    with pytest.raises(ThreadBusyError, match="Thread '1' was taken over"):
        await save(saver, "refused")
    with pytest.raises(ThreadBusyError):
        await saver.hold(THREAD)
    await saver.hold({"configurable": {"thread_id": "2"}})
    found = await saver.aget_tuple(THREAD)
    assert found is not None
    assert [task for task, _, _ in found.pending_writes or []] == ["saved"]
    await mine.give_up()
    assert await saver.read("1") == "b" * OWNER  # it is not this one's to give
