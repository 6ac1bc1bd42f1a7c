"""What runs in the worker needs nothing but the standard library, of any Python that may be chosen."""

import ast
import builtins
import dis
import sys
from importlib.resources import files
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from langchain_rlm.repl.cpython import worker
from langchain_rlm.repl.cpython.interpreters import OLDEST
from langchain_rlm.repl.cpython.worker import calls
from langchain_rlm.repl.cpython.worker.contract import Contract
from langchain_rlm.repl.cpython.worker.wire import Wire
from langchain_rlm.repl.functions import FUNCTIONS
from langchain_rlm.repl.jail import landlock

SOURCES = [*Path(worker.__file__).parent.glob("*.py"), Path(landlock.__file__)]
OWN = ("langchain_rlm.repl.cpython.worker", "langchain_rlm.repl.jail")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_each_file_can_be_read_by_the_oldest_python_and_imports_the_standard_library_alone(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=OLDEST)
    for node in ast.walk(tree):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.startswith(OWN) or name.partition(".")[0] in sys.stdlib_module_names, name


def test_both_machines_allow_the_same_calls_but_those_that_one_does_not_have() -> None:
    assert calls.NUMBERS["x86_64"].keys() == calls.NUMBERS["aarch64"].keys() == calls.bounded(1).keys()
    for machine, free in calls.FREE.items():
        assert len(set(free)) == len(free)
        assert not set(free) & set(calls.NUMBERS[machine].values())
        assert not set(free) & set(landlock.REFUSED[machine])


NOT_REACHED = {"_rlm_LargeChunks", "_rlm_own"}
"""For texts that are no `str`, and in a function in whose place this sandbox has another."""


def test_every_name_that_the_contract_uses_is_there() -> None:
    """The contract is one for all sandboxes: a name that another one alone binds would end cells here."""
    source = (files("langchain_rlm.repl.monty") / "sandbox" / "contract.py").read_text(encoding="utf-8")
    names: dict[str, list[str]] = {name: [] for name in ("all", "rebindable", "tools", "asking")}
    names["host"] = [function.name for function in FUNCTIONS if function.answered_by == "host"]
    given: dict[str, Any] = {"context": "text", "sources": [], "_rlm_settings": {}}
    inner = Contract(Wire.__new__(Wire), source, names, given).inner
    used = _globals_of(compile(source, "<contract>", "exec"))
    assert "_rlm_large_kind" in used
    assert {name for name in used if name not in inner and not hasattr(builtins, name)} == NOT_REACHED


def _globals_of(code: CodeType) -> set[str]:
    loads = {"LOAD_GLOBAL", "LOAD_NAME"}
    found = {step.argval for step in dis.get_instructions(code) if step.opname in loads}
    return found.union(*(_globals_of(one) for one in code.co_consts if isinstance(one, CodeType)))
