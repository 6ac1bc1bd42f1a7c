"""The live side of a tree of runs: what no checkpoint can hold.

Models with their clients, the ledger, the text and the REPLs. The journal is the run and the REPL a cache of it, so all
of this may be lost at any moment and is built again from graph state when a node needs it.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pydantic_monty as monty

from langchain_rlm.budget import Ledger
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.journal.entries import Entry
from langchain_rlm.models.calls import Caller
from langchain_rlm.models.resolve import ModelClients
from langchain_rlm.repl.monty.jail import worker_path
from langchain_rlm.repl.monty.session import Session
from langchain_rlm.runtime.idle import IdleRepls
from langchain_rlm.settings import Settings

CONCURRENT_CELLS = 16
"""Threads that run cells; more recursive runs than this wait for one."""
UNSAVED = 8
"""Answers that may wait to be saved while others take their places in flight: so many, or half of those in flight."""


@dataclass
class RunTree:
    """The live side of one tree of runs."""

    settings: Settings
    idle: IdleRepls
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    ledger: Ledger = field(init=False)
    clients: ModelClients = field(default_factory=ModelClients)
    caller: Caller = field(init=False)
    unsaved: asyncio.Semaphore = field(init=False)
    """Calls in flight, and answers that came and are not saved yet: what a kill would lose."""
    corpora: dict[str, Corpus] = field(default_factory=dict)
    """Contexts that a caller handed over before the graph began, by hash."""
    is_saved: bool = False
    """A checkpointer keeps the run."""
    saved: Sequence[Entry] = ()
    """Answers that were saved before this process and are in the first run's journal only after the next superstep."""
    entering: asyncio.Lock = field(default_factory=asyncio.Lock)
    writer: Callable[[Any], None] | None = None
    sessions: list[Session] = field(default_factory=list)
    """Every REPL that was opened, also those that no run has yet."""
    _threads: ThreadPoolExecutor | None = None
    _pool: monty.Monty | None = None
    _pool_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.settings.budget)
        gate = asyncio.Semaphore(self.settings.max_concurrency)
        at_once = self.settings.max_concurrency
        self.unsaved = asyncio.Semaphore(at_once + max(UNSAVED, at_once // 2))
        self.caller = Caller(self.ledger, self.clients, gate, self.settings.windows())

    @property
    def threads(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(CONCURRENT_CELLS, thread_name_prefix="rlm-cell")
        return self._threads

    def keep(self, session: Session) -> None:
        """Know of a REPL, so that the end of the tree ends it."""
        self.sessions = [known for known in self.sessions if not known.is_closed]
        self.sessions.append(session)

    async def to_its_end(self, step: Callable[[], Any], *, undo: Callable[[], Any]) -> Any:
        """Do blocking work on a thread; a cancellation waits for it and takes it back."""
        future = asyncio.get_running_loop().run_in_executor(self.threads, step)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            if future.exception() is None:
                await asyncio.get_running_loop().run_in_executor(self.threads, undo)
            raise

    async def workers(self) -> monty.Monty:
        async with self._pool_lock:
            if self._pool is None:
                pool = await asyncio.get_running_loop().run_in_executor(self.threads, new_pool)
                await self.to_its_end(pool.__enter__, undo=lambda: pool.__exit__(None, None, None))
                self._pool = pool
        return self._pool

    def kill(self) -> None:
        """End every worker at once: a thread that waits for a cell would be waited for."""
        for session in self.sessions:
            session.kill()
        self.sessions.clear()

    async def close(self) -> None:
        """End workers, threads and connections. Safe to call twice."""
        self.kill()
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.get_running_loop().run_in_executor(self.threads, pool.__exit__, None, None, None)
        if self._threads is not None:
            self._threads.shutdown(wait=True)
            self._threads = None
        await self.clients.close()


def new_pool() -> monty.Monty:
    """The workers of one run: processes, jailed where that is possible, none before it is needed."""
    return monty.Monty(binary_path=worker_path(), min_processes=0, max_processes=10_000)
