"""Tables whose rows come as Python values: SQLite files, workbooks, databases behind LangChain's `SQLDatabase`.

They go into DuckDB through a CSV file: that needs no further package, and no memory for the rows. DuckDB's own
extensions for them are not used, because they would be fetched from the network.
"""

import datetime as dt
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from langchain_rlm.context.tables.kinds import SQLITE
from langchain_rlm.context.tables.makers import Maker, OfFile, hash_of_rows
from langchain_rlm.context.tables.table import quoted
from langchain_rlm.context.tables.values import names_of
from langchain_rlm.errors import InputError

AT_ONCE = 10_000
"""Rows that are fetched from a database at once."""
STEPS = 100_000
"""Steps of SQLite between two looks whether it is to stop."""
STOPPED = "was not read to its end: the loading was stopped."
NULL = "\\N"
"""Stands for no value; a text of that form is quoted, and stays a text."""
TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "BOOLEAN"), (int, "BIGINT"), ((float, Decimal), "DOUBLE"), (dt.datetime, "TIMESTAMP"),
    (dt.date, "DATE"), (dt.time, "TIME"), (bytes, "BLOB"),
)  # fmt: skip
"""DuckDB's types for those of Python; all others are texts."""
_OF_SQLITE = {"integer": "BIGINT", "real": "DOUBLE", "blob": "BLOB"}

Column = tuple[str, str]
"""Name and type."""
Rows = Iterable[Sequence[Any]]


def of_file(wanted: str, path: Path, source: str, stopped: Event) -> Iterator[tuple[str, str, Maker]]:
    """The tables of a SQLite file, or the sheets of a workbook."""
    if path.suffix.lower() in SQLITE:
        yield from _of_sqlite(path, source, stopped)
    else:
        yield from _of_workbook(wanted, path, source, stopped)


@dataclass
class Copied(OfFile):
    """A table of a file that `read` gives."""

    stopped: Event = field(default_factory=Event)
    read: Callable[[], tuple[list[Column], Rows]] = lambda: ([], ())

    def make(self, connection: Any, name: str) -> None:
        copy(connection, name, *self.read(), self.stopped)


def copy(connection: Any, name: str, columns: Sequence[Column], rows: Rows, stopped: Event) -> None:
    """Make a table of rows."""
    kinds = [kind for _, kind in columns]
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as file:
        for row in rows:
            if stopped.is_set():
                raise InputError(STOPPED)
            file.write(",".join(map(_cell, row, kinds)) + "\n")
        file.flush()
        names = names_of(column for column, _ in columns)
        read = {f"c{n}": "VARCHAR" if kind == "BLOB" else kind for n, kind in enumerate(kinds)}
        made = (f"from_hex(c{n})" if kind == "BLOB" else f"c{n}" for n, kind in enumerate(kinds))
        chosen = ", ".join(f"{one} AS {quoted(column)}" for one, column in zip(made, names, strict=True))
        connection.execute(
            f"CREATE TABLE {name} AS SELECT {chosen} FROM read_csv(?, auto_detect = false, header = false, "
            "delim = ',', quote = '\"', escape = '\"', nullstr = ?, allow_quoted_nulls = false, columns = ?, "
            "max_line_size = 64000000, buffer_size = 128000000, new_line = '\\n', parallel = false)",
            [file.name, NULL, read],
        )


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return NULL
    if isinstance(value, bytes):
        value = value.hex()
    return '"' + str(value).replace('"', '""') + '"' if kind in ("VARCHAR", "BLOB") else str(value)


def _of_sqlite(path: Path, source: str, stopped: Event) -> Iterator[tuple[str, str, Maker]]:
    """Each table and view. The file is opened to be read only."""
    with closing(_sqlite(path, stopped)) as file:
        try:
            found = file.execute(
                "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
                "ESCAPE '\\' ORDER BY rowid"
            ).fetchall()
        except sqlite3.Error as error:
            raise _unread(error) from error
    if not found:
        msg = "the database has no table."
        raise InputError(msg)
    for (name,) in found:
        read = partial(_sqlite_table, path, name, stopped)
        yield name, f"{source}, {name}", Copied(path, stopped=stopped, read=read)


def _sqlite(path: Path, stopped: Event) -> sqlite3.Connection:
    file = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    file.set_progress_handler(stopped.is_set, STEPS)  # a view may have no end
    return file


def _unread(error: Exception) -> InputError:
    return InputError(f"cannot be read as a table ({error}).")


