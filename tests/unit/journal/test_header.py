"""The lines beside the entries: what a header, an excerpt and an end must have, and may not have."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langchain_rlm.journal.check import shape_problem
from langchain_rlm.journal.header import FORMAT, VERSION, Citation, Coverage, Excerpt, FileEnd, Header, Line
from tests.unit.journal.files import END, EXCERPT, HEADER
from tests.unit.journal.typed_values import values
from tests.unit.journals import note

CITATION: dict[str, Any] = {
    "mark": 1, "page": None, "document": "d0", "start": 0, "end": 3, "name": "a", "line": 1, "text": "abc",
}  # fmt: skip
COVERAGE: dict[str, Any] = {"read": 0.5, "printed": 0, "documents": [{"id": "d0", "name": "a", "characters": 4}]}


def problem(kind: Any, line: Any) -> str | None:
    found = shape_problem(kind, [line])
    return found and found[1]


@pytest.mark.parametrize("kind", [Excerpt, FileEnd, Citation, Coverage])
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_fits_a_type_is_taken_with_unknown_keys_beside(kind: Any, data: st.DataObject) -> None:
    assert problem(kind, data.draw(values(kind))) is None


def test_a_header_is_of_this_format_and_this_version() -> None:
    assert problem(Header, HEADER) is None
    assert problem(Header, {**HEADER, "format": "other"}) == f'format is "other", not "{FORMAT}"'
    assert problem(Header, {**HEADER, "version": VERSION + 1}) == "version is 2, not 1"


def test_a_header_has_all_that_it_says_of_a_run_but_for_the_value_of_an_answer_that_is_text() -> None:
    for name in HEADER:
        assert problem(Header, {key: value for key, value in HEADER.items() if key != name}) == f"{name} is missing"
    assert problem(Header, {**HEADER, "value": [1, None, {"a": "b"}]}) is None


def test_what_a_header_does_not_know_is_null() -> None:
    unknown = {**HEADER, "coverage": None, "single": None, "chunk_size": None, "usage": {"cost": None}}
    assert problem(Header, unknown) is None
    assert problem(Header, {**HEADER, "question": None}) == "question is null, not a text"
    assert problem(Header, {**HEADER, "usage": {"calls": None}}) == "usage.calls is null, not a number"


def test_a_citation_has_a_number_as_its_mark_and_its_words() -> None:
    assert problem(Header, {**HEADER, "citations": [CITATION, {**CITATION, "mark": 2, "page": 3}]}) is None
    for name, value, said in (
        ("mark", "[c1]", '"[c1]", not a whole number'),
        ("page", "iv", '"iv", not a whole number'),
    ):
        cited = {**HEADER, "citations": [CITATION, {**CITATION, name: value}]}
        assert problem(Header, cited) == f"citations[1].{name} is {said}"
    for name in CITATION:
        assert problem(Citation, {key: each for key, each in CITATION.items() if key != name}) == f"{name} is missing"


def test_coverage_has_ranges_of_two_ends() -> None:
    assert problem(Header, {**HEADER, "coverage": COVERAGE}) is None
    document = {**COVERAGE["documents"][0], "unread": [[0, 2], [3]]}
    said = problem(Header, {**HEADER, "coverage": {**COVERAGE, "documents": [document]}})
    assert said == "coverage.documents[0].unread[1] has 1 items, not 2 or more"
    assert problem(Coverage, {**COVERAGE, "is_reached": 1}) == "is_reached is 1, not true or false"


def test_excerpts_stand_among_entries_and_headers_and_ends_do_not() -> None:
    assert problem(Line, EXCERPT) is None
    assert problem(Line, note("x")) is None
    for line in (END, {**HEADER, "kind": "header"}):
        assert str(problem(Line, line)).startswith(f'kind is "{line["kind"]}", not one of "run", "question"')
    assert problem(Line, HEADER) == "kind is missing"


@pytest.mark.parametrize(("kind", "line"), [(Excerpt, EXCERPT), (FileEnd, END)])
def test_counts_and_places_of_an_excerpt_and_of_an_end_are_whole_and_none_is_below_0(kind: Any, line: Any) -> None:
    for name in [name for name, value in line.items() if isinstance(value, int)]:
        assert problem(kind, {**line, name: -1}) == f"{name} is -1, not 0 or more"
        assert problem(kind, {**line, name: 1.0}) == f"{name} is 1.0, not a whole number"
