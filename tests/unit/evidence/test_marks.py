"""Marks in answers of any form are numbered, and no number is given that the answer has already."""

from typing import Any

import pytest

from langchain_rlm.evidence.marks import has_mark, place_of, resolve

MARKS: dict[str, Any] = {"c1": {"mark": "[c1]"}, "c2": {"mark": "[c2]"}, "c3.1": None, "c3.2": None}


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"[c2]": "why", "so [c1]": ["[c2]"]}, {"[1]": "why", "so [2]": ["[1]"]}),
        (["[c2]"], ["[1]"]),
        ([{"a": ["[c1]"]}, 1], [{"a": ["[1]"]}, 1]),
        ({"[c1]": 1, "[1]": 2}, {"[2]": 1, "[1]": 2}),
        ({"[c3.1]": 1, "[c3.2]": 2, "[c1]": 3}, {"": 1, "[c3.2]": 2, "[1]": 3}),
    ],
)
def test_marks_in_keys_and_lists_are_numbered_and_no_item_is_lost(value: Any, resolved: Any) -> None:
    assert resolve(value, MARKS, ())[0] == resolved
    assert has_mark(value, MARKS)


@pytest.mark.parametrize(
    ("value", "resolved", "numbers"),
    [
        ("Proved by Smith [1]. Also [c2]", "Proved by Smith [1]. Also [2]", [2]),
        ("[c2] and [c1], [2] says. [c2]", "[1] and [3], [2] says. [1]", [1, 3]),
        ("See [1, 3], [c1, c2].", "See [1, 3], [2, 4].", [2, 4]),
        ("See [ 1;2 ] and [4\u20136], [c1][c2].", "See [ 1;2 ] and [4\u20136], [3][7].", [3, 7]),
        ("[1, p. 5] [02] a[3] [c1]", "[1, p. 5] [02] a[3] [4]", [4]),
        ("[2024-01-05] [1.5] (1) [^1] 1] [c1]", "[2024-01-05] [1.5] (1) [^1] 1] [1]", [1]),
        ("[2-999999] [c1] [c2]", "[2-999999] [1] [1002]", [1, 1002]),
        ("x [1]", "x [1]", [2, 3]),
        ({"[1]": "see [c2]", "b": ["[3] says [c1]"]}, {"[1]": "see [2]", "b": ["[3] says [4]"]}, [2, 4]),
        ({"ids": [1, 2], "why": "[c1]"}, {"ids": [1, 2], "why": "[3]"}, [3]),
        ([["[c1]", "[\n1]"], 2], [["[2]", "[\n1]"], 2], [2]),
        ([3, [1]], [3, [1]], [2, 4]),
        ([[1]], [[1]], [2, 3]),
    ],
)
def test_numbers_that_an_answer_has_in_brackets_are_given_to_no_citation(
    value: Any, resolved: Any, numbers: list[int]
) -> None:
    answer, citations = resolve(value, MARKS, ["c1", "c2"])
    assert (answer, [each["mark"] for each in citations]) == (resolved, numbers)


def test_a_mark_without_a_place_is_none() -> None:
    assert not has_mark({"[c3.1]": 1, "a": {"[c9]"}}, MARKS)


@pytest.mark.parametrize(
    ("name", "page", "line", "place"),
    [
        ("contract.md", None, 1171, "contract.md, line 1,171"),
        ("agreement.pdf, page 1", 1, 5, "agreement.pdf, page 1"),
        ("agreement.pdf, page 1 (2)", 1, 5, "agreement.pdf, page 1 (2)"),
        ("agreement.pdf, page 1200", 1200, 5, "agreement.pdf, page 1200"),
        ("agreement.pdf, page 12", 2, 5, "agreement.pdf, page 12, page 2"),
        ("agreement.pdf", 3, 5, "agreement.pdf, page 3"),
        ("a\n[2] b", None, 1, '"a\\n[2] b", line 1'),
    ],
)
def test_a_place_is_said_once_and_on_one_line(name: str, page: int | None, line: int, place: str) -> None:
    assert place_of({"name": name, "page": page, "line": line}) == place
