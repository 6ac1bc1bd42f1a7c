"""Journals of real runs that an earlier package wrote: what is read, shown and made again from them stays the same.

`tests/goldens/make.py` says how they were made. Which statement holds for which golden is in `tests/goldens/runs.py`.
"""

import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from langchain_rlm import ReplayChatModel, load_journal, save_journal
from langchain_rlm.cli.app import app
from tests.goldens.make import EXPECTED, FOLDER, seen, summary
from tests.goldens.runs import FAILS, GOLDENS

KNOWN: dict[str, Any] = json.loads(EXPECTED.read_text())
KINDS = {
    "run", "question", "route", "reply", "cell", "asked", "confirm", "answer", "host", "cell_end", "note", "end", "fork"
}  # fmt: skip
OF_ONE_RUN = {"id", "seed", "started", "model", "usage", "at", "seconds", "waited"}
"""What differs in a run that a record answers: its time, and the name of the model."""
AGAIN = [name for name, golden in GOLDENS.items() if not golden.not_again]
every_golden = pytest.mark.parametrize("name", GOLDENS)


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.jsonl"


@every_golden
def test_a_golden_is_read_and_written_back_byte_for_byte(name: str, tmp_path: Path) -> None:
    save_journal(load_journal(file_of(name)), tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == file_of(name).read_bytes()


@pytest.fixture
def replay() -> Iterator[Callable[..., Result]]:
    """The command in this process; the handlers that it installs are taken back."""
    handlers = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGHUP)}
    yield lambda *arguments: CliRunner().invoke(app, ["replay", *arguments])
    for name, handler in handlers.items():
        signal.signal(name, handler)


@every_golden
def test_a_replay_finds_a_golden_the_same(name: str, replay: Callable[..., Result], tmp_path: Path) -> None:
    options: list[str] = []
    for place, text in enumerate(GOLDENS[name].texts):
        (tmp_path / f"{place}.txt").write_bytes(text.encode())
        options += ["--context", str(tmp_path / f"{place}.txt")]
    done = replay(str(file_of(name)), *options)
    record = load_journal(file_of(name))
    assert (done.exit_code, done.stdout.startswith(record.answer)) == (0, True), done.stderr
    said = ", and the answer is the same."
    if GOLDENS[name].not_again == FAILS:
        said = f"The run on record did not end (failed): {record.error}"
    elif not any(entry["kind"] == "cell" for entry in record.journal):
        said = "; the answer is the reply on record."
    assert done.stderr.splitlines()[-1].endswith(said)


@pytest.mark.parametrize("name", AGAIN)
def test_a_model_of_a_golden_comes_to_the_same_by_the_same_steps(name: str) -> None:
    golden = GOLDENS[name]
    model = ReplayChatModel.from_journal(file_of(name))
    result = golden.run(golden.rlm(model, other=model), golden.questions)
    known = {key: value for key, value in KNOWN[name].items() if key not in {"file", "page"}}
    assert summary(result, result["turns"]) == known
    is_same = lasting(result["journal"]) == lasting(load_journal(file_of(name)).journal)
    assert is_same is not bool(golden.other_steps)


def lasting(value: Any) -> Any:
    """A journal without what differs from run to run."""
    if isinstance(value, dict):
        return {key: lasting(each) for key, each in value.items() if key not in OF_ONE_RUN}
    return [lasting(each) for each in value] if isinstance(value, list) else value


@every_golden
def test_the_page_of_a_golden_shows_the_same(name: str) -> None:
    assert seen(file_of(name)) == KNOWN[name]


def test_every_kind_of_entry_is_in_the_goldens_twice() -> None:
    counts = Counter(entry["kind"] for name in GOLDENS for entry in entries(load_journal(file_of(name)).journal))
    assert set(counts) == KINDS
    assert min(counts.values()) >= 2, counts


def entries(journal: Any) -> Iterator[dict[str, Any]]:
    """The entries of a run and of the runs below."""
    for entry in journal:
        yield entry
        yield from entries(entry.get("run", {}).get("journal", ()))


def test_the_goldens_are_those_that_are_known_and_small() -> None:
    files = {file.stem: file.stat().st_size for file in FOLDER.glob("*.jsonl")}
    assert set(files) == set(GOLDENS) == set(KNOWN)
    assert max(files.values()) < 60_000
    assert sum(files.values()) < 400_000
