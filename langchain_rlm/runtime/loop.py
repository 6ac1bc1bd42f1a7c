"""The one background event loop, on which synchronous callers run the asynchronous engine.

It is a daemon thread, started at the first synchronous call of the process. One loop for all of them means that a
model's pooled connections never meet a second one. Nothing that a task raises ends it.
"""

import asyncio
import contextlib
import os
import queue
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import get_config_list
from langgraph.errors import GraphBubbleUp

from langchain_rlm.threads import OwnThreads, held_over_forks

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that an interrupted caller waits for its run to clean up."""
AT_ONCE = min(32, (os.cpu_count() or 1) + 4)
"""Inputs of a batch that run at once when `max_concurrency` is not set: as many as in LangChain's pool of threads."""

_lock = held_over_forks(threading.Lock())
_home: "_Home | None" = None


class _Home:
    """The loop and its thread. They belong to the process: a fork has neither."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(OwnThreads(thread_name_prefix="rlm-work"))
        self.thread = threading.Thread(target=self._run, name="rlm-loop", daemon=True)
        self.thread.start()
        self.process = os.getpid()

    def _run(self) -> None:
        while not self.loop.is_closed():
            with contextlib.suppress(BaseException):  # SystemExit of a task: who waits for the task gets it
                self.loop.run_forever()

    def is_alive(self) -> bool:
        return self.process == os.getpid() and self.thread.is_alive() and not self.loop.is_closed()


def background_loop() -> asyncio.AbstractEventLoop:
    """The loop, started when it is not running."""
    global _home  # noqa: PLW0603  # documented above
    with _lock:
        if _home is None or not _home.is_alive():
            _home = _Home()
        return _home.loop


def run_on_background_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the background loop and wait; an interrupt (Ctrl-C) cancels it and waits for its end."""
    loop = background_loop()
    try:
        refuse_to_wait_for_itself(loop)
    except RuntimeError:
        work.close()
        raise
    ended = threading.Event()

    async def supervised() -> T:
        try:
            return await work
        finally:
            ended.set()

    future = asyncio.run_coroutine_threadsafe(supervised(), loop)
    try:
        return future.result()
    except BaseException:
        if not ended.is_set():
            future.cancel()
            ended.wait(timeout=PATIENCE)
        raise


def iterate_on_background_loop(work: AsyncGenerator[T, None]) -> Iterator[T]:
    """Run an asynchronous generator on the background loop. A caller that leaves it early waits for its end."""
    loop = background_loop()
    refuse_to_wait_for_itself(loop)
    out: queue.SimpleQueue[tuple[T] | None] = queue.SimpleQueue()
    ended = threading.Event()

    async def pump() -> None:
        try:
            async with aclosing(work) as items:
                async for item in items:
                    out.put((item,))
        finally:
            ended.set()

    future = asyncio.run_coroutine_threadsafe(pump(), loop)
    future.add_done_callback(lambda _: out.put(None))
    try:
        while (got := out.get()) is not None:
            yield got[0]
        future.result()
    finally:
        future.cancel()
        ended.wait(timeout=PATIENCE)


