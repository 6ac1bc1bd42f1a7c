"""The interpreters in which cells may run: found, asked what they are, refused with a reason."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from langchain_rlm.context.paths import at_home
from langchain_rlm.errors import InputError

OLDEST = (3, 9)
SECONDS = 30.0
_ASKED = """
import json, platform, sys, sysconfig
print(json.dumps({
    "version": list(sys.version_info[:3]), "kind": platform.python_implementation(),
    "base": getattr(sys, "_base_executable", "") or sys.executable,
    "sites": sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}),
}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A CPython."""

    path: str
    """The program itself, not the one of a virtual environment."""
    version: str
    sites: tuple[str, ...] = ()
    """Where the packages of its environment are, when it was chosen."""


def interpreter(chosen: str | Path | None) -> Interpreter:
    """The interpreter that was chosen; without one that of this process, without its packages.

    Raises:
        InputError: It is no CPython, or too old.
    """
    if chosen is None:
        return Interpreter(getattr(sys, "_base_executable", sys.executable), ".".join(map(str, sys.version_info[:2])))
    path = shutil.which(at_home(chosen))
    if path is None:
        raise _unusable(chosen, "there is no such program")
    return _asked(str(chosen), path)


@lru_cache(maxsize=16)
def _asked(chosen: str, path: str) -> Interpreter:
    command = [path, "-I", "-c", _ASKED]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, cwd="/")  # noqa: S603
        told = json.loads(done.stdout)
        version, base, sites = tuple(map(int, told["version"])), str(told["base"]), tuple(map(str, told["sites"]))
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        raise _unusable(chosen, "it does not answer as a Python does") from None
    if told.get("kind") != "CPython":
        raise _unusable(chosen, f"it is {told.get('kind')}")
    if version < OLDEST:
        raise _unusable(chosen, f"it is Python {'.'.join(map(str, version))}")
    return Interpreter(base, ".".join(map(str, version[:2])), sites)


def _unusable(chosen: str | Path, why: str) -> InputError:
    oldest = ".".join(map(str, OLDEST))
    return InputError(f"CPython(python={str(chosen)!r}): {why}. Name a CPython, {oldest} or newer.")
