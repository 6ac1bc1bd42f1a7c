"""Timers that keep nothing: neither while they wait nor when they are cancelled."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from langchain_rlm.threads import call_later, reschedule, timeout


class Text:
    """What a context holds."""


held: ContextVar[Text | None] = ContextVar("held", default=None)


async def later() -> Any:
    return call_later(600, print)


async def cancelled() -> Any:
    call_later(600, print).cancel()


async def in_time() -> Any:
    async with timeout(600):
        pass


async def moved() -> Any:
    async with timeout(None) as timer:
        reschedule(timer, asyncio.get_running_loop().time() + 600)


@pytest.mark.parametrize("use", [later, cancelled, in_time, moved])
async def test_the_context_it_was_made_in_is_not_kept(use: Callable[[], Any]) -> None:
    first = asyncio.get_running_loop().call_later(300, print)  # a cancelled timer goes when it is the next one
    text = Text()
    known = weakref.ref(text)

    async def run(text: Text) -> None:
        held.set(text)
        await use()

    task = asyncio.create_task(run(text))
    del text
    await task
    del task
    await asyncio.sleep(0)  # the loop lets go of what it has just done
    gc.collect()
    assert known() is None
    first.cancel()


async def test_time_that_is_over_is_told() -> None:
    with pytest.raises(TimeoutError):
        async with timeout(0.01):
            await asyncio.sleep(600)


async def test_without_a_limit_there_is_none() -> None:
    async with timeout(None) as timer:
        assert timer.when() is None


async def test_a_cancellation_from_outside_stays_one() -> None:
    async def run() -> None:
        async with timeout(600):
            await asyncio.sleep(600)

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
