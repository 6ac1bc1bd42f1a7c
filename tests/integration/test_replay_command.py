"""`ask --journal`, `report` and `replay` as processes: what is kept of a run, and what can be done with it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from langchain_rlm import load_journal
from langchain_rlm.cli.app import app
from langchain_rlm.journal.answer import digest
from tests import forked
from tests.server.client import ModelServer

COMMAND = str(Path(sys.executable).parent / "langchain-rlm")
KEY = "sk-marker-77aa12"
QUESTION = ("--question", "What is there?")
MODELS = ("--model", "openai:root", "--sub-model", "openai:sub", "--route", "rlm")
SECONDS = 90
TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(1_000))
Done = subprocess.CompletedProcess[str]
Command = Callable[..., Done]


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


CITE = cell(
    "few = llm_query_batched(['a'] * 9, on_error='return')\nprint(few[8].type)\n"
    "print(cite(context[50:120]))\nFINAL('[1]')"
)
ASK = cell("found = llm_query_batched([context[i * 600:i * 600 + 600] for i in range(3)])\nprint(found[0][:20])")
END = cell("print(budget()['turns'])\nFINAL(found[1])")


def configure(server: ModelServer, *replies: Any, **sub: Any) -> None:
    server.configure(models={"root": {"kind": "script", "replies": list(replies)}, "sub": {"kind": "echo", **sub}})


@pytest.fixture
def environment(model_server: ModelServer) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI", "LANGCHAIN", "LANGSMITH"))}
    return {**kept, "OPENAI_BASE_URL": model_server.url, "OPENAI_API_KEY": KEY}


@pytest.fixture
def command(environment: dict[str, str], tmp_path: Path) -> Command:
    """Run `langchain-rlm` in a directory that holds book.txt."""
    (tmp_path / "book.txt").write_text(TEXT)

    def run(*arguments: str) -> Done:
        return forked.run(*arguments, env=environment, cwd=tmp_path, timeout=SECONDS)

    return run


def side_by_side(runs: Sequence[Callable[[], Done]]) -> list[Done]:
    """Several processes at once: most of their time is imports."""
    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(run) for run in runs]]


def untimed(shown: str) -> list[str]:
    """Lines of a view without seconds."""
    return [re.sub(r" · \d+\.\d s\)", ")", line) for line in shown.splitlines()]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """As `command`, in this process: most of another one's time is imports."""
    monkeypatch.chdir(tmp_path)
    handlers = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGHUP)}

    def run(*arguments: str) -> Done:
        done = CliRunner().invoke(app, list(arguments))
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)

    yield run
    for name, handler in handlers.items():
        signal.signal(name, handler)


def recorded(command: Command, *more: str) -> Done:
    return command("ask", "book.txt", *QUESTION, *MODELS, "--journal", "run.jsonl", *more)


def test_a_recorded_run_is_replayed_as_it_went_and_reported_without_a_model(
    model_server: ModelServer, command: Command, tmp_path: Path
) -> None:
    configure(model_server, ASK, END)
    asked = recorded(command, "--report", "first.html")
    assert (asked.returncode, asked.stdout.startswith("echo: ")) == (0, True)
    model_server.reset()
    (tmp_path / "book.txt").rename(tmp_path / "renamed.txt")
    replayed, quiet, page, whole = side_by_side(
        [
            partial(command, "replay", "run.jsonl", "--context", "renamed.txt"),
            partial(command, "replay", "run.jsonl", "--context", "renamed.txt", "--quiet"),
            partial(command, "report", "run.jsonl"),
            partial(command, "report", "run.jsonl", "--output", "whole.html", "--context", "renamed.txt"),
        ]
    )
    assert (replayed.returncode, replayed.stdout) == (0, asked.stdout)
    *view, said = replayed.stderr.splitlines()
    assert said == "2 cells asked and printed the same as on record, and the answer is the same."
    assert untimed("\n".join(view)) == untimed(asked.stderr)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, asked.stdout, "")
    assert (page.returncode, page.stdout, whole.stdout) == (0, "run.html\n", "whole.html\n")
    assert model_server.stats()["requests"] == 0
    pages = [(tmp_path / name).read_text() for name in ("first.html", "run.html", "whole.html")]
    for html in pages:
        assert "What is there?" in html
        assert TEXT[600:640] in html  # the passage of the second sub-query, also from the journal alone
    assert KEY not in (tmp_path / "run.jsonl").read_text() + "".join(pages)


