"""Where the REPLs of a tree of runs live: threads, sandboxes, and which of them wait.

A REPL is a cache of its run's journal: a sandbox is opened when a step needs one, and given up when others need its
place, when it is lost, or when the run is cancelled or ends.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from langchain_rlm.repl.protocol import Ended, ReplLimits, Sandbox, Sandboxes, SandboxFactory, SandboxLostError
from langchain_rlm.threads import call_later, to_its_end

T = TypeVar("T")

CONCURRENT_CELLS = 16
"""Threads that run cells; more recursive runs than this wait for one."""
STEPPING = 32
"""REPLs that run code at once; more wait for their turn."""


class _Loop:
    """What waits on one event loop: the longest first."""

    def __init__(self) -> None:
        self.waiting: dict[int, tuple[Repl, asyncio.TimerHandle]] = {}
        self.steps = asyncio.Semaphore(STEPPING)


class IdleRepls:
    """Keeps count of the REPLs of one `RLM` that wait for models. When they are many, or wait long, they are given up.

    Event loops are kept apart: a REPL is only ever touched from the loop that runs it.
    """

    def __init__(self, limits: ReplLimits) -> None:
        self._limits = limits
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()
        self._lock = threading.Lock()

    @contextlib.asynccontextmanager
    async def busy(self, repl: "Repl") -> AsyncIterator[None]:
        """Hold a REPL: it does not wait, and is not given up."""
        here = self._here()
        self._forget(here, repl)
        async with here.steps:
            try:
                yield
            finally:
                self._waits(here, repl)

    def forget(self, repl: "Repl") -> None:
        self._forget(self._here(), repl)

    def _waits(self, here: _Loop, repl: "Repl") -> None:
        if repl.sandbox is None:
            return
        timer = call_later(self._limits.idle_seconds, self._evict, here, repl)
        here.waiting[id(repl)] = (repl, timer)
        while len(here.waiting) > self._limits.idle_repls:
            self._evict(here, next(iter(here.waiting.values()))[0])

    def _evict(self, here: _Loop, repl: "Repl") -> None:
        self._forget(here, repl)
        repl.evict()

    @staticmethod
    def _forget(here: _Loop, repl: "Repl") -> None:
        known = here.waiting.pop(id(repl), None)
        if known is not None:
            known[1].cancel()

    def _here(self) -> _Loop:
        with self._lock:
            return self._loops.setdefault(asyncio.get_running_loop(), _Loop())


@dataclass
class ReplPool:
    """The REPLs of one tree of runs. `factory` is called when the first sandbox is needed."""

    factory: SandboxFactory
    idle: IdleRepls
    _threads: ThreadPoolExecutor | None = None
    _sandboxes: Sandboxes | None = None
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _live: dict[int, Sandbox] = field(default_factory=dict)
    """Every sandbox that was made, by its identity, also those that no run has yet. Threads change it."""
    _at_work: set["asyncio.Future[Any]"] = field(default_factory=set)
    _is_closed: bool = False

    @property
    def workers(self) -> int:
        """Sandboxes that were made and are not ended."""
        return len(self._live)

    @property
    def threads(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(CONCURRENT_CELLS, thread_name_prefix="rlm-cell")
        return self._threads

    async def to_its_end(self, work: Callable[[], T]) -> T:
        """Do blocking work on a thread; a cancellation waits for it."""
        return await to_its_end(self._begun(work))

    async def on_thread(self, work: Callable[[], T], kill: Callable[[], Any], seconds: float | None = None) -> T:
        """Do blocking work with a sandbox on a thread; `kill` ends it when time is up or the run is cancelled."""
        future = self._begun(work)
        timer = None if seconds is None else call_later(seconds, kill)
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            kill()
            with contextlib.suppress(BaseException):
                await to_its_end(future)
            raise
        finally:
            if timer is not None:
                timer.cancel()
        return future.result()

    def _begun(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Work on a thread, which `close` waits for. A task that goes on after that is one that nobody waits for."""
        if self._is_closed:
            raise asyncio.CancelledError
        future = asyncio.get_running_loop().run_in_executor(self.threads, work)
        self._at_work.add(future)
        future.add_done_callback(self._at_work.discard)
        return future

    async def open(self, make: Callable[[Sandboxes], Sandbox], rebuild: Callable[[Sandbox], None]) -> Sandbox:
        """A sandbox that `make` makes and `rebuild` brings to where its run is. The end of the tree ends it."""
        made: list[Sandbox] = []
        given_up = threading.Event()

        def is_given_up() -> bool:
            return self._is_closed or given_up.is_set()

        def opened() -> Sandbox:
            sandboxes = self._started()
            if is_given_up():
                raise asyncio.CancelledError
            sandbox = make(sandboxes)
            self._live[id(sandbox)] = sandbox
            made.append(sandbox)
            is_there = False
            try:
                for step in (sandbox.open, lambda: rebuild(sandbox)):
                    if not is_given_up():  # meanwhile: nobody could end it before
                        step()
                is_there = not is_given_up()
            finally:
                if not is_there:
                    sandbox.kill()
                    self.end(sandbox)
            return sandbox

        def give_up() -> None:
            given_up.set()
            for sandbox in made:
                sandbox.kill()

        return await self.on_thread(opened, give_up)

    def _started(self) -> Sandboxes:
        with self._starting:
            if self._sandboxes is None:
                self._sandboxes = self.factory()
            return self._sandboxes

    def end(self, sandbox: Sandbox) -> None:
        """End a sandbox; it blocks."""
        sandbox.close()
        self._live.pop(id(sandbox), None)

    def ending(self, work: Callable[[], None]) -> Future[None]:
        """End something on a thread; here, when the interpreter is about to end and threads begin nothing any more."""
        try:
            return self.threads.submit(work)
        except RuntimeError:
            work()
        done = Future[None]()
        done.set_result(None)
        return done

    def kill(self) -> None:
        """End every sandbox at once: a thread that waits for a cell would be waited for."""
        for sandbox in [*self._live.values()]:
            sandbox.kill()

    def _ended(self, made: Sandboxes) -> None:
        """End each sandbox and what they came from: one that is only killed stays a zombie until the next one ends."""
        for sandbox in self._live.values():
            sandbox.close()
        self._live.clear()
        made.close()

    async def close(self) -> None:
        self._is_closed = True
        self.kill()
        while self._at_work:
            await asyncio.wait(self._at_work)
        made, self._sandboxes = self._sandboxes, None
        if made is not None:
            await asyncio.wrap_future(self.ending(partial(self._ended, made)))
        if self._threads is not None:
            self._threads.shutdown(wait=True)
            self._threads = None


