"""Agents with `RLMMiddleware`: real HTTP, real SQLite files, another process; one conversation's texts stay its own."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, wrap_model_call
from langchain_core.callbacks import BaseCallbackHandler, get_usage_metadata_callback
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import InjectedToolCallId, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command

from langchain_rlm import RLM, Budget, ModelError
from langchain_rlm.adapters.middleware import RLMMiddleware
from langchain_rlm.adapters.offload import KEY
from tests.server.client import ModelServer

ROOT = Path(__file__).parents[2]
MARK = "MAGIC"
DIALECTS = ("openai", "gpt5", "vllm", "deepseek", "openrouter", "llamacpp", "anthropic", "gemini")


ABOVE = 2_000
"""Tokens above which a text is offloaded here; 20,000 by default."""


def page(number: int = 1, lines: int = 300) -> str:
    """Text of about 3,000 tokens with one fact in its middle."""
    text = [f"Line {line} of page {number} is about the weather at sea." for line in range(lines)]
    text[lines // 2] = f"The {MARK} harbour of page {number} is Elsinore{number}."
    return "\n".join(text)


@tool
def fetch(number: int) -> str:
    """Fetch a page."""
    return page(number)


@tool
def fetch_large(number: int) -> str:
    """Fetch a page of about 30,000 tokens."""
    return page(number, 3_000)


@tool
def note(number: int) -> str:
    """Fetch a short note."""
    return f"Note {number}."


@tool
def fetch_into_state(number: int, call: Annotated[str, InjectedToolCallId]) -> Command[Any]:
    """Fetch a page, as a command."""
    return Command(update={"messages": [ToolMessage(page(number), tool_call_id=call)]})


def call(name: str, **args: Any) -> dict[str, Any]:
    return {"name": name, "args": args}


def calls(*wanted: dict[str, Any]) -> dict[str, Any]:
    return {"tool_calls": [*wanted]}


def ask(question: str = f"What is the {MARK} harbour?", **args: Any) -> dict[str, Any]:
    return calls(call("ask_offloaded_text", question=question, **args))


def ours_of(rlm: RLM | None = None, **settings: Any) -> RLMMiddleware:
    return RLMMiddleware(rlm or RLM("offline", route="rlm"), **{"above": ABOVE, **settings})


def agent_of(server: ModelServer, *replies: Any, middleware: Any = None, model: Any = None, **settings: Any) -> Any:
    """An agent whose model says `replies`, one a turn."""
    server.configure(models={"host": {"kind": "script", "replies": [*replies], **(model or {})}})
    ours = ours_of() if middleware is None else middleware
    settings = {"tools": [fetch, fetch_large, note, fetch_into_state], **settings}
    return create_agent(server.chat_model("host"), middleware=ours if isinstance(ours, list) else [ours], **settings)


def said(text: Any = "Which harbour?") -> dict[str, Any]:
    return {"messages": [HumanMessage(text)]}


def thread(name: str = "1") -> Any:
    return {"configurable": {"thread_id": name}}


def results_of(state: Any, name: str = "ask_offloaded_text") -> list[ToolMessage]:
    return [m for m in state["messages"] if isinstance(m, ToolMessage) and m.name == name]


def longest_sent(server: ModelServer) -> int:
    return max(len(str(message)) for entry in server.log() for message in entry["messages"])


def invoke(agent: Any, given: Any, how: str, config: Any = None) -> Any:
    """Call an agent in one of the four ways; all give its last state."""
    if how == "invoke":
        return agent.invoke(given, config)
    if how == "stream":
        return [*agent.stream(given, config, stream_mode="values")][-1]

    async def go() -> Any:
        if how == "ainvoke":
            return await agent.ainvoke(given, config)
        return [state async for state in agent.astream(given, config, stream_mode="values")][-1]

    return asyncio.run(go())


WAYS = ("invoke", "ainvoke", "stream", "astream")


# -- tool results -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", WAYS)
def test_a_long_result_is_asked_about_and_never_sent(model_server: ModelServer, how: str) -> None:
    agent = agent_of(model_server, calls(call("fetch", number=1)), ask(), "Elsinore1.")
    state = invoke(agent, said(), how)
    (answer,) = results_of(state)
    assert "Elsinore1" in answer.text
    assert answer.artifact["stop_reason"] == "answered"
    assert [*answer.artifact] == ["citations", "coverage", "usage", "stop_reason", "turns"]
    assert longest_sent(model_server) < 3_000
    if "stream" not in how:  # LangGraph streams the values of private keys too
        assert [*state] == ["messages"], "handles are private to the agent"


@pytest.mark.parametrize("how", ["invoke", "ainvoke"])
def test_parallel_calls_of_one_turn_are_kept_each_and_asked_by_name(model_server: ModelServer, how: str) -> None:
    fetched = calls(*(call("fetch", number=number) for number in (1, 2, 3)), call("note", number=4))
    agent = agent_of(model_server, fetched, ask(), "done", checkpointer=InMemorySaver())
    state = invoke(agent, said(), how, thread())
    documents = agent.get_state(thread()).values[KEY]
    assert len(documents) == 3
    assert all(f"Elsinore{number}" in results_of(state)[0].text for number in (1, 2, 3))
    assert results_of(state, "note")[0].text == "Note 4."

    second = [*documents][1]
    number = next(number for number in (1, 2, 3) if second in results_of(state, "fetch")[number - 1].text)
    model_server.configure(models={"host": {"kind": "script", "replies": ["", "", "", ask(documents=[second]), "."]}})
    state = invoke(agent, said(), how, thread())
    assert f"Elsinore{number}" in results_of(state)[-1].text
    assert [n for n in (1, 2, 3) if f"Elsinore{n}" in results_of(state)[-1].text] == [number]


def test_two_questions_of_one_turn_run_side_by_side(model_server: ModelServer) -> None:
    questions = calls(*(call("ask_offloaded_text", question=f"What is the {MARK} harbour?") for _ in range(3)))
    agent = agent_of(model_server, calls(call("fetch", number=1)), questions, "done")
    assert ["Elsinore1" in answer.text for answer in results_of(agent.invoke(said()))] == [True] * 3


@pytest.mark.parametrize("how", ["invoke", "ainvoke"])
def test_the_messages_of_a_command_are_offloaded_too(model_server: ModelServer, how: str) -> None:
    agent = agent_of(model_server, calls(call("fetch_into_state", number=1)), ask(), "done")
    state = invoke(agent, said(), how)
    assert "Elsinore1" in results_of(state)[0].text
    assert longest_sent(model_server) < 3_000


def test_a_tool_that_fails_is_reported_as_without_the_middleware(model_server: ModelServer) -> None:
    agent = agent_of(model_server, calls(call("fetch", number="one")), "done")
    assert results_of(agent.invoke(said()), "fetch")[0].status == "error"


def test_a_long_answer_of_our_own_tool_stays(model_server: ModelServer) -> None:
    host = {"kind": "script", "replies": [calls(call("fetch", number=1)), ask(), "done"]}
    root = {"kind": "script", "replies": ["```repl\nFINAL(context[:10_000])\n```"]}
    model_server.configure(models={"host": host, "root": root})
    rlm = RLM(model_server.chat_model("root", keep_alive=True), route="rlm")
    agent: Any = create_agent(model_server.chat_model("host"), [fetch], middleware=[ours_of(rlm)])
    assert results_of(agent.invoke(said()))[0].text == page()[:10_000]


# -- user messages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", WAYS)
def test_a_long_user_message_is_offloaded_with_its_question_in_sight(model_server: ModelServer, how: str) -> None:
    agent = agent_of(model_server, ask(), "Elsinore1.")
    state = invoke(agent, said(page() + "\n\nWhich harbour is it?"), how)
    assert "Elsinore1" in results_of(state)[0].text
    assert state["messages"][0].text.endswith("Which harbour is it?")
    assert longest_sent(model_server) < 3_000


def test_of_a_user_message_the_image_and_the_short_text_stay(model_server: ModelServer) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    agent = agent_of(model_server, "done")
    state = agent.invoke(said([{"type": "text", "text": "Look."}, image, {"type": "text", "text": page()}]))
    first, second, third = state["messages"][0].content
    assert (first["text"], second) == ("Look.", image)
    assert third["text"].startswith("[This text is too long")


def held(path: Path) -> int:
    """How often the marked text is in a database, in checkpoints and writes."""
    with sqlite3.connect(path) as connection:
        rows = [
            *connection.execute("SELECT checkpoint FROM checkpoints"),
            *connection.execute("SELECT value FROM writes"),
        ]
    connection.close()
    return sum(MARK.encode() in row[0] for row in rows)


@pytest.mark.parametrize(("durability", "least", "most"), [("exit", 0, 0), ("async", 1, 4), ("sync", 1, 4)])
def test_the_text_of_a_user_message_is_only_in_the_checkpoints_of_the_input(
    model_server: ModelServer, tmp_path: Path, durability: str, least: int, most: int
) -> None:
    """LangGraph saves the input before any middleware runs; the docstring says so."""
    with SqliteSaver.from_conn_string(str(tmp_path / "host.sqlite")) as saver:
        agent = agent_of(model_server, "One.", "Two.", checkpointer=saver)
        agent.invoke(said(page()), thread(), durability=durability)
        after_first = held(tmp_path / "host.sqlite")
        agent.invoke(said("And now?"), thread(), durability=durability)
        assert held(tmp_path / "host.sqlite") == after_first
        history = [*agent.get_state_history(thread())]
    assert least <= after_first <= most
    with_text = [step.metadata["step"] for step in history if MARK in str(step.values)]
    assert with_text == ([] if durability == "exit" else [0])


# -- checkpoints and restarts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("durability", ["exit", "async", "sync"])
def test_no_checkpoint_ever_holds_the_text_of_a_result(
    model_server: ModelServer, tmp_path: Path, durability: str
) -> None:
    path = tmp_path / "host.sqlite"
    with SqliteSaver.from_conn_string(str(path)) as saver:
        # the question does not have the marked word, and neither does the answer
        agent = agent_of(
            model_server, calls(call("fetch_large", number=1)), ask("How is the weather?"), "done", checkpointer=saver
        )
        state = agent.invoke(said(), thread(), durability=durability)
        assert results_of(state)[0].status == "success"
    assert held(path) == 0
    with sqlite3.connect(path) as connection:
        namespaces = {row[0] for row in connection.execute("SELECT checkpoint_ns FROM checkpoints")}
    connection.close()
    assert namespaces == {""}, "the run inside the tool saves nothing in the host's database"
    assert path.stat().st_size < 300_000


ANOTHER_PROCESS = """
import json, sys
from pathlib import Path
from langchain.agents import create_agent
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.sqlite import SqliteSaver
from langchain_rlm import RLM
from langchain_rlm.adapters.middleware import RLMMiddleware

