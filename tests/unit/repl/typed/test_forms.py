"""Short forms and JSON schemas, and the data that answers hold."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.repl.typed.fitting import FormError, MisfitError
from langchain_rlm.repl.typed.forms import Form

STR, INT = "<class 'str'>", "<class 'int'>"
PERSON = {"name": STR, "year": INT}
SCHEMA = {"type": "object", "properties": {"year": {"type": "integer", "minimum": 1}}, "required": ["year"]}
NESTED = {"$defs": {"n": {"type": "number"}}, "type": "array", "items": {"$ref": "#/$defs/n"}}


@pytest.mark.parametrize(
    ("form", "said", "data"),
    [
        (PERSON, '{"name": "Ada", "year": 1815}', {"name": "Ada", "year": 1815}),
        (PERSON, "Sure:\n```json\n{'Name': 'Ada', 'year': '1815',}\n```\nBye", {"name": "Ada", "year": 1815}),
        (
            PERSON,
            '{"person": {}} or {"name": "Ada", "year": 1815.0, "more": [1]}',
            {"name": "Ada", "year": 1815, "more": [1]},
        ),
        ({"name": "str | None"}, '{"name": null}', {"name": None}),
        ({"type": STR, "size": "float"}, '{"type": "a", "size": "1,200.5 m"}', {"type": "a", "size": 1200.5}),
        ([STR], "Names: ['Ada', 'Bob'] as asked", ["Ada", "Bob"]),
        (["str"], '{"names": ["Ada"]}', ["Ada"]),
        ("list[int]", "[1, 2,]", [1, 2]),
        ([PERSON], '[{"name": "Ada", "year": 1}]', [{"name": "Ada", "year": 1}]),
        (["yes", "no"], "**Yes**, since it is said.", "yes"),
        ({"kind": ["a", "b"]}, '{"kind": "B."}', {"kind": "b"}),
        (INT, "There are 12 of them.", 12),
        (INT, "-3", -3),
        ("bool", "No, never", False),
        (STR, "just words [1]", "just words [1]"),
        ("dict", "{'a': True, 'b': None}", {"a": True, "b": None}),
        ("any", "{'a': (1, 2)}", {"a": [1, 2]}),
        (SCHEMA, '{"year": 3}', {"year": 3}),
        (NESTED, "[1.5, 2]", [1.5, 2]),
        ({"enum": ["x", 1]}, "1", 1),
        ({"type": ["string", "null"]}, "null", None),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "twelve", "twelve"),
    ],
)
def test_an_answer_of_the_form_is_read(form: Any, said: str, data: Any) -> None:
    assert Form.of(form).read(said) == data


@pytest.mark.parametrize(
    ("form", "said", "problem"),
    [
        (PERSON, '{"name": "Ada"}', "the answer has no 'year'"),
        (PERSON, '{"name": ["Ada"], "year": 1}', 'name is ["Ada"], not text'),
        (PERSON, "I do not know", 'the answer is "I do not know", not an object'),
        ([INT], "[1, 2.5]", "[1] is 2.5, not a whole number"),
        (["yes", "no"], "perhaps", 'the answer is "perhaps", not one of "yes", "no"'),
        (INT, "3 or 4", 'the answer is "3 or 4", not a whole number'),
        (SCHEMA, '{"year": 0}', "year is 0, not as `minimum` 1 wants it"),
        ({"type": "string", "maxLength": 2}, "abc", "not as `maxLength` 2 wants it"),
    ],
)
def test_what_does_not_fit_is_told(form: Any, said: str, problem: str) -> None:
    with pytest.raises(MisfitError) as error:
        Form.of(form).read(said)
    assert problem in str(error.value)


@pytest.mark.parametrize(
    "form",
    [
        {}, [], "", "Person", "<class 'Person'>", 7, [["a", {}]], {"a": {}}, {"type": "object", "properties": 3},
        {"type": "foo", "properties": {}}, {"$ref": "#/no"}, {"type": "array", "items": {"type": "foo"}},
        {"a": {"type": ["foo", []]}}, {"type": {"a": []}},
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_before_anything_is_asked(form: Any) -> None:
    with pytest.raises(FormError, match=r"^schema: "):
        Form.of(form)


def test_a_form_without_an_end_is_refused() -> None:
    endless: Any = "str"
    for _ in range(100):
        endless = {"a": endless}
    with pytest.raises(FormError, match="nested more than"):
        Form.of(endless)


def test_a_model_is_shown_the_form_in_words() -> None:
    form = Form.of({"name": STR, "born": "int or None", "kind": ["a", "b"], "tags": [STR]})
    shown = '{"name": <text>, "born": <whole number> or <null>, "kind": "a" or "b", "tags": [<text>, ...]}'
    assert form.told == f"this form: {shown}"
    assert json.dumps(SCHEMA) in Form.of(SCHEMA).told


@given(st.text(), st.sampled_from([PERSON, [STR], ["yes", "no"], INT, SCHEMA, "any"]))
def test_any_answer_is_read_or_told_what_is_wrong(said: str, form: Any) -> None:
    with suppress(MisfitError):
        Form.of(form).read(said)