@dataclass
class Repl:
    """The REPL of one run: with a sandbox, or to be built when a step needs it."""

    pool: ReplPool
    sandbox: Sandbox | None = None

    async def step(
        self, step: Callable[[Sandbox], T], *, make: Callable[[Sandboxes], Sandbox],
        rebuild: Callable[[Sandbox], None], seconds: Callable[[], float | None] = lambda: None,
    ) -> T:  # fmt: skip
        """Take a step in the sandbox. When there is none, `make` makes it and `rebuild` brings it to where the run is.

        `seconds` says how long the step may take; it is asked when the step begins. `step` and `rebuild` may block.
        """
        async with self.pool.idle.busy(self):
            if self.sandbox is None:
                self.sandbox = await self.pool.open(make, rebuild)
            sandbox = self.sandbox
            try:
                outcome = await self.pool.on_thread(lambda: step(sandbox), sandbox.kill, seconds())
            except SandboxLostError:
                await self.drop()
                raise
            if isinstance(outcome, Ended) and outcome.lost:
                await self.drop()
            return outcome

    def evict(self) -> None:
        sandbox = self._taken()
        if sandbox is not None:
            self.pool.ending(partial(self.pool.end, sandbox))

    async def drop(self) -> None:
        """Give the sandbox up; the journal has what it takes to build it again."""
        self.pool.idle.forget(self)
        sandbox = self._taken()
        if sandbox is not None:
            await to_its_end(asyncio.wrap_future(self.pool.ending(partial(self.pool.end, sandbox))))

    def leave(self) -> None:
        """Give the sandbox up at the end of the tree, which ends it."""
        self.pool.idle.forget(self)
        self._taken()

    def _taken(self) -> Sandbox | None:
        sandbox, self.sandbox = self.sandbox, None
        if sandbox is not None:
            sandbox.kill()
        return sandbox
