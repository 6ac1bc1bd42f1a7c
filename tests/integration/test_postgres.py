"""Checkpoints in a real PostgreSQL: what RLM(checkpointer=...) writes there, and what it does not."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import AsyncConnectionPool

from langchain_rlm import RLM, Budget, InputError, RLMInput, RLMResult
from langchain_rlm.journal.reading import question
from tests.resources import soon
from tests.server.client import ROOT, ModelServer

FAN_OUT = 20
PHRASE = "quagga okapi dugong"
LITERAL = "Which river is it that they crossed?"
THREAD: RunnableConfig = {"configurable": {"thread_id": "1"}}
ASK_ALL = f"""```repl
size = len(context) // {FAN_OUT} + 1
parts = [context[i * size:(i + 1) * size] for i in range({FAN_OUT})]
FINAL(llm_query_batched(['{LITERAL}\\n' + part for part in parts]))
```"""
RECURSE = "```repl\nFINAL(rlm_query_batched(['Below', 'Below'], [context[:40_000], context[40_000:]]))\n```"
SUB = {"kind": "rules", "rules": [{"match": r"crossed river (\d+)", "reply": r"\1"}]}


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """An empty database. It can be dropped only when nobody is connected any more."""
    name = f"runs_{uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        yield f"{postgres} dbname={name}"
        connection.execute(SQL("DROP DATABASE {}").format(Identifier(name)))


def given() -> RLMInput:
    lines = (f"{number}: the {PHRASE} crossed river {number}." for number in range(2_000))
    return {"question": "Which rivers?", "context": "\n".join(lines)}


def rlm_of(server: ModelServer, reply: Any, **settings: Any) -> RLM:
    below = {"match": r"<question>\nBelow", "reply": ASK_ALL}
    server.configure(models={"root": {"kind": "rules", "rules": [below], "default": reply}, "sub": SUB})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root, sub, **{"route": "rlm", **settings})


def written(database: str) -> bytes:
    """All that is in the database, as it stands in its columns."""
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        parts: list[bytes] = []
        for (table,) in found:
            copy = SQL("COPY {} TO STDOUT (FORMAT binary)").format(Identifier(table))
            with connection.cursor() as cursor, cursor.copy(copy) as rows:
                parts.extend(bytes(row) for row in rows)
    return b"".join(parts)


def check(result: RLMResult, data: bytes) -> None:
    """The run asked every chunk, and the database has its prompts' own words but nothing of the text."""
    assert result["stop_reason"] == "answered"
    assert len(result["value"]) == FAN_OUT
    assert [int(river) for river in result["value"]] == sorted({int(river) for river in result["value"]})
    assert LITERAL.encode() in data
    assert PHRASE.encode() not in data


def test_a_synchronous_saver_holds_the_run_and_nothing_of_the_text(model_server: ModelServer, database: str) -> None:
    with PostgresSaver.from_conn_string(database) as saver:
        saver.setup()
        rlm = rlm_of(model_server, ASK_ALL, checkpointer=saver)
        result = rlm.invoke(given(), THREAD)
        kept = saver.get_tuple(THREAD)
    assert kept is not None
    assert kept.checkpoint["channel_values"]["answer"] == result["answer"]
    check(result, written(database))


async def test_an_asynchronous_saver_holds_the_run_and_nothing_of_the_text(
    model_server: ModelServer, database: str
) -> None:
    async with AsyncPostgresSaver.from_conn_string(database) as saver:
        await saver.setup()
        rlm = rlm_of(model_server, ASK_ALL, checkpointer=saver)
        result = await rlm.ainvoke(given(), THREAD)
        state = await rlm.graph.aget_state(THREAD)
    assert (state.values["journal"], state.next) == (result["journal"], ())
    check(result, written(database))


async def test_a_synchronous_saver_serves_an_asynchronous_call(model_server: ModelServer, database: str) -> None:
    with PostgresSaver.from_conn_string(database) as saver:
        saver.setup()
        result = await rlm_of(model_server, ASK_ALL, checkpointer=saver).ainvoke(given(), THREAD)
    check(result, written(database))


