"""One client connection: HTTP/1.1 with keep-alive, as little of it as the clients use, one request at a time."""

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def parse_head(data: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = data.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return method, path, headers


class Connection(asyncio.Protocol):
    """Reads requests and hands each to `handle`, which must end it with `finish` or `drop`."""

    def __init__(self, handle: Callable[[Request, "Connection"], None], connections: set["Connection"]) -> None:
        self.handle = handle
        self.connections = connections
        self.transport: asyncio.Transport
        self.buffer = bytearray()
        self.scanned = 0
        self.head: tuple[str, str, dict[str, str]] | None = None
        self.needed = 0
        self.busy = False
        self.closing = False
        self.timer: asyncio.TimerHandle | None = None
        self.on_lost: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # a client that goes away is told by `on_lost`, whatever the reason
        self.connections.discard(self)
        if self.timer is not None:
            self.timer.cancel()
        if self.on_lost is not None:
            self.on_lost()
            self.on_lost = None

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.advance()

    def advance(self) -> None:
        while not self.busy and self.read_head() and len(self.buffer) >= self.needed and self.head is not None:
            body = bytes(self.buffer[: self.needed])
            del self.buffer[: self.needed]
            request = Request(*self.head, body)
            self.head, self.scanned, self.busy = None, 0, True
            self.closing = request.headers.get("connection", "").lower() == "close"
            self.handle(request, self)

    def read_head(self) -> bool:
        """Whether the head of a request is there."""
        if self.head is not None:
            return True
        end = self.buffer.find(HEAD_END, max(0, self.scanned - len(HEAD_END)))
        self.scanned = len(self.buffer)
        if end < 0:
            return False
        try:
            self.head = parse_head(bytes(self.buffer[:end]))
            self.needed = int(self.head[2].get("content-length", 0))
        except ValueError:
            self.transport.abort()
            return False
        del self.buffer[: end + len(HEAD_END)]
        if self.head[2].get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Run `action` unless the client is gone by then; at once when there is nothing to wait for."""
        if seconds > 0:
            self.timer = asyncio.get_running_loop().call_later(seconds, action)
        else:
            action()

    def write(self, data: bytes) -> None:
        self.transport.write(data)

    def finish(self, data: bytes) -> None:
        """End the response with `data` and go on with the next request."""
        self.transport.write(data)
        self.timer = self.on_lost = None
        self.busy = False
        if self.closing:
            self.transport.close()
        elif self.buffer:
            asyncio.get_running_loop().call_soon(self.advance)

    def drop(self) -> None:
        """Reset the connection: the client sees ECONNRESET, not an orderly end."""
        self.on_lost = None
        connection: socket.socket = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
