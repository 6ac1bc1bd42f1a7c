"""What durability costs: a table, each figure against its limit.

    python benchmarks/durability.py               all figures, some two minutes
    python benchmarks/durability.py resume jail   these only

The models are scripted: the figures say what orchestration costs, nothing about answers.
"""

import asyncio
import contextlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, in_process, limited, run, text_of  # the path is set above

CALLS = 1_000
ROUNDS = 5
LEASE_ROUNDS = 9
FAULTY_RUNS = 200
ANSWER = 600
"""Characters of an answer."""

ASK = """```repl
answers = llm_query_batched(["Say what this is.\\n" + context[i:i + 10_000] for i in range(0, len(context), 10_000)])
print(len(answers))
```"""
WORK = """```repl
import re
words = re.findall(r"[a-z]+", context)
counts = {}
for word in words[:300_000]:
    counts[word] = counts.get(word, 0) + 1
print(len(counts), llm_query("Say something about " + words[0]))
```"""
STOP = "```repl\nFINAL('done')\n```"


def rlm_over(saver: Any, store: Path, replies: Iterable[str], **settings: Any) -> Any:
    from langchain_rlm import RLM, Budget

    said = iter(replies)
    root = in_process(lambda _: next(said), "root")
    sub = in_process(lambda prompt: (f"{hash(prompt):x} " * ANSWER)[:ANSWER], "sub")
    budget = Budget(sub_queries=None, cost=None, seconds=None)
    return RLM(root, sub, route="rlm", checkpointer=saver, context_store=store, budget=budget, **settings)


class StoppedError(Exception):
    """Ends a run as a kill would."""


def stopping(replies: list[str]) -> Iterator[str]:
    yield from replies
    raise StoppedError


async def _resume(folder: Path) -> float:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    thread: Any = {"configurable": {"thread_id": "1"}}
    async with AsyncSqliteSaver.from_conn_string(f"{folder}/db.sqlite") as saver:
        rlm = rlm_over(saver, folder / "contexts", stopping([ASK]))
        with contextlib.suppress(Exception):  # the root model is gone after the first turn
            await rlm.ainvoke({"question": "What?", "context": text_of(10_000_000)}, thread)
    async with AsyncSqliteSaver.from_conn_string(f"{folder}/db.sqlite") as saver:
        rlm = rlm_over(saver, folder / "contexts", [STOP])
        started = time.perf_counter()
        result = await rlm.ainvoke(None, thread)
        seconds = time.perf_counter() - started
    assert result["answer"] == "done", result
    assert result["usage"]["calls"] == CALLS + 2, result["usage"]
    return seconds


def resume() -> list[Row]:
    """Seconds from `invoke(None)` to the end of a run whose 1,000 sub-queries were answered before, over 10 MB."""
    times = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            times.append(asyncio.run(_resume(Path(folder))))
    return limited("going on in a new process: 1,000 answered sub-queries, 10 MB", statistics.median(times), 2, "s")


def replay() -> list[Row]:
    """A REPL built again, against the time its cells took without the models."""
    from datetime import UTC, datetime

    from langchain_rlm.context.corpus import Corpus, SourceText
    from langchain_rlm.repl.monty.workers import MontySandboxes
    from langchain_rlm.repl.protocol import Asked, ReplContext, ReplLimits, Sandbox
    from langchain_rlm.runtime.replay import rebuild

    corpus = Corpus((SourceText("text", text_of(10_000_000)),), single=True)
    code = WORK.removeprefix("```repl\n").removesuffix("\n```")
    ratios = []
    with contextlib.closing(MontySandboxes()) as sandboxes:

        def fresh() -> Sandbox:
            context = ReplContext(corpus.texts, single=True, sources=corpus.sources(), chunk_size=50_000)
            opened = sandboxes.new(context, ReplLimits(), seed="seed", started=datetime.now(UTC), host=lambda _: None)
            opened.open()
            return opened

        for _ in range(ROUNDS):
            started = time.perf_counter()
            first = fresh()
            journal: list[Any] = []
            for number in range(4):
                outcome = first.start(code)
                assert isinstance(outcome, Asked)
                calls = [{"id": str(number), "digest": outcome.calls[0].digest()}]
                outcome = first.resume([("ok", "an answer")])
                journal += [
                    {"kind": "cell", "turn": number + 1, "index": 0, "code": code},
                    {"kind": "asked", "calls": calls, "raises": True},
                    {"kind": "answer", "id": str(number), "text": "an answer"},
                    {"kind": "cell_end", "hash": outcome.digest(), "lost": False, "error": None},
                ]
            original = time.perf_counter() - started
            first.close()
            started = time.perf_counter()
            second = fresh()
            rebuild(second, journal, corpus.texts)
            ratios.append((time.perf_counter() - started) / original)
            second.close()
    return limited("a REPL built again, against its cells without models", statistics.median(ratios), 2, "x")


