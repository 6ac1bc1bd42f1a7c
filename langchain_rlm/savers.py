"""Checkpointers as the engine uses them: from asynchronous code, with one commit for the answers of a moment.

A synchronous one (`SqliteSaver`, say) serves from a thread. A database takes milliseconds to make a commit durable, and
answers that come faster than that would wait in a line, unsaved: what comes during one commit is saved by the next.
"""

import asyncio
import contextlib
import copy
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
)

from langchain_rlm.errors import RLMError

GROUPED = {"SqliteSaver", "AsyncSqliteSaver", "PostgresSaver", "AsyncPostgresSaver"}
"""LangGraph's own: they commit the writes of each task through their `conn`, under their `lock`."""
SYNCHRONOUS = {"SqliteSaver", "PostgresSaver"}
"""They define the asynchronous methods only to refuse."""

CONFIG_KEY_CHECKPOINTER = "__pregel_checkpointer"
CONFIG_KEY_DURABILITY = "__pregel_durability"
"""LangGraph's own keys (`langgraph._internal._constants`): what is in force for a node."""

T = TypeVar("T")
Writes = tuple[RunnableConfig, Sequence[tuple[str, Any]], str, str]


def usable_by_async(saver: "BaseCheckpointSaver[Any] | None") -> "BaseCheckpointSaver[Any] | None":
    """Return a checkpointer with asynchronous methods, which groups what it saves where that is known to work."""
    if saver is None or isinstance(saver, DelegatingSaver):
        return saver
    kind = type(saver)
    if kind.__name__ in GROUPED and getattr(saver, "pipe", None) is None:
        return GroupingSaver(saver)
    return ThreadedSaver(saver) if kind.aput is BaseCheckpointSaver.aput else saver


class DelegatingSaver(BaseCheckpointSaver[Any]):
    """A checkpointer around another; its asynchronous methods are the other's.

    One that belongs to an event loop (`AsyncSqliteSaver`) is used on that loop, from whichever this is called.
    """

    def __init__(self, saver: "BaseCheckpointSaver[Any]") -> None:
        super().__init__(serde=saver.serde)
        self.saver = saver

    @property
    def config_specs(self) -> list[Any]:
        return self.saver.config_specs

    def get_next_version(self, current: Any, channel: None) -> Any:
        return self.saver.get_next_version(current, channel)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return self.saver.get_tuple(config)

    def list(self, config: RunnableConfig | None, **kwargs: Any) -> Any:
        return self.saver.list(config, **kwargs)

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return self.saver.put(config, checkpoint, metadata, new_versions)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self.saver.put_writes(config, writes, task_id, task_path)

    def delete_thread(self, thread_id: str) -> None:
        self.saver.delete_thread(thread_id)

    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        return self.saver.get_delta_channel_history(config=config, channels=channels)

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        return await self._there(self.saver.aget_delta_channel_history(config=config, channels=channels))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return await self._there(self.saver.aget_tuple(config))

    async def alist(self, config: RunnableConfig | None, **kwargs: Any) -> AsyncIterator[CheckpointTuple]:
        async def listed() -> list[CheckpointTuple]:
            return [item async for item in self.saver.alist(config, **kwargs)]

        for item in await self._there(listed()):
            yield item

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return await self._there(self.saver.aput(config, checkpoint, metadata, new_versions))

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await self._there(self.saver.aput_writes(config, writes, task_id, task_path))

    async def adelete_thread(self, thread_id: str) -> None:
        await self._there(self.saver.adelete_thread(thread_id))

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        home = getattr(self.saver, "loop", None)
        if not isinstance(home, asyncio.AbstractEventLoop) or home is asyncio.get_running_loop():
            return await work
        if not home.is_running():
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, home))


class ThreadedSaver(DelegatingSaver):
    """Runs a synchronous checkpointer's methods on a thread."""

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        return await asyncio.to_thread(self.saver.get_delta_channel_history, config=config, channels=channels)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return await asyncio.to_thread(self.saver.get_tuple, config)

    async def alist(self, config: RunnableConfig | None, **kwargs: Any) -> AsyncIterator[CheckpointTuple]:
        for item in await asyncio.to_thread(lambda: [*self.saver.list(config, **kwargs)]):
            yield item

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return await asyncio.to_thread(self.saver.put, config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await asyncio.to_thread(self.saver.put_writes, config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        await asyncio.to_thread(self.saver.delete_thread, thread_id)


@dataclass
class _Queue:
    """What waits to be saved, on one event loop."""

    waiting: list[tuple[Writes, asyncio.Future[None]]] = field(default_factory=list)
    saving: asyncio.Task[None] | None = None


class GroupingSaver(DelegatingSaver):
    """Saves the writes of tasks that end while others are being saved together, in one transaction."""

    def __init__(self, saver: "BaseCheckpointSaver[Any]") -> None:
        name = type(saver).__name__
        super().__init__(ThreadedSaver(saver) if name in SYNCHRONOUS else saver)
        self._inner: Any = saver
        self.failure: Exception | None = None
        """Why the newest writes could not be saved."""
        self._then: dict[str, Callable[[], None]] = {}
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue] = WeakKeyDictionary()
        saves = {"SqliteSaver": self._save_sqlite, "PostgresSaver": self._save_postgres}
        self._save_on_thread = saves.get(name)
        self._is_sqlite = name == "AsyncSqliteSaver"

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        loop = asyncio.get_running_loop()
        queue = self._queues.setdefault(loop, _Queue())
        saved: asyncio.Future[None] = loop.create_future()
        queue.waiting.append(((config, writes, task_id, task_path), saved))
        if queue.saving is None or queue.saving.done():
            queue.saving = loop.create_task(self._drain(queue))
        try:
            await saved
            self.failure = None
        except Exception as error:
            self.failure = error
            raise
        finally:
            then = self._then.pop(task_id, None)
            if then is not None:
                then()

    def check(self) -> None:
        """Refuse to go on paying for what cannot be kept.

        Raises:
            RLMError: The newest writes could not be saved.
        """
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
            getattr(configurable.get(CONFIG_KEY_CHECKPOINTER), "_queues", None) is self._queues
            and configurable.get(CONFIG_KEY_DURABILITY) != "exit"
            and bool(_task_id(config))
        )

    async def _drain(self, queue: _Queue) -> None:
        while queue.waiting:
            group, queue.waiting = queue.waiting, []
            try:
                await self._there(self._save([writes for writes, _ in group]))
            except BaseException as error:
                for _, saved in group:
                    if not saved.done():
                        saved.set_exception(error) if isinstance(error, Exception) else saved.cancel()
                if not isinstance(error, Exception):
                    raise
            for _, saved in group:
                if not saved.done():
                    saved.set_result(None)

    async def _save(self, group: Sequence[Writes]) -> None:
        inner = self._inner
        if self._save_on_thread is not None:
            await asyncio.to_thread(self._save_on_thread, group)
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
