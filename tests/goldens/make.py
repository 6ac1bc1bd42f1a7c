"""Makes the goldens anew, from the root of the repository: `python -m tests.goldens.make [NAME ...]`.

They judge changes of the package, so they are made anew only where the journal or the page is meant to change. What
depends on the clock is replaced: the same package writes the same files. They come from `runs.py`.
"""

import contextlib
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock
from uuid import UUID

from typer.testing import CliRunner

from langchain_rlm import load_journal, save_journal
from langchain_rlm.cli.app import app
from langchain_rlm.journal.record import Recording
from langchain_rlm.report.page import render
from tests.goldens.runs import GOLDENS, Golden
from tests.server.client import ModelServer

FOLDER = Path(__file__).parent
EXPECTED = FOLDER / "expected.json"
ENOUGH = 0.8
"""Seconds that a call waited for others; less is the machine's."""
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def main(names: list[str]) -> None:
    expected = json.loads(EXPECTED.read_text()) if names and EXPECTED.exists() else {}
    with ModelServer() as server:
        for name in names or GOLDENS:
            file = FOLDER / f"{name}.jsonl"
            golden = GOLDENS[name]
            with same_beginning():
                (by_command if golden.command else by_invoke if golden.replies else offline)(golden, server, file)
            file.write_text(timeless(file.read_text()))
            expected[name] = seen(file)
            print(name, file.stat().st_size, expected[name]["stop_reason"])  # noqa: T201  # a script
    EXPECTED.write_text(json.dumps(expected, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def offline(golden: Golden, _: ModelServer, file: Path) -> None:
    """Run with the model that needs no server."""
    save_journal(golden.run(golden.rlm("offline"), golden.steps), file)


def by_invoke(golden: Golden, server: ModelServer, file: Path) -> None:
    """Run through `RLM`, over HTTP."""
    server.configure(models=golden.config())
    models = (server.chat_model(name) for name in ("root", golden.sub, "third"))
    save_journal(golden.run(golden.rlm(*models), golden.steps), file)


def by_command(golden: Golden, server: ModelServer, file: Path) -> None:
    """Run through the command line, which also keeps a run that failed."""
    server.configure(models=golden.config())
    access = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), mock.patch.dict(os.environ, access):
        Path("geese.txt").write_text(golden.context)
        question = golden.steps[0]["question"]
        models = ("--model", "openai:root", "--sub-model", "openai:sub", "--route", "rlm")
        in_order = ("--max-concurrency", "1")  # it keeps answers as they come
        told = ("--question", question, *models, *in_order, "--journal", str(file))
        CliRunner().invoke(app, ["ask", "geese.txt", *told])


@contextlib.contextmanager
def same_beginning() -> Iterator[None]:
    """Every run has one id and begins at one time: its cells draw the same random numbers."""
    clock = SimpleNamespace(now=lambda zone: datetime(2026, 1, 2, 3, 4, 5, tzinfo=zone or UTC))
    ids = SimpleNamespace(uuid4=lambda: UUID(int=7))
    with mock.patch("langchain_rlm.nodes.inspect.datetime", clock), mock.patch("langchain_rlm.runtime.tree.uuid", ids):
        yield


def timeless(text: str) -> str:
    """A journal with made-up times; those that were measured differ each time."""
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    for place, line in enumerate(lines):
        without_times(line, place / 8)
    written = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", "".join(written))


def without_times(value: Any, at: float) -> None:
    if isinstance(value, list):
        for each in value:
            without_times(each, at)
    elif isinstance(value, dict):
        for name, made_up in (("at", at), ("seconds", 0.25), ("waited", 0.125)):
            if isinstance(value.get(name), int | float):
                value[name] = made_up if name != "waited" or value[name] >= ENOUGH else None
        if value.get("waited", 0) is None:
            del value["waited"]
        for each in value.values():
            without_times(each, at)


def seen(file: Path) -> dict[str, Any]:
    """What a golden comes to, and the hashes of its bytes and of what its page shows."""
    record = load_journal(file)
    hashes = {"file": hashlib.sha256(file.read_bytes()).hexdigest(), "page": page_hash(record)}
    return {**summary(vars(record), record.turns), **hashes}


def summary(result: Any, turns: int) -> dict[str, Any]:
    """What a run on record and one that is made again have in common."""
    coverage = result["coverage"]
    return {
        "answer": hashlib.sha256(result["answer"].encode(errors="surrogatepass")).hexdigest(),
        "begins": result["answer"][:60],
        "citations": len(result["citations"]),
        "stop_reason": result["stop_reason"],
        "turns": turns,
        "seen": None if coverage is None else coverage.get("seen"),
    }


def page_hash(record: Recording) -> str:
    """SHA-256 of the data in the page."""
    data = DATA.search(render(record))
    assert data is not None
    return hashlib.sha256(data[1].encode()).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1:])
