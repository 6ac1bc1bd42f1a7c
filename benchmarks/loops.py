# ruff: noqa: E501 - programs on one line
"""Loops of 40 questions of 0.1 s, as models write them, against one batch of the same; and what finding out costs.

python benchmarks/loops.py
"""

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, in_process, show, text_of

CALLS, SECONDS, ROUNDS = 40, 0.1, 3
START = f"import re, json\nparts = [context[i * 100:i * 100 + 100] for i in range({CALLS})]\nout = []\n"
BATCH = "out = llm_query_batched(['Read ' + part for part in parts])"
FORMS = {
    "for, append": "for part in parts:\n    out.append(llm_query('Read ' + part))",
    "for, a dict": "found = {}\nfor i, part in enumerate(parts):\n    found[i] = llm_query(f'Read {part}')\nout = list(found)",
    "comprehension": "out = [llm_query(f'Read {part}') for part in parts]",
    "map, lambda": "out = list(map(lambda part: llm_query('Read ' + part), parts))",
    "helper": "def ask(part):\n    a = llm_query('Read ' + part)\n    return a.strip()\nfor part in parts:\n    out.append(ask(part))",
    "parsed and counted": "counts = {}\nfor part in parts:\n    a = llm_query('Read ' + part)\n    try:\n        key = json.loads(a)\n"
    "    except ValueError:\n        key = a.lower()\n    counts[key] = counts.get(key, 0) + 1\nout = parts",
    "condition before": "for part in parts:\n    if not re.search('[a-z]', part):\n        continue\n    out.append(llm_query('Read ' + part))",
    "two an iteration": "for i in range(0, len(parts), 2):\n    a = llm_query('Read ' + parts[i])\n    b = llm_query('Read ' + parts[i + 1])\n"
    "    out += [a, b]",
    "while, in a function": "def main(texts):\n    i, got = 0, []\n    while i < len(texts):\n        prompt = 'Read ' + texts[i]\n"
    "        got.append(llm_query(prompt))\n        i += 1\n    return got\nout = main(parts)",
}  # fmt: skip
DEPENDENT = "a = ''\nfor part in parts[:8]:\n    a = llm_query('Read ' + part + a)\n    if 'stop' in a:\n        break\nout = parts"


def seconds(code: str) -> tuple[float, int]:
    """The time of a run that asks in this way, and how many questions it asked."""
    from langchain_rlm import RLM, Budget

    asked = []

    def answer(_: str) -> str:
        asked.append(1)
        time.sleep(SECONDS)
        return "a word"

    cell = f"```repl\n{START}{code}\nFINAL(len(out))\n```"
    models = in_process(lambda _: cell, "root"), in_process(answer, "sub")
    rlm = RLM(*models, route="rlm", max_concurrency=CALLS, budget=Budget(cost=None))
    started = time.perf_counter()
    result = rlm.invoke({"question": "What is there?", "context": text_of(10_000)})
    assert result["answer"] == str(CALLS), result
    return time.perf_counter() - started, len(asked)


def finding_out() -> float:
    """Milliseconds of processor time a cell, beside all else that is done to it."""
    from langchain_rlm.repl.monty.lowering import Lowering
    from langchain_rlm.repl.monty.lowering.ahead import Ahead

    def lowered() -> float:
        started = time.process_time()
        for code in FORMS.values():
            Lowering().lower(START + code)
        return (time.process_time() - started) / len(FORMS) * 1e3

    with_it, without = list[float](), list[float]()
    for _ in range(30):  # in turns: a machine is not as fast at all times
        with_it.append(lowered())
        with mock.patch.object(Ahead, "prelude", return_value=[]):
            without.append(lowered())
    return min(with_it) - min(without)


def table() -> Iterator[Row]:
    seconds(BATCH)
    batch = statistics.median(seconds(BATCH)[0] for _ in range(ROUNDS))
    for name, code in FORMS.items():
        measured = [seconds(code) for _ in range(ROUNDS)]
        ratio = statistics.median(took for took, _ in measured) / batch
        counts: Any = {count for _, count in measured}
        yield f"{CALLS} calls: {name}", f"{ratio:.2f} x a batch", "<= 1.5 x", ratio <= 1.5 and counts == {CALLS}
    count = seconds(DEPENDENT)[1]
    yield "8 calls, each after the one before", f"{count} calls", "8", count == 8
    milliseconds = finding_out()
    yield "finding out what can be asked ahead", f"{milliseconds:.2f} ms a cell", "<= 2 ms", milliseconds <= 2


if __name__ == "__main__":
    show(table())
