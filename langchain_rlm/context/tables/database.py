"""The tables of a context, live: what is known of them, and the process that is asked."""

import asyncio
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from langchain_core.runnables import RunnableConfig

from langchain_rlm.context.tables.intake import FILE, MEMORY, Intake, config
from langchain_rlm.context.tables.makers import stamp_of
from langchain_rlm.context.tables.table import Table
from langchain_rlm.errors import InputError
from langchain_rlm.threads import on_thread

MOST_ROWS = 10_000
MOST_CHARACTERS = 2_000_000
"""What one query may give: it is kept in the journal."""
SECONDS = 60.0
"""Time for one query."""
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
"""Variables of the environment that the process of the queries has; no key is among them."""
ADVICE = "Filter or aggregate earlier, or ask in parts."
_SERVE = "from langchain_rlm.context.tables.worker import serve; serve({}, {!r})"


@dataclass
class _Job:
    """A question to the process, and what became of it."""

    is_cancelled: bool = False
    is_late: bool = False
    process: "subprocess.Popen[bytes] | None" = None

    def begin(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        if self.is_cancelled:  # by now
            self.end()

    def end(self) -> None:
        self.is_cancelled = True
        if self.process is not None:
            self.process.kill()


@dataclass
class TableSet:
    """The tables of a context. Whoever uses them says so with `enter` and `leave`: between, their file is there."""

    tables: tuple[Table, ...]
    intake: Intake | None
    sources: tuple[tuple[str, Any, str], ...] = ()
    users: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, intake: Intake) -> "TableSet | None":
        """The tables of an intake, which is over; None where it has none."""
        if intake.done() and intake.tables:
            return cls((*intake.tables,), intake, (*intake.sources,))
        intake.close()
        return None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._taking: Intake | None = None

    @property
    def identity(self) -> str:
        digest = hashlib.sha256()
        for table in self.tables:
            digest.update(json.dumps([table.name, table.rows, table.identity]).encode())
        return digest.hexdigest()

    def enter(self, user: str) -> None:
        """Have the tables ready; they are taken in again when the last user has left. It may block.

        Raises:
            InputError: They have changed since.
        """
        with self._lock:
            self.intake = self.intake or self._again()
            self.users.add(user)

    def _again(self) -> Intake:
        intake = self._taking = Intake()
        try:
            for wanted, data, source in self.sources:
                intake.add(wanted, data, source)
        except (InputError, OSError) as error:
            intake.close()
            msg = f"The table {source} cannot be read any more ({error}). Begin a new run."
            raise InputError(msg) from error
        finally:
            intake.done()
            self._taking = None
        was, now = ([(table.name, table.identity) for table in tables] for tables in (self.tables, intake.tables))
        if changed := [name for name, _ in {*was} ^ {*now}]:
            intake.close()
            msg = f"The table {changed[0]} is not what it was when the run began. Begin a new run."
            raise InputError(msg)
        return intake

    def leave(self, user: str) -> None:
        """End the process and remove the file, unless somebody else uses them. It may block."""
        self.users.discard(user)
        if self.users:
            return
        if (taking := self._taking) is not None:
            taking.stop()
        if (worker := self._worker) is not None:
            worker.kill()  # who waits for it holds the lock
        with self._lock:
            self._end()
            if self.intake is not None:
                self.intake.close()
                self.intake = None

    def _end(self) -> int | None:
        """End the process, and say how it ended."""
        worker, self._worker = self._worker, None
        if worker is None:
            return None
        worker.kill()
        worker.communicate()
        return worker.returncode

    async def sql(self, args: Sequence[Any], kwargs: Mapping[str, Any], _: RunnableConfig) -> Any:
        given = [*args, *kwargs.values()]
        if len(given) != 1 or not isinstance(given[0], str) or not given[0].strip():
            msg = "sql(query): pass one query, as a str"
            raise TypeError(msg)
        return await self._ask({"do": "sql", "query": given[0], "most_rows": MOST_ROWS})

    async def rows(self, args: Sequence[Any], kwargs: Mapping[str, Any], _: RunnableConfig) -> Any:
        return await self._ask(_asks_rows(*self._stretch(args, kwargs)))

    def read(self, name: str, start: int, end: int) -> str:
        """Rows as text, at once; they must be there. It may block."""
        asked = _asks_rows(*self._stretch([name, start, end], {}))
        made = self._asked(_Job(), {**asked, "most_characters": MOST_CHARACTERS})
        if "error" in made:
            raise ValueError(made["error"])
        return str(made["value"])

    def _stretch(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Table, int, int]:
        """The table and the rows that were asked for, as `rows` takes them; they must be there."""
        given = {**dict(zip(("table", "start", "end"), args, strict=False)), **kwargs}
        table = self.named(given.get("table"))
        start, end = given.get("start"), given.get("end")
        if not all(isinstance(one, int | None) and not isinstance(one, bool) for one in (start, end)):
            msg = f"rows(table, start, end): start and end are whole numbers, not {start!r:.60} and {end!r:.60}"
            raise TypeError(msg)
        start, end, _ = slice(start, end).indices(table.rows)
        if start >= end:
            msg = (
                f"rows(table, start, end): {table.name} has the rows 0 to {table.rows:,}, and none of them is asked for"
            )
            raise ValueError(msg)
        return table, start, end

    def named(self, name: Any) -> Table:
        for table in self.tables:
            if isinstance(name, str) and table.name.lower() == name.lower().strip('"'):
                return table
        known = ", ".join(table.name for table in self.tables[:20])
        msg = f"there is no table {name!r:.80}. There are: {known}"
        raise KeyError(msg)

    async def _ask(self, request: dict[str, Any]) -> Any:
        job = _Job()
        asked = {**request, "most_characters": MOST_CHARACTERS}
        try:
            made = await on_thread(partial(self._asked, job, asked))
        except asyncio.CancelledError:
            job.end()
            raise
        if "error" in made:
            raise ValueError(made["error"])
        return made["value"]

    def _asked(self, job: _Job, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if job.is_cancelled or self.intake is None:
                return {"error": "the run has ended."}
            self._check()
            job.begin(self._ready())
            made = _answered(job, json.dumps(request).encode())
            job.process = None
            if made is None:
                made = {"error": _lost(job, self._end())}
            elif made.get("ends"):
                self._end()
            self._check()
        return made

    def _check(self) -> None:
        """Refuse to go on with files that are read where they lie and have changed."""
        for table in self.tables:
            if table.file is not None:
                with contextlib.suppress(OSError):
                    if stamp_of(Path(table.file)) == table.stamp:
                        continue
                msg = f"the file {table.source} ({table.name}) has changed since the run began. Begin a new run."
                raise InputError(msg)

    def _ready(self) -> "subprocess.Popen[bytes]":
        if self._worker is not None:
            return self._worker
        assert self.intake is not None  # noqa: S101  # looked at before
        directory = self.intake.directory
        places = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        env = {**kept, "PYTHONPATH": places, "HOME": str(directory)}
        self._worker = subprocess.Popen(  # noqa: S603  # this interpreter, with our own code
            [sys.executable, "-P", "-c", _SERVE.format(os.getpid(), str(directory / FILE))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, start_new_session=True,
        )  # fmt: skip
        files = [table.file for table in self.tables if table.file is not None]
        settings = {"config": config(directory), "files": files, "memory": MEMORY}
        into = cast("IO[bytes]", self._worker.stdin)
        into.write(json.dumps(settings).encode() + b"\n")
        return self._worker


def _asks_rows(table: Table, start: int, end: int) -> dict[str, Any]:
    return {"do": "rows", "table": table.name, "start": start, "end": end, "file": table.file, "of": table.rows}


def _answered(job: _Job, line: bytes) -> dict[str, Any] | None:
    """What the process answers; None when it has ended over it, or was ended when its time was over."""
    process = cast("subprocess.Popen[bytes]", job.process)

    def late() -> None:
        job.is_late = True
        process.kill()

    timer = threading.Timer(SECONDS, late)
    timer.start()
    try:
        into, out = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        into.write(line + b"\n")
        into.flush()
        return dict(json.loads(out.readline()))
    except (OSError, ValueError):  # it has ended
        return None
    finally:
        timer.cancel()


def _lost(job: _Job, status: int | None) -> str:
    if job.is_late:
        return f"the query took longer than {SECONDS:g} seconds and was ended. {ADVICE}"
    return f"the query needs too much memory (its process ended with {status}). {ADVICE}"
