"""What the cells of plans share, where it needs no model and no text."""

from typing import Any

import pytest

from langchain_rlm.plans import in_cells

CELLS: Any = in_cells


@pytest.mark.parametrize(
    ("statement", "asserted", "words"),
    [
        ("a child can't swim", "a child can swim", ["swim"]),
        ("a child can\u2019t swim", "a child can swim", ["swim"]),
        ("a child cannot swim", "a child can swim", ["swim"]),
        ("somebody won't come to lunch", "somebody will come to lunch", ["come", "lunch"]),
        ("a village has no doctor", "a village has doctor", ["doctor"]),
        ("a pupil was never late", "a pupil was late", ["late"]),
        ("a shop doesn't open on Sunday", "a shop does open on Sunday", ["open", "sunday"]),
        ("a knot holds nothing", "", []),
        ("a guest knows the north", "", []),
    ],
)
def test_a_denial_is_taken_out_in_any_spelling(statement: str, asserted: str, words: list[str]) -> None:
    assert CELLS.affirmed(statement) == (asserted, words)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sown on 13 May", (0, 5, 13, (0, 0))), ("on April 19, under glass", (0, 4, 19, (0, 0))),
        ("the 2nd of March", (0, 3, 2, (0, 0))), ("In 1999, on 2 May", (1999, 5, 2, (0, 0))),
        ("2 May 1911", (1911, 5, 2, (0, 0))), ("for 10 marks", None), ("in 5 decks", None), ("3 may enter", None),
        ("May 9:30", (0, 0, 0, (9, 30))), ("in 1850", (1850, 0, 0, (0, 0))),
    ],
)  # fmt: skip
def test_a_day_needs_no_year_and_a_coin_is_no_month(text: str, key: Any) -> None:
    assert CELLS.moment(text) == key


@pytest.mark.parametrize(
    ("line", "is_same"),
    [
        ("Traffic was first let over the bridge in 1904.", True),
        ("All the stone in the bridge was cut at the Rook quarry.", True),
        ("It comes from a factory in Eindhoven.", True),
        ("The module Porphyry was the cause of this.", True),
        ("In Dresden, where Ulrich lives, it rained.", True),
        ("The Ox Bridge is long.", False),
        ("Fiona Radcliffe, whose home is in Ghent, left.", False),
        ("After some time the battery of the Tornado was empty.", False),
    ],
)
def test_what_goes_on_about_the_same_names_nothing_else_first(line: str, *, is_same: bool) -> None:
    assert CELLS.is_about_same(line, "The Birk Bridge crosses the stream.") is is_same


@pytest.mark.parametrize(
    ("one", "other"),
    [("printer", "printers"), ("open", "opened"), ("paint", "painting"), ("take", "takes"), ("cross", "crossing")],
)
def test_words_are_the_same_in_their_forms(one: str, other: str) -> None:
    assert CELLS.stem(one) == CELLS.stem(other)
