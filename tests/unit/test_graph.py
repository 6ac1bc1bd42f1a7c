"""The compiled graph: a class of ours over LangGraph's, which closes what a stream opened."""

from contextlib import aclosing, closing
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from langchain_rlm import RLM
from langchain_rlm.graph import SUPERSTEPS, ClosingGraph
from langchain_rlm.runtime.registry import RunRegistry
from langchain_rlm.state import RLMInput

GIVEN: Any = {"question": "What?", "context": "The kettle is on the stove."}
THREAD: Any = {"configurable": {"thread_id": "1"}}


def graph_of(**settings: Any) -> tuple[ClosingGraph, RunRegistry]:
    graph = RLM("offline", route="direct", **settings).graph
    assert isinstance(graph, ClosingGraph)
    return graph, graph.registry


def test_it_is_a_compiled_graph_with_all_that_langgraph_put_into_one() -> None:
    graph, registry = graph_of()
    compiled = graph.builder.compile(name="rlm")
    assert isinstance(graph, CompiledStateGraph)
    assert set(vars(graph)) == {*vars(compiled), "registry", "own"}
    assert graph.get_graph().draw_mermaid() == compiled.get_graph().draw_mermaid()
    assert registry.graph is not None


def test_a_stream_that_ends_closes_its_run() -> None:
    graph, registry = graph_of()
    assert graph.invoke(GIVEN)["stop_reason"] == "direct"
    assert (registry.trees, registry.runs) == ({}, {})


def test_a_stream_that_is_given_up_half_way_closes_its_run() -> None:
    graph, registry = graph_of()
    stream: Any = graph.stream(GIVEN, stream_mode="updates")
    with closing(stream) as updates:
        assert "inspect" in next(updates)
    assert (registry.trees, registry.runs) == ({}, {})


async def test_a_stream_that_is_given_up_half_way_closes_its_run_on_the_callers_loop_too() -> None:
    graph, registry = graph_of()
    stream: Any = graph.astream(GIVEN, stream_mode="updates")
    async with aclosing(stream) as updates:
        assert "inspect" in await anext(updates)
    assert (registry.trees, registry.runs) == ({}, {})


def test_a_copy_closes_its_runs_in_the_same_registry() -> None:
    graph, registry = graph_of()
    named = graph.with_config(run_name="named")
    assert isinstance(named, ClosingGraph)
    assert named.registry is registry
    assert named.invoke(GIVEN, version="v2").value["stop_reason"] == "direct"
    assert registry.trees == {}


def test_as_a_node_it_is_known_as_a_subgraph_and_closes_what_the_host_opened() -> None:
    graph, registry = graph_of()
    host: Any = StateGraph(RLMInput).add_node("read", graph).add_edge(START, "read").compile()
    assert [name for name, _ in host.get_subgraphs()] == ["read"]
    assert "decompose" in host.get_graph(xray=True).draw_mermaid()
    stream: Any = host.stream(GIVEN, stream_mode="updates", subgraphs=True)
    with closing(stream) as updates:
        assert "inspect" in next(updates)[1]
    assert (registry.trees, registry.runs) == ({}, {})


def test_the_state_of_a_thread_is_read_and_changed_as_of_any_graph() -> None:
    graph, _ = graph_of(checkpointer=InMemorySaver())
    graph.invoke(GIVEN, THREAD)
    assert graph.get_state(THREAD).values["stop_reason"] == "direct"
    assert len([*graph.get_state_history(THREAD)]) > 1
    graph.update_state(THREAD, {"answer": "changed"}, as_node="decompose")
    assert graph.get_state(THREAD).values["answer"] == "changed"


def test_the_budget_and_not_langgraphs_limit_on_supersteps_ends_a_run() -> None:
    graph, _ = graph_of()
    assert graph.invoke(GIVEN, {"recursion_limit": 1})["stop_reason"] == "direct"
    assert SUPERSTEPS > 10_007


def test_where_a_server_puts_its_checkpointer_in_place_it_sees_to_its_threads() -> None:
    ours = InMemorySaver()
    graph: Any = RLM("offline", checkpointer=ours).graph
    assert graph._saver is ours
    assert graph.with_config(tags=["a"])._saver is ours
    assert graph.copy(update={"checkpointer": InMemorySaver()})._saver is None
