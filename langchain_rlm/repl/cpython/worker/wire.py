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
        self.most = 0
        """Bytes of a message that the host takes, once it has said so."""
        self.commands: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
        self._writing = _thread.allocate_lock()
        self._waiting: dict[int, Callable[[str, Any], None]] = {}
        self._numbers = itertools.count()
        self.is_over = False
        """The answer was given: nothing is asked any more."""

    def send(self, *message: Any) -> None:
        data = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if self.most and len(data) > self.most:
            most = f"{self.most:,} is the most"
            msg = f"too much to hand over at once: {len(data):,} bytes, {most}. Pass less, or in parts."
            raise ValueError(msg)
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
            if kind == "answers":
                self._answered(rest[0])
            elif kind in ("answer", "refused"):
                self._waiting.pop(rest[0], _nobody)(kind, rest[1])
            else:
                self.commands.put([kind, *rest])

    def _answered(self, answers: list[Any]) -> None:
        """Wake those that wait: those of event loops at once, so that all are there when the first goes on."""
        found = [(self._waiting.pop(number, _nobody), value) for number, value in answers]
        if len(found) == 1:
            found[0][0]("answer", found[0][1])
            return
        loops: dict[Any, list[Any]] = {}
        for answered, value in found:
            loops.setdefault(getattr(answered, "loop", None), []).append((answered, value))
        for loop, each in loops.items():
            with contextlib.suppress(RuntimeError):  # it is closed
                if loop is not None:
                    loop.call_soon_threadsafe(_settle_all, each)

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

        self._asked(answered, self.others, _native_thread(), kind, what)
        lock.acquire()
        return _value(*told)

    async def ask_later(self, kind: str, *what: Any) -> Any:
        """The same from an event loop, which goes on meanwhile."""
        import asyncio

        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        self._asked(_Later(loop, future), self.others + 1, 0, kind, what)
        return _value(*await future)

    def _asked(
        self, answered: Callable[[str, Any], None], others: int, thread: int, kind: str, what: tuple[Any, ...]
    ) -> None:
        if self.is_over:
            raise SystemExit
        number = next(self._numbers)
        self._waiting[number] = answered
        try:
            self.send(kind, number, others, thread, *what)
        except BaseException:
            del self._waiting[number]
            raise


class _Later:
    """Gives an event loop its answer."""

    def __init__(self, loop: Any, future: Any) -> None:
        self.loop, self.future = loop, future

    def __call__(self, *answer: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self.loop.call_soon_threadsafe(self.settle, *answer)

    def settle(self, *answer: Any) -> None:
        if not self.future.done():
            self.future.set_result(answer)


def _settle_all(answers: list[tuple[_Later, Any]]) -> None:
    for later, value in answers:
        later.settle("answer", value)


def _native_thread() -> int:
    return getattr(_thread, "get_native_id", _thread.get_ident)()


def _nobody(_: str, __: Any) -> None:
    """Nobody waits any more."""


def _value(kind: str, value: Any) -> Any:
    if kind == "refused":
        raise AskingRefusedError(value)
    return value