url, folder, *stores = sys.argv[1:]
for number, store in enumerate(stores):
    with SqliteSaver.from_conn_string(f"{folder}/host{number}.sqlite") as saver:
        model = ChatOpenAI(model="host", base_url=url, api_key="test", max_retries=0)
        ours = RLMMiddleware(RLM("offline"), store=Path(store) if store else None)
        agent = create_agent(model, [], middleware=[ours], checkpointer=saver)
        state = agent.invoke({"messages": [HumanMessage("Go on.")]}, {"configurable": {"thread_id": "1"}})
        print(json.dumps([(m.status, m.text) for m in state["messages"] if m.type == "tool"][-1]))
"""


def test_after_a_restart_a_directory_has_the_text_and_memory_says_what_is_lost(
    model_server: ModelServer, tmp_path: Path
) -> None:
    stores = [str(tmp_path / "documents"), ""]
    handles = []
    for number, store in enumerate(stores):
        with SqliteSaver.from_conn_string(str(tmp_path / f"host{number}.sqlite")) as saver:
            ours = ours_of(store=Path(store) if store else None)
            agent = agent_of(model_server, calls(call("fetch", number=1)), "Kept.", middleware=ours, checkpointer=saver)
            agent.invoke(said(), thread())
            handles += agent.get_state(thread()).values[KEY]
    replies = ["", "", ask(), "done"]
    model_server.configure(models={"host": {"kind": "script", "replies": replies}})
    command = [sys.executable, "-c", ANOTHER_PROCESS, model_server.url, str(tmp_path), *stores]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=100)
    (status, text), (failed, told) = map(json.loads, done.stdout.splitlines())
    assert status == "success"
    assert "Elsinore1" in text
    assert failed == "error"
    for part in (handles[1], "result of fetch", "lost", "store=Path"):
        assert part in told


async def test_an_async_database_and_an_async_store_do_too(model_server: ModelServer, tmp_path: Path) -> None:
    path = tmp_path / "host.sqlite"
    for replies in ([calls(call("fetch", number=1)), "Kept.", ask(), "done"],) * 2:
        async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
            ours = ours_of(store=tmp_path / "documents")
            agent = agent_of(model_server, *replies, middleware=ours, checkpointer=saver)
            state = await agent.ainvoke(said(), thread())
    assert "Elsinore1" in results_of(state)[0].text


def test_a_thread_goes_on_asynchronously_where_it_was_left_synchronously(model_server: ModelServer) -> None:
    agent = agent_of(model_server, calls(call("fetch", number=1)), "Kept.", ask(), "done", checkpointer=InMemorySaver())
    agent.invoke(said(), thread())
    assert "Elsinore1" in results_of(asyncio.run(agent.ainvoke(said(), thread())))[0].text


@pytest.mark.parametrize("how", ["invoke", "ainvoke"])
def test_the_agents_own_store_is_the_default(model_server: ModelServer, how: str) -> None:
    store = InMemoryStore()
    agent = agent_of(model_server, calls(call("fetch", number=1)), ask(), "done", store=store)
    assert "Elsinore1" in results_of(invoke(agent, said(), how))[0].text
    (item,) = store.search((KEY,))
    assert item.value == {"text": page()}


def test_a_document_that_was_deleted_is_named_and_the_agent_goes_on(model_server: ModelServer, tmp_path: Path) -> None:
    ours = ours_of(store=tmp_path)
    agent = agent_of(
        model_server, calls(call("fetch", number=1)), "Kept.", ask(), "I lost it.", middleware=ours,
        checkpointer=InMemorySaver(),
    )  # fmt: skip
    agent.invoke(said(), thread())
    for file in tmp_path.iterdir():
        file.unlink()
    state = agent.invoke(said(), thread())
    (answer,) = results_of(state)
    assert answer.status == "error"
    assert f"{str(tmp_path)!r}" in answer.text or str(tmp_path) in answer.text
    assert state["messages"][-1].text == "I lost it."


# -- isolation --------------------------------------------------------------------------------------------------------


def test_a_handle_of_another_thread_is_refused(model_server: ModelServer, tmp_path: Path) -> None:
    ours = ours_of(store=tmp_path)
    agent = agent_of(
        model_server, calls(call("fetch", number=1)), "Kept.", middleware=ours, checkpointer=InMemorySaver()
    )
    agent.invoke(said(), thread("mine"))
    (handle,) = agent.get_state(thread("mine")).values[KEY]
    for question in (ask(documents=[handle]), ask()):
        model_server.configure(models={"host": {"kind": "script", "replies": [question, "No."]}})
        stolen = {**said(f"Ask {handle}."), KEY: agent.get_state(thread("mine")).values[KEY]}
        (answer,) = results_of(agent.invoke(stolen, thread(f"theirs {question}")))
        assert answer.status == "error"
        assert "It has no documents" in answer.text
        assert "Elsinore" not in answer.text


def test_two_agents_that_share_a_middleware_do_not_share_documents(model_server: ModelServer) -> None:
    ours = ours_of()
    first = agent_of(
        model_server, calls(call("fetch", number=1)), "Kept.", middleware=ours, checkpointer=InMemorySaver()
    )
    first.invoke(said(), thread())
    second = agent_of(model_server, ask(), "No.", middleware=ours, checkpointer=InMemorySaver())
    assert results_of(second.invoke(said(), thread()))[0].status == "error"


def test_threads_at_once_get_answers_from_their_own_documents(model_server: ModelServer) -> None:
    agent = agent_of(model_server, ask(), "done", checkpointer=InMemorySaver())

    async def everyone() -> list[Any]:
        return await asyncio.gather(*(agent.ainvoke(said(page(n)), thread(str(n))) for n in range(6)))

    for number, state in enumerate(asyncio.run(everyone())):
        assert [n for n in range(6) if f"Elsinore{n}" in results_of(state)[0].text] == [number]


def test_a_host_without_a_checkpointer_keeps_documents_for_one_call(model_server: ModelServer) -> None:
    agent = agent_of(model_server, calls(call("fetch", number=1)), ask(), "Elsinore1.", ask(), "Gone.")
    state = agent.invoke(said())
    state = agent.invoke({"messages": [*state["messages"], HumanMessage("And again?")]})
    first, second = results_of(state)
    assert (first.status, second.status) == ("success", "error")
    assert "without a checkpointer" in second.text


# -- overflows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "dialect"), [*product(["invoke"], DIALECTS), ("ainvoke", "openai")])
def test_an_overflow_offloads_the_largest_message_and_calls_again(
    model_server: ModelServer, dialect: str, how: str
) -> None:
    ours = ours_of(above=1_000_000)
    agent = agent_of(
        model_server, calls(call("fetch", number=1), call("note", number=2)), ask(), "Elsinore1.", middleware=ours,
        model={"window": 2_000, "dialect": dialect}, checkpointer=InMemorySaver(),
    )  # fmt: skip
    state = invoke(agent, said(), how, thread())
    assert state["messages"][-1].text == "Elsinore1."
    assert "Elsinore1" in results_of(state)[0].text
    assert results_of(state, "fetch")[0].text.startswith("[This text is too long")
    assert results_of(state, "note")[0].text == "Note 2."
    assert [message.type for message in state["messages"]] == ["human", "ai", "tool", "tool", "ai", "tool", "ai"]
    assert len(agent.get_state(thread()).values[KEY]) == 1
    assert [entry["status"] for entry in model_server.log()] == [200, 400, 200, 200], "one failing call, once"


def test_it_goes_on_while_that_helps(model_server: ModelServer) -> None:
    ours = ours_of(above=1_000_000)
    fetched = calls(*(call("fetch", number=number) for number in (1, 2, 3)))
    agent = agent_of(model_server, fetched, "done", middleware=ours, model={"window": 2_000})
    assert agent.invoke(said())["messages"][-1].text == "done"
    assert [entry["status"] for entry in model_server.log()] == [200, 400, 400, 400, 200]


@pytest.mark.parametrize("how", ["invoke", "ainvoke"])
def test_when_nothing_helps_the_error_is_the_providers(model_server: ModelServer, how: str) -> None:
    agent = agent_of(model_server, "done", model={"window": 10})
    with pytest.raises(Exception, match="maximum context length is 10 tokens"):
        invoke(agent, said("A message of more than ten tokens, which no handle makes any shorter."), how)
    assert len(model_server.log()) == 1


def test_other_errors_go_through_at_once(model_server: ModelServer) -> None:
    agent = agent_of(model_server, {"status": 401, "body": {"error": {"message": "no"}}})
    with pytest.raises(Exception, match="no"):
        agent.invoke(said(page()))
    assert len(model_server.log()) == 1


def test_a_message_that_another_middleware_made_for_one_call_is_not_added_to_the_state(
    model_server: ModelServer,
) -> None:
    @wrap_model_call
    def add(request: Any, handler: Any) -> Any:
        return handler(request.override(messages=[*request.messages, HumanMessage(page(7), id="extra")]))

    agent = agent_of(model_server, "done", middleware=[add, ours_of()], checkpointer=InMemorySaver())
    state = agent.invoke(said(), thread())
    assert [message.text for message in state["messages"]] == ["Which harbour?", "done"]
    assert longest_sent(model_server) < 3_000
    assert len(agent.get_state(thread()).values[KEY]) == 1


# -- seen from outside ------------------------------------------------------------------------------------------------


def streaming_agent(server: ModelServer, **settings: Any) -> Any:
    """An agent whose RLM asks scripted models over HTTP."""
    prompts = f"[c + '\\nQuestion: What is {MARK} harbour?' for c in chunks(size=5_000)[:2]]"
    code = f"found = [a for a in llm_query_batched({prompts})]"
    server.configure(
        models={
            "host": {"kind": "script", "replies": [calls(call("fetch", number=1)), ask(), "The end."]},
            "root": {
                "kind": "script",
                "replies": [f"```repl\n{code}\nprint(len(found))\n```", "```repl\nFINAL('Hm.')\n```"],
            },
            "sub": {"kind": "echo"},
        }
    )
    rlm = RLM(*(server.chat_model(name, keep_alive=True) for name in ("root", "sub")), route="rlm")
    return create_agent(server.chat_model("host"), [fetch], middleware=[ours_of(rlm)], **settings)


@pytest.mark.parametrize("how", ["stream", "astream"])
@pytest.mark.parametrize("options", [{}, {"subgraphs": True}, {"version": "v2"}])
def test_progress_reaches_the_custom_stream_and_no_other_models_words_the_messages(
    model_server: ModelServer, how: str, options: dict[str, Any]
) -> None:
    agent = streaming_agent(model_server)

    async def collect() -> list[Any]:
        return [item async for item in agent.astream(said(), stream_mode=["custom", "messages"], **options)]

    items = (
        [*agent.stream(said(), stream_mode=["custom", "messages"], **options)]
        if how == "stream"
        else asyncio.run(collect())
    )
    pairs = [(i["type"], i["data"]) if isinstance(i, dict) else i[-2:] for i in items]
    names = [data["ask_offloaded_text"]["event"] for mode, data in pairs if mode == "custom"]
    assert {"inspect", "turn", "sub_queries", "answer", "end"} <= set(names)
    assert "result" not in names
    words = "".join(data[0].text for mode, data in pairs if mode == "messages" and data[0].type != "tool")
    assert words == "The end."


class Seen(BaseCallbackHandler):
    def __init__(self) -> None:
        self.names: list[str] = []
        self.parents: dict[Any, Any] = {}
        self.tool: Any = None

    def on_chat_model_start(self, *_: Any, run_id: Any, **how: Any) -> None:
        self.names.append(str(how.get("name")))
        self.parents[run_id] = how.get("parent_run_id")

    def on_chain_start(self, *_: Any, run_id: Any, **how: Any) -> None:
        self.parents[run_id] = how.get("parent_run_id")

    def on_tool_start(self, serialized: Any, *_: Any, run_id: Any, **how: Any) -> None:
        self.parents[run_id] = how.get("parent_run_id")
        if serialized["name"] == "ask_offloaded_text":
            self.tool = run_id


@pytest.mark.parametrize("how", ["invoke", "ainvoke"])
def test_the_hosts_callbacks_see_every_model_call_below_the_tool(model_server: ModelServer, how: str) -> None:
    seen = Seen()
    with get_usage_metadata_callback() as usage:
        invoke(streaming_agent(model_server), said(), how, {"callbacks": [seen]})
    assert set(usage.usage_metadata) == {"host", "root", "sub"}
    assert [seen.names.count(name) for name in ("rlm.root", "rlm.sub_query")] == [2, 2]
    below = 0
    for run in seen.parents:
        above = run
        while above is not None and above != seen.tool:
            above = seen.parents.get(above)
        below += above == seen.tool
    assert below > 4


def test_an_rlm_with_a_checkpointer_of_its_own_keeps_its_runs_there(model_server: ModelServer, tmp_path: Path) -> None:
    with (
        SqliteSaver.from_conn_string(str(tmp_path / "host.sqlite")) as host,
        SqliteSaver.from_conn_string(str(tmp_path / "rlm.sqlite")) as own,
    ):
        ours = ours_of(RLM("offline", route="rlm", checkpointer=own))
        agent = agent_of(
            model_server, calls(call("fetch", number=1)), calls(*[ask()["tool_calls"][0]] * 2), "done", middleware=ours,
            checkpointer=host,
        )  # fmt: skip
        state = agent.invoke(said(), thread())
        assert ["Elsinore1" in answer.text for answer in results_of(state)] == [True, True]
        threads = {item.config["configurable"]["thread_id"] for item in own.list(None)}
        assert len(threads) == 2
        assert {item.config["configurable"]["thread_id"] for item in host.list(None)} == {"1"}


CITE = "```repl\na = cite('the weather at sea')\nFINAL('Bad ' + a['mark'])\n```"
FAIL = "```repl\nFINAL(str(llm_query_batched(['x', 'y'], on_error='return')))\n```"


def asking(server: ModelServer, code: str, *faults: str) -> Any:
    """An agent that asks once; the code is what its run's root model says."""
    host = {"kind": "script", "replies": [calls(call("fetch", number=1)), ask(), "done"]}
    sub = {"kind": "echo", "faults": [{"kind": kind} for kind in faults]}
    server.configure(models={"host": host, "root": {"kind": "script", "replies": [code]}, "sub": sub})
    rlm = RLM(*(server.chat_model(name, keep_alive=True) for name in ("root", "sub")), route="rlm")
    return create_agent(server.chat_model("host"), [fetch], middleware=[ours_of(rlm)])


