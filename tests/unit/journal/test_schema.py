"""The public schema fits every line of a file and nothing else, and says in words what its fields are."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from langchain_rlm.journal.header import Excerpt, FileEnd, Header
from langchain_rlm.journal.parts import MOST
from langchain_rlm.journal.schema import JOURNAL_SCHEMA
from tests.unit.journal.files import END, ENTRIES, EXCERPT, HEADER
from tests.unit.journal.typed_values import KINDS
from tests.unit.journals import answer, begun, note

FITS = Draft202012Validator(JOURNAL_SCHEMA)


def inside(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and those within it."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from inside(inner)


def test_it_is_a_schema_of_the_draft_that_it_names_and_plain_json() -> None:
    Draft202012Validator.check_schema(JOURNAL_SCHEMA)
    assert JOURNAL_SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert json.loads(json.dumps(JOURNAL_SCHEMA)) == JOURNAL_SCHEMA


@pytest.mark.parametrize("line", [HEADER, *ENTRIES, EXCERPT, END], ids=lambda line: line.get("kind", "header"))
def test_every_line_of_a_file_fits_and_without_any_field_that_it_needs_it_does_not(line: dict[str, Any]) -> None:
    assert FITS.is_valid(line)
    kind = next(each for each in (*KINDS, Header, Excerpt, FileEnd) if each.__name__ == schema_of(line)["title"])
    for name in kind.__required_keys__:
        assert not FITS.is_valid({key: value for key, value in line.items() if key != name}), name


def schema_of(line: dict[str, Any]) -> dict[str, Any]:
    kind = line.get("kind")
    found = [
        each
        for each in JOURNAL_SCHEMA["$defs"].values()
        if kind and each["properties"].get("kind", {}).get("const") == kind
    ]
    return found[0] if found else JOURNAL_SCHEMA["$defs"]["Header"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("line", [{}, {"kind": "telegram"}, [], None, "run", {"format": "x"}, {**END, "entries": -1}])
def test_what_is_no_line_does_not_fit(line: Any) -> None:
    assert not FITS.is_valid(line)


def test_every_type_of_a_line_is_in_it() -> None:
    assert {each.__name__ for each in (*KINDS, Header, Excerpt, FileEnd)} <= JOURNAL_SCHEMA["$defs"].keys()


def test_keys_that_it_does_not_know_are_no_fault() -> None:
    assert FITS.is_valid({**note("x"), "from the future": 1})
    assert all(each.get("additionalProperties", True) is not False for each in inside(JOURNAL_SCHEMA))


def test_the_journal_of_a_recursive_run_must_fit_too() -> None:
    run = {"turns": 1, "stop_reason": "answered", "journal": [begun(), answer("1")], "over": "all", "marks": "1"}
    assert FITS.is_valid(answer("1", run=run))
    assert not FITS.is_valid(answer("1", run={**run, "journal": [{"kind": "note"}]}))
    assert not FITS.is_valid(answer("1", run={**run, "journal": [EXCERPT]}))


def test_numbers_are_those_that_every_reader_of_json_keeps() -> None:
    numbers = [each for each in inside(JOURNAL_SCHEMA) if each.get("type") in ("integer", "number")]
    free = [each for each in numbers if each.get("maximum") != MOST or each.get("minimum") not in {0, -MOST}]
    assert {each["title"] for each in free} == {"Limit", "Print Limit", "Version"}


def test_types_and_fields_are_described_in_the_words_of_their_docstrings() -> None:
    kinds = JOURNAL_SCHEMA["$defs"]
    assert [name for name, kind in kinds.items() if not kind.get("description")] == []
    assert kinds["EndEntry"]["description"] == "The run has its answer."
    assert kinds["CellEndEntry"]["properties"]["lost"]["description"] == "The variables are."