async def test_recursive_runs_write_nothing_of_the_text_either(model_server: ModelServer, database: str) -> None:
    async with AsyncPostgresSaver.from_conn_string(database) as saver:
        await saver.setup()
        rlm = rlm_of(model_server, RECURSE, checkpointer=saver, budget=Budget(depth=2))
        result = await rlm.ainvoke(given(), THREAD)
    assert [text.count(",") for text in result["value"]] == [FAN_OUT - 1] * 2
    data = written(database)
    assert LITERAL.encode() in data
    assert PHRASE.encode() not in data


@pytest.mark.parametrize(
    ("code", "value"),
    [("FINAL('a' + chr(0) + 'b')", "a\0b"), ("FINAL(float('inf'))", float("inf")), ("FINAL({chr(0): 1})", {"\0": 1})],
)
async def test_what_json_does_not_have_is_stored_and_read_again(
    model_server: ModelServer, database: str, code: str, value: Any
) -> None:
    asked: Any = {**given(), "question": "What is \0?"}
    with PostgresSaver.from_conn_string(database) as saver:
        saver.setup()
        rlm = rlm_of(model_server, f"```repl\n{code}\n```", checkpointer=saver)
        assert rlm.invoke(asked, THREAD)["value"] == value
        again = rlm.invoke(None, THREAD)
        assert (again["question"], again["value"]) == ("What is \0?", value)
        assert next(iter(rlm.graph.get_state_history(THREAD))).values["value"] == value
    async with AsyncPostgresSaver.from_conn_string(database) as saver:
        rlm = rlm_of(model_server, f"```repl\n{code}\n```", checkpointer=saver)
        assert (await rlm.ainvoke(None, THREAD))["value"] == value
        assert (await rlm.ainvoke(asked, {"configurable": {"thread_id": "another"}}))["value"] == value


def test_texts_that_no_database_takes_are_mended_or_refused(model_server: ModelServer, database: str) -> None:
    asked: Any = {"question": "Which \ud800?", "context": {"na\ud800me": "text"}}
    with PostgresSaver.from_conn_string(database) as saver:
        saver.setup()
        rlm = rlm_of(model_server, "```repl\nFINAL('a\\ud800')\n```", checkpointer=saver)
        config: RunnableConfig = {**THREAD, "metadata": {"k\0": "v\0", "s": "\ud800"}}
        result = rlm.invoke(asked, config)
        assert (result["answer"], question(result["journal"])) == ("a\ufffd", "Which \ufffd?")
        for name in ("a\0b", "a\ud800"):
            with pytest.raises(InputError, match="thread_id="):
                rlm.invoke(asked, {"configurable": {"thread_id": name}})


async def test_a_run_goes_on_over_a_pool_whose_connections_were_all_cut(
    model_server: ModelServer, database: str
) -> None:
    def cut() -> None:
        """Cut them, as a server that starts again does."""
        with psycopg.connect(database) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    way: Any = {"autocommit": True, "row_factory": dict_row}
    async with AsyncConnectionPool(database, min_size=3, open=False, kwargs=way) as pool:
        saver = AsyncPostgresSaver(cast("Any", pool))
        await saver.setup()
        code = "```repl\ncut()\nFINAL(llm_query('crossed river 7'))\n```"
        rlm = rlm_of(model_server, code, checkpointer=saver, tools=[cut])
        assert (await rlm.ainvoke(given(), THREAD))["answer"] == "7"
        await pool.wait()
        cut()
        assert (await rlm.ainvoke(None, THREAD))["answer"] == "7"


@pytest.mark.usefixtures("postgres")  # skipped where none can be had
def test_the_server_ends_with_the_process_that_started_it() -> None:
    code = "import time; from tests.postgres import Postgres; print(Postgres().directory, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        directory = Path(process.stdout.readline().strip())
        lines = (directory / "data" / "postmaster.pid").read_text().splitlines()
        assert Path(f"/proc/{lines[0]}").exists()
        process.kill()
    assert soon(lambda: not directory.exists() and not Path(f"/proc/{lines[0]}").exists())
