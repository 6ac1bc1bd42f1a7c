"""Runs that begin at once on one event loop begin a few at a time.

The loop does their own work one after the other in any case. In step, all would be prepared before the first one asks
its model; so the first calls are on their way while the next runs are prepared.
"""

import asyncio
import threading
from weakref import WeakKeyDictionary

from langchain_rlm.threads import call_later

RUNS = 8
SECONDS = 0.04
"""How long a place is held: 5 ms for each run, a fraction of what its own work takes."""

_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_lock = threading.Lock()


async def take_place() -> None:
    """Wait until few others begin on this loop. The place is left by itself, whatever becomes of the run."""
    loop = asyncio.get_running_loop()
    with _lock:
        places = _places.setdefault(loop, asyncio.Semaphore(RUNS))
    await places.acquire()
    call_later(SECONDS, places.release)
