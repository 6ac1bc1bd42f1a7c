"""The host's end of the pipes to a worker: whatever comes out of it is bounded, and may be anything."""

import contextlib
import json
import os
import re
import select
import time
from dataclasses import dataclass, field
from typing import Any

PART = 1 << 18
ITEMS = 1_500_000
"""Values of one message: a small message may be huge when it is read."""
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"')


class ClosedError(Exception):
    """The worker has closed its pipes: it has ended, or wants to seem so."""


class LateError(Exception):
    """The time is up."""


class MalformedError(Exception):
    """What came is no message."""


@dataclass
class Channel:
    """Frames of JSON, each a list that begins with its kind, after four bytes that say how long it is.

    Args:
        incoming: The descriptor that is read.
        outgoing: The one that is written.
        most: Bytes of a frame that is taken.
    """

    incoming: int
    outgoing: int
    most: int
    size: int = 0
    """Bytes of the newest message."""
    _received: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        os.set_blocking(self.incoming, False)  # the system's
        os.set_blocking(self.outgoing, False)

    def send(self, until: float, *message: Any) -> None:
        """Send a message; meanwhile what comes is read, so that none waits for the other."""
        data = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self.send_bytes(until, len(data).to_bytes(4, "big") + data)

    def send_bytes(self, until: float, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            can_read, can_write = self._wait(until, writes=True)
            if can_read and len(self._received) <= self.most:
                self._read()
            if can_write:
                with contextlib.suppress(BlockingIOError):
                    rest = rest[self._written(rest[:PART]) :]

    def receive(self, until: float) -> list[Any]:
        """The next message."""
        while True:
            message = self._taken()
            if message is not None:
                return message
            self._wait(until)
            self._read()

    def has_more(self) -> bool:
        """Whether something has come that was not received."""
        return bool(self._received) or self._wait(0.0, may_be_late=True)[0]

    def _taken(self) -> list[Any] | None:
        if len(self._received) < 4:  # noqa: PLR2004  # the length
            return None
        size = int.from_bytes(self._received[:4], "big")
        if size > self.most:
            msg = f"a message of {size:,} bytes"
            raise MalformedError(msg)
        if len(self._received) < 4 + size:
            return None
        data = bytes(memoryview(self._received)[4 : 4 + size])
        del self._received[: 4 + size]
        self.size = size
        return _message(data)

    def _wait(self, until: float, *, writes: bool = False, may_be_late: bool = False) -> tuple[bool, bool]:
        poll = select.poll()
        poll.register(self.incoming, select.POLLIN)
        if writes:
            poll.register(self.outgoing, select.POLLOUT)
        left = max(0.0, until - time.monotonic())
        found = {descriptor for descriptor, _ in poll.poll(left * 1000 + (left > 0))}
        if not found and not may_be_late:
            raise LateError
        return self.incoming in found, self.outgoing in found

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            part = os.read(self.incoming, PART)
            if not part:
                raise ClosedError
            self._received += part

    def _written(self, part: memoryview) -> int:
        try:
            return os.write(self.outgoing, part)
        except BrokenPipeError:
            raise ClosedError from None

    def close(self) -> None:
        for descriptor in (self.incoming, self.outgoing):
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _values(data: bytes) -> int:
    """How many values there can be at most, if commas and brackets in texts count, too."""
    return sum(map(data.count, (b",", b"[", b"{")))


def _message(data: bytes) -> list[Any]:
    if _values(data) > ITEMS and _values(_TEXT.sub(b"", data)) > ITEMS:
        msg = f"a message of more than {ITEMS:,} values"
        raise MalformedError(msg)
    try:
        message = json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        msg = f"no JSON ({type(error).__name__})"
        raise MalformedError(msg) from None
    if not isinstance(message, list) or not message or not isinstance(message[0], str):
        msg = "no message"
        raise MalformedError(msg)
    return message
