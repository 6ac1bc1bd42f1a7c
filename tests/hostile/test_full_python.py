"""Every attempt in full Python reaches nothing: what the interpreter lets through, the kernel stops."""

import os
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm.errors import InputError
from langchain_rlm.repl.cpython.session import CPythonSandbox
from langchain_rlm.repl.cpython.workers import CPython, CPythonSandboxes
from langchain_rlm.repl.jail.report import KINDS
from langchain_rlm.repl.jail.report import VARIABLE as JAIL
from langchain_rlm.repl.protocol import Asked, Ended, Outcome
from tests.hostile import contract, escapes, kernel, resources
from tests.hostile.attempts import MARKER, STOPPED, VARIABLE, Attempt
from tests.hostile.test_cells import LIMITS, MOST_ASKED, MOST_OUTPUT, how
from tests.unit.repl.monty.sessions import a_session, output

pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="full Python is jailed on Linux alone")
PATIENT = {**LIMITS, "cell_seconds": 60}
"""The limits of attempts that are to end by themselves, however busy the machine is."""
CALLS = kernel.CALLS if platform.machine() == "x86_64" else ()
STOPPED_BY_KERNEL = (*kernel.FILES, *kernel.PROCESSES, *kernel.NETWORK, *CALLS)
ATTEMPTS = (
    *escapes.INSIDE, *escapes.OUTSIDE, *resources.MEMORY, *resources.HANDED_OVER, *contract.SHADOWED,
    *contract.REPLACED, *contract.FORGED,
)  # fmt: skip


@dataclass
class Host:
    """What an attempt is made against: REPLs, one after the other where one is lost, and a neighbour of them."""

    sandboxes: CPythonSandboxes
    canary: Path
    neighbour: CPythonSandbox
    stack: ExitStack
    session: CPythonSandbox | None = None

    def tried(self, attempt: Attempt, limits: Mapping[str, Any]) -> tuple[Ended, str]:
        """How it ends, and all that is told of it."""
        if self.session is None or self.session._is_killed:
            self.session = self.stack.enter_context(a_session(self.sandboxes, tools=frozenset({"search"}), **limits))
        for code in attempt.code(self.canary, os.getpid()):
            last = answered(self.session, self.session.start(code))
        told = f"{last.output}{last.error}{last.final}{last.variables}{self.session.draft()!r}"
        return last, told


@pytest.fixture(scope="module", params=KINDS)
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    canary = tmp_path_factory.mktemp("host") / "canary.txt"
    canary.write_text(MARKER)
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv(VARIABLE, MARKER)
        patch.setenv(JAIL, request.param)
        try:
            sandboxes = stack.enter_context(closing(CPython()()))
        except InputError as error:
            pytest.skip(str(error))
        neighbour = stack.enter_context(a_session(sandboxes, f"{MARKER} of the neighbour\n" * 10))
        output(neighbour, f"neighbour = '{MARKER}'")
        yield Host(sandboxes, canary, neighbour, stack)


def answered(session: CPythonSandbox, outcome: Outcome) -> Ended:
    for _ in range(MOST_ASKED):
        if isinstance(outcome, Ended):
            return outcome
        assert isinstance(outcome, Asked)
        outcome = session.resume([("ok", f"answered: {call.prompt}"[:200]) for call in outcome.calls])
    pytest.fail("the cell asks for ever")


def check_nothing_was_reached(host: Host, last: Ended, told: str) -> None:
    assert MARKER not in told
    assert len(last.output) <= MOST_OUTPUT
    assert host.canary.read_text() == MARKER
    assert output(host.neighbour, "print(neighbour, len(context))") == f"{MARKER} 310\n"


@pytest.mark.parametrize("attempt", STOPPED_BY_KERNEL, ids=[attempt.name for attempt in STOPPED_BY_KERNEL])
def test_the_kernel_refuses(host: Host, attempt: Attempt) -> None:
    last, told = host.tried(attempt, PATIENT)
    assert how(last) in attempt.ends.split(" or "), last
    assert attempt.said in told, last
    check_nothing_was_reached(host, last, told)


@pytest.mark.parametrize("place", range(0, len(ATTEMPTS), 12))
def test_what_monty_refuses_reaches_nothing_either(host: Host, place: int) -> None:
    host.session = None
    for attempt in ATTEMPTS[place : place + 12]:
        last, told = host.tried(attempt, LIMITS)
        check_nothing_was_reached(host, last, told)
    host.session = None


@pytest.mark.parametrize(("name", "code"), kernel.ENDS, ids=[name for name, _ in kernel.ENDS])
def test_code_that_ends_its_worker_loses_its_cell_alone(host: Host, name: str, code: str) -> None:
    with a_session(host.sandboxes, **PATIENT) as session:
        last = answered(session, session.start(f"print('begun')\n{code}"))
        assert how(last) == STOPPED, (name, last)
        assert session._live is not None
        assert session._live.worker.process.wait(20) != 0 or name == "an exit"
    check_nothing_was_reached(host, last, last.output)


def test_an_endless_cell_is_stopped_and_what_it_printed_is_kept(host: Host) -> None:
    with a_session(host.sandboxes, **LIMITS) as session:
        last = answered(session, session.start("print('before')\nwhile True:\n    pass"))
    assert (how(last), last.output) == (STOPPED, "before\n")
    assert "ran for more than 0.5 seconds" in (last.error or "")


def test_a_signal_handler_keeps_no_worker_alive(host: Host) -> None:
    ignored = "    try:\n        signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\n"
    code = f"import signal\nfor n in range(1, 32):\n{ignored}while True:\n    pass"
    with a_session(host.sandboxes, **LIMITS) as session:
        assert how(answered(session, session.start(code))) == STOPPED


def test_threads_that_are_left_do_not_run_between_cells(host: Host) -> None:
    count = "def count():\n    while True:\n        pass\n"
    code = f"import threading\n{count}threading.Thread(target=count, daemon=True).start()"
    with a_session(host.sandboxes, **PATIENT) as session:
        assert answered(session, session.start(code)).error is None
        assert session._live is not None
        pid = session._live.worker.pid
        until = time.monotonic() + 30
        while _state(pid)[0] != "T":  # a stop takes a moment
            assert time.monotonic() < until, "it goes on"
        assert _state(pid) == _state(pid)


def _state(pid: int) -> tuple[str, int]:
    """Whether it is stopped, and the processor time that it has taken."""
    state, *times = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return state, int(times[10]) + int(times[11])
