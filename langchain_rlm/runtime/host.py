"""A run that the checkpointer of its host keeps: an agent's, or another graph's."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig, ensure_config
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.errors import GraphInterrupt

from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.savers import usable_by_async

NAMESPACES = "|"
"""LangGraph's separator between the namespaces of a graph and of one inside it."""
LOOK_AGAIN = 0.05
"""Seconds."""

Place = tuple[str, str, int]
"""Where a host's checkpointer keeps a run: thread, namespace of the host's task, number in it."""
_places: dict[Place, bool] = {}
"""Those of the runs that are here now, and whether they wait for a decision."""


def host_saver(config: RunnableConfig | None) -> "BaseCheckpointSaver[Any] | None":
    """The checkpointer of the graph that `config`, or what surrounds the call, belongs to."""
    saver = ensure_config(config).get("configurable", {}).get(langgraph_keys.CHECKPOINTER)
    return saver if isinstance(saver, BaseCheckpointSaver) else None


@asynccontextmanager
async def in_host(config: RunnableConfig, identity: str) -> AsyncIterator[RunnableConfig]:
    """Give a run its own place in the task of the host that it belongs to.

    LangGraph counts the graphs that a task calls, and knows them by that number when the task is run again. Parallel
    calls come in any order then: here the number comes from what is asked. What is to be decided comes up when the
    other runs of the task have ended or wait too: a host may end them with the first that comes.

    Args:
        config: The host's.
        identity: What is asked, and how. The same asked twice in a task has one place: one call waits for the other,
            and in a task that is run again it has the answer of the first.
    """
    configurable = config["configurable"]
    scratchpad, namespace = configurable.get(langgraph_keys.SCRATCHPAD), configurable.get("checkpoint_ns", "")
    number = int.from_bytes(hashlib.sha256(identity.encode(errors="surrogatepass")).digest()[:7]) + 1
    place = (str(configurable.get("thread_id")), namespace, number)
    if scratchpad is None:
        yield config
        return
    while place in _places:  # noqa: ASYNC110  # a host's threads may have a loop each
        await asyncio.sleep(LOOK_AGAIN)
    _places[place] = False
    try:
        own: dict[str, Any] = {"subgraph_counter": lambda: number}
        is_decided = configurable.get(langgraph_keys.RESUMING) and scratchpad.get_null_resume() is not None
        if is_decided and not await _was_shown(config, place):
            own["get_null_resume"] = lambda _=None: None
        yield {**config, "configurable": {**configurable, langgraph_keys.SCRATCHPAD: replace(scratchpad, **own)}}
    except GraphInterrupt:
        _places[place] = True
        while any(other[:2] == place[:2] and not waits for other, waits in [*_places.items()]):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_AGAIN)
        raise
    finally:
        del _places[place]


async def _was_shown(config: RunnableConfig, place: Place) -> bool:
    """A decision that names no question is for the one that the host showed; of parallel calls it shows one."""
    configurable = config["configurable"]
    saver = usable_by_async(configurable[langgraph_keys.CHECKPOINTER])
    assert saver is not None  # noqa: S101  # there is a host
    thread, namespace, number = place
    above = namespace.rpartition(NAMESPACES)[0]
    at = {"checkpoint_id": found} if (found := configurable.get("checkpoint_map", {}).get(above)) else {}
    shown = await saver.aget_tuple({"configurable": {"thread_id": thread, "checkpoint_ns": above, **at}})
    inside = f"{namespace}{NAMESPACES}{number}"
    own = await saver.aget_tuple({"configurable": {"thread_id": thread, "checkpoint_ns": inside}})
    return bool(_interrupts(shown) & _interrupts(own))


def _interrupts(found: CheckpointTuple | None) -> set[str]:
    writes = (found.pending_writes or []) if found else []
    return {waiting.id for _, channel, value in writes if channel == langgraph_keys.INTERRUPT for waiting in value}
