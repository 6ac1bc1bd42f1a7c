"""`langchain-rlm` as a process of its own: what it reads, what it prints where, and its exit codes."""

import fcntl
import io
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from langchain_rlm import RLM, Budget, InputError, RLMResult, load_journal
from langchain_rlm.cli.options import parse_budget
from langchain_rlm.cli.terminal import one_line
from langchain_rlm.cli.tree import Node, RunTree, drawn, fold
from tests import forked
from tests.resources import children
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


def configure(server: ModelServer, *replies: str, **sub: Any) -> None:
    root = {"kind": "script", "replies": list(replies)}
    server.configure(models={"root": root, "sub": {"kind": "echo", **sub}})


@pytest.fixture
def environment(model_server: ModelServer) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI", "LANGCHAIN", "LANGSMITH"))}
    return {**kept, "LANGCHAIN_RLM_CACHE": "off", "OPENAI_BASE_URL": model_server.url, "OPENAI_API_KEY": KEY}


@pytest.fixture
def ask(environment: dict[str, str], tmp_path: Path) -> Ask:
    """Run `langchain-rlm ask` in an empty directory."""

    def run(*arguments: str, given: str | bytes | None = None, **changed: str | None) -> Done:
        env = {name: value for name, value in {**environment, **changed}.items() if value is not None}
        data = given.encode() if isinstance(given, str) else given or b""
        return forked.run("ask", *arguments, given=data, env=env, cwd=tmp_path, timeout=SECONDS)

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
    assert directory.stderr.splitlines()[:2] == ["left out: .hidden: hidden", "left out: image.png: binary, not text"]
    assert directory.stderr.splitlines()[2].startswith("context: 3 documents, ")
    assert all(name in directory.stdout for name in ("[a.txt]", "[b.md]", "[deep/c.md]"))
    assert pattern.stderr.startswith("context: 2 documents, ")
    assert "[a.txt]" not in pattern.stdout
    assert several.stderr.startswith("context: 2 documents, ")
    assert "[standard input]" in several.stdout
    assert reference.stderr.startswith("context: 79 documents")
    assert "no sentence" in reference.stdout


def test_what_cannot_be_read_is_left_out_and_named_or_refused(ask: Ask, tmp_path: Path) -> None:
    for name, data in {"docs/a.txt": b"The harbour.", "docs/b.bin": b"\0", "latin.txt": b"caf\xe9 is open"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    tail = (*QUESTION, *OFFLINE)
    strict, named, skipped, guessed, told = side_by_side(
        [
            lambda: ask("docs", *tail, "--strict"),
            lambda: ask("docs/b.bin", "missing.txt", "latin.txt", *tail),
            lambda: ask("docs/b.bin", "latin.txt", *tail, "--skip-unreadable", "--json"),
            lambda: ask("latin.txt", *tail),
            lambda: ask("latin.txt", *tail, "--encoding", "cp437"),
        ]
    )
    assert strict.returncode == named.returncode == 2
    assert "docs/b.bin: binary, not text" in strict.stderr
    assert "docs/b.bin: this is a binary file" in named.stderr
    assert "missing.txt: this file or directory does not exist" in named.stderr
    assert [one["name"] for one in json.loads(skipped.stdout)["left_out"]] == ["b.bin"]
    assert "not UTF-8: latin.txt: read as cp1252 (--encoding names another)" in guessed.stderr
    assert "not UTF-8" not in told.stderr


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


def test_what_the_marks_of_an_answer_stand_for_is_printed_below_it(
    model_server: ModelServer, ask: Ask, tmp_path: Path
) -> None:
    words = "The harbour of \x1b[31mElsinore\nis " + "wide " * 30 + "large."
    (tmp_path / "towns.txt").write_text(f"Nothing.\n{words}\nOdense has none.\n")
    cited = cell(f"one, two = cite('Odense has none.'), cite({words!r})\nFINAL('Two: ' + two['mark'] + one['mark'])")
    configure(model_server, cell("FINAL('Two')"), cited)
    done = ask("towns.txt", *QUESTION, *MODELS, "--require-citations")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "Two: [1][2]",
            "",
            f"[1] towns.txt, line 2: The harbour of \N{REPLACEMENT CHARACTER}[31mElsinore is {'wide ' * 13}wid...",
            "[2] towns.txt, line 4: Odense has none.",
        ],
    )
    configure(model_server, cited)
    quiet = ask("towns.txt", *QUESTION, *MODELS, "--quiet")
    assert quiet.stdout == "Two: [1][2]\n"


