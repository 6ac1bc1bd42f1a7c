"""What the engine costs beside the model calls: a table, each figure against its reference in the same run.

    python benchmarks/overhead.py            all figures, some three minutes
    python benchmarks/overhead.py http loop  these only

The models are scripted: the figures say what orchestration costs, nothing about answers.
"""

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, apart, in_process, show, text_of  # the path is set above

CALLS = 1_000
LATENCY = 0.2
AT_ONCE = 64
PROMPT = 2_000
ROUNDS = 3
RUNS = 50

ONE = "```repl\nFINAL(llm_query('Say what this is.\\n' + context))\n```"
BATCH = """Ask about every piece.
```repl
answers = llm_query_batched(["Say what this is.\\n" + context[i:i + {size}] for i in range(0, len(context), {size})])
FINAL(str(len(answers)))
```"""
LOOP = """Ask one by one.
```repl
answers = []
for i in range({count}):
    answers.append(llm_query("Piece " + str(len(answers)) + ": " + context[i * 100:i * 100 + 100]))
FINAL(str(len(answers)))
```"""


def rlm_over(root: Any, sub: Any, **settings: Any) -> Any:
    from langchain_rlm import RLM, Budget

    budget = Budget(sub_queries=None, cost=None, seconds=None)
    return RLM(root, sub, budget=budget, route="rlm", max_concurrency=AT_ONCE, **settings)


# -- figures: each prints JSON ------------------------------------------------------------------------------------


def http(*, saved: bool) -> dict[str, Any]:
    from langchain_core.messages import HumanMessage
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    from tests.server.client import ModelServer

    text = text_of(CALLS * PROMPT)
    root = in_process(lambda _: BATCH.format(size=PROMPT), "root")

    async def plain(model: Any) -> float:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(start: int) -> None:
            async with gate:
                await model.ainvoke([HumanMessage("Say what this is.\n" + text[start : start + PROMPT])])

        started = time.perf_counter()
        await asyncio.gather(*(one(start) for start in range(0, len(text), PROMPT)))
        return time.perf_counter() - started

    async def ours(model: Any) -> float:
        given = {"question": "What is there?", "context": text}
        if not saved:
            rlm = rlm_over(root, model)
            started = time.perf_counter()
            result = await rlm.ainvoke(given)
        else:
            with tempfile.TemporaryDirectory() as folder:
                async with AsyncSqliteSaver.from_conn_string(f"{folder}/checkpoints.sqlite") as saver:
                    rlm = rlm_over(root, model, checkpointer=saver)
                    started = time.perf_counter()
                    result = await rlm.ainvoke(given, {"configurable": {"thread_id": "1"}})
        assert result["answer"] == str(CALLS), result["answer"]
        return time.perf_counter() - started

    config = {"sub": {"kind": "echo", "latency": LATENCY}}
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    with ModelServer(models=config, log=False) as server:

        async def rounds() -> None:
            model = server.chat_model("sub", keep_alive=True)
            await asyncio.gather(*(model.ainvoke("warm up") for _ in range(AT_ONCE)))
            for _ in range(ROUNDS):
                times["plain"].append(await plain(model))
                times["ours"].append(await ours(model))

        asyncio.run(rounds())
    return {name: statistics.median(values) for name, values in times.items()}


def runs() -> dict[str, Any]:
    """Small runs of one RLM at once, against their calls made by hand: the same messages, one after the other."""
    from langchain_rlm import RLM
    from tests.server.client import ModelServer

    given: Any = {"question": "What is there?", "context": text_of(PROMPT)}
    config = {
        "root": {"kind": "rules", "default": ONE, "latency": LATENCY},
        "sub": {"kind": "echo", "latency": LATENCY},
    }
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    with ModelServer(models=config) as server:

        async def rounds() -> None:
            root, sub = models = [server.chat_model(name, keep_alive=True) for name in config]
            rlm = RLM(root, sub, route="rlm")
            await rlm.ainvoke(given)
            sent = [entry["messages"] for entry in server.log()]

            async def plain() -> None:
                for model, messages in zip(models, sent, strict=True):
                    await model.ainvoke(messages)

            async def ours() -> None:
                assert (await rlm.ainvoke(given))["stop_reason"] == "answered"

            for _ in range(3 * ROUNDS + 1):  # the first is not counted
                for name, one in (("plain", plain), ("ours", ours)):
                    started = time.perf_counter()
                    await asyncio.gather(*(one() for _ in range(RUNS)))
                    times[name].append(time.perf_counter() - started)

        asyncio.run(rounds())
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def batch() -> dict[str, Any]:
    each = {}
    for count in (1_000, 10_000):
        text = text_of(count * 200)
        rlm = rlm_over(in_process(lambda _: BATCH.format(size=200), "root"), in_process(lambda _: "a word", "sub"))
        runs = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            result = rlm.invoke({"question": "What is there?", "context": text})
            runs.append(time.perf_counter() - started)
            assert result["answer"] == str(count), result["answer"]
        each[str(count)] = statistics.median(runs) / count * 1e3
    return each


def loop() -> dict[str, Any]:
    count = 200
    rlm = rlm_over(in_process(lambda _: LOOP.format(count=count), "root"), in_process(lambda _: "a word", "sub"))
    text = text_of(100_000)
    runs = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        assert rlm.invoke({"question": "What is there?", "context": text})["answer"] == str(count)
        runs.append(time.perf_counter() - started)
    return {"each": statistics.median(runs) / count * 1e3}


