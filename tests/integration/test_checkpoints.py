"""Checkpoints in a real SQLite file, and a REPL that is lost on the way."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from langchain_rlm import RLM, Budget
from tests.server.client import ModelServer

PHRASE = "quagga okapi dugong"
LITERAL = "Say in a word what this part is about."
THREAD: RunnableConfig = {"configurable": {"thread_id": "1"}}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def large_text(lines: int) -> str:
    return "\n".join(f"{number}: the {PHRASE} crossed river {number * 7919 % 9973}." for number in range(lines))


ASK_ALL = cell(f"answers = llm_query_batched(['{LITERAL}\\n' + c for c in chunks(size=50_000)])\nFINAL(len(answers))")


def scripted(server: ModelServer, *replies: str, **settings: Any) -> RLM:
    models = {"root": {"kind": "script", "replies": [*replies]}, "sub": {"kind": "rules", "default": "animals"}}
    server.configure(models=models)
    root, sub = (server.chat_model(name, keep_alive=True) for name in models)
    return RLM(root, sub, **{"route": "rlm", **settings})


def bytes_of(folder: Path) -> bytes:
    """All that the database has written."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_a_synchronous_saver_holds_the_run_and_nothing_of_the_text(model_server: ModelServer, tmp_path: Path) -> None:
    text = large_text(40_000)
    with SqliteSaver.from_conn_string(str(tmp_path / "runs.sqlite")) as saver:
        result = scripted(model_server, ASK_ALL, checkpointer=saver).invoke(
            {"question": "What?", "context": text}, THREAD
        )
        checkpoints = [*saver.list(THREAD)]
    assert (result["answer"], result["stop_reason"]) == (str(model_server.stats()["by_model"]["sub"]), "answered")
    assert len(checkpoints) > 3
    written = bytes_of(tmp_path)
    assert LITERAL.encode() in written
    assert PHRASE.encode() not in written
    assert len(written) < len(text) / 10


async def test_an_asynchronous_saver_holds_the_run_and_nothing_of_the_text(
    model_server: ModelServer, tmp_path: Path
) -> None:
    text = large_text(40_000)
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "runs.sqlite")) as saver:
        rlm = scripted(model_server, ASK_ALL, checkpointer=saver)
        result = await rlm.ainvoke({"question": "What?", "context": text}, THREAD)
        state = await rlm.graph.aget_state(THREAD)
    assert result["answer"] == str(model_server.stats()["by_model"]["sub"])
    assert (state.values["answer"], state.next) == (result["answer"], ())
    assert state.values["journal"] == result["journal"]
    written = bytes_of(tmp_path)
    assert LITERAL.encode() in written
    assert PHRASE.encode() not in written
    assert len(written) < len(text) / 10


def test_recursive_runs_write_nothing_of_the_text_either(model_server: ModelServer, tmp_path: Path) -> None:
    below = {"match": r"<question>\nBelow", "reply": ASK_ALL}
    above = cell("FINAL(rlm_query_batched(['Below', 'Below'], [context[:200_000], context[200_000:400_000]]))")
    model_server.configure(
        models={
            "root": {"kind": "rules", "rules": [below], "default": above},
            "sub": {"kind": "rules", "default": "animals"},
        }
    )
    root, sub = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    with SqliteSaver.from_conn_string(str(tmp_path / "runs.sqlite")) as saver:
        rlm = RLM(root, sub, route="rlm", budget=Budget(depth=2), checkpointer=saver)
        result = rlm.invoke({"question": "What?", "context": large_text(10_000)}, THREAD)
    assert result["stop_reason"] == "answered"
    assert sum(map(int, result["value"])) == model_server.stats()["by_model"]["sub"] >= 8
    written = bytes_of(tmp_path)
    assert LITERAL.encode() in written
    assert PHRASE.encode() not in written


