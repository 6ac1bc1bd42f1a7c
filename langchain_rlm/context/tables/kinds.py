"""What is a table: by the name of a file, its size, or the kind of an object."""

import importlib.util
from pathlib import Path
from typing import Any

LARGE = 50_000_000
"""Bytes above which a file of rows is a table when nobody says what it is."""
PARQUET = frozenset({".parquet", ".pq"})
SQLITE = frozenset({".sqlite", ".sqlite3", ".db", ".db3"})
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
TEXT = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
"""Files of rows that are text, too."""
_SQLITE_HEAD = b"SQLite format 3\0"
_FRAMES = {
    "pandas": {"DataFrame"}, "polars": {"DataFrame", "LazyFrame"},
    "pyarrow": {"Table", "RecordBatch", "FileSystemDataset"},
}  # fmt: skip


def is_table(path: Path, *, tables: bool | None = None) -> bool:
    """Whether a file is a table, and not text: Parquet and SQLite always are, others when `tables` or their size says.

    Without the extra no file is a table for its size alone.
    """
    suffix = path.suffix.lower()
    if suffix in PARQUET or (suffix in SQLITE and _is_sqlite(path)):
        return True
    if tables is not None or suffix not in TEXT:
        return bool(tables) and (suffix in TEXT or suffix in WORKBOOKS)
    return path.stat().st_size > LARGE and importlib.util.find_spec("duckdb") is not None


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE_HEAD)) == _SQLITE_HEAD
    except OSError:
        return False


def is_frame(data: Any) -> bool:
    """Whether it is a data frame that DuckDB reads; its package is not imported for that."""
    return any(kind.__name__ in _FRAMES.get(kind.__module__.partition(".")[0], ()) for kind in type(data).__mro__)


def is_sql_database(data: Any) -> bool:
    """Whether it is LangChain's `SQLDatabase`."""
    return any(kind.__name__ == "SQLDatabase" and "langchain" in kind.__module__ for kind in type(data).__mro__)
