"""A real PostgreSQL for tests: Debian's own server, without root, on a socket in a directory of its own.

The server is the machine's own (/usr/lib/postgresql), or else unpacked from Debian's packages, which are kept in the
user's cache. It is no child of the test process, which some tests count; a small shell ends it when the test process
closes a pipe, and so also when that one is killed. `fsync` is off: tests end processes, not the machine's power.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.debian import Apt, UnavailableError, cache, libraries, system

INSTALLED = Path("/usr/lib/postgresql")
USER = "nobody"
"""PostgreSQL refuses to run as root: then it runs as this user."""
PATIENCE = 30.0

CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{directory}'
fsync = off
synchronous_commit = off
full_page_writes = off
dynamic_shared_memory_type = mmap
max_connections = 50
timezone = 'GMT'
"""
SUPERVISOR = """
exec 3<&0 </dev/null
"$1/pg_ctl" start --wait --silent --pgdata "$2/data" --log "$2/log" 3<&- || exit 1
(
    cat <&3 >/dev/null
    "$1/pg_ctl" stop --wait --silent --mode immediate --pgdata "$2/data"
    rm -rf "$2"
) >/dev/null 2>&1 &
"""


class Postgres:
    """A PostgreSQL server, for as long as the `with` block; `url` is the connection string of its first database."""

    def __init__(self) -> None:
        root = os.geteuid() == 0
        self._user = pwd.getpwnam(USER) if root else pwd.getpwuid(os.geteuid())
        self.directory = Path(tempfile.mkdtemp(prefix="rlm-pg-"))  # short: it holds a socket
        try:
            self._own(self.directory)
            self._programs = installed_programs() or unpacked_programs(self.directory / "debian")
            self._own(*self.directory.rglob("*"))
            self._pipe = self._start()
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise
        self.url = f"host={self.directory} dbname=postgres user=tests"

    def _own(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, self._user.pw_uid, self._user.pw_gid, follow_symlinks=False)

    def _start(self) -> int:
        data = self.directory / "data"
        self._run(
            str(self._programs / "initdb"), "--pgdata", str(data), "--username", "tests", "--auth", "trust",
            "--no-locale", "--encoding", "UTF8", "--no-sync",
        )  # fmt: skip
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(directory=self.directory))
        reading, writing = os.pipe()
        try:
            self._run("sh", "-c", SUPERVISOR, "sh", str(self._programs), str(self.directory), stdin=reading)
        except BaseException:
            os.close(writing)
            raise
        finally:
            os.close(reading)
        return writing

    def stop(self) -> None:
        """End the server; its data stays."""
        self._control("stop", "--mode", "immediate")

    def start(self) -> None:
        """Start it again."""
        self._control("start", "--log", str(self.directory / "log"))

    def _control(self, *command: str) -> None:
        self._run(
            str(self._programs / "pg_ctl"), "--wait", "--silent", "--pgdata", str(self.directory / "data"), *command
        )

    def _run(self, *command: str, stdin: int = subprocess.DEVNULL) -> None:
        """Run a program as PostgreSQL's user, away from this process's terminal."""
        # what it leaves running holds these files open, so they are no pipes
        said, is_root = self.directory / "said", os.geteuid() == 0
        with said.open("wb") as file:
            done = subprocess.run(
                command, stdin=stdin, stdout=file, stderr=file, check=False, start_new_session=True, cwd=self.directory,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **libraries(self.directory / "debian")},
                user=self._user.pw_uid if is_root else None, group=self._user.pw_gid if is_root else None,
                extra_groups=() if is_root else None,
            )  # fmt: skip
        if done.returncode:
            log = self.directory / "log"
            words = said.read_text(errors="replace") + (log.read_text(errors="replace") if log.exists() else "")
            message = f"PostgreSQL did not start: {Path(command[0]).name} said {words!r}"
            raise UnavailableError(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server and wait until its directory is gone, which is the last that goes."""
        os.close(self._pipe)
        end = time.monotonic() + PATIENCE
        while self.directory.exists():
            if time.monotonic() > end:
                message = f"PostgreSQL in {self.directory} did not stop within {PATIENCE:g} s."
                raise RuntimeError(message)
            time.sleep(0.01)


# -- where the programs are ---------------------------------------------------------------------------------------


def newest(folder: Path) -> Path | None:
    """The programs of the newest version under a `postgresql` directory."""
    found = [path.parent for path in folder.glob("*/bin/initdb") if path.with_name("postgres").exists()]
    return max(found, key=lambda path: [int(part) for part in path.parent.name.split(".")], default=None)


def installed_programs() -> Path | None:
    """The machine's own PostgreSQL."""
    on_path = shutil.which("initdb")
    return newest(INSTALLED) or (Path(on_path).resolve().parent if on_path else None)


def unpacked_programs(target: Path) -> Path:
    """PostgreSQL from Debian's packages, unpacked into `target`."""
    apt = Apt("PostgreSQL", "postgresql", cache() / "debian" / system())
    apt.unpack(target, _server)
    found = newest(target / "usr/lib/postgresql")
    if found is None:
        message = f"Debian's packages in {apt.folder} hold no PostgreSQL: {apt.advice}"
        raise UnavailableError(message)
    return found


def _server(apt: Apt) -> list[str]:
    """The package of the newest server, on which `postgresql` depends."""
    found = [name for name in apt.depends("postgresql") if name.startswith("postgresql-")][:1]
    if not found:
        message = f"PostgreSQL is not installed, and apt-get knows of none: {apt.advice}"
        raise UnavailableError(message)
    return found
