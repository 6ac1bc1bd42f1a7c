"""LangGraph's own savers, in transactions of their connections: all that is asked is saved, or nothing.

Leases are a row for each thread in their table of writes, at a place where no checkpoint is. So they need no table of
their own, and go with the thread when it is deleted.
"""

# ruff: noqa: S608  # what is put into statements is written here

import contextlib
import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from langchain_rlm.errors import ThreadBusyError
from langchain_rlm.runtime.savers.keepers import NAMESPACE, owner_of
from langchain_rlm.threads import on_thread, to_its_end

SYNCHRONOUS = {"SqliteSaver", "PostgresSaver"}
"""They define the asynchronous methods only to refuse."""
GROUPED = {*SYNCHRONOUS, "AsyncSqliteSaver", "AsyncPostgresSaver"}
"""LangGraph's own: they commit the writes of each task through their `conn`, under their `lock`."""

_SHUT = frozenset({None, "57P01", "57P02", "57P03"})
"""The states with which PostgreSQL ends a connection; without one, it could not say."""

T = TypeVar("T")
Call = tuple[str, tuple[Any, ...]]
"""A method of a saver, and its arguments."""
Done = tuple[list[Any], int]
"""The rows that a statement found, and how many it changed."""


class _Rows(NamedTuple):
    """The statements about leases of one kind of database."""

    find: str
    add: str
    change: str
    take: str
    remove: str
    hold: str


def _rows(table: str, value: str, mark: str, *, row: str, hold: str, free: str) -> _Rows:
    """`row` identifies a row; `hold` keeps it from changing until the end of a transaction, `free` passes over it then.

    A process that was stopped in the middle of a transaction must not stop the one that takes its lease.
    """
    place = f"thread_id = {mark} AND checkpoint_ns = '{NAMESPACE}' AND checkpoint_id = ''"
    as_kept = f"{place} AND {value} = {mark}"
    columns = f"channel, {value}, thread_id, checkpoint_ns, checkpoint_id, task_id, idx, type"
    change = f"UPDATE {table} SET channel = {mark}, {value} = {mark} WHERE"
    return _Rows(
        find=f"SELECT {value} FROM {table} WHERE {place}",
        add=f"INSERT INTO {table} ({columns}) VALUES ({mark}, {mark}, {mark}, '{NAMESPACE}', '', '', 0, 'bytes') "
        "ON CONFLICT DO NOTHING",
        change=f"{change} {as_kept}",
        take=f"{change} {row} = (SELECT {row} FROM {table} WHERE {as_kept} {free})",
        remove=f"DELETE FROM {table} WHERE {as_kept}",
        hold=f"SELECT 1 FROM {table} WHERE {place} AND channel = {mark} {hold}",
    )


SQLITE = _rows("writes", "value", "?", row="rowid", hold="", free="")
POSTGRES = _rows("checkpoint_writes", "blob", "%s", row="ctid", hold="FOR SHARE", free="FOR UPDATE SKIP LOCKED")


def kind_of(saver: Any) -> str:
    """Which of LangGraph's own it is, or is built on."""
    return next((base.__name__ for base in type(saver).__mro__ if base.__name__ in GROUPED), "")


