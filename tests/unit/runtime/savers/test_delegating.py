"""A checkpointer around another one: what is asked of it is asked of the other, on its loop or on a thread."""

import asyncio
import builtins
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm.runtime.savers.delegating import DelegatingSaver, ThreadedSaver

THREAD: Any = {"configurable": {"thread_id": "1", "checkpoint_ns": ""}}


def noted(name: str) -> Any:
    """A method that keeps the thread it is called on."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.threads.append((name, threading.get_ident()))
        return getattr(InMemorySaver, name)(self, *args, **kwargs)

    return method


class Memory(InMemorySaver):
    """Keeps on which thread its synchronous methods were used, and `aget_tuple` on which event loop, in which task."""

    loop: Any = None
    put, put_writes, get_tuple = noted("put"), noted("put_writes"), noted("get_tuple")
    list, delete_thread = noted("list"), noted("delete_thread")

    def __init__(self) -> None:
        super().__init__()
        self.threads: builtins.list[tuple[str, int]] = []
        self.used: builtins.list[tuple[Any, Any]] = []

    async def aget_tuple(self, config: Any) -> Any:
        self.used.append((asyncio.get_running_loop(), asyncio.current_task()))
        return InMemorySaver.get_tuple(self, config)


@pytest.fixture
def home() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs on a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def found(saver: Any, config: Any) -> list[tuple[str, Any]]:
    return [(task, value) for task, _, value in saver.get_tuple(config).pending_writes]


def test_what_is_saved_through_it_is_in_the_other_and_gone_when_it_is_deleted() -> None:
    inner = InMemorySaver()
    saver = DelegatingSaver(inner)
    at = saver.put(THREAD, empty_checkpoint(), {}, {})
    saver.put_writes(at, [("journal", 1)], "t")
    assert found(inner, at) == found(saver, at) == [("t", 1)]
    assert [*saver.list(THREAD)] == [*inner.list(THREAD)] != []
    saver.delete_thread("1")
    assert inner.get_tuple(at) is None


async def test_its_asynchronous_methods_are_those_of_the_other() -> None:
    inner = InMemorySaver()
    saver = DelegatingSaver(inner)
    at = await saver.aput(THREAD, empty_checkpoint(), {}, {})
    await saver.aput_writes(at, [("journal", 1)], "t")
    assert await saver.aget_tuple(at) == inner.get_tuple(at)
    assert found(inner, at) == [("t", 1)]
    assert [each async for each in saver.alist(THREAD)] == [*inner.list(THREAD)]
    assert [each async for each in saver.alist(THREAD, limit=0)] == []
    await saver.adelete_thread("1")
    assert inner.get_tuple(at) is None


def test_versions_and_the_form_of_what_is_saved_are_those_of_the_other() -> None:
    class Own(InMemorySaver):
        config_specs: Any = ("own",)

        def get_next_version(self, current: Any, channel: None) -> Any:
            del channel
            return f"own {current}"

    inner = Own()
    saver = DelegatingSaver(inner)
    assert saver.get_next_version("1", None) == "own 1"
    assert saver.config_specs is inner.config_specs
    assert saver.serde is inner.serde


async def test_the_history_of_a_channel_is_asked_of_the_other() -> None:
    asked: list[Any] = []

    class Own(InMemorySaver):
        def get_delta_channel_history(self, **kwargs: Any) -> Any:
            asked.append(kwargs)
            return {"a": "sync"}

        async def aget_delta_channel_history(self, **kwargs: Any) -> Any:
            asked.append(kwargs)
            return {"a": "async"}

    wanted: Any = {"config": THREAD, "channels": ["a"]}
    delegating: Any = DelegatingSaver(Own())
    threaded: Any = ThreadedSaver(Own())
    assert delegating.get_delta_channel_history(**wanted) == {"a": "sync"}
    assert await delegating.aget_delta_channel_history(**wanted) == {"a": "async"}
    assert await threaded.aget_delta_channel_history(**wanted) == {"a": "sync"}
    assert asked == [wanted] * 3


async def test_a_synchronous_checkpointer_serves_from_a_thread_with_every_method() -> None:
    inner = Memory()
    saver = ThreadedSaver(inner)
    at = await saver.aput(THREAD, empty_checkpoint(), {}, {})
    await saver.aput_writes(at, [("journal", 1)], "t")
    assert await saver.aget_tuple(at) is not None
    assert len([each async for each in saver.alist(THREAD)]) == 1
    assert [each async for each in saver.alist(THREAD, limit=0)] == []
    await saver.adelete_thread("1")
    assert await saver.aget_tuple(at) is None
    assert {name for name, _ in inner.threads} == {"put", "put_writes", "get_tuple", "list", "delete_thread"}
    assert threading.get_ident() not in {thread for _, thread in inner.threads}


async def test_a_checkpointer_of_another_loop_is_used_on_that_loop(home: asyncio.AbstractEventLoop) -> None:
    inner = Memory()
    inner.loop = home
    assert await DelegatingSaver(inner).aget_tuple(THREAD) is None
    assert [loop for loop, _ in inner.used] == [home]


async def test_a_checkpointer_of_this_loop_or_of_none_is_used_in_the_task_that_asks() -> None:
    inner = Memory()
    for loop in (asyncio.get_running_loop(), None, "no loop"):
        inner.loop = loop
        await DelegatingSaver(inner).aget_tuple(THREAD)
    assert [task for _, task in inner.used] == [asyncio.current_task()] * 3


async def test_a_checkpointer_whose_loop_has_stopped_is_used_here_and_nobody_waits_for_ever() -> None:
    inner = Memory()
    inner.loop = asyncio.new_event_loop()
    try:
        async with asyncio.timeout(5):
            await DelegatingSaver(inner).aget_tuple(THREAD)
    finally:
        inner.loop.close()
    assert [loop for loop, _ in inner.used] == [asyncio.get_running_loop()]
