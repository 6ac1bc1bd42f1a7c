"""How each kind of table is made in a DuckDB file, and what shows that its source has changed."""

import codecs
import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from langchain_rlm.errors import InputError

WHOLE = 64_000_000
"""Bytes of a file that are all hashed; of a larger one, samples, with its size and the time of its last change."""
SAMPLES, SAMPLE = 64, 65_536
LONGEST_LINE = 16_000_000
"""Bytes of a line of a CSV file."""
HEAD = 65_536
_CSV = (
    "read_csv(?, delim = ?, quote = '\"', escape = '\"', skip = 0, comment = '', strict_mode = true, encoding = ?, "
    "max_line_size = ?, buffer_size = ?, sample_size = ?)"
)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Maker(Protocol):
    """Makes one table. `parquet` is the file that is read where it lies."""

    parquet: Path | None

    def stamp(self) -> tuple[int, int] | None:
        """What changes when the source is written, as far as that shows."""

    def make(self, connection: Any, name: str) -> None:
        """Make the table of that name, which is quoted."""

    def identity(self, connection: Any, name: str) -> str:
        """A hash of what is in it, or of what shows that it has changed."""


@dataclass
class OfFile:
    """A table of a file."""

    path: Path
    parquet: Path | None = None

    def stamp(self) -> tuple[int, int]:
        return stamp_of(self.path)

    def identity(self, *_: Any) -> str:
        return identity_of(self.path)


class Parquet(OfFile):
    """A Parquet file, which stays where it is."""

    def make(self, connection: Any, name: str) -> None:
        self.parquet = self.path
        path = str(self.path).replace("'", "''")
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")


class Text(OfFile):
    """CSV, TSV and JSON lines. Where the types of the first rows do not hold for all, all are looked at."""

    def make(self, connection: Any, name: str) -> None:
        import duckdb  # an extra

        if self.path.suffix.lower() not in (".csv", ".tsv"):
            reader = "read_json(?, format = 'newline_delimited', maximum_object_size = ?)"
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {reader}", [str(self.path), LONGEST_LINE])
            return
        between, encoding = self._form()
        given = [str(self.path), between, encoding, LONGEST_LINE, 2 * LONGEST_LINE]
        try:
            try:
                connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {_CSV}", [*given, 20_480])
            except duckdb.ConversionException:
                connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {_CSV}", [*given, -1])
        except (duckdb.ConversionException, duckdb.InvalidInputException) as error:
            why = _csv_error(str(error)) or _ragged(self.path, between, encoding) or str(error).partition("\n")[0]
            msg = f"cannot be read as a table ({why}). Mend it, or read it as text: tables=False."
            raise InputError(msg) from error

    def _form(self) -> tuple[str, str]:
        """What stands between the columns, and the encoding, from the beginning of the file."""
        with self.path.open("rb") as file:
            head = file.read(HEAD)
        encoding = "utf-16" if head.startswith(_UTF16) else "utf-8"
        if self.path.suffix.lower() == ".tsv":
            return "\t", encoding
        line = _QUOTED.sub("", head.decode(encoding, errors="replace")).partition("\n")[0]
        return max(",;\t|", key=line.count), encoding


@dataclass
class Frame:
    """A data frame, as DuckDB reads it."""

    data: Any
    parquet: Path | None = None

    def stamp(self) -> None:
        return None

    def make(self, connection: Any, name: str) -> None:
        connection.register("_rlm_given", self.data)
        try:
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM _rlm_given")
        finally:
            connection.unregister("_rlm_given")

    def identity(self, connection: Any, name: str) -> str:
        return hash_of_rows(connection, name)


def hash_of_rows(connection: Any, name: str) -> str:
    """A hash of all rows and their order, as this version of DuckDB makes it."""
    hashed = f"SELECT bit_xor(hash(n, t)), count(*) FROM (SELECT rowid AS n, t FROM {name} AS t)"
    return hashlib.sha256(str(connection.execute(hashed).fetchone()).encode()).hexdigest()


def stamp_of(path: Path) -> tuple[int, int]:
    """Size and time of the last change."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def identity_of(path: Path) -> str:
    """A hash of a file's bytes; of a large one, of samples of them, its size and the time of its last change."""
    size, changed = stamp_of(path)
    with path.open("rb") as file:
        if size <= WHOLE:
            return hashlib.file_digest(file, "sha256").hexdigest()
        digest = hashlib.sha256(f"{size} {changed}".encode())
        for sample in range(SAMPLES):
            file.seek((size - SAMPLE) * sample // (SAMPLES - 1))
            digest.update(file.read(SAMPLE))
    return digest.hexdigest()


def _csv_error(said: str) -> str | None:
    """The line and what is wrong with it, from a page of advice."""
    where = re.search(r"on Line: (\d+)", said)
    lines = [line for line in said.splitlines()[1:] if line and not line.startswith(("Original Line:", "Possible"))]
    return f"line {int(where[1]):,}: {lines[0][:200]}" if where and lines else None


def _ragged(path: Path, between: str, encoding: str) -> str | None:
    """The first line that has another number of columns than the first."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=between)
        width = len(next(rows, []))
        for row in rows:
            if row and len(row) != width:
                return f"line {rows.line_num:,} has {len(row):,} columns, and the first has {width:,}"
    return None
