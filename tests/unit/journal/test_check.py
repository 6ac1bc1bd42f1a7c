"""What is read is what the public schema says, and what is wrong is said with its place and the value."""

import copy
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.validators import extend  # type: ignore[import-untyped]
from pydantic import TypeAdapter

from langchain_rlm import load_journal, save_journal
from langchain_rlm.journal.check import shape_problem
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.header import Excerpt, FileEnd, Header
from tests.server.client import ModelServer
from tests.unit.journal import test_files as recording
from tests.unit.report import records

VALUES: list[Any] = [
    None, 5, -1, 0, True, False, "x", "llm", "run", [], {}, [1], [[1]], [None], {"a": 1}, 1.5, 2.0, 10**30, -(10**30),
    [0, 1, 2], [[0, 1, 2]], [["d", 1]], ["x"], {"error": {"type": "x", "message": "y"}}, {"type": "x"},
]  # fmt: skip
DROPPED = object()
CHANGES = 500
LINES: dict[str, Any] = {"header": Header, "entry": Entry, "excerpt": Excerpt, "file_end": FileEnd}


def judge(name: str) -> Any:
    """`jsonschema` on a type; that `2.0` is a whole number to it is the one difference."""
    strict = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    schema = TypeAdapter(LINES[name] | None).json_schema()
    return extend(Draft202012Validator, type_checker=strict)(schema)


def problem_of(name: str, line: Any) -> str | None:
    problem = shape_problem(LINES[name], [line])
    return None if problem is None else problem[1]


def kind_of(line: dict[str, Any]) -> str:
    return "header" if "format" in line else line["kind"] if line["kind"] in {"excerpt", "file_end"} else "entry"


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where anything is in a line."""
    yield above
    if isinstance(value, dict):
        for name in value:
            yield from paths(value[name], (*above, name))
    elif isinstance(value, list):
        for place in range(min(len(value), 3)):
            yield from paths(value[place], (*above, place))


def changed(line: Any, path: tuple[Any, ...], value: Any) -> Any:
    line = copy.deepcopy(line)
    inner = line
    for part in path[:-1]:
        inner = inner[part]
    if value is DROPPED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return line


@pytest.fixture
def lines(model_server: ModelServer, tmp_path: Path) -> list[dict[str, Any]]:
    """The lines of runs of every kind."""
    found = []
    for run in (recording.refused, recording.recursive, recording.with_tool, recording.forked):
        save_journal(run(model_server), tmp_path / "run.jsonl", context=recording.WORDS)
        found += [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    return found


def test_whatever_is_changed_in_a_line_the_reader_and_jsonschema_agree(lines: list[dict[str, Any]]) -> None:
    judges = {name: judge(name) for name in ("header", "entry", "excerpt", "file_end")}
    places = [(line, path) for line in lines for path in paths(line) if path]
    draw = random.Random(1)  # noqa: S311  # always the same
    refused = 0
    for _ in range(CHANGES):
        line, path = draw.choice(places)
        other = changed(line, path, draw.choice([DROPPED, *VALUES]))
        name = kind_of(line)
        problem = problem_of(name, other)
        assert (problem is None) == judges[name].is_valid(other), (path, problem, other)
        refused += problem is not None
    assert CHANGES * 0.3 < refused < CHANGES * 0.95
    for line in lines:
        assert problem_of(kind_of(line), line) is None


PROBLEMS: list[tuple[str, Any, str]] = [
    ("calls", DROPPED, "calls is missing"),
    ("calls", {}, "calls is an object, not a list"),
    ("calls.0.how", "sms", 'calls[0].how is "sms", not "llm", "rlm", "tool", "sample" or "judge"'),
    ("calls.0.model", 3, "calls[0].model is 3, not a text"),
    ("calls.0.pieces.0", 7, "calls[0].pieces[0] is 7, not a text or a list"),
    ("calls.0.pieces.1", [0, 1], "calls[0].pieces[1] has 2 items, not 3 or more"),
    ("calls.0.pieces.1", [0, 1, 2, 3], "calls[0].pieces[1] has 4 items, not 3 or less"),
    ("calls.0.pieces.1.0", -1, "calls[0].pieces[1][0] is -1, not 0 or more"),
    ("calls.0.pieces.1.2", 10**30, f"calls[0].pieces[1][2] is {10**30}, not {2**53 - 1} or less"),
    ("calls.0.pieces.1.2", 2.0, "calls[0].pieces[1][2] is 2.0, not a whole number"),
    ("calls.0.arguments", [[]], "calls[0].arguments[1] is missing"),
    ("calls.0.arguments", {}, "calls[0].arguments is an object, not a list"),
    ("quote", {"calls": 1}, "quote.tokens is missing"),
    ("kind", "telegram", 'kind is "telegram", not one of "run", "question"'),
    ("raises", "a\nb" + "c" * 100, 'raises is "a\\nbccc'),
]


@pytest.mark.parametrize(("place", "value", "said"), PROBLEMS)
def test_what_is_wrong_is_said_with_its_place_and_the_value(place: str, value: Any, said: str) -> None:
    line = records.asked(records.call("1", "Read: ", [0, 1, 2]))
    path = tuple(int(part) if part.isdigit() else part for part in place.split("."))
    problem = problem_of("entry", changed(line, path, value))
    assert problem is not None
    assert problem.startswith(said)
    assert "\n" not in problem
    assert len(problem) < 200


@pytest.mark.parametrize("at", [float("nan"), float("inf"), 10**30])
def test_a_number_that_no_reader_of_json_keeps_is_refused(at: Any) -> None:
    problem = problem_of("entry", {**records.answer("1"), "at": at})
    assert problem is not None
    assert problem.endswith(f", not {2**53 - 1} or less")


def test_what_is_wrong_in_a_recursive_run_is_said_with_its_place_in_all_the_runs() -> None:
    entry: Any = {"kind": "route", "route": "sea"}
    for _ in range(2):
        entry = records.answer(
            "1", run={"turns": 1, "stop_reason": "", "journal": [entry], "over": "all", "marks": "1"}
        )
    said = 'run.journal[0].run.journal[0].route is "sea", not "direct", "rlm", "plan" or "samples"'
    assert problem_of("entry", entry) == said


def test_runs_nested_without_end_are_said_to_be() -> None:
    entry: Any = {"kind": "route", "route": "rlm"}
    for _ in range(400):
        entry = records.answer(
            "1", run={"turns": 1, "stop_reason": "", "journal": [entry], "over": "all", "marks": "1"}
        )
    assert problem_of("entry", entry) == "recursive runs are nested more than 50 deep"


def test_nothing_that_checks_a_journal_is_made_before_one_is_read() -> None:
    code = (
        "import sys; from langchain_rlm import RLM, load_journal; from langchain_rlm.journal import check\n"
        "print(check._adapter.cache_info().currsize, 'langchain_rlm.journal.schema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"]


def test_a_large_journal_is_read_in_a_moment(tmp_path: Path) -> None:
    made = records.large()
    begun: Any = {**made.journal[0], "characters": 10_000_000}
    file = tmp_path / "run.jsonl"
    save_journal(replace(made, journal=[begun, *made.journal[1:]]), file)

    def seconds() -> float:
        started = time.process_time()
        load_journal(file)
        return time.process_time() - started

    assert file.stat().st_size > 3_000_000
    assert any(seconds() < 2.0 for _ in range(3))
