"""Timers that keep nothing alive.

A timer of an event loop has the context it was made in, and a run's has its text. A cancelled one stays in its loop
until it would have been due, which for the limit of a call is minutes. These have an empty context.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Any


def call_later(seconds: float, call: Callable[..., Any], *args: Any) -> asyncio.TimerHandle:
    """Call after so many seconds."""
    return asyncio.get_running_loop().call_later(seconds, call, *args, context=Context())


def reschedule(timer: asyncio.Timeout, when: float | None) -> None:
    """Say when, by the loop's clock, a timeout is due; None: never."""
    Context().run(timer.reschedule, when)


@asynccontextmanager
async def timeout(seconds: float | None) -> AsyncIterator[asyncio.Timeout]:
    """Like `asyncio.timeout`."""
    async with asyncio.timeout(None) as timer:  # noqa: TID251  # it has no timer yet
        if seconds is not None:
            reschedule(timer, asyncio.get_running_loop().time() + seconds)
        yield timer
