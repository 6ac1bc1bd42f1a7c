"""The live side of a tree of runs: what no checkpoint can hold.

The ledger, the text and the REPLs. The journal is the run and the REPL a cache of it, so all of this may be lost at any
moment and is built again from graph state when a node needs it.
"""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from functools import partial
from typing import Any

from langchain_rlm.budget import Ledger
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.store import ContextStore
from langchain_rlm.context.tables.database import TableSet
from langchain_rlm.context.uses import Uses
from langchain_rlm.models.calls import Caller
from langchain_rlm.models.reservations import Reservations
from langchain_rlm.models.room import Room
from langchain_rlm.models.stalls import Stalls
from langchain_rlm.runtime.repl_pool import IdleRepls, ReplPool
from langchain_rlm.runtime.savers import hold
from langchain_rlm.settings import Settings
from langchain_rlm.threads import on_thread

UNSAVED = 8
"""Answers that may wait to be saved while others take their places in flight: this many, or half of those in flight."""

SEEING = 8
"""Calls with pictures at once."""


@dataclass
class RunTree:
    """The live side of one tree of runs."""

    settings: Settings
    idle: InitVar[IdleRepls]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    repls: ReplPool = field(init=False)
    ledger: Ledger = field(init=False)
    caller: Caller = field(init=False)
    unsaved: asyncio.Semaphore = field(init=False)
    """Calls in flight, and answers that came and are not saved yet: what a kill would lose."""
    seeing: asyncio.Semaphore = field(init=False)
    """Calls that have pictures."""
    corpora: dict[str, Corpus] = field(default_factory=dict)
    """Contexts that a caller handed over before the graph began, by hash."""
    is_saved: bool = False
    """A checkpointer keeps the run."""
    contexts: ContextStore | None = None
    """The store of the host whose checkpointer keeps the run: another process finds the contexts there."""
    uses: Uses = field(init=False)
    tables: list[TableSet] = field(default_factory=list)
    """Those that it uses."""
    entering: asyncio.Lock = field(default_factory=asyncio.Lock)
    writer: Callable[[Any], None] | None = None

    def __post_init__(self, idle: IdleRepls) -> None:
        settings, at_once = self.settings, self.settings.max_concurrency
        self.uses = Uses(self.id)
        self.repls = ReplPool(settings.sandboxes, idle)
        self.ledger = Ledger(settings.budget)
        self.unsaved = asyncio.Semaphore(self.places)
        self.seeing = asyncio.Semaphore(min(SEEING, at_once))
        gate = asyncio.Semaphore(at_once)
        room = Room(Reservations(self.ledger, at_once), settings.prices)
        stalls = Stalls(settings.budget.call_seconds)
        self.caller = Caller(room, gate, settings.max_retries, settings.windows(), stalls=stalls, fence=hold)

    @property
    def places(self) -> int:
        """Calls that are in flight, or whose answers wait to be saved, at the most."""
        return self.settings.max_concurrency + max(UNSAVED, self.settings.max_concurrency // 2)

    async def use(self, tables: TableSet) -> None:
        """Have tables ready until this ends."""
        if not any(known is tables for known in self.tables):
            self.tables.append(tables)
        await on_thread(partial(tables.enter, self.id))

    async def close(self) -> None:
        await self.uses.end()
        while self.tables:
            await on_thread(partial(self.tables.pop().leave, self.id))
        await self.repls.close()
