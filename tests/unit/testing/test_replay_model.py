"""`ReplayChatModel`: the run on record again, without a model, and an error for whatever is not on record."""

import asyncio
import json
import pickle
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from langchain.agents import create_agent
from langchain_core.exceptions import OutputParserException
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolCall, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel

from langchain_rlm import (
    RLM,
    Budget,
    ChatRLM,
    InputError,
    ModelError,
    ReplayChatModel,
    ReplayError,
    RLMResult,
    RLMTool,
    load_journal,
    save_journal,
)  # fmt: skip
from langchain_rlm.journal.reading import answered_calls, runs_below
from langchain_rlm.models.failures import ModelCallError
from tests.server.client import ModelServer

TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(1_000))
QUESTION = "What is there?"
GIVEN: Any = {"question": QUESTION, "context": TEXT}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


class Recorded:
    """A run against the model server, and the same against its record."""

    def __init__(self, server: ModelServer, models: Mapping[str, Any], given: Any = GIVEN, **settings: Any) -> None:
        server.configure(models=dict(models))
        self.server = server
        self.settings = {"route": "rlm", **settings}
        named = self.settings.pop("named", {})
        root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
        others = {name: server.chat_model(model, keep_alive=True) for name, model in named.items()}
        self.given = given
        self.result = RLM(root, sub, sub_models=others, **self.settings).invoke(given)
        self.model = ReplayChatModel.from_journal(self.result)
        self.named = dict.fromkeys(named, self.model)

    def rlm(self, **changed: Any) -> RLM:
        return RLM(self.model, sub_models=self.named, **{**self.settings, **changed})

    def again(self) -> RLMResult:
        """The run on record, asked of nobody."""
        self.server.reset()
        result = self.rlm().invoke(self.given)
        assert self.server.stats()["by_model"] == {}
        return result


def script(*replies: Any) -> dict[str, Any]:
    return {"kind": "script", "replies": list(replies)}


def told(result: RLMResult) -> list[Any]:
    """What a run came to: its answer, and what was said, asked, answered and printed on the way."""
    return [result["answer"], result["stop_reason"], *steps(cast("Any", result["journal"]))]


def steps(journal: list[dict[str, Any]]) -> list[Any]:
    found: list[Any] = []
    for entry in journal:
        found.append([entry["kind"], *(entry.get(name) for name in ("text", "output", "error"))])
        found += [call["digest"] for call in entry.get("calls", ())]
        if entry.get("run"):
            found += steps(entry["run"]["journal"])
    return found


LOOP = "said = [llm_query(f'Part {i}: ' + context[i * 90:i * 90 + 90]) for i in range(3)]\nprint(len(said))"


@pytest.fixture
def recorded(model_server: ModelServer) -> Recorded:
    """Two turns and three sub-queries."""
    return Recorded(model_server, {"root": script(cell(LOOP), cell("FINAL(said[2])")), "sub": {"kind": "echo"}})


def test_the_run_on_record_is_repeated_without_a_model(recorded: Recorded) -> None:
    again = recorded.again()
    assert told(again) == told(recorded.result)
    assert told(recorded.rlm().invoke(GIVEN)) == told(recorded.result)
    counts = ("calls", "input_tokens", "output_tokens", "estimated_calls")
    now, then = (cast("Any", result["usage"]) for result in (again, recorded.result))
    assert [now[name] for name in counts] == [then[name] for name in counts]


async def test_async_and_streams_are_served_too(recorded: Recorded) -> None:
    recorded.server.reset()
    assert told(await recorded.rlm().ainvoke(GIVEN)) == told(recorded.result)
    (streamed,) = [item async for item in recorded.rlm().astream(GIVEN)]
    assert told(streamed) == told(recorded.result)


