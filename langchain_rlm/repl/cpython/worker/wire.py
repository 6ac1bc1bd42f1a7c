"""The worker's end of the pipes to the host: frames of JSON, and what waits for an answer."""

from __future__ import annotations

import _thread
import contextlib
import itertools
import json
import os
import queue
import sys
from collections.abc import Callable
from typing import Any

PART = 1 << 20


class AskingRefusedError(RuntimeError):
    """What was asked is not answered: the cell that asked has ended."""


class Wire:
    """Writes from any thread; reads on one of its own, which wakes those that wait."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self.incoming, self.outgoing = incoming, outgoing
        self.commands: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
        self._writing = _thread.allocate_lock()
        self._waiting: dict[int, Callable[[str, Any], None]] = {}
        self._numbers = itertools.count()
        self.is_over = False
        """The answer was given: nothing is asked any more."""

    def send(self, *message: Any) -> None:
        data = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
        rest = memoryview(len(data).to_bytes(4, "big") + data)
        with self._writing:
            while rest:
                rest = rest[os.write(self.outgoing, rest[:PART]) :]

    def exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = os.read(self.incoming, min(PART, size - len(parts)))
            if not part:
                os._exit(0)  # the host is gone
            parts += part
        return bytes(parts)

    def receive(self) -> list[Any]:
        found: list[Any] = json.loads(
            self.exactly(int.from_bytes(self.exactly(4), "big")).decode("utf-8", "surrogatepass")
        )
        return found

    def listen(self) -> None:
        """Read from now on: commands are queued, answers given to those who wait."""
        _thread.start_new_thread(self._listen, ())

    def _listen(self) -> None:
        while True:
            kind, *rest = self.receive()
            if kind in ("answer", "refused"):
                self._waiting.pop(rest[0], _nobody)(kind, rest[1])
            else:
                self.commands.put([kind, *rest])

    @property
    def others(self) -> int:
        """Threads beside this one and the one that reads."""
        return len(sys._current_frames()) - 2  # noqa: SLF001  # the only way to see those that are not `threading`'s

    @property
    def is_asking(self) -> bool:
        """Whether a thread waits for an answer."""
        return bool(self._waiting)

    def ask(self, kind: str, *what: Any) -> Any:
        """Ask the host, and wait for its answer."""
        lock = _thread.allocate_lock()
        told: list[Any] = []
        lock.acquire()

        def answered(*answer: Any) -> None:
            told[:] = answer
            lock.release()

        self._asked(answered, self.others, kind, what)
        lock.acquire()
        return _value(*told)

    async def ask_later(self, kind: str, *what: Any) -> Any:
        """The same from an event loop, which goes on meanwhile."""
        import asyncio

        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def settle(*answer: Any) -> None:
            if not future.done():
                future.set_result(answer)

        def answered(*answer: Any) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(settle, *answer)

        self._asked(answered, self.others + 1, kind, what)
        return _value(*await future)

    def _asked(self, answered: Callable[[str, Any], None], others: int, kind: str, what: tuple[Any, ...]) -> None:
        if self.is_over:
            raise SystemExit
        number = next(self._numbers)
        self._waiting[number] = answered
        self.send(kind, number, others, *what)


def _nobody(_: str, __: Any) -> None:
    """Nobody waits any more."""


def _value(kind: str, value: Any) -> Any:
    if kind == "refused":
        raise AskingRefusedError(value)
    return value
