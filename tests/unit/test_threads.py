"""Blocking work on threads of its own, and clean-up that no cancellation leaves half-done."""

import asyncio
import contextvars
import threading

import anyio
import pytest

from langchain_rlm.threads import OwnThreads, on_thread, to_its_end

NAME = contextvars.ContextVar("NAME", default="")


async def test_work_that_hangs_holds_no_other_work_up() -> None:
    free = threading.Event()
    hanging = [asyncio.ensure_future(on_thread(free.wait)) for _ in range(100)]
    assert await on_thread(lambda: "done") == "done"
    free.set()
    assert await asyncio.gather(*hanging) == [True] * 100


async def test_nobody_waits_for_work_that_is_given_up() -> None:
    free = threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await on_thread(free.wait)
    free.set()


async def test_what_the_work_raises_comes_to_who_waits() -> None:
    for error in (KeyError("k"), SystemExit(2), KeyboardInterrupt()):

        def fail(error: BaseException = error) -> None:
            raise error

        caught: list[BaseException] = []
        try:
            await on_thread(fail)
        except BaseException as raised:  # noqa: BLE001  # compared below
            caught.append(raised)
        assert caught == [error]


async def test_an_iterator_that_ends_is_an_error_that_a_future_can_hold() -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await on_thread(lambda: next(iter(())))


async def test_the_work_sees_the_context_of_its_caller() -> None:
    NAME.set("caller")
    assert await on_thread(NAME.get) == "caller"


def test_an_event_loop_takes_them_for_its_own() -> None:
    loop = asyncio.new_event_loop()
    loop.set_default_executor(OwnThreads(thread_name_prefix="own"))
    assert loop.run_until_complete(asyncio.wait_for(loop.run_in_executor(None, where), 10)) == "own"
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def where() -> str:
    return threading.current_thread().name


async def test_clean_up_is_done_before_a_cancellation_takes_effect_however_often_it_comes() -> None:
    done: list[str] = []

    async def clean() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        done.append("clean")

    task = asyncio.create_task(to_its_end(clean()))
    for _ in range(5):
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["clean"]


async def test_clean_up_is_done_in_a_scope_of_anyio_that_has_ended() -> None:
    done: list[str] = []

    async def clean() -> None:
        await anyio.sleep(0.01)
        done.append("clean")

    with anyio.move_on_after(0):
        try:
            await anyio.sleep(10)
        finally:
            await to_its_end(clean())
    assert done == ["clean"]


async def test_the_error_of_clean_up_comes_when_nothing_is_cancelled() -> None:
    async def clean() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await to_its_end(clean())