def test_it_reads_a_file_and_what_was_read_from_one(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    save_journal(recorded.result, file)
    for source in (file, str(file), load_journal(file), recorded.result["journal"]):
        model = ReplayChatModel.from_journal(source)
        assert RLM(model, route="rlm").invoke(GIVEN)["answer"] == recorded.result["answer"]
    with pytest.raises(InputError, match="does not exist"):
        ReplayChatModel.from_journal(tmp_path / "none")
    with pytest.raises(InputError, match="no entries"):
        ReplayChatModel.from_journal({"question": "x"})


def test_an_agent_with_a_tool_is_tested_against_it(recorded: Recorded) -> None:
    call = ToolCall(name="rlm", args={"question": QUESTION}, id="1")
    agent_model = FakeWithTools(responses=[AIMessage("", tool_calls=[call]), AIMessage("done")])
    tool = RLMTool(rlm=recorded.rlm(), documents=TEXT, name="rlm")
    agent: Any = create_agent(agent_model, [tool])
    said = agent.invoke({"messages": [HumanMessage("Go")]})["messages"]
    (answer,) = [message for message in said if isinstance(message, ToolMessage)]
    assert str(answer.content).startswith(recorded.result["answer"])


async def test_it_is_the_model_of_an_agent_with_tools_that_calls_none(model_server: ModelServer) -> None:
    code = cell("FINAL(llm_query('Plain') + llm_query('Plain'))")
    recorded = Recorded(model_server, {"root": script(code), "sub": {"kind": "echo"}})
    tool = RLMTool(rlm=recorded.rlm(), documents=TEXT, name="rlm")
    wanted = recorded.model.invoke("Plain").text
    assert recorded.model.bind_tools([tool], tool_choice="any") is recorded.model
    agent: Any = create_agent(recorded.model, [tool])
    asked = {"messages": [HumanMessage("Plain")]}
    assert agent.invoke(asked)["messages"][-1].text == wanted
    assert (await agent.ainvoke(asked))["messages"][-1].text == wanted
    streamed = [chunk.text for chunk, _ in agent.stream(asked, stream_mode="messages")]
    assert "".join(streamed) == wanted
    streamed = [chunk.text async for chunk, _ in agent.astream(asked, stream_mode="messages")]
    assert "".join(streamed) == wanted
    assert ChatRLM(rlm=recorded.rlm()).bind_tools([tool]).invoke("Plain").text == wanted


class Form(BaseModel):
    """What an answer on record has the form of."""

    name: str
    count: int


async def test_json_on_record_is_structured_output_and_other_text_an_error(model_server: ModelServer) -> None:
    said = {"kind": "rules", "rules": [{"match": "JSON", "reply": '{"name": "x", "count": 2}'}], "default": "two"}
    code = cell("FINAL([llm_query('As JSON'), llm_query('In words')])")
    model = Recorded(model_server, {"root": script(code), "sub": said}).model
    structured = model.with_structured_output(Form)
    assert structured.invoke("As JSON") == await structured.ainvoke("As JSON") == Form(name="x", count=2)
    assert model.with_structured_output(Form.model_json_schema()).invoke("As JSON") == {"name": "x", "count": 2}
    with pytest.raises(OutputParserException, match="two"):
        structured.invoke("In words")
    with pytest.raises(ReplayError, match="is not on record"):
        structured.invoke("As XML")
    raw = model.with_structured_output(Form, include_raw=True)
    assert raw.invoke("As JSON")["parsed"] == Form(name="x", count=2)
    failed = raw.invoke("In words")
    assert (failed["raw"].text, failed["parsed"]) == ("two", None)
    assert isinstance(failed["parsing_error"], OutputParserException)


class FakeWithTools(FakeMessagesListChatModel):
    """Says what it is told to, and takes any tools."""

    def bind_tools(self, *_: Any, **__: Any) -> Any:
        return self


def test_a_prompt_on_record_is_answered_directly_with_its_usage(recorded: Recorded) -> None:
    entry: Any = next(entry for entry in recorded.result["journal"] if entry["kind"] == "answer")
    said = recorded.model.invoke(f"Part 0: {TEXT[:90]}")
    assert said.text == entry["text"]
    assert said.usage_metadata is not None
    for name in ("input_tokens", "output_tokens"):
        assert said.usage_metadata[name] == entry["usage"][name]
    assert asyncio.run(recorded.model.ainvoke(f"Part 0: {TEXT[:90]}")).text == entry["text"]
    assert "".join(chunk.text for chunk in recorded.model.stream(f"Part 0: {TEXT[:90]}")) == entry["text"]


BELOW = [
    {"match": r"<question>\nBelow", "reply": cell("said = llm_query('Of ' + context)\nprint('got')")},
    {"match": r"^got", "reply": cell("FINAL(said)")},
]


def test_recursive_runs_with_one_question_are_told_apart(model_server: ModelServer) -> None:
    code = "FINAL(rlm_query_batched(['Below'] * 3, ['one', 'three', context[:2000]]))"
    root = {"kind": "rules", "rules": BELOW, "default": cell(code)}
    recorded = Recorded(model_server, {"root": root, "sub": {"kind": "echo"}}, budget=Budget(depth=2))
    again = recorded.again()
    assert again["answer"] == recorded.result["answer"]
    assert sorted(map(str, told(again))) == sorted(map(str, told(recorded.result)))


def test_equal_recursive_runs_are_given_each_its_own_replies(model_server: ModelServer) -> None:
    first = (
        "if context == 'same':\n    FINAL('run 0')\nout = []\nfor i in range(3):\n"
        "    out.append(rlm_query('Below', 'same'))\nFINAL(out)"
    )
    attempts = [{"content": cell(code), "times": 1} for code in (first, "FINAL('run 1')")]
    root = script(*attempts, cell("FINAL('run 2')"))
    models = {"root": root, "sub": {"kind": "echo"}}
    recorded = Recorded(model_server, models, budget=Budget(depth=2), max_concurrency=1)  # they arrive in their order
    assert recorded.result["value"] == ["run 0", "run 1", "run 2"]
    assert recorded.again()["value"] == ["run 0", "run 1", "run 2"]


def test_runs_side_by_side_over_texts_of_one_size_are_told_apart(model_server: ModelServer) -> None:
    code = "FINAL(rlm_query_batched(['Below'] * 4, [context[i * 500:i * 500 + 500] for i in range(4)]))"
    places = range(0, 2_000, 500)
    told_by_head = [{"match": f"<head>\n{TEXT[at : at + 40]}", "reply": cell(f"print({at})")} for at in places]
    then = [{"match": f"^{at}\n", "reply": cell(f"FINAL('run {at}')")} for at in places]
    root = {"kind": "rules", "rules": [*told_by_head[1:], *then, BELOW_FIRST], "default": cell(code)}
    recorded = Recorded(model_server, {"root": root, "sub": {"kind": "echo"}}, budget=Budget(depth=2))
    wanted = [f"run {at}" for at in places]
    assert recorded.result["value"] == wanted
    model = ReplayChatModel.from_journal(recorded.result, context=TEXT)
    for at in (1500, 0, 1000, 500):
        first = "<question>\nBelow\n</question>\n`context` is one `str`, 500 characters in all (about\n<head>\n"
        said = model.invoke([SystemMessage("REPL"), HumanMessage(first + TEXT[at : at + 500])])
        assert said.text == cell(f"print({at})")
    assert RLM(model, route="rlm", budget=Budget(depth=2)).invoke(GIVEN)["value"] == wanted


BELOW_FIRST = {"match": r"<question>\nBelow", "reply": cell("print(0)")}


def test_equal_runs_go_on_as_they_began(model_server: ModelServer) -> None:
    first = cell("if context != 'same':\n    FINAL(rlm_query_batched(['Below'] * 2, ['same'] * 2))\nprint(0)")
    root = script({"content": first, "times": 1}, cell("print(1)"), cell("FINAL('end')"))
    recorded = Recorded(model_server, {"root": root, "sub": {"kind": "echo"}}, budget=Budget(depth=2))
    below: Any = [run["journal"] for _, run in runs_below(recorded.result["journal"])]
    begun = [journal[1]["text"] for journal in below]
    assert sorted(begun) == sorted([first, cell("print(1)")])
    for journal in below:
        (last,) = (entry for entry in journal if entry.get("turn") == 2 and entry["kind"] == "reply")
        last["text"] = f"after {journal[1]['text']}"
    model = ReplayChatModel.from_journal(recorded.result)
    task = HumanMessage("<question>\nBelow\n</question>\none `str`, 4 characters in all (about\n<head>\nsame\n</head>")
    for text in [*reversed(begun), *begun]:
        said = model.invoke([SystemMessage("REPL"), task, AIMessage(text), HumanMessage("0")])
        assert said.text == f"after {text}"


def test_at_the_depth_limit_and_with_other_models_sub_queries_are_known(model_server: ModelServer) -> None:
    code = (
        "a = rlm_query('Sum up', context[:1000])\nb = rlm_query('Sum up', ['one', 'two'])\nc = rlm_query('Alone')\n"
        "d = llm_query('Alone', model='small')\ne = llm_query('Alone')\nFINAL([a, b, c, d, e])"
    )
    small = {"kind": "rules", "default": "I am small."}
    models = {"root": script(cell(code)), "sub": {"kind": "echo"}, "small": small}
    recorded = Recorded(model_server, models, named={"small": "small"}, budget=Budget(depth=1))
    assert recorded.result["value"][3] == "I am small."
    assert told(recorded.again()) == told(recorded.result)


def test_equal_prompts_get_their_answers_in_order_and_then_from_the_first_again(model_server: ModelServer) -> None:
    sub = script(*[{"content": f"answer {number}", "times": 1} for number in range(3)], "answer 3")
    code = "FINAL([llm_query('Again') for i in range(4)])"
    recorded = Recorded(model_server, {"root": script(cell(code)), "sub": sub}, max_concurrency=1)  # all asked ahead
    wanted = [f"answer {number}" for number in range(4)]
    assert recorded.result["value"] == wanted
    assert recorded.again()["value"] == wanted
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: recorded.model.invoke("Again").text, range(8)))
    assert sorted(said) == sorted(wanted * 2)


