"""REPL workers that die: in the middle of a cell, at its end, while nobody looks, while they are built again."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler

from langchain_rlm import RLM
from tests.resources import children
from tests.server.client import ModelServer

GIVEN: Any = {"question": "What?", "context": "some text"}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def workers() -> list[int]:
    return [pid for pid in children() if Path(f"/proc/{pid}/comm").read_text().strip() == "monty"]


def kill_workers() -> bool:
    found = workers()
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    return bool(found)


def killer() -> Callable[[str], str]:
    """A tool that ends the worker which waits for its answer."""

    def end(which: str) -> str:
        """End it."""
        kill_workers()
        return which

    return end


def rlm_of(server: ModelServer, *cells: str, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": [*map(cell, cells)]}})
    return RLM(server.chat_model("root"), route="rlm", **settings)


def test_a_worker_that_dies_while_a_cell_waits_is_built_again_and_the_cell_goes_on(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, "kept = 7", "said = end('x')\nFINAL(said + str(kept))", tools=[killer()])
    assert rlm.invoke(GIVEN)["answer"] == "x7"


def test_one_that_dies_while_the_root_model_thinks_is_built_again(model_server: ModelServer) -> None:
    killed: list[bool] = []
    last: Any = None
    for mode, data in rlm_of(model_server, "kept = 7", "FINAL(kept)").stream(GIVEN, stream_mode=["custom", "values"]):
        if mode == "custom" and data["event"] == "cell_end" and not killed:
            killed.append(kill_workers())
        last = data
    assert killed == [True]
    assert last["answer"] == "7"
    assert len(model_server.log()) == 2


class _KillsAfterTheSecondReply(BaseCallbackHandler):
    """The run waits for what it does: the variable is not read yet."""

    def __init__(self) -> None:
        self.killed: list[bool] = []

    def on_llm_end(self, *_: Any, **__: Any) -> None:
        self.killed.append(bool(self.killed) and kill_workers())


def test_one_that_dies_before_a_variable_is_read_is_built_again(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, "kept = 'seven'\nend('x')", tools=[killer()])
    replies = [cell("kept = 'seven'"), "FINAL_VAR(kept)"]
    model_server.configure(models={"root": {"kind": "script", "replies": replies}})
    reader = _KillsAfterTheSecondReply()
    result = rlm.invoke(GIVEN, {"callbacks": [reader]})
    assert reader.killed == [False, True]
    assert result["answer"] == "seven"


def test_a_worker_that_dies_in_its_cell_again_and_again_loses_the_cell_and_not_the_run(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langchain_rlm.repl.monty.session.MontySandbox._print", lambda *_: kill_workers())
    result = rlm_of(model_server, "kept = 7", "print('it dies')", "FINAL(kept)").invoke(GIVEN)
    assert result["answer"] == "7"
    error = [entry for entry in result["journal"] if entry["kind"] == "cell_end"][1]["error"]
    assert error is not None
    assert "was ended" in error
    assert "twice; the variables of this cell are lost" in error


FULL = """
import resource, sys
from pathlib import Path
from langgraph.checkpoint.memory import InMemorySaver
from langchain_openai import ChatOpenAI
from langchain_rlm import RLM, HostError

model = ChatOpenAI(model="root", base_url=sys.argv[1], api_key="none")
rlm = RLM(model, route="rlm", checkpointer=InMemorySaver())
thread = {"configurable": {"thread_id": "1"}}
before = resource.getrlimit(resource.RLIMIT_NOFILE)
rlm.graph  # what is imported late needs files

def fill(event):
    if event["event"] == "reply":
        held = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
        resource.setrlimit(resource.RLIMIT_NOFILE, (held + 2, before[1]))

try:
    for event in rlm.stream({"question": "What?", "context": "some text"}, thread, stream_mode="custom"):
        fill(event)
except HostError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_NOFILE, before)
print(rlm.invoke(None, thread)["answer"])
"""


def test_a_machine_without_descriptors_stops_the_run_which_goes_on_later(model_server: ModelServer) -> None:
    model_server.configure(models={"root": {"kind": "script", "replies": [cell("FINAL(context)")]}})
    done = subprocess.run([sys.executable, "-c", FULL, model_server.url], capture_output=True, text=True, check=False)
    error, answer = done.stdout.splitlines()
    assert error.startswith("A REPL cannot be started: ")
    assert "ulimit -n" in error
    assert answer == "some text"
    assert len(model_server.log()) == 1
