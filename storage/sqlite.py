"""SqliteStore: the embedded storage, one file. WAL, synchronous FULL, foreign keys; one connection, one thread."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from storage.errors import BadQuery, Conflict, NotFound, StorageError, Unavailable
from storage.port import Comparison, Group, Row, Where
from storage.query import checked_limit, ordered, page_condition, prepared, required, required_to_set
from storage.schema import Kind, columns_of, kind_of
from storage.values import added_rows, read, written_rows

_T = TypeVar("_T")
_SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_PRAGMAS = ("busy_timeout=5000", "journal_mode=wal", "synchronous=full", "secure_delete=on", "foreign_keys=on")


class SqliteStore:
    """Rows in one SQLite file; open it with `open`. A cancelled call may still be carried out."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread

    @classmethod
    async def open(cls, path: Path) -> "SqliteStore":
        """Open a migrated file; raises Unavailable when it cannot be opened."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        try:
            connection = await asyncio.get_running_loop().run_in_executor(thread, connect, path)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(connection, thread)

    async def get(self, table: str, id: str) -> Row | None:  # noqa: A002  # the column's name
        """The row of this id, or None."""
        found = await self.select(table, Comparison("id", "eq", id), limit=1)
        return found[0] if found else None

    async def select(
        self,
        table: str,
        where: Where | None = None,
        *,
        order: Sequence[str] = ("id",),
        limit: int = 100,
        after: Sequence[object] | None = None,
    ) -> list[Row]:
        """Rows in this order, at most `limit`, beginning after the given values of the order's columns."""
        names = tuple(columns_of(table))
        text, values = _where(page_condition(table, where, order, after))
        sql = f"select {', '.join(names)} from {table}{text} order by {_order(table, order)} limit ?"  # noqa: S608
        return await self._do(lambda: self._rows(table, names, sql, [*values, checked_limit(limit)]))

    async def count(self, table: str, where: Where | None = None) -> int:
        """How many rows match."""
        text, values = _where(prepared(table, where))
        sql = f"select count(*) from {table}{text}"  # noqa: S608  # names are checked against the schema
        return await self._do(lambda: int(self._connection.execute(sql, values).fetchone()[0]))

    async def insert(self, table: str, rows: Sequence[Row], *, on_conflict: Literal["ignore"] | None = None) -> int:
        """Add rows and return how many were new; `ignore` passes over rows whose id exists."""
        return await self._add(table, rows, "on conflict (id) do nothing" if on_conflict == "ignore" else "")

    async def upsert(self, table: str, rows: Sequence[Row], *, key: Sequence[str] = ("id",)) -> None:
        """Add rows, and replace the given columns of those whose key exists."""
        for column in key:
            kind_of(table, column)
        changes = ", ".join(f"{name} = excluded.{name}" for name in (rows[0] if rows else ()) if name not in key)
        action = f"do update set {changes}" if changes else "do nothing"
        await self._add(table, rows, f"on conflict ({', '.join(key)}) {action}")

    async def update(self, table: str, values: Row, where: Where) -> list[Row]:
        """Set columns where the condition holds and return the changed rows."""
        names = tuple(columns_of(table))
        text, parameters = _where(required_to_set(table, where, values))
        given = {column: _stored(value) for column, value in written_rows(table, [values])[0].items()}
        sets = ", ".join(f"{column} = ?" for column in given)
        sql = f"update {table} set {sets}{text} returning {', '.join(names)}"  # noqa: S608
        return await self._write(lambda: self._rows(table, names, sql, [*given.values(), *parameters]))

    async def delete(self, table: str, where: Where) -> int:
        """Remove rows and return how many."""
        text, values = _where(required(table, where))
        sql = f"delete from {table}{text}"  # noqa: S608
        deleted = await self._write(lambda: self._connection.execute(sql, values).rowcount)
        # Emptied, the write-ahead log holds no copy of what was deleted; a reader in the way leaves it to the next.
        await self._do(lambda: self._connection.execute("pragma wal_checkpoint(truncate)").fetchall())
        return deleted

    def as_rep(self, user_id: str) -> "SqliteStore":  # noqa: ARG002  # the port's shape
        """These rows: a file has no rules of its own."""
        return self

    async def ping(self) -> None:
        """Return when the file can be read and holds our tables."""
        await self._do(lambda: self._connection.execute("select id from users limit 1").fetchone())

    async def close(self) -> None:
        """Close the file, after what is under way; no call may follow."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    async def _add(self, table: str, rows: Sequence[Row], conflict: str) -> int:
        columns_of(table)
        given = added_rows(table, rows)
        if not given:
            return 0
        names = tuple(given[0])
        marks = ", ".join("?" * len(names))
        sql = f"insert into {table} ({', '.join(names)}) values ({marks}) {conflict}"  # noqa: S608
        values = [[_stored(row[name]) for name in names] for row in given]
        return await self._write(lambda: self._connection.executemany(sql, values).rowcount)

    def _rows(self, table: str, names: tuple[str, ...], sql: str, values: list[object]) -> list[Row]:
        kinds = [kind_of(table, name) for name in names]
        found = self._connection.execute(sql, values).fetchall()
        return [
            {name: _read(kind, value) for name, kind, value in zip(names, kinds, line, strict=True)} for line in found
        ]

    async def _write(self, work: Callable[[], _T]) -> _T:
        return await self._do(lambda: self._transaction(work))

    async def _do(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _translating, work)

    def _transaction(self, work: Callable[[], _T]) -> _T:
        self._connection.execute("begin immediate")
        try:
            outcome = work()
            self._connection.execute("commit")
        except BaseException:
            # A full disk may have ended the transaction already.
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            raise
        return outcome


def connect(path: Path) -> sqlite3.Connection:
    """Open a file with our settings; statements outside a transaction commit at once. Raises Unavailable."""
    return _translating(lambda: _connect(path))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"pragma {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _translating(work: Callable[[], _T]) -> _T:
    try:
        return work()
    except sqlite3.Error as error:
        raise translated(error) from None


def translated(error: sqlite3.Error) -> StorageError:
    """SQLite's error as ours; its own text names tables and columns but never a row's content."""
    text = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        kind = BadQuery if "NOT NULL" in text or "CHECK" in text else Conflict
        return kind(text, code=error.sqlite_errorname, constraint=text.partition("failed: ")[2])
    if "no such table" in text or "no such column" in text or "has no column" in text:
        return NotFound(f"{text}: apply the migrations")
    if "ON CONFLICT clause" in text or isinstance(error, sqlite3.ProgrammingError | sqlite3.DataError):
        return BadQuery(text)
    return Unavailable(f"the embedded database cannot work: {text}")


def _where(where: Where | None) -> tuple[str, list[object]]:
    if where is None:
        return "", []
    text, values = _condition(where)
    return f" where {text}", values


def _condition(where: Where) -> tuple[str, list[object]]:
    if isinstance(where, Group):
        parts = [_condition(condition) for condition in where.conditions]
        joined = f" {where.kind} ".join(text for text, _ in parts)
        return f"({joined})", [value for _, values in parts for value in values]
    match where.operator:
        case "is_null":
            return f"{where.column} is {'' if where.value else 'not '}null", []
        case "in":
            # One parameter, because SQLite takes only so many, and a list may be longer.
            text = f"{where.column} in (select value from json_each(?))"  # noqa: S608  # checked against the schema
            return text, [msgspec.json.encode(where.value).decode()]
        case operator:
            return f"{where.column} {_SIGNS[operator]} ?", [where.value]


def _order(table: str, order: Sequence[str]) -> str:
    # PostgreSQL holds null to be the largest value, SQLite the smallest.
    nulls = {"asc": "last", "desc": "first"}
    return ", ".join(
        f"{column} {direction}" if column == "id" else f"{column} {direction} nulls {nulls[direction]}"
        for column, direction in ordered(table, order)
    )


def _stored(value: object) -> object:
    return msgspec.json.encode(value).decode() if isinstance(value, dict | list | tuple) else value


def _read(kind: Kind, value: object) -> object:
    if kind is Kind.JSON and isinstance(value, str):
        return msgspec.json.decode(value)
    return read(kind, value)
