"""A run inside a host (an agent's graph, say) for which a person may have to decide something.

The run has a thread of its own in the host's checkpointer. When it waits, LangGraph's `interrupt()` has the host's task
wait with the same question. LangGraph begins that task anew when the host is resumed: the run is found on its thread,
and goes on with what was decided.

`interrupt()` gives a task's decisions by their order alone. So what was asked is kept in order, on a thread for each
task that asks, and the first run to arrive takes the decisions of the others for them.

Both threads stay in the host's checkpointer when a run has ended: the task may have to wait for something else, and
finds the answer there when it begins anew, instead of paying for it again. Their checkpoints have the name of the
host's thread as `rlm_host` in their metadata, by which `saver.list(None, filter={"rlm_host": ...})` finds them for
`saver.delete_thread`. A run's thread holds its journal, and its context by hash only.
"""

import asyncio
import contextlib
import hashlib
import json
import threading
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypedDict, TypeVar, cast

from langchain_core.runnables import RunnableConfig, ensure_config
from langchain_core.runnables.config import set_config_context
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.config import get_store
from langgraph.errors import GraphInterrupt
from langgraph.graph import START, StateGraph
from langgraph.runtime import get_runtime
from langgraph.store.base import BaseStore
from langgraph.types import Interrupt, interrupt

from langchain_rlm.models.calls import unstreamed
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.savers import usable_by_async
from langchain_rlm.threads import timeout

T = TypeVar("T")

HOST = "rlm_host"
"""Metadata of checkpoints: the thread of the host."""
PATIENCE = 10.0
"""Seconds that a run waits for those to begin that asked when its task was executed before."""
TASKS = 1_000
"""Executions of tasks that are remembered in a process."""


def host_saver(config: RunnableConfig | None) -> "BaseCheckpointSaver[Any] | None":
    """The checkpointer of the graph that `config`, or what surrounds the call, belongs to."""
    saver = ensure_config(config).get("configurable", {}).get(langgraph_keys.CHECKPOINTER)
    return saver if isinstance(saver, BaseCheckpointSaver) else None


def host_store(config: RunnableConfig) -> BaseStore | None:
    """The store of the graph that `config` belongs to."""
    try:
        return inside(config, get_store)
    except (LookupError, RuntimeError):  # no graph, or one without
        return None


def on_own_thread(config: RunnableConfig, thread: str) -> RunnableConfig:
    """A host's configuration for a run that is not one of its subgraphs.

    Callbacks, tags and metadata stay. Tokens of sub-models do not enter the host's messages.
    """
    own = {k: v for k, v in config.get("configurable", {}).items() if not k.startswith(("__", "checkpoint_"))}
    tags = unstreamed(config.get("tags"))
    return cast("RunnableConfig", {**config, "tags": tags, "configurable": {**own, "thread_id": thread}})


def inside(config: RunnableConfig, call: Callable[[], T]) -> T:
    """Call what looks for the configuration of the task around it."""
    with set_config_context(config) as context:
        return context.run(call)


@dataclass
class _Task:
    """One execution of a task of a host. LangGraph executes it anew after each interrupt."""

    name: str
    begun: Counter[str] = field(default_factory=Counter)
    """How often the same was asked."""
    decided: list[Any] = field(default_factory=list)
    """What `interrupt()` has returned so far."""
    runs: dict[str, Interrupt | None] = field(default_factory=dict)
    """The runs that are in it now, by their threads, and what they wait for."""
    seen: set[str] = field(default_factory=set)
    """The runs that have been in it, by their threads."""
    shown: tuple[str, Interrupt] | None = None
    """The run that it is interrupted for, and what it asks. All of its runs raise that: a host shows one of them."""