def test_a_first_line_that_says_more_than_the_entries_is_found(
    model_server: ModelServer, command: Command, tmp_path: Path
) -> None:
    configure(model_server, ASK, END)
    recorded(command)
    first, *rest = (tmp_path / "run.jsonl").read_text().splitlines()
    header = json.loads(first)
    usage, coverage = header["usage"], header["coverage"]
    seen = coverage["documents"][0]
    forged: dict[str, dict[str, Any]] = {
        "read of coverage": {"coverage": {**coverage, "read": 1.0}},
        "read_ranges of coverage": {"coverage": {**coverage, "documents": [{**seen, "read_ranges": [[0, 9_000]]}]}},
        "output_tokens of usage": {"usage": {**usage, "output_tokens": 1}},
        "failed_calls of usage": {"usage": {**usage, "failed_calls": 2}},
        "stop_reason of the run": {"stop_reason": "budget:cost"},
    }
    for number, change in enumerate(forged.values()):
        lines = [json.dumps({**header, **change}), *rest]
        (tmp_path / f"{number}.jsonl").write_text("\n".join(lines) + "\n")
    found = side_by_side(
        [partial(command, "replay", f"{n}.jsonl", "--context", "book.txt", "--quiet") for n in range(len(forged))]
    )
    for name, one in zip(forged, found, strict=True):
        assert (one.returncode, one.stdout) == (1, "")
        assert name.split(" of ")[0] in one.stderr


def test_what_the_host_answered_and_what_was_refused_is_replayed_as_it_was(
    model_server: ModelServer, command: Command, tmp_path: Path
) -> None:
    configure(model_server, CITE)
    assert recorded(command, "--budget", "sub_queries=3").returncode == 0
    kept = load_journal(tmp_path / "run.jsonl")
    assert [entry["name"] for entry in kept.journal if entry["kind"] == "host"] == ["cite"]
    assert [entry["count"] for entry in kept.journal if entry["kind"] == "asked"] == [9]
    replayed = command("replay", "run.jsonl", "--context", "book.txt")
    assert (replayed.returncode, replayed.stderr.splitlines()[-1].partition(" ")[0]) == (0, "1")


def test_recursive_runs_are_replayed_too(model_server: ModelServer, command: Command) -> None:
    above = "below = rlm_query_batched(['Below'] * 2, [[context[:50], 'more'], 'x' + context[100:900]])\nFINAL(below)"
    below = {
        "match": r"<question>\nBelow",
        "reply": cell("print(len(context))\nFINAL(llm_query('Read: ' + context[0] + str(type(context))))"),
    }
    root = {"kind": "rules", "rules": [below], "default": cell(above)}
    model_server.configure(models={"root": root, "sub": {"kind": "echo"}})
    asked = recorded(command, "--budget", "depth=2")
    replayed = command("replay", "run.jsonl", "--context", "book.txt")
    assert (replayed.returncode, replayed.stdout) == (0, asked.stdout)
    assert replayed.stderr.splitlines()[-1].startswith("3 cells")
    lines = replayed.stderr.splitlines()
    assert sum(line.startswith("  turn 1: cell of 2 lines: print(len(context))") for line in lines) == 2


