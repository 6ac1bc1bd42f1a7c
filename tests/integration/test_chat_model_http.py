"""`ChatRLM` over real HTTP: beside the bare model where a conversation is short, and alone where it is long."""

import asyncio
import json
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.callbacks import get_usage_metadata_callback
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel

from langchain_rlm import RLM
from langchain_rlm.adapters.chat_model import ChatRLM
from tests.server.client import ModelServer

QUESTION = "What is the launch code of the Aurora probe?"
FACT = "\nThe launch code of the Aurora probe is 7319.\n"
LINES = "The river runs slowly past the old mill in the valley.\n" * 3_000
LONG = LINES[:150_000] + FACT + LINES[:150_000]
FIND = r"""Search.
```repl
texts = [context] if isinstance(context, str) else context
FINAL([line for text in texts for line in text.splitlines() if "launch code" in line and "7319" in line][0])
```"""
CONVERSATION: list[BaseMessage] = [
    SystemMessage("Be brief."), HumanMessage("Read this:\n" + LONG), AIMessage("Done."), HumanMessage(QUESTION),
]  # fmt: skip
SEARCH = {"name": "search", "description": "Searches.", "parameters": {"type": "object", "properties": {}}}


class Code(BaseModel):
    """A code that was asked for."""

    code: int


def both(server: ModelServer, **model: Any) -> tuple[Any, ChatRLM]:
    """The bare model and `ChatRLM` over it; a script starts again for each conversation."""
    server.configure(models={"m": {"kind": "echo", **model}})
    bare = server.chat_model("m", stream_usage=True)
    return bare, ChatRLM(rlm=RLM(bare))


def finder(server: ModelServer, **settings: Any) -> ChatRLM:
    server.configure(models={"root": {"kind": "script", "replies": [FIND]}})
    return ChatRLM(rlm=RLM(server.chat_model("root", stream_usage=True), route="rlm"), **settings)


def same(message: Any) -> Any:
    """A message without what is new in each call."""
    said = message.model_dump()
    said["response_metadata"].pop("id", None)
    return {**said, "id": None, "tool_calls": [{**call, "id": None} for call in said["tool_calls"]]}


# -- short --------------------------------------------------------------------------------------------------------


def test_a_short_call_is_the_bare_models_message_for_message(model_server: ModelServer) -> None:
    bare, chat = both(model_server)
    messages = [SystemMessage("Be brief."), HumanMessage("Hello"), AIMessage("Hi"), HumanMessage("What now?")]
    assert same(chat.invoke(messages)) == same(bare.invoke(messages))
    assert same(asyncio.run(chat.ainvoke(messages))) == same(bare.invoke(messages))
    sent = [(entry["messages"], entry["request"]) for entry in model_server.log()]
    assert sent[0] == sent[1]


def test_short_calls_with_tools_are_the_bare_models(model_server: ModelServer) -> None:
    script = {"kind": "script", "replies": [{"tool_calls": [{"name": "search", "args": {"query": "code"}}]}, "Found."]}
    bare, chat = both(model_server, **script)
    tools = [{"type": "function", "function": SEARCH}]
    ours, theirs = (model.bind_tools(tools, tool_choice="search") for model in (chat, bare))
    first, reference = ours.invoke("Find it"), theirs.invoke("Find it")
    assert [call["name"] for call in first.tool_calls] == ["search"]
    assert same(first) == same(reference)
    history = [HumanMessage("Find it"), first, ToolMessage("7319", tool_call_id=first.tool_calls[0]["id"])]
    assert same(ours.invoke(history)) == same(theirs.invoke(history))
    requests = [entry["request"] for entry in model_server.log()]
    assert requests[0] == requests[1]
    assert requests[0]["tool_choice"] == {"type": "function", "function": {"name": "search"}}


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
def test_short_structured_output_is_the_bare_models(model_server: ModelServer, method: str) -> None:
    reply: Any = '{"code": 7319}'
    if method == "function_calling":
        reply = {"tool_calls": [{"name": "Code", "args": {"code": 7319}}]}
    bare, chat = both(model_server, kind="script", replies=[reply])
    assert chat.with_structured_output(Code, method=method).invoke("In JSON: the code") == Code(code=7319)
    assert bare.with_structured_output(Code, method=method).invoke("In JSON: the code") == Code(code=7319)
    first, second = [entry["request"] for entry in model_server.log()]
    assert first == second


async def test_short_streams_have_the_bare_models_chunks(model_server: ModelServer) -> None:
    bare, chat = both(model_server, kind="script", replies=["One word after another, in pieces. " * 5])
    reference = [same(chunk) for chunk in bare.stream("Hello")]
    assert len(reference) > 3
    assert [same(chunk) for chunk in chat.stream("Hello")] == reference
    assert [same(chunk) async for chunk in chat.astream("Hello")] == reference
    assert any(chunk["usage_metadata"] for chunk in reference)