class _Bell:
    """Wakes those who wait for a change, on whichever event loop they are."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._sleepers: list[Future[None]] = []

    async def until(self, is_so: Callable[[], bool]) -> None:
        while True:
            with self.lock:
                if is_so():
                    return
                sleeper: Future[None] = Future()
                self._sleepers.append(sleeper)
            await asyncio.wrap_future(sleeper)

    def ring(self) -> None:
        with self.lock:
            sleepers, self._sleepers = self._sleepers, []
        for sleeper in sleepers:
            if sleeper.set_running_or_notify_cancel():
                sleeper.set_result(None)


# Runs of one task may belong to several `RLM` objects and event loops; what they share is known to the process.
_bell = _Bell()
_tasks: dict[tuple[str, Any], _Task] = {}
_on_thread: dict[str, "HostedRun"] = {}
"""Which run is on a thread. A host that fails may leave parallel runs behind: the next execution waits for them."""


def _task_of(config: RunnableConfig) -> _Task:
    """The task that the configuration belongs to, as it is executed now."""
    configurable = config["configurable"]
    name = _named(str(configurable.get("thread_id")), configurable.get("checkpoint_ns", ""))
    info = inside(config, lambda: get_runtime().execution_info)
    execution = info and (info.node_first_attempt_time, info.node_attempt)
    task = _tasks.setdefault((name, execution), _Task(name))
    while len(_tasks) > TASKS:
        del _tasks[next(iter(_tasks))]
    return task


def _named(*parts: str) -> str:
    """The name of a thread, the same in every process; servers take UUIDs only."""
    return str(uuid.UUID(bytes=hashlib.sha256(json.dumps(parts).encode()).digest()[:16]))


@contextlib.asynccontextmanager
async def in_host(config: RunnableConfig, identity: str) -> AsyncIterator["HostedRun"]:
    """Be a run of the host's task that `config` belongs to; `identity` says what is asked, and how.

    The same asked again in one task is another run: the second of that name. While the task is being interrupted, a run
    that comes too late ends with it, and begins when it is executed again.
    """
    with _bell.lock:
        task = _task_of(config)
        task.begun[identity] += 1
        thread = _named(task.name, identity, str(task.begun[identity]))
        run = HostedRun(config, task, thread)
        task.runs[thread] = None
        task.seen.add(thread)
    _bell.ring()
    try:
        if task.shown is not None:
            raise await run.interrupted(task.shown[1])
        await _bell.until(lambda: _on_thread.setdefault(thread, run) is run)
        yield run
    finally:
        with _bell.lock:
            del task.runs[thread]
            if _on_thread.get(thread) is run:
                del _on_thread[thread]
        _bell.ring()


class HostedRun:
    """A run inside a host: its thread, and how it gets decisions."""

    def __init__(self, host: RunnableConfig, task: _Task, thread: str) -> None:
        saver = usable_by_async(host_saver(host))
        assert saver is not None  # noqa: S101  # there is a host
        self.saver = saver
        self.thread = thread
        self._host, self._task = host, task
        self._about = {HOST: str(host["configurable"].get("thread_id"))}

    def config(self) -> RunnableConfig:
        config = on_own_thread(self._host, self.thread)
        return {**config, "metadata": {**(config.get("metadata") or {}), **self._about}}

    async def decisions(self, asks: Sequence[Interrupt]) -> dict[str, Any]:
        """What a person has decided about all that the run asks, by the ids of what it asks.

        When something is to be decided, the host's task ends with `GraphInterrupt`, but not before none of its other
        runs goes on: a host may end them with the first that waits.
        """
        asked = await self._asked()
        places = {entry["id"]: place for place, entry in enumerate(asked)}
        await self._take(asked, max((places[ask.id] for ask in asks if ask.id in places), default=-1))
        for ask in asks:
            if ask.id not in places:
                raise await self.interrupted(ask)
        return {ask.id: self._task.decided[places[ask.id]] for ask in asks}

    async def ended(self) -> None:
        """Take the decisions that the run got, so that the task does not get them for what it asks later."""
        asked = await self._asked()
        await self._take(asked, max((n for n, entry in enumerate(asked) if entry["run"] == self.thread), default=-1))

    async def _take(self, asked: Sequence[Mapping[str, Any]], place: int) -> None:
        """Take decisions up to this place, in the order asked, or interrupt for the first that is not there yet."""
        if self._undecided(asked, place):
            entry = asked[len(self._task.decided)]
            ask = Interrupt(entry["value"], id=entry["id"], response_schema=entry["schema"])
            raise await self.interrupted(ask)

    def _undecided(self, asked: Sequence[Mapping[str, Any]], place: int) -> GraphInterrupt | None:
        """Take decisions up to this place; what LangGraph raises when one of them is not there."""
        decided = self._task.decided
        with _bell.lock:
            while len(decided) <= place:
                entry = asked[len(decided)]
                try:
                    ask = partial(interrupt, entry["value"], response_schema=entry["schema"])
                    decided.append(inside(self._host, ask))
                except GraphInterrupt as waits:
                    return waits
        return None

    async def interrupted(self, ask: Interrupt) -> GraphInterrupt:
        """What ends the task, when nothing in it goes on: what its runs asked first and nobody has decided."""
        asked = await self._asked()
        self._task.runs[self.thread] = ask
        _bell.ring()
        await self._all_there({entry["run"] for entry in asked})
        await _bell.until(self._is_still)
        assert self._task.shown is not None  # noqa: S101  # all wait
        run, shown = self._task.shown
        if shown.id not in {entry["id"] for entry in asked}:
            new = {"run": run, "id": shown.id, "value": shown.value, "schema": shown.response_schema}
            asked = [*asked, new]
            await self._ledger().aupdate_state(self._ledger_config(), {"asked": asked}, as_node="ask")
        waits = self._undecided(asked, len(asked) - 1)
        assert waits is not None  # noqa: S101  # it was not asked before
        return waits

    async def _all_there(self, known: set[str]) -> None:
        """Wait a while for those that asked in a former execution: one of them has a decision now, and goes on."""
        task = self._task
        with contextlib.suppress(TimeoutError):
            async with timeout(PATIENCE):
                await _bell.until(lambda: known <= task.seen or task.shown is not None)

    def _is_still(self) -> bool:
        """All runs of the task wait. The one that is shown is the same whichever came first."""
        runs = self._task.runs
        if self._task.shown is None and all(runs.values()):
            thread = min(runs)
            self._task.shown = thread, cast("Interrupt", runs[thread])
        return self._task.shown is not None

    async def _asked(self) -> list[dict[str, Any]]:
        snapshot = await self._ledger().aget_state(self._ledger_config())
        return list(snapshot.values.get("asked", []))

    def _ledger(self) -> Any:
        graph = StateGraph(_Asked).add_node("ask", lambda _: {}).add_edge(START, "ask")
        return graph.compile(checkpointer=self.saver)

    def _ledger_config(self) -> RunnableConfig:
        return {"configurable": {"thread_id": self._task.name}, "metadata": self._about}


class _Asked(TypedDict, total=False):
    """State of the thread that keeps what a task has asked."""

    asked: list[dict[str, Any]]
