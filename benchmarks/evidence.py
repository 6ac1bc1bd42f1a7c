"""What evidence costs: a table, each figure against its limit.

    python benchmarks/evidence.py             all figures, about a minute
    python benchmarks/evidence.py cost page   these only

The models are scripted: the figures say what orchestration costs, nothing about answers.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, in_process, limited, run, text_of  # the path is set above
from benchmarks.overhead import AT_ONCE, CALLS, LATENCY, PROMPT, rlm_over

QUOTES = 20
CITING = """```repl
answers = llm_query_batched(["Say what this is.\\n" + context[i:i + {size}] for i in range(0, len(context), {size})])
marks = [cite(context[i:i + 80])["mark"] for i in range(0, len(context), len(context) // {quotes})]
print(context[5000:9000])
```"""
ANSWER = "```repl\nFINAL('So it is ' + ' '.join(marks))\n```"


def cost() -> list[Row]:
    """Share of the wall time of 1,000 sub-queries over HTTP that coverage and citations take, in percent."""
    from langchain_rlm.evidence.spans import SpanFinder
    from langchain_rlm.nodes import ending
    from langchain_rlm.runtime import run as runs
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

    for module, names in ((ending, ("coverage", "with_citations")), (runs, ("look_up", "citation"))):
        for name in names:
            setattr(module, name, timed(getattr(module, name)))
    SpanFinder.spans = timed(SpanFinder.spans)  # type: ignore[method-assign]
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
    return limited("coverage and citations of 1,000 sub-queries over HTTP", statistics.median(shares), 3, "%")


def lookup() -> list[Row]:
    """Milliseconds to find a quote in 100 MB, or to refuse it: as it stands near the end, and in other forms.

    And seconds until the first one in another form is found, for which the text is squeezed.
    """
    from langchain_rlm.evidence.quotes import Quotes

    text = text_of(100_000_000)
    quote = text[95_000_000:95_000_200]
    words = quote.split()[1:-1]
    broken = [f"{word[:1]}-\n{word[1:]}" for word in words]
    started = time.perf_counter()
    quotes = Quotes([text])
    assert quotes.look(" \n".join(words), [0]).places
    first = time.perf_counter() - started
    worst = 0.0
    for wanted, number in ((quote, 1), ("\n ".join(words), 1), (" ".join(broken), 1), ("  ".join(words[::-1]), 0)):
        times = []
        for _ in range(5):
            started = time.perf_counter()
            places = quotes.look(wanted, [0]).places
            times.append((time.perf_counter() - started) * 1e3)
        assert len(places) == number, places
        worst = max(worst, statistics.median(times))
    return [
        *limited("a quote in 100 MB", worst, 200, "ms"),
        *limited("the first one in another form", first, 2, "s"),
    ]


def _large_result() -> Any:
    size = 2_000
    text = text_of(5_000 * size)
    said = iter([CITING.format(size=size, quotes=QUOTES), ANSWER])
    rlm = rlm_over(in_process(lambda _: next(said), "root"), in_process(lambda prompt: prompt[100:400], "sub"))
    return rlm.invoke({"question": "What is there?", "context": text})


def page() -> list[Row]:
    """Seconds to write the report of 5,000 sub-queries over 10 MB."""
    from langchain_rlm import result_to_html

    result = _large_result()
    started = time.perf_counter()
    result_to_html(result)
    return limited("the report of 5,000 sub-queries over 10 MB, written", time.perf_counter() - started, 2, "s")


def size() -> list[Row]:
    """Megabytes of that report."""
    from langchain_rlm import result_to_html

    return limited(
        "the report of 5,000 sub-queries over 10 MB", len(result_to_html(_large_result()).encode()) / 1e6, 5, "MB"
    )


FIGURES: dict[str, Callable[[], list[Row]]] = {"cost": cost, "lookup": lookup, "page": page, "size": size}


if __name__ == "__main__":
    run(__file__, FIGURES)
