"""In what a replay differs from its record: the place, both sides around the first difference, and what to do."""

from typing import Any

import pytest

from langchain_rlm.repl.protocol import Call
from langchain_rlm.runtime.differences import apart, beginning, calls_apart, differs


def test_an_error_names_the_place_and_the_run_and_ends_with_the_remedy() -> None:
    assert str(differs("turn 2", "", "cites [1]")) == "the replay differs from the record: turn 2 cites [1]."
    below = differs("cell 1 of turn 2", "/3/1", "ends", "Do this.")
    assert str(below).endswith("cell 1 of turn 2 of the recursive run /3/1 ends. Do this.")


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        ("one", "two", "'one', on record 'two'"),
        ("", "two\n", "'', on record 'two\\n'"),
        ("a" * 99, "a" * 98, f"'...{'a' * 61}', on record '...{'a' * 60}'"),
        ("b" + "a" * 99, "c" + "a" * 99, f"'b{'a' * 59}...', on record 'c{'a' * 59}...'"),
    ],
)
def test_two_texts_are_quoted_around_their_first_difference(now: str, then: str, words: str) -> None:
    assert apart(now, then) == words


def test_a_long_text_is_quoted_as_far_as_a_line_shows_it() -> None:
    assert (beginning("a"), beginning("a" * 121)) == ("'a'", f"'{'a' * 120}...'")


ASKED: dict[str, Any] = {"how": "llm", "model": None, "pieces": ["Read: ", [0, 0, 5]]}
GIVEN: dict[str, Any] = {**ASKED, "how": "rlm", "pieces": ["Sum"], "context": [[[0, 0, 5]], ["b"]]}
TOOL: dict[str, Any] = {"how": "tool", "model": None, "pieces": [], "tool": "add", "arguments": [[1], {"to": "x"}]}


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (Call("llm", "Read: words"), ASKED, "'Read: words', on record 'Read: first'"),
        (Call("rlm", "Sum", None, ["first", "c"]), GIVEN, "'Sum\\n\\nfirst\\n\\nc', on record 'Sum\\n\\nfirst\\n\\nb'"),
        (Call("tool", "add", arguments=([2], {"to": "x"})), TOOL, "\"add(2, to='x')\", on record \"add(1, to='x')\""),
        (Call("llm", "Read: first", images=((0, 3),)), ASKED,
         "'Read: first\\n[picture of page 3 of d0]', on record 'Read: first'"),
        (Call("rlm", "Read: first"), ASKED, "'Read: first' by rlm_query, on record by llm_query"),
        (Call("llm", "Read: first", "b"), ASKED, "'Read: first' by llm_query of the model 'b', on record by llm_query"),
    ],
)  # fmt: skip
def test_calls_are_told_apart_by_their_words_or_by_how_they_were_asked(now: Call, then: Any, words: str) -> None:
    assert calls_apart(now, then, ["first text"]) == words