def large() -> dict[str, Any]:
    """A 100 MB file, from `invoke` to the first root call; then a cell over it, for the worker's memory."""
    path = Path(sys.argv[2])
    megabytes = path.stat().st_size / 1e6
    called: list[float] = []
    worker: list[float] = []

    def root(_: str) -> str:
        called.append(time.perf_counter())
        if len(called) == 1:
            return "```repl\npieces = chunks()\nprint(len(pieces), len(context))\n```"
        worker.append(peak_of_children())
        return "```repl\nFINAL(len(pieces))\n```"

    rlm = rlm_over(in_process(root, "root"), in_process(lambda _: "a word", "sub"))
    started = time.perf_counter()
    result = rlm.invoke({"question": "What is there?", "context": path})
    assert result["stop_reason"] == "answered", result["journal"]
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e3 if sys.platform != "darwin" else 1e6)
    return {"seconds": called[0] - started, "mine": mine / megabytes, "worker": worker[0] / megabytes}


def peak_of_children() -> float:
    """Largest resident size of a child process so far, in MB (Linux)."""
    peaks = [0.0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        import os

        if fields.get("PPid", "").strip() == str(os.getpid()) and "VmHWM" in fields:
            peaks.append(int(fields["VmHWM"].split()[0]) / 1e3)
    return max(peaks)


def checkpoint() -> dict[str, Any]:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    text = text_of(10_000_000)
    reply = BATCH.format(size=20_000).replace("range(0, len(context), 20000)", "range(0, len(context) - 20000, 49900)")

    async def run() -> float:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "checkpoints.sqlite"
            async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
                rlm = rlm_over(
                    in_process(lambda _: reply, "root"), in_process(lambda _: "word " * 40, "sub"), checkpointer=saver
                )
                given = {"question": "What is there?", "context": text}
                result = await rlm.ainvoke(given, {"configurable": {"thread_id": "1"}})
                assert result["answer"] == "200", result["answer"]
            return sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6

    return {"megabytes": asyncio.run(run())}


def imports() -> dict[str, Any]:
    def seconds(module: str) -> float:
        runs = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
            runs.append(time.perf_counter() - started)
        return statistics.median(runs)

    return {
        "package": seconds("langchain_rlm"),
        "class": seconds("langchain_rlm.rlm"),
        "graph": seconds("langgraph.graph"),
    }


FIGURES: dict[str, Callable[[], dict[str, Any]]] = {
    "http": lambda: http(saved=False),
    "saved": lambda: http(saved=True),
    "runs": runs,
    "batch": batch,
    "loop": loop,
    "large": large,
    "checkpoint": checkpoint,
    "imports": imports,
}


def rows(name: str, got: dict[str, Any]) -> list[Row]:
    """Figure, measured, must reach, reached."""
    if name in {"http", "saved", "runs"}:
        ratio, most = got["ours"] / got["plain"], {"http": 1.15, "saved": 1.35, "runs": 2}[name]
        what = f"{CALLS:,} sub-queries over HTTP, {LATENCY:g} s each, {AT_ONCE} at a time"
        what += ", SQLite checkpointer" if name == "saved" else ""
        if name == "runs":
            what = f"{RUNS} small runs at once over HTTP, two calls of {LATENCY:g} s each"
        measured = f"{ratio:.2f} x plain gather ({got['ours']:.2f} s, {got['plain']:.2f} s)"
        return [(what, measured, f"<= {most} x", ratio <= most)]
    if name == "batch":
        small, big = got["1000"], got["10000"]
        reached = big <= 1.5 and big <= 2 * small
        measured = f"{big:.2f} ms each ({big / small:.2f} x that at 1,000)"
        return [("10,000 sub-queries in one batch, no latency", measured, "<= 1.5 ms and 2 x", reached)]
    if name == "loop":
        return [
            (
                "200 llm_query calls, each after the one before, no latency",
                f"{got['each']:.2f} ms each",
                "<= 5 ms",
                got["each"] <= 5,
            )
        ]
    if name == "large":
        reached = got["seconds"] <= 3 and got["mine"] <= 3 and got["worker"] <= 5
        measured = f"{got['seconds']:.2f} s; {got['mine']:.2f} x the text, worker {got['worker']:.2f} x"
        return [("100 MB text: to the first root call; peak memory", measured, "<= 3 s, 3 x, 5 x", reached)]
    if name == "checkpoint":
        size = got["megabytes"]
        what = "checkpoints of a run over 10 MB, 200 sub-queries of 20,000 characters"
        return [(what, f"{size:.2f} MB", "<= 1 MB", size <= 1)]
    package, engine = got["package"] / got["graph"], got["class"] / got["graph"]
    measured = f"{package:.2f} x import langgraph.graph (with RLM: {engine:.2f} x)"
    return [("import langchain_rlm", measured, "<= 1.2 x", package <= 1.2)]


def measure(name: str) -> dict[str, Any]:
    """One figure, in a process of its own."""
    if name != "large":
        return cast("dict[str, Any]", apart(__file__, name))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.txt"
        path.write_text(lines_of(100))
        return cast("dict[str, Any]", apart(__file__, name, str(path)))


def lines_of(megabytes: int) -> str:
    """Text in lines and paragraphs."""
    part = text_of(1_000_000)
    lines = [part[i : i + 80] for i in range(0, len(part), 80)]
    page = "\n\n".join("\n".join(lines[i : i + 9]) for i in range(0, len(lines), 9))
    return page * megabytes


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].startswith("--one="):
        print(json.dumps(FIGURES[sys.argv[1].removeprefix("--one=")]()))
    else:
        show(row for name in sys.argv[1:] or FIGURES for row in rows(name, measure(name)))
