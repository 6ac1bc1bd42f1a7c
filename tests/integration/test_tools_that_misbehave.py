"""Tools that want to end the process, or that hang: the run, and the others of the process, go on."""

import sqlite3
import sys
import threading
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.tools import tool

from langchain_rlm import RLM, Budget
from tests.server.client import ModelServer

GIVEN: Any = {"question": "What?", "context": "some text"}
TRY = "```repl\ntry:\n    end('x')\nexcept Exception as error:\n    FINAL(str(error))\n```"
MANY = """```repl
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(40) as pool:
    list(pool.map(wait, range(40)))
```"""


def plain(x: str) -> str:
    """End it."""
    sys.exit(f"bad {x}")


async def asynchronous(x: str) -> str:
    """End it."""
    sys.exit(f"bad {x}")


def rlm_of(server: ModelServer, reply: str, tools: list[Any], **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": [reply, reply, "```repl\nFINAL('done')\n```"]}})
    return RLM(server.chat_model("root"), route="rlm", tools=tools, **settings)


@pytest.mark.parametrize("function", [plain, asynchronous])
def test_a_function_that_wants_to_end_the_process_has_failed_and_the_code_is_told(
    model_server: ModelServer, function: Any
) -> None:
    function = type(function)(function.__code__, function.__globals__, "end")
    result = rlm_of(model_server, TRY, [function]).invoke(GIVEN)
    assert "it wanted to end the process (SystemExit: bad x)" in result["answer"]


def test_calls_of_functions_are_counted_and_the_code_is_told_when_there_are_too_many(model_server: ModelServer) -> None:
    called: list[int] = []

    def look(x: int) -> int:
        called.append(x)
        return x

    code = "try:\n    while True:\n        look(1)\nexcept Exception as error:\n    FINAL(str(error))"
    rlm = rlm_of(model_server, f"```repl\n{code}\n```", [look], budget=Budget(tool_calls=7, cost=None))
    assert "1 calls of functions, 0 left of 7" in rlm.invoke(GIVEN)["answer"]
    assert called == [1] * 7


def test_so_has_a_tool_of_langchain(model_server: ModelServer) -> None:
    result = rlm_of(model_server, TRY, [tool("end")(plain)]).invoke(GIVEN)
    assert "it wanted to end the process (SystemExit: bad x)" in result["answer"]


def test_an_interrupt_from_a_tool_reaches_the_caller_and_the_next_run_works(model_server: ModelServer) -> None:
    def end(x: str) -> str:
        raise KeyboardInterrupt(x)

    with pytest.raises(KeyboardInterrupt):
        rlm_of(model_server, TRY, [end]).invoke(GIVEN)
    assert rlm_of(model_server, "```repl\nFINAL('fine')\n```", []).invoke(GIVEN)["answer"] == "fine"


class Recording(BaseCallbackHandler):
    """A callback with a database of its own."""

    raise_error = True

    def on_chain_start(self, *_: Any, **__: Any) -> None:
        msg = "disk is full"
        raise sqlite3.OperationalError(msg)


def test_without_a_checkpointer_an_error_of_a_database_is_not_taken_for_its(model_server: ModelServer) -> None:
    with pytest.raises(sqlite3.OperationalError, match="disk is full"):
        rlm_of(model_server, TRY, []).invoke(GIVEN, {"callbacks": [Recording()]})


@pytest.mark.parametrize("is_tool", [False, True])
def test_tools_that_hang_hold_up_no_other_run(model_server: ModelServer, *, is_tool: bool) -> None:
    free = threading.Event()

    def wait(x: int) -> int:
        """Wait."""
        free.wait()
        return x

    try:
        hanging = rlm_of(model_server, MANY, [tool(wait) if is_tool else wait], budget=Budget(seconds=2, cost=None))
        assert hanging.invoke(GIVEN)["stop_reason"] == "gave_up"  # without a reply there is no answer
        other = rlm_of(model_server, "```repl\nFINAL('fine')\n```", [], budget=Budget(seconds=60, cost=None))
        assert other.invoke(GIVEN)["answer"] == "fine"
    finally:
        free.set()
