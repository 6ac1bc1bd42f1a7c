"""Asking a person from inside a host: its run is interrupted with the quote, and goes on when it is resumed."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command, interrupt

from langchain_rlm import RLM, Budget, ChatRLM, RLMError, RLMRetriever, RLMTool, create_rlm_chain
from tests.server.client import ModelServer

TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(4_000))
THREAD: Any = {"configurable": {"thread_id": "host"}}
PRICED = "gpt-4o"
"""A model with a known price; the server answers for it."""
ASK = """try:
    found = llm_query('x' * 9000)[-20:]
except Exception as error:
    found = 'not asked'
FINAL('word1: ' + found)"""
QUESTION = "What?"
PAID = {"root": 1, PRICED: 1}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def rlm_of(server: ModelServer, code: str = ASK, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "rules", "default": cell(code)}, PRICED: {"kind": "echo"}})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", PRICED))
    return RLM(root, sub, **{"route": "rlm", "budget": Budget(confirm_above=0.000001), **settings})


class State(TypedDict, total=False):
    answer: str


def question(rlm: RLM) -> tuple[Any, Any]:
    return rlm, {"question": QUESTION, "context": TEXT}


def tool(rlm: RLM) -> tuple[Any, Any]:
    return RLMTool(rlm=rlm, documents={"a": TEXT}), {"question": QUESTION}


def chain(rlm: RLM) -> tuple[Any, Any]:
    return create_rlm_chain(rlm, {"a": TEXT}), {"input": QUESTION}


def retriever(rlm: RLM) -> tuple[Any, Any]:
    return RLMRetriever(rlm=rlm, documents={"a": TEXT}), QUESTION


def chat(rlm: RLM) -> tuple[Any, Any]:
    return ChatRLM(rlm=rlm, above=100), [("user", TEXT), ("user", QUESTION)]


FORMS = [question, tool, chain, retriever, chat]


def host(form: tuple[Any, Any], saver: Any, *, is_async: bool) -> Any:
    """A graph of one node, which asks."""
    asks, given = form

    def node(state: State, config: RunnableConfig) -> State:  # noqa: ARG001
        return {"answer": str(asks.invoke(given, config))}

    async def anode(state: State, config: RunnableConfig) -> State:  # noqa: ARG001
        return {"answer": str(await asks.ainvoke(given, config))}

    chosen: Any = anode if is_async else node
    return StateGraph(State).add_node("ask", chosen).add_edge(START, "ask").compile(checkpointer=saver)


async def run(graph: Any, given: Any, *, is_async: bool, **settings: Any) -> Any:
    if is_async:
        return await graph.ainvoke(given, THREAD, **settings)
    return await asyncio.to_thread(graph.invoke, given, THREAD, **settings)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("form", FORMS)
async def test_the_hosts_run_waits_with_the_quote_and_goes_on(
    model_server: ModelServer, form: Callable[[RLM], Any], *, own: bool, is_async: bool
) -> None:
    rlm = rlm_of(model_server, checkpointer=InMemorySaver() if own else None)
    graph = host(form(rlm), InMemorySaver(), is_async=is_async)
    waits = await run(graph, {"answer": ""}, is_async=is_async)
    assert [asked.value["calls"] for asked in waits["__interrupt__"]] == [1]
    assert model_server.stats()["by_model"] == {"root": 1}
    done = await run(graph, Command(resume="approve"), is_async=is_async)
    assert "word1" in done["answer"]
    assert "__interrupt__" not in done
    assert model_server.stats()["by_model"] == PAID


async def test_denied_the_cell_handles_it(model_server: ModelServer) -> None:
    graph = host(tool(rlm_of(model_server)), InMemorySaver(), is_async=True)
    await graph.ainvoke({"answer": ""}, THREAD)
    assert "not asked" in (await graph.ainvoke(Command(resume="deny"), THREAD))["answer"]
    assert model_server.stats()["by_model"] == {"root": 1}


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
@pytest.mark.parametrize("form", [question, tool])
async def test_a_host_that_is_built_anew_goes_on_where_it_was(
    model_server: ModelServer, tmp_path: Path, form: Callable[[RLM], Any], durability: str
) -> None:
    path = str(tmp_path / "host.sqlite")
    with SqliteSaver.from_conn_string(path) as saver:
        await run(
            host(form(rlm_of(model_server)), saver, is_async=False),
            {"answer": ""},
            is_async=False,
            durability=durability,
        )
    with SqliteSaver.from_conn_string(path) as saver:
        graph = host(form(rlm_of(model_server)), saver, is_async=False)
        assert "word1" in (await run(graph, Command(resume="approve"), is_async=False, durability=durability))["answer"]
    assert model_server.stats()["by_model"] == PAID


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_host_with_an_asynchronous_saver(model_server: ModelServer, tmp_path: Path, *, is_async: bool) -> None:
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "host.sqlite")) as saver:
        graph = host(tool(rlm_of(model_server)), saver, is_async=is_async)
        assert (await graph.ainvoke({"answer": ""}, THREAD))["__interrupt__"]
        assert "word1" in (await graph.ainvoke(Command(resume="approve"), THREAD))["answer"]
    assert model_server.stats()["by_model"] == PAID


async def test_a_synchronous_call_that_would_block_the_hosts_saver_is_refused(
    model_server: ModelServer, tmp_path: Path
) -> None:
    asks, given = tool(rlm_of(model_server))

    async def blocks(state: State, config: RunnableConfig) -> State:  # noqa: ARG001
        return {"answer": asks.invoke(given, config)}

    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "host.sqlite")) as saver:
        graph: Any = StateGraph(State).add_node("ask", blocks).add_edge(START, "ask").compile(checkpointer=saver)
        with pytest.raises(RuntimeError, match=r"AsyncSqliteSaver belongs to the event loop.*`astream`"):
            await graph.ainvoke({"answer": ""}, THREAD)


# -- agents -----------------------------------------------------------------------------------------------------------


def test_an_agent_asks_for_each_of_its_calls(model_server: ModelServer) -> None:
    create_agent = pytest.importorskip("langchain.agents").create_agent
    tool = RLMTool(rlm=rlm_of(model_server), documents={"a": TEXT})
    calls = [{"name": tool.name, "args": {"question": f"Q{n}"}} for n in (1, 2)]
    agent: Any = {"kind": "script", "replies": [{"tool_calls": calls}, "Done."]}
    large = {"match": r"<question>\nQ2", "reply": cell(ASK.replace("9000", "20_000"))}
    root = {"kind": "rules", "rules": [large], "default": cell(ASK)}
    model_server.configure(models={"agent": agent, "root": root, PRICED: {"kind": "echo"}})
    graph = create_agent(model_server.chat_model("agent"), [tool], checkpointer=InMemorySaver())
    waits = graph.invoke({"messages": [("user", "?")]}, THREAD)["__interrupt__"]
    assert [asked.value["calls"] for asked in waits] == [1, 1]
    one, two = (asked.id for asked in sorted(waits, key=lambda asked: asked.value["cost"]))
    messages = graph.invoke(Command(resume={one: "approve", two: "deny"}), THREAD)["messages"]
    said = [message.content for message in messages if isinstance(message, ToolMessage)]
    assert ["not asked" in content for content in said] == [False, True]
    assert messages[-1].text == "Done."
    assert model_server.stats()["by_model"] == {"agent": 2, "root": 2, PRICED: 1}


ASK_SIZE = "FINAL('Q{n} ' + str(len(llm_query('x' * {n}000))) + ' characters')"


@pytest.mark.parametrize("is_async", [False, True])
async def test_of_parallel_calls_in_one_node_each_gets_its_own_decision(
    model_server: ModelServer, *, is_async: bool
) -> None:
    """A `ToolNode` shows what one of its calls asks. That decision must not pass for another call's that is faster."""
    tool = RLMTool(rlm=rlm_of(model_server), documents={"large": TEXT * 100, "small": TEXT})
    rules = [{"match": f"<question>\nQ{n}", "reply": cell(ASK_SIZE.format(n=n))} for n in (1, 2, 3)]
    model_server.configure(models={"root": {"kind": "rules", "rules": rules}, PRICED: {"kind": "echo"}})
    asked = [{"question": f"Q{n}", "documents": ["large" if n == 1 else "small"]} for n in (1, 2, 3)]
    calls = [{"id": args["question"], "name": tool.name, "args": args} for args in asked]
    builder = StateGraph(MessagesState).add_node("tools", ToolNode([tool])).add_edge(START, "tools")
    graph = builder.compile(checkpointer=InMemorySaver())
    given: Any = {"messages": [AIMessage("", tool_calls=calls)]}
    shown = []
    state = await run(graph, given, is_async=is_async)
    for _ in range(3):
        shown.append(state["__interrupt__"][0].value["cost"])
        state = await run(graph, Command(resume="approve"), is_async=is_async)
        assert len(asked_of(model_server, PRICED)) == len(shown)
    assert [message.content.split()[0] for message in state["messages"][1:]] == ["Q1", "Q2", "Q3"]
    sizes = [len(entry["messages"][0]["content"]) for entry in asked_of(model_server, PRICED)]
    assert sorted(sizes) == [1000, 2000, 3000]
    assert [sorted(shown).index(cost) for cost in shown] == [sorted(sizes).index(size) for size in sizes]
    assert len(asked_of(model_server, "root")) == 3


