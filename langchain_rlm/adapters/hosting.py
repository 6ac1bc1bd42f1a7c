"""Runs an `RLM` inside a host (an agent, another graph, a chain) or without one."""

from collections.abc import Callable
from contextlib import aclosing, closing, suppress
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from langchain_core.runnables import RunnableConfig, ensure_config
from langchain_core.tools import ToolException
from langgraph.config import get_stream_writer

from langchain_rlm.budget import quoted
from langchain_rlm.call import belongs_to_host
from langchain_rlm.errors import ModelError, RLMError
from langchain_rlm.journal.tally import in_vain
from langchain_rlm.nodes.confirm import TOOL
from langchain_rlm.runtime.host import on_own_thread
from langchain_rlm.state import RLMResult

if TYPE_CHECKING:
    from langchain_rlm.rlm import RLM


def own_config(rlm: "RLM", config: RunnableConfig | None, key: str = "") -> RunnableConfig:
    """The configuration of a run inside a host.

    A run that may wait for a person belongs to its host, and gets a thread of its own in the host's checkpointer. Any
    other run takes only callbacks, tags and metadata from the host.
    """
    given = ensure_config(config)
    if key:
        given["metadata"] = {**given.get("metadata", {}), TOOL: key}
    return given if belongs_to_host(rlm.settings, given) else on_own_thread(given, uuid4().hex)


def ask(rlm: "RLM", question: str, context: Any, config: RunnableConfig | None, *, key: str) -> RLMResult:
    """Run, and send progress to the host's custom stream, when there is one, as `{key: event}`.

    A run that waits for a decision is an `RLMError`: no host can ask for it.
    """
    write, config = _host_writer(), own_config(rlm, config, key)
    stream: Any = rlm.stream({"question": question, "context": context}, config, stream_mode="custom")
    with closing(stream) as events:
        for event in events:
            if event["event"] == "result":
                return _ended(event["result"], config)
            write({key: event})
    raise AssertionError  # the result is the last event


async def aask(rlm: "RLM", question: str, context: Any, config: RunnableConfig | None, *, key: str) -> RLMResult:
    """Like `ask`, on the caller's event loop."""
    write, config = _host_writer(), own_config(rlm, config, key)
    stream = rlm.astream({"question": question, "context": context}, config, stream_mode="custom")
    async with aclosing(stream) as events:
        async for event in events:
            if event["event"] == "result":
                return _ended(event["result"], config)
            write({key: event})
    raise AssertionError  # the result is the last event


class NoCodeError(ModelError, ToolException):
    """The root model wrote no code, so there is no answer. An agent's model is told by its tool."""


def _ended(result: RLMResult, config: RunnableConfig) -> RLMResult:
    if result["stop_reason"] == "no_code":
        error = NoCodeError(in_vain(result))
        error.journal = cast("list[dict[str, Any]]", result["journal"])
        raise error
    if result["stop_reason"] != "interrupted":
        return result
    thread = config["configurable"]["thread_id"]
    waits = "; ".join(map(_asked, result["__interrupt__"]))
    msg = (
        f"The run on thread {thread!r} waits for a decision: {waits}. Decide with rlm.invoke(Command(resume=...), "
        f'{{"configurable": {{"thread_id": {thread!r}}}}}), or call this in a graph that has a checkpointer: the '
        "graph is then interrupted and resumed instead."
    )
    raise RLMError(msg)


def _asked(waiting: Any) -> str:
    quote = waiting.value
    if isinstance(quote, dict) and {"calls", "cost"} <= set(quote):
        return f"the next {quote['calls']:,} sub-queries would cost {quoted(quote, 'about ')}"
    return f"{quote!r:.200}"


def _host_writer() -> Callable[[Any], None]:
    with suppress(RuntimeError, LookupError):  # there is no host, or it is not a graph
        return get_stream_writer()
    return lambda _: None
