"""Reading a journal: where it stands, which cells ran, what was asked and answered."""

from typing import Any

from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.reading import recorded_cells
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
