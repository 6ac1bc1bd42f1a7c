"""Reading a journal: where it stands, which cells ran, what was asked and answered."""

from typing import Any

import pytest

from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.reading import recorded_cells
from tests.unit import journals as journals_of
from tests.unit.journal.entries import answer, asked, cell, end, reply, turn

BEGUN: Any = {"kind": "run"}


def test_cells_come_in_the_order_they_ran_with_what_they_asked_and_were_told() -> None:
    budget = {"kind": "host", "name": "budget", "value": {}}
    first, second = asked(("1", "a")), asked(("2", "b"))
    journal = [
        reply("r"), cell("one"), budget, first, answer("1"), second, answer("2"), end("out"),
        cell("two", 1), end(error="E"), reply("s"), cell("three"), asked(("3", "c")),
    ]  # fmt: skip
    found = list(recorded_cells(journal))
    assert [(c.code, c.index, len(c.asked), len(c.hosts)) for c in found] == [
        ("one", 0, 2, 1), ("two", 1, 0, 0), ("three", 0, 1, 0),
    ]  # fmt: skip
    assert found[0].asked == (first, second)
    assert found[0].end == journal[7]
    assert found[2].end is None


def test_a_journal_without_cells_has_none_on_record() -> None:
    assert list(recorded_cells([BEGUN, reply("text"), {"kind": "note", "text": "n"}])) == []


def test_the_route_in_force_is_the_newest_said() -> None:
    run: Any = {"kind": "run", "route": "direct"}
    assert journals.route([run, reply("r")]) == "direct"
    assert journals.route([run, {"kind": "route", "route": "rlm"}, reply("r")]) == "rlm"


def test_this_turn_begins_at_the_last_reply() -> None:
    journal = [*turn(1, "one"), *turn(2, "two")]
    assert journals.this_turn(journal) == journal[3:]
    assert list(journals.this_turn([BEGUN])) == []
    assert journals.turns(journal) == 2


def test_an_answer_is_what_the_cell_gets() -> None:
    assert journals.result_of(answer("1", "text")) == ("ok", "text")
    assert journals.result_of(answer("1", None)) == ("failed", "server", "down")


def test_calls_come_with_their_answers_also_those_that_a_fork_cut_off() -> None:
    kept, cut_off, waiting = (asked((number, number)) for number in "123")
    fork = {"kind": "fork", "keep": 3, "calls": cut_off["calls"], "answers": [answer("2")]}
    journal: list[Any] = [BEGUN, kept, answer("1"), fork, waiting]
    found = [(call["id"], given and given["id"]) for call, given in journals.answered_calls(journal)]
    assert found == [("1", "1"), ("2", "2"), ("3", None)]


def test_how_a_run_began_is_its_first_entry_and_a_journal_may_lack_it() -> None:
    assert journals.begun([journals_of.begun("Why?"), reply("r")])["question"] == "Why?"
    assert journals.beginning([reply("r")]) is None
    with pytest.raises(LookupError):
        journals.begun([])


def test_the_newest_question_is_a_further_one_or_that_of_the_run() -> None:
    begun = journals_of.begun("First?")
    assert journals.question([begun, reply("r")]) == "First?"
    journal = [begun, reply("r"), journals_of.question("Second?"), reply("s")]
    assert journals.question(journal) == "Second?"
    assert list(journals.since_question(journal)) == journal[2:]
    assert journals.question([]) == ""


def test_the_turn_before_the_newest_is_one_of_the_same_question() -> None:
    journal = [BEGUN, *turn(1, "one"), journals_of.question("And?"), *turn(1, "two"), *turn(2, "three")]
    assert list(journals.turn_before(journal)) == journal[5:8]
    assert list(journals.turn_before(journal[:8])) == []
    newest = journals.last_reply(journal)
    assert newest is not None
    assert newest["text"] == "reply 2"
    assert journals.last_reply(journal[:5]) is None


def test_what_the_root_model_was_told_and_shown_is_found() -> None:
    refused = {**journals_of.note("not so"), "refused_answer": 3}
    seen = {**end("  out  "), "shown": [[0, 5, 9]]}
    journal: list[Any] = [{**journals_of.begun(), "shown": [[0, 0, 4]]}, reply("r"), cell(), seen, end(" "), refused]
    assert [note["text"] for note in journals.notes(journal)] == ["not so"]
    assert journals.refused_answers([*journal, journals_of.note("hm")]) == [(5, 3)]
    assert journals.outputs(journal) == ["out"]
    assert list(journals.shown(journal)) == [(0, 0, 4), (0, 5, 9)]


def test_a_reply_whose_cells_have_not_begun_awaits_them() -> None:
    assert journals.awaits_cells([BEGUN, reply("r")])
    assert not journals.awaits_cells([BEGUN, reply("r"), cell()])
    assert not journals.awaits_cells([])


def test_the_next_cell_is_the_first_one_until_one_has_ended_and_was_not_lost() -> None:
    assert journals.is_first_cell([BEGUN, reply("r"), cell(), end(lost=True)])
    assert not journals.is_first_cell([BEGUN, reply("r"), cell(), end()])
    assert journals.last_cell([cell("x"), end(), cell("y", 1), end()])["code"] == "y"


def test_what_was_asked_last_comes_with_the_answers_since() -> None:
    journal = [BEGUN, asked(("1", "a")), answer("1"), asked(("2", "b"), ("3", "c")), answer("3"), answer("2")]
    newest, given = journals.last_asked(journal)
    assert [call["id"] for call in newest["calls"]] == ["2", "3"]
    assert set(given) == {"2", "3"}
    assert [entry["id"] for entry in journals.arrived(journal)] == ["1", "3", "2"]
    assert journals.last_id(journal) == 3
    assert journals.last_id([BEGUN]) == 0
    with pytest.raises(LookupError):
        journals.last_asked([BEGUN])


def test_a_quote_is_decided_when_a_decision_follows_what_was_asked() -> None:
    decided: Any = {"kind": "confirm", "decision": "approve"}
    assert journals.is_confirmed([asked(("1", "a")), decided])
    assert not journals.is_confirmed([asked(("1", "a")), decided, asked(("2", "b"))])
    assert not journals.is_confirmed([])


def test_a_recursive_run_comes_with_the_call_that_it_answers() -> None:
    run = {"turns": 1, "stop_reason": "answered", "journal": []}
    journal = [asked(("1", "a"), ("2", "b")), answer("1"), {**answer("2"), "run": run}]
    assert [(call["id"], below) for call, below in journals.runs_below(journal)] == [("2", run)]


def test_the_spans_of_a_call_are_those_of_its_prompt_and_of_its_context() -> None:
    call = journals_of.call("1", pieces=["Read: ", [0, 1, 2]], context=[[[1, 0, 3], "and"], [[0, 5, 6]]])
    assert list(journals.spans(call)) == [(0, 1, 2), (1, 0, 3), (0, 5, 6)]


def test_calls_that_were_refused_together_fail_alike() -> None:
    error = {"type": "budget", "message": "no"}
    refused: Any = {"kind": "asked", "raises": True, "calls": [], "refused": {"error": error}, "count": 2}
    assert journals.results_of(refused, {}) == [("failed", "budget", "no")] * 2
    given = {"1": answer("1"), "2": answer("2", None)}
    assert journals.results_of(asked(("2", "b"), ("1", "a")), given) == [("failed", "server", "down"), ("ok", "text")]
