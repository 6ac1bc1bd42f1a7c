"""Servers of `graphs/rlm.py` over one PostgreSQL and one Redis; all of it ends with the process that started it.

The engine is `langhost`, an open runtime of LangGraph's server API. Its heartbeat is two minutes by default: then a run
whose server died waits for up to eight minutes before another takes it up.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Self

from tests.postgres import Postgres
from tests.redis import Redis

ROOT = Path(__file__).parents[2]
HEARTBEAT = 3
TAKEN_OVER_WITHIN = 30.0
"""Seconds: two heartbeats until a run has surely lost its server, two until somebody looks, nine for its lease; and to
begin."""
BEGINS, ENDS = "Starting background run", "Background run succeeded"
STARTS_WITHIN = 120.0
SETTINGS = {
    "LG_BG_JOB_HEARTBEAT": str(HEARTBEAT),
    "BG_JOB_MAX_RETRIES": "20",  # how many servers may die under a run
    "PG_POOL_SIZE": "8", "PG_MAX_OVERFLOW": "8", "LOG_JSON": "true",
    "LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "true",
}  # fmt: skip
GRAPHS = {"dependencies": ["."], "graphs": {"rlm": "./graphs/rlm.py:graph"}}
SUPERVISOR = 'exec 3<&0 </dev/null; "$@" 3<&- & server=$!; (cat <&3 >/dev/null; kill -9 0) & exec 3<&-; wait $server'
"""Ends all when its standard input is closed, which the end of the process that holds it does, too."""


class Server:
    """One server of the cluster."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / f"{self.port}.log"
        command = [str(langhost()), "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603  # made here
                ["/bin/sh", "-c", SUPERVISOR, "sh", *command], cwd=home, env=environment, stdin=subprocess.PIPE,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def wait_until_up(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/ok", timeout=5):  # noqa: S310  # http, local
                    return
            except OSError:
                time.sleep(0.1)
        message = f"A server is not up; it said:\n{self.log.read_text(errors='replace')[-4000:]}"
        raise RuntimeError(message)

    def signal(self, number: int) -> None:
        """Send a signal to all its processes."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def processes(self) -> list[Path]:
        """Its processes, as directories of /proc; the shell that ends them with this one is none."""
        stats = {path.parent: path.read_text().rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*/stat")}
        mine = [path for path, stat in stats.items() if int(stat[2]) == self.process.pid]
        return [path for path in mine if (path / "comm").read_text().strip() not in {"sh", "cat"}]

    def kill(self) -> None:
        """End it as a machine ends whose power fails."""
        self.signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdin is not None  # noqa: S101  # it is a pipe
        self.process.stdin.close()

    def runs(self) -> Iterator[tuple[float, str, str]]:
        """What it logged of runs: the time, `BEGINS` or `ENDS`, the id."""
        for line in self.log.read_text(errors="replace").splitlines():
            with contextlib.suppress(json.JSONDecodeError):
                event = json.loads(line)
                if event.get("event") in {BEGINS, ENDS}:
                    yield datetime.fromisoformat(event["timestamp"]).timestamp(), event["event"], event["run_id"]


class Cluster:
    """PostgreSQL, Redis and servers, for as long as the `with` block.

    Args:
        servers: How many.
        **settings: Variables of the servers' environment.
    """

    def __init__(self, servers: int = 2, **settings: str) -> None:
        with ExitStack() as stack:
            self.postgres = stack.enter_context(Postgres())
            self.redis = stack.enter_context(Redis())
            self.home = self.redis.directory / "home"  # which is removed, also when this process is killed
            shutil.copytree(ROOT / "graphs", self.home / "graphs", ignore=shutil.ignore_patterns("__pycache__"))
            (self.home / "langgraph.json").write_text(json.dumps(GRAPHS))
            self.environment = {
                **os.environ, **SETTINGS, "PYTHONPATH": str(ROOT),
                "DATABASE_URI": f"postgresql://tests@/postgres?host={self.postgres.directory}",
                "REDIS_URI": self.redis.url, "LANGCHAIN_RLM_CONTEXTS": str(self.home / "contexts"), **settings,
            }  # fmt: skip
            self.servers: list[Server] = []
            stack.callback(self._kill)
            for _ in range(servers):
                self.start()
            self._stack = stack.pop_all()

    def start(self, **settings: str) -> Server:
        """Start one more server, and wait for it: the first one makes the tables."""
        server = Server(self.home, {**self.environment, **settings})
        self.servers.append(server)
        server.wait_until_up()
        return server

    @property
    def living(self) -> list[Server]:
        return [server for server in self.servers if server.process.poll() is None]

    def _kill(self) -> None:
        for server in self.living:
            server.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def langhost() -> Path:
    """The engine's command: of this environment, or of the one that `make cluster` makes."""
    for folder in (Path(sys.executable).parent, ROOT / ".venv-cluster" / "bin"):
        if (folder / "langhost").exists():
            return folder / "langhost"
    message = "The engine is not installed: run `make cluster` once."
    raise RuntimeError(message)
