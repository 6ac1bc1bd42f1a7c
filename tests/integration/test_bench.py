"""`langchain-rlm bench` as a process of its own, over real HTTP: what is on record whatever happens on the way."""

import json
import os
import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm.testing.quality.records import Record, read_records
from tests import forked
from tests.integration.test_cli import KEY, Done
from tests.server.client import ModelServer

SECONDS = 90
CELL = "```repl\nFINAL(llm_query('Say it: ' + context[:200]))\n```"
MODELS = ("--model", "openai:root", "--sub-model", "openai:sub", "--cost", "none")
TASKS = ("--kinds", "needle,count", "--sizes", "4000", "--searchable", "yes")
Bench = Callable[..., Done]


def configure(server: ModelServer, **root: Any) -> None:
    rules = [{"match": "<question>", "reply": CELL}]
    server.configure(
        models={
            "root": {"kind": "rules", "rules": rules, "default": "12345", **root},
            "sub": {"kind": "rules", "rules": [], "default": "54321"},
        }
    )


@pytest.fixture
def bench(model_server: ModelServer, tmp_path: Path) -> Bench:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI", "LANGCHAIN", "LANGSMITH"))}
    env = {**kept, "LANGCHAIN_RLM_CACHE": "off", "OPENAI_BASE_URL": model_server.url, "OPENAI_API_KEY": KEY}

    def run(*arguments: str, models: tuple[str, ...] = MODELS) -> Done:
        command = ("bench", *models, "--out", "out", *arguments)
        return forked.run(*command, env=env, cwd=tmp_path, timeout=SECONDS)

    return run


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def records_in(out: Path) -> list[Record]:
    return read_records(out / "results.jsonl")


def test_all_runs_are_on_record_with_what_they_took_and_are_not_made_again(
    model_server: ModelServer, bench: Bench, out: Path
) -> None:
    configure(model_server)
    done = bench(*TASKS, "--methods", "call,rlm", "--seeds", "2", "--yes")
    assert (done.returncode, done.stdout) == (0, "8 runs, 0 failed, $0.00. See out/index.html.\n")
    assert "8 runs: roughly" in done.stderr
    records = records_in(out)
    log = model_server.log()
    assert len({one["key"] for one in records}) == len(records) == 8
    assert sum(one["calls"] for one in records) == len(log) == 12
    assert {one["calls"] for one in records if one["method"] == "rlm"} == {2}
    assert {one["answer"] for one in records if one["method"] == "rlm"} == {"54321"}
    assert {(one["status"], one["cost"], one["stop_reason"]) for one in records if one["method"] == "call"} == {
        ("answered", None, "answered")
    }
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["settings"]["sub_model"] == "sub"
    assert "langgraph" in manifest["versions"]
    assert KEY not in "".join(file.read_text() for file in out.iterdir() if file.is_file())
    assert "| rlm |" in (out / "tables.md").read_text()
    assert "<svg" in (out / "index.html").read_text()

    again = bench(*TASKS, "--methods", "call,rlm", "--seeds", "2", "--yes")
    assert (again.returncode, again.stdout) == (0, "Nothing is left to run. See out/index.html.\n")
    other = bench(*TASKS, "--methods", "call", "--yes", models=("--model", "offline"))
    assert (other.returncode, other.stdout) == (2, "")
    assert other.stderr.startswith("error: out: its results have model='root', not 'offline")
    assert len(model_server.log()) == 12
    assert len(records_in(out)) == 8


def test_marks_of_citations_are_no_part_of_an_answer(model_server: ModelServer, bench: Bench, out: Path) -> None:
    """A rule that reads numbers would take them for one."""
    words = "context.split()[0]"
    cell = f'```repl\nFINAL("Answer: 2 " + cite({words})["mark"] + " [77]")\n```'
    model_server.configure(models={"root": {"kind": "rules", "default": cell}, "sub": {"kind": "echo"}})
    arguments = ("--kinds", "count", "--sizes", "4000", "--searchable", "yes", "--methods", "rlm", "--seeds", "1")
    assert bench(*arguments, "--yes", "--quiet").returncode == 0
    assert [one["answer"] for one in records_in(out)] == ["Answer: 2 [77]"]


