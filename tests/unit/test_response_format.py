"""An answer of the form asked for is plain data, whatever its text holds and however its type is written out."""

from datetime import date

import pytest
from pydantic import BaseModel

from langchain_rlm.response_format import ResponseFormat


class Found(BaseModel):
    """Has what JSON has no form for."""

    on: date
    tags: set[str]
    count: int


FOUND = ResponseFormat.of(Found)


def test_an_answer_as_data_has_no_lone_surrogates_and_no_numbers_beyond_64_bits() -> None:
    given = f'{{"on": "2024-01-02", "tags": ["half \\ud83d"], "count": {2**64}}}'
    plain = {"on": "2024-01-02", "tags": ["half \N{REPLACEMENT CHARACTER}"], "count": str(2**64)}
    assert FOUND.problem(given) is None
    assert FOUND.plain(given) == plain
    assert FOUND.plain(plain) == plain


def test_a_text_that_is_nested_too_deeply_is_no_answer() -> None:
    assert "not have the form" in str(FOUND.problem("[" * 100_000))


@pytest.mark.parametrize(
    "said",
    [
        '{"on": "2024-01-02", "tags": [], "count": 3}',
        'Here it is:\n\n```json\n{"on": "2024-01-02", "tags": [], "count": 3}\n```\nHope this helps!',
        'It is {"on": "2024-01-02", "tags": [], "count": 3}, as page [1] says {so}.',
        'Such as {"on": "2024-01-02", "tags": [], "count": 0}, here:\n{"on": "2024-01-02", "tags": [], "count": 3}',
        "{'on': '2024-01-02', 'tags': [], 'count': 3}",
    ],
)
def test_data_is_read_where_it_stands_in_a_text(said: str) -> None:
    assert FOUND.problem(said) is None
    assert FOUND.plain(said) == {"on": "2024-01-02", "tags": [], "count": 3}


def test_a_line_that_breaks_inside_a_string_is_read() -> None:
    assert ResponseFormat.of(list[str]).plain('Here: ["one\nline"]') == ["one\nline"]
    assert ResponseFormat.of(list[str]).plain('["one\nline"]') == ["one\nline"]


def test_what_is_wrong_is_said_of_the_data_in_a_text_and_with_the_remedy_that_fits() -> None:
    said = 'So:\n```json\n{"on": "today", "tags": [], "count": 3}\n```'
    problem = str(FOUND.problem(said, "Once more."))
    assert "- on: Input should be a valid date" in problem
    assert problem.endswith("\nOnce more.")
    assert str(FOUND.problem("[" * 5_000_000)).endswith("\nCall FINAL again.")
