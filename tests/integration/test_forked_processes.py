"""Processes that fork, as of `multiprocessing`, `gunicorn --preload` and Celery: a child works, or is told why not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import multiprocessing, sys
from langchain_core.language_models import FakeListChatModel
from langchain_rlm import RLM, Budget

GIVEN = {"question": "What?", "context": "some text"}

def ask(route):
    reply = "plain" if route == "direct" else "```repl\\nFINAL(context)\\n```"
    try:
        print(RLM(FakeListChatModel(responses=[reply]), route=route, budget=Budget(cost=None)).invoke(GIVEN)["answer"])
    except Exception as error:
        print(type(error).__name__, error)
    sys.stdout.flush()

if __name__ == "__main__":
    parent, *children = sys.argv[1:]
    if parent != "nothing":
        ask(parent)
    for child in children:
        process = multiprocessing.get_context("fork").Process(target=ask, args=(child,))
        process.start()
        process.join(60)
        print("hangs" if process.is_alive() else process.exitcode)
        process.kill()
"""
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")


def said(tmp_path: Path, parent: str, *children: str) -> list[str]:
    script = tmp_path / "forks.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, script, parent, *children], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("parent", ["direct", pytest.param("nothing", marks=pytest.mark.slow)])
def test_a_child_of_a_process_that_had_no_repl_has_one(tmp_path: Path, parent: str) -> None:
    assert said(tmp_path, parent, "rlm") == [*(["plain"] if parent == "direct" else []), "some text", "0"]


def test_a_child_of_a_process_that_had_a_repl_asks_without_and_is_told_that_it_can_have_none(tmp_path: Path) -> None:
    answer, plain, first, error, second = said(tmp_path, "rlm", "direct", "rlm")
    assert (answer, plain, first, second) == ("some text", "plain", "0", "0")
    assert error.startswith("RLMError This process is a fork of process")
    assert "get_context('spawn')" in error
