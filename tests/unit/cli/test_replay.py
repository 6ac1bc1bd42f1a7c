"""`langchain-rlm replay`: how it ends, and what it says then."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm.cli.replay import run
from langchain_rlm.context.load import load_corpus
from langchain_rlm.journal.answer import digest
from langchain_rlm.journal.files import save_journal

TEXT = "one two three"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The hash of a cell that printed nothing."""


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "book.txt").write_text(TEXT)
    handlers = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGHUP)}
    yield tmp_path / "book.txt"
    for name, handler in handlers.items():
        signal.signal(name, handler)


def saved(book: Path, code: str, *, answer: str = "") -> Path:
    """A record of one cell, as if it had printed nothing; it ended if there is an answer."""
    begun = {
        "kind": "run", "id": "1", "path": "", "depth": 0, "question": "What?", "route": "rlm", "documents": 1,
        "characters": len(TEXT), "seed": "seed", "started": "2026-01-02T03:04:05+00:00", "chunk_size": 100,
        "context": load_corpus(book).hash, "shown": [],
    }  # fmt: skip
    usage = {"calls": 1, "input_tokens": 1, "output_tokens": 1, "estimated_calls": 0, "cost": None}
    reply = {
        "kind": "reply", "turn": 1, "text": f"```repl\n{code}\n```", "last": None, "model": "m", "usage": usage,
        "cut_off": False, "seconds": 0.1, "at": 0.1,
    }  # fmt: skip
    cell_end = {
        "kind": "cell_end", "at": 0.1, "shown": [], "output": "", "printed": 0, "hash": EMPTY, "error": None,
        "lost": False, "refused": False, "variables": [],
    }  # fmt: skip
    journal: list[dict[str, Any]] = [begun, reply, {"kind": "cell", "turn": 1, "index": 0, "code": code}, cell_end]
    if answer:
        journal.append({"kind": "end", "stop_reason": "answered", "characters": len(answer), "hash": digest(answer)})
    save_journal({"question": "What?", "answer": answer, "journal": journal}, book.with_name("run.jsonl"), context=book)
    return book.with_name("run.jsonl")


def test_what_is_the_same_is_said_and_the_answer_printed(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = saved(book, "FINAL(context[:3])", answer="one")
    assert run(journal, [str(book)], quiet=False) == 0
    out, err = capsys.readouterr()
    assert out == "one\n"
    assert err.splitlines()[-1] == "1 cell asked and printed the same as on record, and the answer is the same."


def test_a_difference_is_one_line_and_exit_code_1(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(saved(book, "print(context[:3])"), [str(book)], quiet=True) == 1
    said = "error: the replay differs from the record: cell 1 of turn 1 prints 'one\\n', on record ''.\n"
    assert capsys.readouterr() == ("", said)


def test_an_interrupt_ends_a_cell_that_would_not_end(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = saved(book, "while True:\n    pass")
    threading.Timer(2, os.kill, (os.getpid(), signal.SIGTERM)).start()
    begun = time.monotonic()
    assert run(journal, [str(book)], quiet=True) == 130
    assert time.monotonic() - begun < 30
    assert capsys.readouterr().err == "Interrupted: the REPL was ended.\n"


def test_the_context_is_asked_for_when_cells_read_it(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(saved(book, "x = 1"), [], quiet=True) == 2
    assert capsys.readouterr().err.endswith("book.txt (13). Name the same files with --context.\n")