@pytest.mark.parametrize("fault", ["401", "content_filter", "overflow"])
def test_what_failed_on_record_fails_again_in_the_same_way(model_server: ModelServer, fault: str) -> None:
    code = "out = llm_query_batched(['x ' + context] * 2, on_error='return')\nprint([[o.type, o.message] for o in out])"
    fails = {"window": 100} if fault == "overflow" else {"faults": [{"kind": fault, "match": "^x"}]}
    root = script(cell(f"llm_query('first')\n{code}"), cell("FINAL('no')"))
    recorded = Recorded(model_server, {"root": root, "sub": {"kind": "echo", **fails}})
    assert told(recorded.again()) == told(recorded.result)
    with pytest.raises(ModelCallError):
        recorded.model.invoke(f"x {TEXT}")


def test_a_root_that_gave_no_reply_gives_none_again(model_server: ModelServer) -> None:
    root = script(cell("print('so far')"), {"content": None, "refusal": "No."})
    recorded = Recorded(model_server, {"root": root, "sub": {"kind": "echo"}})
    assert recorded.result["stop_reason"] == "gave_up"
    assert told(recorded.again()) == told(recorded.result)


def test_tokens_that_no_provider_counted_are_not_made_up(model_server: ModelServer) -> None:
    sub = {"kind": "echo", "faults": [{"kind": "no_usage"}]}
    recorded = Recorded(model_server, {"root": script(cell("FINAL(llm_query('x'))")), "sub": sub})
    assert recorded.model.invoke("x").usage_metadata is None
    assert recorded.again()["usage"]["estimated_calls"] == recorded.result["usage"]["estimated_calls"] == 1


