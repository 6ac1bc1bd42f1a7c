"""The jail without which full Python does not start: the kernel refuses all that its code must not have.

In both kinds the worker gives up its rights itself before it is given anything (`worker/confine.py`). bubblewrap puts
it into namespaces of its own beside that: no file is even seen that it may not read, no network, no other process.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from functools import lru_cache

from langchain_rlm.errors import HostError, InputError, is_of_host
from langchain_rlm.repl.cpython.process import ROOT, trial
from langchain_rlm.repl.jail import landlock
from langchain_rlm.repl.jail.report import JailReport, UnavailableError, choose

_PLACES = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache")
"""What a program needs of a system, read-only."""


def jail_report(python: str) -> JailReport:
    """Which jail is in force, and why not the others.

    Raises:
        InputError: `LANGCHAIN_RLM_JAIL` names no jail, or one that does not work here.
    """
    return _chosen(python)[0]


def wrapper(python: str, sites: Sequence[str]) -> list[str]:
    """What is put before the worker's command in the jail that works here.

    Raises:
        InputError: None does.
    """
    report, found = _chosen(python)
    if found is None:
        others = "".join(f"; {kind}: {why}" for kind, why in report.others.items())
        msg = (
            f"repl='cpython' runs code only in a jail of the operating system: {report.why}{others}. Use Linux 5.13 or "
            "newer with Landlock, or install bubblewrap. Without one, CPython(unjailed=True) gives code that models "
            "write all rights of this process: files, keys, programs, network."
        )
        raise InputError(msg)
    return _command(report.kind, python, sites)


def _chosen(python: str) -> tuple[JailReport, bool | None]:
    return choose(lambda kind: _tried(kind, python, os.environ.get("PATH")))


@lru_cache(maxsize=16)
def _tried(kind: str, python: str, _path: str | None) -> bool | str:
    """Start a worker in this kind of jail once; True, or why there is none."""
    try:
        if kind == "landlock":
            _check_landlock()
        trial(python, _command(kind, python, ()))
    except (UnavailableError, HostError, OSError) as error:
        if is_of_host(error.__cause__ or error):
            raise
        return str(error).removeprefix("A REPL cannot be started: ").rstrip(".")
    return True


def _check_landlock() -> None:
    if sys.platform != "linux":
        msg = f"this jail does not exist on {sys.platform}"
        raise UnavailableError(msg)
    if landlock.version() < 1:
        msg = "the kernel has no Landlock"
        raise UnavailableError(msg)


def _command(kind: str, python: str, sites: Sequence[str]) -> list[str]:
    if kind == "landlock":
        return []
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        msg = "bwrap is not on PATH (install bubblewrap)"
        raise UnavailableError(msg)
    prefix = os.path.dirname(os.path.dirname(os.path.realpath(python)))  # noqa: PTH120
    own = f"{ROOT}/langchain_rlm/repl"
    bound = [path for path in dict.fromkeys([*_PLACES, prefix, *sites, own]) if os.path.exists(path)]  # noqa: PTH110
    return [
        bwrap, "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL",
        "--new-session", "--die-with-parent", "--as-pid-1",
        *(part for path in bound for part in ("--ro-bind", path, path)),
        "--proc", "/proc", "--dev", "/dev", "--remount-ro", "/", "--chdir", "/", "--",
    ]  # fmt: skip