async def as_completed(
    calls: Sequence[Callable[[], Awaitable[T]]], at_once: int
) -> AsyncGenerator[tuple[int, T], None]:
    """Make all calls, some at once; yield the results with their places as they come. The first error ends them all."""
    gate = asyncio.Semaphore(at_once)

    async def one(place: int, call: Callable[[], Awaitable[T]]) -> tuple[int, T]:
        async with gate:
            return place, await call()

    tasks = [asyncio.ensure_future(one(place, call)) for place, call in enumerate(calls)]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Batched:
    """An `RLM`, or a Runnable with one as `rlm`, whose batches run on the background loop.

    LangChain's run in threads: Ctrl-C then waits until each call in flight has its answer, and pays for it
    (`tests/integration/test_batch.py` hangs with them).
    """

    def batch(
        self, inputs: list[Any], config: RunnableConfig | list[RunnableConfig] | None = None, *,
        return_exceptions: bool = False, **kwargs: Any,
    ) -> list[Any]:  # fmt: skip
        """Call with each of the inputs, some at once.

        Args:
            inputs: As for `invoke`.
            config: One for all, or one for each. `max_concurrency` of the first says how many run at once.
            return_exceptions: Give errors as results. Else the first one is raised and ends the other runs.
            **kwargs: As for `invoke`.

        Returns:
            The results, in the order of the inputs.
        """
        done = dict(self.batch_as_completed(inputs, config, return_exceptions=return_exceptions, **kwargs))
        return [done[place] for place in range(len(inputs))]

    def batch_as_completed(
        self, inputs: Sequence[Any], config: RunnableConfig | Sequence[RunnableConfig] | None = None, *,
        return_exceptions: bool = False, **kwargs: Any,
    ) -> Iterator[tuple[int, Any]]:  # fmt: skip
        """Like `batch`, and yield each result with the place of its input as soon as it is there."""
        if not inputs:
            return
        rlm: Any = getattr(self, "rlm", self)
        rlm.refuse_to_block(get_config_list(config, len(inputs))[0], "abatch")
        completed = self.abatch_as_completed(inputs, config, return_exceptions=return_exceptions, **kwargs)
        yield from iterate_on_background_loop(completed)

    async def abatch(
        self, inputs: list[Any], config: RunnableConfig | list[RunnableConfig] | None = None, *,
        return_exceptions: bool = False, **kwargs: Any,
    ) -> list[Any]:  # fmt: skip
        """Like `batch`, on the caller's event loop."""
        completed = self.abatch_as_completed(inputs, config, return_exceptions=return_exceptions, **kwargs)
        async with aclosing(completed) as items:
            done = {place: result async for place, result in items}
        return [done[place] for place in range(len(inputs))]

    async def abatch_as_completed(
        self, inputs: Sequence[Any], config: RunnableConfig | Sequence[RunnableConfig] | None = None, *,
        return_exceptions: bool = False, **kwargs: Any,
    ) -> AsyncGenerator[tuple[int, Any], None]:  # fmt: skip
        """Like `batch_as_completed`, on the caller's event loop."""
        if not inputs:
            return
        configs = get_config_list(config, len(inputs))

        def call(given: Any, config: RunnableConfig) -> Callable[[], Awaitable[Any]]:
            async def made() -> Any:
                try:
                    return await self.ainvoke(given, config, **kwargs)  # type: ignore[attr-defined]  # a Runnable's
                except GraphBubbleUp:
                    raise  # a person is asked; it is the host that waits
                except Exception as error:
                    if not return_exceptions:
                        raise
                    return error

            return made

        at_once = configs[0].get("max_concurrency") or AT_ONCE
        async with aclosing(as_completed([*map(call, inputs, configs)], at_once)) as items:
            async for item in items:
                yield item


def refuse_to_wait_for_itself(loop: asyncio.AbstractEventLoop) -> None:
    """Stop a synchronous call that is made on the background loop itself."""
    if _is_running_here(loop):
        msg = "A synchronous call from inside the background loop would wait for itself. Use the asynchronous form."
        raise RuntimeError(msg)


def refuse_to_block(saver: Any, instead: str) -> None:
    """Stop a synchronous call from the event loop that its checkpointer needs; `instead` is the asynchronous form."""
    saver = getattr(saver, "saver", saver)
    home = getattr(saver, "loop", None)
    if isinstance(home, asyncio.AbstractEventLoop) and _is_running_here(home):
        msg = (
            f"The {type(saver).__name__} belongs to the event loop that this synchronous call would block: it would "
            f"wait for ever. Use the asynchronous form, `{instead}`."
        )
        raise RuntimeError(msg)


def _is_running_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
