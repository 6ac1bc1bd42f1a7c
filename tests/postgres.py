"""A real PostgreSQL for tests: Debian's own server, without root, on a socket in a directory of its own.

The server is the machine's own (/usr/lib/postgresql), or else unpacked from Debian's packages, which are kept in the
user's cache. It is no child of the test process, which some tests count; a small shell ends it when the test process
closes a pipe, and so also when that one is killed. `fsync` is off: tests end processes, not the machine's power.
"""

import os
import platform
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

INSTALLED = Path("/usr/lib/postgresql")
USER = "nobody"
"""PostgreSQL refuses to run as root: then it runs as this user."""
PATIENCE = 30.0
DOWNLOAD_SECONDS = 300.0

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
INSTALL = "install it (apt-get install postgresql), or let apt-get reach Debian's packages"


class PostgresUnavailableError(Exception):
    """No PostgreSQL is here and none can be had; the message says what to install."""


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

    def _run(self, *command: str, stdin: int = subprocess.DEVNULL) -> None:
        """Run a program as PostgreSQL's user, away from this process's terminal."""
        # what it leaves running holds these files open, so they are no pipes
        said, is_root = self.directory / "said", os.geteuid() == 0
        with said.open("wb") as file:
            done = subprocess.run(
                command, stdin=stdin, stdout=file, stderr=file, check=False, start_new_session=True, cwd=self.directory,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **library_path(self.directory)},
                user=self._user.pw_uid if is_root else None, group=self._user.pw_gid if is_root else None,
                extra_groups=() if is_root else None,
            )  # fmt: skip
        if done.returncode:
            log = self.directory / "log"
            words = said.read_text(errors="replace") + (log.read_text(errors="replace") if log.exists() else "")
            message = f"PostgreSQL did not start: {Path(command[0]).name} said {words!r}"
            raise PostgresUnavailableError(message)

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
    """PostgreSQL from Debian's packages, unpacked into `target`; they are downloaded once."""
    if not all(map(shutil.which, ("apt-get", "apt-cache", "dpkg"))):
        message = f"PostgreSQL is not installed, and this is no Debian: {INSTALL}"
        raise PostgresUnavailableError(message)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "langchain-rlm-tests" / "debian"
    apt = Apt(cache / f"{platform.freedesktop_os_release().get('VERSION_CODENAME', '')}-{platform.machine()}")
    for package in apt.packages():
        apt.command("dpkg", "-x", str(package), str(target))
    found = newest(target / "usr/lib/postgresql")
    if found is None:
        message = f"Debian's packages in {cache} hold no PostgreSQL: {INSTALL}"
        raise PostgresUnavailableError(message)
    return found


def library_path(directory: Path) -> dict[str, str]:
    """Where unpacked programs find the libraries that came with them."""
    folders = sorted({str(path.parent) for path in (directory / "debian").glob("**/*.so*")})
    return {"LD_LIBRARY_PATH": ":".join(folders)} if folders else {}


class Apt:
    """Downloads Debian's packages into a folder, with lists of its own: no root is needed and nothing is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lists = folder / "lists"
        self.options = [
            "-o", f"Dir::State::lists={self.lists}", "-o", f"Dir::Cache={folder / 'cache'}",
            "-o", "APT::Sandbox::User=", "-o", "Debug::NoLocking=1", "-o", "Acquire::http::Timeout=20",
        ]  # fmt: skip

    def packages(self) -> list[Path]:
        """PostgreSQL and what it links to, except what the machine has."""
        complete = self.folder / "complete"
        if not complete.exists():
            (self.lists / "partial").mkdir(parents=True, exist_ok=True)
            (self.folder / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
            self.command("apt-get", *self.options, "update", "-qq")
            self.command("apt-get", *self.options, "download", "-qq", *self.names())
            complete.touch()
        return sorted(self.folder.glob("*.deb"))

    def names(self) -> list[str]:
        wanted = [name for name in self.depends("postgresql") if name.startswith("postgresql-")][:1]
        if not wanted:
            message = f"PostgreSQL is not installed, and apt-get knows of none: {INSTALL}"
            raise PostgresUnavailableError(message)
        found = [*wanted]
        while wanted:
            new = [name for name in self.depends(wanted.pop()) if name.startswith("lib") and name not in found]
            # compiled queries are not needed, and the C library is the machine's
            new = [name for name in new if not name.startswith(("libllvm", "libc6")) and not is_installed(name)]
            wanted += new
            found += new
        return found

    def depends(self, name: str) -> list[str]:
        said = self.command("apt-cache", *self.options, "depends", "--important", name)
        lines = (line.strip() for line in said.splitlines())
        return [line.partition(": ")[2] for line in lines if line.startswith("Depends: ") and "<" not in line]

    def command(self, *command: str) -> str:
        try:
            done = subprocess.run(
                command, cwd=self.folder, check=True, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS
            )
        except (OSError, subprocess.SubprocessError) as error:
            said = str(getattr(error, "stderr", "") or error).strip()
            message = f"PostgreSQL is not installed, and {command[0]} could not get it ({said[-300:]}): {INSTALL}"
            raise PostgresUnavailableError(message) from error
        return done.stdout


def is_installed(package: str) -> bool:
    done = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], check=False, capture_output=True, text=True)
    return done.stdout.startswith("install ok")