def test_the_window_of_a_model_that_is_not_known_may_be_told(
    model_server: ModelServer, bench: Bench, out: Path
) -> None:
    configure(model_server)
    arguments = ("--kinds", "needle", "--sizes", "8000", "--methods", "map-reduce", "--seeds", "1")
    done = bench(*arguments, "--window", "2000", "--yes", "--quiet")
    assert done.returncode == 0
    settings = json.loads((out / "manifest.json").read_text())["settings"]
    assert (settings["window"], settings["piece"] < 8_000) == (2_000, True)
    assert len(model_server.log()) > 2  # two pieces and the end
    again = bench(*arguments, "--yes")
    assert again.returncode == 2
    assert "piece=1600, not 50000" in again.stderr


def test_the_same_runs_one_by_one_and_many_at_once_give_the_same(
    model_server: ModelServer, bench: Bench, out: Path, tmp_path: Path
) -> None:
    configure(model_server)
    found = []
    for name, concurrency in (("one", "1"), ("many", "8")):
        done = bench(*TASKS, "--methods", "call,rlm", "--seeds", "2", "--concurrency", concurrency, "--yes", "--quiet")
        assert done.returncode == 0
        found.append({one["key"]: {**one, "seconds": 0} for one in records_in(out)})
        out.rename(tmp_path / name)
    assert found[0] == found[1]
    assert len(found[0]) == 8


def test_what_a_killed_run_left_is_kept_and_the_rest_is_made(
    model_server: ModelServer, bench: Bench, out: Path
) -> None:
    """While it lives no other process writes there."""
    configure(model_server, faults=[{"kind": "stall", "match": "Each line names"}])  # the tasks that count
    arguments = (*TASKS, "--methods", "call", "--seeds", "3", "--concurrency", "1", "--yes", "--quiet")
    file, lock, until = out / "results.jsonl", out / ".lock", time.monotonic() + SECONDS
    with ThreadPoolExecutor() as pool:
        first = pool.submit(bench, *arguments)
        while len(model_server.log()) < 4:  # three are answered
            assert time.monotonic() < until
            time.sleep(0.01)
        pid = int(re.findall(r"process (\d+) on", lock.read_text())[0])
        second = bench(*arguments)
        os.kill(pid, signal.SIGKILL)
        assert first.result().returncode == -signal.SIGKILL
    assert (second.returncode, second.stdout) == (2, "")
    said = rf"error: out: process {pid} on \S+ writes here. Wait for it, or name another folder with --out.\n"
    assert re.fullmatch(said, second.stderr)
    kept = file.read_bytes()
    assert kept.count(b"\n") == 3
    file.write_bytes(kept + kept[:40])  # as a kill in the middle of a write leaves it
    configure(model_server)
    done = bench(*arguments)
    assert (done.returncode, done.stdout) == (0, "6 runs, 0 failed, $0.00. See out/index.html.\n")
    assert "the last line was cut off" in done.stderr
    assert file.read_bytes().startswith(kept)
    assert len({one["key"] for one in records_in(out)}) == len(records_in(out)) == 6


def test_a_signal_ends_it_and_what_ended_is_on_record(model_server: ModelServer, bench: Bench, out: Path) -> None:
    configure(model_server, faults=[{"kind": "stall", "match": "Each line names"}])
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor() as pool:
        first = pool.submit(
            bench, *TASKS, "--methods", "call", "--seeds", "1", "--concurrency", "2", "--yes", "--quiet"
        )
        while not (out / "results.jsonl").exists():
            assert time.monotonic() < until
            time.sleep(0.01)
        os.kill(int(re.findall(r"process (\d+) on", (out / ".lock").read_text())[0]), signal.SIGTERM)
        done = first.result()
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "Interrupted: what ended is on record; the same command goes on.\n"
    assert [one["kind"] for one in records_in(out)] == ["needle"]
    assert "| call |" in (out / "tables.md").read_text()


