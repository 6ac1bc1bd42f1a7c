"""The answers go back in, in the order asked; what waits still is sent out, and a person is asked where that costs."""

from typing import Any

import pytest
from langgraph.graph import END

from langchain_rlm.nodes import confirm
from langchain_rlm.nodes.aggregate import aggregate
from tests.unit.journals import answer, asked, call, cell, failed, reply
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import Live, kinds, live
from tests.unit.scripted_sandbox import Script, ScriptedSandbox


def ask(repl: ScriptedSandbox) -> Script:
    return repl.final(" ".join((yield from repl.ask("a", "b"))))


def again(repl: ScriptedSandbox) -> Script:
    yield from repl.ask("a", "b")
    yield from repl.ask("c")


QUOTE = {"question": "confirm_sub_queries", "calls": 2, "cost": 1.0}


async def after(it: Live, code: str, *entries: Any, **more: Any) -> Any:
    await it.run()
    questions = asked(call("1", "a"), call("2", "b"), **more)
    return await aggregate(it.registry, it.state(begun(), reply(code), cell(code), questions, *entries), {})


async def test_answers_go_in_in_the_order_asked_however_they_came() -> None:
    async with live({"ask": ask}) as it:
        command = await after(it, "ask", answer("2", "two"), answer("1", "one"))
        assert (command.goto, command.update["answer"]) == (END, "one two")


async def test_a_cell_that_asks_again_sends_its_questions_out() -> None:
    async with live({"again": again}) as it:
        it.registry.runs.clear()
        command = await after(it, "again", answer("1"), answer("2"))
        assert [task.arg["calls"] for task in command.goto] == [["1"]]  # nothing was numbered before in this run
        assert kinds(command.update["journal"]) == ["asked"]


async def test_what_has_no_answer_yet_is_sent_out() -> None:
    async with live({"ask": ask}) as it:
        command = await after(it, "ask", answer("2"))
        assert [task.arg["calls"] for task in command.goto] == [["1"]]
        assert it.sandboxes.opened == []  # no REPL is needed for that


async def test_a_failed_answer_is_an_answer() -> None:
    async with live({"ask": ask}) as it:
        command = await after(it, "ask", answer("1"), failed("2"))
        assert (command.goto, command.update["journal"][-1]["error"]) == ("decompose", "RuntimeError: server: down")


async def test_a_quote_is_put_to_a_person_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []

    def approve(quote: Any) -> str:
        shown.append(quote)
        return "approve"

    monkeypatch.setattr(confirm, "interrupt", approve)
    async with live({"ask": ask}) as it:
        command = await after(it, "ask", quote=QUOTE)
        assert shown == [{**QUOTE, "kind": "confirm_sub_queries", "question": "Why?"}]
        assert [task.arg["calls"] for task in command.goto] == [["1"], ["2"]]
        assert kinds(command.update["journal"]) == ["confirm"]


async def test_what_a_person_denies_goes_back_into_the_cell_as_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "interrupt", lambda _: "deny")
    async with live({"ask": ask}) as it:
        command = await after(it, "ask", quote=QUOTE)
        assert command.goto == "decompose"
        assert kinds(command.update["journal"]) == ["confirm", "answer", "answer", "cell_end"]
        assert "did not approve" in command.update["journal"][-1]["error"]


async def test_a_person_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(confirm, "interrupt", never)
    decided = {"kind": "confirm", "decision": "approve", "limit": 0.0}
    async with live({"ask": ask}) as it:
        command = await after(it, "ask", decided, answer("1"), quote=QUOTE)
        assert [task.arg["calls"] for task in command.goto] == [["2"]]
