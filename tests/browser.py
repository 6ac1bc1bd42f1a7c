"""A real Chromium for tests: the machine's own, or else Debian's, unpacked into the user's cache without root."""

import contextlib
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.postgres import DOWNLOAD_SECONDS, Apt, is_installed

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
UNPACKED = Path("usr/lib/chromium/chromium")
INSTALL = "install it (apt-get install chromium), or let apt-get reach Debian's packages"


class ChromiumUnavailableError(Exception):
    """No Chromium is here and none can be had; the message says what to install."""


@dataclass(frozen=True)
class Chromium:
    """A browser's program, and the environment that it needs."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)

    @contextlib.contextmanager
    def running(self) -> Iterator[Browser]:
        """The browser, for as long as the block.

        Playwright keeps an event loop of this thread to itself meanwhile: no asynchronous test may run.
        """
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=self.program,
                chromium_sandbox=False,  # it does not start as root, and shows our own pages only
                env={**os.environ, **self.environment},
            )
            try:
                yield browser
            finally:
                browser.close()


def find_chromium() -> Chromium:
    """The machine's Chromium, or Debian's, which is downloaded once.

    Raises:
        ChromiumUnavailableError: There is none, and none can be downloaded.
    """
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return Chromium(Path(found))
    root = unpacked()
    folders = sorted({str(path.parent) for path in root.glob("usr/lib/**/*.so*")})
    return Chromium(root / UNPACKED, {"LD_LIBRARY_PATH": ":".join(folders)})


def unpacked() -> Path:
    """Where Debian's packages are unpacked."""
    if not all(map(shutil.which, ("apt-get", "apt-cache", "dpkg"))):
        message = f"Chromium is not installed, and this is no Debian: {INSTALL}"
        raise ChromiumUnavailableError(message)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "langchain-rlm-tests"
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    root = cache / "chromium" / f"{codename}-{platform.machine()}"
    if not (root / UNPACKED).exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            _unpack(Path(folder))
            root.parent.mkdir(exist_ok=True)
            with contextlib.suppress(OSError):  # another process was first
                (Path(folder) / "root").rename(root)
    return root


def _unpack(folder: Path) -> None:
    apt = ChromiumApt(folder / "debian")
    for package in apt.packages():
        apt.command("dpkg", "-x", str(package), str(folder / "root"))
    if not (folder / "root" / UNPACKED).exists():
        message = f"Debian's packages hold no {UNPACKED}: {INSTALL}"
        raise ChromiumUnavailableError(message)


class ChromiumApt(Apt):
    """Downloads Chromium and what it links to, except what the machine has."""

    def names(self) -> list[str]:
        wanted = ["chromium", "chromium-common"]
        found = [*wanted]
        while wanted:
            new = [name for name in self.depends(wanted.pop()) if name.startswith("lib") and name not in found]
            new = [name for name in new if not name.startswith(("libllvm", "libc6")) and not is_installed(name)]
            wanted += new
            found += new
        return found

    def command(self, *command: str) -> str:
        try:
            done = subprocess.run(
                command, cwd=self.folder, check=True, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS
            )
        except (OSError, subprocess.SubprocessError) as error:
            said = str(getattr(error, "stderr", "") or error).strip()
            message = f"Chromium is not installed, and {command[0]} could not get it ({said[-300:]}): {INSTALL}"
            raise ChromiumUnavailableError(message) from error
        return done.stdout
