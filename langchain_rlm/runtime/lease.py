"""One run at a time on a thread, across processes: a lease, kept with the checkpoints.

Its owner renews it while the run lives. One who wants it takes it when the owner's process is known to be gone, or was
not seen to renew it for a term; no clocks are compared, so none has to be right. The id of the owner is the fencing
token: the checkpointer writes nothing for a run whose lease has another owner by now.
"""

import asyncio
import contextlib
import json
import os
import platform
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from langchain_rlm.errors import ThreadBusyError
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.begin import thread_of
from langchain_rlm.runtime.loop import run_on_background_loop
from langchain_rlm.runtime.savers import GroupingSaver, keeper_of
from langchain_rlm.runtime.savers.failures import database_failures
from langchain_rlm.runtime.savers.keepers import OWNER, Keeper, owner_of
from langchain_rlm.runtime.savers.transaction import taken
from langchain_rlm.settings import Settings
from langchain_rlm.threads import to_its_end

TERM = 9.0
"""Seconds after which a lease that is not renewed is taken."""
RENEWED = TERM / 3
LOOK = 0.25
"""Seconds between two looks at a lease that another has."""
LOOKS = round(TERM / LOOK)
"""Looks that see no change before it is taken. One who sleeps, with the machine or alone, does not look."""

HELD = "__rlm_held"
"""Key of the configuration for the lease that a call has already."""

Fate = Literal["lives", "gone", "unknown"]

_held: dict[tuple[int, int, str], "Lease"] = {}
"""The leases of this process, or what waits for them, by process, checkpointer and thread."""
_owners: set[str] = set()
"""Who has leases in this process."""


@lru_cache(maxsize=1)
def _machine() -> str:
    """Where process ids mean the same: a kernel since its start, and a container; empty where that is not known."""
    if sys.platform == "darwin":
        return f"{uuid.getnode():x}"
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()} {platform.node()}"
    except OSError:
        return ""


def _born(pid: int) -> str | None:
    """When a process began, in clock ticks; empty where that is not known, None when it is gone."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        return ""  # another user's
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return None if state in "ZX" else rest[18]


def fate_of(lease: str) -> Fate:
    """Whether the owner of a lease lives, as far as this process can know."""
    told = json.loads(lease[OWNER:])
    if not told["machine"] or told["machine"] != _machine():
        return "unknown"
    born = _born(told["pid"])
    if born is None or (born and told["born"] and born != told["born"]):
        return "gone"
    if told["pid"] != os.getpid():
        return "unknown"  # the process is there; whether the run is, its renewals say
    return "lives" if owner_of(lease) in _owners else "gone"


def _busy(thread: str, lease: str | None) -> ThreadBusyError:
    told = json.loads(lease[OWNER:]) if lease else {"pid": os.getpid(), "host": platform.node()}
    who = "this process" if told["pid"] == os.getpid() else f"process {told['pid']} on {told['host']}"
    return ThreadBusyError(
        f"A run goes on with thread {thread!r} in {who}; a thread has one run at a time. Wait for its end, end it, use "
        'another thread_id, or set RLM(on_busy="wait").'
    )


@dataclass
class Lease:
    """The right of one run to write to a thread; without a keeper, among the runs of this process."""

    thread: str
    keeper: Keeper | None
    saver: Any
    """The checkpointer that the caller passed: what is shared by those who want the thread."""
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    is_lost: bool = False
    _kept: str = ""
    """As it stands in the keeper."""
    _renewals: int = 0
    _confirmed: tuple[float, float] = (0.0, 0.0)
    """When it was last known to be this one's, by two clocks: each may stand still while a machine sleeps."""
    _renewing: asyncio.Task[None] | None = None

    async def take(self, *, waits: bool, seconds: float | None) -> float:
        """Get the lease; the seconds that it took.

        Raises:
            ThreadBusyError: Another run has it and lives, or has it still after these seconds.
        """
        started, seen = time.monotonic(), _Seen()
        while not await self._try(seen):
            waited = time.monotonic() - started
            if (seen.lives and not waits) or (seconds is not None and waited >= seconds):
                raise _busy(self.thread, seen.lease)
            await asyncio.sleep(LOOK)
        if self.keeper is not None:
            self._renewing = asyncio.create_task(self._renew_for_ever())
        return time.monotonic() - started

    async def _try(self, seen: "_Seen") -> bool:
        if _held.setdefault(self.place, self) is not self:
            seen.lives = True
            return False
        if self.keeper is None or seen.may_take(await self.keeper.read(self.thread)):
            _owners.add(self.owner)
            if self.keeper is None or await self._swapped(seen.lease):
                return True
            seen.lives = seen.lease is not None  # another was faster, or its owner stands still while it writes
        return False

    async def _swapped(self, old: str | None) -> bool:
        """Put this lease, renewed, in place of another."""
        assert self.keeper is not None  # noqa: S101  # callers know
        self._renewals += 1
        told = {"pid": os.getpid(), "born": _born(os.getpid()), "machine": _machine(), "host": platform.node()}
        new, asked = self.owner + json.dumps({**told, "renewals": self._renewals}), (time.monotonic(), time.time())
        if is_ours := await self.keeper.swap(self.thread, old, new):
            self._kept, self._confirmed = new, asked
        return is_ours

    async def renew(self) -> None:
        """Say that the run lives.

        Raises:
            ThreadBusyError: The lease is another's by now.
        """
        assert self.keeper is not None  # noqa: S101  # callers know
        while not await self._swapped(self._kept):
            found = await self.keeper.read(self.thread)
            if found is None or owner_of(found) != self.owner:
                self.is_lost = True
                raise taken(self.thread)
            self._kept = found  # a renewal of which no reply came, or another of this process
            if self.is_sure:
                return

    async def _renew_for_ever(self) -> None:
        while not self.is_lost:
            await asyncio.sleep(RENEWED)
            with contextlib.suppress(Exception):  # a database that is away may come back; a write tells what is wrong
                await self.renew()

    @property
    def is_sure(self) -> bool:
        """Nobody can have taken it since it was renewed."""
        now = time.monotonic(), time.time()
        return self.keeper is None or all(abs(a - b) < TERM / 2 for a, b in zip(now, self._confirmed, strict=True))

    async def give_up(self) -> None:
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.wait([self._renewing])
        try:
            if self.owner in _owners and self.keeper is not None:
                found = await self.keeper.read(self.thread)
                if found is not None and owner_of(found) == self.owner:
                    await self.keeper.swap(self.thread, found, None)
        except Exception:  # noqa: BLE001, S110  # it is not renewed any more, and this process says so where it is asked
            pass
        finally:
            _owners.discard(self.owner)
            if _held.get(self.place) is self:
                del _held[self.place]

    @property
    def place(self) -> tuple[int, int, str]:
        return os.getpid(), id(self.saver), self.thread


