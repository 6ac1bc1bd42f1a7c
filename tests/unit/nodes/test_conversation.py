"""What the root model has seen of its run: its turns as messages, observations, long output cut."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage

from langchain_rlm.nodes.conversation import KEPT_WHOLE, LISTED, NO_OUTPUT, conversation, cut, observation
from tests.unit.journal.entries import cell, end, reply, turn

BEGUN: Any = {"kind": "run"}


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


def test_values_that_were_assigned_are_named_and_large_ones_with_their_size() -> None:
    small = [["few", "list", 3], ["re", "module", None], ["n", "int", None], ["total", "int", None]]
    variables = [*small, ["text", "str", 12_345]]
    assert observation(end("out", variables=variables), 100) == "out\n[assigned: text: str(12,345), few, total]"
    many = [[f"v{n}", "int", None] for n in range(LISTED + 3)]
    assert observation(end("out", variables=many), 100).endswith(f"v{LISTED - 1}, and 3 more]")


def test_an_output_a_little_longer_than_what_is_shown_stays_whole() -> None:
    assert observation(end("x" * 1_090), 1_000) == "x" * 1_090
    assert "[... 200 of 1,200 characters left out ...]" in observation(end("x" * 1_200), 1_000)


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


def test_every_turn_is_a_reply_and_what_was_seen_of_it() -> None:
    note = {"kind": "note", "text": "no cell"}
    journal = [{"kind": "run"}, *turn(1, "one"), cell("y", 1), end("two"), reply("text", 2), note, reply("open", 3)]
    assert conversation(journal, room=10_000, shown=100) == [
        AIMessage("reply 1"), HumanMessage("one\n\ntwo"),
        AIMessage("text"), HumanMessage("no cell"),
        AIMessage("open"), HumanMessage(NO_OUTPUT),
    ]  # fmt: skip


def test_a_journal_without_replies_is_no_conversation() -> None:
    assert conversation([BEGUN], room=100, shown=100) == []


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
