"""The RLM inside a host graph: interrupts, streams, and how much of the text a host's checkpointer gets to keep."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

from langchain_rlm import RLM
from tests.server.client import ModelServer

SENTENCE = "The harbour is Elsinore."
TEXT = (SENTENCE + " Ships come and go all day long.\n") * 3_600
"""Two hundred thousand characters."""
QUESTION = "Which harbour?"
ASK = "```repl\nfound = llm_query_batched([c + '\\nQuestion: Which harbour?' for c in chunks(size=20_000)])\n```"
ANSWER = "```repl\nFINAL(found[0])\n```"
THREAD: RunnableConfig = {"configurable": {"thread_id": "1"}}


class Host(TypedDict, total=False):
    """A host's state; all but `headline` are keys of the RLM's graph too."""

    question: str
    context: Any
    answer: str
    turns: int
    headline: str


@pytest.fixture
def rlm(model_server: ModelServer) -> RLM:
    return reading(model_server, ASK, ANSWER)


def reading(server: ModelServer, *replies: str, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": [*replies]}, "sub": {"kind": "reader"}})
    return RLM(server.chat_model("root"), server.chat_model("sub"), route="rlm", **settings)


def host(nodes: Mapping[str, Any], **compiled: Any) -> Any:
    """A graph of these nodes, one after the other."""
    return StateGraph(Host).add_sequence([*nodes.items()]).add_edge(START, next(iter(nodes))).compile(**compiled)


def headline(state: Host) -> Host:
    return {"headline": state["answer"].upper()}


def reads_the_file(rlm: RLM, path: Path) -> Any:
    """A host's node as it is meant to be: the state has the question, the node hands over the text."""

    async def read(state: Host, config: RunnableConfig) -> Host:
        result = await rlm.ainvoke({"question": state["question"], "context": path}, config)
        return {"answer": result["answer"], "turns": result["turns"]}

    return read


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "play.txt"
    path.write_text(TEXT)
    return path


# -- checkpoints ------------------------------------------------------------------------------------------------------


