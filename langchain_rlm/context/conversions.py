"""The loading of a context: how far it is, and its files that are converted, several at once.

Conversions run in processes of their own, which can be ended at any moment, and what they give is kept by a hash of the
file's bytes: the next run does not convert them again. The processes run `convert.serve` and nothing of the caller's.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import IO, Any, cast

from langchain_rlm.context import convert
from langchain_rlm.context.blobs import Directory
from langchain_rlm.context.corpus import LeftOut, SourceText
from langchain_rlm.context.paths import CACHE
from langchain_rlm.context.paths import cache as cache_directory
from langchain_rlm.context.tables.database import TableSet
from langchain_rlm.context.tables.intake import Intake
from langchain_rlm.context.tables.table import Table
from langchain_rlm.errors import InputError, MissingExtraError

KEPT = 500_000_000
"""Bytes of converted texts that are kept; the oldest go."""
AT_ONCE = min(8, os.cpu_count() or 1)
TOLD = 1.0
"""Seconds between two reports of progress."""
_PACKAGES = ("langchain-rlm", "pypdf", "markitdown", "python-calamine", "html-to-markdown", "striprtf")
_SERVE = "from langchain_rlm.context.convert import serve; serve({})"


@dataclass
class Loading(contextlib.AbstractContextManager["Loading"]):
    """The loading of one context. `tell` is called with the number of files that are loaded, and of all."""

    tell: Callable[[int, int], None] | None = None
    read: list[SourceText | LeftOut | Table] = field(default_factory=list)
    """What there is so far."""
    done: int = 0
    is_stopped: bool = False

    def __post_init__(self) -> None:
        self._told, self._said, self._begun = time.monotonic(), (0, 0), 0
        self._ahead: dict[Path, Future[dict[str, Any]] | None] = {}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._idle: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, "rlm-convert")
        self._kept = kept()
        self._intake: Intake | None = None

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._pool.shutdown()
        if intake := self._intake:  # nobody took it
            intake.done()
            intake.close()

    def stop(self) -> None:
        """End the processes; what waits for them ends, too."""
        with self._lock:
            self.is_stopped, processes, self._processes = True, self._processes, []
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
            process.communicate()
        if self._intake is not None:
            self._intake.stop()
        if self._kept and processes:
            drop_oldest(self._kept.path)

    def ahead(self, paths: Iterable[Path], encoding: str | None) -> None:
        """Files that will be read: they are counted, and converted before they are asked for."""
        if self.is_stopped:
            raise CancelledError
        for path in paths:
            if path not in self._ahead:
                is_text = path.suffix.lower() not in convert.SUFFIXES
                self._ahead[path] = None if is_text else self._pool.submit(self._convert, path, encoding)

    def tables(self, wanted: str, data: Any, source: str) -> list[Table]:
        """Take in a file, a data frame or a database as tables; for the arguments see `Intake.add`."""
        with self._lock:
            if self.is_stopped:
                raise CancelledError
            self._intake = self._intake or Intake()
        return self._intake.add(wanted, data, source)

    def taken(self) -> TableSet | None:
        """The tables that were taken in so far, if any; from now on they belong to who asked."""
        with self._lock:
            intake, self._intake = self._intake, None
        return TableSet.of(intake) if intake is not None else None

    def step(self) -> None:
        """A file is about to be read."""
        self.check()
        self.done, self._begun = self._begun, self._begun + 1
        self._report()

    def check(self) -> None:
        """End the loading where it was stopped."""
        if self.is_stopped:
            raise CancelledError

    def _report(self) -> None:
        counts = self.counts()
        if self.tell and counts != self._said and time.monotonic() - self._told > TOLD:
            self._told, self._said = time.monotonic(), counts
            self.tell(*counts)

    def counts(self) -> tuple[int, int]:
        """Files that are read, and all that are known."""
        return self.done, max(self._begun, len(self._ahead))

    def converted(self, path: Path, encoding: str | None) -> tuple[str, dict[str, Any]]:
        """The text of a file that is no text, and what else is known of it."""
        future = self._ahead.get(path)
        self._ahead[path] = None
        while future and not wait([future], TOLD).done:
            self._report()
        made = future.result() if future else self._convert(path, encoding)
        if "error" in made:
            kind = MissingExtraError if "needs an extra" in made["error"] else InputError
            msg = f"{path}: {made['error']}"
            raise kind(msg)
        return made["text"], made["facts"]

    def _convert(self, path: Path, encoding: str | None) -> dict[str, Any]:
        try:
            data = path.read_bytes()
        except OSError as error:
            return {"error": f"cannot be read ({error.strerror})."}
        asked = {"suffix": path.suffix.lower(), "encoding": encoding, "size": len(data)}
        line = json.dumps(asked).encode() + b"\n"
        key = hashlib.sha256(_version() + line + data).hexdigest()
        made = _found(self._kept, key)
        if made is None:
            made = self._answered(line, data)
            if self._kept and "error" not in made:
                text = json.dumps(made).encode()
                with contextlib.suppress(InputError):  # a full disk, or one that cannot be written
                    self._kept.put(key, hashlib.sha256(text).hexdigest().encode() + text)
        return made

    def _answered(self, line: bytes, data: bytes) -> dict[str, Any]:
        """Have a process convert a file; one that ends over it is not used again."""
        try:
            with self._lock:
                process = self._idle.pop() if self._idle else self._started()
        except OSError as error:
            return {"error": f"the file cannot be converted (no process starts: {error.strerror})."}
        into, out = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        with contextlib.suppress(OSError, ValueError):  # it has ended
            into.write(line + data)
            into.flush()
            made = dict(json.loads(out.readline()))
            self._idle.append(process)
            return made
        return {"error": f"the file is damaged, or too large: what converts it ends with {process.wait()}."}

    def _started(self) -> subprocess.Popen[bytes]:
        if self.is_stopped:
            raise CancelledError
        places = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
        process = subprocess.Popen(  # noqa: S603  # this interpreter, with our own code
            [sys.executable, "-P", "-c", _SERVE.format(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": places}, start_new_session=True,
        )  # fmt: skip
        self._processes.append(process)
        return process


def kept(folder: str = "converted") -> Directory | None:
    """Where converted texts are kept, or what else a folder is for, if it is."""
    path = cache_directory()
    return None if path is None else Directory(path / folder, CACHE)


def _found(directory: Directory | None, key: str) -> dict[str, Any] | None:
    """What is kept under a key; damaged entries are not there."""
    with contextlib.suppress(InputError, OSError):
        data = (directory and directory.get(key)) or b""
        if directory and data[:64] == hashlib.sha256(data[64:]).hexdigest().encode():
            os.utime(directory.file(key))
            return dict(json.loads(data[64:]))
    return None


def drop_oldest(directory: Path) -> None:
    """Keep what was used last of a directory of the cache."""
    with contextlib.suppress(OSError):  # another process does the same
        states = {file: file.stat() for file in directory.iterdir()}
        size = 0
        for file in sorted(states, key=lambda file: states[file].st_mtime, reverse=True):
            size += states[file].st_size
            if size > KEPT:
                file.unlink(missing_ok=True)


@cache
def _version() -> bytes:
    """What converts: a text that is kept is that of the same code and libraries."""
    said = [Path(convert.__file__).with_name(name).read_text("utf-8") for name in ("convert.py", "encodings.py")]
    for package in _PACKAGES:
        with contextlib.suppress(ModuleNotFoundError):
            said.append(f"{package} {distribution(package).version}")
    return hashlib.sha256("".join(said).encode()).digest()