def asked_of(server: ModelServer, model: str) -> list[Any]:
    return [entry for entry in server.log() if entry["model"] == model]


ASK_TWICE = """one = len(llm_query('x' * {n}000))
two = len(llm_query('y' * {n}000))
FINAL('Q{n} ' + str(one + two) + ' characters')"""


@pytest.mark.parametrize("is_async", [False, True])
async def test_parallel_runs_that_each_ask_twice_pay_nothing_twice(
    model_server: ModelServer, *, is_async: bool
) -> None:
    tool = RLMTool(rlm=rlm_of(model_server), documents={"a": TEXT})
    rules = [{"match": f"<question>\nQ{n}", "reply": cell(ASK_TWICE.format(n=n))} for n in (1, 2)]
    model_server.configure(models={"root": {"kind": "rules", "rules": rules}, PRICED: {"kind": "echo"}})
    calls = [{"id": f"Q{n}", "name": tool.name, "args": {"question": f"Q{n}"}} for n in (1, 2)]
    builder = StateGraph(MessagesState).add_node("tools", ToolNode([tool])).add_edge(START, "tools")
    graph = builder.compile(checkpointer=InMemorySaver())
    given: Any = {"messages": [AIMessage("", tool_calls=calls)]}
    state = await run(graph, given, is_async=is_async)
    for paid in (1, 2, 3, 4):
        (asked,) = state["__interrupt__"]
        assert asked.value["calls"] == 1
        state = await run(graph, Command(resume="approve"), is_async=is_async)
        assert model_server.stats()["by_model"] == {"root": 2, PRICED: paid}
    assert "__interrupt__" not in state
    assert [message.content.split()[0] for message in state["messages"][1:]] == ["Q1", "Q2"]


