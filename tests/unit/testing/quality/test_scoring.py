"""The rules by which answers are scored: the published ones with their leniency, and without more."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langchain_rlm.testing.quality import scoring
from langchain_rlm.testing.quality.tasks import KINDS

NUMBER = {"type": "number", "answer": 42}
DAY = {"type": "date", "answer": "2023-03-05"}
LABEL = {"type": "label", "answer": "tool"}
MORE = {"type": "comparison", "answer": "more common"}
RIVER = {"answer": "Leda", "labels": ["Leda", "Orva"]}
PAIRS = [["1", "2"], ["1", "3"]]
TABLE = {"columns": ["mayor", "founded"], "rows": {"Corby": {"mayor": "Ida Lund", "founded": "1,204"}}}
MARKDOWN = "| name | a | b |\n|---|---|---|\n| Corby | ida  lund | 1,204 |"
WORDS = st.text("ab:,.()[]|*1 \n", max_size=60)


@pytest.mark.parametrize(
    ("gold", "answer", "value", "score"),
    [
        (["4711"], "It is 4711.", None, 1), (["4711", "ab"], "AB", None, 0.5), (["4711"], "", None, 0),
        (["4711", "12"], "", ["4711", "13"], 0.5),
    ],
)  # fmt: skip
def test_rulers_rule_is_the_share_of_the_references_that_stand_in_the_answer(
    gold: Any, answer: str, value: Any, score: float
) -> None:
    assert scoring.string_match_all(gold, answer, value) == score


@pytest.mark.parametrize(
    ("gold", "answer", "score"),
    [
        (NUMBER, "42", 1), (NUMBER, "Answer: 42", 1), (NUMBER, "**Answer: 42**", 1), (NUMBER, "Answer: [42]", 1),
        (NUMBER, "Answer: 44", 0.75**2), (NUMBER, "I have counted all of them and it is 41", 0.75),
        (NUMBER, "Answer: 42.", 0), (NUMBER, "Answer: about 42 lines", 0), (NUMBER, "forty-two", 0), (NUMBER, "", 0),
        (NUMBER, "Counted: 40. Answer: 42", 1), (NUMBER, "Answer: 42\nExplanation: none", 0),
        (NUMBER, f"Answer: {'9' * 15}", 0),
        (DAY, "Answer: 2023-03-05", 1), (DAY, "Answer: Mar 05, 2023", 1), (DAY, "Answer: March 5, 2023", 1),
        (DAY, "Answer: 2023-03-06", 0), (DAY, "Answer: soon", 0),
        (LABEL, "Label: tool", 1), (LABEL, "Label: Tool", 0), (LABEL, "Label: tool.", 0),
        (MORE, "Answer: more common", 1), (MORE, "Answer: tools are more common than fruits here", 1),
        (MORE, "Answer: less common", 0), (MORE, "tools are more common", 0), (MORE, "more", 0),
    ],
)  # fmt: skip
def test_oolongs_rule_reads_what_is_behind_the_last_colon(gold: Any, answer: str, score: float) -> None:
    assert scoring.oolong(gold, answer) == pytest.approx(score)


def test_oolongs_rule_takes_data_as_it_is() -> None:
    assert scoring.oolong(NUMBER, "", 43) == 0.75
    assert scoring.oolong(LABEL, "Label: fruit", "tool") == 1
    assert scoring.oolong(NUMBER, "42", [42]) == 0


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("Leda", 1), ("The river is the leda. It is not the Orva.", 1), ("It may be the Leda or the Orva", 0),
        ("Orva", 0), ("", 0), ("I looked at the Orva. Answer: Leda", 1), ("Answer: Leda\nAnswer: Orva", 0),
    ],
)  # fmt: skip
def test_babilongs_rule_wants_one_label(answer: str, score: float) -> None:
    assert scoring.one_label(RIVER, answer) == score


@pytest.mark.parametrize(
    ("answer", "value", "score"),
    [
        ("Answer: 1,234 cents", None, 1), ("Answer: 1234.0", None, 1), ("3 loans of 400 make 1234", None, 1),
        ("Answer: 1235", None, 0), ("none", None, 0), ("", 1234, 1), ("1234", 7, 0),
    ],
)  # fmt: skip
def test_a_sum_is_the_last_number_of_the_answer(answer: str, value: Any, score: float) -> None:
    assert scoring.exact_number(1234, answer, value) == score


@pytest.mark.parametrize(
    ("answer", "value", "score"),
    [
        ("Answer:\n(2, 1)\n(1, 3)", None, 1), ("(1, 2)", None, 2 / 3), ("(1, 2), (1, 2), (2, 1)", None, 2 / 3),
        ("(1, 2) (1, 3) (2, 3)", None, 0.8), ("1, 2", None, 0), ("", None, 0), ("", [["1", "2"], [3, 1]], 1),
        ("", [{"a": 1}, "12"], 0), ("Tried (2, 3). Answer: [1, 2] [1, 3]", None, 1), ("", 7, 0),
    ],
)  # fmt: skip
def test_pairs_have_no_order_and_count_once(answer: str, value: Any, score: float) -> None:
    assert scoring.pairs_f1(PAIRS, answer, value) == pytest.approx(score)


def test_no_pairs_are_right_where_there_are_none() -> None:
    assert scoring.pairs_f1([], "Answer: none") == 1
    assert scoring.pairs_f1([], "(1, 2)") == 0


def test_names_in_prose_cost_precision() -> None:
    assert scoring.names_f1(["fold_a", "sort_b"], "Answer: sort_b, `fold_a`") == 1
    assert scoring.names_f1(["fold_a", "sort_b"], "Answer: They are sort_b and fold_a") == pytest.approx(4 / 7)
    assert scoring.names_f1(["fold_a"], "", ["fold_a", "x"]) == pytest.approx(2 / 3)
    assert scoring.names_f1(["fold_a"], "", [["fold_a"]]) == 0


def test_a_list_must_be_right_as_a_whole_and_how_near_it_is_can_be_told() -> None:
    gold = ["a", "b", "c"]
    for answer in ("a\nb\nc", "Answer:\n- a\n* b\n\nc\n"):
        assert (scoring.whole_list(gold, answer), scoring.share_of_lines(gold, answer)) == (1, 1)
    assert scoring.whole_list(gold, "a\nc") == 0
    assert scoring.share_of_lines(gold, "a\nc") == pytest.approx(1 / 3)
    assert scoring.share_of_lines(gold, "a\nb\nc\nd") == 0.75
    assert scoring.whole_list(gold, "", ["a", "b", "c"]) == 1
    assert scoring.share_of_lines(["a"], "", {"a": 1}) == 0


@pytest.mark.parametrize(
    ("answer", "value", "score"),
    [
        ("Answer:\nCorby | Ida Lund | 1204", None, 1), (MARKDOWN, None, 1),
        ("Corby | Ida Lund | 1205", None, 0.5), ("Corby | Ida Lund", None, 0), ("Corby, Ida Lund, 1204", None, 0),
        ("Corby | Ida Lund | 1204\nKelby | x | y", None, 2 / 3), ("Corby | Ida Lund |  ", None, 2 / 3), ("", None, 0),
        ("", {"Corby": {"mayor": "Ida Lund", "founded": 1204}}, 1), ("", {"Corby": "Ida Lund"}, 0),
        ("", [["Corby", "Ida Lund", 1204], "x"], 1), ("", 3, 0),
    ],
)  # fmt: skip
def test_the_cells_of_a_table_count_one_by_one(answer: str, value: Any, score: float) -> None:
    assert scoring.cells_f1(TABLE, answer, value) == pytest.approx(score)


def test_every_kind_of_task_has_its_rule() -> None:
    assert list(scoring.SCORERS) == list(KINDS)


@settings(max_examples=50)
@given(
    st.sampled_from([
        (scoring.string_match_all, ["ab"]), (scoring.oolong, NUMBER), (scoring.oolong, DAY),
        (scoring.one_label, RIVER), (scoring.exact_number, 11), (scoring.pairs_f1, PAIRS), (scoring.names_f1, ["ab"]),
        (scoring.whole_list, ["a", "b"]), (scoring.share_of_lines, ["a", "b"]), (scoring.cells_f1, TABLE),
    ]),
    WORDS,
    st.none() | st.recursive(st.integers() | WORDS, lambda of: st.lists(of) | st.dictionaries(WORDS, of), max_leaves=6),
)  # fmt: skip
def test_a_score_is_from_0_to_1_whatever_the_answer(rule: Any, answer: str, value: Any) -> None:
    score, gold = rule
    assert 0 <= score(gold, answer, value) <= 1


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_f1_is_the_same_both_ways_and_1_for_the_same_sets_alone(one: set[str], other: set[str]) -> None:
    assert scoring.f1(one, other) == scoring.f1(other, one)
    assert (scoring.f1(one, other) == 1) == (one == other)
    precision = len(one & other) / len(other) if other else 0
    recall = len(one & other) / len(one) if one else 0
    if precision + recall:
        assert scoring.f1(one, other) == pytest.approx(2 * precision * recall / (precision + recall))