def test_the_direct_route_and_a_cut_off_reply_are_served(model_server: ModelServer) -> None:
    direct = Recorded(model_server, {"root": script("It is."), "sub": {"kind": "echo"}}, route="direct")
    assert told(direct.again()) == told(direct.result)
    with pytest.raises(ModelError, match="is not on record"):
        direct.rlm().invoke({"question": "Another?", "context": TEXT})
    cut = {"content": "```repl\nx = ", "finish_reason": "length"}
    root = {"kind": "rules", "rules": [{"match": "was cut off inside", "reply": cell("FINAL(1)")}], "default": cut}
    recorded = Recorded(model_server, {"root": root, "sub": {"kind": "echo"}})
    assert recorded.result["answer"] == "1"
    assert told(recorded.again()) == told(recorded.result)


def test_a_further_question_on_the_thread_is_served(model_server: ModelServer) -> None:
    root = script(cell("x = 1\nFINAL('first')"), cell("FINAL(f'second {x}')"))
    model_server.configure(models={"root": root})
    thread: Any = {"configurable": {"thread_id": "1"}}

    def both(model: Any) -> RLMResult:
        rlm = RLM(model, route="rlm", checkpointer=InMemorySaver())
        rlm.invoke(GIVEN, thread)
        return rlm.invoke({"question": "And?"}, thread)

    result = both(model_server.chat_model("root", keep_alive=True))
    assert result["answer"] == "second 1"
    assert both(ReplayChatModel.from_journal(result))["answer"] == "second 1"


