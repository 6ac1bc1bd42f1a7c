"""A run of its own inside whatever host there is: an agent, another graph, a chain, or none."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from langchain_core.runnables import RunnableConfig, ensure_config
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.config import get_stream_writer
from langgraph.constants import TAG_NOSTREAM
from langgraph.errors import GraphInterrupt

from langchain_rlm import langgraph_keys
from langchain_rlm.budget import dollars
from langchain_rlm.errors import RLMError
from langchain_rlm.savers import usable_by_async
from langchain_rlm.state import RLMResult

if TYPE_CHECKING:
    from langchain_rlm.rlm import RLM

NAMESPACES = "|"
"""LangGraph's separator between the namespaces of a graph and of one inside it."""
LOOK_AGAIN = 0.05
"""Seconds."""

Place = tuple[str, str, int]
"""Where a host's checkpointer keeps a run: thread, namespace of the host's task, number in it."""
_places: dict[Place, bool] = {}
"""Those of the runs that are here now, and whether they wait for a decision."""


def own_config(rlm: "RLM", config: RunnableConfig | None) -> RunnableConfig:
    """A host's configuration for a run of its own.

    Callbacks, tags and metadata stay. The host's checkpointer does not, but for a run that may wait for a person: the
    run has a thread to itself. Tokens of sub-models do not enter the host's messages.
    """
    given = ensure_config(config)
    configurable = given.get("configurable", {})
    if rlm.belongs_to_host(given):
        own = {key: value for key, value in configurable.items() if key != langgraph_keys.STREAM}
    else:
        own = {key: value for key, value in configurable.items() if not key.startswith(("__", "checkpoint_"))}
        own["thread_id"] = uuid4().hex
    return cast("RunnableConfig", {**given, "tags": [*given.get("tags", []), TAG_NOSTREAM], "configurable": own})


def ask(rlm: "RLM", question: str, context: Any, config: RunnableConfig | None, *, key: str) -> RLMResult:
    """Run, and send progress to the host's custom stream, when there is one, as `{key: event}`.

    Raises:
        RLMError: The run waits for a decision, and there is no host that could ask for it.
    """
    write, config = _host_writer(), own_config(rlm, config)
    stream: Any = rlm.stream({"question": question, "context": context}, config, stream_mode="custom")
    with closing(stream) as events:
        for event in events:
            if event["event"] == "result":
                return _ended(event["result"], config)
            write({key: event})
    raise AssertionError  # the result is the last event


async def aask(rlm: "RLM", question: str, context: Any, config: RunnableConfig | None, *, key: str) -> RLMResult:
    """Like `ask`, on the caller's event loop."""
    write, config = _host_writer(), own_config(rlm, config)
    stream = rlm.astream({"question": question, "context": context}, config, stream_mode="custom")
    async with aclosing(stream) as events:
        async for event in events:
            if event["event"] == "result":
                return _ended(event["result"], config)
            write({key: event})
    raise AssertionError  # the result is the last event


def _ended(result: RLMResult, config: RunnableConfig) -> RLMResult:
    if result["stop_reason"] != "interrupted":
        return result
    thread = config["configurable"]["thread_id"]
    waits = "; ".join(map(_asked, result["__interrupt__"]))
    msg = (
        f"The run on thread {thread!r} waits for a decision: {waits}. Decide with rlm.invoke(Command(resume=...), "
        f'{{"configurable": {{"thread_id": {thread!r}}}}}), or call this in a graph that has a checkpointer, which is '
        "then interrupted and resumed in its place."
    )
    raise RLMError(msg)


def _asked(waiting: Any) -> str:
    quote = waiting.value
    if isinstance(quote, dict) and {"calls", "cost"} <= set(quote):
        return f"the next {quote['calls']:,} sub-queries would cost about {dollars(quote['cost'])}"
    return f"{quote!r:.200}"


def _host_writer() -> Callable[[Any], None]:
    with suppress(RuntimeError, LookupError):  # there is no host, or it is no graph
        return get_stream_writer()
    return lambda _: None


# -- a run that the host's checkpointer keeps ---------------------------------------------------------------------


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
