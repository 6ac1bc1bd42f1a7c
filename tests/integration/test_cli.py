"""`langchain-rlm` as a process of its own: what it reads, what it prints where, and its exit codes."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import Budget, InputError, RLMResult
from langchain_rlm.cli.ask import parse_budget
from tests.server.client import ModelServer

COMMAND = str(Path(sys.executable).parent / "langchain-rlm")
KEY = "sk-marker-77aa12"
MODELS = ("--model", "openai:root", "--sub-model", "openai:sub", "--route", "rlm")
OFFLINE = ("--model", "offline")
QUESTION = ("--question", "What is there?")
SECONDS = 90
Done = subprocess.CompletedProcess[str]
Ask = Callable[..., Done]


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


ASK_AND_END = cell(
    "print('looking')\nfound = llm_query_batched([f'{i} apples' for i in range(3)])\nprint(found)\nFINAL(found[0])"
)


def configure(server: ModelServer, reply: str, **sub: Any) -> None:
    root = {"kind": "script", "replies": [reply]}
    server.configure(models={"root": root, "sub": {"kind": "echo", **sub}})


@pytest.fixture
def environment(model_server: ModelServer) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI", "LANGCHAIN", "LANGSMITH"))}
    return {**kept, "OPENAI_BASE_URL": model_server.url, "OPENAI_API_KEY": KEY}


@pytest.fixture
def ask(environment: dict[str, str], tmp_path: Path) -> Ask:
    """Run `langchain-rlm ask` in an empty directory."""

    def run(*arguments: str, given: str | bytes | None = None, **changed: str | None) -> Done:
        env = {name: value for name, value in {**environment, **changed}.items() if value is not None}
        data = given.encode() if isinstance(given, str) else given or b""
        command = [COMMAND, "ask", *arguments]
        done = subprocess.run(
            command, input=data, env=env, cwd=tmp_path, timeout=SECONDS, capture_output=True, check=False
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def side_by_side(runs: Sequence[Callable[[], Done]]) -> list[Done]:
    """Several processes at once: most of their time is imports."""
    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(run) for run in runs]]


def test_a_file_is_answered_and_progress_goes_to_standard_error(
    model_server: ModelServer, ask: Ask, tmp_path: Path
) -> None:
    configure(model_server, ASK_AND_END)
    (tmp_path / "book.txt").write_text("A line of the book.\n" * 100)
    done = ask("book.txt", *QUESTION, *MODELS)
    assert (done.returncode, done.stdout) == (0, "echo: 0 apples (8 characters)\n")
    lines = done.stderr.splitlines()
    assert lines[0].startswith("context: 1 documents, 2,000 characters")
    assert lines[1] == "turn 1: cell of 4 lines: print('looking')"
    assert lines[2] == "asking 3 sub-queries"
    assert lines[-1].startswith("end: answered (turn 1 · sub-queries 3/3")
    assert "\x1b" not in done.stderr


def test_directories_patterns_standard_input_and_the_language_reference_are_read(ask: Ask, tmp_path: Path) -> None:
    for name in ("docs/b.md", "docs/a.txt", "docs/deep/c.md", "docs/.hidden"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"The harbour of {name} is large.")
    (tmp_path / "docs" / "image.png").write_bytes(b"\x89PNG\0\0")
    tail = ("--question", "Which harbour?", *OFFLINE, "--route", "rlm")
    directory, pattern, several, reference = side_by_side(
        [
            lambda: ask("docs", *tail),
            lambda: ask("docs/**/*.md", *tail),
            lambda: ask("docs/deep/c.md", "-", *tail, given="The harbour of naïve pipes."),
            lambda: ask("pydoc:", *tail),
        ]
    )
    assert directory.stderr.startswith("context: 3 documents, ")
    assert all(name in directory.stdout for name in ("[a.txt]", "[b.md]", "[deep/c.md]"))
    assert pattern.stderr.startswith("context: 2 documents, ")
    assert "[a.txt]" not in pattern.stdout
    assert several.stderr.startswith("context: 2 documents, ")
    assert "[standard input]" in several.stdout
    assert reference.stderr.startswith("context: 79 documents")
    assert "no sentence" in reference.stdout


def test_json_is_the_whole_result_and_quiet_the_answer_only(model_server: ModelServer, ask: Ask) -> None:
    configure(model_server, cell("llm_query('Sum up: ' + context)\nFINAL('Grüße\\nin two lines')"))
    text = " ".join(f"word{number}" for number in range(100))
    named = {"LANGCHAIN_RLM_MODEL": "openai:root", "LANGCHAIN_RLM_SUB_MODEL": "openai:sub"}
    whole, quiet = side_by_side(
        [
            lambda: ask("-", *QUESTION, *MODELS, "--json", given=text),
            lambda: ask("-", *QUESTION, "--route", "rlm", "--quiet", given=text, **named),
        ]
    )
    result = json.loads(whole.stdout)
    assert set(result) == set(RLMResult.__annotations__) - {"__interrupt__"}
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("Grüße\nin two lines", "answered", 1)
    (document,) = result["context"]
    assert (document["source"], document["spans"]) == ("standard input", [[0, len(text)]])
    assert result["usage"]["models"]["sub"]["calls"] == 1
    assert result["journal"][0]["kind"] == "run"
    assert KEY not in whole.stdout + whole.stderr
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "Grüße\nin two lines\n", "")


def test_the_offline_model_needs_no_key_and_quotes(ask: Ask) -> None:
    text = "The harbour is Elsinore. " + "Nothing else is said here. " * 4000
    done = ask("-", "--question", "Which harbour?", *OFFLINE, "--quiet", given=text, OPENAI_API_KEY=None)
    assert (done.returncode, done.stderr) == (0, "")
    assert "The harbour is Elsinore." in done.stdout


def test_on_a_terminal_cells_are_shown_live(model_server: ModelServer, environment: dict[str, str]) -> None:
    configure(model_server, ASK_AND_END)
    ours, theirs = pty.openpty()
    command = [COMMAND, "ask", "-", *QUESTION, *MODELS]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs, env={**environment, "TERM": "xterm"}
    ) as process:
        os.close(theirs)
        with ThreadPoolExecutor(1) as pool:
            shown = pool.submit(read_all, ours)
            answer, _ = process.communicate(b"text", SECONDS)
            screen = shown.result()
    os.close(ours)
    assert answer == b"echo: 0 apples (8 characters)\n"
    assert "\x1b" in screen
    assert "looking" in screen
    assert "asking 3 sub-queries" in screen


def read_all(terminal: int) -> str:
    data = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other side has closed
            return data.decode()
        data += part


def test_a_run_out_of_budget_or_without_an_answer_has_an_exit_code_of_its_own(
    model_server: ModelServer, ask: Ask
) -> None:
    tell = {"match": "<question>\nTell|^so far", "reply": cell("print('so far')")}
    root = {"kind": "rules", "rules": [tell], "default": cell("x = 1")}
    model_server.configure(models={"root": root, "sub": {"kind": "echo"}})
    budgets = ("--budget", "turns=2, cost=none", "--budget", "sub_queries=3")
    told, silent = side_by_side(
        [
            lambda: ask("-", "--question", "Tell me", *MODELS, *budgets, given="text"),
            lambda: ask("-", "--question", "Keep it", *MODELS, *budgets, given="text"),
        ]
    )
    assert told.returncode == 4
    assert "so far" in told.stdout
    assert "end: budget:turns" in told.stderr
    assert (silent.returncode, silent.stdout) == (5, "\n")


def test_wrong_use_and_wrong_input_are_one_clear_line_and_exit_code_2(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "binary.bin").write_bytes(b"\x7fELF\0\0")
    text = ("-", *QUESTION, *OFFLINE)
    cases: dict[tuple[str, ...], str] = {
        ("nowhere.txt", *QUESTION, *OFFLINE): "nowhere.txt: there is no such file",
        ("binary.bin", *QUESTION, *OFFLINE): "binary.bin: this is a binary file",
        (*QUESTION, *OFFLINE): "nothing to read",
        ("-", *OFFLINE): "There is no question",
        (*text, "--budget", "turns=20", "--budget", "speed=3"): "--budget 'speed=3': use NAME=NUMBER",
    }
    runs = side_by_side(
        [
            *(partial(ask, *case, given="text") for case in cases),
            lambda: ask(*text, given=""),
            lambda: ask(*text, given=b"sm\xf8r"),
        ]
    )
    said = [*cases.values(), "The context has no text", "standard input: not UTF-8: byte 2 is 0xf8"]
    assert [(run.returncode, run.stdout, run.stderr.count("\n")) for run in runs] == [(2, "", 1)] * len(runs)
    for run, words in zip(runs, said, strict=True):
        assert run.stderr.startswith("error: ")
        assert words in run.stderr


def test_a_model_that_cannot_be_used_is_one_clear_line_and_exit_code_3(model_server: ModelServer, ask: Ask) -> None:
    model_server.configure(models={"locked": {"kind": "echo", "key": "another"}})
    asks = ("-", *QUESTION, "--quiet", "--model")
    cases: dict[str, tuple[str, dict[str, str | None]]] = {
        "openai:gpt-5": ("OPENAI_API_KEY is not set", {"OPENAI_API_KEY": None}),
        "openai:locked": ("authentication", {}),
        "": ("No model is named", {}),
    }
    runs = side_by_side([partial(ask, *asks, name, given="text", **env) for name, (_, env) in cases.items()])
    said = [words for words, _ in cases.values()]
    assert [(run.returncode, run.stdout, run.stderr.count("\n")) for run in runs] == [(3, "", 1)] * len(runs)
    for run, words in zip(runs, said, strict=True):
        assert words in run.stderr
        assert KEY not in run.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("turns", "use NAME=NUMBER"), ("=5", "use NAME=NUMBER"), ("", "use NAME=NUMBER"), ("turns=", "no whole number"),
        ("turns=2.5", "is no whole number"), ("cost=x", "'x' is no number"), ("turns=0", "Budget(turns=0)"),
        ("turns=none", "Budget(turns=None)"), ("seconds=-1", "Budget(seconds=-1.0)"), ("cost=nan", "Budget(cost=nan)"),
    ],
)  # fmt: skip
def test_a_wrong_budget_is_named_with_what_to_write(given: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        parse_budget(("turns=20,cost=0.5", given))


def test_budget_parts_may_come_together_or_apart_and_be_lifted() -> None:
    assert parse_budget(("turns=2, cost=none", "sub-queries=7")) == Budget(turns=2, cost=None, sub_queries=7)


def descendants(pid: int) -> set[int]:
    """The processes below one."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    below = {int(child) for found in lists for child in found.read_text().split()}
    return below.union(*(descendants(child) for child in below))


