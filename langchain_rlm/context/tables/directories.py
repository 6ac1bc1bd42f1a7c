"""The directories that tables are copied into. What a killed process leaves behind, the next one removes."""

import contextlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

PREFIX = "langchain-rlm-tables-"
LOCK = "lock"
YOUNG = 60.0
"""Seconds in which a directory without a lock may be one that is just being made."""


def made() -> tuple[Path, IO[bytes]]:
    """A directory of our own, and the file that says that somebody uses it."""
    with contextlib.suppress(OSError):
        for other in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            _remove_if_left(other)
    directory = Path(tempfile.mkdtemp(prefix=PREFIX))
    file = (directory / LOCK).open("wb")
    _is_locked(file)
    return directory, file


def remove(directory: Path, lock: IO[bytes]) -> None:
    """Remove a directory of our own."""
    shutil.rmtree(directory, ignore_errors=True)
    lock.close()


def _remove_if_left(directory: Path) -> None:
    with contextlib.suppress(OSError):  # another user's, or another process does the same
        if time.time() - directory.stat().st_mtime > YOUNG:
            with (directory / LOCK).open("rb+") as file:
                if _is_locked(file):
                    shutil.rmtree(directory, ignore_errors=True)


def _is_locked(file: IO[bytes]) -> bool:
    """Whether the lock is ours now. It goes with the process that holds it, however that ends."""
    try:
        import fcntl
    except ImportError:  # Windows: nothing is removed there
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
