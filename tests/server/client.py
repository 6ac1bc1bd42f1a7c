"""Starts the server for a test or a benchmark, and talks to its controls."""

import http.client
import json
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tests.server.log import LogEntry

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

ROOT = Path(__file__).parents[2]
START_SECONDS = 20.0
STOP_SECONDS = 5.0


class ModelServer:
    """A model server in its own process, for as long as the `with` block.

    Example:
        ```python
        with ModelServer(models={"sub": {"kind": "reader", "window": 8000}}) as server:
            model = server.chat_model("sub")
        ```
    """

    def __init__(self, *, models: dict[str, Any] | None = None, **config: Any) -> None:
        command = [sys.executable, "-m", "tests.server", "--config", json.dumps({"models": models or {}, **config})]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, bufsize=0)
        try:
            self.port = self._wait_for_port()
        except BaseException:
            self.close()
            raise
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def _wait_for_port(self) -> int:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline().decode() if ready else ""
        if not line.startswith("listening "):
            message = f"The model server did not start within {START_SECONDS} s; it said {line!r}."
            raise RuntimeError(message)
        return int(line.rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and wait until it is gone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the server, in JSON; raises ValueError with the server's words when it is refused."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise ValueError(answer["error"]["message"])
        return answer

    def configure(self, *, models: dict[str, Any] | None = None, **config: Any) -> None:
        """Replace the configuration; attempts, script positions and rates start again. The log stays."""
        self.control("PUT", "/control/config", {"models": models or {}, **config})

    def log(self) -> list[LogEntry]:
        """What was asked since the last reset, in the order in which it came in."""
        entries: list[LogEntry] = self.control("GET", "/control/log")
        return entries

    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self.control("GET", "/control/stats")
        return stats

    def reset(self) -> None:
        """Forget the configuration and the log."""
        self.configure()
        self.control("DELETE", "/control/log")

    def chat_model(self, name: str, *, keep_alive: bool = False, **kwargs: Any) -> "ChatOpenAI":
        """A ChatOpenAI for the model `name`, without retries of its own unless `max_retries` is given.

        All ChatOpenAI of one URL share a pool of connections. One that is kept from an event loop that has ended fails
        the next loop's request ("Event loop is closed"), and each async test has a loop of its own, so by default the
        connection is closed after each reply. With `keep_alive` it is what users have.
        """
        from langchain_openai import ChatOpenAI

        if not keep_alive:
            kwargs["default_headers"] = {"Connection": "close", **kwargs.get("default_headers", {})}
        return ChatOpenAI(**{"model": name, "base_url": self.url, "api_key": "test", "max_retries": 0, **kwargs})
