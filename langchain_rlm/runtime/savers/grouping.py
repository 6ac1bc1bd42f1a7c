"""A checkpointer that saves together what comes together.

A database takes milliseconds to make a commit durable, and answers that come faster than that would wait in a line,
unsaved: what comes during one commit is saved by the next.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, Checkpoint, CheckpointTuple

from langchain_rlm.errors import InputError, RLMError, ThreadBusyError
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.savers.delegating import DelegatingSaver, ThreadedSaver, thread_in
from langchain_rlm.runtime.savers.transaction import GROUPED, SYNCHRONOUS, Call, Transactions, kind_of
from langchain_rlm.threads import to_its_end

TURNS = 3
"""Turns of the event loop in which a task that was begun gets to what it writes."""
WRAPPED = "__rlm_wrapped"
"""Key of a dict around a value that JSON does not have."""

Writes = tuple[RunnableConfig, Sequence[tuple[str, Any]], str, str]


def may_group(saver: Any) -> bool:
    """Whether its writes can be saved together: that is known of LangGraph's own savers."""
    return bool(kind_of(saver)) and getattr(saver, "pipe", None) is None


@dataclass
class _Queue:
    """What waits to be saved, on one event loop."""

    waiting: list[tuple[Writes, asyncio.Future[None]]] = field(default_factory=list)
    saving: asyncio.Task[None] | None = None


