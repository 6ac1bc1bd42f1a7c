"""A checkpointer around another one; a synchronous one (`SqliteSaver`, say) then serves from a thread."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, DeltaChannelHistory

from langchain_rlm.runtime.loop import run_on_background_loop
from langchain_rlm.runtime.savers.keepers import Held
from langchain_rlm.threads import on_thread, to_its_end

T = TypeVar("T")


class DelegatingSaver(BaseCheckpointSaver[Any]):
    """A checkpointer around another; its asynchronous methods are the other's.

    One that belongs to an event loop (`AsyncSqliteSaver`) is used on that loop, from whichever this is called.
    """

    def __init__(self, saver: "BaseCheckpointSaver[Any]") -> None:
        super().__init__(serde=saver.serde)
        self.saver = saver
        self.leases: dict[str, Held] = {}
        """Of the threads that a run of this process goes on with."""

    @property
    def config_specs(self) -> list[Any]:
        return self.saver.config_specs

    def get_next_version(self, current: Any, channel: None) -> Any:
        return self.saver.get_next_version(current, channel)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return self.saver.get_tuple(config)

    def list(self, config: RunnableConfig | None, **kwargs: Any) -> Any:
        return self.saver.list(config, **kwargs)

    def put(self, config: RunnableConfig, *args: Any, **kwargs: Any) -> RunnableConfig:
        if lease := self._doubtful(config):
            run_on_background_loop(lease.renew())
        return self.saver.put(config, *args, **kwargs)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:  # LangGraph looks whether there is a `task_path`
        if lease := self._doubtful(config):
            run_on_background_loop(lease.renew())
        self.saver.put_writes(config, writes, task_id, task_path)

    def delete_thread(self, thread_id: str) -> None:
        self.saver.delete_thread(thread_id)

    def get_delta_channel_history(self, **kwargs: Any) -> Mapping[str, DeltaChannelHistory]:
        return self.saver.get_delta_channel_history(**kwargs)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return cast("CheckpointTuple | None", await self.asked("get_tuple", config))

    async def alist(self, config: RunnableConfig | None, **kwargs: Any) -> AsyncIterator[CheckpointTuple]:
        for item in await self._listed(config, **kwargs):
            yield item

    async def aput(self, config: RunnableConfig, *args: Any, **kwargs: Any) -> Any:
        await self.hold(config)
        return await self.asked("put", config, *args, **kwargs)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await self.hold(config)
        await self.asked("put_writes", config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        await self.asked("delete_thread", thread_id)

    async def aget_delta_channel_history(self, **kwargs: Any) -> Any:
        return await self.asked("get_delta_channel_history", **kwargs)

    async def hold(self, config: RunnableConfig) -> None:
        """Make sure that the run that writes, or pays for what it will write, has its thread still.

        Raises:
            ThreadBusyError: Another has it.
        """
        if lease := self._doubtful(config):
            await lease.renew()

    def _doubtful(self, config: RunnableConfig) -> Held | None:
        """The lease of a run that writes, if another may have it by now."""
        lease = self.leases.get(thread_in(config))
        return None if lease is None or (lease.is_sure and not lease.is_lost) else lease

    async def asked(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """What the other's asynchronous method of this name gives."""
        return await self._there(getattr(self.saver, f"a{method}")(*args, **kwargs))

    async def _listed(self, config: RunnableConfig | None, **kwargs: Any) -> Sequence[CheckpointTuple]:
        async def listed() -> Sequence[CheckpointTuple]:
            return [item async for item in self.saver.alist(config, **kwargs)]

        return await self._there(listed())

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        home = getattr(self.saver, "loop", None)
        if not isinstance(home, asyncio.AbstractEventLoop) or home is asyncio.get_running_loop():
            return await work
        if not home.is_running():
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, home))


def thread_in(config: RunnableConfig) -> str:
    """The thread that a checkpointer is asked about, as its leases name it."""
    return str(config.get("configurable", {}).get("thread_id"))


class ThreadedSaver(DelegatingSaver):
    """Runs a synchronous checkpointer's methods on a thread."""

    async def asked(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return await to_its_end(on_thread(partial(getattr(self.saver, method), *args, **kwargs)))

    async def _listed(self, config: RunnableConfig | None, **kwargs: Any) -> Sequence[CheckpointTuple]:
        return await to_its_end(on_thread(lambda: [*self.saver.list(config, **kwargs)]))
