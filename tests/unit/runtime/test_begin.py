"""How a call begins: what the input and the thread say together decides between a new run, going on, and a question."""

from collections.abc import Callable
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from langchain_rlm import RLM, Budget
from langchain_rlm.errors import InputError
from langchain_rlm.runtime.begin import thread_of
from langchain_rlm.runtime.given import check_config
from tests.unit.live import PRICED, Model
from tests.unit.scripted_sandbox import Script, ScriptedSandbox, ScriptedSandboxes

GIVEN: Any = {"question": "Where?", "context": "the kettle is on the stove"}
CONFIG: Any = {"configurable": {"thread_id": "1"}}
CELL = "```repl\nanswer\n```"


def given(**change: Any) -> Any:
    return {**GIVEN, **change}


def answer(repl: ScriptedSandbox) -> Any:
    repl.variables["asked"] = repl.variables.get("asked", 0) + 1
    return repl.final(f"answer {repl.variables['asked']} over {repl.context.texts[0][:10]}")


def ask(repl: ScriptedSandbox) -> Script:
    return repl.final((yield from repl.ask("a"))[0])


def rlm(says: Callable[[Any], Any] = lambda _: CELL, *, is_saved: bool = True, **given: Any) -> RLM:
    saver = InMemorySaver() if is_saved else None
    sandboxes = ScriptedSandboxes({"answer": answer, "ask": ask})
    return RLM(Model(says=says), route="rlm", checkpointer=saver, repl=sandboxes, **given)


def broken(_: Any) -> Any:
    raise RuntimeError


def waiting() -> tuple[RLM, list[str]]:
    """An RLM whose root model fails until it is mended, so that its run is left on the thread."""
    says: list[str] = []
    return rlm(lambda _: says[0] if says else broken(_)), says


