"""What a run has paid for: its cost so far, and answers that were lost and are given again."""

from typing import Any

from langchain_rlm.journal.paid import spending, unclaimed
from tests.unit.journal.entries import USAGE, answer, asked, cell, end, turn


def ids(journal: list[Any]) -> dict[str, list[str]]:
    return {digest: [entry["id"] for entry in entries] for digest, entries in unclaimed(journal).items() if entries}


def test_answers_of_a_failed_cell_are_given_again() -> None:
    journal = [cell(), asked(("1", "a"), ("2", "b")), answer("1"), answer("2"), end(error="E")]
    assert ids(journal) == {"a": ["1"], "b": ["2"]}
    assert ids([*journal[:-1], end(error="E", lost=True)]) == {"a": ["1"], "b": ["2"]}


def test_answers_of_a_cell_that_ended_well_or_still_runs_are_not() -> None:
    journal = [cell(), asked(("1", "a")), answer("1"), end("fine")]
    assert ids(journal) == {}
    assert ids(journal[:-1]) == {}


def test_a_failed_answer_is_not_given_again() -> None:
    assert ids([cell(), asked(("1", "a"), ("2", "b")), answer("1", None), answer("2"), end(error="E")]) == {"b": ["2"]}


def test_what_was_not_answered_yet_is_not_given_again() -> None:
    assert ids([cell(), asked(("1", "a"), ("2", "b")), answer("2"), end(error="E")]) == {"b": ["2"]}


def test_an_answer_is_given_again_once() -> None:
    failed = [cell(), asked(("1", "a"), ("2", "a")), answer("1"), answer("2"), end(error="E")]
    assert ids(failed) == {"a": ["1", "2"]}
    again = [*failed, cell(), asked(("3", "a"), c3="1"), answer("3")]
    assert ids(again) == {"a": ["2"]}
    assert ids([*again, end("fine")]) == {"a": ["2"]}


def test_an_answer_given_again_to_a_cell_that_fails_too_is_given_once_more() -> None:
    journal = [
        cell(), asked(("1", "a")), answer("1"), end(error="E"),
        cell(), asked(("2", "a"), c2="1"), answer("2"), end(error="E"),
    ]  # fmt: skip
    assert ids(journal) == {"a": ["2"]}


def test_the_good_answers_of_a_batch_that_raised_are_given_again_in_the_same_cell() -> None:
    journal = [cell(), asked(("1", "a"), ("2", "b")), answer("1"), answer("2", None)]
    assert ids(journal) == {"a": ["1"]}
    retried = [*journal, asked(("3", "a"), ("4", "b"), c3="1"), answer("3"), answer("4")]
    assert ids(retried) == {}
    assert ids([*retried, end(error="E")]) == {"a": ["3"], "b": ["4"]}


def test_a_batch_whose_failures_were_returned_has_delivered_its_answers() -> None:
    journal = [cell(), asked(("1", "a"), ("2", "b"), raises=False), answer("1"), answer("2", None)]
    assert ids(journal) == {}
    assert ids([*journal, end(error="E")]) == {"a": ["1"]}


def test_what_was_spent_before_is_every_call_with_its_usage() -> None:
    journal = [*turn(1, ""), answer("1", usage=USAGE), answer("2", usage=None), answer("3", None)]
    assert spending(journal).calls == [("root", USAGE), ("leaf", USAGE)]


def test_calls_that_were_lost_with_a_process_count_as_estimated() -> None:
    usage = {"calls": 1, "input_tokens": 9, "output_tokens": 300, "estimated_calls": 1}
    lost: Any = {"kind": "lost", "id": "a", "turns": 1, "calls": [{"model": "m", "usage": usage}] * 3}
    spent = spending([lost, lost])
    assert (spent.turns, spent.sub_queries, len(spent.calls)) == (2, 4, 6)
