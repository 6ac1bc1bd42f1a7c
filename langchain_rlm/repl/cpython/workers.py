"""Full Python as a sandbox: which interpreter with which packages, and the jail without which it does not start."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from langchain_rlm.repl.cpython.environment import check_packages, sites_of
from langchain_rlm.repl.cpython.interpreters import interpreter
from langchain_rlm.repl.cpython.jail import jail_report, wrapper
from langchain_rlm.repl.cpython.process import Launcher
from langchain_rlm.repl.cpython.session import CPythonSandbox
from langchain_rlm.repl.jail.report import JailReport
from langchain_rlm.repl.protocol import Host, ReplContext, ReplLimits


class CPythonSandboxes:
    """Makes sandboxes, a process each (`Sandboxes`)."""

    def __init__(self, python: str, sites: Sequence[str], before: Sequence[str], *, is_jailed: bool) -> None:
        self._launcher, self._sites, self._is_jailed = Launcher(python, before), sites, is_jailed

    def new(
        self, context: ReplContext, limits: ReplLimits, *, seed: str, started: datetime, host: Host,
        tools: frozenset[str] = frozenset(),
    ) -> CPythonSandbox:  # fmt: skip
        launch = (self._launcher, self._sites, self._is_jailed)
        return CPythonSandbox(*launch, context, limits, seed, started, host, tools)

    def close(self) -> None:
        self._launcher.close()


@dataclass(frozen=True)
class CPython:
    """Full Python for the code of a run: `RLM(repl=CPython(packages=["pandas"]))`.

    Args:
        packages: What is installed beside the standard library, as `pip` reads it: `"pandas"`, `"numpy==2.1"`. They
            are installed once, into a virtual environment in the cache directory.
        python: The interpreter, 3.9 or newer. Default: that of this process.
        unjailed: Start where there is no jail. The code that models write then has all rights of this process: its
            files, keys, programs and network.
    """

    packages: Sequence[str] = ()
    python: str | Path | None = None
    unjailed: bool = False

    def __post_init__(self) -> None:
        check_packages(self.packages)
        object.__setattr__(self, "packages", tuple(self.packages))
        interpreter(self.python)

    def __call__(self) -> CPythonSandboxes:
        """What makes sandboxes; it may install the packages, and blocks meanwhile.

        Raises:
            InputError: There is no jail here, the interpreter cannot be used, or a package cannot be installed.
        """
        python = interpreter(self.python)
        if not self.unjailed:
            wrapper(python.path, ())
        sites = (*sites_of(self.packages, python), *python.sites)
        before = [] if self.unjailed else wrapper(python.path, sites)
        return CPythonSandboxes(python.path, sites, before, is_jailed=not self.unjailed)

    def jail(self) -> JailReport:
        """Which jail holds the workers here, and why not another.

        Raises:
            InputError: `LANGCHAIN_RLM_JAIL` names no jail, or one that does not work here.
        """
        return jail_report(interpreter(self.python).path)

    @property
    def version(self) -> str:
        """Of the interpreter, such as `3.11`."""
        return interpreter(self.python).version

    @property
    def library(self) -> str:
        """What code may import, in words."""
        names = [re.split(r"[\[<>=!~; @]|-\d", Path(package.strip()).name, maxsplit=1)[0] for package in self.packages]
        own = "the packages of its environment" if self.python is not None else ""
        parts = [f"the standard library of CPython {self.version}", *names, *([own] if own else [])]
        return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