def test_a_short_call_is_traced_once_as_the_model_that_made_it(model_server: ModelServer) -> None:
    bare, chat = both(model_server)
    with get_usage_metadata_callback() as ours:
        chat.invoke("Hello")
    with get_usage_metadata_callback() as theirs:
        bare.invoke("Hello")
    assert ours.usage_metadata == theirs.usage_metadata


def test_stop_and_settings_reach_the_model(model_server: ModelServer) -> None:
    _, chat = both(model_server)
    chat.invoke("Hello", stop=["END"], temperature=0.25)
    [entry] = model_server.log()
    assert (entry["request"]["stop"], entry["request"]["temperature"]) == (["END"], 0.25)


def test_errors_of_short_calls_are_the_models_own(model_server: ModelServer) -> None:
    bare, chat = both(model_server, faults=[{"kind": "401"}])
    with pytest.raises(Exception, match="401") as theirs:
        bare.invoke("Hello")
    with pytest.raises(type(theirs.value), match="401"):
        chat.invoke("Hello")


# -- long ---------------------------------------------------------------------------------------------------------


async def test_a_conversation_of_300_000_characters_is_answered(model_server: ModelServer) -> None:
    chat = finder(model_server)
    answers = [
        await chat.ainvoke(CONVERSATION),
        *await chat.abatch([CONVERSATION, CONVERSATION]),
        *[chunk async for chunk in chat.astream(CONVERSATION)],
    ]
    for answer in answers:
        assert answer.text == FACT.strip()
        assert answer.usage_metadata is not None
        assert answer.usage_metadata["total_tokens"] > 0
        assert answer.response_metadata["rlm"]["stop_reason"] == "answered"
        assert answer.response_metadata["rlm"]["turns"] == 1
    assert max(len(str(entry["messages"])) for entry in model_server.log()) < 30_000


def test_a_long_conversation_is_answered_from_synchronous_code(model_server: ModelServer) -> None:
    chat = finder(model_server)
    with get_usage_metadata_callback() as seen:
        answers = [chat.invoke(CONVERSATION), *chat.batch([CONVERSATION] * 2), *chat.stream(CONVERSATION)]
    assert [answer.text for answer in answers] == [FACT.strip()] * 4
    used = sum(answer.usage_metadata["total_tokens"] for answer in answers if answer.usage_metadata)
    assert sum(usage["total_tokens"] for usage in seen.usage_metadata.values()) == used


def test_one_long_prompt_is_its_own_document(model_server: ModelServer) -> None:
    chat = finder(model_server)
    assert chat.invoke(f"{QUESTION}\n\n{LONG}").text == FACT.strip()
    [entry] = model_server.log()
    assert QUESTION in json.dumps(entry["messages"])


async def test_overflow_below_the_limit_goes_the_long_way(model_server: ModelServer) -> None:
    small = {"kind": "script", "replies": [FIND], "window": 8_000}
    model_server.configure(models={"root": small})
    chat = ChatRLM(rlm=RLM(model_server.chat_model("root"), route="rlm"), above=100_000)
    assert chat.invoke(CONVERSATION).text == FACT.strip()
    assert (await chat.ainvoke(CONVERSATION)).text == FACT.strip()
    assert [chunk.text for chunk in chat.stream(CONVERSATION)] == [FACT.strip()]
    assert [chunk.text async for chunk in chat.astream(CONVERSATION)] == [FACT.strip()]
    assert [entry["status"] for entry in model_server.log()] == [400, 200] * 4


async def test_with_tools_a_long_conversation_keeps_its_tool_calls(model_server: ModelServer) -> None:
    rules = [{"match": "bears on", "reply": "```repl\nFINAL('The code is 7319.')\n```"}]
    caller = {"kind": "rules", "rules": rules, "default": {"tool_calls": [{"name": "launch", "args": {"code": 7319}}]}}
    model_server.configure(models={"root": caller})
    chat = ChatRLM(rlm=RLM(model_server.chat_model("root"), route="rlm"))
    asked = AIMessage("", tool_calls=[{"name": "search", "args": {}, "id": "call 1"}])
    messages = [HumanMessage(QUESTION), asked, ToolMessage(LONG, tool_call_id="call 1")]
    bound = chat.bind_tools([{"type": "function", "function": {**SEARCH, "name": "launch"}}])
    for answer in (await bound.ainvoke(messages), bound.invoke(messages)):
        assert [(call["name"], call["args"]) for call in answer.tool_calls] == [("launch", {"code": 7319})]
    *_, last = model_server.log()
    assert [message["role"] for message in last["messages"]] == ["user", "assistant", "tool"]
    assert last["messages"][2]["tool_call_id"] == last["messages"][1]["tool_calls"][0]["id"] == "call 1"
    assert last["messages"][2]["content"].endswith("The code is 7319.")
    assert len(model_server.log()) == 3, "one digest, kept for the second call"


