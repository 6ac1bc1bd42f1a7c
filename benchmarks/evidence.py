"""What evidence costs: a table, each figure against its limit.

    python benchmarks/evidence.py             all figures, about a minute
    python benchmarks/evidence.py cost page   these only

The models are scripted: the figures say what orchestration costs, nothing about answers.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.overhead import AT_ONCE, CALLS, LATENCY, PROMPT, in_process, rlm_over, text_of  # the path is set above

QUOTES = 20
CITING = """```repl
answers = llm_query_batched(["Say what this is.\\n" + context[i:i + {size}] for i in range(0, len(context), {size})])
marks = [cite(context[i:i + 80])["mark"] for i in range(0, len(context), len(context) // {quotes})]
print(context[5000:9000])
```"""
ANSWER = "```repl\nFINAL('So it is ' + ' '.join(marks))\n```"


def cost() -> dict[str, Any]:
    """Share of the wall time of 1,000 sub-queries over HTTP that coverage and citations take, in percent."""
    from langchain_rlm import answer, run, turn
    from langchain_rlm.context.spans import SpanFinder
    from tests.server.client import ModelServer

    spent = [0.0]

    def timed(function: Any) -> Any:
        @wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[0] += time.perf_counter() - started

        return wrapper

    for module, names in ((answer, ("coverage", "known", "resolve")), (run, ("look_up", "citation"))):
        for name in names:
            setattr(module, name, timed(getattr(module, name)))
    SpanFinder.spans = timed(SpanFinder.spans)  # type: ignore[method-assign]
    assert turn
    text = text_of(CALLS * PROMPT)
    shares = []
    config = {"sub": {"kind": "echo", "latency": LATENCY}}
    with ModelServer(models=config, log=False) as server:
        model = server.chat_model("sub", keep_alive=True)

        async def once() -> None:
            said = iter([CITING.format(size=PROMPT, quotes=QUOTES), ANSWER])
            rlm = rlm_over(in_process(lambda _: next(said), "root"), model)
            await asyncio.gather(*(model.ainvoke("warm up") for _ in range(AT_ONCE)))
            spent[0] = 0.0
            started = time.perf_counter()
            result = await rlm.ainvoke({"question": "What is there?", "context": text})
            shares.append(spent[0] / (time.perf_counter() - started) * 100)
            assert result["coverage"]["read"] == 1.0, result["coverage"]
            assert len(result["citations"]) >= QUOTES

        async def rounds() -> None:
            for _ in range(3):
                await once()

        asyncio.run(rounds())
    return {"value": statistics.median(shares), "limit": 3.0, "unit": "% of 1,000 sub-queries"}


def lookup() -> dict[str, Any]:
    """Milliseconds to find a quote in 100 MB: as it stands near the end, and with other white space."""
    from langchain_rlm.context.quotes import find

    text = text_of(100_000_000)
    quote = text[95_000_000:95_000_200]
    words = quote.split()[1:-1]
    worst = 0.0
    for wanted in (quote, "\n ".join(words)):
        times = []
        for _ in range(5):
            started = time.perf_counter()
            places = find(wanted, [text], [0])
            times.append((time.perf_counter() - started) * 1e3)
        assert len(places) == 1, places
        worst = max(worst, statistics.median(times))
    return {"value": worst, "limit": 200, "unit": "ms in 100 MB"}


def _large_result() -> Any:
    size = 2_000
    text = text_of(5_000 * size)
    said = iter([CITING.format(size=size, quotes=QUOTES), ANSWER])
    rlm = rlm_over(in_process(lambda _: next(said), "root"), in_process(lambda prompt: prompt[100:400], "sub"))
    return rlm.invoke({"question": "What is there?", "context": text})


def page() -> dict[str, Any]:
    """Seconds to write the report of 5,000 sub-queries over 10 MB."""
    from langchain_rlm import result_to_html

    result = _large_result()
    started = time.perf_counter()
    result_to_html(result)
    return {"value": time.perf_counter() - started, "limit": 2.0, "unit": "s to write"}


def size() -> dict[str, Any]:
    """Megabytes of that report."""
    from langchain_rlm import result_to_html

    return {"value": len(result_to_html(_large_result()).encode()) / 1e6, "limit": 5.0, "unit": "MB of page"}


FIGURES: dict[str, Callable[[], dict[str, Any]]] = {"cost": cost, "lookup": lookup, "page": page, "size": size}


def main() -> None:
    names = sys.argv[1:] or [*FIGURES]
    failed = False
    for name in names:
        done = subprocess.run([sys.executable, __file__, f"--one={name}"], capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr[-2000:])
            sys.exit(f"{name} failed")
        figure = json.loads(done.stdout.splitlines()[-1])
        reached = figure["value"] <= figure["limit"]
        failed |= not reached
        missed = "" if reached else "MISSED"
        print(f"{name:8} {figure['value']:10.2f} {figure['unit']:28} limit {figure['limit']:g} {missed}")
    sys.exit(failed)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].startswith("--one="):
        print(json.dumps(FIGURES[sys.argv[1].removeprefix("--one=")]()))
    else:
        main()
