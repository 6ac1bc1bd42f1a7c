"""The parts of entries and headers: what numbers, stretches, calls and citations may be."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langchain_rlm.journal.check import shape_problem
from langchain_rlm.journal.parts import (
    MOST,
    Arguments,
    Call,
    Cited,
    ContextSpan,
    Number,
    Passage,
    Pieces,
    Place,
    Quote,
    Range,
    Refused,
    SubQueryError,
    Usage,
    Variable,
    Whole,
)
from tests.unit.journal.typed_values import values
from tests.unit.journals import call, tool_call

PLACE: dict[str, Any] = {"document": "d0", "start": 0, "end": 3}


def fits(kind: Any, value: Any) -> bool:
    return shape_problem(kind, [value]) is None


@pytest.mark.parametrize("kind", [Call, Cited, Passage, Place, Quote, Refused, SubQueryError, Usage])
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_fits_a_type_is_taken_with_unknown_keys_beside(kind: Any, data: st.DataObject) -> None:
    assert fits(kind, data.draw(values(kind)))


def test_a_whole_number_is_one_that_every_reader_of_json_keeps() -> None:
    assert float(MOST) != float(MOST - 1)
    assert float(MOST + 1) == float(MOST + 2)
    assert all(fits(Whole, value) for value in (0, MOST))
    assert not any(fits(Whole, value) for value in (-1, MOST + 1, 1.0, True, "1", None))


def test_a_number_may_be_whole_broken_or_below_0_and_is_finite() -> None:
    assert all(fits(Number, value) for value in (0, -1.5, MOST, -MOST))
    assert not any(fits(Number, value) for value in (float("nan"), float("inf"), MOST * 4, MOST * -4, "1", True, None))


def test_a_stretch_of_a_document_has_two_ends_and_one_of_the_context_names_its_document() -> None:
    sizes = [(len(value), fits(Range, value), fits(ContextSpan, value)) for value in ([0] * n for n in range(5))]
    assert [size for size, is_range, _ in sizes if is_range] == [2]
    assert [size for size, _, is_span in sizes if is_span] == [3]


def test_a_prompt_is_literal_parts_and_spans() -> None:
    assert fits(Pieces, [])
    assert fits(Pieces, ["Read: ", [0, 1, 2], "!"])
    assert not any(fits(Pieces, value) for value in ([5], [[0, 1]], [["0", 1, 2]], [None], "Read: "))


def test_what_json_has_as_a_list_may_be_one_with_a_place_for_each() -> None:
    assert fits(Variable, ["x", "str", 5])
    assert fits(Variable, ("x", "object", None))
    assert not any(fits(Variable, value) for value in (["x", "str"], ["x", "str", 5, 6], ["x", 5, 5]))
    assert fits(Arguments, [[1, None], {"a": [2]}])
    wrong: list[Any] = [[[]], [{}, []], [[], {}, {}]]
    assert not any(fits(Arguments, value) for value in wrong)


def test_a_call_is_of_a_model_a_recursive_run_or_a_tool() -> None:
    for made in (
        call("1"),
        call("1", how="rlm", context=[["a"], [[0, 1, 2]]], single=False),
        tool_call("1", "f", 1, a=2),
    ):
        assert fits(Call, made)
    assert not fits(Call, call("1") | {"how": "sms"})
    assert not fits(Call, call("1") | {"context": ["a"]})


def test_a_citation_knows_its_words_its_page_and_other_places() -> None:
    passage = {**PLACE, "name": "a", "line": 1, "text": "abc"}
    assert fits(Place, PLACE)
    assert not fits(Passage, PLACE)
    assert fits(Passage, {**passage, "others": [PLACE], "has_more": True})
    assert not fits(Passage, {**passage, "others": [{"document": "d0"}]})
    assert fits(Cited, {**passage, "mark": "[c1]", "page": None})
    assert not fits(Cited, passage)
    assert not fits(Cited, {**passage, "mark": 1})
