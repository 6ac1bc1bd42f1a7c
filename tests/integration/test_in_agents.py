"""The tool in agents over real HTTP: what the agent's model is sent, what it gets back, what the host sees."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler, UsageMetadataCallbackHandler
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

from langchain_rlm import RLM
from langchain_rlm.adapters.tool import RLMTool
from tests.server.client import ModelServer

create_agent = pytest.importorskip("langchain.agents").create_agent

LOG = {
    "log.txt": "\n".join(f"Line {n} tells nothing." for n in range(3000)) + "\nMAGIC captain = Okonkwo.",
    "other.txt": "Nothing is here, and nothing was ever said here about any captain.",
}
CELL = """
```repl
texts = [context] if isinstance(context, str) else context
asked = [piece + "\\nQuestion: What is MAGIC captain?" for text in texts for piece in chunks(text, size=40_000)]
found = [reply for reply in llm_query_batched(asked) if reply != "not in the text"]
FINAL("The captain was " + found[0] + " SUBMODEL")
```
"""
ASKED = {"messages": [HumanMessage("Who was the captain?")]}


def calls(*many: dict[str, Any]) -> dict[str, Any]:
    return {"tool_calls": [{"name": "ask_documents", "args": args} for args in many]}


def set_up(server: ModelServer, *replies: Any, **settings: Any) -> tuple[Any, RLMTool]:
    """The agent's model, which says `replies`, and a tool whose run asks sub-models."""
    agent = {"kind": "script", "replies": [*replies]}
    server.configure(models={"agent": agent, "root": {"kind": "script", "replies": [CELL]}, "sub": {"kind": "reader"}})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return server.chat_model("agent"), RLMTool(rlm=RLM(root, sub, route="rlm"), documents=LOG, **settings)


ONE_CALL = (calls({"question": "Who was the captain?"}), "It was Okonkwo.")


def test_an_agent_asks_by_name_and_answers(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, *ONE_CALL)
    messages = create_agent(model, [tool]).invoke(ASKED)["messages"]
    assert [type(message) for message in messages] == [HumanMessage, AIMessage, ToolMessage, AIMessage]
    assert messages[2].content == "The captain was Okonkwo SUBMODEL\n\nSources: log.txt, other.txt"
    assert messages[2].artifact["stop_reason"] == "answered"
    assert messages[3].text == "It was Okonkwo."
    sent = [entry for entry in model_server.log() if entry["model"] == "agent"]
    assert "tells nothing" not in str([entry["messages"] for entry in sent])
    assert "journal" not in str(sent[1]["messages"])


async def test_the_same_asynchronously(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, *ONE_CALL)
    result = await create_agent(model, [tool]).ainvoke(ASKED)
    assert "Okonkwo SUBMODEL" in result["messages"][2].content


def test_the_agents_model_sees_a_document_that_came_between_two_turns(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, *ONE_CALL)
    agent = create_agent(model, [tool])
    tool.add_documents({"first.txt": "text"})
    descriptions = []

    class Sees(BaseCallbackHandler):
        def on_chat_model_start(self, serialized: Any, messages: Any, **kwargs: Any) -> None:  # noqa: ARG002
            tools = kwargs.get("invocation_params", {}).get("tools")
            if tools:
                descriptions.append(tools[0]["function"]["description"])
                tool.add_documents({"second.txt": "text"})

    agent.invoke(ASKED, {"callbacks": [Sees()]})
    assert ["first.txt" in text for text in descriptions] == [True, True]
    assert ["second.txt" in text for text in descriptions] == [False, True]


def test_an_agent_goes_on_after_a_wrong_name(model_server: ModelServer) -> None:
    wrong, right = ({"question": "Who was the captain?", "documents": [name]} for name in ("logs.txt", "log.txt"))
    model, tool = set_up(model_server, calls(wrong), calls(right), "It was Okonkwo.")
    messages = create_agent(model, [tool]).invoke(ASKED)["messages"]
    assert messages[2].status == "error"
    assert "Nearest: 'log.txt'" in messages[2].content
    assert messages[4].content.endswith("Sources: log.txt")


def test_several_calls_in_one_message_do_not_get_in_each_others_way(model_server: ModelServer) -> None:
    args = [{"question": f"Who was the captain? ({number})"} for number in range(3)]
    model, tool = set_up(model_server, calls(*args), "Done.")
    agent = create_agent(model, [tool], checkpointer=InMemorySaver())
    messages = agent.invoke(ASKED, {"configurable": {"thread_id": "1"}})["messages"]
    assert [message.content.count("Okonkwo") for message in messages if isinstance(message, ToolMessage)] == [1] * 3


def test_in_a_tool_node(model_server: ModelServer) -> None:
    _, tool = set_up(model_server, "unused")
    builder = StateGraph(MessagesState)
    builder.add_node("tools", ToolNode([tool]))
    builder.add_edge(START, "tools")
    builder.add_edge("tools", END)
    call = {"name": "ask_documents", "args": {"question": "Who was the captain?"}, "id": "1", "type": "tool_call"}
    messages = builder.compile().invoke({"messages": [AIMessage("", tool_calls=[call])]})["messages"]
    assert "Okonkwo" in messages[-1].content
    assert messages[-1].artifact["usage"]["calls"] > 1


