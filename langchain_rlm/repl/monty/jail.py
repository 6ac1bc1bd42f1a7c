"""A second wall around the REPL: the operating system jails the worker process, where it can.

Monty itself gives code no files, network or processes. The jail is for the day on which Monty has a hole: the worker
then sees no file but its own program, and no network. Two kinds, tried in this order:

- bubblewrap: namespaces of its own, with nothing in them; `bwrap` must be installed.
- landlock: the kernel (Linux 5.13 or newer) refuses files, and on x86-64 and ARM64 sockets and signals too (seccomp).
  A thread restricts itself and starts the worker. Where the worker would inherit descriptors, or system calls cannot be
  filtered, a small program does so in its place, which takes longer.
"""

import contextlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from langchain_rlm.errors import is_of_host
from langchain_rlm.repl.jail import landlock
from langchain_rlm.repl.jail.report import JailReport, UnavailableError, choose
from langchain_rlm.threads import OwnThreads, held_over_forks

TRIAL_SECONDS = 10.0
_NAME = "langchain-rlm-worker"
_MFD_EXEC = 0x10
"""Linux 6.3 and newer want to be told that a memory file is run."""
_LIBRARY_CACHE = "/etc/ld.so.cache"
STANDARD_ERROR = 2
_lock = held_over_forks(threading.Lock())
Started = TypeVar("Started")


@dataclass(frozen=True)
class _Wrapper:
    """A script that starts the jailed worker. It lives in memory: nothing to write, and nothing is left behind."""

    descriptor: int
    direct: tuple[str, ...] = ()
    """Files of the worker, the last one its program, when a restricted thread may start it without the script."""

    @property
    def path(self) -> str:
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"

    def is_there(self) -> bool:
        """Whether the descriptor is still ours: daemons close what they do not know."""
        with contextlib.suppress(OSError):
            return str(Path(self.path).readlink()).startswith(f"/memfd:{_NAME}")
        return False


def worker_path() -> str | None:
    """What `Monty(binary_path=...)` has to start; None when there is no jail.

    Raises:
        InputError: `LANGCHAIN_RLM_JAIL` names no jail, or one that does not work here.
    """
    wrapper = _wrapper()
    return None if wrapper is None else wrapper.path


def start(launch: Callable[[str | None], Started]) -> Started:
    """Start a worker in its jail; `launch` is given what `Monty(binary_path=...)` has to start.

    Raises:
        InputError: As `worker_path`.
    """
    wrapper = _wrapper()
    if wrapper is not None and wrapper.direct and not _is_anything_inherited():
        return _restricted(wrapper.direct, launch)
    return launch(None if wrapper is None else wrapper.path)


def _is_anything_inherited() -> bool:
    """Whether a program that is started now has descriptors of this process besides the standard ones."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208  # it is fast, and there may be thousands
        try:
            if int(name) > STANDARD_ERROR and os.get_inheritable(int(name)):
                return True
        except OSError:  # the one of the directory itself
            continue
    return False


def jail_report() -> JailReport:
    """Which jail is in force, and why not the others.

    Raises:
        InputError: `LANGCHAIN_RLM_JAIL` names no jail, or one that does not work here.
    """
    with _lock:
        return _choose()[0]


def _wrapper() -> _Wrapper | None:
    with _lock:
        wrapper = _choose()[1]
        if wrapper is not None and not wrapper.is_there():
            _tried.cache_clear()
            wrapper = _choose()[1]
    return wrapper


def _choose() -> tuple[JailReport, _Wrapper | None]:
    return choose(lambda kind: _tried(kind, os.environ.get("PATH"), os.environ.get("MONTY_BIN")))


@lru_cache(maxsize=16)
def _tried(kind: str, _path: str | None, _monty: str | None) -> _Wrapper | str:
    """Start a worker in this kind of jail once; the wrapper, or why there is none. The environment is in the key."""
    descriptor = None
    try:
        binary = _worker_binary()
        libraries = _libraries(binary)
        descriptor = _in_memory(_KINDS[kind](binary, libraries))
        wrapper = _Wrapper(descriptor, _direct((*libraries, binary)) if kind == "landlock" else ())
        _try(wrapper.path)
    except (UnavailableError, OSError) as error:
        if is_of_host(error):
            raise  # it says nothing about the jail
        if descriptor is not None:
            os.close(descriptor)
        return str(error)
    return wrapper


def _direct(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The same, when a worker that a restricted thread starts is as restricted as the thread; else nothing."""
    import pydantic_monty as monty  # what tells which jail there is works without it

    with contextlib.suppress(OSError, monty.MontyError), contextlib.ExitStack() as stack:
        pool = stack.enter_context(monty.Monty(binary_path=paths[-1], min_processes=0, max_processes=1))
        session = _restricted(paths, lambda _: stack.enter_context(pool.checkout()))
        if _filters(session.worker_pid) == _filters("self") + 1:
            return paths
    return ()


