"""What a user may pass to a run, and what is refused with what to pass instead."""

import re
from typing import Any

import pytest
from langgraph.types import Command

from langchain_rlm.errors import InputError
from langchain_rlm.runtime.given import Given, check_config, read


async def test_a_question_and_a_context_are_read_with_the_context_loaded() -> None:
    given = await read({"question": "Why?", "context": "the text"})
    assert given.question == "Why?"
    assert given.corpus is not None
    assert given.corpus.texts == ("the text",)
    assert given.command is None


async def test_a_question_or_a_context_may_come_alone() -> None:
    assert await read({"question": "And then?"}) == Given("And then?")
    given = await read({"context": ["one", "two"]})
    assert given.corpus is not None
    assert (given.question, given.corpus.texts) == (None, ("one", "two"))


async def test_nothing_at_all_goes_on_and_so_does_a_command() -> None:
    command: Command[Any] = Command(resume="approve")
    assert await read(None) == Given()
    assert await read(command) == Given(command=command)


@pytest.mark.parametrize("given", ["Why?", {}, {"messages": []}, [("question", "Why?")], 5])
async def test_what_has_neither_question_nor_context_is_refused_with_what_to_pass(given: Any) -> None:
    with pytest.raises(InputError, match=r'The input is .*\. Pass \{"question": \.\.\., "context": \.\.\.\}\.'):
        await read(given)


async def test_an_unknown_key_may_be_the_one_that_is_missing_misspelt() -> None:
    with pytest.raises(InputError, match=r"Unknown in the input: 'contxt'\. Known are 'question' and 'context'\."):
        await read({"question": "Why?", "contxt": "the text"})


async def test_beside_question_and_context_other_keys_are_no_concern_of_the_run() -> None:
    assert (await read({"question": "Why?", "context": "x", "user": "ann"})).question == "Why?"


@pytest.mark.parametrize("question", ["", " \n", None, 5, ["Why?"]])
async def test_a_question_is_words(question: Any) -> None:
    with pytest.raises(InputError, match=re.escape(f"The question is {question!r}. Ask something in words.")):
        await read({"question": question, "context": "the text"})


async def test_a_context_that_cannot_be_loaded_is_refused() -> None:
    with pytest.raises(InputError):
        await read({"question": "Why?", "context": 5})


@pytest.mark.parametrize("config", [None, {}, {"configurable": {"thread_id": "1"}}, {"configurable": None}])
def test_a_configuration_is_a_dict_or_none(config: Any) -> None:
    check_config(config)


@pytest.mark.parametrize("config", ["thread 1", [], {"configurable": "thread 1"}, {"configurable": []}])
def test_what_is_no_configuration_is_refused_with_what_to_pass(config: Any) -> None:
    with pytest.raises(InputError, match=r"config=.*: pass a dict"):
        check_config(config)
