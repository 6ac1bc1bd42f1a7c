"""Cells as models write them do in full Python what they do outside of it."""

import platform
from collections.abc import Iterator
from contextlib import closing

import pytest

from langchain_rlm.repl.cpython.workers import CPython, CPythonSandboxes
from tests.unit.repl.monty.sandbox_runner import Sandbox, in_cpython
from tests.unit.repl.monty.sessions import a_session
from tests.unit.repl.monty.test_lowering_corpus import NAMES, cells_of, context_of

ELSEWHERE = {"jsonl_open_file", "jsonl_pandas"}
"""They write a file, and want a package."""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(platform.system() != "Linux", reason="full Python is jailed on Linux alone"),
]


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[CPythonSandboxes]:
    with closing(CPython()()) as sandboxes:
        yield sandboxes


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ELSEWHERE])
def test_a_cell_prints_what_it_prints_elsewhere(sandboxes: CPythonSandboxes, name: str) -> None:
    expected = in_cpython(cells_of(name), context_of(name))
    with a_session(sandboxes, context_of(name)) as session:
        run = Sandbox(session).execute(cells_of(name))
    assert (run.printed, run.refused) == (expected.printed, expected.refused)
    assert run.last_line.partition(":")[0] == expected.last_line.partition(":")[0]
