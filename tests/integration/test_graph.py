"""`rlm.graph` in its caller's hands: called directly, and as a node of another graph."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

from langchain_rlm import RLM, Budget, InputError, ModelError
from tests.resources import children, soon
from tests.server.client import ModelServer

CONTEXT = "The harbour is Elsinore. " * 200
GIVEN = {"question": "Which harbour?", "context": CONTEXT}
LOOK_AND_ASK = (
    "```repl\nprint(len(context))\n```",
    "```repl\nfound = llm_query_batched([c + '\\nQuestion: Which harbour?' for c in chunks(size=1000)])\n```",
    "```repl\nFINAL(found[0])\n```",
)
ANSWER = "The harbour is Elsinore."


def rlm_of(server: ModelServer, *replies: str, sub: Any = None, root: Any = None, **settings: Any) -> RLM:
    models = {"root": {"kind": "script", "replies": [*replies], **(root or {})}, "sub": sub or {"kind": "reader"}}
    server.configure(models=models)
    chat_models = (server.chat_model(name, keep_alive=True) for name in models)
    return RLM(*chat_models, **{"route": "rlm", **settings})


@pytest.fixture
def is_clean(model_server: ModelServer) -> Callable[[RLM], bool]:
    """Whether a run has left nothing: no live side, no thread, no process, no connection."""
    before, others = model_server.stats()["open_connections"], children()

    def look(rlm: RLM) -> bool:
        return (
            not rlm._registry.trees
            and not any(thread.name.startswith("rlm-cell") for thread in threading.enumerate())
            and soon(lambda: children() <= others)
            and soon(lambda: model_server.stats()["open_connections"] <= before)
        )

    return look


IsClean = Callable[[RLM], bool]


def test_the_graph_answers_a_question_over_a_context(model_server: ModelServer, is_clean: IsClean) -> None:
    rlm = rlm_of(model_server, *LOOK_AND_ASK)
    for _ in range(2):
        result = rlm.graph.invoke(GIVEN)
        assert (result["answer"], result["stop_reason"], result["turns"]) == (ANSWER, "answered", 3)
        assert "context" not in result
        assert [document["name"] for document in result["documents"]] == ["text"]
        assert is_clean(rlm)
    assert model_server.stats()["by_model"] == {"root": 6, "sub": result["usage"]["models"]["sub"]["calls"] * 2}


async def test_the_graph_answers_on_the_callers_loop_too(model_server: ModelServer, is_clean: IsClean) -> None:
    rlm = rlm_of(model_server, *LOOK_AND_ASK)
    results = await asyncio.gather(rlm.graph.ainvoke(GIVEN), rlm.graph.ainvoke(GIVEN))
    assert [result["answer"] for result in results] == [ANSWER] * 2
    assert await asyncio.to_thread(is_clean, rlm)


def test_the_graph_streams_its_nodes(model_server: ModelServer, is_clean: IsClean) -> None:
    rlm = rlm_of(model_server, *LOOK_AND_ASK)
    nodes = [node for update in rlm.graph.stream(GIVEN, stream_mode="updates") for node in update]
    assert nodes[:3] == ["inspect", "decompose", "decompose"]
    assert nodes[-3:] == ["aggregate", "decompose", "decompose"]  # a reply is kept before its cells run
    assert nodes.count("sub_query") == model_server.stats()["by_model"]["sub"]
    assert is_clean(rlm)


def test_recursive_runs_of_the_graph_leave_nothing(model_server: ModelServer, is_clean: IsClean) -> None:
    below = {"match": r"<question>\nBelow", "reply": "```repl\nFINAL(context[:11])\n```"}
    above = "```repl\nFINAL(rlm_query_batched(['Below', 'Below']))\n```"
    model_server.configure(models={"root": {"kind": "rules", "rules": [below], "default": above}})
    rlm = RLM(model_server.chat_model("root"), route="rlm", budget=Budget(depth=2))
    assert rlm.graph.invoke(GIVEN)["value"] == ["The harbour"] * 2
    assert is_clean(rlm)


@pytest.mark.parametrize(
    "given", [{"question": " ", "context": "text"}, {"question": "Why?", "context": ""}, {"question": "Why?"}]
)
async def test_wrong_input_is_an_error_and_leaves_nothing(
    model_server: ModelServer, is_clean: IsClean, given: dict[str, Any]
) -> None:
    rlm = rlm_of(model_server, *LOOK_AND_ASK)
    with pytest.raises(InputError):
        await rlm.graph.ainvoke(given)
    with pytest.raises(InputError):
        rlm.graph.invoke(given)
    assert await asyncio.to_thread(is_clean, rlm)
    assert model_server.stats()["requests"] == 0


@pytest.mark.parametrize("turn", [1, 2])
def test_a_dead_root_model_is_an_error_and_leaves_nothing(
    model_server: ModelServer, is_clean: IsClean, turn: int
) -> None:
    fault = {"kind": "401", "match": "<question>" if turn == 1 else r"^\d+\n"}
    rlm = rlm_of(model_server, *LOOK_AND_ASK, root={"faults": [fault]})
    with pytest.raises(ModelError, match="authentication"):
        rlm.graph.invoke(GIVEN)
    assert model_server.stats()["requests"] == turn
    assert is_clean(rlm)


async def test_cancelling_the_graph_leaves_nothing(model_server: ModelServer, is_clean: IsClean) -> None:
    rlm = rlm_of(model_server, *LOOK_AND_ASK, sub={"kind": "reader", "latency": 30})
    task = asyncio.create_task(rlm.graph.ainvoke(GIVEN))
    assert await asyncio.to_thread(soon, lambda: model_server.stats()["in_flight"] > 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(is_clean, rlm)
    assert model_server.stats()["cancelled"] > 1


async def test_a_graph_stream_closed_between_two_nodes_leaves_nothing(
    model_server: ModelServer, is_clean: IsClean
) -> None:
    rlm = rlm_of(model_server, *LOOK_AND_ASK)
    async with aclosing(rlm.graph.astream(GIVEN, stream_mode="updates")) as updates:  # type: ignore[type-var]
        async for update in updates:
            if "decompose" in update:
                break
    clean = await asyncio.to_thread(is_clean, rlm)
    for run in [*rlm._registry.trees.values()]:  # what is left here must not fail the tests that follow
        await rlm._registry.close(run)
    assert clean


class Report(TypedDict, total=False):
    """The state of a graph that shares keys with the RLM's."""

    question: str
    context: str
    answer: str
    stop_reason: str
    headline: str