def test_a_direct_run_writes_nothing_of_the_text_either(model_server: ModelServer, tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(str(tmp_path / "runs.sqlite")) as saver:
        rlm = scripted(model_server, "It is about animals.", checkpointer=saver, route="direct")
        assert rlm.invoke({"question": "What?", "context": large_text(100)}, THREAD)["stop_reason"] == "direct"
    written = bytes_of(tmp_path)
    assert b"It is about animals." in written
    assert PHRASE.encode() not in written


def test_a_second_question_on_a_thread_starts_afresh(model_server: ModelServer, tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(str(tmp_path / "runs.sqlite")) as saver:
        rlm = scripted(model_server, cell("print('seen', context)"), cell("FINAL(context)"), checkpointer=saver)
        first = rlm.invoke({"question": "First?", "context": "one"}, THREAD)
        second = rlm.invoke({"question": "Second?", "context": "two"}, THREAD)
    assert (first["answer"], first["turns"]) == ("one", 2)
    assert (second["answer"], second["turns"]) == ("two", 2)
    assert [entry["kind"] for entry in second["journal"]] == [entry["kind"] for entry in first["journal"]]
    assert not any("First?" in str(entry["messages"]) for entry in model_server.log()[2:])


REPLIES = (
    cell("import random\nseen = [random.random()]\nprint('left', budget()['sub_queries'])"),
    cell(
        "for name in ('one', 'two', 'three'):\n"
        "    seen.append(llm_query(name) + str(budget()['sub_queries']))\n"
        "    seen.append(random.random())\n"
        "print(seen[1])"
    ),
    cell("seen += llm_query_batched(['four', 'five'])\nFINAL(seen)"),
)


async def outcome(rlm: RLM, *, config: RunnableConfig | None = None, lose: Any = None) -> tuple[Any, int]:
    """The answer as a value, and how often a REPL was lost: `lose` is done to each live one after every superstep."""
    lost, value = 0, None
    async for mode, data in rlm.astream(
        {"question": "Which?", "context": "text"}, config, stream_mode=["updates", "values"]
    ):
        if mode == "values":
            value = data["value"]
            continue
        for run in list(rlm._registry.runs.values()):
            if lose and run.repl.sandbox is not None:
                lost += 1
                await lose(run)
    return value, lost


async def drop(run: Any) -> None:
    await run.repl.drop()


async def kill(run: Any) -> None:
    """What the kernel does to a worker when memory runs out."""
    os.kill(run.repl.sandbox._pid, signal.SIGKILL)


@pytest.mark.parametrize("saved", [False, True])
async def test_a_repl_dropped_in_the_middle_of_cells_is_built_again_by_replay(
    model_server: ModelServer, tmp_path: Path, *, saved: bool
) -> None:
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "runs.sqlite")) as saver:
        rlm = scripted(model_server, *REPLIES, checkpointer=saver if saved else None)
        value, lost = await outcome(rlm, config=THREAD, lose=drop)
    assert [value[1], value[3], value[5]] == ["animals499", "animals498", "animals497"]
    assert value[-2:] == ["animals", "animals"]
    assert len({value[0], value[2], value[4], value[6]}) == 4
    assert lost > 5
    assert model_server.stats()["by_model"] == {"root": 3, "sub": 5}


async def test_a_worker_killed_from_outside_is_built_again_by_replay(model_server: ModelServer) -> None:
    value, lost = await outcome(scripted(model_server, *REPLIES), lose=kill)
    assert [value[1], value[3], value[5]] == ["animals499", "animals498", "animals497"]
    assert lost > 5
    assert model_server.stats()["by_model"] == {"root": 3, "sub": 5}


async def test_a_dropped_repl_of_a_recursive_run_is_built_again(model_server: ModelServer) -> None:
    below = {"match": r"<question>\nBelow", "reply": cell("a = llm_query('x')\nb = llm_query(context)\nFINAL(a + b)")}
    above = cell("a = rlm_query('Below', 'one')\nFINAL([a, rlm_query('Below', 'two')])")
    root = {"kind": "rules", "rules": [below], "default": above}
    model_server.configure(models={"root": root, "sub": {"kind": "rules", "default": "animals"}})
    models = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    value, lost = await outcome(RLM(*models, route="rlm", budget=Budget(depth=2)), lose=drop)
    assert value == ["animalsanimals"] * 2
    assert lost >= 2
    assert model_server.stats()["by_model"] == {"root": 3, "sub": 4}
