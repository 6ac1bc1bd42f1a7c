"""`langchain-rlm doctor` as a process of its own: its list and its exit code."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests import forked

COMMAND = str(Path(sys.executable).parent / "langchain-rlm")
KEY = "sk-marker-31bc07"
SECONDS = 90


def doctor(*, env: dict[str, str] | None = None, code: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command, or code that does something before it."""
    kept = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
    env = {**kept, **(env or {})}
    if code is None:
        return forked.run("doctor", env=env, cwd=Path.cwd(), timeout=SECONDS)
    command = [sys.executable, "-c", code, "doctor"]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)


def test_what_works_is_listed_with_versions_and_the_exit_code_is_0() -> None:
    done = doctor(env={"OPENAI_API_KEY": KEY})
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    for package in ("langgraph", "langchain-core", "pydantic-monty"):
        assert f"ok   {package}: {version(package)}" in lines
    assert "ok   REPL worker: starts and runs a cell that says '3 words'" in lines
    assert f"-    pypdf: {version('pypdf')}" in lines
    assert "-    converted texts: not kept" in lines
    assert "-    OPENAI_API_KEY: set" in lines
    assert "-    ANTHROPIC_API_KEY: not set" in lines
    assert lines[-1] == "Everything that is needed works."
    assert KEY not in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="there are jails on Linux only")
def test_the_jail_is_named_with_why_not_the_others(tmp_path: Path) -> None:
    auto = doctor(env={"PATH": str(tmp_path)})
    assert auto.returncode == 0
    assert "jail: none (no kind of jail works here; not bubblewrap: " in auto.stdout
    assert "; not landlock: " in auto.stdout
    off = doctor(env={"LANGCHAIN_RLM_JAIL": "off"})
    assert "-    jail: none (LANGCHAIN_RLM_JAIL is off)" in off.stdout.splitlines()


def test_a_worker_that_does_not_start_is_told_and_the_exit_code_is_1(tmp_path: Path) -> None:
    broken = tmp_path / "monty"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o700)
    done = doctor(env={"MONTY_BIN": str(broken), "LANGCHAIN_RLM_JAIL": "off"})
    assert done.returncode == 1
    assert "FAIL REPL worker: " in done.stdout
    assert done.stdout.endswith("Not working: REPL worker.\n")
    assert done.stderr == ""


def test_a_jail_that_does_not_exist_is_told_and_the_exit_code_is_1() -> None:
    done = doctor(env={"LANGCHAIN_RLM_JAIL": "moat"})
    assert done.returncode == 1
    assert "FAIL jail: LANGCHAIN_RLM_JAIL='moat' is not a jail. Use auto, bubblewrap, landlock or off." in done.stdout


WITHOUT_MONTY = """
import sys
sys.modules["pydantic_monty"] = None
from langchain_rlm.cli import main
main()
"""


def test_a_missing_part_is_a_line_of_the_list_and_no_traceback() -> None:
    done = doctor(code=WITHOUT_MONTY)
    assert done.returncode == 1
    assert "FAIL REPL worker: ModuleNotFoundError: " in done.stdout
    assert done.stderr == ""
