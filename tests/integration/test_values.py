"""Values that code gives and checkpoints can hardly keep: large numbers, deep nesting."""

from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import RLM
from langchain_rlm.repl.protocol import DEEPEST
from tests.server.client import ModelServer

THREAD: Any = {"configurable": {"thread_id": "1"}}
LARGE = 10**30


def look(value: Any) -> Any:
    return value


def keyed() -> Any:
    return {"caf\udce9": 1}


def fail() -> str:
    message = "no such file: caf\udce9"
    raise ValueError(message)


def ask(server: ModelServer, code: str, saver: Any) -> Any:
    replies = [f"```repl\n{code}\n```", "```repl\nFINAL('another')\n```"]
    server.configure(models={"root": {"kind": "script", "replies": replies}})
    rlm = RLM(server.chat_model("root", keep_alive=True), route="rlm", checkpointer=saver, tools=[look, fail, keyed])
    return rlm.invoke({"question": "What is it?", "context": "text"}, THREAD)


@pytest.fixture(params=[False, True], ids=["not saved", "saved"])
def saver(request: pytest.FixtureRequest) -> Any:
    return InMemorySaver() if request.param else None


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (f"FINAL({LARGE})", str(LARGE)),
        ("FINAL({'n': [-2**63, 2**64 - 1, 2**64, True, 0.5]})", {"n": [-(2**63), 2**64 - 1, str(2**64), True, 0.5]}),
        (f"FINAL(look({LARGE}))", str(LARGE)),
    ],
)
def test_numbers_beyond_64_bits_are_kept_as_text(model_server: ModelServer, saver: Any, code: str, value: Any) -> None:
    result = ask(model_server, code, saver)
    assert result["value"] == value
    if isinstance(value, str):
        assert result["answer"] == value


def nested(depth: int) -> str:
    return f"value = 'core'\nfor i in range({depth}):\n    value = [value]\n"


ENDS = {"final": "FINAL(value)", "draft": "answer = {'content': value, 'ready': True}", "tool": "FINAL(look(value))"}


@pytest.mark.parametrize("end", ENDS)
def test_values_nested_as_deeply_as_can_be_are_given(model_server: ModelServer, saver: Any, end: str) -> None:
    value = ask(model_server, nested(DEEPEST - 5) + ENDS[end], saver)["value"]
    for _ in range(DEEPEST - 5):
        (value,) = value
    assert value == "core"


@pytest.mark.parametrize("depth", [DEEPEST, 700])
@pytest.mark.parametrize("end", ENDS)
def test_deeper_values_fail_in_the_cell_and_not_the_run(
    model_server: ModelServer, saver: Any, end: str, depth: int
) -> None:
    result = ask(model_server, nested(depth) + ENDS[end], saver)
    assert (result["answer"], result["turns"]) == ("another", 2)


def test_keys_that_cannot_be_encoded_are_replaced(model_server: ModelServer, saver: Any) -> None:
    value = ask(model_server, "FINAL(keyed())", saver)["value"]
    assert value == {"caf\N{REPLACEMENT CHARACTER}": 1}


def test_an_error_of_a_tool_that_cannot_be_encoded_reaches_the_cell(model_server: ModelServer, saver: Any) -> None:
    code = "try:\n    fail()\nexcept RuntimeError as error:\n    FINAL(str(error))"
    assert "no such file: caf\N{REPLACEMENT CHARACTER}" in ask(model_server, code, saver)["answer"]
