"""A journal becomes a tree, complete or not."""

from typing import Any

import pytest

from langchain_rlm.report.texts import Sources, Texts
from langchain_rlm.report.tree import Node, Tree, amount
from tests.unit.report.records import USAGE, answer, asked, call, cell, cell_end, end, reply, run_entry


class Read:
    """The tree of a journal, with its texts."""

    def __init__(self, *journal: Any, texts: list[str] | None = None) -> None:
        self.tree = Tree(Texts(), Sources(lambda index: f"d{index}", texts))
        self.sections = self.tree.sections(journal)
        self.texts = self.tree.texts.table()
        self.names, self.spans = self.tree.sources.table()

    def turn(self, index: int = 0) -> Node:
        node: Node = self.sections[-1]["turns"][index]
        return node

    def calls(self) -> list[Node]:
        return [each for item in self.turn()["items"] for group in item.get("groups", ()) for each in group["calls"]]

    def text(self, node: Node, key: str) -> Any:
        return None if key not in node else self.texts[node[key]]


def test_a_turn_has_its_reply_without_the_cells_that_are_shown_below_it() -> None:
    text = "First I look.\n\n```repl\nprint(1)\n```\n\nThen I go on."
    read = Read(run_entry(), reply(text), cell("print(1)\n"), cell_end("1\n"))
    assert read.text(read.turn(), "text") == "First I look.\n\n\n\nThen I go on."
    assert read.text(read.turn()["items"][0], "code") == "print(1)\n"
    assert read.text(read.turn()["items"][0], "output") == "1\n"


def test_a_reply_whose_cells_never_ran_is_shown_whole() -> None:
    text = "```repl\nprint(1)\n```"
    read = Read(run_entry(), reply(text))
    assert read.text(read.turn(), "text") == text


def test_calls_of_a_pause_are_a_group_with_their_answers() -> None:
    read = Read(
        run_entry(), reply("r"), cell("c"), asked(call("1", "ask ", [0, 2, 6]), call("2", "two")),
        answer("2", None), answer("1", "one"), asked(call("3", "three")), cell_end(),
        texts=["0123456789"],
    )  # fmt: skip
    first, second, third = read.calls()
    assert [len(group["calls"]) for group in read.turn()["items"][0]["groups"]] == [2, 1]
    assert read.text(first, "text") == "one"
    assert read.text(second, "error") == "server: down"
    assert "done" not in third
    assert [read.texts[first["pieces"][0]], read.spans[-1 - first["pieces"][1]]] == ["ask ", [0, 2, 6, "2345"]]


def test_a_turn_adds_up_what_it_and_its_calls_used() -> None:
    copy = answer("2", is_copy=True)
    read = Read(run_entry(), reply("r"), cell("c"), asked(call("1"), call("2", reused="1")), answer("1"), copy, end())
    assert read.turn()["sum"] == [2, 1624, 88, pytest.approx(0.00062)]
    assert {name: used.calls for name, used in read.tree.models.items()} == {"root-model": 1, "sub-model": 1}


def test_a_recursive_run_nests_and_counts_for_the_turn_above() -> None:
    below = [run_entry("Below?"), reply("b"), cell("c"), asked(call("1", [0, 1, 3])), answer("1"), cell_end(), end()]
    run = {"turns": 1, "stop_reason": "answered", "journal": below, "over": "context"}
    given = call("1", "Below?", how="rlm", context=[[[0, 4, 9]]])
    read = Read(
        run_entry(), reply("r"), cell("c"), asked(given), answer("1", run=run, usage=None), end(), texts=["0123456789"]
    )
    (node,) = read.calls()
    assert read.text(node["run"]["sections"][0], "question") == "Below?"
    assert node["run"]["sum"][0] == 2
    assert read.turn()["sum"][0] == 3
    assert read.spans[-1] == [0, 5, 7, "56"]


def test_a_long_prompt_without_a_context_is_the_context_below() -> None:
    below = [
        run_entry("The context is a request.", characters=5_004),
        reply("b"),
        cell("c"),
        asked(call("1", [0, 2, 9])),
    ]
    run = {"turns": 1, "stop_reason": "answered", "journal": below, "over": "prompt"}
    journal = [
        run_entry(),
        reply("r"),
        cell("c"),
        asked(call("1", "Do: ", [0, 0, 5_000], how="rlm")),
        answer("1", run=run),
    ]
    read = Read(*journal, texts=["x" * 5_000])
    assert read.names == ["d0", "request"]
    assert read.spans[-1] == [1, 2, 9, ": xxxxx"]


def test_each_question_is_a_section() -> None:
    read = Read(run_entry("One?"), reply("a"), end(), {"kind": "question", "text": "Two?"}, reply("b"))
    assert [read.text(section, "question") for section in read.sections] == ["One?", "Two?"]
    assert [("end" in section) for section in read.sections] == [True, False]


def test_a_fork_a_route_a_note_and_a_decision_are_shown_where_they_stand() -> None:
    fork = {"kind": "fork", "keep": 1, "calls": [call("9")], "answers": [answer("9")]}
    quoted = {**asked(call("1")), "quote": {"cost": 0.5}}
    host = {"kind": "host", "name": "budget", "value": {"turns": 3}}
    read = Read(
        run_entry(), {"kind": "route", "route": "rlm"}, fork, reply("r"), cell("c"), quoted,
        {"kind": "confirm", "decision": "limit", "limit": 1.0}, host, {"kind": "note", "text": "go on"},
    )  # fmt: skip
    assert [turn.get("aside") for turn in read.sections[0]["turns"]] == ["Route", "Fork", None]
    ran, note = read.turn(2)["items"]
    assert ran["groups"][0]["decision"] == "limit"
    assert read.texts[ran["hosts"][0]] == 'budget() → {"turns": 3}'
    assert read.text(note, "text") == "go on"


@pytest.mark.parametrize("kept", range(12))
def test_a_journal_may_stop_anywhere_or_begin_anywhere(kept: int) -> None:
    journal = [
        run_entry(), reply("r"), cell("c"), asked(call("1"), call("2")), answer("1"), answer("2"), cell_end(),
        {"kind": "note", "text": "n"}, reply("s", 2), cell("d", 2), cell_end("x"), end(),
    ]  # fmt: skip
    Read(*journal[:kept])
    Read(*journal[kept:])


def test_an_unknown_entry_is_passed_over() -> None:
    assert Read({"kind": "sections"}, {"kind": "from the future"}).sections == []


def test_numbers_that_json_lacks_are_none() -> None:
    assert [amount(value) for value in (1, 0.5, float("nan"), float("inf"), True, "1", None)] == [1, 0.5, *[None] * 5]
    read = Read(run_entry(), reply("r", usage={**USAGE, "cost": float("nan")}, at=float("inf")))
    assert read.turn()["sum"] == [1, 812, 44, None]