def test_structured_output_of_a_long_conversation(model_server: ModelServer) -> None:
    rules = [{"match": "bears on", "reply": "```repl\nFINAL('The code is 7319.')\n```"}]
    reader = {"kind": "rules", "rules": rules, "default": '{"code": 7319}'}
    model_server.configure(models={"root": reader})
    chat = ChatRLM(rlm=RLM(model_server.chat_model("root"), route="rlm"))
    assert chat.with_structured_output(Code).invoke(CONVERSATION) == Code(code=7319)
    assert chat.with_structured_output(Code, include_raw=True).invoke(CONVERSATION)["parsed"] == Code(code=7319)


# -- in an agent --------------------------------------------------------------------------------------------------


def launch(code: int) -> str:
    """Launches the probe."""
    return f"launched with {code}"


async def test_an_agent_with_a_long_history_still_calls_its_tools(model_server: ModelServer) -> None:
    rules = [
        {"match": "bears on", "reply": "```repl\nFINAL('The code is 7319.')\n```"},
        {"match": "Launch it", "reply": {"tool_calls": [{"name": "launch", "args": {"code": 7319}}]}},
    ]
    model_server.configure(models={"root": {"kind": "rules", "rules": rules}})
    chat = ChatRLM(rlm=RLM(model_server.chat_model("root"), route="rlm"))
    agent: Any = create_agent(chat, [launch], interrupt_after=["tools"], checkpointer=InMemorySaver())
    result = await agent.ainvoke(
        {"messages": [*CONVERSATION, HumanMessage("Launch it")]}, {"configurable": {"thread_id": "1"}}
    )
    assert result["messages"][-1].text == "launched with 7319"


async def test_in_an_agent_only_the_answer_is_in_the_message_stream_and_progress_in_the_custom_one(
    model_server: ModelServer,
) -> None:
    agent: Any = create_agent(finder(model_server), [])
    with get_usage_metadata_callback() as seen:
        events = [
            event
            async for event in agent.astream({"messages": CONVERSATION}, stream_mode=["messages", "custom", "values"])
        ]
    texts = "".join(data[0].text for mode, data in events if mode == "messages")
    assert texts == FACT.strip()
    steps = [data["chat_rlm"]["event"] for mode, data in events if mode == "custom"]
    assert steps[0] == "inspect"
    assert steps[-1] == "end"
    answer = [data for mode, data in events if mode == "values"][-1]["messages"][-1]
    [counted] = seen.usage_metadata.values()
    assert counted["total_tokens"] == answer.usage_metadata["total_tokens"]


def test_a_synchronous_agent_gets_the_same(model_server: ModelServer) -> None:
    agent: Any = create_agent(finder(model_server), [])
    events = list(agent.stream({"messages": CONVERSATION}, stream_mode=["messages", "custom"]))
    assert "".join(data[0].text for mode, data in events if mode == "messages") == FACT.strip()
    assert any(mode == "custom" and data["chat_rlm"]["event"] == "end" for mode, data in events)


async def test_a_hosts_checkpointer_holds_nothing_of_the_run(model_server: ModelServer) -> None:
    saver = InMemorySaver()
    agent: Any = create_agent(finder(model_server), [], checkpointer=saver)
    await agent.ainvoke({"messages": CONVERSATION}, {"configurable": {"thread_id": "1"}})
    assert list(saver.storage) == ["1"]
    assert list(saver.storage["1"]) == [""]


async def test_runs_are_children_of_the_host_and_share_its_tags(model_server: ModelServer) -> None:
    chat = finder(model_server)
    seen = [event async for event in chat.astream_events(CONVERSATION, {"tags": ["mine"]}, version="v2")]
    names = {event["name"]: event for event in seen}
    assert {"ChatRLM", "RLM", "rlm.root"} <= set(names)
    assert "mine" in (names["rlm.root"].get("tags") or [])
    assert len(names["rlm.root"]["parent_ids"]) > len(names["RLM"]["parent_ids"]) > 0
    streamed = [
        e["data"]["chunk"].text for e in seen if e["event"] == "on_chat_model_stream" and e["name"] == "ChatRLM"
    ]
    assert "".join(streamed) == FACT.strip()
