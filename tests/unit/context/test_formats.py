"""A profile must name the right structure, say "about" when it samples, and never raise."""

import json
import pydoc_data.topics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.formats import estimate_tokens, profile
from langchain_rlm.context.structures import STRUCTURES

FORMATS = {structure.name for structure in STRUCTURES} | {"prose"}
RECORD = json.dumps({"id": 1, "user": "a", "text": "hello"})
PYTHON = "import re\n\n\ndef first(x):\n    y = x + 1\n    return y\n\n\nclass Second:\n    z = 3\n"

SAMPLES: dict[str, tuple[str, str, str]] = {
    "headings": (
        "# One\n\ntext here\n\n## Two\n\nmore text\n",
        "markdown",
        '2 headings `# `..`## `, the first: "# One"',
    ),
    "object": ('{"a": 1,\n "b": [2]}', "json", "json: an object with 2 keys: a, b"),
    "array": ('[\n  {"a": 1},\n  {"b": 2}\n]\n', "json", "json: an array of 2 items with keys a, b"),
    "records": (f"{RECORD}\n" * 30, "jsonl", "jsonl: 30 records, one a line, with keys id, user, text"),
    "table": ("a;b;c\n" + "1;2;x y\n" * 9, "csv", "csv: 9 rows, columns a, b, c (separator ';')"),
    "numbers": ("1,2\n3,4\n5,6\n", "csv", "csv: 3 rows, 2 columns without names (separator ',')"),
    "quoted cells": ('name,text\nx,"a, b"\ny,"c, d"\n', "csv", "csv: 2 rows, columns name, text (separator ',')"),
    "code": (PYTHON, "code", "code: 2 definitions at the left margin, the first: def first(x):"),
    "log": (
        "2024-01-02 10:11:12 INFO start\n2024-03-04 10:11:12 ERROR stop\n",
        "log",
        "log: 2 lines, timestamps 2024-01-02 10:11:12 .. 2024-03-04 10:11:12, levels INFO ERROR",
    ),
    "access log": (
        '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200\n' * 3,
        "log",
        "log: 3 lines, timestamps 10/Oct/2000:13:55:36 .. 10/Oct/2000:13:55:36",
    ),
    "roles": ("User: hi\nAssistant: hello\n" * 4, "chat", "chat: 8 messages, speakers User, Assistant"),
    "names": ("Anna: hello\nBob: why: tell me\n" * 4, "chat", "chat: 8 messages, speakers Anna, Bob"),
    "messenger": (
        "12/03/2024, 10:12 - Anna: hello\n12/03/2024, 10:13 - Bob: hi\n" * 4,
        "chat",
        "chat: 8 messages, speakers Anna, Bob",
    ),
    "nicknames": ("<anna> hi\n<bob> yo\n" * 4, "chat", "chat: 8 messages, speakers anna, bob"),
    "page": (
        "<!DOCTYPE html><html><head><title>A  page</title></head><body><p>x</p></body></html>",
        "html",
        'html: title "A page", tags <html> 1, <head> 1, <title> 1, <body> 1, <p> 1',
    ),
    "xml": ("<?xml version='1.0'?><rows><row>1</row><row>2</row></rows>", "xml", "xml: tags <row> 2, <rows> 1"),
    "chapters": ("CHAPTER I\n\nIt was dark, and cold.\n\n" * 17, "prose", "chapters: 17 like 'CHAPTER I'"),
    "windows line ends": ("CHAPTER 1\r\n\r\nIt was dark.\r\n\r\n" * 3, "prose", "chapters: 3 like 'CHAPTER 1'"),
    "page breaks": ("It was dark.\f" * 3, "prose", "page breaks: 3"),
    "binary": ("\x00\x01ab" * 99, "prose", "looks binary: 50% of the first characters are control characters"),
}


@pytest.mark.parametrize(("text", "expected", "line"), SAMPLES.values(), ids=SAMPLES)
def test_the_format_and_where_its_structure_lies_are_found(text: str, expected: str, line: str) -> None:
    found = profile(text)
    assert (found.format, found.structure[:1]) == (expected, (line,))


@given(
    text=st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(["{", "}", '"a":', "1,", "# x", "\n", "a;b", "<p>", "\r\n", "\x00", "User: ", "\ud800"])
        ).map("".join),
    ),
    name=st.one_of(
        st.text(max_size=8), st.sampled_from(["a.json", "a.csv", "a.md", "a.xml", "a.py", "a.jsonl", "a.log"])
    ),
)
def test_no_text_and_no_name_makes_it_raise(text: str, name: str) -> None:
    found = profile(text, name=name)
    assert found.format in FORMATS
    assert found.characters == len(text)
    assert found.lines == text.count("\n") + (not text.endswith("\n") and text != "")
    assert text.startswith(found.head)
    assert text.endswith(found.tail)


@pytest.mark.parametrize(
    "text", ["", "\n", "x" * 100_000, "[" * 100_000, "a\r\n" * 9, "no line break", "{" + "9" * 10_000]
)
def test_odd_texts_are_prose_or_what_they_look_like(text: str) -> None:
    assert profile(text).format in FORMATS
    assert profile(text, name="odd.json").format in FORMATS


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("notes.md", "no mark at all", "prose"),
        ("run.log", "started\nstopped\n", "prose"),
        ("a.sql", "SELECT 1;", "sql"),
        ("wrong.json", "This is no JSON.", "prose"),
        ("wrong.csv", "This is no table.", "prose"),
        ("UPPER.JSON", "[1]", "json"),
    ],
)
def test_the_extension_is_a_hint_that_the_text_must_bear_out(name: str, text: str, expected: str) -> None:
    assert profile(text, name=name).format == expected


def test_the_head_and_the_tail_end_at_a_line_or_word() -> None:
    found = profile("Some words in a row. " * 200)
    assert 500 < len(found.head) <= 600
    assert found.head.endswith(" ")
    assert 200 < len(found.tail) <= 300
    assert profile("line of words\n" * 200).tail.startswith("line")


def test_a_large_text_is_sampled_and_says_about() -> None:
    found = profile("# Title\n\nSome text below it.\n\n" * 200_000)
    assert found.structure == ('about 200,000 headings `# `, the first: "# Title"',)
    assert found.lines == 800_000


def test_underlined_titles_are_the_structure_of_the_python_reference() -> None:
    found = profile("\n\n".join(pydoc_data.topics.topics.values()))
    assert found.structure[0].startswith("underlined titles:")


@pytest.mark.parametrize(
    ("given_to_it", "tokens"),
    [
        (0, 0),
        (1, 1),
        (4, 1),
        (5, 2),
        ("", 0),
        ("abcde", 2),
        ("漢字漢字", 4),
        ("한국어 abcde", 5),
        ("a" * 99_999, 25_000),
    ],
)
def test_tokens_are_estimated_by_characters(given_to_it: int | str, tokens: int) -> None:
    assert estimate_tokens(given_to_it) == tokens


HARD = {
    "a line of white space": "x\ny\n" + " " * 190_000 + "x",
    "a line of calls left open": "x\ny\n" + "a(" * 95_000 + "x",
    "a line of calls": "x\ny\n" + "a() " * 47_000 + "x",
    "as many tags as records": "<r>" + "".join(f"<t{number:x}/>" * 2 for number in range(100_000)) + "</r>",
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD)
def test_a_profile_takes_time_by_the_length_of_the_text(text: str) -> None:
    """A detector that looks at the rest of the text again for every part of it does not come back from this."""
    assert profile(text).format in FORMATS
