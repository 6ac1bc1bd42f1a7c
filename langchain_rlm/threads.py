"""What event loops lack: threads for blocking work, work that goes to its end, and timers that keep nothing alive.

Blocking work has a thread of its own, each: however much of it hangs, other work begins, and nobody waits at the end. A
pool has a few threads for everybody. `max_concurrency` bounds the calls of a run, and so its threads.

A timer of an event loop has the context it was made in, and a run's has its text. A cancelled one stays in its loop
until it would have been due, which for the limit of a call is minutes. Those made here have an empty context.
"""

import asyncio
import contextvars
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from anyio import CancelScope

T = TypeVar("T")


class OwnThreads(ThreadPoolExecutor):
    """Starts a thread for each call, and ends it with the call. An event loop wants this class for its executor."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        done = Future[T]()
        done.set_running_or_notify_cancel()  # what awaits it may be cancelled, it may not

        def work() -> None:
            try:
                done.set_result(fn(*args, **kwargs))
            except StopIteration as error:  # a future cannot hold it
                done.set_exception(RuntimeError(f"the call raised {error!r}"))
            except BaseException as error:  # noqa: BLE001  # raised where it is awaited
                done.set_exception(error)

        threading.Thread(target=work, name=self._thread_name_prefix, daemon=True).start()
        return done


_calls = OwnThreads(thread_name_prefix="rlm-call")


async def on_thread(call: Callable[[], T]) -> T:
    """Make a blocking call. One that is cancelled runs to its end, and nobody waits for it."""
    context = contextvars.copy_context()
    return await asyncio.wrap_future(_calls.submit(context.run, call))


async def to_its_end(work: Awaitable[T]) -> T:
    """Await what a cancellation must not leave half-done, however often it comes; it takes effect after that."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    with CancelScope(shield=True):  # those of anyio come again and again
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError as error:
                cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # seen: the cancellation is what is told
    raise cancelled


async def cancelled_once(work: Awaitable[T]) -> T:
    """Await work in a task of its own. However often this is cancelled, that is once, and has ended before this has."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        task.cancel()
        await to_its_end(asyncio.wait([task]))
        if not task.cancelled():
            task.exception()  # seen, as above
        raise
    return task.result()


def held_over_forks(lock: Any) -> Any:
    """A lock of the process that a child never finds locked by a thread that only its parent has."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock


def call_later(seconds: float, call: Callable[..., Any], *args: Any) -> asyncio.TimerHandle:
    """Call after so many seconds."""
    return asyncio.get_running_loop().call_later(seconds, call, *args, context=contextvars.Context())


def reschedule(timer: asyncio.Timeout, when: float | None) -> None:
    """Say when, by the loop's clock, a timeout is due; None: never."""
    contextvars.Context().run(timer.reschedule, when)


@asynccontextmanager
async def timeout(seconds: float | None) -> AsyncIterator[asyncio.Timeout]:
    """Like `asyncio.timeout`."""
    async with asyncio.timeout(None) as timer:  # noqa: TID251  # it has no timer yet
        if seconds is not None:
            reschedule(timer, asyncio.get_running_loop().time() + seconds)
        yield timer