def test_a_forked_run_is_served_as_it_is_after_the_fork(model_server: ModelServer) -> None:
    root = script(cell("a = llm_query('a')\nprint(a)"), cell("b = llm_query('b')\nFINAL(a + b)"))
    model_server.configure(models={"root": root, "sub": {"kind": "echo"}})
    thread: Any = {"configurable": {"thread_id": "1"}}
    models = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(*models, route="rlm", checkpointer=InMemorySaver())
    rlm.invoke(GIVEN, thread)
    result = rlm.invoke(None, rlm.fork(thread, turn=2, code="b = llm_query('b')\nFINAL('new ' + b)"))
    assert any("reused" in call for call, _ in answered_calls(result["journal"]))
    again = RLM(ReplayChatModel.from_journal(result), route="rlm").invoke(GIVEN)
    assert again["answer"] == result["answer"] == "new echo: b (1 characters)"


def test_recursive_runs_that_a_fork_used_again_are_served(model_server: ModelServer, tmp_path: Path) -> None:
    code = "x = llm_query('a')\ny = rlm_query('Below', context[400:3400])\nFINAL(x + y)"
    below = cell("FINAL(llm_query('deep ' + context[1000:1050]))")
    root = {"kind": "rules", "rules": [{"match": r"<question>\nBelow", "reply": below}], "default": cell(code)}
    model_server.configure(models={"root": root, "sub": {"kind": "echo"}})
    thread: Any = {"configurable": {"thread_id": "1"}}
    models = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    settings: Any = {"route": "rlm", "budget": Budget(depth=2)}
    rlm = RLM(*models, checkpointer=InMemorySaver(), **settings)
    rlm.invoke(GIVEN, thread)
    result = rlm.invoke(None, rlm.fork(thread, call="1", answer="changed "))
    assert result["answer"].startswith("changed echo: deep ")
    assert RLM(ReplayChatModel.from_journal(result), **settings).invoke(GIVEN)["answer"] == result["answer"]
    file = tmp_path / "run.jsonl"
    save_journal(result, file)
    assert TEXT[1_400:1_450] in [each["text"] for each in load_journal(file).excerpts]
    assert RLM(ReplayChatModel.from_journal(file), **settings).invoke(GIVEN)["answer"] == result["answer"]


def test_equal_prompts_before_and_after_a_fork_get_their_answers_in_order(model_server: ModelServer) -> None:
    sub = script(*[{"content": f"answer {number}", "times": 1} for number in range(3)], "answer 3")
    model_server.configure(models={"root": script(cell("FINAL(llm_query('a'))")), "sub": sub})
    thread: Any = {"configurable": {"thread_id": "1"}}
    models = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(*models, route="rlm", checkpointer=InMemorySaver())
    rlm.invoke(GIVEN, thread)
    result = rlm.invoke(None, rlm.fork(thread, turn=1, code="FINAL([llm_query('a'), llm_query('a')])"))
    assert result["value"] == ["answer 0", "answer 1"]
    assert RLM(ReplayChatModel.from_journal(result), route="rlm").invoke(GIVEN)["value"] == result["value"]


def test_what_failed_before_a_fork_and_was_asked_again_is_served_as_it_was_then(model_server: ModelServer) -> None:
    sub = {"kind": "echo", "faults": [{"kind": "content_filter"}]}
    first = "print(llm_query_batched(['a'], on_error='return'))"
    model_server.configure(models={"root": script(cell(first), cell("FINAL('end')")), "sub": sub})
    thread: Any = {"configurable": {"thread_id": "1"}}
    models = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(*models, route="rlm", checkpointer=InMemorySaver())
    rlm.invoke(GIVEN, thread)
    model_server.configure(models={"root": script(cell("FINAL('end')")), "sub": {"kind": "echo"}})
    result = rlm.invoke(None, rlm.fork(thread, turn=1, code="FINAL(llm_query('a'))"))
    assert result["answer"] == "echo: a (1 characters)"
    assert RLM(ReplayChatModel.from_journal(result), route="rlm").invoke(GIVEN)["answer"] == result["answer"]


