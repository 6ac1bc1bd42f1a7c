"""Which turn gives which answer: from what the root model said and how its cells ended."""

import hashlib
from typing import Any

import pytest

from langchain_rlm.journal.answer import Given, as_text, digest, given, newest_refused
from langchain_rlm.repl.protocol import Ended
from langchain_rlm.repl.replies import parse_reply

CELL = "```repl\nx = 1\n```\n"
FINE, FAILED = Ended("out"), Ended("", "NameError: oh")


@pytest.mark.parametrize(
    ("said", "ended", "answer"),
    [
        (CELL, Ended("", final=("so",)), Given("so")),
        (CELL, Ended("", final=("",)), None),
        (CELL, Ended("", final=({"content": " ", "ready": False},)), None),
        (CELL, Ended("", final=({"content": "so", "ready": False},)), Given("so")),
        (CELL + "FINAL(beside)", Ended("", final=("so",)), Given("so")),
        (CELL, FINE, None),
        (CELL + "FINAL(beside)", FINE, None),
        (CELL + "FINAL_VAR(x)", FINE, Given("x", is_name=True)),
        (CELL + "FINAL_VAR(x)", FAILED, None),
        (CELL + "FINAL_VAR(x)", None, None),
        ("FINAL(It is 3)", None, Given("It is 3")),
        ("FINAL()", None, None),
        ("FINAL(None)", None, None),
        ("FINAL(n)", None, Given("n", is_name=True)),
        ("FINAL(Paris)", None, Given("Paris", is_name=True, may_be_word=True)),
        ("FINAL(Total)", None, Given("Total", is_name=True)),
        ("FINAL(yes)", None, Given("yes")),
        ("FINAL(x) is what I will call.", None, None),
        ("```text\nx = 3\nFINAL(x)\n```", None, None),
        ("FINAL_VAR(x)", None, Given("x", is_name=True)),
        ("It is 3.", None, None),
        ("Paris", None, None),
        ("result['x']", None, None),
        ("count(lines)", None, None),
        ("It is 3.\n" + CELL, FINE, None),
        ("", None, None),
    ],
)
def test_a_turn_gives_what_its_code_or_its_bare_text_gives(said: str, ended: Ended | None, answer: Given) -> None:
    assert given(parse_reply(said), ended, is_last=False) == answer


@pytest.mark.parametrize(
    ("said", "ended", "answer"),
    [
        (CELL + "FINAL(so it is)", FINE, Given("so it is")),
        (CELL + "FINAL(so it is)", FAILED, None),
        (CELL + "FINAL(x)", FINE, Given("x", is_name=True)),
        (CELL + "FINAL_VAR(x)", FINE, Given("x", is_name=True)),
        ("It is 3.\n" + CELL, FINE, None),
        ("It is 3.", None, Given("It is 3.", is_prose=True)),
        ("Paris", None, Given("Paris", is_name=True, may_be_word=True, is_prose=True)),
        ("N/A", None, Given("N/A", is_prose=True)),
    ],
)
def test_bare_text_counts_on_the_last_turn(said: str, ended: Ended | None, answer: Given) -> None:
    assert given(parse_reply(said), ended, is_last=True) == answer


@pytest.mark.parametrize(("found", "held"), [((0,), Given(0)), (("",), None), ((None,), None), (None, None)])
def test_a_name_gives_what_the_variable_holds(found: Any, held: Given | None) -> None:
    assert Given("x", is_name=True).held(found) == held


def test_a_word_that_is_no_name_stands_for_itself() -> None:
    word = Given("Paris", is_name=True, may_be_word=True)
    assert (word.held(None), word.held((3,)), word.held(("",))) == (Given("Paris"), Given(3), None)
    assert Given("n", is_name=True, may_be_word=True, is_prose=True).held((3,)) is None


def cell(code: str, **end: Any) -> list[dict[str, Any]]:
    return [{"kind": "cell", "code": code, "index": 0, "turn": 1}, {"kind": "cell_end", "lost": False, **end}]


def refused(value: Any) -> dict[str, Any]:
    return {"kind": "note", "text": "no", "refused_answer": value}


@pytest.mark.parametrize(
    ("journal", "found"),
    [
        ([], (None, False)),
        (cell("x = 1"), (None, True)),
        (cell("x = 1", lost=True), (None, False)),
        ([*cell("FINAL(1)"), refused(1)], (1, False)),
        ([*cell("FINAL(1)"), refused(1), *cell("FINAL(2)"), refused(2)], (2, False)),
        ([*cell("FINAL(1)"), refused(1), *cell("print(x)")], (1, False)),
        ([*cell("FINAL(1)"), refused(1), *cell("answer['content'] = 2")], (1, True)),
        ([*cell("FINAL('')"), refused("")], (None, True)),
    ],
)
def test_the_newest_refused_answer_stands_until_code_speaks_of_the_draft(journal: Any, found: Any) -> None:
    assert newest_refused(journal) == found


def test_an_answer_stands_in_the_journal_by_the_hash_of_its_text() -> None:
    assert as_text("so") == "so"
    assert as_text({"ü": [1, None]}) == '{"ü": [1, null]}'
    assert digest("ü") == hashlib.sha256("ü".encode()).hexdigest()