def test_calls_that_fail_are_on_record_and_are_made_again_when_asked(
    model_server: ModelServer, bench: Bench, out: Path
) -> None:
    arguments = (*TASKS, "--methods", "call", "--seeds", "5", "--yes", "--quiet")
    configure(model_server, faults=[{"kind": "500", "status": 400, "rate": 0.3, "seed": 3}])
    done = bench(*arguments)
    records = records_in(out)
    failed = [one for one in records if one["failure"]]
    assert done.returncode == 0
    assert done.stdout.startswith(f"10 runs, {len(failed)} failed")
    assert 0 < len(failed) < len(records) == 10
    for one in failed:
        assert (one["status"], one["score"], one["calls"], one["failed_calls"]) == ("failed", 0.0, 1, 1)
        assert one["failure"] is not None
        assert one["failure"]["type"] == "OpenAIInvalidRequestError"
        assert "The server had an error" in one["failure"]["message"]
    assert "## Why runs failed" in (out / "tables.md").read_text()
    configure(model_server)
    assert bench(*arguments).stdout == "Nothing is left to run. See out/index.html.\n"
    again = bench(*arguments, "--again-failed")
    assert again.stdout.startswith("10 runs, 0 failed")
    assert len(records_in(out)) == 10 + len(failed)


@pytest.mark.parametrize("fault", ["quota", "auth"])
def test_a_key_that_cannot_pay_or_is_wrong_stops_all_and_what_was_done_is_kept(
    model_server: ModelServer, bench: Bench, out: Path, fault: str
) -> None:
    arguments = (*TASKS, "--methods", "call", "--seeds", "2", "--yes", "--concurrency", "1", "--quiet")
    configure(model_server, faults=[{"kind": fault, "match": "Each line names"}])
    done = bench(*arguments)
    assert done.returncode == 3
    assert re.fullmatch(r"error: stopped, 2 runs are left: .*(quota|API key).*\n", done.stderr)
    assert [one["kind"] for one in records_in(out) if one["status"] == "answered"] == ["needle", "needle"]
    assert {one["status"] for one in records_in(out)} <= {"answered", "unfinished"}
    configure(model_server)
    assert bench(*arguments).stdout.startswith("4 runs, 0 failed")


def test_the_limit_of_dollars_ends_it_and_more_goes_on(model_server: ModelServer, bench: Bench, out: Path) -> None:
    configure(model_server)
    prices = ("--prices", json.dumps({name: {"input": 1000.0, "output": 1000.0} for name in ("root", "sub")}))
    models = MODELS[:4]
    arguments = (*TASKS, "--methods", "call", "--seeds", "3", "--yes", "--concurrency", "2", *prices)
    refused = bench(*arguments[:-2], "--cost", "1", models=models)
    assert refused.returncode == 2
    assert "no price is known for root. Name it with --prices" in refused.stderr
    done = bench(*arguments, "--cost", "1.4", models=models)
    records = records_in(out)
    assert done.returncode == 4
    assert 0 < len(records) < 6
    assert sum(one["cost"] or 0 for one in records) <= 1.4
    left = 6 - len(records)
    said = f"error: stopped at --cost ($1.40), {left} runs are left. With more, the same command goes on.\n"
    assert done.stderr.endswith(said)
    assert bench(*arguments, "--cost", "9", models=models).stdout.startswith("6 runs, 0 failed, $")
    assert len(records_in(out)) == 6


def test_without_a_terminal_nothing_is_run_unless_it_is_said(
    model_server: ModelServer, bench: Bench, out: Path
) -> None:
    configure(model_server)
    done = bench(*TASKS, "--methods", "call")
    assert done.returncode == 2
    assert "Run them? yes or no [no]: no (standard input is not a terminal: use --yes)" in done.stderr
    assert model_server.log() == []
    assert not (out / "results.jsonl").exists()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(bench: Bench, out: Path) -> None:
    out.write_text("a file")
    done = bench(*TASKS, models=("--model", "offline"))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "error: out: File exists\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--kinds", "nedle"), "error: There is no kind 'nedle'"),
        (("--methods", "rml"), "error: There is no method 'rml'"),
        (("--sizes", "4k"), "error: --sizes 4k: '4k' is not a whole number."),
        (("--searchable", "maybe"), "error: --searchable maybe: use yes, no or both."),
        (("--seeds", "0"), "error: --seeds=0: use a whole number above 0."),
        (("--window", "8k"), "error: --window 8k: '8k' is not a whole number."),
    ],
)
def test_wrong_use_is_told_in_one_line(bench: Bench, arguments: tuple[str, ...], says: str) -> None:
    done = bench(*arguments, models=("--model", "offline"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(says)
    assert done.stderr.count("\n") == 1
