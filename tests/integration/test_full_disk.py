"""A disk that is full: the run stops with what is missing and what to do, and goes on when there is room."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver

from langchain_rlm import RLM, Budget, HostError, InputError
from tests.server.client import ModelServer

THREAD: Any = {"configurable": {"thread_id": "1"}}
GIVEN: Any = {"question": "How many?", "context": " ".join(f"{number**3}" for number in range(600))}
MANY = "```repl\nfound = llm_query_batched([f'{n} ' * 300 for n in range(40)])\nFINAL(str(len(found)))\n```"


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """No file of the process can grow beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def rlm_of(server: ModelServer, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "rules", "default": MANY}, "sub": {"kind": "echo"}})
    models = server.chat_model("root"), server.chat_model("sub")
    return RLM(*models, route="rlm", max_concurrency=4, budget=Budget(cost=None), **settings)


def test_a_run_whose_database_is_full_goes_on_when_there_is_room(model_server: ModelServer, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "db.sqlite", check_same_thread=False)
    saver = SqliteSaver(connection)
    saver.setup()
    rlm = rlm_of(model_server, checkpointer=saver)
    with full_after(260_000), pytest.raises(HostError, match=r"database failed .*has room again.*invoke\(None"):
        rlm.invoke(GIVEN, THREAD)
    before = model_server.stats()["by_model"].get("sub", 0)
    assert rlm.invoke(None, THREAD)["answer"] == "40"
    assert 0 < before < 40, before
    assert model_server.stats()["by_model"]["sub"] <= 40 + 4 + 8  # those in flight and not saved
    connection.close()


def test_a_context_store_that_is_full_is_refused_before_anything_is_paid_for(
    model_server: ModelServer, tmp_path: Path
) -> None:
    rlm = rlm_of(model_server, checkpointer=InMemorySaver(), context_store=tmp_path / "texts")
    with full_after(500), pytest.raises(InputError, match=r"context_store=.*cannot be written"):
        rlm.invoke(GIVEN, THREAD)
    assert model_server.stats()["requests"] == 0
    assert rlm.invoke(GIVEN, THREAD)["answer"] == "40"