def asks_and_runs(rlm: RLM, *questions: str) -> Any:
    """A host's node that asks its own questions before, between and after its runs."""

    async def node(state: State, config: RunnableConfig) -> State:  # noqa: ARG001
        said = [interrupt("begin?")]
        for asked in questions:
            said.append((await rlm.ainvoke({"question": asked, "context": TEXT}, config))["answer"])
            said.append(interrupt("go on?"))
        return {"answer": " ".join(said)}

    return StateGraph(State).add_node("ask", node).add_edge(START, "ask").compile(checkpointer=InMemorySaver())


async def test_a_node_may_ask_its_own_questions_around_its_runs(model_server: ModelServer) -> None:
    graph = asks_and_runs(rlm_of(model_server, "FINAL('long' if len(llm_query('x')) else '')"), "One?", "Two?")
    shown = []
    state = await graph.ainvoke({"answer": ""}, THREAD)
    for said in ("begun", "approve", "on", "approve", "done"):
        shown.append(state["__interrupt__"][0].value)
        state = await graph.ainvoke(Command(resume=said), THREAD)
    shown = [value if isinstance(value, str) else value["calls"] for value in shown]
    assert shown == ["begin?", 1, "go on?", 1, "go on?"]
    assert state["answer"] == "begun long on long done"
    assert model_server.stats()["by_model"] == {"root": 2, PRICED: 2}


