"""A checkpointer that saves together what comes together.

A database takes milliseconds to make a commit durable, and answers that come faster than that would wait in a line,
unsaved: what comes during one commit is saved by the next.
"""

import asyncio
import contextlib
import copy
import math
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, Checkpoint, CheckpointTuple

from langchain_rlm.errors import InputError, RLMError
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.savers.delegating import DelegatingSaver, ThreadedSaver
from langchain_rlm.threads import on_thread, to_its_end

GROUPED = {"SqliteSaver", "AsyncSqliteSaver", "PostgresSaver", "AsyncPostgresSaver"}
"""LangGraph's own: they commit the writes of each task through their `conn`, under their `lock`."""
SYNCHRONOUS = {"SqliteSaver", "PostgresSaver"}
"""They define the asynchronous methods only to refuse."""

TURNS = 3
"""Turns of the event loop in which a task that was begun gets to what it writes."""
WRAPPED = "__rlm_wrapped"
"""Key of a dict around a value that JSON does not have."""

Writes = tuple[RunnableConfig, Sequence[tuple[str, Any]], str, str]


def kind_of(saver: Any) -> str:
    """Which of LangGraph's own it is, or is built on."""
    return next((base.__name__ for base in type(saver).__mro__ if base.__name__ in GROUPED), "")


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
        self._inner: Any = saver
        self.failure: Exception | None = None
        """Why the newest writes could not be saved."""
        self._then: dict[str, Callable[[], None]] = {}
        self._at_work: dict[asyncio.Future[None], tuple[asyncio.AbstractEventLoop, str]] = {}
        """Writes that are not saved yet, with the event loop and the thread that they belong to."""
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue] = WeakKeyDictionary()
        saves = {"SqliteSaver": self._save_sqlite, "PostgresSaver": self._save_postgres}
        self._save_on_thread = saves.get(name)
        self._is_sqlite = name == "AsyncSqliteSaver"
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

    async def aput(self, config: RunnableConfig, checkpoint: Checkpoint, *args: Any, **kwargs: Any) -> Any:
        return await super().aput(config, self._storable(checkpoint), *args, **kwargs)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        found = super().get_tuple(config)
        return found and _restored(found)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        found = await super().aget_tuple(config)
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
        return (
            getattr(configurable.get(langgraph_keys.CHECKPOINTER), "_queues", None) is self._queues
            and configurable.get(langgraph_keys.DURABILITY) != "exit"
            and bool(_task_id(config))
        )

    async def settled(self, config: RunnableConfig) -> None:
        """Wait until nothing of a thread is being saved: LangGraph does not, for what a cancelled task still writes."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
            while mine := [saved for saved, place in self._at_work.items() if place == _thread(config)]:
                await asyncio.wait(mine)
                await asyncio.sleep(0)

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
            await self._there(self._save([writes for writes, _ in group]))
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

    async def _save(self, group: Sequence[Writes]) -> None:
        inner = self._inner
        if self._save_on_thread is not None:
            await to_its_end(on_thread(partial(self._save_on_thread, group)))
        elif self._is_sqlite:
            await inner.setup()
            collected = _Collecting()
            together = _held(inner, collected)
            for writes in group:
                await together.aput_writes(*writes)
            async with inner.lock:
                try:
                    for query, rows in collected.statements:
                        await inner.conn.executemany(query, rows)
                finally:
                    await inner.conn.commit()
        else:
            async with inner.lock, _connected(inner.conn) as conn, conn.transaction():
                together = _held(inner, conn)
                for writes in group:
                    await together.aput_writes(*writes)

    def _save_sqlite(self, group: Sequence[Writes]) -> None:
        inner = self._inner
        with inner.lock:
            together = _held(inner, _Uncommitted(inner.conn))
            try:
                for writes in group:
                    together.put_writes(*writes)
            finally:
                inner.conn.commit()

    def _save_postgres(self, group: Sequence[Writes]) -> None:
        inner = self._inner
        with inner.lock, _connected(inner.conn) as conn, conn.transaction():
            together = _held(inner, conn)
            for writes in group:
                together.put_writes(*writes)


def _is_no_json(value: Any) -> bool:
    return (isinstance(value, str) and "\x00" in value) or (isinstance(value, float) and not math.isfinite(value))


def _restored(found: CheckpointTuple) -> CheckpointTuple:
    values = found.checkpoint["channel_values"]
    plain = {name: value[WRAPPED] for name, value in values.items() if isinstance(value, dict) and WRAPPED in value}
    return found._replace(checkpoint={**found.checkpoint, "channel_values": {**values, **plain}}) if plain else found


def _thread(config: RunnableConfig) -> tuple[asyncio.AbstractEventLoop, str]:
    return asyncio.get_running_loop(), str(config.get("configurable", {}).get("thread_id"))


def _task_id(config: RunnableConfig) -> str:
    """The task of a node, as LangGraph names it in the namespace of its checkpoints."""
    return str(config.get("configurable", {}).get("checkpoint_ns") or "").rpartition("|")[2].rpartition(":")[2]


def _held(saver: Any, conn: Any) -> Any:
    """The saver for one who holds its lock, over this connection."""
    held = copy.copy(saver)
    held.lock, held.conn = contextlib.nullcontext(), conn
    return held


def _connected(conn: Any) -> Any:
    """A connection of a pool, or the one there is."""
    return conn.connection() if hasattr(conn, "getconn") else contextlib.nullcontext(conn)


class _Uncommitted:
    """A connection on which a commit waits."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)

    def commit(self) -> None: ...


class _Collecting:
    """Takes the statements that a saver would execute, to be executed together: each costs three turns of a thread."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, list[Any]]] = []

    @contextlib.asynccontextmanager
    async def cursor(self) -> AsyncIterator["_Collecting"]:
        yield self

    async def executemany(self, query: str, rows: Sequence[Any]) -> None:
        if not self.statements or self.statements[-1][0] != query:
            self.statements.append((query, []))
        self.statements[-1][1].extend(rows)

    async def commit(self) -> None: ...