class Transactions:
    """What is done in transactions of a saver. It is used on the event loop that the saver belongs to."""

    def __init__(self, saver: Any) -> None:
        self._saver = saver
        kind = kind_of(saver)
        self._is_synchronous = kind in SYNCHRONOUS
        self._is_sqlite = "Sqlite" in kind
        self._rows = SQLITE if self._is_sqlite else POSTGRES

    async def make(self, calls: Sequence[Call], owners: Mapping[str, str]) -> list[Any]:
        """Make calls of the saver, if the leases of these threads have these owners still.

        Raises:
            ThreadBusyError: One has another.
        """
        return await self.repeated(partial(self._made, calls, owners))

    async def repeated(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What comes of something that may be done twice.

        A database that was away has broken the connections of a pool, which gives out each once more; then it waits.
        """
        for _ in range(getattr(self._saver.conn, "max_size", 0)):
            try:
                return await attempt()
            except Exception as error:
                if not _is_cut(error):
                    raise
        return await attempt()

    async def _made(self, calls: Sequence[Call], owners: Mapping[str, str]) -> list[Any]:
        if self._is_synchronous:
            return await to_its_end(on_thread(partial(self._make, calls, owners)))
        async with self._asynchronous() as conn:
            together = _Collecting(conn) if self._is_sqlite else conn
            held = _held(self._saver, together)
            made = [await getattr(held, f"a{method}")(*args) for method, args in calls]
            if self._is_sqlite:
                await together.execute_collected()
            for place in owners.items():
                _check(place, await (await conn.execute(self._rows.hold, place)).fetchall())
        return made

    def _make(self, calls: Sequence[Call], owners: Mapping[str, str]) -> list[Any]:
        with self._synchronous() as conn:
            held = _held(self._saver, conn)
            made = [getattr(held, method)(*args) for method, args in calls]
            for place in owners.items():
                _check(place, conn.execute(self._rows.hold, place).fetchall())
        return made

    async def read(self, thread: str) -> str | None:
        """The lease of a thread, as it is kept."""
        found, _ = await self.repeated(partial(self._execute, self._rows.find, (thread,)))
        values = found[0].values() if found and isinstance(found[0], Mapping) else found[0] if found else [None]
        return next((bytes(value).decode() for value in values if value is not None), None)

    async def swap(self, thread: str, old: str | None, new: str | None) -> bool:
        """Put a lease in place of another, if it is that one; None stands for none."""
        rows, now, then = self._rows, new and (owner_of(new), new.encode()), old and (thread, old.encode())
        if not then:
            statement, values = rows.add, (*(now or ()), thread)
        elif not now:
            statement, values = rows.remove, then
        else:
            statement = rows.change if owner_of(str(old)) == now[0] else rows.take
            values = (*now, *then)
        try:
            _, changed = await self._execute(statement, values)
        except Exception as error:
            if not _is_cut(error) or not hasattr(self._saver.conn, "getconn"):
                raise
            found = await self.read(thread)  # it may have been done
            return await self.swap(thread, old, new) if found == old else found == new
        return changed == 1

    async def _execute(self, statement: str, values: Sequence[Any]) -> Done:
        if self._is_synchronous:
            return await to_its_end(on_thread(partial(self._execute_here, statement, values)))
        async with self._asynchronous() as conn:
            done = await conn.execute(statement, values)
            return (await done.fetchall() if done.description else []), done.rowcount

    def _execute_here(self, statement: str, values: Sequence[Any]) -> Done:
        with self._synchronous() as conn:
            done = conn.execute(statement, values)
            return (done.fetchall() if done.description else []), done.rowcount

    @contextlib.contextmanager
    def _synchronous(self) -> Iterator[Any]:
        saver = self._saver
        with saver.lock:
            if not self._is_sqlite:
                with _connected(saver.conn) as conn, conn.transaction():
                    yield conn
                return
            saver.setup()
            if saver.conn.isolation_level is None:  # it begins none by itself
                saver.conn.execute("BEGIN IMMEDIATE")
            try:
                yield _Uncommitted(saver.conn)
            except BaseException:
                saver.conn.rollback()
                raise
            saver.conn.commit()

    @contextlib.asynccontextmanager
    async def _asynchronous(self) -> AsyncIterator[Any]:
        saver = self._saver
        if not self._is_sqlite:
            async with saver.lock, _connected(saver.conn) as conn, conn.transaction():
                yield conn
            return
        await saver.setup()
        async with saver.lock:
            if saver.conn.isolation_level is None:
                await saver.conn.execute("BEGIN IMMEDIATE")
            try:
                yield saver.conn
            except BaseException:
                await saver.conn.rollback()
                raise
            await saver.conn.commit()


def _is_cut(error: Exception) -> bool:
    """Whether PostgreSQL, or the way to it, went away under a statement."""
    is_operational = any(base.__name__ == "OperationalError" for base in type(error).__mro__)
    of_connection = type(error).__module__.partition(".")[0] == "psycopg" and getattr(error, "sqlstate", None) in _SHUT
    return is_operational and of_connection


def _check(place: tuple[str, str], found: Sequence[Any]) -> None:
    if not found:
        raise taken(place[0])


class TakenOverError(ThreadBusyError):
    """The error of a run that may not write to its thread any more."""


def taken(thread: str) -> TakenOverError:
    """That another has the thread."""
    return TakenOverError(
        f"Thread {thread!r} was taken over by another run, because this one had not been heard of for too long (its "
        "process was stopped, or its database was away), or it was deleted. What this one had saved until then is "
        "kept. When the other has ended, go on with invoke(None, config)."
    )


def _held(saver: Any, conn: Any) -> Any:
    """The saver for one who holds its lock, over this connection."""
    held = copy.copy(saver)
    held.lock, held.conn = contextlib.nullcontext(), conn
    return held


def _connected(conn: Any) -> Any:
    """A connection of a pool, or the one there is."""
    return conn.connection() if hasattr(conn, "getconn") else contextlib.nullcontext(conn)


class _Uncommitted:
    """A connection on which a commit waits."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)

    def commit(self) -> None: ...


class _Collecting:
    """Takes the statements that a saver would execute for many rows: each costs three turns of a thread."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn
        self._statements: list[tuple[str, list[Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)

    @contextlib.asynccontextmanager
    async def cursor(self) -> AsyncIterator["_Collecting"]:
        yield self

    async def executemany(self, query: str, rows: Sequence[Any]) -> None:
        if not self._statements or self._statements[-1][0] != query:
            self._statements.append((query, []))
        self._statements[-1][1].extend(rows)

    async def execute_collected(self) -> None:
        for query, rows in self._statements:
            await self._conn.executemany(query, rows)

    async def commit(self) -> None: ...