# -- what is not on record ----------------------------------------------------------------------------------------


def asked_directly(recorded: Recorded) -> None:
    recorded.model.invoke("Part 1: nothing of it")


def another_route(recorded: Recorded) -> None:
    recorded.rlm(route="auto").invoke(GIVEN)


def another_question(recorded: Recorded) -> None:
    recorded.rlm().invoke({"question": "What is here?", "context": TEXT})


def another_context(recorded: Recorded) -> None:
    recorded.rlm().invoke({"question": QUESTION, "context": TEXT + " more"})


def another_text_of_the_same_size(recorded: Recorded) -> None:
    recorded.rlm().invoke({"question": QUESTION, "context": TEXT.replace("word", "verb")})


def another_text_where_no_text_is_known(recorded: Recorded) -> None:
    model = ReplayChatModel.from_journal(dict(recorded.result))
    RLM(model, route="rlm").invoke({"question": QUESTION, "context": TEXT.replace("word", "verb")})


def another_turn(recorded: Recorded) -> None:
    journal = [entry for entry in recorded.result["journal"] if entry.get("turn") != 2]
    model = ReplayChatModel.from_journal({**recorded.result, "journal": journal})
    RLM(model, route="rlm").invoke(GIVEN)


NEAREST = "is not on record; the nearest one there: "
MISSES: dict[Callable[[Recorded], None], tuple[type[Exception], str]] = {
    asked_directly: (ReplayError, f"the sub-query 'Part 1: nothing of it' {NEAREST}'Part 1:"),
    another_route: (ModelError, "a direct call for 'What is there?' is not on record: the run took the route 'rlm'."),
    another_question: (ModelError, f"the question 'What is here?' {NEAREST}'What is there?'"),
    another_context: (ModelError, f"over {len(TEXT):,} characters of context, and this context is not on record"),
    another_text_of_the_same_size: (ModelError, f"over {len(TEXT):,} characters of context, and this context is not"),
    another_text_where_no_text_is_known: (ModelError, "left the record: "),
    another_turn: (ModelError, "turn 2 of 'What is there?' is not on record: the run ended (answered) after 1"),
}


@pytest.mark.parametrize("ask", MISSES)
def test_what_is_not_on_record_is_an_error_that_says_what_was_asked(
    recorded: Recorded, ask: Callable[[Recorded], None]
) -> None:
    error, said = MISSES[ask]
    with pytest.raises(error, match=re.escape(said)) as refused:
        ask(recorded)
    assert "left the record" not in said or "the sub-query 'Part 0: verb0 verb7919" in str(refused.value)


# -- as an object -------------------------------------------------------------------------------------------------


def test_it_pickles_with_the_rlm_that_holds_it_and_its_settings_are_json(recorded: Recorded) -> None:
    recorded.model.invoke(f"Part 0: {TEXT[:90]}")
    rlm, model = pickle.loads(pickle.dumps((recorded.rlm(), recorded.model)))  # noqa: S301  # our own
    for copy in (rlm, RLM(model, route="rlm")):
        assert told(copy.invoke(GIVEN)) == told(recorded.result)
    settings = json.loads(json.dumps(recorded.model.model_dump()))
    kept = {name: settings[name] for name in ("model_name", "journal", "chunk_size")}
    assert told(RLM(ReplayChatModel(**kept), route="rlm").invoke(GIVEN)) == told(recorded.result)
    assert "word" not in repr(recorded.model)


def test_pieces_are_cut_as_they_were_for_a_model_with_a_small_window(model_server: ModelServer) -> None:
    text = "A sentence of a book.\n\n" * 1_000
    models = {"root": script(cell("FINAL(llm_query_batched(chunks()))")), "sub": {"kind": "echo"}}
    given: Any = {"question": QUESTION, "context": text}
    recorded = Recorded(model_server, models, given, sub_model_window=5_000)
    size = recorded.rlm(sub_model_window=5_000).settings.chunk_size
    model = ReplayChatModel.from_journal({**recorded.result, "chunk_size": size})
    rlm = RLM(model, route="rlm")
    assert rlm.settings.chunk_size == size == 4_000
    assert told(rlm.invoke(given)) == told(recorded.result)