def test_the_message_says_what_its_marks_stand_for(model_server: ModelServer) -> None:
    (message,) = results_of(asking(model_server, CITE).invoke(said()))
    assert re.fullmatch(r"Bad \[1\]\n\nSources:\n\[1\] doc-\w+, line 1", message.text)


@pytest.mark.parametrize("how", ["invoke", "ainvoke"])
def test_a_run_whose_sub_queries_all_failed_is_an_error(model_server: ModelServer, how: str) -> None:
    (message,) = results_of(invoke(asking(model_server, FAIL, "quota"), said(), how))
    assert (message.status, message.artifact["usage"]["failed_calls"]) == ("error", 2)
    assert "All 2 sub-queries failed" in message.text


def test_a_wrong_key_is_raised_and_not_told_to_the_agents_model(model_server: ModelServer) -> None:
    with pytest.raises(ModelError, match="The sub-model 'sub' cannot be used"):
        asking(model_server, FAIL, "401").invoke(said())


def test_a_run_that_fails_is_an_error_that_the_agent_can_read(model_server: ModelServer) -> None:
    agent = agent_of(model_server, calls(call("fetch", number=1)), ask(" "), "Sorry.")
    state = agent.invoke(said())
    assert results_of(state)[0].status == "error"
    assert "question" in results_of(state)[0].text
    assert state["messages"][-1].text == "Sorry."


