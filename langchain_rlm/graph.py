"""The state machine. Read this first.

              inspect
                 |
    +------> decompose <-----------+      the root model writes cells; they run until they end or ask
    |            | Send x n        |
    |        sub_query             |      one task for each question
    |            |                 |
    |        aggregate ------------+      the answers go in, the cell runs on: it may ask again, or end
    |            |
    +-- (asks)   +--> END

A reply of the root model is saved before its cells run: `decompose` then follows itself. Where a person is to confirm
what a batch costs, `decompose` and `aggregate` go to `aggregate`, which interrupts the run.

`decompose` and `aggregate` choose where to go by `Command`: to `sub_query` with what the cell asked, to the next turn,
or to the end with the answer.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing
from typing import Any, Literal, Self, cast

from langchain_core.runnables import Runnable, RunnableConfig, ensure_config
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from langchain_rlm.errors import RLMError
from langchain_rlm.nodes.aggregate import aggregate
from langchain_rlm.nodes.decompose import decompose
from langchain_rlm.nodes.inspect import inspect
from langchain_rlm.nodes.sub_query import sub_query
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.lease import leased, leased_by_thread
from langchain_rlm.runtime.loop import iterate_on_background_loop, refuse_to_block, run_on_background_loop
from langchain_rlm.runtime.registry import CONTEXT, OPENED, RunRegistry, take_settings
from langchain_rlm.runtime.savers import TakenOverError, may_group
from langchain_rlm.settings import CallSettings
from langchain_rlm.state import RLMInput, RLMOutput, RLMState
from langchain_rlm.threads import cancelled_once, to_its_end

SUPERSTEPS = 1_000_000
"""LangGraph's own limit on supersteps; the budget is what ends a run."""

_OVER = object()
Node = Callable[[RunRegistry, Any, RunnableConfig], Awaitable[Any]]
Graph = CompiledStateGraph[Any, Any, Any, Any]


def build_graph(
    registry: RunRegistry, *, checkpointer: "BaseCheckpointSaver[Any] | Literal[False] | None" = None
) -> Graph:
    """Wire the four nodes. Recursive runs inherit the checkpointer; None uses that of a host graph, False has none."""
    if registry.graph is None:
        registry.graph = _builder(registry).compile(name="rlm")
    compiled = _builder(registry).compile(checkpointer=checkpointer, name="rlm")
    return ClosingGraph(registry=registry, own=checkpointer, **vars(compiled))


class ClosingGraph(CompiledStateGraph[Any, Any, Any, Any]):
    """A compiled graph that closes what its runs opened when a stream ends, fails or is given up half-way.

    LangGraph has no hook for the end of a stream, and `StateGraph.compile` makes one class only. This class takes over
    the attributes of a compiled graph, as LangGraph's own `copy` does, so copies are of this class too.
    """

    def __init__(self, *, registry: RunRegistry, own: Any, **compiled: Any) -> None:
        super().__init__(**compiled)
        vars(self).update(compiled)  # some are set after the constructor
        self.registry = registry
        self.own = own
        """The checkpointer whose threads have leases: the user's, or LangGraph's own that a server puts in place."""

    def copy(self, update: dict[str, Any] | None = None) -> Self:
        given = (update or {}).get("checkpointer")
        if not may_group(given):
            return super().copy(update)
        saver = self.registry.saver_around(given)
        return super().copy({**(update or {}), "checkpointer": saver, "own": saver})

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:  # noqa: A002
        config = ensure_config(config)
        if self.checkpointer is self.own and langgraph_keys.READ not in config.get("configurable", {}):
            # no host's: LangGraph's own would wait for its threads, and Ctrl-C for the calls in flight
            refuse_to_block(self.checkpointer, "astream")
            yield from iterate_on_background_loop(cast("Any", self.astream(input, config, **kwargs)))
            return
        config, opened = _with_list(config, kwargs.get("context"), input)
        with leased_by_thread(self._saver, config, self.registry.settings) as config:
            try:
                yield from super().stream(input, config, **kwargs)
            finally:
                run_on_background_loop(self.registry.close_all(opened))

    async def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:  # noqa: A002
        config, opened = _with_list(config, kwargs.get("context"), input)
        is_over = False
        while not is_over:
            async with leased(self._saver, config, self.registry.settings) as (held, _):
                try:
                    async with aclosing(cast("Any", super().astream(input, held, **kwargs))) as items:
                        while (item := await cancelled_once(anext(items, _OVER))) is not _OVER:
                            yield item
                    is_over = True
                except TakenOverError:
                    if held is config or self.registry.settings.on_busy == "error":
                        raise  # held is config: it is not the lease of this call
                    input = None  # noqa: A001  # waits for the end of the other, and goes on from there
                finally:
                    await to_its_end(self.registry.close_all(opened))

    def bulk_update_state(self, config: RunnableConfig, supersteps: Any) -> RunnableConfig:
        with leased_by_thread(self._saver, config, self.registry.settings) as held:
            return super().bulk_update_state(held, supersteps)

    async def abulk_update_state(self, config: RunnableConfig, supersteps: Any) -> RunnableConfig:
        async with leased(self._saver, config, self.registry.settings) as (held, _):
            return await super().abulk_update_state(held, supersteps)

    @property
    def _saver(self) -> Any:
        return self.checkpointer if self.checkpointer is self.own else None


def _with_list(config: RunnableConfig | None, context: Any, given: Any) -> tuple[RunnableConfig, list[str]]:
    """A configuration with the settings and the context of this call, and a list in which its nodes note their runs."""
    opened: list[str] = []
    config, _ = take_settings(ensure_config(config), context)
    config["recursion_limit"] = max(config["recursion_limit"], SUPERSTEPS)
    here = {OPENED: opened, CONTEXT: given.get("context") if isinstance(given, Mapping) else None}
    return {**config, "configurable": {**config.get("configurable", {}), **here}}, opened


def _builder(registry: RunRegistry) -> Any:
    builder: Any = StateGraph(RLMState, CallSettings, input_schema=RLMInput, output_schema=RLMOutput)
    builder.add_node("inspect", BoundNode(registry, inspect), destinations=("decompose",))
    after_cells = ("sub_query", "aggregate", "decompose", "__end__")
    builder.add_node("decompose", BoundNode(registry, decompose), destinations=after_cells)
    builder.add_node("sub_query", BoundNode(registry, sub_query))
    builder.add_node("aggregate", BoundNode(registry, aggregate), destinations=after_cells)
    builder.add_edge(START, "inspect")
    builder.add_edge("sub_query", "aggregate")
    return builder


class BoundNode(Runnable[Any, Any]):
    """A node that can be called both ways: `invoke` runs `ainvoke` on the background loop.

    LangGraph traces nodes itself, so this traces nothing.
    """

    def __init__(self, registry: RunRegistry, node: Node) -> None:
        self.registry = registry
        self.node = node
        self.name = node.__name__

    def invoke(self, input: Any, config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002  # LangChain's name
        return run_on_background_loop(self.ainvoke(input, config))

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002  # LangChain's name
        try:
            return await self.node(self.registry, input, config or {})
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, RLMError):
                state: Any = input if "journal" in input else self.registry.state_of(config or {}, ["journal"])
                error.journal = state.get("journal")
            await self.registry.give_up(self.registry.state_of(config or {}))
            raise


__all__ = ["Graph", "RLMInput", "build_graph"]
