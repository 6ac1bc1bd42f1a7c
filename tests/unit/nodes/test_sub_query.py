"""The questions of one task: a sub-model, a tool, or a recursive run answers, and none fails the others."""

import asyncio
from typing import Any

import pytest
from langchain_core.exceptions import ContextOverflowError
from langchain_core.messages import BaseMessage
from langgraph.errors import GraphInterrupt
from langgraph.types import Interrupt

from langchain_rlm.budget import Budget
from langchain_rlm.errors import RLMError
from langchain_rlm.graph import build_graph
from langchain_rlm.nodes.sub_query import LONG_PROMPT, sub_query
from langchain_rlm.repl.protocol import Ended
from langchain_rlm.repl.tools import repl_tools
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.savers import GroupingSaver
from tests.unit.journals import asked, call, cell, reply, tool_call
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import Live, Model, config_of, live, saying
from tests.unit.scripted_sandbox import ScriptedSandbox


async def answered(it: Live, *calls: Any, texts: tuple[str, ...] = (), saver: Any = None, **run: Any) -> list[Any]:
    """The answers of one task with these calls."""
    await it.run(*texts, **run)
    state = it.state(begun(), reply("x"), cell("x"), asked(*calls), **run)
    task = {"calls": [each["id"] for each in calls]}
    config: Any = config_of(state)
    config["configurable"][langgraph_keys.CHECKPOINTER] = saver
    return list((await sub_query(it.registry, task, config))["journal"])


# -- a model ----------------------------------------------------------------------------------------------------------


async def test_a_prompt_is_put_together_from_its_pieces_just_before_the_call() -> None:
    model = Model(model_name="sub")
    async with live(sub_model=model) as it:
        (entry,) = await answered(it, {**call("1"), "pieces": ["About the ", [0, 4, 10], "?"]}, texts=("the kettle",))
        assert (entry["kind"], entry["id"], entry["text"], entry["model"]) == (
            "answer", "1", "echo: About the kettle?", "sub",
        )  # fmt: skip
        assert entry["usage"]["input_tokens"] > 0
        assert entry["seconds"] >= 0
        assert entry["at"] >= 0
        assert it.tree.ledger.models["sub"].calls == 1


async def test_a_recursive_question_that_may_not_recurse_is_asked_with_its_context() -> None:
    async with live() as it:
        (entry,) = await answered(it, call("1", "Sum up", how="rlm", context=[["one"], [[0, 0, 3]]]), texts=("two!",))
        assert entry["text"] == "echo: Sum up\n\none\n\ntwo"


async def test_a_question_may_name_its_model() -> None:
    async with live(sub_models={"large": saying("large", model_name="large")}) as it:
        (entry,) = await answered(it, call("1", model="large"))
        assert (entry["text"], entry["model"]) == ("large", "large")


async def test_the_questions_of_a_task_are_asked_at_once_and_answered_in_order() -> None:
    inside = most = 0

    class Slow(Model):
        async def _agenerate(self, messages: list[BaseMessage], *args: Any, **more: Any) -> Any:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            return self._generate(messages, *args, **more)

    async with live(sub_model=Slow(), max_concurrency=2) as it:
        entries = await answered(it, *(call(str(n), f"q{n}") for n in range(5)))
        assert [entry["text"] for entry in entries] == [f"echo: q{n}" for n in range(5)]
        assert most == 2


async def test_a_failure_is_told_by_its_kind_and_fails_no_sibling() -> None:
    def says(messages: list[BaseMessage]) -> str:
        if messages[-1].text == "bad":
            raise ContextOverflowError
        return "good"

    async with live(sub_model=Model(says=says)) as it:
        bad, good = await answered(it, call("1", "bad"), call("2", "fine"))
        assert (bad["error"]["type"], good["text"]) == ("overflow", "good")
        assert "send at most about" in bad["error"]["message"]
        assert [event["event"] for event in it.events[-4:]].count("answer") == 2


async def test_what_a_failed_call_has_cost_is_kept() -> None:
    from langchain_core.messages import AIMessage

    refusal = AIMessage("", additional_kwargs={"refusal": "no"})
    async with live(sub_model=saying(refusal, model_name="sub")) as it:
        (entry,) = await answered(it, call("1"))
        assert (entry["error"]["type"], entry["model"]) == ("refused", "sub")
        assert entry["usage"]["input_tokens"] > 0


async def test_a_call_that_the_budget_has_no_room_for_is_not_made() -> None:
    model = Model()
    async with live(sub_model=model, budget=Budget(tokens=100)) as it:
        (entry,) = await answered(it, call("1"))
        assert entry["error"]["type"] == "budget"
        assert model.asked == []


async def test_who_was_answered_is_known_to_the_ledger() -> None:
    async with live() as it:
        await answered(it, call("1"), call("2"))


# -- saving -----------------------------------------------------------------------------------------------------------


