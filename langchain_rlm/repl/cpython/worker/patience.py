"""Timeouts of threads (`future.result(timeout=60)`): they do not run out while a model is asked.

How long that takes is not the cell's doing, and a replay has the answers at once.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_rlm.repl.cpython.worker.wire import Wire

PART_SECONDS = 0.05


def have_patience(wire: Wire) -> None:
    """Count the time of conditions, and so of events and futures, only while nobody asks."""
    really = threading.Condition.wait

    def wait(self: threading.Condition, timeout: float | None = None) -> bool:
        if timeout is None or timeout <= 0:
            return really(self, timeout)
        left = timeout
        while left > 0:
            part = min(left, PART_SECONDS)
            if really(self, part):
                return True
            left -= 0 if wire.is_asking else part
        return False

    threading.Condition.wait = wait  # type: ignore[method-assign]
