"""An answer of the form asked for is plain data, whatever its text holds and however its type is written out."""

from datetime import date

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
