"""The one background event loop, on which synchronous callers run the asynchronous engine.

It is the package's only global state: a daemon thread, started at the first synchronous call. One loop for all of them
means that a model's pooled connections never meet a second one.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that an interrupted caller waits for its run to clean up."""

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def background_loop() -> asyncio.AbstractEventLoop:
    """The loop, started when it is not running."""
    global _loop  # noqa: PLW0603  # documented above
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="rlm-loop", daemon=True).start()
        return _loop


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


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Await clean-up that a cancellation must not leave half-done; it is cancelled only after that."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait([task])
        raise


def refuse_to_wait_for_itself(loop: asyncio.AbstractEventLoop) -> None:
    """Stop a synchronous call that is made on the background loop itself.

    Raises:
        RuntimeError: The caller runs on `loop`.
    """
    if _is_running_here(loop):
        msg = "A synchronous call from inside the background loop would wait for itself. Use the asynchronous form."
        raise RuntimeError(msg)


def _is_running_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
