"""What a cell asks: written down by reference, refused where the budget has no room, sent out as tasks."""

from typing import Any

import pytest

from langchain_rlm.budget import Budget
from langchain_rlm.nodes import questions
from langchain_rlm.nodes.questions import LAST_TURN, answers_at_once, asked_entry, sends, too_many
from langchain_rlm.repl.protocol import Asked, Call
from tests.unit.journals import answer, asked, call, tool_call
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import TEXT, Model, live


def pause(*prompts: str, **more: Any) -> Asked:
    return Asked(tuple(Call("llm", prompt, **more) for prompt in prompts))


# -- written down -----------------------------------------------------------------------------------------------------


async def test_text_of_the_context_is_written_down_by_its_place() -> None:
    text = "The kettle is on the stove and the cat is under it, as every morning since the autumn began. "
    async with live() as it:
        entry = asked_entry(await it.run(text), pause(f"Read: {text}", "no text of it"), {})
        pieces = [each["pieces"] for each in entry["calls"]]
        assert pieces[0] == ["Read: ", [0, 0, len(text)]]
        assert pieces[1] == ["no text of it"]


async def test_calls_are_numbered_through_the_run() -> None:
    async with live() as it:
        run = await it.run()
        entries = [asked_entry(run, pause("a", "b"), {}) for _ in range(2)]
        assert [each["id"] for entry in entries for each in entry["calls"]] == ["1", "2", "3", "4"]


async def test_a_call_of_a_tool_has_its_name_and_arguments() -> None:
    async with live() as it:
        asks = Asked((Call("tool", "add", arguments=([1, [2]], {"to": [3]})),))
        entry: Any = asked_entry(await it.run(), asks, {})["calls"][0]
        assert (entry["tool"], entry["arguments"], entry["pieces"]) == ("add", [[1, [2]], {"to": [3]}], [])


async def test_a_context_that_is_a_document_is_written_down_as_that_document() -> None:
    async with live() as it:
        run = await it.run("one text", "two text")
        asks = Asked((Call("rlm", "Sum up", context="two text"), Call("rlm", "Compare", context=["two text", "x"])))
        one, two = asked_entry(run, asks, {})["calls"]
        assert (one["context"], one["single"]) == ([[[1, 0, 8]]], True)
        assert (two["context"], two["single"]) == ([[[1, 0, 8]], ["x"]], False)


async def test_equal_documents_are_each_meant_once() -> None:
    async with live() as it:
        run = await it.run("same", "same", "same")
        (entry,) = asked_entry(run, Asked((Call("rlm", "q", context=["same"] * 3),)), {})["calls"]
        assert [document[0][0] for document in entry["context"]] == [0, 1, 2]


async def test_an_answer_that_was_paid_for_is_taken_once() -> None:
    async with live() as it:
        run = await it.run()
        pool = {Call("llm", "q").digest(): [answer("9")]}
        first, second, other = asked_entry(run, pause("q", "q", "r"), pool)["calls"]
        assert first["reused"] == "9"
        assert "reused" not in second
        assert "reused" not in other


# -- answered without a model -----------------------------------------------------------------------------------------


async def test_a_batch_over_budget_is_refused_in_one_entry() -> None:
    async with live(budget=Budget(sub_queries=2)) as it:
        run = await it.run()
        entry = too_many(run, pause("a", "b", "c"), {})
        assert entry is not None
        assert (entry["calls"], entry["count"]) == ([], 3)
        assert entry["refused"]["error"]["type"] == "budget"
        assert it.tree.ledger.sub_queries == 0
        assert entry["digest"] == pause("a", "b", "c").digest()


async def test_a_batch_that_the_budget_has_room_for_is_not_refused() -> None:
    async with live(budget=Budget(sub_queries=2)) as it:
        run = await it.run()
        assert too_many(run, pause("a", "b"), {}) is None
        assert too_many(run, pause("a", "b", "c"), {"digest": [answer("1")]}) is None  # one may be had for nothing
        assert too_many(run, Asked(tuple(Call("tool", "t", arguments=([], {})) for _ in range(5))), {}) is None
    async with live(budget=Budget(sub_queries=None)) as it:
        assert too_many(await it.run(), pause(*"abcdef"), {}) is None


async def test_answers_that_were_paid_for_come_at_once_and_cost_nothing() -> None:
    async with live(budget=Budget(sub_queries=1)) as it:
        run = await it.run()
        journal = [begun(), answer("9", usage={"calls": 1})]
        given = answers_at_once(run, asked({**call("10"), "reused": "9"}, call("11")), journal, is_last_turn=False)
        assert [(each["id"], each["text"], each["usage"], each["is_copy"]) for each in given] == [
            ("10", "an answer", None, True)
        ]
        assert it.tree.ledger.sub_queries == 1


async def test_the_last_turn_refuses_sub_queries_and_nothing_else() -> None:
    async with live() as it:
        run = await it.run()
        entry = asked(call("1"), tool_call("2", "add"), {**call("3"), "reused": "9"})
        given = answers_at_once(run, entry, [answer("9")], is_last_turn=True)
        assert [(each["id"], each.get("refused")) for each in given] == [("1", True), ("3", None)]
        assert given[0]["error"] == {"type": "budget", "message": LAST_TURN}
        assert it.tree.ledger.sub_queries == 0


async def test_a_run_without_sub_calls_refuses_them() -> None:
    async with live(budget=Budget(depth=0)) as it:
        (given,) = answers_at_once(await it.run(), asked(call("1")), [], is_last_turn=False)
        assert "depth 0" in given["error"]["message"]


async def test_a_sub_model_that_is_unknown_is_an_error_that_names_the_known_ones() -> None:
    async with live(sub_models={"large": Model()}) as it:
        run = await it.run()
        entry = asked(call("1", model="small"), call("2", model="large"), call("3"))
        (given,) = answers_at_once(run, entry, [], is_last_turn=False)
        assert (given["id"], given["error"]["type"], given["refused"]) == ("1", "invalid", False)
        assert "Known: large." in given["error"]["message"]


# -- sent out ---------------------------------------------------------------------------------------------------------


def ids(tasks: Any) -> list[list[str]]:
    assert all(task.node == "sub_query" for task in tasks)
    return [task.arg["calls"] for task in tasks]


async def test_each_question_is_a_task_of_ids_alone() -> None:
    async with live() as it:
        assert ids(sends(await it.run(), [call("1", TEXT), call("2")])) == [["1"], ["2"]]
        assert it.events[-1]["event"] == "sub_queries"
        assert it.events[-1]["count"] == 2


async def test_of_many_questions_several_share_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "GROUPS", 2)
    async with live() as it:
        assert ids(sends(await it.run(), [call(str(n)) for n in range(5)])) == [["0", "1", "2"], ["3", "4"]]


async def test_recursive_runs_and_tools_have_a_task_to_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "GROUPS", 1)
    calls = [call("1"), call("2", how="rlm"), tool_call("3", "add"), call("4")]
    async with live(budget=Budget(depth=2)) as it:
        assert ids(sends(await it.run(), calls)) == [["1", "4"], ["2"], ["3"]]
    async with live(budget=Budget(depth=1)) as it:  # there an rlm_query is an llm_query
        assert ids(sends(await it.run(), calls)) == [["1", "2", "4"], ["3"]]


async def test_where_answers_are_saved_questions_go_out_in_waves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "GROUPS", 1)
    monkeypatch.setattr(questions, "WAVE", 3)
    async with live(is_saved=True) as it:
        assert ids(sends(await it.run(), [call(str(n)) for n in range(5)])) == [["0"], ["1"], ["2"]]