async def test_the_same_question_asked_twice_in_one_node_is_two_runs(model_server: ModelServer) -> None:
    graph = asks_and_runs(rlm_of(model_server, "FINAL(str(len(llm_query('x'))))"), "What?", "What?")
    state = await graph.ainvoke({"answer": ""}, THREAD)
    for said in ("begun", "approve", "on", "approve", "done"):
        assert state["__interrupt__"]
        state = await graph.ainvoke(Command(resume=said), THREAD)
    assert state["answer"].endswith("done")
    assert model_server.stats()["by_model"] == {"root": 2, PRICED: 2}


def test_the_middlewares_tool_interrupts_the_agent(model_server: ModelServer) -> None:
    agents = pytest.importorskip("langchain.agents")
    from langchain_rlm.adapters.middleware import RLMMiddleware

    rlm = rlm_of(model_server)
    asked: Any = {"tool_calls": [{"name": "ask_offloaded_text", "args": {"question": QUESTION}}]}
    agent: Any = {"kind": "script", "replies": [asked, "Done."]}
    root = {"kind": "rules", "default": cell(ASK)}
    model_server.configure(models={"agent": agent, "root": root, PRICED: {"kind": "echo"}})
    graph = agents.create_agent(
        model_server.chat_model("agent"), middleware=[RLMMiddleware(rlm, above=500)], checkpointer=InMemorySaver()
    )
    assert graph.invoke({"messages": [("user", TEXT)]}, THREAD)["__interrupt__"][0].value["calls"] == 1
    messages = graph.invoke(Command(resume="approve"), THREAD)["messages"]
    assert "word1" in next(message for message in messages if isinstance(message, ToolMessage)).content
    assert model_server.stats()["by_model"] == {"agent": 2, **PAID}


# -- without a host ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("form", FORMS[1:])
async def test_without_a_host_that_keeps_it_the_error_says_which_run_waits(
    model_server: ModelServer, form: Callable[[RLM], Any], *, is_async: bool
) -> None:
    saver = InMemorySaver()
    rlm = rlm_of(model_server, checkpointer=saver)
    asks, given = form(rlm)
    with pytest.raises(RLMError, match=r"waits for a decision: the next 1 sub-queries would cost about \$0.00"):
        await asks.ainvoke(given) if is_async else await asyncio.to_thread(asks.invoke, given)
    (thread,) = {found.config["configurable"]["thread_id"] for found in saver.list(None)}
    own: Any = {"configurable": {"thread_id": thread}}
    assert "word1" in (await rlm.ainvoke(Command(resume="approve"), own))["answer"]


def test_a_tool_of_the_repl_asks_through_the_host_too(model_server: ModelServer) -> None:
    def sign(name: str) -> str:
        """Have somebody sign."""
        return f"{name}: {interrupt({'sign': name})}"

    settings: Any = {"budget": Budget(), "tools": [sign], "checkpointer": InMemorySaver()}
    form = tool(rlm_of(model_server, "FINAL(sign('contract'))", **settings))
    graph = host(form, InMemorySaver(), is_async=False)
    assert graph.invoke({"answer": ""}, THREAD)["__interrupt__"][0].value == {"sign": "contract"}
    assert "contract: signed" in graph.invoke(Command(resume="signed"), THREAD)["answer"]
    with pytest.raises(RLMError, match=r"waits for a decision: \{'sign': 'contract'\}"):
        form[0].invoke(form[1])