@dataclass
class _Seen:
    """What one who wants a lease has seen of it."""

    lease: str | None = None
    lives: bool = False
    """Its owner, or who had it next."""
    _unchanged: int = -1

    def may_take(self, lease: str | None) -> bool:
        """Whether it is free, going by what is kept now and was before."""
        is_first = self._unchanged < 0
        fate = "gone" if lease is None else fate_of(lease)
        self._unchanged = self._unchanged + 1 if lease == self.lease else 0
        self.lives = fate == "lives" or (not is_first and lease != self.lease)
        self.lease = lease
        return fate == "gone" or self._unchanged >= LOOKS


@contextlib.asynccontextmanager
async def leased(saver: Any, config: RunnableConfig, settings: Settings) -> AsyncIterator[tuple[RunnableConfig, float]]:
    """Have a thread to oneself; the configuration that says so, and the seconds that it took to get it.

    Without a checkpointer of its own, or where a host lends its own, a run is a part of its host, and has no lease.
    """
    configurable = config.get("configurable") or {}
    if not isinstance(saver, BaseCheckpointSaver) or langgraph_keys.CHECKPOINTER in configurable:
        yield config, 0.0
        return
    lease = Lease(str(thread_of(config)), keeper_of(saver), _root(saver))
    if (held := _held.get(lease.place)) and configurable.get(HELD) == held.owner:
        yield config, 0.0
        return
    leases: dict[str, Lease] = getattr(saver, "leases", {})
    try:
        with database_failures():
            waited = await lease.take(waits=settings.on_busy == "wait", seconds=settings.budget.seconds)
            leases[lease.thread] = lease
            yield {**config, "configurable": {**configurable, HELD: lease.owner}}, waited
    finally:
        await to_its_end(_ended(saver, lease, config))


@contextlib.contextmanager
def leased_by_thread(saver: Any, config: RunnableConfig, settings: Settings) -> Iterator[RunnableConfig]:
    """Have a thread to oneself in synchronous code."""
    with contextlib.ExitStack() as stack:
        lease = leased(saver, config, settings)
        held, _ = run_on_background_loop(lease.__aenter__())
        stack.callback(lambda: run_on_background_loop(lease.__aexit__(None, None, None)))
        yield held


async def _ended(saver: Any, lease: Lease, config: RunnableConfig) -> None:
    if getattr(saver, "leases", {}).get(lease.thread) is lease:
        if isinstance(saver, GroupingSaver):
            await saver.settled(config)
        del saver.leases[lease.thread]
    await lease.give_up()


def _root(saver: Any) -> Any:
    while (inner := getattr(saver, "saver", None)) is not None:
        saver = inner
    return saver
