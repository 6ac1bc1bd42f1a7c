"""The results of a benchmark on disk: one JSON line for each run, written whole, and who may write.

A line is appended with one write and synced before the next run counts as done; what a kill leaves of a last line is
dropped. The newest line of a run counts.
"""

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, cast

from typing_extensions import TypedDict

from langchain_rlm.errors import InputError
from langchain_rlm.testing.quality.grid import sha256
from langchain_rlm.testing.quality.meter import Usage

VERSION = 1
SHORT = 2_000
"""Characters of an answer, or of what is right, that stand in a record; longer ones stand in a file of their own."""
Status = Literal["answered", "failed", "unfinished"]


class FailureRecord(TypedDict):
    """Why a run has no answer."""

    type: str
    message: str


class Record(Usage):
    """One run. `unfinished`: the benchmark ended first; only what it has spent counts, and it is run again."""

    version: int
    key: str
    status: Status
    kind: str
    method: str
    size: int
    seed: int
    searchable: bool
    task: str
    """The hash of question, texts and gold."""
    prompts: str
    """The hash of all prompts that were sent, in whatever order."""
    answer: str
    answer_sha256: str
    answer_characters: int
    gold: Any
    """What is right; null where it is long, as the task can be made again."""
    score: float
    seconds: float
    stop_reason: str
    failure: FailureRecord | None
    versions: dict[str, str]


@dataclass
class Results:
    """A folder of results, which one process writes at a time: use it as a context manager."""

    folder: Path
    say: Callable[[str], None] = print
    records: dict[str, Record] = field(default_factory=dict)
    """The newest finished record of each run."""
    spent: float = 0.0
    """US dollars of all records, those that were run again too."""
    _lock: int | None = None

    @property
    def file(self) -> Path:
        return self.folder / "results.jsonl"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            self._mend()
            for record in read_records(self.file):
                self._count(record)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others write."""
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    def append(self, record: Record, answer: str = "") -> None:
        """Write a record, and its answer when it is long; both are on disk when this returns."""
        if len(answer) > SHORT:
            self._write_answer(record["answer_sha256"], answer)
        line = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
        _append(self.file, line.encode(errors="backslashreplace"))
        self._count(record)

    def is_done(self, key: str, *, again_failed: bool = False) -> bool:
        found = self.records.get(key)
        return found is not None and not (again_failed and found["status"] == "failed")

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder, whole or not at all."""
        file = self.folder / name
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        with beside.open("w", encoding="utf-8", errors="backslashreplace") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(file)

    def _count(self, record: Record) -> None:
        self.spent += record["cost"] or 0.0
        if record["status"] != "unfinished":
            self.records[record["key"]] = record

    def _write_answer(self, name: str, answer: str) -> None:
        (self.folder / "answers").mkdir(exist_ok=True)
        self.write(f"answers/{name}.txt", answer)

    def _take_lock(self) -> None:
        """Hold the folder for this process: the system lets go of it when the process ends, however it does."""
        self._lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._lock, 200).decode(errors="replace").strip() or "another process"
            os.close(self._lock)
            self._lock = None
            msg = f"{self.folder}: {holder} writes here. Wait for it, or name another folder with --out."
            raise InputError(msg) from None
        os.ftruncate(self._lock, 0)
        os.write(self._lock, f"process {os.getpid()} on {socket.gethostname()}".encode())

    def _mend(self) -> None:
        """Drop the last line when a kill has cut it off."""
        if not self.file.exists():
            return
        content = self.file.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            with self.file.open("r+b") as file:
                file.truncate(whole)
                os.fsync(file.fileno())
            self.say(f"{self.file}: the last line was cut off and is dropped; its run is made again.")


def read_records(file: Path) -> list[Record]:
    """All records of a results file, in order.

    Raises:
        InputError: A line is no record, or one of another version.
    """
    if not file.exists():
        return []
    records: list[Record] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n")[:-1], 1):
        try:
            read: Any = json.loads(line)
        except ValueError:
            read = None
        if not isinstance(read, dict) or "version" not in read:
            msg = f"{file}, line {number}: this is no record of a benchmark. Name another folder with --out."
            raise InputError(msg)
        if read["version"] != VERSION:
            msg = (
                f"{file}: its records are of version {read['version']}, and this is version {VERSION}. "
                "Name another folder with --out."
            )
            raise InputError(msg)
        records.append(cast("Record", read))
    return records


def shortened(text: str) -> tuple[str, str, int]:
    """The text as it stands in a record, its hash, and its length."""
    shown = text if len(text) <= SHORT else text[:SHORT]
    return shown, sha256(text), len(text)


def short_gold(gold: Any) -> Any:
    """What is right, where it is short."""
    return gold if len(json.dumps(gold, default=str)) <= SHORT else None


def check_manifest(folder: Path, made: Mapping[str, Any]) -> None:
    """Refuse to mix results: models and settings of a folder stay what they were.

    Raises:
        InputError: The folder has results of other models or settings.
    """
    file = folder / "manifest.json"
    if not file.exists():
        return
    before: Any = {}
    with contextlib.suppress(ValueError):
        before = json.loads(file.read_text(encoding="utf-8"))
    old, new = before.get("settings", {}), made["settings"]
    for name in new:
        if name in old and old[name] != new[name]:
            msg = f"{folder}: its results have {name}={old[name]!r}, not {new[name]!r}. Name another folder with --out."
            raise InputError(msg)


def _append(file: Path, line: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        view = memoryview(line)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