def _restricted(paths: tuple[str, ...], launch: Callable[[str], Started]) -> Started:
    def run() -> Started:
        landlock.restrict([*paths])
        return launch(paths[-1])

    return OwnThreads().submit(run).result()  # a thread is restricted for good


def _filters(process: int | str | None) -> int:
    """How many filters of system calls a process has; Linux 5.9 and newer say so."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(status.get("Seccomp_filters", 0))


def _try(path: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603  # our own wrapper
            [path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, env={}, timeout=TRIAL_SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        msg = f"a trial did not end in {TRIAL_SECONDS:g} seconds"
        raise UnavailableError(msg) from None
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        msg = f"a trial failed: {said[-1]}"
        raise UnavailableError(msg)


def _worker_binary() -> str:
    if platform.system() != "Linux":
        msg = f"this jail does not exist on {platform.system()}"
        raise UnavailableError(msg)
    try:
        from pydantic_monty._binary import find_monty_binary  # the only place that knows; private, so it may go
    except ImportError:
        msg = "this pydantic-monty does not tell where its program is"
        raise UnavailableError(msg) from None
    return str(Path(find_monty_binary()).resolve())


def _libraries(binary: str) -> list[str]:
    """The shared libraries of the worker, with the loader."""
    ldd = shutil.which("ldd")
    if ldd is None:
        msg = "ldd, which tells the worker's libraries, is not on PATH"
        raise UnavailableError(msg)
    done = subprocess.run([ldd, binary], capture_output=True, text=True, timeout=TRIAL_SECONDS, check=False)  # noqa: S603
    found = set(re.findall(r"(/[^\n]+) \(0x", done.stdout))
    return sorted(found | ({_LIBRARY_CACHE} if found and Path(_LIBRARY_CACHE).exists() else set()))


def _in_memory(script: str) -> int:
    """A descriptor to run the script by. Read-only: a file that is open for writing cannot be run."""
    try:
        writing = os.memfd_create(_NAME, os.MFD_CLOEXEC | _MFD_EXEC)
    except OSError:  # an older kernel
        writing = os.memfd_create(_NAME, os.MFD_CLOEXEC)
    try:
        with open(writing, "w", encoding="utf-8", closefd=False) as file:
            file.write(script)
        os.fchmod(writing, 0o500)
        return os.open(f"/proc/self/fd/{writing}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(writing)


def _bubblewrap(binary: str, libraries: list[str]) -> str:
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        msg = "bwrap is not on PATH (install bubblewrap)"
        raise UnavailableError(msg)
    command = [
        bwrap, "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL",
        "--new-session", "--die-with-parent", "--as-pid-1", "--clearenv",
        *(part for library in libraries for part in ("--ro-bind", library, library)),
        "--ro-bind", binary, "/monty", "--remount-ro", "/", "--chdir", "/", "--", "/monty",
    ]  # fmt: skip
    # The shell stays as the parent that bwrap dies with. Without it that would be the thread that starts the worker,
    # and threads end before their workers do. What the host inherited from a shell itself is closed.
    return f'#!/bin/sh\nexec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-\n{shlex.join(command)} "$@"\nexit $?\n'


def _landlock(binary: str, libraries: list[str]) -> str:
    launcher = str(files("langchain_rlm.repl.jail") / "landlock.py")
    if not sys.executable or not Path(launcher).is_file():
        msg = "there is no Python interpreter or launcher on disk to start the worker with"
        raise UnavailableError(msg)
    command = [sys.executable, "-I", "-S", "-B", launcher, *libraries, binary, "--"]
    return f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'


_KINDS: dict[str, Callable[[str, list[str]], str]] = {"bubblewrap": _bubblewrap, "landlock": _landlock}