def size() -> list[Row]:
    """SQLite bytes for each answered sub-query, beyond one and a half times its answer."""
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async def run(folder: Path) -> int:
        async with AsyncSqliteSaver.from_conn_string(f"{folder}/db.sqlite") as saver:
            rlm = rlm_over(saver, folder / "contexts", [ASK, STOP])
            given = {"question": "What?", "context": text_of(10_000_000)}
            await rlm.ainvoke(given, {"configurable": {"thread_id": "1"}})
        with sqlite3.connect(folder / "db.sqlite") as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
        connection.close()
        return (folder / "db.sqlite").stat().st_size

    with tempfile.TemporaryDirectory() as folder:
        total = asyncio.run(run(Path(folder)))
    return limited(
        "SQLite bytes for an answered sub-query", total / CALLS - 1.5 * ANSWER, 1000, f"bytes beyond 1.5 x {ANSWER}"
    )


def jail() -> list[Row]:
    """Milliseconds that the operating system's jail adds to the start of a worker."""
    script = """
import contextlib, time, statistics
from langchain_rlm.repl.monty.workers import MontySandboxes
times = []
for _ in range(21):  # the first one tries the jail
    started = time.perf_counter()
    with contextlib.closing(MontySandboxes()) as workers, workers.checkout() as session:
        session.feed_run("1")
        times.append(time.perf_counter() - started)
print(statistics.median(times))
"""
    found = {}
    for kind in ("off", "auto"):
        env = {**os.environ, "LANGCHAIN_RLM_JAIL": kind}
        done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
        found[kind] = float(done.stdout)
    return limited("the jail, for each worker", (found["auto"] - found["off"]) * 1e3, 20, "ms")


def lease() -> list[Row]:
    """What the lease on a thread adds, in processor time, to many sub-queries that are saved."""
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    from langchain_rlm import call

    given, text = {"question": "What is there?"}, text_of(CALLS * 10_000)

    async def once() -> float:
        with tempfile.TemporaryDirectory() as folder:
            async with AsyncSqliteSaver.from_conn_string(f"{folder}/c.sqlite") as saver:
                rlm = rlm_over(saver, Path(folder) / "contexts", [ASK, STOP])
                started = time.process_time()
                await rlm.ainvoke({**given, "context": text}, {"configurable": {"thread_id": "1"}})
                return time.process_time() - started

    @contextlib.asynccontextmanager
    async def free(_: Any, config: Any, __: Any) -> Any:
        yield config, 0.0

    seconds: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * LEASE_ROUNDS):
        is_held = bool(number % 2)
        with contextlib.nullcontext() if is_held else mock.patch.object(call, "leased", free):
            seconds[is_held].append(asyncio.run(once()))
    share = statistics.median(seconds[True]) / statistics.median(seconds[False]) - 1
    return limited(f"the lease, of {CALLS:,} sub-queries with SQLite", share * 100, 3, "% of processor time")


def faults() -> list[Row]:
    """The longest of many runs of whose calls a share fails in every way there is, against those without faults."""
    from langchain_rlm import Budget
    from tests.integration.test_many_runs import faulty_rlm, task
    from tests.server.client import ModelServer

    async def seconds(rlm: Any, name: int) -> float:
        given, wanted = task(name, 50, 2_000)
        started = time.perf_counter()
        result = await rlm.ainvoke(given)
        assert result["value"] == wanted, result["answer"]
        return time.perf_counter() - started

    async def all_of(server: Any, rate: float) -> list[float]:
        settings: Any = {"max_concurrency": 8, "budget": Budget(call_seconds=2), "max_retries": 10}
        rlm = faulty_rlm(server, 50, timeout=60, rate=rate, latency=0.5, **settings)
        found = list[float]()
        for first in range(0, FAULTY_RUNS, 10):
            found += await asyncio.gather(*(seconds(rlm, name) for name in range(first, first + 10)))
        return found

    with ModelServer() as server:
        plain, failing = (asyncio.run(all_of(server, rate)) for rate in (0.0, 0.05))
    what = f"the longest of {FAULTY_RUNS} runs of which each twentieth call fails"
    return limited(what, max(failing) / statistics.median(plain), 3, "x one without faults")


FIGURES: dict[str, Callable[[], list[Row]]] = {
    "resume": resume, "replay": replay, "size": size, "jail": jail, "lease": lease,
    "faults": faults,
}  # fmt: skip


if __name__ == "__main__":
    run(__file__, FIGURES)
