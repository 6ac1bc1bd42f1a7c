"""Worker processes seen from the outside: which one runs the cells, what it may use, whether it waits."""

import contextlib
import os
import platform
from collections.abc import Collection
from pathlib import Path


def innermost(pid: int) -> int:
    """The process that runs the cells: the worker itself, or the last one below the wrapper that was started.

    When it ends the others end by themselves. Ended from the outside, they would be left to whoever collects orphans,
    and in a container that may be nobody.
    """
    with contextlib.suppress(OSError):
        while children := [child for task in _tasks(pid) for child in _read(f"{task}/children").split()]:
            pid = int(children[0])
    return pid


def _tasks(pid: int) -> list[str]:
    """The directories of its threads. Without `Path`: a worker's start is counted in milliseconds."""
    return [f"/proc/{pid}/task/{task}" for task in os.listdir(f"/proc/{pid}/task")]  # noqa: PTH208


def limit_memory(pid: int, size: int) -> None:
    """Limit a worker's address space to `size` bytes. Only Linux can do so for another process."""
    if platform.system() != "Linux":
        return
    import resource  # not everywhere

    with contextlib.suppress(OSError, ValueError):
        hard = resource.prlimit(pid, resource.RLIMIT_AS)[1]
        resource.prlimit(pid, resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def is_waiting(pid: int, but: Collection[int] = ()) -> bool | None:
    """Whether every thread of a process waits, but those that are known to; None where that cannot be seen.

    One is looked at after the other, and may wake the next meanwhile: all waited at one moment if at a second look
    each waits still, and none has run in between.
    """
    try:
        seen = _waits(pid, but)
        return seen is not None and seen == _waits(pid, but)
    except (FileNotFoundError, ProcessLookupError):  # a thread has ended meanwhile
        return False if Path(f"/proc/{pid}").exists() else None
    except OSError:
        return None


def _waits(pid: int, but: Collection[int]) -> dict[str, bytes] | None:
    """How often each thread has waited; None when one does not now."""
    found = {}
    for task in _tasks(pid):
        if int(task.rpartition("/")[2]) not in but:
            status = _read(f"{task}/status")
            if b"State:\tS" not in status:
                return None
            found[task] = status[status.rfind(b"\nvoluntary_ctxt_switches") :]
    return found


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 8_192)
    finally:
        os.close(descriptor)
