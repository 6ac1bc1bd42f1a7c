"""A fork: where a journal is cut, what is kept of what came after, and what is changed."""

from typing import Any

import pytest

from langchain_rlm.errors import InputError
from langchain_rlm.journal.entries import append_entries
from langchain_rlm.journal.fork import with_answer, with_code
from langchain_rlm.journal.paid import spending, unclaimed
from langchain_rlm.journal.reading import answers, question, replies
from tests.unit.journals import answer, asked, begun, call, cell, cell_end, end, reply, tool_call

JOURNAL = [
    begun("Why?"), reply("a", turn=1), cell("a"), asked(call("1"), call("2")), answer("1"), answer("2"), cell_end(),
    reply("b", "c", turn=2), cell("b", 2), asked(call("3", "other")), answer("3"), cell_end(), end(),
]  # fmt: skip


def test_another_cell_goes_on_from_its_turn_and_what_came_after_is_kept_as_paid() -> None:
    entries, node = with_code(JOURNAL, 2, 1, "d = 1")
    journal = append_entries(JOURNAL, [entries])
    assert node == "decompose"
    assert [entry["kind"] for entry in journal[7:]] == ["fork", "reply"]
    (edited,) = replies(journal[7:])
    assert edited["text"] == "```repl\nb\n\n```\n\n```repl\nd = 1\n```"
    assert edited["usage"] is None
    assert [each["id"] for pool in unclaimed(journal).values() for each in pool] == ["3"]
    assert answers(journal)["3"]["is_copy"]
    assert question(journal) == "Why?"


def test_another_answer_goes_on_where_it_was_asked_with_the_others_kept() -> None:
    entries, node = with_answer(JOURNAL, "2", "new")
    journal = append_entries(JOURNAL, [entries])
    assert node == "aggregate"
    assert {identity: each["text"] for identity, each in answers(journal[4:]).items()} == {
        "1": "an answer", "2": "new", "3": "an answer",
    }  # fmt: skip


def test_the_answer_of_a_tool_is_a_value() -> None:
    journal = [begun(), reply("a"), cell("a"), asked(tool_call("1", "f")), {**answer("1"), "value": 1}]
    del journal[-1]["text"]
    assert answers(with_answer(journal, "1", {"x": 2})[0])["1"]["value"] == {"x": 2}


@pytest.mark.parametrize(
    ("fork", "said"),
    [
        (lambda: with_code(JOURNAL, 3, 0, "x"), "turn=3: the run has the turns 1 to 2"),
        (lambda: with_code(JOURNAL, 0, 0, "x"), "turn=0: the run has the turns 1 to 2"),
        (lambda: with_code(JOURNAL, 1, 1, "x"), "cell=1: turn 1 has 1 cells, counted from 0"),
        (lambda: with_code(JOURNAL, 1, 0, " "), "code=' ': give the Python of the cell"),
        (lambda: with_code([begun(route="direct"), reply(text="x")], 1, 0, "x"), "took the direct route"),
        (lambda: with_answer(JOURNAL, "9", "x"), "call='9': no sub-query of the run has this id"),
        (lambda: with_answer(JOURNAL, "1", 5), "answer=5: the answer of a sub-query is a str"),
    ],
)
def test_a_place_that_is_not_there_is_refused_with_those_that_are(fork: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        fork()


def test_what_was_cut_off_counts_on_unless_the_fork_has_a_new_budget() -> None:
    for is_new, turns in ((False, 2), (True, 0)):
        journal = JOURNAL
        for turn, cell_of_turn in ((2, 1), (1, 0)):
            entries, _ = with_code(journal, turn, cell_of_turn, "d = 1", None if is_new else journal)
            journal = append_entries(journal, [entries])
            assert spending(journal).turns == turns
