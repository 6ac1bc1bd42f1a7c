"""Interpreters and packages: what can be used is used, all else is refused in one line, nothing half-made is left."""

import os
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import RLM, CPython
from langchain_rlm.errors import InputError
from tests.unit.repl.monty.sessions import a_session, output

TAG = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LANGCHAIN_RLM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "python"


def wheel(directory: Path) -> str:
    """A package of one module."""
    path, about = directory / "tiny-1.0-py3-none-any.whl", "tiny-1.0.dist-info"
    files = {
        "tiny.py": "SIZE = 'small'\n", f"{about}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{about}/WHEEL": TAG, f"{about}/RECORD": f"tiny.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n",
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return str(path)


def test_packages_are_installed_once_and_code_can_only_read_them(tmp_path: Path, kept: Path) -> None:
    repl = CPython(packages=[wheel(tmp_path)])
    assert repl.library.endswith(" and tiny")
    with closing(repl()) as sandboxes, a_session(sandboxes) as session:
        assert output(session, "import tiny\nprint(tiny.SIZE)") == "small\n"
        (made,) = (path for path in kept.iterdir() if path.is_dir())
        said = session.start(f"open({str(made / 'pyvenv.cfg')!r})")
        assert "Permission denied" in (said.error or "")
    before = made.stat().st_mtime_ns
    repl().close()
    assert [path.stat().st_mtime_ns for path in kept.iterdir() if path.is_dir()] == [before]


def test_a_package_that_does_not_install_is_told_with_the_reason_and_nothing_is_left(
    tmp_path: Path, kept: Path
) -> None:
    broken = tmp_path / "broken-1.0-py3-none-any.whl"
    broken.write_bytes(b"no zip")
    with pytest.raises(
        InputError, match=r"cannot be installed: Wheel .*broken-1.0-py3-none-any.whl is invalid"
    ) as told:
        CPython(packages=[str(broken)])()
    assert "\n" not in str(told.value)
    assert [path.suffix for path in kept.iterdir()] == [".lock"]


def test_what_a_maker_that_was_killed_has_left_goes(tmp_path: Path, kept: Path) -> None:
    package = wheel(tmp_path)
    CPython(packages=[package])().close()
    (made,) = (path for path in kept.iterdir() if path.is_dir())
    left = made.rename(made.with_name(f"{made.name}.part-left"))
    CPython(packages=[package])().close()
    assert made.is_dir()
    assert not left.exists()


def test_packages_need_the_cache_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_RLM_CACHE", "off")
    with pytest.raises(InputError, match=r"LANGCHAIN_RLM_CACHE is off\. Set it to a directory"):
        CPython(packages=["tiny"])()


@pytest.mark.parametrize("packages", ["pandas", ["--index-url=x"], [""], [3], None])
def test_what_is_no_list_of_packages_is_refused(packages: Any) -> None:
    with pytest.raises(InputError, match="pass names as pip reads them"):
        CPython(packages=packages)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (None, "there is no such program"),
        ("echo hello", "it does not answer as a Python does"),
        ("exit 1", "it does not answer as a Python does"),
        ("""echo '{"version": [3, 8, 10], "kind": "CPython", "base": "/x", "sites": []}'""", "it is Python 3.8.10"),
        ("""echo '{"version": [3, 11, 1], "kind": "PyPy", "base": "/x", "sites": []}'""", "it is PyPy"),
    ],
)
def test_an_interpreter_that_cannot_be_used_is_refused(tmp_path: Path, says: str | None, why: str) -> None:
    program = tmp_path / "python"
    if says is not None:
        program.write_text(f"#!/bin/sh\n{says}\n")
        program.chmod(0o700)
    with pytest.raises(InputError, match=rf"CPython\(python='.*'\): {why}. Name a CPython, 3.9 or newer"):
        CPython(python=program)


def test_a_jail_that_is_not_there_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_RLM_JAIL", "off")
    rlm = RLM("offline", route="rlm", repl="cpython")
    with pytest.raises(
        InputError, match=r"only in a jail.*LANGCHAIN_RLM_JAIL is off.*CPython\(unjailed=True\)"
    ) as told:
        rlm.invoke({"question": "What?", "context": "text"})
    assert "\n" not in str(told.value)


def test_unjailed_it_starts_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_RLM_JAIL", "off")
    with closing(CPython(unjailed=True)()) as sandboxes, a_session(sandboxes) as session:
        assert output(session, "import os\nprint(os.getppid(), sorted(os.environ)[:1])") == f"{os.getpid()} ['LANG']\n"


@pytest.mark.parametrize("repl", ["python", 3, None])
def test_what_is_no_sandbox_is_refused(repl: Any) -> None:
    with pytest.raises(InputError, match=r"use 'monty', 'cpython' or CPython\(packages"):
        RLM("offline", repl=repl)
