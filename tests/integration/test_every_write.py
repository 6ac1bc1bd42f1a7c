"""A run that ends before any of the writes to its database goes on as if nothing had been."""

import sqlite3
from collections.abc import Callable
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


class EndedError(Exception):
    """The process is gone, as far as the database can tell."""


class Ending(SqliteSaver):
    """Counts its writes, and from a chosen one on writes nothing more."""

    def __init__(self, connection: sqlite3.Connection, at: int) -> None:
        super().__init__(connection)
        self.counted = [0]  # shared by the copies that the engine makes
        self.at = at

    def _counted(self, write: Callable[[], Any]) -> Any:
        self.counted[0] += 1
        if self.counted[0] >= self.at:
            raise EndedError
        return write()

    def put(self, *args: Any, **kwargs: Any) -> Any:
        return self._counted(lambda: super(Ending, self).put(*args, **kwargs))

    def put_writes(self, *args: Any, **kwargs: Any) -> None:
        self._counted(lambda: super(Ending, self).put_writes(*args, **kwargs))


class Runs:
    """Runs over one database, each with a connection and an `RLM` of its own."""

    def __init__(self, server: ModelServer, folder: Path, samples: int) -> None:
        self.server = server
        self.folder = folder
        self.samples = samples

    def invoke(self, given: Any, at: int = 10**9) -> tuple[RLMResult | None, int]:
        """The result, None when the run was ended before its write number `at`; and how many writes there were."""
        with sqlite3.connect(self.folder / "db.sqlite", check_same_thread=False) as connection:
            saver = Ending(connection, at)
            models = (self.server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
            how: Any = {"budget": Budget(depth=2, cost=None), "samples": self.samples}
            rlm = RLM(*models, route="rlm", checkpointer=saver, context_store=self.folder / "texts", **how)
            try:
                result = rlm.invoke(given, THREAD)
            except EndedError:
                result = None
        connection.close()
        return result, saver.counted[0]


def told(result: RLMResult | None) -> Any:
    assert result is not None
    usage, (calls, tokens) = result["usage"], lost(result["journal"])
    counted = usage["calls"] - calls, usage["input_tokens"] - tokens
    return [result["question"], result["answer"], result["stop_reason"], *counted]


@pytest.fixture
def server(model_server: ModelServer) -> ModelServer:
    model_server.configure(models={"root": ROOT, "sub": {"kind": "echo"}})
    return model_server


@pytest.mark.parametrize("kind", ["first", "further", "samples"])
def test_a_run_that_ends_before_any_write_goes_on(server: ModelServer, tmp_path: Path, kind: str) -> None:
    is_further = kind == "further"
    given, samples = FURTHER if is_further else FIRST, 1
    if kind == "samples":
        samples = 2
        server.configure(models={"root": {"kind": "rules", "default": SAMPLE}, "sub": {"kind": "echo"}})

    def runs(name: str) -> Runs:
        (tmp_path / name).mkdir()
        made = Runs(server, tmp_path / name, samples)
        if is_further:
            made.invoke(FIRST)
        return made

    whole, writes = runs("whole").invoke(given)
    assert writes > (6 if is_further else 20)
    for at in range(1, writes + 1, samples**2):
        ended = runs(f"at {at}")
        assert ended.invoke(given, at)[0] is None
        going_on = None if at > 1 else given  # before the first write nothing is known of it
        assert told(ended.invoke(going_on)[0]) == told(whole), at