def reporting(rlm: RLM, **compiled: Any) -> Any:
    """A graph that asks, has the RLM read, and uses the answer."""
    builder: StateGraph[Report, Any, Report, Report] = StateGraph(Report)
    builder.add_node("ask", lambda state: {"question": state["question"] + "?"})
    builder.add_node("read", rlm.graph)
    builder.add_node("print", lambda state: {"headline": state["answer"].upper()})
    for start, end in ((START, "ask"), ("ask", "read"), ("read", "print"), ("print", END)):
        builder.add_edge(start, end)
    return builder.compile(**compiled)


async def test_the_graph_is_a_node_of_another_one_with_shared_keys(
    model_server: ModelServer, is_clean: IsClean
) -> None:
    rlm = rlm_of(model_server, *LOOK_AND_ASK)
    graph = reporting(rlm)
    given = {"question": "Which harbour", "context": CONTEXT}
    results = [await graph.ainvoke(given), await asyncio.to_thread(graph.invoke, given)]
    for result in results:
        assert result == {
            "question": "Which harbour?", "context": CONTEXT, "answer": ANSWER, "stop_reason": "answered",
            "headline": ANSWER.upper(),
        }  # fmt: skip
    assert "Which harbour?" in model_server.log()[0]["messages"][1]["content"]
    assert await asyncio.to_thread(is_clean, rlm)


async def test_as_a_node_it_may_be_checkpointed_by_the_graph_above(
    model_server: ModelServer, is_clean: IsClean
) -> None:
    rlm = rlm_of(model_server, *LOOK_AND_ASK)
    graph = reporting(rlm, checkpointer=InMemorySaver())
    thread: RunnableConfig = {"configurable": {"thread_id": "1"}}
    for _ in range(2):
        result = await graph.ainvoke({"question": "Which harbour", "context": CONTEXT}, thread)
        assert (result["answer"], result["headline"]) == (ANSWER, ANSWER.upper())
    assert model_server.stats()["by_model"]["root"] == 6
    assert await asyncio.to_thread(is_clean, rlm)


async def test_as_a_node_it_streams_its_nodes_and_progress(model_server: ModelServer) -> None:
    graph = reporting(rlm_of(model_server, *LOOK_AND_ASK))
    given = {"question": "Which harbour", "context": CONTEXT}
    items = [item async for item in graph.astream(given, stream_mode=["updates", "custom"], subgraphs=True)]
    inner = [(mode, data) for path, mode, data in items if path]
    assert "inspect" in {node for mode, data in inner if mode == "updates" for node in data}
    events = [data["event"] for mode, data in inner if mode == "custom"]
    assert (events[0], events[-1]) == ("inspect", "end")
