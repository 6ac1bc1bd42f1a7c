"""What was paid for is kept, whatever ends a run; and a failure below never looks like an answer."""

from datetime import date
from typing import Any

import pytest
from langchain_core.tools import tool
from langgraph.store.memory import InMemoryStore
from pydantic import BaseModel, ConfigDict, Field

from langchain_rlm import RLM, Budget, ModelError
from tests.server.client import ModelServer

GIVEN: Any = {"question": "What is there?", "context": "The kettle is on the stove."}


def cell(code: str) -> str:
    return f"Next.\n```repl\n{code}\n```"


def rlm_with(server: ModelServer, *replies: Any, latency: float = 0, **settings: Any) -> RLM:
    sub = {"kind": "echo", "latency": latency}
    server.configure(models={"root": {"kind": "script", "replies": list(replies)}, "sub": sub})
    return RLM(server.chat_model("root"), server.chat_model("sub"), **{"route": "rlm", **settings})


def test_answers_that_came_before_the_time_was_up_are_there_in_the_last_turn(model_server: ModelServer) -> None:
    ask = "results = []\nfor i in range(50):\n    results.append(llm_query(str(len(results))))"
    rlm = rlm_with(model_server, cell(ask), cell("FINAL(results)"), latency=0.3, budget=Budget(seconds=2, cost=None))
    result = rlm.invoke(GIVEN)
    assert result["stop_reason"] == "budget:seconds"
    assert result["value"][:2] == ["echo: 0 (1 characters)", "echo: 1 (1 characters)"]


def test_a_root_model_that_refuses_later_leaves_the_draft_as_the_answer(model_server: ModelServer) -> None:
    refusal = {"content": "", "refusal": "I will not."}
    result = rlm_with(model_server, cell("answer['content'] = llm_query('a')"), refusal).invoke(GIVEN)
    assert (result["answer"], result["stop_reason"]) == ("echo: a (1 characters)", "gave_up")


def test_a_root_model_that_refuses_at_once_is_an_error(model_server: ModelServer) -> None:
    with pytest.raises(ModelError, match="refused"):
        rlm_with(model_server, {"content": "", "refusal": "I will not."}).invoke(GIVEN)


def test_what_a_recursive_run_only_printed_is_no_answer(model_server: ModelServer) -> None:
    code = (
        "if context == 'some text':\n    print('nothing yet')\nelse:\n    try:\n"
        "        FINAL(rlm_query('Say it', 'some text'))\n"
        "    except RuntimeError as error:\n        FINAL('failed: ' + str(error))"
    )
    result = rlm_with(model_server, cell(code), budget=Budget(depth=2, turns=5)).invoke(GIVEN)
    assert result["answer"].startswith("failed: sub-query failed (empty): the recursive run ended without an answer")


def test_a_recursive_run_without_a_turn_left_is_not_asked_of_a_model_without_the_text(
    model_server: ModelServer,
) -> None:
    ask = "try:\n    FINAL(rlm_query('How many?'))\nexcept RuntimeError as error:\n    FINAL(str(error))"
    result = rlm_with(model_server, cell(ask), budget=Budget(depth=2, turns=2)).invoke(GIVEN)
    assert "No turn is left for a recursive run" in result["answer"]


def test_the_graph_has_as_many_turns_as_the_runnable(model_server: ModelServer) -> None:
    rlm = rlm_with(model_server, cell("x = 1"), budget=Budget(turns=3))
    assert rlm.invoke(GIVEN)["turns"] == rlm.graph.invoke(GIVEN)["turns"] == 3


@tool
def price_of(item: str) -> int:
    """The price of an item."""
    return len(item)


def test_tools_are_there_for_a_short_context_too(model_server: ModelServer) -> None:
    rlm = rlm_with(model_server, cell("FINAL(price_of('pen'))"), tools=[price_of], route="auto")
    assert rlm.invoke(GIVEN)["value"] == 3


class Due(BaseModel):
    """A form with an alias and a strict date."""

    model_config = ConfigDict(strict=True)

    due: date = Field(alias="dueDate")


def test_aliases_and_strict_dates_can_be_met(model_server: ModelServer) -> None:
    result = rlm_with(model_server, cell("FINAL({'dueDate': '2026-11-22'})"), response_format=Due).invoke(GIVEN)
    assert result["structured_response"].due == date(2026, 11, 22)
    assert result["value"] == {"dueDate": "2026-11-22"}


def test_a_text_that_reads_like_a_number_is_a_text_where_one_is_asked_for(model_server: ModelServer) -> None:
    result = rlm_with(model_server, cell("FINAL('2024')"), response_format=str).invoke(GIVEN)
    assert result["structured_response"] == "2024"


def test_a_store_without_an_index_is_searched_by_words(model_server: ModelServer) -> None:
    store = InMemoryStore()
    for number in range(30):
        store.put(("animals",), f"k{number}", {"text": "a zebra" if number == 17 else f"a cow, number {number}"})
    code = "FINAL([hit['id'] for hit in search('zebra')] + search('unicorn'))"
    result = rlm_with(model_server, cell(code)).invoke({"question": "Which?", "context": store})
    assert result["value"] == ["animals/k17"]
    assert [document.metadata["name"] for document in result["context"]] == ["animals/k17"]
