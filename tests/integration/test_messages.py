"""`stream_mode="messages"`: the answer, once, and nothing of the calls that it rests on."""

from typing import Any

import pytest
from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.constants import TAG_NOSTREAM
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict

from langchain_rlm import RLM, Budget, RLMTool
from tests.integration.test_seen_from_outside import Tracer
from tests.server.client import ModelServer

TEXT = "It is a kettle. " * 20
GIVEN: Any = {"question": "What is it?", "context": TEXT}
SAID = "A kettle, of copper."


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def rlm_of(server: ModelServer, *replies: str, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": [*replies]}, "sub": {"kind": "echo"}})
    return RLM(server.chat_model("root"), server.chat_model("sub"), **settings)


def texts(items: Any) -> list[str]:
    """The text of each message, its chunks put together."""
    found: dict[str | None, str] = {}
    for message, _ in items:
        assert isinstance(message, BaseMessage)
        found[message.id] = found.get(message.id, "") + message.text
    return [*found.values()]


def test_a_direct_answer_is_shown_as_it_is_written(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, SAID)
    assert texts(rlm.stream(GIVEN, stream_mode="messages")) == [SAID]
    both = [*rlm.stream(GIVEN, stream_mode=["messages", "values"])]
    assert texts(data for mode, data in both if mode == "messages") == [SAID]
    assert both[-1][1]["answer"] == SAID
    assert texts(rlm.graph.stream(GIVEN, stream_mode="messages")) == [SAID]


async def test_an_answer_that_code_makes_is_shown_whole_at_the_end(model_server: ModelServer) -> None:
    code = "FINAL(llm_query('a') + rlm_query('b', 'text') if 'kettle' in context else 'below')"
    rlm = rlm_of(model_server, cell(code), route="rlm", budget=Budget(depth=2))
    items = [item async for item in rlm.astream(GIVEN, stream_mode="messages")]
    assert texts(items) == ["echo: a (1 characters)below"]


def test_a_recursive_run_that_is_direct_is_not_shown(model_server: ModelServer) -> None:
    code = cell("FINAL('so: ' + rlm_query('b', 'text'))")  # which the recursive run gets for an answer
    rlm = rlm_of(model_server, code, budget=Budget(depth=2), direct_below=20)
    assert texts(rlm.stream(GIVEN, stream_mode="messages")) == [f"so: {code}"]
    assert list(rlm.graph.stream(GIVEN, stream_mode="messages", subgraphs=True)) == []


def test_an_attempt_that_is_refused_is_shown_before_the_answer(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, "many", "3", route="direct", response_format=int)
    assert texts(rlm.stream(GIVEN, stream_mode="messages")) == ["many", "3"]


def test_the_answer_of_a_run_that_has_ended_is_shown_again(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, SAID, checkpointer=InMemorySaver())
    thread: RunnableConfig = {"configurable": {"thread_id": "1"}}
    for given in (GIVEN, None):
        assert texts(rlm.stream(given, thread, stream_mode="messages")) == [SAID]


# -- hosts ------------------------------------------------------------------------------------------------------------


class State(TypedDict, total=False):
    """Of a host graph."""

    question: str
    context: Any
    answer: str


def host_of(rlm: RLM, form: str) -> Any:
    async def node(state: State, config: RunnableConfig) -> State:  # noqa: ARG001  # LangGraph wants the name
        return {"answer": (await rlm.ainvoke(GIVEN, config))["answer"]}

    async def tool(state: State, config: RunnableConfig) -> State:  # noqa: ARG001  # the same
        made = RLMTool(rlm=rlm, documents=TEXT)
        return {"answer": await made.ainvoke({"question": "What is it?"}, config)}

    ask: Any = {"node": node, "tool": tool, "subgraph": rlm.graph}[form]
    return StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile()


@pytest.mark.parametrize(("form", "shown"), [("node", [SAID]), ("subgraph", [SAID]), ("tool", [])])
@pytest.mark.parametrize("is_saved", [False, True])
async def test_a_host_that_shows_its_subgraphs_shows_a_direct_answer_once(
    model_server: ModelServer, form: str, shown: list[str], *, is_saved: bool
) -> None:
    """What a tool says is for the agent's model, and not shown."""
    host = host_of(rlm_of(model_server, SAID), form)
    host.checkpointer = InMemorySaver() if is_saved else None
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    items = [item async for _, item in host.astream(GIVEN, config, stream_mode="messages", subgraphs=True)]
    assert texts(items) == shown
    config = {"configurable": {"thread_id": "2"}}
    assert [item async for item in host.astream(GIVEN, config, stream_mode="messages")] == []


async def test_calls_that_are_not_shown_have_the_tag_once(model_server: ModelServer) -> None:
    tracer = Tracer()
    rlm = rlm_of(model_server, cell("FINAL(rlm_query('b', 'text') if 'kettle' in context else llm_query('a'))"))
    for inside in (RLMTool(rlm=rlm, documents=TEXT), RLMTool(rlm=RLM(rlm.settings.model, route="rlm"), documents=TEXT)):
        await inside.ainvoke({"question": "What is it?"}, {"callbacks": [tracer], "tags": [TAG_NOSTREAM, "mine"]})
    assert tracer.models
    assert {tags.count(TAG_NOSTREAM) for *_, tags in tracer.models} == {1}
