"""Runs in full Python, from question to answer: told to the root model, kept on record, built again, replayed."""

import contextlib
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import RLM, CPython, InputError, load_journal, save_journal
from langchain_rlm.context.load import load_corpus
from langchain_rlm.runtime.replay import Replay
from tests.resources import children
from tests.server.client import ModelServer

pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="full Python is jailed on Linux alone")
THREADS = """from concurrent.futures import ThreadPoolExecutor, as_completed
with ThreadPoolExecutor(4) as pool:
    futures = [pool.submit(llm_query, f'question {n}') for n in range(10)]
    told = [future.result() for future in as_completed(futures)]
print(len(told), __import__('time').time() > 0)"""
DONE = "FINAL(sorted(told))"
ASKED: Any = {"question": "What?", "context": "text"}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def made(server: ModelServer, *cells: str, **settings: Any) -> RLM:
    models = {
        "root": {"kind": "script", "replies": [cell(code) for code in cells]},
        "sub": {"kind": "script", "replies": ["said"]},
    }
    server.configure(models=models)
    root, leaf = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root, leaf, **{"route": "rlm", "repl": "cpython", **settings})


def test_threads_of_a_cell_ask_at_once_and_the_record_replays(model_server: ModelServer, tmp_path: Path) -> None:
    result = made(model_server, THREADS, DONE).invoke({"question": "What?", "context": "some text"})
    assert (result["answer"], result["stop_reason"]) == (str(["said"] * 10).replace("'", '"'), "answered")
    asked = [len(entry["calls"]) for entry in result["journal"] if entry["kind"] == "asked"]
    assert asked == [4, 4, 2]
    begun: Any = result["journal"][0]
    assert begun["repl"] == {"python": CPython().version, "packages": []}
    save_journal(result, tmp_path / "run.jsonl")
    replay = Replay(load_journal(tmp_path / "run.jsonl"), load_corpus("some text"), lambda _: None)
    replay.run()
    assert (replay.cells, replay.is_answered) == (2, True)


def test_the_root_model_is_told_of_full_python(model_server: ModelServer) -> None:
    made(model_server, "FINAL('x')").invoke(ASKED)
    (system, *_) = model_server.log()[0]["messages"]
    assert f"Only the standard library of CPython {CPython().version} is there;" in system["content"]


def test_a_worker_that_is_killed_from_outside_is_built_again(model_server: ModelServer) -> None:
    killed: list[int] = []

    def strike() -> str:
        """End the worker, the first time."""
        if not killed:
            killed.extend(_workers())
            os.kill(killed[0], signal.SIGKILL)
        return "struck"

    rlm = made(model_server, "kept = 41", "x = strike()\nprint(x)", "FINAL([kept + 1, x])", tools=[strike])
    result = rlm.invoke(ASKED)
    assert len(killed) == 1
    assert result["answer"] == '[42, "struck"]'


def test_a_run_does_not_go_on_in_another_sandbox(model_server: ModelServer) -> None:
    saver, config = InMemorySaver(), RunnableConfig(configurable={"thread_id": "t"})
    made(model_server, "kept = 41\nFINAL('x')", checkpointer=saver).invoke(ASKED, config)
    other = made(model_server, "FINAL(kept)", checkpointer=saver, repl="monty")
    with pytest.raises(InputError, match=r"This run began with RLM\(repl=CPython\(packages=\[\]\)\)"):
        other.invoke(ASKED, config)
    same = made(model_server, "FINAL(kept)", checkpointer=saver)
    assert same.invoke(ASKED, config)["answer"] == "41"


def _workers() -> list[int]:
    return [pid for pid in children() if _is_worker(pid)]


def _is_worker(pid: int) -> bool:
    return b"repl.cpython" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.fixture(autouse=True)
def no_worker_is_left() -> Iterator[None]:
    yield
    assert _workers() == []


DIES = """
import sys, threading
from datetime import UTC, datetime
from langchain_rlm.repl.cpython.workers import CPython
from langchain_rlm.repl.protocol import ReplContext, ReplLimits
given = {"seed": "", "started": datetime.now(UTC), "host": print}
sandbox = CPython()().new(ReplContext(["t"], True, [{}], 9), ReplLimits(), **given)
sandbox.open()
if sys.argv[1] == "paused":
    sandbox.start("llm_query('x')")
else:
    threading.Thread(target=sandbox.start, args=("while True: pass",)).start()
print(sandbox._live.worker.pid, flush=True)
threading.Event().wait()
"""


@pytest.mark.parametrize("how", ["paused", "running"])
def test_a_worker_ends_with_its_host(how: str) -> None:
    with subprocess.Popen([sys.executable, "-c", DIES, how], stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        worker = int(host.stdout.readline())
        host.kill()
    until = time.monotonic() + 30
    while _is_alive(worker):
        assert time.monotonic() < until, "it lives on"


def _is_alive(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    return False
