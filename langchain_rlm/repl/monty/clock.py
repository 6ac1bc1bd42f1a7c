"""The time of a cell: its own code's, and that of the host's functions it calls. Waiting for models is neither.

The host measures it: a worker has more time than a cell, for its start and for cells that are run again.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakMethod


@dataclass
class CellClock:
    """Counts the seconds of the running cell.

    Args:
        allowed: Seconds for its own code, and as many for the host's functions.
        worker: Seconds after which the worker stops a cell itself.
        kill: Ends it. Weak: what a cycle of references held, the texts among them, would wait to be collected.
    """

    allowed: float
    worker: float
    kill: WeakMethod[Callable[[], None]]
    own: float = 0.0
    of_host: float = 0.0
    is_late: bool = False
    """It was ended for its time."""
    _began: float | None = None
    _host_began: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def restart(self, allowed: float | None = None) -> None:
        """Begin with a new cell, or with what is left of one, of which the time is not counted so far."""
        self.own = self.of_host = 0.0
        self.allowed = self.allowed if allowed is None else allowed

    @property
    def is_stopped_by_worker(self) -> bool:
        """Whether it ran as long as the worker lets a cell run: a cell may raise the same error, but not before."""
        return self.own >= self.worker

    @contextmanager
    def running(self) -> Iterator[None]:
        """While the cell's code runs, or the host answers it."""
        self._began = time.monotonic()
        timer = self._watch() if self.allowed < self.worker else None
        try:
            yield
        finally:
            with self._lock:
                self.own, self._began = self._own(), None
            if timer is not None:
                timer.set()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While the host answers."""
        self._host_began = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                took = time.monotonic() - self._host_began
                self._host_began = None
                self.of_host += took
                self.own -= took

    def _own(self) -> float:
        """Seconds of the cell's own code so far."""
        began, host, now = self._began, self._host_began, time.monotonic()
        return self.own + (0.0 if began is None else now - began) - (0.0 if host is None else now - host)

    def _watch(self) -> threading.Event:
        """A thread that ends the cell when its time is up, until the event is set."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(max(0.001, self.allowed - self._own())):
                with self._lock:
                    if self._began is not None and not over.is_set() and self._own() >= self.allowed:
                        self.is_late = True
                        if (kill := self.kill()) is not None:
                            kill()
                        return

        threading.Thread(target=watch, name="rlm-cell-clock", daemon=True).start()
        return over
