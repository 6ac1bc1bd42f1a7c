"""A worker while cells run in it: its clock, its stops between cells, what it sends, whether all its threads wait."""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from langchain_rlm.repl.cpython.channel import LateError
from langchain_rlm.repl.cpython.process import Worker
from langchain_rlm.repl.jail.processes import is_waiting

STILL_SECONDS = 2.0
"""Seconds that threads which go on may hold up what others ask."""
LOOK_SECONDS = 0.001
UNSEEN_SECONDS = 0.02
"""How long nothing may come where threads cannot be seen."""
STOPS = sys.platform == "linux"
"""Elsewhere a process that is stopped would outlive its host."""


@dataclass
class Running:
    """A worker, and the time of the cell in it.

    Args:
        worker: The process.
        allowed: Seconds for the cell's own code.
    """

    worker: Worker
    allowed: float
    own: float = 0.0
    """Seconds of the cell's own code so far."""
    is_alone: bool = False
    """The only thread of the cell waits."""
    blocked: set[int] = field(default_factory=set)
    """The threads that were seen to wait for answers."""
    asking: set[int] = field(default_factory=set)
    """Those that have asked, and may hold the interpreter still, for which others wait."""
    _since: float = field(default_factory=time.monotonic)

    def allow(self, seconds: float) -> None:
        """Begin to count anew."""
        self.allowed, self.own = seconds, 0.0

    @contextlib.contextmanager
    def going(self) -> Iterator[None]:
        """While the worker runs; before and after, it is stopped."""
        self._since = time.monotonic()
        if STOPS:
            self.worker.signal(signal.SIGCONT)
        try:
            yield
        finally:
            self.own += time.monotonic() - self._since
            self.stop()

    def stop(self) -> None:
        if STOPS:
            self.worker.signal(signal.SIGSTOP)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """While the host works for the cell: that time is not the cell's own."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._since += time.monotonic() - began

    @property
    def until(self) -> float:
        return self._since + self.allowed - self.own

    def send(self, *message: Any) -> None:
        self.is_alone = False
        self.worker.channel.send(self.until, *message)

    def receive(self) -> list[Any]:
        if time.monotonic() > self.until:
            raise LateError
        return self.worker.channel.receive(self.until)

    def is_still(self) -> bool:
        """Whether every thread of the cell waits, and nothing has come that was not received."""
        if self.is_alone:
            return True
        channel, until, look = self.worker.channel, time.monotonic() + STILL_SECONDS, LOOK_SECONDS / 16
        while time.monotonic() < until:
            if channel.has_more():
                return False
            waits = is_waiting(self.worker.pid, self.blocked)
            if waits and not channel.has_more():
                self.blocked |= self.asking
                self.asking.clear()
                return True
            time.sleep(look if waits is not None else UNSEEN_SECONDS)
            look = min(2 * look, LOOK_SECONDS)
            if waits is None and not channel.has_more():
                return True  # it cannot be seen: nothing came for a while
        return True
