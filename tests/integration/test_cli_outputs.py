"""`langchain-rlm` in a shell: outputs that nobody reads, that are full or closed, and paths that begin with `~`."""

import json
import os
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import RLM, Budget, RLMTool, load_journal, save_journal
from langchain_rlm.context.load import load_corpus
from tests import forked
from tests.unit.live import Model

COMMAND = str(Path(sys.executable).parent / "langchain-rlm")
WORDS = ("ask", "text.txt", "--model", "offline", "--route", "rlm", "-q", "Which harbour is in the play?")
ASK = shlex.join([COMMAND, *WORDS])
TEXT = "The harbour of this play is Elsinore. " * 100


def shell(line: str, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run a line in bash, in a directory that is the user's home and has a text."""
    (home / "text.txt").write_text(TEXT)
    env = {**os.environ, "HOME": str(home)}
    command = ["bash", "-c", line]
    return subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, check=False, timeout=90)


def in_home(home: Path, *arguments: str, **given: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command without a shell, in a directory that is the user's home and has a text, unless another is given."""
    (home / "text.txt").write_text(TEXT)
    return forked.run(*arguments, **{"env": {**os.environ, "HOME": str(home)}, "cwd": home, "timeout": 90, **given})


@pytest.mark.parametrize(
    "line",
    [
        f"{ASK} --json --journal=run.jsonl 2>errors | true; echo ${{PIPESTATUS[0]}}",
        f"{ASK} 2>&1 >/dev/null --journal=run.jsonl | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}",
    ],
)
def test_a_reader_that_leaves_ends_it_quietly_and_the_journal_is_kept(tmp_path: Path, line: str) -> None:
    done = shell(line, tmp_path)
    assert (done.stdout, done.stderr) == ("141\n", "")
    assert "Traceback" not in (tmp_path / "errors").read_text() if "errors" in line else True
    assert load_journal(tmp_path / "run.jsonl").question


def test_an_output_that_is_full_is_an_error(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = in_home(tmp_path, *WORDS, "--quiet", stdout=full.fileno())
    assert (done.stderr, done.returncode) == ("error: the output cannot be written (No space left on device)\n", 2)


def test_outputs_that_are_closed_are_not_written_to(tmp_path: Path) -> None:
    done = shell(f"{ASK} --json 2>&- <&-", tmp_path)
    assert done.returncode == 0
    assert "Elsinore" in json.loads(done.stdout)["answer"]
    read = shell(f"{COMMAND} ask - --model offline -q What <&-", tmp_path)
    assert (read.returncode, read.stderr.count("\n")) == (2, 1)
    assert "no text in standard input" in read.stderr


def test_the_version_is_told(tmp_path: Path) -> None:
    done = shell(f"{COMMAND} --version", tmp_path)
    assert (done.stdout, done.returncode) == (f"langchain-rlm {version('langchain-rlm')}\n", 0)


def test_the_command_line_finds_a_home_that_no_shell_has_put_in(tmp_path: Path) -> None:
    asked = [word.replace("text.txt", "~/text.txt") for word in WORDS]
    done = in_home(tmp_path, *asked, "--quiet", "--journal=~/run.jsonl", "--report=~/run.html")
    assert done.returncode == 0, done.stderr
    done = in_home(tmp_path, "report", "~/run.jsonl", "--output", "~/other.html", cwd=Path("/"))
    assert done.returncode == 0, done.stderr
    assert {"run.jsonl", "run.html", "other.html"} <= {file.name for file in tmp_path.iterdir()}


def test_paths_in_python_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(TEXT)
    for given in (Path("~/texts"), Path("~/texts/a.txt"), Path("~/texts/*.txt"), [Path("~/texts/a.txt")]):
        assert [document.text for document in load_corpus(given).documents] == [TEXT]
    assert RLMTool(rlm=RLM("offline"), root="~/texts").invoke({"question": "Which harbour?", "documents": ["a.txt"]})
    for store in ("~/store", Path("~/other")):
        RLM("offline", context_store=store).invoke({"question": "Which harbour?", "context": TEXT})
        assert any((tmp_path / Path(store).name).iterdir())
    save_journal(RLM("offline").invoke({"question": "Which?", "context": TEXT}), "~/run.jsonl")
    assert load_journal(Path("~/run.jsonl")).question == "Which?"


def test_the_home_of_nobody_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("~$notes.txt").write_text(TEXT)
    assert load_corpus(Path("~$notes.txt")).documents[0].name == "~$notes.txt"


def contexts(home: Path, line: str) -> "subprocess.CompletedProcess[str]":
    (home / "text.txt").write_text(TEXT)
    env = {name: value for name, value in os.environ.items() if name != "LANGCHAIN_RLM_CONTEXTS"}
    return forked.run("contexts", *line.split(), env=env, cwd=home, timeout=90)


def test_contexts_of_a_store_are_put_listed_used_and_deleted(tmp_path: Path) -> None:
    put = contexts(tmp_path, "put --store kept text.txt").stdout.strip()
    listed = contexts(tmp_path, "list --store kept").stdout
    assert listed.startswith(f"{put}  used 20")
    assert listed.endswith("3,800 characters  text.txt\n")

    def says(_: Any) -> str:
        done = contexts(tmp_path, f"delete --store kept {put[:20]}")
        assert f"error: Not deleted, for a run that lives uses it: {put}" in done.stderr
        return f"{done.returncode}"

    asked = RLM(Model(says=says), context_store=tmp_path / "kept", route="direct", budget=Budget(cost=None))
    assert asked.invoke({"question": "Which harbour?", "context": put})["answer"] == "2"
    done = contexts(tmp_path, "prune --store kept --older-than 1d")
    assert done.stdout == "Deleted: 0. In use by a run that lives: 0.\n"
    assert contexts(tmp_path, f"delete --store kept {put}").stdout == "Deleted: 1.\n"
    assert [*(tmp_path / "kept").iterdir()] == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("list", "Name the store: --store ADDRESS, or LANGCHAIN_RLM_CONTEXTS."),
        (
            "prune --store . --older-than tomorrow",
            "--older-than 'tomorrow': use a number with m, h, d or w, as in 30d.",
        ),
        ("delete --store . abc", "'abc': the hashes of 0 contexts in the store begin so. See `contexts list`."),
        ("prune --store misspelt --older-than 1d", "--store='misspelt': this directory does not exist."),
        ("list --store nope://x", "--store='nope://x': Protocol not known: nope. Use a directory, or an address"),
    ],
)
def test_what_is_wrong_with_a_store_is_one_line_with_the_remedy(tmp_path: Path, line: str, says: str) -> None:
    done = contexts(tmp_path, line)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert says in done.stderr
