"""REPLs that wait for models. Each has a process; when they are many, or wait long, they give it up."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from typing import Protocol
from weakref import WeakKeyDictionary

from langchain_rlm.repl.protocol import ReplLimits, Sandbox

STEPPING = 32
"""REPLs that run code at once; more wait for their turn."""


class Idle(Protocol):
    """What waits; `evict` gives its sandbox up without waiting for it."""

    sandbox: Sandbox | None

    def evict(self) -> None: ...


class _Loop:
    """What waits on one event loop: the longest first."""

    def __init__(self) -> None:
        self.waiting: dict[int, tuple[Idle, asyncio.TimerHandle]] = {}
        self.steps = asyncio.Semaphore(STEPPING)


class IdleRepls:
    """Keeps count of the REPLs of one `RLM` that wait.

    Event loops are kept apart: a REPL is only ever touched from the loop that runs it.

    Args:
        limits: How many may wait, and for how long.
    """

    def __init__(self, limits: ReplLimits) -> None:
        self._limits = limits
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()
        self._lock = threading.Lock()

    @contextlib.asynccontextmanager
    async def busy(self, repl: Idle) -> AsyncIterator[None]:
        """Hold a REPL: it does not wait, and is not given up."""
        here = self._here()
        self._forget(here, repl)
        async with here.steps:
            try:
                yield
            finally:
                self._waits(here, repl)

    def forget(self, repl: Idle) -> None:
        self._forget(self._here(), repl)

    def _waits(self, here: _Loop, repl: Idle) -> None:
        if repl.sandbox is None:
            return
        timer = asyncio.get_running_loop().call_later(self._limits.idle_seconds, self._evict, here, repl)
        here.waiting[id(repl)] = (repl, timer)
        while len(here.waiting) > self._limits.idle_repls:
            self._evict(here, next(iter(here.waiting.values()))[0])

    def _evict(self, here: _Loop, repl: Idle) -> None:
        self._forget(here, repl)
        repl.evict()

    @staticmethod
    def _forget(here: _Loop, repl: Idle) -> None:
        known = here.waiting.pop(id(repl), None)
        if known is not None:
            known[1].cancel()

    def _here(self) -> _Loop:
        with self._lock:
            return self._loops.setdefault(asyncio.get_running_loop(), _Loop())