def test_in_a_deep_agent(model_server: ModelServer) -> None:
    deepagents = pytest.importorskip("deepagents")
    model, tool = set_up(model_server, *ONE_CALL)
    messages = deepagents.create_deep_agent(model, [tool]).invoke(ASKED)["messages"]
    assert "Okonkwo SUBMODEL" in next(m for m in messages if isinstance(m, ToolMessage)).content
    assert messages[-1].text == "It was Okonkwo."


def test_an_agent_with_its_own_synchronous_saver_and_a_small_recursion_limit(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, *ONE_CALL)
    with SqliteSaver.from_conn_string(":memory:") as saver:
        agent = create_agent(model, [tool], checkpointer=saver)
        host = {"configurable": {"thread_id": "1"}, "recursion_limit": 4}
        messages = agent.invoke(ASKED, host)["messages"]
        threads = {row[0] for row in saver.conn.execute("SELECT DISTINCT checkpoint_ns FROM checkpoints")}
    assert "Okonkwo" in messages[2].content
    assert threads == {""}


def test_a_run_with_a_checkpointer_of_its_own_keeps_apart_from_the_hosts_thread(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, calls({"question": "Who?"}, {"question": "Who then?"}), "Done.")
    settings = tool.rlm._settings
    saver = SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False))
    tool = RLMTool(rlm=RLM(settings.model, settings.sub_model, route="rlm", checkpointer=saver), documents=LOG)
    messages = create_agent(model, [tool], checkpointer=InMemorySaver()).invoke(
        ASKED, {"configurable": {"thread_id": "1"}}
    )["messages"]
    assert all("Okonkwo" in message.content for message in messages[2:4])
    assert len({row[0] for row in saver.conn.execute("SELECT DISTINCT thread_id FROM checkpoints")}) == 2


# -- what the host sees ---------------------------------------------------------------------------------------------


def test_progress_reaches_the_hosts_custom_stream_under_the_tools_name(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, *ONE_CALL, name="ask_documents")
    events = [*create_agent(model, [tool]).stream(ASKED, stream_mode="custom")]
    assert {tuple(event) for event in events} == {("ask_documents",)}
    kinds = [event["ask_documents"]["event"] for event in events]
    assert {kinds[0], kinds[-1]} == {"inspect", "end"}
    assert {"turn", "sub_query", "answer"} <= set(kinds)
    assert "result" not in kinds


async def test_progress_comes_while_the_run_goes_on(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, *ONE_CALL)
    asked = None
    async for event in create_agent(model, [tool]).astream(ASKED, stream_mode="custom"):
        if event["ask_documents"]["event"] == "inspect":
            asked = model_server.stats()["by_model"].get("sub", 0)
    assert asked == 0
    assert model_server.stats()["by_model"]["sub"] > 0


def test_without_a_custom_stream_nothing_is_in_the_way(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, *ONE_CALL)
    updates = [*create_agent(model, [tool]).stream(ASKED, stream_mode="updates")]
    assert len(updates) == 3


@pytest.mark.parametrize("subgraphs", [False, True])
async def test_no_token_of_the_run_is_among_the_hosts_messages(model_server: ModelServer, *, subgraphs: bool) -> None:
    model, tool = set_up(model_server, *ONE_CALL)
    agent = create_agent(model, [tool])
    sync = [*agent.stream(ASKED, stream_mode="messages", subgraphs=subgraphs)]
    model, tool = set_up(model_server, *ONE_CALL)
    agent = create_agent(model, [tool])
    found = [item async for item in agent.astream(ASKED, stream_mode="messages", subgraphs=subgraphs)]
    for items in (sync, found):
        assert "".join(_texts(items, subgraphs=subgraphs)) == "It was Okonkwo."


def _texts(items: Sequence[Any], *, subgraphs: bool) -> list[str]:
    messages = [item[1][0] if subgraphs else item[0] for item in items]
    return [message.text for message in messages if isinstance(message, AIMessageChunk)]


def test_usage_of_agent_and_run_adds_up_in_one_callback(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, *ONE_CALL)
    counted = UsageMetadataCallbackHandler()
    create_agent(model, [tool]).invoke(ASKED, {"callbacks": [counted]})
    log = model_server.log()
    for name in ("agent", "root", "sub"):
        tokens = sum(entry["usage"]["prompt_tokens"] for entry in log if entry["model"] == name and entry["usage"])
        assert counted.usage_metadata[name]["input_tokens"] == tokens > 0


def test_model_calls_of_the_run_are_named_and_lie_below_the_tool(model_server: ModelServer) -> None:
    model, tool = set_up(model_server, *ONE_CALL)
    parents: dict[Any, Any] = {}
    names: dict[Any, str] = {}

    class Sees(BaseCallbackHandler):
        def on_tool_start(self, *_: Any, run_id: Any, parent_run_id: Any = None, **__: Any) -> None:
            parents[run_id], names[run_id] = parent_run_id, "tool"

        def on_chain_start(self, *_: Any, run_id: Any, parent_run_id: Any = None, **kwargs: Any) -> None:
            parents[run_id], names[run_id] = parent_run_id, kwargs.get("name") or "chain"

        def on_chat_model_start(self, *_: Any, run_id: Any, parent_run_id: Any = None, **kwargs: Any) -> None:
            parents[run_id], names[run_id] = parent_run_id, kwargs.get("name") or "model"

    create_agent(model, [tool]).invoke(ASKED, {"callbacks": [Sees()]})
    for wanted in ("rlm.root", "rlm.sub_query"):
        run = next(key for key, name in names.items() if name == wanted)
        above = []
        while run := parents.get(run):
            above.append(names[run])
        assert "tool" in above
        assert "RLM" in above
