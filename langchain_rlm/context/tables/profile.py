"""The profile of a table: its columns, how many rows, what is in each column, the first rows."""

from collections.abc import Collection, Sequence
from typing import Any

from langchain_rlm.context.tables.table import CELL, TOLD, Column, Table, quoted, shown
from langchain_rlm.context.tables.values import as_text, flat, plain

FIRST = 3
"""Rows that are shown."""
WIDEST = 30
"""Columns of the rows that are shown."""
FEW = 8
"""Different values of a column of texts that are all told."""
_ORDERED = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "DATE", "TIME", "BOOLEAN")


def profiled(connection: Any, name: str, source: str, reserved: Collection[str]) -> Table:
    """Look at a table: one pass over all its rows, and one more for columns with few different values."""
    described = connection.execute(f"DESCRIBE {quoted(name)}").fetchall()
    names, kinds = [row[0] for row in described], [row[1] for row in described]
    rows, ranges = _ranges(connection, name, names[:TOLD], kinds)
    ranges += [""] * (len(names) - len(ranges))
    told = (shown(column, reserved) for column in names)
    columns = tuple(Column(*each) for each in zip(told, kinds, ranges, strict=True))
    return Table(name, source, rows, columns, _first(connection, name, names))


def _ranges(connection: Any, name: str, columns: Sequence[str], kinds: Sequence[str]) -> tuple[int, list[str]]:
    asked = ["count(*)"]
    for column, kind in zip(columns, kinds, strict=False):
        one = quoted(column)
        low_high = (f"min({one})", f"max({one})") if _is_ordered(kind) else (f"approx_count_distinct({one})", "NULL")
        asked += [
            f"count({one})",
            *(low_high if "[" not in kind and "(" not in kind.removeprefix("DECIMAL(") else ("NULL", "NULL")),
        ]
    found = connection.execute(f"SELECT {', '.join(asked)} FROM {quoted(name)}").fetchone()  # quoted
    rows, ranges = int(found[0]), list[str]()
    for place, (column, kind) in enumerate(zip(columns, kinds, strict=False)):
        count, low, high = found[1 + 3 * place : 4 + 3 * place]
        empty = f", {rows - count:,} empty" if count < rows else ""
        if low is None:
            ranges.append(empty.removeprefix(", "))
        elif _is_ordered(kind):
            ranges.append(f"{_short(low)} to {_short(high)}{empty}")
        else:
            ranges.append(_texts(connection, name, column, low) + empty)
    return rows, ranges


def _is_ordered(kind: str) -> bool:
    return kind.removeprefix("U").removeprefix("BIG").removeprefix("HUGE").startswith(_ORDERED) or kind.endswith("INT")


def _texts(connection: Any, name: str, column: str, about: int) -> str:
    """The values of a column of texts, where they are few; else about how many there are."""
    if about > FEW + 2:
        return f"about {about:,} different"
    one = quoted(column)
    query = f"SELECT DISTINCT {one} FROM {quoted(name)} WHERE {one} IS NOT NULL ORDER BY 1 LIMIT {FEW + 1}"
    values = [_short(row[0]) for row in connection.execute(query).fetchall()]
    return ", ".join(values) if len(values) <= FEW else f"about {about:,} different"


def _short(value: Any) -> str:
    made = plain(value)
    return repr(flat(made, CELL)) if isinstance(made, str) and not hasattr(value, "isoformat") else str(made)


def _first(connection: Any, name: str, columns: Sequence[str]) -> str:
    few = columns[:WIDEST]
    query = f"SELECT {', '.join(map(quoted, few))} FROM {quoted(name)} LIMIT {FIRST}"  # quoted
    lines = as_text(few, connection.execute(query).fetchall(), 0, CELL)
    return "\n".join(lines) if len(lines) > 1 else ""
