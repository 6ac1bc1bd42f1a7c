"""A result as JSON, and copies of an `RLM` and its results."""

import copy
import json
import pickle
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel

from langchain_rlm import RLM, Budget, InputError, RLMTool, result_to_json
from langchain_rlm.result import Result
from tests.server.client import ModelServer

GIVEN: Any = {"question": "What is it?", "context": {"a.txt": "It is a kettle. " * 20, "b.txt": "It is a pot."}}


class Kettle(BaseModel):
    """A pydantic model."""

    made: date
    parts: set[str]


@dataclass
class Pot:
    """No pydantic model."""

    made: date


def answered(server: ModelServer, reply: str, **settings: Any) -> Any:
    server.configure(models={"root": {"kind": "script", "replies": [reply]}, "gpt-4o": {"kind": "echo"}})
    return RLM(server.chat_model("root"), server.chat_model("gpt-4o"), **settings).invoke(
        GIVEN, {"configurable": {"thread_id": "1"}}
    )


def test_a_result_is_json_with_its_documents_by_their_metadata(model_server: ModelServer) -> None:
    result = answered(model_server, "```repl\nFINAL(llm_query(context[1]))\n```", route="rlm")
    assert isinstance(result, Result)
    data = json.loads(result.to_json())
    assert data == json.loads(result_to_json(result)) == json.loads(result_to_json(copy.copy(result)))
    assert data["context"] == [{"id": document.id, **document.metadata} for document in result["context"]]
    assert [document["id"] for document in data["context"]] == ["d0", "d1"]  # the first message shows the first one
    assert {key: value for key, value in data.items() if key != "context"} == {
        key: value for key, value in result.items() if key != "context"
    }


@pytest.mark.parametrize(
    ("form", "reply", "plain"),
    [
        (Kettle, '{"made": "1871-03-01", "parts": ["lid"]}', {"made": "1871-03-01", "parts": ["lid"]}),
        (Pot, '{"made": "1871-03-01"}', {"made": "1871-03-01"}),
        (list[date], '["1871-03-01"]', ["1871-03-01"]),
    ],
)
def test_a_structured_response_is_json_by_its_fields(
    model_server: ModelServer, form: Any, reply: str, plain: Any
) -> None:
    result = answered(model_server, reply, route="direct", response_format=form)
    assert json.loads(result.to_json())["structured_response"] == plain


def test_numbers_that_json_has_not_are_null(model_server: ModelServer) -> None:
    result = answered(model_server, "```repl\nFINAL([float('nan'), float('inf'), 1.5])\n```", route="rlm")
    text = result.to_json()
    assert "NaN" not in text.replace('"[NaN', "").replace("FINAL", "")
    assert json.loads(text)["value"] == [None, None, 1.5]


def test_what_a_run_waits_for_is_json_too(model_server: ModelServer) -> None:
    waits = answered(
        model_server,
        "```repl\nllm_query('a')\n```",
        route="rlm",
        budget=Budget(confirm_above=0),
        checkpointer=InMemorySaver(),
    )
    assert json.loads(waits.to_json())["__interrupt__"][0]["value"]["calls"] == 1


# -- copies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_has_the_same_models_and_settings(model_server: ModelServer, copied: Any) -> None:
    model_server.configure(models={"root": {"kind": "echo"}})
    rlm = RLM(model_server.chat_model("root"), budget=Budget(turns=3), route="direct", checkpointer=InMemorySaver())
    other = copied(rlm)
    assert other is not rlm
    assert other.settings == rlm.settings
    assert other.settings.model is rlm.settings.model
    assert other.invoke(GIVEN, {"configurable": {"thread_id": "1"}})["answer"].startswith("echo")
    assert copied(RLMTool(rlm=rlm, documents=GIVEN["context"])).name == "ask_documents"


def test_an_rlm_of_names_goes_through_a_pickle() -> None:
    rlm = pickle.loads(pickle.dumps(RLM("offline", budget=Budget(turns=3), instructions="Be brief.")))  # noqa: S301  # ours
    assert (rlm.settings.budget.turns, rlm.settings.instructions) == (3, "Be brief.")


def test_what_cannot_be_pickled_is_named(model_server: ModelServer) -> None:
    with pytest.raises(InputError, match=r"its sub_model, a ChatOpenAI, cannot .*Name the model, as in 'openai:gpt-5'"):
        pickle.dumps(RLM("offline", model_server.chat_model("root")))
    with pytest.raises(InputError, match=r"its tools, a .*, cannot .*Make the RLM where it is used"):
        pickle.dumps(RLM("offline", tools=[locally]))


def _made() -> Any:
    def local() -> int:
        """Cannot be found by its name."""
        return 1

    return local


locally = _made()
