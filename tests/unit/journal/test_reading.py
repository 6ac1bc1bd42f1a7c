"""Reading a journal: what the root model has seen, what was paid for and lost, which cells ran."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage

from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.reading import (
    KEPT_WHOLE,
    NO_OUTPUT,
    conversation,
    cut,
    observation,
    recorded_cells,
    unclaimed,
)

"""How fast a loaded machine is proves nothing."""

USAGE = {"calls": 1, "input_tokens": 1, "output_tokens": 1, "cost": None, "estimated_calls": 0}


def reply(text: str, turn: int = 1) -> Entry:
    return {"kind": "reply", "turn": turn, "text": text, "last": None, "model": "root", "usage": USAGE}


def cell(code: str = "x = 1", index: int = 0) -> Entry:
    return {"kind": "cell", "turn": 1, "index": index, "code": code}


def asked(*calls: tuple[str, str], raises: bool = True, **reused: str) -> Entry:
    """Calls as (id, digest); `reused` names answers given again by call id (`c3="1"`)."""
    entries = [{"id": i, "digest": d} | ({"reused": reused[f"c{i}"]} if f"c{i}" in reused else {}) for i, d in calls]
    return {"kind": "asked", "calls": entries, "raises": raises}


def answer(call: str, text: str | None = "text", usage: Any = None) -> Entry:
    said = {"error": {"type": "server", "message": "down"}} if text is None else {"text": text}
    return {"kind": "answer", "id": call, "model": "leaf", "usage": usage, **said}


def end(output: str = "", error: str | None = None, **parts: Any) -> Entry:
    return {
        "kind": "cell_end", "output": output, "printed": len(output), "hash": "h", "error": error, "lost": False,
        "refused": False, "variables": [], **parts,
    }  # fmt: skip


def ids(journal: list[Entry]) -> dict[str, list[str]]:
    return {digest: [entry["id"] for entry in entries] for digest, entries in unclaimed(journal).items() if entries}


# -- cells on record --------------------------------------------------------------------------------------------------


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
    assert list(recorded_cells([{"kind": "run"}, reply("text"), {"kind": "note", "text": "n"}])) == []


# -- answers paid for and lost ----------------------------------------------------------------------------------------


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


# -- observations -----------------------------------------------------------------------------------------------------


def test_an_observation_is_what_was_printed() -> None:
    assert observation(end("hello\n"), 100) == "hello\n"


def test_a_cell_that_printed_nothing_is_told_so() -> None:
    assert observation(end(""), 100) == NO_OUTPUT
    assert observation(end(" \n"), 100) == NO_OUTPUT


def test_an_error_stands_behind_the_output_and_says_that_variables_stay() -> None:
    seen = observation(end("out", "ValueError: no"), 100)
    assert seen.splitlines() == ["out", "ValueError: no", "Variables assigned before the error are kept."]


@pytest.mark.parametrize("why", ["lost", "refused"])
def test_nothing_is_promised_of_a_cell_that_was_lost_or_never_ran(why: str) -> None:
    assert observation(end("", "E", **{why: True}), 100) == "E"


def test_large_values_that_were_assigned_are_named_with_their_size() -> None:
    variables = [["text", "str", 12_345], ["n", "int", None], ["few", "list", 3]]
    assert observation(end("out", variables=variables), 100) == "out\n[assigned: text: str(12,345)]"


def test_a_long_output_is_cut_and_counted_from_what_was_printed() -> None:
    seen = observation(end("x" * 500, printed=9_000), 300)
    assert "[... 8,700 of 9,000 characters left out ...]" in seen


# -- cutting ----------------------------------------------------------------------------------------------------------


@given(st.text(max_size=300), st.integers(1, 200))
def test_cutting_keeps_head_and_tail_and_says_how_much_is_left_out(text: str, limit: int) -> None:
    shown = cut(text, limit)
    if len(text) <= limit:
        assert shown == text
        return
    said = re.search(r"\n\[\.\.\. ([\d,]+) of ([\d,]+) characters left out \.\.\.\]\n", shown)
    assert said is not None
    head, tail = shown[: said.start()], shown[said.end() :]
    assert text.startswith(head)
    assert text.endswith(tail)
    assert len(head) + len(tail) == limit
    assert int(said[1].replace(",", "")) == len(text) - limit
    assert int(said[2].replace(",", "")) == len(text)


def test_cutting_what_was_cut_before_counts_from_the_whole() -> None:
    whole = "a" * 5_000 + "z" * 5_000
    assert cut(cut(whole, 2_000), 300, len(whole)) == cut(whole, 300)


# -- the conversation -------------------------------------------------------------------------------------------------


def turn(number: int, output: str) -> list[Entry]:
    return [reply(f"reply {number}", number), cell(), end(output)]


def test_every_turn_is_a_reply_and_what_was_seen_of_it() -> None:
    note = {"kind": "note", "text": "no cell"}
    journal = [{"kind": "run"}, *turn(1, "one"), cell("y", 1), end("two"), reply("text", 2), note, reply("open", 3)]
    assert conversation(journal, room=10_000, shown=100) == [
        AIMessage("reply 1"), HumanMessage("one\n\ntwo"),
        AIMessage("text"), HumanMessage("no cell"),
        AIMessage("open"), HumanMessage(NO_OUTPUT),
    ]  # fmt: skip


def test_a_journal_without_replies_is_no_conversation() -> None:
    assert conversation([{"kind": "run"}], room=100, shown=100) == []


def test_old_observations_fold_when_the_room_is_used_up_and_the_newest_stay_whole() -> None:
    journal = [entry for number in range(10) for entry in turn(number, f"\nline {number}\n" + "x" * 1_000)]
    whole = conversation(journal, room=100_000, shown=5_000)
    folded = conversation(journal, room=5_000, shown=5_000)
    kept = 2 * KEPT_WHOLE
    assert folded[-kept:] == whole[-kept:]
    assert folded[::2] == whole[::2]
    for number, message in enumerate(folded[1:-kept:2]):
        assert message.content == f"[older output, 1,008 characters, began: line {number}]"


def test_a_conversation_that_fits_does_not_fold() -> None:
    journal = [entry for number in range(10) for entry in turn(number, "x" * 100)]
    size = sum(len(str(message.content)) for message in conversation(journal, room=10**9, shown=200))
    assert "older output" not in str(conversation(journal, room=size, shown=200))
    assert "older output" in str(conversation(journal, room=size - 1, shown=200))


# -- the rest ---------------------------------------------------------------------------------------------------------


def test_the_route_in_force_is_the_newest_said() -> None:
    run = {"kind": "run", "route": "direct"}
    assert journals.route([run, reply("r")]) == "direct"
    assert journals.route([run, {"kind": "route", "route": "rlm"}, reply("r")]) == "rlm"


def test_this_turn_begins_at_the_last_reply() -> None:
    journal = [*turn(1, "one"), *turn(2, "two")]
    assert journals.this_turn(journal) == journal[3:]
    assert list(journals.this_turn([{"kind": "run"}])) == []
    assert journals.turns(journal) == 2


def test_an_answer_is_what_the_cell_gets() -> None:
    assert journals.result_of(answer("1", "text")) == ("ok", "text")
    assert journals.result_of(answer("1", None)) == ("failed", "server", "down")


def test_what_was_spent_before_is_every_call_with_its_usage() -> None:
    journal = [*turn(1, ""), answer("1", usage=USAGE), answer("2", usage=None), answer("3", None)]
    assert journals.spending(journal).calls == [("root", USAGE), ("leaf", USAGE)]
