"""Loading a context is part of a run: it shows progress, obeys the budget, and leaves nothing when it is given up."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from langchain_rlm import RLM, Budget, RLMRetriever, RLMTool, create_rlm_chain
from langchain_rlm.cli.tree import RunTree
from langchain_rlm.cli.view import PlainView, View
from langchain_rlm.context import conversions
from langchain_rlm.settings import WayIn
from tests import forked
from tests.resources import Held, soon
from tests.unit.context.made_files import pdf_of

OVER = "not loaded: the 0.3 seconds of the budget were over"
QUESTION = "Which harbour?"


class Waiting(BaseLoader):
    """A loader that gives a document, and the next one when it may."""

    def __init__(self) -> None:
        self.may_end, self.has_ended = threading.Event(), threading.Event()

    def lazy_load(self) -> Iterator[Document]:
        yield Document("The harbour is large.")
        self.may_end.wait()
        self.has_ended.set()


@pytest.fixture
def loader() -> Iterator[Waiting]:
    made = Waiting()
    yield made
    made.may_end.set()
    assert made.has_ended.wait(10)


@pytest.fixture
def endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a PDF whose conversion does not end."""
    (tmp_path / "stubs").mkdir()
    (tmp_path / "stubs" / "pypdf.py").write_text("while True: pass")
    monkeypatch.syspath_prepend(str(tmp_path / "stubs"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.pdf").write_bytes(pdf_of(["x"]))
    return tmp_path / "docs"


@pytest.mark.parametrize(("route", "stop"), [("direct", "budget:seconds"), ("rlm", "gave_up")])
def test_a_run_whose_loader_takes_too_long_ends_as_one_without_time(loader: Waiting, route: WayIn, stop: str) -> None:
    result = RLM("offline", route=route, budget=Budget(seconds=0.3)).invoke({"question": QUESTION, "context": loader})
    assert (result["stop_reason"], result["answer"], result["usage"]["calls"]) == (stop, "", 0)
    assert result["left_out"] == [{"name": "the rest of the context", "reason": OVER}]
    assert result["usage"]["seconds"] >= 0.3


def test_every_way_in_obeys(loader: Waiting) -> None:
    rlm = RLM("offline", budget=Budget(seconds=0.3))
    tool = RLMTool(rlm=rlm, documents=loader, description="All.")
    assert "not loaded" in str(
        tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": {"question": QUESTION}}).artifact[
            "left_out"
        ]
    )
    assert create_rlm_chain(rlm, loader).invoke({"input": QUESTION})["context"] == []
    assert RLMRetriever(rlm=rlm, documents=loader).invoke(QUESTION) == []


def test_the_graph_as_it_is_served_obeys_too(loader: Waiting) -> None:
    rlm = RLM("offline", budget=Budget(seconds=0.3))
    result = rlm.graph.invoke({"question": QUESTION, "context": loader})
    assert result["stop_reason"] == "budget:seconds"


def test_conversions_are_ended_with_the_time(endless: Path) -> None:
    (endless / "0.txt").write_text("The harbour is large.")
    before = Held.now()
    result = RLM("offline", budget=Budget(seconds=0.3)).invoke({"question": QUESTION, "context": endless})
    assert result["left_out"] == [{"name": "1 of 2 files", "reason": OVER}]
    assert soon(lambda: not Held.now().processes - before.processes)


async def test_conversions_are_ended_when_the_run_is_cancelled(endless: Path) -> None:
    before = Held.now()
    running = asyncio.ensure_future(RLM("offline").ainvoke({"question": QUESTION, "context": endless}))
    assert await asyncio.to_thread(soon, lambda: bool(Held.now().processes - before.processes))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not Held.now().processes - before.processes


def test_the_time_that_loading_takes_is_time_of_the_run() -> None:
    class Slow(BaseLoader):
        def lazy_load(self) -> Iterator[Document]:
            threading.Event().wait(0.2)
            yield Document("The harbour is large.")

    result = RLM("offline").invoke({"question": QUESTION, "context": Slow()})
    assert result["usage"]["seconds"] >= 0.2


def test_an_error_of_a_loader_that_is_a_timeout_stays_one() -> None:
    class Unreachable(BaseLoader):
        def lazy_load(self) -> Iterator[Document]:
            raise TimeoutError

    with pytest.raises(ValueError, match="Unreachable failed after 0 documents"):
        RLM("offline", budget=Budget(seconds=60)).invoke({"question": QUESTION, "context": Unreachable()})


def test_progress_is_an_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversions, "TOLD", -1.0)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("The harbour is large.")
    events: list[Any] = [*RLM("offline").stream({"question": QUESTION, "context": tmp_path}, stream_mode="custom")]
    assert [(e["done"], e["files"]) for e in events if e["event"] == "loading"] == [(0, 2), (1, 2)]
    assert [e["event"] for e in events[:3]] == ["loading", "loading", "inspect"]


# -- the command ------------------------------------------------------------------------------------------------------


LOADING = {"event": "loading", "run": "", "depth": 0, "at": 1.0, "done": 312, "files": 1173}


def test_progress_is_a_line_on_standard_error_and_none_when_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    PlainView().show(LOADING)
    View().show(LOADING)
    assert capsys.readouterr() == ("", "loading 312 of 1,173 files\n")


def test_progress_is_in_the_tree_of_a_terminal() -> None:
    tree = RunTree(clock=lambda: 0.0)
    tree.take(LOADING)
    node = tree.node(10)
    assert node is not None
    assert node.label == "run · loading 312 of 1,173 files · 0.0 s"


def test_the_command_says_what_there_was_no_time_to_load(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")  # nobody writes to it
    env = {**os.environ, "LANGCHAIN_RLM_CACHE": "off"}
    arguments = ("ask", "pipe.txt", "-q", QUESTION, "--model", "offline", "--budget", "seconds=0.3")
    done = forked.run(*arguments, env=env, cwd=tmp_path, timeout=60)
    assert (done.returncode, done.stdout) == (4, "\n")
    assert done.stderr.endswith(f"left out: 1 of 1 files: {OVER}\n")