def test_a_share_of_the_text_may_be_demanded(model_server: ModelServer, ask: Ask) -> None:
    read = cell("llm_query('Sum up: ' + context)\nFINAL('read')")
    configure(model_server, cell("FINAL('unread')"), read)
    done = ask("-", *QUESTION, *MODELS, "--require-coverage", "0.99", given=" ".join(map(str, range(9_000))))
    assert (done.returncode, done.stdout) == (0, "read\n")


def test_the_offline_model_needs_no_key_and_quotes(ask: Ask) -> None:
    text = "The harbour is Elsinore. " + "Nothing else is said here. " * 4000
    done = ask("-", "--question", "Which harbour?", *OFFLINE, "--quiet", given=text, OPENAI_API_KEY=None)
    assert (done.returncode, done.stderr) == (0, "")
    assert "The harbour is Elsinore." in done.stdout


def on_a_terminal(environment: dict[str, str], *arguments: str, rows: int = 24, columns: int = 80) -> tuple[str, str]:
    """Run `langchain-rlm` with standard error on a terminal of that size; the answer, and what was shown."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    sized = {key: value for key, value in environment.items() if key not in {"COLUMNS", "LINES"}}
    env = {**sized, "TERM": "xterm"}
    with ThreadPoolExecutor(1) as pool:
        shown = pool.submit(read_all, ours)
        done = forked.run(*arguments, env=env, cwd=Path.cwd(), timeout=SECONDS, given=b"text", stderr=theirs)
        os.close(theirs)
        screen = shown.result()
    os.close(ours)
    return done.stdout, screen


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_a_document_cannot_drive_the_terminal(
    environment: dict[str, str], tmp_path: Path, form: tuple[str, ...]
) -> None:
    document = tmp_path / "a document"
    document.write_text("The harbour is \x1b[31mElsinore\x1b]0;title\x07 and \u009b2J more.\r\nSecond line.\n")
    ours, theirs = pty.openpty()
    with ThreadPoolExecutor(1) as pool:
        shown = pool.submit(read_all, ours)
        asked = ("ask", str(document), "--question", "Which harbour?", *OFFLINE, "--quiet", *form)
        done = forked.run(*asked, env=environment, cwd=tmp_path, timeout=SECONDS, stdout=theirs, stderr=theirs)
        os.close(theirs)
        screen = shown.result()
    os.close(ours)
    assert done.returncode == 0
    assert "Elsinore" in screen
    assert not {"\x1b", "\x07", "\x9b"} & {*screen}


UP = "\x1b[1A\x1b[2K"
"""How a line that was drawn is taken back."""


def frames(screen: str) -> list[list[str]]:
    """What was drawn, each time over what stood there."""
    drawn = re.split(r"\r\x1b\[2K(?:\x1b\[1A\x1b\[2K)*", screen)
    return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", frame).replace("\r", "").strip("\n").split("\n") for frame in drawn]


def test_on_a_terminal_the_run_is_a_tree_that_grows(model_server: ModelServer, environment: dict[str, str]) -> None:
    configure(model_server, ASK_AND_END, latency=1)
    answer, screen = on_a_terminal(environment, "ask", "-", *QUESTION, *MODELS)
    assert answer == "echo: 0 apples (8 characters)\n"
    shown = frames(screen)
    assert len(shown) > 2
    assert any("asked 3 sub-queries · 3 running · " in line for frame in shown for line in frame)
    run, turn, first_cell, asked, printed, counts = shown[-1]
    assert re.fullmatch(r"run · 1 documents, 4 characters, rlm · answered · \d+\.\d s", run)
    assert re.fullmatch(r"└── turn 1 · 3 sub-queries · \d+\.\d s", turn)
    assert first_cell == "    └── cell of 4 lines: print('looking')"
    assert re.fullmatch(r"        ├── asked 3 sub-queries · 3 done · \d+\.\d s", asked)
    assert printed.startswith("        └── printed ")
    assert counts.startswith("turn 1 · sub-queries 3/3 · ")


def test_the_tree_never_outgrows_the_terminal(model_server: ModelServer, environment: dict[str, str]) -> None:
    replies = [cell(f"n = {number}\nprint(llm_query('apples {number}'))") for number in range(12)]
    root = {"kind": "script", "replies": [*replies, cell("FINAL(n)")], "latency": 0.1}
    model_server.configure(models={"root": root, "sub": {"kind": "echo", "latency": 0.1}})
    _, screen = on_a_terminal(environment, "ask", "-", *QUESTION, *MODELS, rows=12, columns=40)
    shown = frames(screen)
    assert len(shown) > 5
    assert max(map(len, shown)) <= 12
    assert max(len(line) for frame in shown for line in frame) <= 40
    assert screen.count(UP) < 12 * len(shown)
    *_, older, _, _, _, _, last, _, _ = shown[-1]
    assert re.search(r"\.\.\. \d older|turn", older)
    assert "turn 13" in last


def test_the_tree_has_recursive_runs_where_they_were_started(model_server: ModelServer) -> None:
    above = cell("out = rlm_query_batched(['Below', 'Below too'], ['a', 'b'])\nprint(out)\nFINAL(out)")
    below = [
        {"match": r"<question>\nBelow too", "reply": cell("oh")},
        {"match": r"<question>\nBelow", "reply": cell("FINAL(llm_query('What?'))")},
        {"match": "^Traceback|NameError", "reply": cell("FINAL('no')")},
    ]
    model_server.configure(
        models={"root": {"kind": "rules", "rules": below, "default": above}, "sub": {"kind": "echo"}}
    )
    models = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(*models, route="rlm", budget=Budget(depth=2), max_concurrency=1)
    tree = RunTree(clock=lambda: 0.0)
    for event in rlm.stream({"question": "Above?", "context": "text"}, stream_mode="custom"):
        if event["event"] != "result":
            tree.take(event)
    console = Console(file=io.StringIO(), width=100)
    node = tree.node(100)
    assert node is not None
    console.print(drawn(node))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    parts = shown.split("├── run /1 ")
    assert parts[0].splitlines() == [
        "run · 1 documents, 4 characters, rlm · answered · 0.0 s",
        "└── turn 1 · 2 sub-queries · 0.0 s",
        "    └── cell of 3 lines: out = rlm_query_batched(['Below', 'Below too'], ['a', 'b'])",
        "        ├── asked 2 sub-queries · 2 done · 0.0 s",
        "        ",
    ]
    first, second = parts[1].split("├── run /2 ")
    assert "asked 1 sub-query · 1 done" in first
    assert "NameError: name 'oh' is not defined" in second
    assert second.splitlines()[-1].startswith("        └── printed ")


def nodes() -> st.SearchStrategy[Node]:
    flags, labels = st.booleans(), st.text("ab", min_size=1, max_size=3)
    leaves = st.builds(Node, labels, is_done=flags)
    return st.recursive(
        leaves, lambda below: st.builds(Node, labels, st.lists(below, max_size=6).map(tuple), flags), max_leaves=60
    )


@given(nodes(), st.integers(1, 30))
def test_a_folded_tree_fits_and_keeps_what_came_last(node: Node, room: int) -> None:
    folded = fold(node, room)
    assert folded.size() <= room
    assert folded.size() == min(room, node.size()) or folded.size() < node.size()
    assert folded.label == node.label
    if node.children and room > 1:
        assert folded.children[-1].label == node.children[-1].label
    if node.size() <= room:
        assert folded == node


def test_nothing_that_a_model_wrote_moves_the_cursor() -> None:
    assert one_line("\n \x1b[2Jx\u202ey\x9b1A\nmore") == "\ufffd[2Jx\ufffdy\ufffd1A"


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


def test_sub_queries_that_all_fail_are_told_with_an_exit_code(model_server: ModelServer, ask: Ask) -> None:
    faults = [{"kind": "quota", "match": "^count"}, {"kind": "401", "match": "^sum"}]
    rules = [{"match": f"<question>\n{word}", "reply": cell(
        f"FINAL(str(llm_query_batched(['{word}'] * 3, on_error='return')))")} for word in ("count", "sum")]  # fmt: skip
    model_server.configure(
        models={"root": {"kind": "rules", "rules": rules}, "sub": {"kind": "echo", "faults": faults}}
    )
    failed, wrong = side_by_side(
        [partial(ask, "-", "--question", word, *MODELS, given="text") for word in ("count", "sum")]
    )
    assert failed.returncode == 5
    assert "error: All 3 sub-queries failed" in failed.stderr
    assert (wrong.returncode, wrong.stdout) == (3, "")
    assert "error: The sub-model 'sub' cannot be used (authentication)" in wrong.stderr


def test_wrong_use_and_wrong_input_are_one_clear_line_and_exit_code_2(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "binary.bin").write_bytes(b"\x7fELF\0\0")
    (tmp_path / "link.x").symlink_to("real.x")
    (tmp_path / "asked.txt").write_text("The kettle is on the stove.")
    asked = ("asked.txt", *QUESTION, *OFFLINE)
    text = ("-", *QUESTION, *OFFLINE)
    cases: dict[tuple[str, ...], str] = {
        ("nowhere.txt", *QUESTION, *OFFLINE): "nowhere.txt: this file or directory does not exist",
        ("binary.bin", *QUESTION, *OFFLINE): "binary.bin: this is a binary file",
        (*QUESTION, *OFFLINE): "nothing to read",
        ("", *QUESTION, *OFFLINE): "nothing to read",
        ("-", *OFFLINE): "There is no question",
        (*text, "--budget", "turns=20", "--budget", "speed=3"): "--budget 'speed=3': use NAME=NUMBER",
        (*text, "--require-coverage", "x"): "--require-coverage x: 'x' is not a number.",
        (*text, "--require-coverage", "2"): "--require-coverage 2.0: use a share above 0",
        (*text, "--max-concurrency", "0"): "--max-concurrency 0: use a whole number above 0",
        (*text, "--encoding", "utf-99"): "--encoding 'utf-99': Python knows no such encoding",
        (*text, "--route", "direct", "--require-citations"): "--require-citations needs the REPL",
        (*text, "--journal", "run.x", "--report", "./run.x"): "--journal run.x, --report run.x: the page would take",
        (*text, "--journal", "real.x", "--report", "link.x"): "--journal real.x, --report link.x: the page would take",
        (*asked, "--journal", "./asked.txt"): "--journal asked.txt: the question is about this file",
        (*asked, "--report", "asked.txt"): "--report asked.txt: the question is about this file",
    }
    runs = side_by_side(
        [
            *(partial(ask, *case, given="text") for case in cases),
            lambda: ask(*text, given=""),
        ]
    )
    said = [
        *cases.values(),
        "There is no text in standard input. Name files",
    ]
    assert [(run.returncode, run.stdout, run.stderr.count("\n")) for run in runs] == [(2, "", 1)] * len(runs)
    for run, words in zip(runs, said, strict=True):
        assert run.stderr.startswith("error: ")
        assert words in run.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"asked.txt", "binary.bin", "link.x"}
    assert (tmp_path / "asked.txt").read_text() == "The kettle is on the stove."


def test_without_a_terminal_a_dear_batch_is_denied_and_it_is_said_why(
    model_server: ModelServer, ask: Ask, tmp_path: Path
) -> None:
    priced = {"kind": "echo"}
    root = {
        "kind": "script",
        "replies": [cell("try:\n    llm_query('a')\nexcept Exception as error:\n    FINAL(str(error))")],
    }
    model_server.configure(models={"root": root, "gpt-4o": priced})
    (tmp_path / "book.txt").write_text("A line.")
    models = ("--model", "openai:root", "--sub-model", "openai:gpt-4o", "--route", "rlm")
    done = ask("book.txt", *QUESTION, *models, "--budget", "confirm_above=0.000001", given="y\n")
    assert "[no]: no (standard input is not a terminal)\n" in done.stderr
    assert "The next 1 sub-queries: about 301 tokens, $0.0030, " in done.stderr
    assert "$0.0000" not in done.stderr  # nothing is known of what the root model costs
    assert "The user was shown the quote of $0.0030 for 1 sub-queries and did not approve it" in done.stdout


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
    ("written", "said"),
    [
        ("turns", "use NAME=NUMBER"), ("=5", "use NAME=NUMBER"), ("", "use NAME=NUMBER"), ("turns=", "whole number"),
        ("turns=2.5", "is not a whole number"), ("cost=x", "'x' is not a number"), ("turns=0", "Budget(turns=0)"),
        ("turns=none", "Budget(turns=None)"), ("seconds=-1", "Budget(seconds=-1.0)"), ("cost=nan", "Budget(cost=nan)"),
    ],
)  # fmt: skip
def test_a_wrong_budget_is_named_with_what_to_write(written: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        parse_budget(("turns=20,cost=0.5", written))


def test_budget_parts_may_come_together_or_apart_and_be_lifted() -> None:
    assert parse_budget(("turns=2, cost=none", "sub-queries=7")) == Budget(turns=2, cost=None, sub_queries=7)


def descendants(pid: int) -> set[int]:
    """The processes below one."""
    below = children(pid)
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
    found: set[int] = set()
    configure(model_server, cell("while True:\n    pass") if in_cell else ASK_AND_END, latency=30)
    with subprocess.Popen(
        [COMMAND, "ask", __file__, *QUESTION, *MODELS], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        wanted = "turn 1: cell" if in_cell else "asking"
        assert any(line.startswith(wanted) for line in iter(process.stderr.readline, ""))
        assert soon(lambda: in_cell or model_server.stats()["in_flight"] == 3)
        assert soon(lambda: found.__ior__(descendants(process.pid)))
        if in_cell:
            process.terminate()
        else:
            os.killpg(process.pid, signal.SIGINT)
        answer, said = process.communicate(timeout=SECONDS)
    assert (process.returncode, answer) == (130, "")
    assert said == "Interrupted: the calls in flight and the REPL were ended.\n"
    assert soon(lambda: not any(Path(f"/proc/{pid}").exists() for pid in found))
    assert soon(lambda: model_server.stats()["open_connections"] <= before)
    assert model_server.stats()["cancelled"] == (0 if in_cell else 3)


def test_a_terminal_that_is_closed_ends_the_run_and_its_journal_is_kept(
    model_server: ModelServer, environment: dict[str, str], tmp_path: Path
) -> None:
    configure(model_server, ASK_AND_END, latency=30)
    journal = tmp_path / "run.jsonl"
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "ask", __file__, *QUESTION, *MODELS, "--journal", str(journal)], env={**environment, "TERM": "xterm"},
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # the terminal it is started from
    ) as process:  # fmt: skip
        os.close(theirs)
        assert soon(lambda: model_server.stats()["in_flight"] == 3)
        workers = descendants(process.pid)
        os.close(ours)
        process.wait(SECONDS)
    assert load_journal(journal).stop_reason == "interrupted"
    assert workers
    assert soon(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def test_without_its_extra_the_command_says_what_to_install(environment: dict[str, str]) -> None:
    code = "import sys; sys.modules['typer'] = None; from langchain_rlm.cli import main; main()"
    command = [sys.executable, "-c", code, "ask", "pydoc:", *QUESTION, "--model", "offline"]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, env=environment, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "langchain-rlm: the command line needs typer: pip install 'langchain-rlm[cli]'\n"


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
