"""The types of a journal's entries: what fits them is kept as it is, what does not is said by its field."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from langchain_rlm import JOURNAL_SCHEMA
from langchain_rlm.journal.check import shape_problem
from langchain_rlm.journal.entries import Entry, append_entries
from langchain_rlm.journal.header import Header
from tests.unit.journal.typed_values import KINDS, fields_of, values
from tests.unit.journals import begun, cell, note, reply

TYPES = [*KINDS, Header]
WRONG = [{"no": "such"}, 1.5, "nothing", None, [[None]], True, -1]
"""Of each type one that it is not."""
FIELDS = [(kind, name, is_required) for kind in TYPES for name, (_, is_required) in fields_of(kind).items()]
FITS = Draft202012Validator(JOURNAL_SCHEMA)


def kind_of(kind: Any) -> Any:
    return Header if kind is Header else Entry


@pytest.mark.parametrize("kind", TYPES)
@settings(max_examples=settings().max_examples // 2, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_fits_a_type_is_read_as_it_was_written_unknown_keys_too(kind: Any, data: st.DataObject) -> None:
    line = data.draw(values(kind))
    again = json.loads(json.dumps(line, ensure_ascii=False))
    assert again == line
    assert shape_problem(kind_of(kind), [again]) is None
    assert again == line
    assert FITS.is_valid(again)


@pytest.mark.parametrize(("kind", "name", "is_required"), FIELDS, ids=lambda part: getattr(part, "__name__", str(part)))
@settings(max_examples=settings().max_examples // 8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_field_that_is_wrong_or_missing_is_named_with_its_value(
    kind: Any, name: str, data: st.DataObject, *, is_required: bool
) -> None:
    line = {**data.draw(values(kind)), name: data.draw(values(fields_of(kind)[name][0], depth=1))}
    assert shape_problem(kind_of(kind), [line]) is None
    without = shape_problem(kind_of(kind), [{key: value for key, value in line.items() if key != name}])
    assert without == ((0, f"{name} is missing") if is_required else None)
    problems = [shape_problem(kind_of(kind), [{**line, name: value}]) for value in WRONG]
    said = [problem[1] for problem in problems if problem is not None]
    if fields_of(kind)[name][0] is Any:
        assert said == []
    else:
        assert said
        assert all(text.startswith((f"{name} ", f"{name}.", f"{name}[")) for text in said), said
        assert all(text.endswith("is missing") or ", not " in text for text in said), said


def test_every_kind_of_entry_is_of_one_type() -> None:
    kinds = [kind for each in KINDS for kind in fields_of(each)["kind"][0].__args__]
    assert len(set(kinds)) == len(kinds) == 14


# -- the reducer ------------------------------------------------------------------------------------------------------


def test_entries_are_kept_in_the_order_in_which_they_come() -> None:
    journal = [begun(), reply("x")]
    added = append_entries(journal, [[cell("x")], [note("a"), note("b")]])
    assert [entry["kind"] for entry in added] == ["run", "reply", "cell", "note", "note"]
    assert len(journal) == 2


def test_a_new_run_begins_a_new_journal_and_a_fork_goes_on_from_an_earlier_place() -> None:
    journal = [begun("First?"), reply("x"), cell("x")]
    assert append_entries(journal, [[begun("Second?")]]) == [begun("Second?")]
    fork: Any = {"kind": "fork", "keep": 1, "calls": [], "answers": []}
    assert append_entries(journal, [[fork, reply("y")]]) == [journal[0], fork, reply("y")]
