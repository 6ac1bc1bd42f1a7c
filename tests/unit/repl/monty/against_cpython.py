"""Runs programs in CPython and in real REPLs, and says how what they print and raise differs.

A difference is silent when the sandbox neither refuses the program nor fails where CPython does not.
"""

import contextlib
import io
import itertools
import json
import re
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any, NamedTuple, Self

import pydantic_monty as monty

from langchain_rlm.repl.monty.session import WIDE, MontySandbox
from tests.unit.repl.monty.grammar import IMPORTS
from tests.unit.repl.monty.sandbox_runner import Sandbox
from tests.unit.repl.monty.sessions import a_session

CELLS = 150
"""Programs of one REPL, before another is opened."""
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
_NAMES = {
    "PatternError": "error", "dataclasses.FrozenInstanceError": "FrozenInstanceError", "json.decoder.": "",
    "json.JSON": "JSON", "statistics.StatisticsError": "ValueError", "StatisticsError": "ValueError",
}  # fmt: skip
"""Names of errors that are the same: of newer versions of CPython, with their modules, or the class above."""
_WHOLE = re.compile(r"(?<=\d)\.0\b")
"""Monty keeps the later one of equal keys: `{3.0: 1}` has the key 3 after `[3] = 2`."""
_FLOAT = re.compile(r"\d+\.\d+(?:e[+-]?\d+)?")
"""Monty takes the upper one of two equally short and near ways to write a float: 630297127962535.25 ends in .3."""
_SECONDS = 2
_ENOUGH = 20_000
"""Characters of what a program prints that are compared."""


class Told(NamedTuple):
    """What a program printed, and the last line of its error."""

    printed: str
    error: str = ""
    refused: bool = False

    @property
    def kind(self) -> str:
        """The name of the error."""
        return self.error.partition("\n")[0].partition(":")[0]


@dataclass(frozen=True)
class Difference:
    """How the two interpreters differ over a program: "silent", "message", "loud", "refused" or "known"."""

    how: str
    program: str
    cpython: Told
    sandbox: Told


def compared(program: str, cpython: Told, sandbox: Told) -> Difference | None:
    """The difference between what two interpreters told of a program, if there is one."""
    if cpython == sandbox or cpython.kind == "Stopped":
        return None
    if sandbox.refused:
        how = "refused"
    elif sandbox.error and cpython.kind != sandbox.kind:
        how = "loud"
    elif "Counter(" in program and _WHOLE.sub("", cpython.printed) == _WHOLE.sub("", sandbox.printed):
        how = "known"
    elif cpython.printed == sandbox.printed and cpython.kind == sandbox.kind:
        how = "message"
    elif _numbers(cpython.printed) == _numbers(sandbox.printed) and cpython.kind == sandbox.kind:
        how = "known"
    else:
        how = "silent"
    return Difference(how, program, cpython, sandbox)


def _numbers(text: str) -> str:
    """The text with each float written in full."""
    return _FLOAT.sub(lambda found: format(float(found[0]), ".17e"), text)


class CPython:
    """A child process that runs programs, with a limit of time for each."""

    def __enter__(self) -> Self:
        """Start it."""
        command = [sys.executable, "-m", __name__]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # ourselves
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._child.communicate()

    def run(self, program: str) -> Told:
        """Run one program, after the imports of the grammar."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(program) + "\n")
        self._child.stdin.flush()
        return Told(*json.loads(self._child.stdout.readline()))


@contextlib.contextmanager
def a_repl(pool: monty.Monty, wide: int = WIDE) -> Iterator[Sandbox]:
    """A REPL that has run the imports of the grammar; `wide` as in `a_session`."""
    with a_session(pool, "é", cell_seconds=5, wide=wide) as session:
        sandbox = Sandbox(session)
        assert sandbox.execute([IMPORTS]).error == ""
        yield sandbox


def in_sandbox(sandbox: Sandbox, program: str) -> Told:
    """Run a program as the next cell of a REPL."""
    session: MontySandbox = sandbox.session
    sandbox = Sandbox(session)
    run = sandbox.execute([program])
    return Told(_plain(run.printed), _plain(run.last_line), run.refused)


def differences(pool: monty.Monty, cpython: CPython, programs: Iterator[str]) -> Iterator[Difference | None]:
    """Compare programs, one after the other; None for each that does the same. In turns, each text is a long one."""
    for wide in itertools.cycle((WIDE, 1)):
        batch = list(itertools.islice(programs, CELLS))
        if not batch:
            return
        with a_repl(pool, wide) as sandbox:
            for program in batch:
                yield compared(program, cpython.run(program), in_sandbox(sandbox, program))


def _plain(text: str) -> str:
    text = _ADDRESS.sub("0x", text[:_ENOUGH])
    for name, written in _NAMES.items():
        text = text.replace(name, written)
    return text


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _StoppedError


class _StoppedError(BaseException):
    pass


def _told(program: str, space: dict[str, Any]) -> Told:
    printed, error = io.StringIO(), ""
    signal.alarm(_SECONDS)
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(program, "<cell>", "exec"), space)  # noqa: S102  # a program of the grammar
    except _StoppedError:
        error = "Stopped"
    except BaseException as raised:  # noqa: BLE001  # whatever the program raises
        error = "".join(traceback.format_exception_only(raised)).removesuffix("\n")
    finally:
        signal.alarm(0)
    return Told(_plain(printed.getvalue()), _plain(error))


def _serve() -> None:
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _stop)
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(IMPORTS, space)  # noqa: S102  # ours
    for line in sys.stdin:
        sys.__stdout__.write(json.dumps(_told(json.loads(line), dict(space))) + "\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    _serve()