def _sqlite_table(path: Path, name: str, stopped: Event) -> tuple[list[Column], Rows]:
    """Columns have the type of all their values, whatever was declared: SQLite does not hold anybody to it."""
    file = _sqlite(path, stopped)
    try:
        file.execute("BEGIN")  # one state of the file for all that is read
        table = _in_sqlite(name)
        named = [column[0] for column in file.execute(f"SELECT * FROM {table} LIMIT 0").description]
        asked = ", ".join(f"group_concat(DISTINCT typeof({_in_sqlite(column)}))" for column in named)
        kinds = [
            _kind(set((said or "").split(",")) - {"null", ""})
            for said in file.execute(f"SELECT {asked} FROM {table}").fetchone()
        ]
        return [*zip(named, kinds, strict=True)], _fetched(file, f"SELECT * FROM {table}")
    except sqlite3.Error as error:
        file.close()
        raise _unread(error) from error


def _in_sqlite(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _kind(found: set[str]) -> str:
    if found == {"integer", "real"}:
        return "DOUBLE"
    return _OF_SQLITE.get(next(iter(found)), "VARCHAR") if len(found) == 1 else "VARCHAR"


def _fetched(file: sqlite3.Connection, query: str) -> Rows:
    with closing(file):
        file.text_factory = lambda data: data.decode("utf-8", errors="replace")
        try:
            yield from file.execute(query)
        except sqlite3.Error as error:
            raise _unread(error) from error


def _of_workbook(wanted: str, path: Path, source: str, stopped: Event) -> Iterator[tuple[str, str, Maker]]:
    """Each sheet that has rows; its first row names the columns."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except (CalamineError, PasswordError, WorksheetNotFound, OSError, ValueError) as error:
        raise _unread(error) from error
    filled = {name: rows for name, rows in sheets.items() if rows}
    if not filled:
        msg = "the workbook has no rows."
        raise InputError(msg)
    for name, rows in filled.items():
        called = wanted if len(filled) == 1 else f"{wanted}_{name}"
        yield called, f"{source}, {name}", Copied(path, stopped=stopped, read=partial(_sheet, rows))


def _sheet(rows: list[list[Any]]) -> tuple[list[Column], Rows]:
    head, *body = rows
    body = [[_whole(value) for value in row] for row in body if any(value != "" for value in row)]
    named = [str(name).strip() or f"column{n}" for n, name in enumerate(head, 1)]
    return [*zip(named, (_type(row[n] for row in body) for n in range(len(named))), strict=True)], body


def _whole(value: Any) -> Any:
    """A value of a sheet, which knows no whole numbers, and has empty texts for no value."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None if value == "" else value


def _type(values: Iterable[Any]) -> str:
    found = {_type_of(type(value)) for value in values if value is not None}
    if found == {"BIGINT", "DOUBLE"}:
        return "DOUBLE"
    if found == {"DATE", "TIMESTAMP"}:
        return "TIMESTAMP"
    return found.pop() if len(found) == 1 else "VARCHAR"


def _type_of(kind: type) -> str:
    return next((name for kinds, name in TYPES if issubclass(kind, kinds)), "VARCHAR")


@dataclass
class OfDatabase:
    """A table of a database, copied with one SELECT of ours: no SQL of a model reaches the database."""

    database: Any
    table: Any
    stopped: Event
    parquet: Path | None = None

    def stamp(self) -> None:
        return None

    def make(self, connection: Any, name: str) -> None:
        columns = [(column.name, _type_in_database(column)) for column in self.table.columns]
        copy(connection, name, columns, self._rows(), self.stopped)

    def _rows(self) -> Rows:
        engine = self.database._engine  # noqa: SLF001  # which has no public name there
        with engine.connect().execution_options(stream_results=True, max_row_buffer=AT_ONCE) as connection:
            for part in connection.execute(self.table.select()).partitions(AT_ONCE):
                yield from part

    def identity(self, connection: Any, name: str) -> str:
        return hash_of_rows(connection, name)


def _type_in_database(column: Any) -> str:
    try:
        return _type_of(column.type.python_type)
    except NotImplementedError:
        return "VARCHAR"


def of_database(database: Any, source: str, stopped: Event) -> Iterator[tuple[str, str, Maker]]:
    """The tables that an `SQLDatabase` may use."""
    import sqlalchemy  # the package of `SQLDatabase` brings it

    metadata = sqlalchemy.MetaData()
    usable = sorted(database.get_usable_table_names())
    try:
        for name in usable:
            table = sqlalchemy.Table(name, metadata, autoload_with=database._engine, schema=database._schema)  # noqa: SLF001
            yield name, f"{source}, {name}", OfDatabase(database, table, stopped)
    except sqlalchemy.exc.SQLAlchemyError as error:
        msg = f"the database cannot be read ({str(error)[:300]})."
        raise InputError(msg) from error
    if not usable:
        msg = "the database has no table."
        raise InputError(msg)