def tampered(tmp_path: Path, name: str, change: Callable[[list[dict[str, Any]]], None]) -> str:
    """A copy of the journal with something changed by hand."""
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    change(lines)
    lines[-1]["entries"] = sum(line.get("kind") != "excerpt" for line in lines) - 2
    (tmp_path / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return name


def entry(lines: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(line for line in lines if line.get("kind") == kind)


def test_a_cell_that_asks_or_prints_something_else_is_named(
    model_server: ModelServer, command: Command, here: Command, tmp_path: Path
) -> None:
    configure(model_server, ASK, END)
    recorded(command)
    changes: dict[str, tuple[Callable[[list[dict[str, Any]]], None], str]] = {
        "prints": (
            lambda lines: entry(lines, "answer").update(text="another answer"),
            "cell 1 of turn 1 prints 'another answer\\n', on record 'echo: word0",
        ),
        "asks": (
            lambda lines: entry(lines, "cell").update(code=entry(lines, "cell")["code"].replace("600:", "601:")),
            "cell 1 of turn 1 asks as sub-query 2 of 3 ",
        ),
        "fewer": (
            lambda lines: entry(lines, "cell").update(code=entry(lines, "cell")["code"].replace("(3)", "(2)")),
            "cell 1 of turn 1 asks 2 sub-queries, on record 3",
        ),
        "none": (
            lambda lines: entry(lines, "cell").update(code="print(1)"),
            "cell 1 of turn 1 ends where it asked 3 sub-queries on record",
        ),
        "fails": (
            lambda lines: entry(lines[::-1], "cell").update(code="budget()\noh"),
            "cell 1 of turn 2 ends with \"NameError: name 'oh' is not defined\", on record with 'no error'",
        ),
        "host": (
            lambda lines: lines.remove(entry(lines, "host")),
            "cell 1 of turn 2 calls budget(), which it did not on record",
        ),
    }  # fmt: skip
    runs = [
        here("replay", tampered(tmp_path, f"{name}.jsonl", change), "--context", "book.txt", "--quiet")
        for name, (change, _) in changes.items()
    ]
    for run, (_, said) in zip(runs, changes.values(), strict=True):
        assert (run.returncode, run.stdout) == (1, "")
        assert run.stderr.startswith("error: the replay differs from the record: cell 1 of turn ")
        assert said in run.stderr


def test_a_run_that_fails_or_is_interrupted_is_kept_as_far_as_it_came(
    model_server: ModelServer, command: Command, tmp_path: Path
) -> None:
    configure(model_server, ASK, {"status": 401, "body": {"error": {"message": f"no key {KEY}"}}})
    failed = recorded(command, "--report", "run.html")
    assert failed.returncode == 3
    kept = load_journal(tmp_path / "run.jsonl")
    assert (kept.stop_reason, kept.answer) == ("failed", "")
    assert "authentication" in kept.error
    assert KEY not in (tmp_path / "run.jsonl").read_text() + (tmp_path / "run.html").read_text()
    assert [e["kind"] for e in kept.journal] == ["run", "reply", "cell", "asked", *["answer"] * 3, "cell_end"]
    assert kept.usage["calls"] == 4
    replayed, page = side_by_side(
        [
            partial(command, "replay", "run.jsonl", "--context", "book.txt"),
            partial(command, "report", "run.jsonl", "-o", "again.html"),
        ]
    )
    assert (replayed.returncode, replayed.stdout) == (0, "")
    said = replayed.stderr.splitlines()[-1]
    assert said.startswith("1 cell asked and printed the same as on record. The run on record did not end (failed): ")
    assert page.returncode == 0
    assert "word0" in (tmp_path / "again.html").read_text()


@pytest.mark.parametrize("where", [pytest.param("a call", marks=pytest.mark.slow), "a cell"])
def test_an_interrupt_keeps_the_journal(
    model_server: ModelServer, environment: dict[str, str], command: Command, tmp_path: Path, where: str
) -> None:
    looping = cell("found = llm_query('a')\nwhile True:\n    pass")
    configure(model_server, ASK if where == "a call" else looping, latency=60 if where == "a call" else 0)
    process = subprocess.Popen(
        [COMMAND, "ask", "book.txt", *QUESTION, *MODELS, "--journal", "run.jsonl"], cwd=tmp_path, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        assert any(line.startswith("asking") for line in iter(process.stderr.readline, ""))
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    kept = load_journal(tmp_path / "run.jsonl")
    assert kept.stop_reason == "interrupted"
    assert [e["kind"] for e in kept.journal][:2] == ["run", "reply"]
    replayed = command("replay", "run.jsonl", "--context", "book.txt")
    assert (replayed.returncode, replayed.stdout) == (0, "")
    assert "No cell ran. The run on record did not end (interrupted)" in replayed.stderr


def test_wrong_input_is_one_clear_line_and_exit_code_2(
    model_server: ModelServer, command: Command, here: Command, tmp_path: Path
) -> None:
    configure(model_server, ASK, END)
    recorded(command)
    data = (tmp_path / "run.jsonl").read_text()
    (tmp_path / "cut.jsonl").write_text(data[: len(data) // 2])
    (tmp_path / "newer.jsonl").write_text(data.replace('"version":1', '"version":9', 1))
    (tmp_path / "other.txt").write_text("other text")
    cases: dict[tuple[str, ...], str] = {
        ("replay", "run.jsonl"): f"read its context: 1 document, {len(TEXT):,} characters: book.txt ({len(TEXT):,}). "
        "Name the same files with --context.",
        ("replay", "run.jsonl", "--context", "other.txt"): "This is not the context of the run. On record: 1 document, "
        f"{len(TEXT):,} characters: book.txt ({len(TEXT):,}); sha256:",
        ("report", "run.jsonl", "--context", "other.txt"): "Given: 1 document, 10 characters: other.txt (10); sha256:",
        ("replay", "cut.jsonl", "--context", "book.txt"): "cut.jsonl: the journal was cut off: ",
        ("report", "cut.jsonl"): "whole entries are there",
        ("replay", "newer.jsonl"): "has version 9, this langchain-rlm reads versions up to 1. Upgrade",
        ("report", "other.txt"): "other.txt: not a journal of langchain-rlm: it begins with 'other text'",
        ("replay", "none.jsonl"): "none.jsonl: this file does not exist",
        ("report", "run.jsonl", "-o", "no/run.html"): "no/run.html: cannot be written (there is no directory ",
        ("report", "."): ".: cannot be read (Is a directory)",
        ("report", "run.jsonl", "-o", "run.jsonl"): "would take the place of the journal",
    }
    runs = [here(*case) for case in cases]
    assert [(run.returncode, run.stdout, run.stderr.count("\n")) for run in runs] == [(2, "", 1)] * len(runs)
    for run, said in zip(runs, cases.values(), strict=True):
        assert run.stderr.startswith("error: ")
        assert said in run.stderr
    assert (tmp_path / "run.jsonl").read_text() == data


def without(lines: list[dict[str, Any]], kind: str) -> None:
    lines.remove(entry(lines, kind))


def test_a_damaged_journal_is_one_clear_line_and_exit_code_2(
    model_server: ModelServer, command: Command, here: Command, tmp_path: Path
) -> None:
    configure(model_server, ASK, END)
    recorded(command)
    far = 10**12
    changes: dict[str, tuple[Callable[[list[dict[str, Any]]], Any], str]] = {
        "piece": (lambda lines: entry(lines, "asked")["calls"][0].update(pieces=[[0, 1]]), "].pieces[0] has 2 items"),
        "answer": (lambda lines: without(lines, "answer"), 'calls[0].id is "1", which no answer has'),
        "excerpt": (lambda lines: entry(lines, "excerpt").update(end=far), f"end is {far}, and the context has"),
        "document": (lambda lines: entry(lines, "excerpt").update(document=far), f"document is {far}, and the run has"),
        "count": (lambda lines: entry(lines, "run").update(documents=3), "line 2: documents is 3, and its context has"),
    }
    names = {name: tampered(tmp_path, f"{name}.jsonl", change) for name, (change, _) in changes.items()}
    replays = [here("replay", file, "--context", "book.txt") for file in names.values()]
    reports = [here("report", file) for name, file in names.items() if name != "count"]
    for name, run in [*zip(changes, replays, strict=True), *zip(changes, reports, strict=False)]:
        assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
        assert run.stderr.startswith(f"error: {name}.jsonl: the journal is damaged: line ")
        assert changes[name][1] in run.stderr
        assert run.stderr.endswith(". Copy it again, or save the run again.\n")
    assert not list(tmp_path.glob("*.html"))


def test_a_cell_that_never_ended_is_passed_over_and_lone_surrogates_are_replaced(
    model_server: ModelServer, command: Command, tmp_path: Path
) -> None:
    configure(model_server, ASK, cell("print(2)"), END)
    recorded(command)

    def change(lines: list[dict[str, Any]]) -> None:
        ends = [line for line in lines if line.get("kind") == "cell_end"]
        lines.remove(ends[1])
        entry(lines[::-1], "cell")["code"] = "print(budget()['turns'])\nFINAL('so \ud800')"
        entry(lines, "end").update(characters=4, hash=digest("so \N{REPLACEMENT CHARACTER}"))
        lines[0]["answer"] = "so \ud800"

    file = tampered(tmp_path, "other.jsonl", change)
    replayed = command("replay", file, "--context", "book.txt")
    assert (replayed.returncode, replayed.stdout) == (0, "so \ufffd\n")
    assert "turn 2: cell of 1 lines: print(2)" in replayed.stderr
    assert "2 cells asked and printed the same" in replayed.stderr


def test_a_journal_that_cannot_be_written_is_said_before_anything_is_asked(
    model_server: ModelServer, command: Command, tmp_path: Path
) -> None:
    configure(model_server, ASK, END)
    ask = ("ask", "book.txt", *QUESTION, *MODELS)
    runs = side_by_side([partial(command, *ask, *to) for to in (("--journal", "no/run.jsonl"), ("--report", "."))])
    for run, said in zip(runs, ("there is no directory ", "it is a directory)"), strict=True):
        assert (run.returncode, run.stdout) == (2, "")
        assert f"cannot be written ({said}" in run.stderr
    assert model_server.stats()["requests"] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.txt"]


def test_the_exit_codes_are_in_the_help(command: Command) -> None:
    replay, report = side_by_side([partial(command, name, "--help") for name in ("replay", "report")])
    for codes, said in (("0 every cell asked", replay), ("Exit codes: 0 written", report)):
        assert codes in " ".join(said.stdout.split())
