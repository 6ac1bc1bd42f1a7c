"""Which of several answers is taken."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.nodes.agreement import agreed, same

FAILED = "[empty: the recursive run ended without an answer]"
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def chosen(answers: list[Any], judge: Any = None, turns: list[int] | None = None) -> int | None:
    """The number that is chosen; a judge that is not given must not be asked."""

    def ask(prompt: str) -> str:
        assert judge is not None, prompt
        return str(judge(prompt) if callable(judge) else judge)

    sizes = turns or [1] * len(answers)
    results = [
        answer if answer == FAILED else {"answer": answer, "turns": size}
        for answer, size in zip(answers, sizes, strict=True)
    ]
    return agreed("Which one?", results, ask)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (3, 3.0), (3, "3"), ("3.0", " 3. "), (0.1 + 0.2, 0.3), (10**15, 1e15), ([1, 2.0], "[1.0, 2]"),
        ({"a": 1, "b": [2]}, '{"b": [2.0], "a": 1}'), ("It is  Iron.", "it is iron"), (["Iron."], ["iron"]),
        ("Iron [c1].", "iron"), ("Iron [c1, c12.3] is", "iron is"), (None, "null"),
    ],
)  # fmt: skip
def test_the_same_in_another_dress_is_the_same(one: Any, other: Any) -> None:
    assert same(one)[1] == same(other)[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, 1),
        (3, 3.001),
        (1e-12, 2e-12),
        (float("inf"), 1e300),
        ([1, 2], [2, 1]),
        ("iron [1]", "iron"),
        ("a b", "ab"),
        ("[" * 9_999, "x"),
        ({"a": 1}, {"a": 2}),
        ("", []),
    ],
)
def test_other_answers_are_others(one: Any, other: Any) -> None:
    assert same(one)[1] != same(other)[1]


@pytest.mark.parametrize(
    ("answers", "turns", "number"),
    [
        (["iron", "gold", "Iron."], [1, 1, 1], 1),  # most agree
        (["iron", "gold", "Iron."], [5, 1, 4], 3),  # the shorter of those that do
        ([3, 4, 5], [3, 2, 2], 2),  # data: no judge, and the shorter run
        ([3, 4, 5, 4], [1, 2, 3, 3], 2),  # the most, though not more than half
        ([FAILED, "iron", FAILED, FAILED], [1, 9, 1, 1], 2),  # no answer has no vote
        ([FAILED, FAILED], [1, 1], None),
    ],
)
def test_agreement_needs_no_judge(answers: list[Any], turns: list[int], number: int | None) -> None:
    assert chosen(answers, turns=turns) == number


@pytest.mark.parametrize(("said", "number"), [("2", 3), (" **3**", 2), ("9", 1), ("0", 1), ("none", 1), ("", 1)])
def test_a_judge_reads_texts_that_differ_the_most_and_shortest_first(said: str, number: int) -> None:
    """In the order of the judge: number 1, in fewest turns; 3; 2. Without a number of one, the first is taken."""
    assert chosen(["iron", "gold", "lead"], said, turns=[1, 3, 2]) == number


def test_a_judge_that_fails_is_done_without_and_reads_head_and_tail_of_what_is_long() -> None:
    def judge(prompt: str) -> str:
        assert len(prompt) < 8_000
        assert prompt.count("head") == prompt.count("tail") == 3
        raise RuntimeError

    assert chosen([f"head {name * 9_999} tail" for name in "abc"], judge) == 1


@given(st.lists(DATA, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_what_is_chosen_does_not_hang_on_the_order(answers: list[Any], random: Any) -> None:
    numbered = list(enumerate(answers))
    random.shuffle(numbered)

    def choice(given: list[tuple[int, Any]]) -> str:
        number = chosen([value for _, value in given], judge=lambda _: "", turns=[place + 1 for place, _ in given])
        assert number is not None
        return same(given[number - 1][1])[1]

    assert choice(numbered) == choice(list(enumerate(answers)))
