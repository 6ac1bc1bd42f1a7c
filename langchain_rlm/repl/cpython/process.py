"""Starts worker processes, in their jail."""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from langchain_rlm.errors import HostError
from langchain_rlm.repl.cpython.channel import PART, Channel, ClosedError, LateError, MalformedError

ROOT = str(Path(__file__).resolve().parents[3])
TRIAL_SECONDS, TRIAL_MEMORY = 20.0, 2**28
_ROOMS = ("", ".repl", ".repl.jail", ".repl.cpython", ".repl.cpython.worker")
_START = f"""
import sys, types
root = sys.argv[1]
sys.path[:] = [path for path in sys.path if path]
for room in {_ROOMS!r}:
    module = types.ModuleType("langchain_rlm" + room)
    module.__path__ = [root + "/langchain_rlm" + room.replace(".", "/")]
    sys.modules[module.__name__] = module
from langchain_rlm.repl.cpython.worker.main import main
main()
"""
"""Starts the worker without the package around it: nothing but the standard library is there."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS")


def environment(seed: str) -> dict[str, str]:
    """All that a worker has of an environment."""
    hashing = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
    return {
        "PYTHONHASHSEED": str(hashing), "PYTHONUTF8": "1", "LANG": "C.UTF-8", "TZ": "UTC", "MALLOC_ARENA_MAX": "2",
        **dict.fromkeys(_ONE_THREAD, "1"),
    }  # fmt: skip


@dataclass
class Worker:
    """A process that runs cells."""

    process: "subprocess.Popen[bytes]"
    channel: Channel
    pid: int
    """The process in which the cells are: the one that was started, or one below it."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_over: bool = False

    def signal(self, number: int) -> None:
        with self._lock, contextlib.suppress(ProcessLookupError, PermissionError):
            if not self._is_over:
                os.kill(self.pid, number)

    def code(self, seconds: float) -> int | None:
        """How the process has ended; None when it has not after so many seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(seconds)
        return None

    def close(self) -> None:
        self.signal(signal.SIGKILL)
        self.process.wait()
        with self._lock:
            self._is_over = True
        self.channel.close()


@dataclass
class Launcher:
    """Starts workers from a thread of its own: the kernel ends them when that thread ends, and so when the host does.

    Args:
        python: The interpreter.
        wrapper: What is put before it: the command of a jail.
    """

    python: str
    wrapper: Sequence[str] = ()
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "rlm-workers"))

    def start(self, seed: str, most: int) -> Worker:
        """Start a worker, which waits for what it is told first; `most` are bytes of a message that it may send.

        Raises:
            HostError: None can be started.
        """
        command = [*self.wrapper, self.python, "-s", "-S", "-c", _START, ROOT]
        try:
            process = self._thread.submit(_started, command, environment(seed)).result()
        except (OSError, RuntimeError) as error:
            msg = f"A REPL cannot be started: {error}. Free what this machine lacks (ulimit -n, memory, processes)."
            raise HostError(msg) from error
        assert process.stdin is not None  # noqa: S101  # both are pipes
        assert process.stdout is not None  # noqa: S101
        return Worker(process, Channel(_own(process.stdout), _own(process.stdin), most), process.pid)

    def close(self) -> None:
        self._thread.shutdown(wait=True)


def _own(file: IO[bytes]) -> int:
    """The descriptor of a pipe, without the file around it."""
    with file:
        return os.dup(file.fileno())


def _started(command: list[str], env: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  # our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", env=env,
        start_new_session=sys.platform == "linux", bufsize=0,
    )  # fmt: skip


def trial(python: str, wrapper: Sequence[str]) -> None:
    """Start a worker in a jail and end it.

    Raises:
        HostError: It does not start; the message says why.
    """
    with contextlib.closing(Launcher(python, wrapper)) as launcher:
        told: dict[str, Any] = {"parent": None, "sites": [], "memory": TRIAL_MEMORY, "jailed": True, "is_trial": True}
        with contextlib.closing(launcher.start("", PART)) as worker:
            try:
                until = time.monotonic() + TRIAL_SECONDS
                worker.channel.send(until, told)
                kind, *said = worker.channel.receive(until)
            except (ClosedError, LateError, MalformedError) as error:
                kind, said = "failed", [f"a trial failed ({type(error).__name__})"]
            if kind != "ready":
                msg = f"A REPL cannot be started: {said[0] if said else kind}."
                raise HostError(msg)
