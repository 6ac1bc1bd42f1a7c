"""Programs for tests that the machine does not have: Debian's packages, unpacked without root and installed nowhere."""

import contextlib
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

DOWNLOAD_SECONDS = 300.0


class UnavailableError(Exception):
    """A program is not here and cannot be had; the message says what to install."""


def cache() -> Path:
    """Where this user's downloads are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "langchain-rlm-tests"


def system() -> str:
    """What packages are for: the release and the processor."""
    return f"{platform.freedesktop_os_release().get('VERSION_CODENAME', '')}-{platform.machine()}"


def libraries(root: Path) -> dict[str, str]:
    """Where unpacked programs find the libraries that came with them."""
    folders = sorted({str(path.parent) for path in root.glob("**/*.so*")})
    return {"LD_LIBRARY_PATH": ":".join(folders)} if folders else {}


class Apt:
    """Downloads packages, with lists of its own.

    Args:
        name: The program's name, for messages.
        package: What a person would install.
        folder: Where the packages are kept.
    """

    def __init__(self, name: str, package: str, folder: Path) -> None:
        self.advice = f"install it (apt-get install {package}), or let apt-get reach Debian's packages"
        self.name = name
        self.folder = folder
        self.lists = folder / "lists"
        self.options = [
            "-o", f"Dir::State::lists={self.lists}", "-o", f"Dir::Cache={folder / 'cache'}",
            "-o", "APT::Sandbox::User=", "-o", "Debug::NoLocking=1", "-o", "Acquire::http::Timeout=20",
        ]  # fmt: skip
        if not all(map(shutil.which, ("apt-get", "apt-cache", "dpkg"))):
            message = f"{name} is not installed, and this is no Debian: {self.advice}"
            raise UnavailableError(message)

    def unpack(self, target: Path, wanted: Callable[["Apt"], Iterable[str]]) -> None:
        """Unpack the wanted packages and the libraries that they link to and the machine lacks; download them once."""
        complete = self.folder / "complete"
        if not complete.exists():
            (self.lists / "partial").mkdir(parents=True, exist_ok=True)
            (self.folder / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
            self.command("apt-get", *self.options, "update", "-qq")
            self.command("apt-get", *self.options, "download", "-qq", *self._with_libraries([*wanted(self)]))
            complete.touch()
        for package in sorted(self.folder.glob("*.deb")):
            self.command("dpkg", "-x", str(package), str(target))

    def _with_libraries(self, wanted: list[str]) -> list[str]:
        found = [*wanted]
        while wanted:
            new = [name for name in self.depends(wanted.pop()) if name.startswith("lib") and name not in found]
            # compiled queries are not needed, and the C library is the machine's
            new = [name for name in new if not name.startswith(("libllvm", "libc6")) and not _is_installed(name)]
            wanted += new
            found += new
        return found

    def depends(self, name: str) -> list[str]:
        """What a package needs."""
        said = self.command("apt-cache", *self.options, "depends", "--important", name)
        lines = (line.strip() for line in said.splitlines())
        return [line.partition(": ")[2] for line in lines if line.startswith("Depends: ") and "<" not in line]

    def command(self, *command: str) -> str:
        """Run a command and return what it says.

        Raises:
            UnavailableError: It fails.
        """
        try:
            done = subprocess.run(
                command, cwd=self.folder, check=True, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS
            )
        except (OSError, subprocess.SubprocessError) as error:
            said = str(getattr(error, "stderr", "") or error).strip()
            message = f"{self.name} is not installed, and {command[0]} could not get it ({said[-300:]}): {self.advice}"
            raise UnavailableError(message) from error
        return done.stdout


def unpacked(name: str, packages: Iterable[str], program: Path) -> Path:
    """Where packages are unpacked, once for all test runs; `program` is what must be in them.

    Raises:
        UnavailableError: They cannot be downloaded, or do not hold it.
    """
    packages = [*packages]
    kept = cache() / packages[0]
    root = kept / system()
    if not (root / program).exists():
        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept) as folder:
            apt = Apt(name, packages[0], Path(folder) / "debian")
            apt.unpack(Path(folder) / "root", lambda _: packages)
            if not (Path(folder) / "root" / program).exists():
                message = f"Debian's packages hold no {program}: {apt.advice}"
                raise UnavailableError(message)
            with contextlib.suppress(OSError):  # another process was first
                (Path(folder) / "root").rename(root)
    return root


def _is_installed(package: str) -> bool:
    done = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], check=False, capture_output=True, text=True)
    return done.stdout.startswith("install ok")
