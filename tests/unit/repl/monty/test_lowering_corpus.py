# ruff: noqa: E501 - cells on one line
"""Cells as models write them do in the sandbox what they do in CPython, or are refused before they ask anything."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pydantic_monty as monty
import pytest

from tests.unit.repl.monty.sandbox_runner import Run, Sandbox, in_cpython
from tests.unit.repl.monty.sessions import a_session

CELLS = Path(__file__).parents[3] / "cells"
NAMES = sorted(path.stem for path in CELLS.glob("*.py"))
REFUSED = {
    "jsonl_bool_class": "__bool__",
    "jsonl_open_file": "open",
    "jsonl_pandas": "pandas",
    "jsonl_total_order": "__lt__",
}
LEAST_EQUAL = 0.95
SHADOWED = "csv_shadowed_names"
"""It takes the names with which a value is spelt, and prints what it found."""

_PROSE = """The Keeper of Gull Rock

Chapter 1
On October 3, 1871, Elias Thorne came to Gull Rock. The lighthouse had stood empty since the storm. "Is anyone here?" asked Elias. The sea gave no answer.

He lit the lamp that night. Mara Quill saw it from the harbour, and she wept, for she had thought the light was gone forever!

Chapter 2
By November 14, 1871 the winter storms had begun. "The sea takes what it wants," said Mara. Elias Thorne did not believe her.

The storm of November 20, 1871 broke the lower door. The keeper wrote it all down: the wind, the water, the 12 ships that passed.

Chapter 3
In March 2, 1872 a boat came. Mara Quill brought bread and a letter. "It is from the mainland," said Mara. He never opened it.

Chapter 4
Elias Thorne left on April 9, 1872. The lighthouse burned on, and nobody knew who lit the lamp.
"""


def _log() -> str:
    levels = ["INFO", "WARN", "ERROR", "INFO", "ERROR"]
    services = ["api", "db-1", "cache"]
    lines = []
    for i in range(30):
        at = dt.datetime(2024, 3, 1 + i // 12, 8, 0, tzinfo=dt.UTC) + dt.timedelta(minutes=17 * (i % 12))
        tail = f"took {(i * 37) % 410}ms user=u{i % 4} from 10.0.{i % 3}.{i % 7} code={500 + i % 3}"
        lines.append(f"{at:%Y-%m-%d %H:%M:%S} {levels[i % 5]} [{services[i % 3]}] request {i % 6} {tail}")
    return "\n".join(lines)


def _csv() -> str:
    rows = ["id,date,region,customer,amount,note"]
    for i in range(1, 21):
        region = ["north", "south", "east"][i % 3]
        note = f'"late, again {i}"' if i % 6 == 0 else f"fine {i}"
        rows.append(f"{i},2024-0{1 + i % 3}-1{i % 10},{region},c{i % 5},{(i * 7919) % 1000 / 4:.2f},{note}")
    return "\n".join(rows) + "\n"


def _jsonl() -> str:
    records = [
        {
            "id": i,
            "title": f"Review {chr(65 + (i * 5) % 9)}",
            "stars": 1 + (i * 3) % 5,
            "tags": [["good", "bad", "ugly"][(i + k) % 3] for k in range(1 + i % 2)],
            "author": {"name": f"n{i % 3}", "home": {"city": f"c{i % 2}"}},
            "text": f"The {'café' if i % 2 else 'bar'} was {'great' * (i % 3)} on day {i}.",
        }
        for i in range(9)
    ]
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records)


CONTEXTS = {"prose": _PROSE, "log": _log(), "csv": _csv(), "jsonl": _jsonl()}


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(max_processes=1) as started:
        yield started


def context_of(name: str) -> str:
    return CONTEXTS[name.partition("_")[0]]


def cells_of(name: str) -> list[str]:
    return (CELLS / f"{name}.py").read_text(encoding="utf-8").split("\n# %%\n")


def in_sandbox(pool: monty.Monty, name: str) -> Run:
    with a_session(pool, context_of(name)) as session:
        sandbox = Sandbox(session)
        run = sandbox.execute(cells_of(name))
        run.result = sandbox.spelt("result")
        return run


@pytest.mark.parametrize("name", [name for name in NAMES if name not in REFUSED])
def test_a_cell_does_in_the_sandbox_what_it_does_in_cpython(pool: monty.Monty, name: str) -> None:
    expected = in_cpython(cells_of(name), context_of(name))
    run = in_sandbox(pool, name)
    assert run.error == ""
    assert run.printed == expected.printed
    if name != SHADOWED:
        assert run.result == expected.result


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_cell_that_cannot_run_is_refused_before_it_asks_anything(pool: monty.Monty, name: str) -> None:
    run = in_sandbox(pool, name)
    assert run.refused
    assert run.rounds == []
    assert re.match(rf"Line \d+: .*{REFUSED[name]}.{{9}}", run.error)


def test_at_least_nineteen_in_twenty_of_a_hundred_cells_are_equal() -> None:
    assert len(NAMES) >= 100
    assert 1 - len(REFUSED) / len(NAMES) >= LEAST_EQUAL
