"""A run that ends before any of the writes to its database goes on as if nothing had been."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver

from langchain_rlm import RLM, Budget, RLMResult
from tests.server.client import ModelServer
from tests.unit.journals import lost

TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(2_000))
THREAD: Any = {"configurable": {"thread_id": "1"}}
FIRST: Any = {"question": "What is there?", "context": TEXT}
FURTHER: Any = {"question": "And further?"}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


BELOW = cell("found = llm_query_batched([context[:40], context[40:80]])\nFINAL('+'.join(found))")
ROOT = {
    "kind": "rules",
    "rules": [
        {"match": r"And further", "reply": cell("FINAL(f'{len(a)} {b}')")},
        {"match": r"<question>\nBelow", "reply": BELOW},
        {"match": r"^2\n", "reply": cell("b = llm_query('again ' + a[1])\nFINAL('|'.join(a) + b + '|'.join(c))")},
    ],
    "default": cell(
        "a = llm_query_batched([f'P{i} ' + context[i * 50:i * 50 + 60] for i in range(2)])\n"
        "c = rlm_query_batched(['Below 1'], [context[:300]])\nprint(len(a))"
    ),
}


SAMPLE = cell("FINAL(llm_query('P ' + context[:60]))")
"""What each of several runs for one question writes."""


class Copying(SqliteSaver):
    """Copies its database before each write: what there is when a process ends just then."""

    def __init__(self, connection: sqlite3.Connection, file: Path, folder: Path | None) -> None:
        super().__init__(connection)
        self.file = file
        self.folder = folder
        self.copied = count(1)  # shared by the copies that the engine makes

    def _copied(self, write: Callable[[], Any]) -> Any:
        if self.folder is not None:
            copy = sqlite3.connect(self.folder / f"{next(self.copied)}.sqlite")
            with closing(sqlite3.connect(self.file)) as committed, closing(copy):
                committed.backup(copy)
        return write()

    def put(self, *args: Any, **kwargs: Any) -> Any:
        return self._copied(lambda: super(Copying, self).put(*args, **kwargs))

    def put_writes(self, *args: Any, **kwargs: Any) -> None:
        self._copied(lambda: super(Copying, self).put_writes(*args, **kwargs))


@dataclass
class Runs:
    """Runs over databases of one folder, each with a connection and an `RLM` of its own."""

    server: ModelServer
    folder: Path
    samples: int

    def invoke(self, given: Any, database: str, copies: Path | None = None) -> RLMResult:
        file = self.folder / database
        with closing(sqlite3.connect(file, check_same_thread=False)) as connection:
            connection.execute("PRAGMA synchronous=OFF")  # no machine loses its power here
            models = (self.server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
            saver, texts = Copying(connection, file, copies), self.folder / "texts"
            how: Any = {"budget": Budget(depth=2, cost=None), "samples": self.samples}
            rlm = RLM(*models, route="rlm", checkpointer=saver, context_store=texts, **how)
            return rlm.invoke(given, THREAD)


def told(result: RLMResult) -> Any:
    usage, (calls, tokens) = result["usage"], lost(result["journal"])
    counted = usage["calls"] - calls, usage["input_tokens"] - tokens
    return [result["question"], result["answer"], result["stop_reason"], *counted]


@pytest.fixture
def server(model_server: ModelServer) -> ModelServer:
    model_server.configure(models={"root": ROOT, "sub": {"kind": "echo"}})
    return model_server


@pytest.mark.parametrize("kind", ["first", "further", "samples"])
def test_a_run_that_ends_before_any_write_goes_on(server: ModelServer, tmp_path: Path, kind: str) -> None:
    is_further, samples = kind == "further", 2 if kind == "samples" else 1
    if kind == "samples":
        server.configure(models={"root": {"kind": "rules", "default": SAMPLE}, "sub": {"kind": "echo"}})
    runs, copies = Runs(server, tmp_path, samples), tmp_path / "copies"
    copies.mkdir()
    if is_further:
        runs.invoke(FIRST, "db.sqlite")
    given = FURTHER if is_further else FIRST
    whole = told(runs.invoke(given, "db.sqlite", copies))
    writes = len([*copies.iterdir()])
    assert writes > (6 if is_further else 20)
    for at in range(1, writes + 1, samples**2):
        going_on = None if at > 1 else given  # before the first write nothing is known of it
        assert told(runs.invoke(going_on, f"copies/{at}.sqlite")) == whole, at
