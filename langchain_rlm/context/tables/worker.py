"""The process that runs the SQL of models: one SELECT at a time, over a file that it can only read.

DuckDB counts only some of its memory, and a call of a function cannot be interrupted there. So both are bounded from
outside: the system holds the process to its memory, and whoever asks ends it when the time is over.
"""

import contextlib
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from langchain_rlm.context.tables.table import label, quoted
from langchain_rlm.context.tables.values import as_text, names_of, plain
from langchain_rlm.surrogates import encodable

ADDRESSES = 2_000_000_000
"""Bytes of address space beside what DuckDB may use, where the system can hold a process to that."""
FETCHED = 1_000
LACKS = ("MemoryError", "OutOfMemoryException")
ENDS = ("FatalException", "InternalException")
"""After these errors DuckDB takes no query any more."""
SAID = 1_500
"""Characters of DuckDB's message."""


class QueryError(Exception):
    """What the code is told."""


def serve(parent: int, file: str) -> None:
    """Answer requests, one a line as JSON, on a line each. The first one has the settings."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    settings = json.loads(sys.stdin.buffer.readline())
    connection = _opened(file, settings)
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        try:
            made: dict[str, Any] = {"value": _OPERATIONS[asked["do"]](connection, asked)}
        except QueryError as error:
            made = {"error": str(error)}
        except Exception as error:  # noqa: BLE001  # DuckDB raises many kinds; the code is told
            kind = type(error).__name__
            said = "the query needs too much memory. Filter or aggregate earlier, or ask in parts."
            made = {"error": said if kind in LACKS else encodable(str(error)).strip()[:SAID], "ends": kind in ENDS}
        replies.write(json.dumps(made).encode() + b"\n")
        replies.flush()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _opened(file: str, settings: dict[str, Any]) -> Any:
    with contextlib.suppress(OSError):  # Linux has it: where memory is short, this process is to go, not another
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with contextlib.suppress(ImportError, ValueError):  # Windows has no limits, others have lower ones
        import resource

        most = settings["memory"] + ADDRESSES
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
    import duckdb

    connection = duckdb.connect(file, read_only=True, config=settings["config"])
    connection.execute("SET python_enable_replacements = false")
    files = ", ".join("'" + path.replace("'", "''") + "'" for path in settings["files"])
    connection.execute(f"SET allowed_paths = [{files}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _sql(connection: Any, asked: dict[str, Any]) -> list[dict[str, Any]]:
    statements = connection.extract_statements(asked["query"])
    kinds = [statement.type.name for statement in statements]
    if kinds != ["SELECT"]:
        given = f"not {', '.join(kinds)}" if kinds else "and the query is empty"
        msg = f"it takes one statement that only reads (SELECT, WITH, DESCRIBE, SUMMARIZE, SHOW), {given}."
        raise QueryError(msg)
    cursor = connection.execute(statements[0])
    names, found, size = names_of(column[0] for column in cursor.description), list[dict[str, Any]](), 0
    while fetched := cursor.fetchmany(FETCHED):
        for row in fetched:
            found.append(dict(zip(names, map(plain, row), strict=True)))
            size += len(json.dumps(found[-1], ensure_ascii=False))
        _check(len(found), size, asked)
    return found


def _check(rows: int, size: int, asked: dict[str, Any]) -> None:
    if rows > asked["most_rows"]:
        msg = f"the query gives more than {asked['most_rows']:,} rows. Aggregate in SQL, or ask in parts with LIMIT."
        raise QueryError(msg)
    if size > asked["most_characters"]:
        msg = (
            f"the query gives more than {asked['most_characters']:,} characters. Select fewer columns or rows, or "
            "parts of long values: left(x, 1000)."
        )
        raise QueryError(msg)


def _rows(connection: Any, asked: dict[str, Any]) -> str:
    start, end, name = asked["start"], asked["end"], quoted(asked["table"])
    if asked["file"] is None:
        query = f"SELECT * FROM {name} WHERE rowid >= ? AND rowid < ? ORDER BY rowid"  # quoted
        given = [start, end]
    else:
        query = (
            "SELECT * EXCLUDE (file_row_number) FROM read_parquet(?, file_row_number = true) "
            "WHERE file_row_number >= ? AND file_row_number < ? ORDER BY file_row_number"
        )
        given = [asked["file"], start, end]
    cursor = connection.execute(query, given)
    names, found, size = names_of(column[0] for column in cursor.description), list[str](), 0
    while fetched := cursor.fetchmany(FETCHED):
        head, *lines = as_text(names, fetched, start + max(0, len(found) - 1))
        found += lines if found else [head, *lines]
        size += sum(map(len, lines))
        if size > asked["most_characters"]:
            msg = f"they have more than {asked['most_characters']:,} characters. Ask for fewer rows, or use sql."
            raise QueryError(msg)
    return "\n".join([f"{label(asked['table'], start, end)} of {asked['of']:,}:", *found])


_OPERATIONS = {"sql": _sql, "rows": _rows}
