"""What is known of a table: its columns with their ranges, its rows, where it is from."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

TOLD = 60
"""Columns of a table that are told with their ranges."""
NAMED = 200
"""Further columns that are told by name."""
LONGEST = 10_000
"""Characters about the columns of one table."""
CELL = 60
"""Characters of a value that are told."""
LISTED = 20
"""Tables that are told with their columns."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Column:
    """A column: its name as SQL has it, and in words what is in it."""

    name: str
    kind: str
    range: str = ""

    def line(self) -> str:
        return " ".join(filter(None, (self.name, self.kind, self.range)))


@dataclass(frozen=True)
class Table:
    """A table that `sql` and `rows` know as `name`."""

    name: str
    source: str
    """What the user calls it: a file, a sheet, a variable."""
    rows: int
    columns: tuple[Column, ...]
    first: str = ""
    """Its first rows, as text."""
    identity: str = ""
    """A hash of what is in it, or of what shows that it has changed."""
    file: str | None = None
    """The Parquet file that is read where it lies."""
    stamp: tuple[int, int] | None = None
    """Size and time of change of that file, in bytes and nanoseconds."""


def quoted(name: str) -> str:
    """A name in SQL, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def shown(name: str, reserved: Collection[str]) -> str:
    """A name in SQL: in quotes where it needs them."""
    return name if _PLAIN.fullmatch(name) and name.lower() not in reserved else on_one_line(quoted(name))


def on_one_line(name: str) -> str:
    """A name that cannot pose as another line."""
    return name if name.isprintable() else json.dumps(name)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def free_name(wanted: str, taken: Collection[str], reserved: Collection[str] = ()) -> str:
    """A name for a table that needs no quotes: DuckDB does not tell apart upper and lower case."""
    name = re.sub(r"\W+", "_", wanted).strip("_") or "data"
    name = f"t_{name}" if name[0].isdigit() else name
    name = f"{name}_" if name.lower() in reserved else name
    count, known = 1, {one.lower() for one in taken}
    chosen = name
    while chosen.lower() in known:
        count += 1
        chosen = f"{name}_{count}"
    return chosen


def label(table: str, start: int, end: int) -> str:
    """How rows are named for people and for `cite`: counted from 1, the last one included."""
    return f"{table}, rows {start + 1}-{end}" if end - start > 1 else f"{table}, row {start + 1}"


def told(tables: Sequence[Table]) -> list[str]:
    """The lines of the first message about tables."""
    lines = [f"Tables for `sql` and `rows` (DuckDB); they are not in `context`: {len(tables):,}."] if tables else []
    for table in tables[:LISTED]:
        columns = _cut("; ".join(column.line() for column in table.columns[:TOLD]))
        more = [column.name for column in table.columns[TOLD:]]
        size = f"{table.rows:,} rows, {len(table.columns):,} columns"
        lines.append(f"`{table.name}` ({on_one_line(table.source)}): {size}: {columns}.")
        if more:
            listed = _cut(", ".join(more[:NAMED]) + (", ..." if len(more) > NAMED else ""))
            lines.append(f"And {len(more):,} more columns (DESCRIBE {table.name} has their types): {listed}.")
        lines += [f"<rows>\n{table.first}\n</rows>"] if table.first else []
    if len(tables) > LISTED:
        names = ", ".join(f"`{table.name}` {table.rows:,}" for table in tables[LISTED:][:NAMED])
        lines.append(f"Further tables, with rows: {names}.")
    return lines