def soon(condition: Callable[[], Any]) -> bool:
    """Whether the condition comes true, before the test would be given up."""
    end = time.monotonic() + SECONDS
    while not (holds := bool(condition())) and time.monotonic() < end:
        time.sleep(0.02)
    return holds


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM in a cell"])
def test_an_interrupt_ends_calls_and_workers_with_exit_code_130(
    model_server: ModelServer, environment: dict[str, str], how: str
) -> None:
    in_cell, before = how.endswith("cell"), model_server.stats()["open_connections"]
    configure(model_server, cell("while True:\n    pass") if in_cell else ASK_AND_END, latency=30)
    with subprocess.Popen(
        [COMMAND, "ask", __file__, *QUESTION, *MODELS], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        wanted = "turn 1: cell" if in_cell else "asking"
        assert any(line.startswith(wanted) for line in iter(process.stderr.readline, ""))
        assert soon(lambda: descendants(process.pid) and (in_cell or model_server.stats()["in_flight"] == 3))
        workers = descendants(process.pid)
        if in_cell:
            process.terminate()
        else:
            os.killpg(process.pid, signal.SIGINT)
        answer, said = process.communicate(timeout=SECONDS)
    assert (process.returncode, answer) == (130, "")
    assert said == "Interrupted: the calls in flight and the REPL were ended.\n"
    assert workers
    assert soon(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    assert soon(lambda: model_server.stats()["open_connections"] <= before)
    assert model_server.stats()["cancelled"] == (0 if in_cell else 3)


def test_help_imports_nothing_heavy_and_documents_the_exit_codes(environment: dict[str, str]) -> None:
    command = [sys.executable, "-X", "importtime", COMMAND, "ask", "--help"]
    environment["COLUMNS"] = "120"
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, env=environment, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "langchain_rlm.cli.app" in imported
    heavy = ("langgraph", "langchain_core", "langchain_openai", "openai", "pydantic_monty", "genai_prices")
    assert [name for name in sorted(imported) if name.partition(".")[0] in heavy] == []
    for word in ("--question", "--sub-model", "--budget", "--json", "--quiet", "130"):
        assert word in done.stdout
