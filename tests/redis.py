"""A real Redis for tests: Debian's own server, without root, on a socket in a directory of its own.

The server is the machine's own, or else unpacked from Debian's packages, which are kept in the user's cache. A small
shell ends it when the test process closes a pipe, and so also when that one is killed.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.debian import UnavailableError, libraries, unpacked

PROGRAM = Path("usr/bin/redis-server")
PATIENCE = 30.0
SUPERVISOR = """
exec 3<&0 </dev/null
"$1" --port 0 --unixsocket "$2/socket" --save '' --appendonly no --dir "$2" 3<&- &
cat <&3 >/dev/null
kill -9 $!
rm -rf "$2"
"""


class Redis:
    """A Redis server, for as long as the `with` block; `url` is where clients find it."""

    def __init__(self) -> None:
        root = Path("/")
        if not (root / PROGRAM).exists():
            root = unpacked("Redis", ["redis-server", "redis-tools"], PROGRAM)  # a link to the tools'
        self.directory = Path(tempfile.mkdtemp(prefix="rlm-redis-"))  # short: it holds a socket
        self.url = f"unix://{self.directory}/socket"
        paths = {} if root == Path("/") else libraries(root)
        with (self.directory / "log").open("wb") as log:
            self._shell = subprocess.Popen(
                ["sh", "-c", SUPERVISOR, "sh", str(root / PROGRAM), str(self.directory)], stdin=subprocess.PIPE,
                stdout=log, stderr=log, start_new_session=True, env={"PATH": os.defpath, **paths},
            )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not (self.directory / "socket").exists():
            if self._shell.poll() is not None or time.monotonic() > end:
                message = f"Redis did not start: it said {(self.directory / 'log').read_text(errors='replace')!r}"
                raise UnavailableError(message)
            time.sleep(0.01)

    def stop(self) -> None:
        """Be out of reach, for those who are connected too; what it knows stays."""
        with socket.socket(socket.AF_UNIX) as own:
            own.connect(str(self.directory / "socket"))
            (self.directory / "socket").rename(self.directory / "away")
            own.sendall(b"CLIENT KILL TYPE normal SKIPME yes\r\nCLIENT KILL TYPE pubsub\r\n")
            own.recv(100)

    def start(self) -> None:
        """Be there again."""
        (self.directory / "away").rename(self.directory / "socket")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server and remove its directory."""
        assert self._shell.stdin is not None
        self._shell.stdin.close()
        self._shell.wait(PATIENCE)
        shutil.rmtree(self.directory, ignore_errors=True)