class Saver(GroupingSaver):
    """As much of a checkpointer as a call asks for."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.waiting: list[Any] = []
        self.leases = {}

    def saves(self, config: Any) -> bool:
        return langgraph_keys.READ in config["configurable"]

    def check(self) -> None:
        if self.failure:
            raise self.failure

    def when_saved(self, _: Any, then: Any) -> None:
        self.waiting.append(then)


async def test_an_answer_holds_its_place_until_it_is_saved() -> None:
    saver: Any = Saver()
    async with live() as it:
        places = it.tree.unsaved._value
        await answered(it, call("1"), call("2"), saver=saver)
        assert it.tree.unsaved._value == places - 2
        for then in saver.waiting:
            then()
        assert it.tree.unsaved._value == places


async def test_what_cannot_be_saved_is_not_paid_for() -> None:
    saver: Any = Saver(RLMError("answers cannot be saved"))
    model = Model()
    async with live(sub_model=model) as it:
        places = it.tree.unsaved._value
        (entry,) = await answered(it, call("1"), saver=saver)
        assert (entry["error"]["type"], entry["error"]["message"]) == ("failed", "answers cannot be saved")
        assert model.asked == []
        assert it.tree.unsaved._value == places


# -- tools ------------------------------------------------------------------------------------------------------------


def add(first: int, second: int = 1) -> int:
    """Adds."""
    return first + second


def ask_a_person(about: str) -> str:
    raise GraphInterrupt((Interrupt(about),))


async def test_a_tool_is_called_with_what_the_code_gave() -> None:
    async with live(tools=repl_tools([add])) as it:
        one, two = await answered(it, tool_call("1", "add", 2), tool_call("2", "add", 2, second=5))
        assert (one["value"], two["value"]) == (3, 7)


async def test_a_tool_that_fails_is_told_to_the_code() -> None:
    async with live(tools=repl_tools([add])) as it:
        (entry,) = await answered(it, tool_call("1", "add", "x"))
        assert entry["error"]["type"] == "tool"
        assert entry["error"]["message"].startswith("add: TypeError: ")


async def test_a_tool_may_ask_a_person_only_where_the_run_is_kept() -> None:
    async with live(tools=repl_tools([ask_a_person])) as it:
        (entry,) = await answered(it, tool_call("1", "ask_a_person", "x"))
        assert "needs a checkpointer" in entry["error"]["message"]
        it.tree.is_saved = True
        with pytest.raises(GraphInterrupt):
            await answered(it, tool_call("1", "ask_a_person", "x"))


# -- recursive runs ---------------------------------------------------------------------------------------------------


def read(repl: ScriptedSandbox) -> Ended:
    return repl.final(f"read {repl.context.texts[0]}")


def nothing(repl: ScriptedSandbox) -> Ended:
    return repl.final(" ")


async def recursed(it: Live, each: Any, *texts: str) -> Any:
    build_graph(it.registry)
    (entry,) = await answered(it, each, texts=texts)
    return entry


def rlm(**given: Any) -> Any:
    cells = {"read": read, "nothing": nothing}
    return live(cells, **{"budget": Budget(depth=2), "model": saying("```repl\nread\n```"), **given})


async def test_a_recursive_run_answers_over_the_context_it_was_given() -> None:
    async with rlm() as it:
        entry = await recursed(it, call("1", "Read", how="rlm", context=[[[0, 0, 3]]], single=True), "the kettle")
        assert entry["text"] == "read the"
        assert (entry["run"]["over"], entry["run"]["stop_reason"], entry["run"]["turns"]) == ("context", "answered", 1)
        assert entry["run"]["journal"][0]["depth"] == 1
        assert it.tree.ledger.turns == 1


async def test_without_a_context_it_has_that_of_the_run_above_or_its_own_long_prompt() -> None:
    async with rlm() as it:
        entry = await recursed(it, call("1", "Read", how="rlm"), "the kettle")
        assert (entry["text"], entry["run"]["over"]) == ("read the kettle", "all")
    async with rlm() as it:
        prompt = "x" * (LONG_PROMPT + 1)
        entry = await recursed(it, call("1", prompt, how="rlm"), "the kettle")
        assert (entry["text"], entry["run"]["over"]) == (f"read {prompt}", "prompt")


async def test_its_repl_and_its_turn_are_given_back_when_it_has_ended() -> None:
    async with rlm() as it:
        held = it.tree.ledger._set_aside
        await recursed(it, call("1", "Read", how="rlm"), "the kettle")
        assert it.tree.ledger._set_aside == held
        assert list(it.registry.runs) == [("t", "")]
        assert it.sandbox.is_closed


async def test_an_empty_answer_is_a_failure_with_its_run_kept() -> None:
    async with rlm(model=saying(*["```repl\nnothing\n```"] * 2), budget=Budget(depth=2, turns=3)) as it:
        entry = await recursed(it, call("1", "Read", how="rlm"), "the kettle")
        assert entry["error"]["type"] == "empty"
        assert entry["run"]["journal"]


async def test_a_recursive_run_that_fails_keeps_what_it_came_to() -> None:
    async with rlm(model=saying(RuntimeError("broken"))) as it:
        entry = await recursed(it, call("1", "Read", how="rlm"), "the kettle")
        assert (entry["error"]["type"], entry["run"]["stop_reason"]) == ("failed", "failed")
        assert "broken" in entry["error"]["message"]


async def test_without_a_turn_left_no_recursive_run_begins() -> None:
    async with rlm(budget=Budget(depth=2, turns=1)) as it:
        entry = await recursed(it, call("1", "Read", how="rlm"), "the kettle")
        assert entry["error"]["type"] == "budget"
        assert "No turn is left" in entry["error"]["message"]
