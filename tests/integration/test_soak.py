"""What holds for hours: one run killed sixty times, two engines over one thread, hundreds of cancelled runs."""

import asyncio
import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from langchain_rlm import RLM, Budget
from tests.integration.test_durable import (
    BELOW,
    FAN_OUT,
    RECURSIVE,
    Processes,
    cell,
    job_of,
    processes,
    result_of,
    root_model,
    wait_until,
)
from tests.integration.test_one_writer import ended
from tests.resources import Held, soon
from tests.server.client import ModelServer
from tests.server.log import LogEntry

__all__ = ["processes"]
pytestmark = pytest.mark.slow

KILLS = 60
ENGINES = 100
CANCELLED = 200
READ = 0.1
"""Seconds until the server has read what a process sent that was killed then."""
MIXED = {
    "kind": "rules",
    "rules": [
        {"match": r"<question>\nBelow", "reply": BELOW[0]},
        {"match": r"^ok", "reply": BELOW[1]},
        {"match": r"^120\n", "reply": cell(
            "b = ['start']\nfor part in a[:40]:\n    b.append(llm_query(b[-1][-20:] + part[-90:]))\nprint(len(b))"
        )},
        {"match": r"^41\n", "reply": RECURSIVE[0]},
        {"match": r"^4\n", "reply": cell("FINAL('|'.join([*a, *b, *below]))")},
    ],
    "default": cell(
        "a = llm_query_batched([f'Part {i}: ' + context[i * 50:i * 50 + 150] for i in range(120)])\nprint(len(a))"
    ),
    "latency": 0.03,
}  # fmt: skip
"""A batch, a loop in which each question depends on the answer before, and recursive runs."""


def asked_again(server: ModelServer) -> list[tuple[LogEntry, LogEntry]]:
    """Sub-queries that were answered and then asked again, each with the one before."""
    newest, pairs = dict[str, LogEntry](), list[tuple[LogEntry, LogEntry]]()
    for entry in server.log():
        asked = json.dumps(entry["messages"])
        if entry["model"] == "sub" and entry["status"] == 200 and not entry["cancelled"]:
            if asked in newest:
                pairs.append((newest[asked], entry))
            newest[asked] = entry
    return pairs


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_run_that_is_killed_sixty_times_answers_as_one_that_is_not(
    model_server: ModelServer, processes: Processes, tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    model_server.configure(models={"root": MIXED, "sub": {"kind": "echo", "latency": 0.1}})
    saver = str(tmp_path / "db.sqlite") if kind == "sqlite" else request.getfixturevalue("postgres")
    whole = job_of(model_server, tmp_path, saver, f"whole {tmp_path}", at_once=4)
    processes.start(whole)
    right = result_of(whole)
    model_server.control("DELETE", "/control/log")
    draw = random.Random(kind)  # noqa: S311  # the same each time
    job, kills = job_of(model_server, tmp_path, saver, f"killed {tmp_path}", at_once=4), list[float]()
    while len(kills) < KILLS:
        before = int(model_server.stats()["requests"])
        pid = processes.start(job)
        more = draw.randint(1, 7)
        done = Path(job["result"]).exists
        wait_until(lambda: done() or model_server.stats()["requests"] >= before + more, "a moment")  # noqa: B023
        if done():
            break
        time.sleep(draw.random() * 0.1)  # a request is seen when an answer has just come: any moment is meant
        os.kill(pid, signal.SIGKILL)
        kills.append(time.time())
        job = {**job, "input": None if before + more > 1 else job["input"]}
    processes.start(job)
    assert result_of(job)["answer"] == right["answer"]
    assert len(kills) == KILLS
    twice = [
        first["end"] < max(kill for kill in kills if kill < again["start"])
        for first, again in asked_again(model_server)
        if first["end"]
    ]
    assert sum(twice) <= KILLS, "answered before a kill, and not in flight then"


@pytest.mark.parametrize("seed", range(ENGINES))
def test_of_two_engines_over_one_thread_none_is_lost(
    model_server: ModelServer, processes: Processes, tmp_path: Path, seed: int
) -> None:
    """Both are killed and begun again; their models never answer alike, so that what both wrote would not replay."""
    replies = [f"answer {number}" for number in range(5_000)]
    model_server.configure(
        models={"root": root_model(FAN_OUT), "sub": {"kind": "script", "replies": replies, "latency": 0.02}}
    )
    draw = random.Random(seed)  # noqa: S311  # the same each time
    job, engines = job_of(model_server, tmp_path, str(tmp_path / "db.sqlite"), "1"), dict[str, int]()
    kills = list[float]()
    engines["a"] = processes.start({**job, "result": str(tmp_path / "a")})
    wait_until(lambda: model_server.stats()["requests"] >= 2, "a first checkpoint")
    job |= {"input": None, "on_busy": "wait"}
    for _ in range(4):
        moment = model_server.stats()["requests"] + draw.randint(1, 40)
        wait_until(lambda: model_server.stats()["requests"] >= moment or any_ended(tmp_path), "a moment")  # noqa: B023
        name = draw.choice("ab")
        if name in engines and draw.random() < 0.7:  # else it goes on beside the other
            os.kill(engines[name], signal.SIGKILL)
            kills.append(time.time())
        engines[name] = processes.start({**job, "result": str(tmp_path / name)})
    last = {**job, "result": str(tmp_path / "last")}
    processes.start(last)
    result = ended(last)
    assert "error" not in result, result
    wait_until(lambda: model_server.stats()["in_flight"] == 0, "an end")
    for first, again in asked_again(model_server):
        assert any(first["start"] - READ < kill < again["start"] for kill in kills), "nobody had to ask it again"
    for name in engines:
        if (tmp_path / name).exists():
            assert ended({"result": str(tmp_path / name)}).get("answer") in {result["answer"], None}


def any_ended(folder: Path) -> bool:
    return any((folder / name).exists() for name in "ab")


async def test_two_hundred_runs_are_cancelled_and_their_saver_is_closed_at_once(
    model_server: ModelServer, tmp_path: Path
) -> None:
    model_server.configure(models={"root": root_model(FAN_OUT), "sub": {"kind": "echo", "latency": 0.02}}, log=False)
    root, sub = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    draw, held = random.Random(12), list[Held]()  # noqa: S311  # the same each time
    given: Any = {"question": "What is there?", "context": "some words " * 1_000}

    def settings(saver: Any) -> Any:
        return {"route": "rlm", "checkpointer": saver, "budget": Budget(cost=None, sub_queries=None)}

    async def asynchronous(path: str, moment: float) -> None:
        async with AsyncSqliteSaver.from_conn_string(path) as saver:
            task = asyncio.create_task(
                RLM(root, sub, **settings(saver)).ainvoke(given, {"configurable": {"thread_id": "1"}})
            )
            await asyncio.wait([task], timeout=moment)
            task.cancel()
            await asyncio.wait([task])

    def synchronous(path: str, moment: int) -> None:
        with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
            saver = SqliteSaver(connection)
            stream: Any = RLM(root, sub, **settings(saver)).stream(given, {"configurable": {"thread_id": "1"}})
            for number, _ in enumerate(stream):
                if number == moment:
                    break
            stream.close()

    for number in range(CANCELLED):
        path = str(tmp_path / f"{number}.sqlite")
        if number % 2:
            await asynchronous(path, draw.random() * 0.6)
        else:
            await asyncio.to_thread(synchronous, path, draw.randint(0, 150))
        if number % 20 == 19:
            assert await asyncio.to_thread(soon, lambda: model_server.stats()["open_connections"] == 0)
            held.append(Held.now())
    assert not held[-1].is_more_than(held[0]), held
