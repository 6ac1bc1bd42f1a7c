"""How tables come in: each is copied into a DuckDB file, but for Parquet, which is read where it lies.

What runs here is our own SQL. Models' SQL runs in `worker.py`, when the file is there.
"""

import contextlib
import threading
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from langchain_rlm.context.tables import directories
from langchain_rlm.context.tables.copied import of_database, of_file
from langchain_rlm.context.tables.kinds import PARQUET, TEXT, is_sql_database
from langchain_rlm.context.tables.makers import Frame, Maker, Parquet, Text
from langchain_rlm.context.tables.profile import profiled
from langchain_rlm.context.tables.table import Table, free_name, quoted
from langchain_rlm.errors import InputError, MissingExtraError

MEMORY = 1_000_000_000
"""Bytes that DuckDB may hold, beside what it does not count."""
THREADS = 4
HANGS = 10.0
"""Seconds in which a database must end what it was asked."""
FILE = "tables.duckdb"
SLOW = "fsst,dict_fsst,zstd"
"""Ways to compress that take more time to write than they save in one run: the copy takes half, and is half as large
again."""
NEEDS = "reading tables needs an extra: pip install 'langchain-rlm[tables]'."


def config(directory: Path) -> dict[str, Any]:
    """The settings of DuckDB: nothing is fetched, and memory is bounded."""
    return {
        "memory_limit": f"{MEMORY // 1_000_000}MB", "threads": str(THREADS),
        "temp_directory": str(directory / "spilled"),
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
    }  # fmt: skip


@dataclass
class Intake:
    """Tables that are being taken in. `close` gives the directory back, as does whoever forgets this."""

    tables: list[Table] = field(default_factory=list)
    sources: list[tuple[str, Any, str]] = field(default_factory=list)
    """What was given to `add`: to take it in again."""

    def __post_init__(self) -> None:
        try:
            import duckdb  # an extra
        except ImportError as error:
            raise MissingExtraError(NEEDS) from error
        self.directory, lock = directories.made()
        self.close = weakref.finalize(self, directories.remove, self.directory, lock)
        self._lock, self._stopped, self._errors = threading.Lock(), threading.Event(), duckdb.Error
        opened = list[Any]()
        with self._lock:  # from the first call on: the end of the process waits for each
            weakref.finalize(self, _ended, opened, self._lock, self._stopped, duckdb.Error)
            self._connection = duckdb.connect(str(self.directory / FILE), config=config(self.directory))
            opened.append(self._connection)
            self._connection.execute(f"SET disabled_compression_methods = '{SLOW}'")
            self._reserved = frozenset(
                word for (word,) in self._connection.execute(
                    "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
                ).fetchall()
            )  # fmt: skip

    def stop(self) -> None:
        """Interrupt what runs; no more is taken in."""
        self._stopped.set()
        with contextlib.suppress(self._errors):  # it is closed
            self._connection.interrupt()

    def add(self, wanted: str, data: Any, source: str) -> list[Table]:
        """Take in a file, a data frame or a database.

        Raises:
            InputError: It cannot be read as tables.
        """
        before = len(self.tables)
        with self._lock:
            try:
                for each in _makers(wanted, data, source, self._stopped):
                    self._add(*each)
            except (self._errors, InputError) as error:
                self._drop(self.tables[before:])
                if isinstance(error, InputError):
                    raise
                msg = f"cannot be read as a table ({_said(error)})."
                raise InputError(msg) from error
        self.sources.append((wanted, data, source))
        return self.tables[before:]

    def _add(self, wanted: str, source: str, maker: Maker) -> None:
        name = free_name(wanted, [table.name for table in self.tables], self._reserved)
        connection, stamp = self._connection, maker.stamp()
        maker.make(connection, quoted(name))
        identity = maker.identity(connection, quoted(name))
        file = str(maker.parquet) if maker.parquet is not None else None
        table = profiled(connection, name, source, self._reserved)
        self.tables.append(replace(table, identity=identity, file=file, stamp=stamp))
        if maker.stamp() != stamp:
            msg = "changed while it was read. Ask again when nothing writes to it."
            raise InputError(msg)

    def _drop(self, tables: Sequence[Table]) -> None:
        """Take back tables of something of which not all can be read."""
        for table in tables:
            kind = "TABLE" if table.file is None else "VIEW"
            self._connection.execute(f"DROP {kind} {quoted(table.name)}")
            self.tables.remove(table)

    def done(self) -> bool:
        """Close the file: from now on it is only read. What is being taken in is given up; False when that hangs."""
        self.stop()
        if not self._lock.acquire(timeout=HANGS):
            return False
        try:
            self._connection.close()
        finally:
            self._lock.release()
        return True


def _ended(opened: Sequence[Any], lock: threading.Lock, stopped: threading.Event, errors: type[Exception]) -> None:
    """Wait for what runs at the end of the process, and let nothing begin: a thread that comes back later aborts it."""
    stopped.set()
    for connection in opened:
        with contextlib.suppress(errors):  # it is closed
            connection.interrupt()
    lock.acquire(timeout=HANGS)


def _said(error: Exception) -> str:
    return " ".join(str(error).partition("LINE 1:")[0].split())[:500]


def _makers(wanted: str, data: Any, source: str, stopped: threading.Event) -> Iterator[tuple[str, str, Maker]]:
    """What makes the tables of a file, a data frame or a database, each with the name wanted and what it is called."""
    if is_sql_database(data):
        yield from of_database(data, source, stopped)
    elif not isinstance(data, Path):
        yield wanted, source, Frame(data)
    elif data.suffix.lower() in PARQUET:
        yield wanted, source, Parquet(data.resolve())
    elif data.suffix.lower() in TEXT:
        yield wanted, source, Text(data)
    else:
        yield from of_file(wanted, data, source, stopped)
