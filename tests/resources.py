"""What this process holds: files, threads, processes, memory. For tests that say nothing is left."""

import contextlib
import ctypes
import gc
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 90.0
"""Seconds until something that does not come is given up: only a test that fails waits so long."""


def children(parent: int | str = "self") -> set[int]:
    """The processes that a process, by default this one, has started and not ended."""
    found: set[int] = set()
    with contextlib.suppress(FileNotFoundError):  # the process has ended since
        for started in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # the thread has
                found |= {*map(int, started.read_text().split())}
    return found


def ticks(pid: int) -> int:
    """Hundredths of a second of processor time that a process has used (proc(5), field 14); 0 when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[11])


def soon(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Whether the condition comes true; servers and the kernel hear of an end a moment later."""
    end = time.monotonic() + patience
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return holds


@dataclass(frozen=True)
class Held:
    """What can be counted exactly, and so must not be more after a run than before."""

    files: int
    threads: tuple[str, ...]
    processes: frozenset[int]

    @classmethod
    def now(cls) -> "Held":
        threads = (thread.name for thread in threading.enumerate())
        names = tuple(sorted(name for name in threads if not name.startswith("asyncio_")))  # a loop keeps its own
        files = sum(1 for _ in Path("/proc/self/fd").iterdir())
        return cls(files, names, frozenset(children()))

    def is_more_than(self, before: "Held") -> bool:
        """Whether something has been added. What an earlier test held may go meanwhile."""
        return (
            self.files > before.files
            or bool(Counter(self.threads) - Counter(before.threads))
            or not self.processes <= before.processes
        )


@dataclass(frozen=True)
class Memory:
    """Live objects of Python, and resident memory in MB once the allocator has given back what is free."""

    objects: int
    resident: float

    @classmethod
    def now(cls) -> "Memory":
        gc.collect()
        gc.collect()  # what finalizers let go of
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc
        if trim is not None:
            trim(0)
        fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return cls(len(gc.get_objects()), int(fields["VmRSS"].split()[0]) / 1024)
