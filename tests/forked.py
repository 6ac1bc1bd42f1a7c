"""Commands as processes of their own that need not import everything first: each is forked from one that has.

`python -m tests.forked FD` is that one. It has no threads, and reads from the socket FD which command to run, with the
three files that are its standard ones.
"""

import atexit
import contextlib
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOOK_AGAIN = 0.005
"""Seconds."""
_LOCK = threading.Lock()


@cache
def _parent() -> socket.socket:
    """The process that forks, and the way to it; it ends with this process, which holds the other end."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-m", "tests.forked", str(theirs.fileno())]
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _ask(request: Mapping[str, Any], files: Sequence[int] = ()) -> Any:
    with _LOCK:
        way = _parent()
        socket.send_fds(way, [json.dumps(request).encode()], files)
        return json.loads(way.recv(65536))


def python(file: Path, *, env: Mapping[str, str], cwd: Path, timeout: float) -> "subprocess.CompletedProcess[str]":
    """Run a file of Python, in which a deprecation is an error."""
    return run(env=env, cwd=cwd, timeout=timeout, file=file)


def run(  # a command's own four, and what the process is given
    *arguments: str,
    env: Mapping[str, str],
    cwd: Path,
    timeout: float,
    given: bytes | int = b"",
    stdout: int | None = None,
    stderr: int | None = None,
    file: Path | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run `langchain-rlm` with these arguments; `given` is its standard input: bytes, or a file.

    A `file` of Python is run instead. What is written to a `stdout` or `stderr` of the caller's is not returned.
    """
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if isinstance(given, bytes):
            source.write(given)
            source.seek(0)
        files = [given if isinstance(given, int) else source.fileno(), stdout or out.fileno(), stderr or err.fileno()]
        wanted = {"arguments": arguments, "file": file and str(file), "env": dict(env), "cwd": str(cwd)}
        pid = _ask(wanted, files)
        end = time.monotonic() + timeout
        while (status := _ask({"pid": pid})) is None:
            if time.monotonic() > end:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(["langchain-rlm", *arguments], timeout)
            time.sleep(LOOK_AGAIN)
        out.seek(0)
        err.seek(0)
        said, told = out.read().decode(), err.read().decode()
    return subprocess.CompletedProcess(["langchain-rlm", *arguments], os.waitstatus_to_exitcode(status), said, told)


def _serve(way: socket.socket) -> Mapping[str, Any]:
    """Fork for each request; returns in the child, with what it is to do."""
    while True:
        data, files, _, _ = socket.recv_fds(way, 1 << 20, 3)
        if not data:
            sys.exit()
        request = json.loads(data)
        if "pid" in request:
            ended, status = os.waitpid(request["pid"], os.WNOHANG)
            way.send(json.dumps(status if ended else None).encode())
            continue
        pid = os.fork()
        if not pid:
            way.close()
            for number, file in enumerate(files):
                os.dup2(file, number)
        for file in files:
            os.close(file)
        if not pid:
            return dict(request)
        way.send(json.dumps(pid).encode())


def _become(request: Mapping[str, Any]) -> None:
    """What a new process has of its own: variables, directory, standard files."""
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv = ["langchain-rlm", *request["arguments"]]
    sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, errors="backslashreplace")  # noqa: SIM115
    sys.modules["__main__"].__package__ = None  # else the command calls itself `python -m tests`


if __name__ == "__main__":
    # what the commands import and make when they need it
    import anyio._backends._asyncio  # noqa: F401
    from langchain_openai import ChatOpenAI  # noqa: F401

    from langchain_rlm import RLM
    from langchain_rlm.cli import app, ask, bench, doctor, main, replay, report  # noqa: F401
    from langchain_rlm.report import page  # noqa: F401

    RLM("offline")
    if threading.active_count() > 1:
        sys.exit("A process with threads cannot be forked.")
    gc.collect()
    gc.freeze()
    wanted = _serve(socket.socket(fileno=int(sys.argv[1])))
    _become(wanted)
    if wanted["file"]:
        warnings.filterwarnings("error", category=DeprecationWarning, module="__main__")
        sys.argv, sys.path[0] = [wanted["file"]], str(Path(wanted["file"]).parent)
        runpy.run_path(wanted["file"], run_name="__main__")
    else:
        main()