# -- the input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        ("a text", 'Pass {"question": ..., "context": ...}'),
        ({}, 'Pass {"question"'),
        ({"question": "Where?", "contxt": "x"}, "Unknown in the input: 'contxt'"),
        ({"question": " ", "context": "x"}, "Ask something in words"),
        ({"question": 3, "context": "x"}, "Ask something in words"),
        ({"question": "Where?"}, "has no context|no run on thread"),
        (None, "no run on thread '1'"),
        (Command(resume="approve"), "no run on thread '1'"),
        ({"context": "x"}, "no run on thread '1'"),
    ],
)
async def test_what_cannot_be_begun_is_an_error_that_says_what_to_pass(passed: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        await rlm().ainvoke(passed, CONFIG)


async def test_keys_beside_question_and_context_are_left_alone() -> None:
    assert (await rlm().ainvoke(given(chat_history=[]), CONFIG))["answer"] == "answer 1 over the kettle"


async def test_without_a_checkpointer_there_is_nothing_to_go_on_with() -> None:
    with pytest.raises(InputError, match="no checkpointer"):
        await rlm(is_saved=False).ainvoke(None)


@pytest.mark.parametrize("config", [None, {}, {"configurable": {}}, {"configurable": {"thread_id": ""}}])
async def test_with_a_checkpointer_a_thread_must_be_named(config: Any) -> None:
    with pytest.raises(InputError, match="needs a thread"):
        await rlm().ainvoke(GIVEN, config)


@pytest.mark.parametrize("config", ["1", {"configurable": "1"}, [("thread_id", "1")]])
def test_what_is_no_configuration_is_refused(config: Any) -> None:
    with pytest.raises(InputError, match="pass a dict"):
        check_config(config)


def test_a_thread_may_be_named_by_a_number() -> None:
    assert thread_of({"configurable": {"thread_id": 0}}) == 0
    check_config(None)


async def test_a_checkpoint_that_is_not_there_is_refused() -> None:
    one = rlm()
    await one.ainvoke(GIVEN, CONFIG)
    config: Any = {"configurable": {"thread_id": "1", "checkpoint_id": "1ef00000-0000-0000-0000-000000000000"}}
    with pytest.raises(InputError, match="no checkpoint_id"):
        await one.ainvoke({"question": "And?"}, config)


# -- a thread that has answered ---------------------------------------------------------------------------------------


async def test_a_further_question_goes_on_in_the_same_repl() -> None:
    one = rlm()
    await one.ainvoke(GIVEN, CONFIG)
    result = await one.ainvoke({"question": "And?"}, CONFIG)
    assert (result["answer"], result["question"]) == ("answer 2 over the kettle", "And?")


async def test_the_same_context_again_is_a_further_question_and_another_begins_anew() -> None:
    one = rlm()
    await one.ainvoke(GIVEN, CONFIG)
    assert (await one.ainvoke(given(question="And?"), CONFIG))["answer"] == "answer 2 over the kettle"
    assert (await one.ainvoke(given(context="another one"), CONFIG))["answer"] == "answer 1 over another on"


async def test_a_run_that_has_ended_is_given_again_without_being_run() -> None:
    one = rlm()
    first = await one.ainvoke(GIVEN, CONFIG)
    again = await one.ainvoke(None, CONFIG)
    assert again["answer"] == first["answer"]
    assert again["usage"] == first["usage"]


async def test_another_context_alone_is_refused() -> None:
    one = rlm()
    await one.ainvoke(GIVEN, CONFIG)
    other: Any = {"context": "another one"}
    with pytest.raises(InputError, match="not the context of the run on thread '1'"):
        await one.ainvoke(other, CONFIG)


# -- a thread whose run has not ended ---------------------------------------------------------------------------------


async def test_a_run_that_was_stopped_goes_on() -> None:
    one, says = waiting()
    with pytest.raises(Exception, match="cannot be used"):
        await one.ainvoke(GIVEN, CONFIG)
    says.append(CELL)
    inputs: list[Any] = [None, {"context": GIVEN["context"]}, GIVEN]
    for each in inputs:
        assert (await one.ainvoke(each, CONFIG))["answer"].startswith("answer")


async def test_no_further_question_is_asked_of_a_run_that_has_not_ended() -> None:
    one, _ = waiting()
    with pytest.raises(Exception, match="cannot be used"):
        await one.ainvoke(GIVEN, CONFIG)
    with pytest.raises(InputError, match=r"has not ended. Go on with invoke\(None, config\)"):
        await one.ainvoke({"question": "And?"}, CONFIG)


async def test_another_question_with_the_context_begins_anew() -> None:
    one, says = waiting()
    with pytest.raises(Exception, match="cannot be used"):
        await one.ainvoke(GIVEN, CONFIG)
    says.append(CELL)
    result = await one.ainvoke(given(question="When?"), CONFIG)
    first: Any = result["journal"][0]
    assert first["question"] == "When?"


async def test_a_text_that_is_not_at_hand_may_be_passed_again() -> None:
    one, says = waiting()
    with pytest.raises(Exception, match="cannot be used"):
        await one.ainvoke(GIVEN, CONFIG)
    says.append(CELL)
    one._registry.recent.clear()
    with pytest.raises(InputError, match="is not at hand"):
        await one.ainvoke(None, CONFIG)
    assert (await one.ainvoke({"context": GIVEN["context"]}, CONFIG))["answer"] == "answer 1 over the kettle"


async def test_a_run_that_waits_for_a_person_is_decided_by_a_command() -> None:
    def says(messages: Any) -> str:
        return "```repl\nask\n```" if len(messages) > 1 else "said"

    one = rlm(says, sub_model=Model(model_name=PRICED), budget=Budget(confirm_above=0))
    first = await one.ainvoke(GIVEN, CONFIG)
    assert first["stop_reason"] == "interrupted"
    with pytest.raises(InputError, match=r"Command\(resume=...\)"):
        await one.ainvoke({"question": "And?"}, CONFIG)
    still = await one.ainvoke(Command(resume=None), CONFIG)  # None decides nothing
    assert still["__interrupt__"][0].value["problem"].startswith("None is not an answer")
    result = await one.ainvoke(Command(resume="approve"), CONFIG)
    assert result["answer"] == "echo: a"
    assert result["usage"]["models"][PRICED]["calls"] == 1
