"""`llm_query` with a schema, and `llm_quotes`."""

from typing import Any

from langchain_rlm.repl.protocol import Within
from tests.unit.repl.typed.programs import done

TEXT = "The kettle is red. It was bought\nin 1987. Nobody knows why."


def cite(_: str, quote: str, within: Within, near: None) -> dict[str, Any]:
    assert near is None
    return {"text": quote, "mark": "[c1]"} if quote in within.text else {"error": "not there"}


def quotes(*replies: str) -> Any:
    said = iter(replies)
    given = {"question": "What colour?", "texts": [TEXT], "model": None}
    results, rounds = done("quotes", given, lambda _: next(said), cite)
    return results[0], [prompts[0] for prompts in rounds]


def query(*replies: str, schema: Any = None) -> Any:
    said = iter(replies)
    results, rounds = done(
        "query", {"prompts": ["When?"], "schema": schema or {"year": "int"}, "model": None}, lambda _: next(said)
    )
    return results[0], [prompts[0] for prompts in rounds]


def test_an_answer_of_the_form_is_asked_once() -> None:
    result, prompts = query('{"year": 1987}')
    assert result == ("ok", {"year": 1987})
    assert prompts == ['When?\n\nAnswer with JSON alone, of this form: {"year": <whole number>}']


def test_an_answer_of_another_form_is_asked_again_with_what_is_wrong() -> None:
    result, prompts = query("long ago", '{"year": 1987}')
    assert result == ("ok", {"year": 1987})
    assert 'Your answer was: long ago\nIt cannot be used: the answer is "long ago", not an object.' in prompts[1]


def test_a_form_that_no_answer_has_is_told_after_three_times() -> None:
    result, prompts = query("a", "b", "c")
    assert result == ("failed", "form", 'the answer is "c", not an object')
    assert len(prompts) == 3


def test_sentences_are_found_however_they_are_listed() -> None:
    for said in (
        "The kettle is red.", "- The kettle is red.", '1. "The kettle is red."', "Here it is:\n\n* The kettle is red.",
        '["The kettle is red."]', "```\nThe kettle is red.\n```", "**The kettle is red.**",
    ):  # fmt: skip
        result, prompts = quotes(said)
        assert result == ("ok", [["The kettle is red. [c1]"], 0])
        assert len(prompts) == 1


def test_nothing_is_no_sentence() -> None:
    for said in ("NOTHING", "Nothing.", "None", "No sentence helps.", ""):
        assert quotes(said)[0] == ("ok", [[], 0])


def test_a_sentence_that_is_not_in_the_text_is_asked_for_again_once_and_dropped() -> None:
    result, prompts = quotes("The kettle is red.\nThe kettle is blue.", "The kettle is blue.")
    assert result == ("ok", [["The kettle is red. [c1]"], 1])
    assert "- The kettle is blue.\n" in prompts[1]
    result, _ = quotes("The kettle is blue.", "The kettle is red.")
    assert result == ("ok", [["The kettle is red. [c1]"], 0])