class GroupingSaver(DelegatingSaver):
    """Saves the writes of tasks that end while others are being saved together, in one transaction.

    On a slow database that is 2 to 5 times as fast. An `RLM` wraps LangGraph's savers for SQLite and PostgreSQL by
    itself; wrap one yourself to share it between `RLM` objects, or to use it in a graph of your own.

    Args:
        saver: A `SqliteSaver`, `AsyncSqliteSaver`, `PostgresSaver` or `AsyncPostgresSaver`, not in pipeline mode.

    Raises:
        InputError: It is another one.
    """

    def __init__(self, saver: "BaseCheckpointSaver[Any]") -> None:
        if not may_group(saver):
            msg = f"GroupingSaver({saver!r:.100}): pass one of {', '.join(sorted(GROUPED))}, without a pipeline."
            raise InputError(msg)
        name = kind_of(saver)
        super().__init__(ThreadedSaver(saver) if name in SYNCHRONOUS else saver)
        self._transactions = Transactions(saver)
        self.failure: Exception | None = None
        """Why the newest writes could not be saved."""
        self._then: dict[str, Callable[[], None]] = {}
        self._at_work: dict[asyncio.Future[None], tuple[asyncio.AbstractEventLoop, str]] = {}
        """Writes that are not saved yet, with the event loop and the thread that they belong to."""
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue] = WeakKeyDictionary()
        self._keeps_json = "Postgres" in name

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        loop = asyncio.get_running_loop()
        queue = self._queues.setdefault(loop, _Queue())
        saved: asyncio.Future[None] = loop.create_future()
        self._at_work[saved] = _thread(config)
        queue.waiting.append(((config, writes, task_id, task_path), saved))
        if queue.saving is None or queue.saving.done():
            queue.saving = loop.create_task(self._drain(queue))
        try:
            await to_its_end(saved)  # nothing of it is at work when a run has ended
            self.failure = None
        except ThreadBusyError:
            self.leases[thread_in(config)].is_lost = True
            raise  # the other threads can be saved
        except Exception as error:
            self.failure = error
            raise
        finally:
            self._at_work.pop(saved, None)
            then = self._then.pop(task_id, None)
            if then is not None:
                then()

    def put(self, config: RunnableConfig, checkpoint: Checkpoint, *args: Any, **kwargs: Any) -> RunnableConfig:
        return super().put(config, self._storable(checkpoint), *args, **kwargs)

    async def aput(self, config: RunnableConfig, checkpoint: Checkpoint, metadata: Any, new_versions: Any) -> Any:
        args = (config, self._storable(checkpoint), metadata, new_versions)
        (saved,) = await to_its_end(self._there(self._made([("put", args)])))
        return saved

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        found = super().get_tuple(config)
        return found and _restored(found)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        found = await self._transactions.repeated(partial(super().aget_tuple, config))
        return found and _restored(found)

    def list(self, config: RunnableConfig | None, **kwargs: Any) -> Any:
        return map(_restored, super().list(config, **kwargs))

    async def alist(self, config: RunnableConfig | None, **kwargs: Any) -> AsyncIterator[CheckpointTuple]:
        async for found in super().alist(config, **kwargs):
            yield _restored(found)

    def _storable(self, checkpoint: Checkpoint) -> Checkpoint:
        """PostgreSQL keeps texts and numbers as JSON, which has no NUL and no NaN: those go with the larger values."""
        values = checkpoint["channel_values"]
        wrapped = {name: {WRAPPED: value} for name, value in values.items() if _is_no_json(value)}
        return {**checkpoint, "channel_values": {**values, **wrapped}} if self._keeps_json and wrapped else checkpoint

    def check(self) -> None:
        """Refuse to go on paying for what cannot be kept."""
        if self.failure is not None:
            msg = f"Not asked: answers cannot be saved ({type(self.failure).__name__}: {self.failure})."
            raise RLMError(msg)

    def when_saved(self, config: RunnableConfig, then: Callable[[], None]) -> None:
        """Call back when the writes of the task that `config` belongs to are saved, or could not be."""
        self._then[_task_id(config)] = then

    def saves(self, config: RunnableConfig) -> bool:
        """The writes of the task that `config` belongs to will come here."""
        configurable = config.get("configurable", {})
        return configurable.get(langgraph_keys.DURABILITY) != "exit" and bool(_task_id(config))

    async def settled(self, config: RunnableConfig) -> None:
        """Wait until nothing of a thread is being saved: LangGraph does not, for what a cancelled task still writes."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
            while mine := [saved for saved, place in self._at_work.items() if place == _thread(config)]:
                await asyncio.wait(mine)
                await asyncio.sleep(0)

    async def read(self, thread: str) -> str | None:
        """The lease of a thread (a `Keeper`'s)."""
        return await to_its_end(self._there(self._transactions.read(thread)))

    async def swap(self, thread: str, old: str | None, new: str | None) -> bool:
        """Put a lease in place of another (a `Keeper`'s)."""
        return await to_its_end(self._there(self._transactions.swap(thread, old, new)))

    async def _made(self, calls: Sequence[Call]) -> Sequence[Any]:
        """What calls of the saver give, made in one transaction; not for those who lost the lease of their thread."""
        threads = {thread_in(config) for _, (config, *_) in calls}
        owners = {thread: self.leases[thread].owner for thread in threads if thread in self.leases}
        return await self._transactions.make(calls, owners)

    async def _drain(self, queue: _Queue) -> None:
        while queue.waiting:
            group, queue.waiting = queue.waiting, []
            if len(group) > 1 and await self._kept(group, is_last_try=False):
                continue
            for one in group:  # those of one run may not be storable, and must not end the others
                await self._kept([one])

    async def _kept(self, group: Sequence[tuple[Writes, asyncio.Future[None]]], *, is_last_try: bool = True) -> bool:
        """Save a group and tell those who wait for it; whether there is nothing more to try."""
        try:
            await self._there(self._made([("put_writes", writes) for writes, _ in group]))
        except Exception as error:  # noqa: BLE001  # whatever a database raises is for those who wait
            for _, saved in group if is_last_try else ():
                if not saved.done():
                    saved.set_exception(error)
            return is_last_try
        except BaseException:
            for _, saved in group:
                saved.cancel()
            raise
        for _, saved in group:
            if not saved.done():
                saved.set_result(None)
        return True


def _is_no_json(value: Any) -> bool:
    return (isinstance(value, str) and "\x00" in value) or (isinstance(value, float) and not math.isfinite(value))


def _restored(found: CheckpointTuple) -> CheckpointTuple:
    values = found.checkpoint["channel_values"]
    plain = {name: value[WRAPPED] for name, value in values.items() if isinstance(value, dict) and WRAPPED in value}
    return found._replace(checkpoint={**found.checkpoint, "channel_values": {**values, **plain}}) if plain else found


def _thread(config: RunnableConfig) -> tuple[asyncio.AbstractEventLoop, str]:
    return asyncio.get_running_loop(), thread_in(config)


def _task_id(config: RunnableConfig) -> str:
    """The task of a node, as LangGraph names it in the namespace of its checkpoints."""
    return str(config.get("configurable", {}).get("checkpoint_ns") or "").rpartition("|")[2].rpartition(":")[2]
