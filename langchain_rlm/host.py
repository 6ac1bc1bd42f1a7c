"""A run of its own inside whatever host there is: an agent, another graph, a chain, or none."""

from collections.abc import Callable
from contextlib import aclosing, closing, suppress
from typing import Any, cast
from uuid import uuid4

from langchain_core.runnables import RunnableConfig, ensure_config
from langgraph.config import get_stream_writer
from langgraph.constants import TAG_NOSTREAM

from langchain_rlm.rlm import RLM
from langchain_rlm.state import RLMResult


def own_config(config: RunnableConfig | None) -> RunnableConfig:
    """A host's configuration for a run of its own.

    Callbacks, tags and metadata stay. The host's checkpointer does not: the run has a thread to itself. Tokens of
    sub-models do not enter the host's messages.
    """
    given = ensure_config(config)
    kept = {k: v for k, v in given.get("configurable", {}).items() if not k.startswith(("__", "checkpoint_"))}
    own = {**kept, "thread_id": uuid4().hex}
    return cast("RunnableConfig", {**given, "tags": [*given.get("tags", []), TAG_NOSTREAM], "configurable": own})


def ask(rlm: RLM, question: str, context: Any, config: RunnableConfig | None, *, key: str) -> RLMResult:
    """Run, and send progress to the host's custom stream, when there is one, as `{key: event}`."""
    write = _host_writer()
    stream: Any = rlm.stream({"question": question, "context": context}, own_config(config), stream_mode="custom")
    with closing(stream) as events:
        for event in events:
            if event["event"] == "result":
                return cast("RLMResult", event["result"])
            write({key: event})
    raise AssertionError  # the result is the last event


async def aask(rlm: RLM, question: str, context: Any, config: RunnableConfig | None, *, key: str) -> RLMResult:
    """Like `ask`, on the caller's event loop."""
    write = _host_writer()
    stream = rlm.astream({"question": question, "context": context}, own_config(config), stream_mode="custom")
    async with aclosing(stream) as events:
        async for event in events:
            if event["event"] == "result":
                return cast("RLMResult", event["result"])
            write({key: event})
    raise AssertionError  # the result is the last event


def _host_writer() -> Callable[[Any], None]:
    with suppress(RuntimeError, LookupError):  # there is no host, or it is no graph
        return get_stream_writer()
    return lambda _: None