def test_a_run_out_of_budget_says_so_to_the_agent(model_server: ModelServer) -> None:
    cells = ["```repl\nprint(1)\n```", "```repl\nFINAL('Perhaps Elsinore.')\n```"]
    host = {"kind": "script", "replies": [calls(call("fetch", number=1)), ask(), "done"]}
    model_server.configure(models={"host": host, "root": {"kind": "script", "replies": cells}})
    rlm = RLM(model_server.chat_model("root", keep_alive=True), route="rlm", budget=Budget(turns=2))
    agent: Any = create_agent(model_server.chat_model("host"), [fetch], middleware=[ours_of(rlm)])
    (answer,) = results_of(agent.invoke(said()))
    assert answer.text.startswith("Perhaps Elsinore.")
    assert "budget:turns" in answer.text


# -- neighbours -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["invoke", "ainvoke"])
def test_a_deep_agent_offloads_to_us_before_its_own_files(model_server: ModelServer, how: str) -> None:
    from deepagents import create_deep_agent

    agent_of(model_server, calls(call("fetch_large", number=1)), ask(), "Elsinore1.")
    ours: list[AgentMiddleware[Any, Any, Any]] = [RLMMiddleware(RLM("offline"))]
    agent = create_deep_agent(
        model_server.chat_model("host"), [fetch_large], middleware=ours, checkpointer=InMemorySaver()
    )
    state = invoke(agent, said(page(2, 3_000)), how, thread())
    assert {"Elsinore1", "Elsinore2"} <= set(results_of(state)[0].text.replace(".", " ").split())
    assert longest_sent(model_server) < 40_000
    assert isinstance(state["messages"][-1], AIMessage)
    assert not state.get("files")
    assert len(agent.get_state(thread()).values[KEY]) == 2
