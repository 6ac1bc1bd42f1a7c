"""How tables come in: each is copied into a DuckDB file, but for Parquet, which is read where it lies.

What runs here is our own SQL. Models' SQL runs in `worker.py`, when the file is there.
"""

import hashlib
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_rlm.context.tables.kinds import PARQUET, TEXT
from langchain_rlm.context.tables.profile import profiled
from langchain_rlm.context.tables.table import Table, free_name, quoted
from langchain_rlm.errors import InputError, MissingExtraError

MEMORY = 1_000_000_000
"""Bytes that DuckDB may hold, beside what it does not count."""
THREADS = 4
WHOLE = 64_000_000
"""Bytes of a file that are all hashed; of a larger one, samples, with its size and the time of its last change."""
SAMPLES, SAMPLE = 64, 65_536
FILE = "tables.duckdb"
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
        self.directory = Path(tempfile.mkdtemp(prefix="langchain-rlm-tables-"))
        self.close = weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)
        self._lock = threading.Lock()
        self._connection = duckdb.connect(str(self.directory / FILE), config=config(self.directory))
        self._errors = duckdb.Error
        self._reserved = frozenset(
            word for (word,) in self._connection.execute(
                "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
            ).fetchall()
        )  # fmt: skip

    def stop(self) -> None:
        """Interrupt what runs; no more is taken in."""
        self._connection.interrupt()

    def add(self, wanted: str, data: Any, source: str) -> list[Table]:
        """Take in a file, a data frame or a database.

        Raises:
            InputError: It cannot be read as tables.
        """
        before = len(self.tables)
        try:
            with self._lock:
                for name, called, make in self._parts(wanted, data, source):
                    self._add(name, called, make)
        except self._errors as error:
            del self.tables[before:]
            msg = f"cannot be read as a table ({_said(error)})."
            raise InputError(msg) from error
        self.sources.append((wanted, data, source))
        return self.tables[before:]

    def _parts(self, wanted: str, data: Any, source: str) -> Iterator[tuple[str, str, Any]]:
        if isinstance(data, Path):
            yield wanted, source, _Parquet(data) if data.suffix.lower() in PARQUET else _Text(data)
        else:
            yield wanted, source, _Frame(data)

    def _add(self, wanted: str, source: str, maker: Any) -> None:
        name = free_name(wanted, [table.name for table in self.tables], self._reserved)
        connection = self._connection
        stamp = maker.stamp()
        maker.make(connection, quoted(name))
        if maker.stamp() != stamp:
            connection.execute(f"DROP TABLE {quoted(name)}")
            msg = "changed while it was read. Ask again when nothing writes to it."
            raise InputError(msg)
        identity = maker.identity(connection, quoted(name))
        file = str(maker.path) if isinstance(maker, _Parquet) else None
        self.tables.append(profiled(connection, name, source, identity=identity, file=file, stamp=stamp))

    def done(self) -> None:
        """Close the file: from now on it is only read."""
        self._connection.close()


@dataclass
class _OfFile:
    path: Path

    def stamp(self) -> tuple[int, int]:
        return stamp_of(self.path)

    def identity(self, *_: Any) -> str:
        return identity_of(self.path)


class _Parquet(_OfFile):
    def make(self, connection: Any, name: str) -> None:
        path = str(self.path.resolve()).replace("'", "''")
        self.path = self.path.resolve()
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")


class _Text(_OfFile):
    def make(self, connection: Any, name: str) -> None:
        reader = TEXT[self.path.suffix.lower()]
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {reader}", [str(self.path)])


@dataclass
class _Frame:
    data: Any

    def stamp(self) -> None:
        return None

    def make(self, connection: Any, name: str) -> None:
        connection.register("_given", self.data)
        try:
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM _given")
        finally:
            connection.unregister("_given")

    def identity(self, connection: Any, name: str) -> str:
        hashed = f"SELECT bit_xor(hash(n, t)), count(*) FROM (SELECT rowid AS n, t FROM {name} AS t)"
        return hashlib.sha256(str(connection.execute(hashed).fetchone()).encode()).hexdigest()


def stamp_of(path: Path) -> tuple[int, int]:
    """Size and time of the last change."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def identity_of(path: Path) -> str:
    """A hash of a file's bytes; of a large one, of samples of them, its size and the time of its last change."""
    digest, (size, changed) = hashlib.sha256(), stamp_of(path)
    with path.open("rb") as file:
        if size <= WHOLE:
            return hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{size} {changed}".encode())
        for sample in range(SAMPLES):
            file.seek((size - SAMPLE) * sample // (SAMPLES - 1))
            digest.update(file.read(SAMPLE))
    return digest.hexdigest()


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:500]
