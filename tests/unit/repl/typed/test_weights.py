"""How probable an answer is, behind its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.repl.typed.weights import read, told

PAIR = ("yes", "no")


@given(st.text(), st.floats(0, 1))
def test_what_is_told_is_read(text: str, share: float) -> None:
    said, found = read(told(text, PAIR, share), PAIR)
    assert said == read(text, PAIR)[0].rstrip()
    assert found == pytest.approx(share, rel=1e-3)


def test_what_a_model_says_of_its_weight_counts_for_nothing() -> None:
    assert told("Yes. (yes: 99 %)", PAIR, None) == "Yes."
    assert told("Yes. (yes: 99 %)", PAIR, 0.5) == "Yes. (yes: 50 %)"


@pytest.mark.parametrize("text", ["No.", "yes (no: 3 %)", "yes (yes: many %)", "", "(yes: 3 %) no"])
def test_an_answer_without_a_weight_is_as_it_was(text: str) -> None:
    assert read(told(text, PAIR, None), PAIR) == (text, None)
