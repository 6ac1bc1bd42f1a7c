"""A real Chromium for tests: the machine's own, or else Debian's, unpacked into the user's cache without root."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.debian import libraries, unpacked

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
UNPACKED = Path("usr/lib/chromium/chromium")


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
        UnavailableError: There is none, and none can be downloaded.
    """
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return Chromium(Path(found))
    root = unpacked("Chromium", ("chromium", "chromium-common"), UNPACKED)
    return Chromium(root / UNPACKED, libraries(root))