def stored(database: Path) -> tuple[int, int]:
    """Bytes of all checkpoints and writes, and how often the sentence is in them."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute("select checkpoint from checkpoints union all select value from writes").fetchall()
    connection.close()
    values = [bytes(value) for (value,) in rows if value is not None]
    return sum(map(len, values)), sum(value.count(SENTENCE.encode()) for value in values)


async def run_and_measure(nodes: Mapping[str, Any], given: Host, database: Path) -> tuple[int, int]:
    async with AsyncSqliteSaver.from_conn_string(str(database)) as saver:
        result = await host(nodes, checkpointer=saver).ainvoke(given, THREAD)
        assert result["headline"] == SENTENCE.upper()
    return await asyncio.to_thread(stored, database)


async def test_a_node_that_hands_over_the_text_itself_leaves_3_kb_in_the_hosts_checkpointer(
    rlm: RLM, file: Path, tmp_path: Path
) -> None:
    nodes = {"read": reads_the_file(rlm, file), "print": headline}
    size, copies = await run_and_measure(nodes, {"question": QUESTION}, tmp_path / "db")
    assert size < 4_000
    assert copies < 20, "the answer"


async def test_as_a_subgraph_with_a_path_in_the_hosts_state_it_leaves_its_journal(
    rlm: RLM, file: Path, tmp_path: Path
) -> None:
    nodes = {"read": rlm.graph, "print": headline}
    size, copies = await run_and_measure(nodes, {"question": QUESTION, "context": file}, tmp_path / "db")
    assert size < 40_000
    assert copies < 100, "answers of sub-queries"


async def test_as_a_subgraph_with_the_text_in_the_hosts_state_it_is_the_host_that_keeps_copies(
    rlm: RLM, tmp_path: Path
) -> None:
    nodes = {"read": rlm.graph, "print": headline}
    size, _ = await run_and_measure(nodes, {"question": QUESTION, "context": TEXT}, tmp_path / "db")
    own = len(TEXT)  # the subgraph's input; its later checkpoints have a hash
    of_host = 4 * len(TEXT) + len(TEXT)  # four checkpoints and the write of the input
    assert own + of_host < size < own + of_host + 60_000


def test_a_synchronous_host_with_a_synchronous_checkpointer_stays_small_too(
    rlm: RLM, file: Path, tmp_path: Path
) -> None:
    def read(state: Host, config: RunnableConfig) -> Host:
        return {"answer": rlm.invoke({"question": state["question"], "context": file}, config)["answer"]}

    with SqliteSaver.from_conn_string(str(tmp_path / "db")) as saver:
        graph = host({"read": read, "print": headline}, checkpointer=saver)
        assert graph.invoke({"question": QUESTION}, THREAD)["headline"] == SENTENCE.upper()
    assert stored(tmp_path / "db")[0] < 4_000


# -- interrupts -------------------------------------------------------------------------------------------------------


def ways(rlm: RLM, file: Path) -> dict[str, tuple[Any, Host]]:
    """Both ways to have the RLM in a host, with the input of each."""
    return {
        "subgraph": (rlm.graph, {"question": QUESTION, "context": file}),
        "call": (reads_the_file(rlm, file), {"question": QUESTION}),
    }


@pytest.mark.parametrize("way", ["subgraph", "call"])
async def test_a_host_may_interrupt_before_and_after_the_run_and_no_model_is_asked_twice(
    model_server: ModelServer, rlm: RLM, file: Path, way: str
) -> None:
    def allow(state: Host) -> Host:
        return {"question": interrupt({"may I ask": state["question"]})}

    def check(state: Host) -> Host:
        return {"headline": interrupt({"is this right": state["answer"]})}

    node, given = ways(rlm, file)[way]
    graph = host({"allow": allow, "read": node, "check": check}, checkpointer=InMemorySaver())
    asked = await graph.ainvoke(given, THREAD)
    assert asked["__interrupt__"][0].value == {"may I ask": QUESTION}
    assert model_server.stats()["requests"] == 0
    read = await graph.ainvoke(Command(resume="Which harbour is it?"), THREAD)
    assert read["__interrupt__"][0].value == {"is this right": SENTENCE}
    requests = model_server.stats()["requests"]
    assert "Which harbour is it?" in model_server.log()[0]["messages"][1]["content"]
    done = await graph.ainvoke(Command(resume="Yes, Elsinore."), THREAD)
    assert (done["answer"], done["headline"]) == (SENTENCE, "Yes, Elsinore.")
    assert model_server.stats()["requests"] == requests


@pytest.mark.parametrize("before", [True, False])
async def test_a_host_may_stop_at_the_subgraph_by_its_name(rlm: RLM, file: Path, *, before: bool) -> None:
    stop: dict[str, Sequence[str]] = {"interrupt_before" if before else "interrupt_after": ["read"]}
    graph = host({"read": rlm.graph, "print": headline}, checkpointer=InMemorySaver(), **stop)
    first = await graph.ainvoke({"question": QUESTION, "context": file}, THREAD)
    assert ("answer" in first) is not before
    assert (await graph.ainvoke(None, THREAD))["headline"] == SENTENCE.upper()


async def test_an_interrupt_in_a_function_of_the_repl_waits_for_the_hosts_answer(model_server: ModelServer) -> None:
    def approve(what: str) -> Any:
        """Ask a human."""
        return interrupt({"allow": what})

    cell = "```repl\nFINAL('approved: ' + approve('it'))\n```"
    rlm = reading(model_server, cell, tools=[approve])
    graph = host({"read": rlm.graph}, checkpointer=InMemorySaver())
    waits = await graph.ainvoke({"question": QUESTION, "context": "text"}, THREAD)
    assert [each.value for each in waits["__interrupt__"]] == [{"allow": "it"}]
    result = await graph.ainvoke(Command(resume="by me"), THREAD)
    assert result["answer"] == "approved: by me"


# -- streams, threads, limits -----------------------------------------------------------------------------------------


async def streamed(graph: Any, given: Host) -> list[tuple[tuple[str, ...], str, Any]]:
    modes = ["updates", "custom", "values"]
    return [item async for item in graph.astream(given, THREAD, stream_mode=modes, subgraphs=True)]


async def test_a_subgraph_streams_its_nodes_its_progress_and_no_text(rlm: RLM, file: Path) -> None:
    graph = host({"read": rlm.graph, "print": headline}, checkpointer=InMemorySaver())
    items = await streamed(graph, {"question": QUESTION, "context": file})
    inner = [(mode, data) for path, mode, data in items if path and path[0].startswith("read:")]
    nodes = [node for mode, data in inner if mode == "updates" for node in data]
    assert (nodes[0], nodes[1], nodes[-1]) == ("inspect", "decompose", "decompose")
    assert {"sub_query", "aggregate"} < set(nodes)
    events = [data["event"] for mode, data in inner if mode == "custom"]
    assert (events[0], events[-1]) == ("inspect", "end")
    assert [node for path, mode, data in items if mode == "updates" and not path for node in data] == ["read", "print"]
    assert max(len(str(data)) for _, _, data in items) < 20_000


async def test_a_node_that_calls_the_rlm_streams_its_progress_too(rlm: RLM, file: Path) -> None:
    graph = host({"read": reads_the_file(rlm, file), "print": headline})
    events = [data["event"] for _, mode, data in await streamed(graph, {"question": QUESTION}) if mode == "custom"]
    assert (events[0], events[-1]) == ("inspect", "end")
    assert {"turn", "sub_query", "answer"} < set(events)


async def test_a_second_question_on_a_thread_is_not_charged_for_the_first(model_server: ModelServer) -> None:
    rlm = reading(model_server, ASK, ANSWER, checkpointer=InMemorySaver())
    usages, runs = [], set()
    for question in (QUESTION, "And now?"):
        result = await rlm.graph.ainvoke({"question": question, "context": TEXT}, THREAD)
        usages.append(result["usage"]["calls"])
        runs.add(result["journal"][0]["id"])
    assert usages[0] == usages[1]
    assert len(runs) == 2


@pytest.mark.parametrize("way", ["subgraph", "call", "graph"])
async def test_the_budget_and_not_the_recursion_limit_ends_a_run(
    model_server: ModelServer, file: Path, way: str
) -> None:
    turn = "```repl\nprint(llm_query('Which harbour? ' + context[:24]))\n```"
    rlm = reading(model_server, *[turn] * 12, f"```repl\nFINAL({SENTENCE!r})\n```")
    if way == "graph":
        result = await rlm.graph.ainvoke({"question": QUESTION, "context": file})
    else:
        node, given = ways(rlm, file)[way]
        result = await host({"read": node}).ainvoke(given)
    assert (result["answer"], result["turns"]) == (SENTENCE, 13)
