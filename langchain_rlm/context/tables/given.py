"""What a user says is a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_rlm.context.paths import at_home
from langchain_rlm.context.tables.kinds import PARQUET, SQLITE, TEXT, WORKBOOKS, is_frame, is_sql_database
from langchain_rlm.errors import InputError


@dataclass(frozen=True)
class Tables:
    """Tables as a context, whatever their size, and what `sql` calls them.

    Args:
        data: What is a table, by name: the path of a file (CSV, TSV, JSON lines, Parquet, a workbook, SQLite), a data
            frame of pandas, polars or pyarrow, or LangChain's `SQLDatabase`. Of a file or database with several tables,
            each has its own name.

    Raises:
        InputError: Something is not a table, or a file is not there.
    """

    data: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not isinstance(self.data, Mapping) or not self.data:
            msg = f'Tables({self.data!r:.80}): name each table, as in Tables({{"orders": Path("orders.csv")}}).'
            raise InputError(msg)
        for name, data in self.data.items():
            if problem := _problem(data):
                msg = f"Tables({{{name!r:.80}: ...}}): {problem}"
                raise InputError(msg)

    def items(self) -> Iterator[tuple[str, Any, str]]:
        """Each with its name and what it is called in messages."""
        for name, data in self.data.items():
            is_file = isinstance(data, str | Path)
            yield str(name), at_home(data) if is_file else data, str(data) if is_file else str(name)


def _problem(data: Any) -> str | None:
    if not isinstance(data, str | Path):
        known = is_frame(data) or is_sql_database(data)
        return None if known else f"a {type(data).__name__} is no table. Pass a path, a data frame or an SQLDatabase."
    path = at_home(data)
    if not path.is_file():
        return f"there is no file {path} (looked in {Path.cwd()})."
    suffixes = sorted({*PARQUET, *SQLITE, *TEXT, *WORKBOOKS})
    return None if path.suffix.lower() in suffixes else f"{path.name} has none of the suffixes {', '.join(suffixes)}."
