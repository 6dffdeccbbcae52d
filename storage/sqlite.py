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
from storage.query import both, keyset, ordered
from storage.schema import Kind, checked, checked_rows, columns_of, kind_of, read

_T = TypeVar("_T")
_SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_PRAGMAS = ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "busy_timeout=5000")


class SqliteStore:
    """Rows in one SQLite file; open it with `open`."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread

    @classmethod
    async def open(cls, path: Path) -> "SqliteStore":
        """Open a migrated file; raises Unavailable when it cannot be opened."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        connection = await asyncio.get_running_loop().run_in_executor(thread, connect, path)
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
        condition = both(where, keyset(order, after) if after is not None else None)
        text, values = _where(table, condition)
        sql = f"select {', '.join(names)} from {table}{text} order by {_order(table, order)} limit ?"  # noqa: S608
        return await self._do(lambda: self._rows(table, names, sql, [*values, limit]))

    async def count(self, table: str, where: Where | None = None) -> int:
        """How many rows match."""
        columns_of(table)
        text, values = _where(table, where)
        sql = f"select count(*) from {table}{text}"  # noqa: S608  # names are checked against the schema
        return await self._do(lambda: int(self._connection.execute(sql, values).fetchone()[0]))

    async def insert(self, table: str, rows: Sequence[Row], *, on_conflict: Literal["ignore"] | None = None) -> int:
        """Add rows and return how many were new; `ignore` passes over rows whose id exists."""
        return await self._write(table, rows, "on conflict (id) do nothing" if on_conflict == "ignore" else "")

    async def upsert(self, table: str, rows: Sequence[Row], *, key: Sequence[str] = ("id",)) -> None:
        """Add rows, and replace the given columns of those whose key exists."""
        if not rows:
            return
        for column in key:
            kind_of(table, column)
        changes = ", ".join(f"{name} = excluded.{name}" for name in rows[0] if name not in key)
        action = f"do update set {changes}" if changes else "do nothing"
        await self._write(table, rows, f"on conflict ({', '.join(key)}) {action}")

    async def update(self, table: str, values: Row, where: Where) -> list[Row]:
        """Set columns where the condition holds and return the changed rows."""
        names = tuple(columns_of(table))
        text, parameters = _where(table, _filter(where))
        if not values:
            raise BadQuery("an update sets at least one column")
        sets = ", ".join(f"{column} = ?" for column in values)
        given = [_written(table, column, value) for column, value in values.items()]
        sql = f"update {table} set {sets}{text} returning {', '.join(names)}"  # noqa: S608
        return await self._do(lambda: self._rows(table, names, sql, [*given, *parameters]))

    async def delete(self, table: str, where: Where) -> int:
        """Remove rows and return how many."""
        columns_of(table)
        text, values = _where(table, _filter(where))
        sql = f"delete from {table}{text}"  # noqa: S608
        return await self._do(lambda: self._connection.execute(sql, values).rowcount)

    async def ping(self) -> None:
        """Return when the file can be read."""
        await self._do(lambda: self._connection.execute("select 1").fetchone())

    async def close(self) -> None:
        """Close the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    async def _write(self, table: str, rows: Sequence[Row], conflict: str) -> int:
        if not rows:
            return 0
        names = checked_rows(table, list(rows))
        marks = ", ".join("?" * len(names))
        sql = f"insert into {table} ({', '.join(names)}) values ({marks}) {conflict}"  # noqa: S608
        values = [[_written(table, name, row[name]) for name in names] for row in rows]
        return await self._do(lambda: self._connection.executemany(sql, values).rowcount)

    def _rows(self, table: str, names: tuple[str, ...], sql: str, values: list[object]) -> list[Row]:
        kinds = [kind_of(table, name) for name in names]
        found = self._connection.execute(sql, values).fetchall()
        return [
            {name: _read(kind, value) for name, kind, value in zip(names, kinds, line, strict=True)} for line in found
        ]

    async def _do(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transaction, work)

    def _transaction(self, work: Callable[[], _T]) -> _T:
        try:
            self._connection.execute("begin immediate")
            try:
                outcome = work()
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")
        except sqlite3.Error as error:
            raise translated(error) from None
        return outcome


def connect(path: Path) -> sqlite3.Connection:
    """Open a file with our settings; statements outside a transaction commit at once. Raises Unavailable."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in _PRAGMAS:
            connection.execute(f"pragma {pragma}")
    except sqlite3.Error as error:
        raise translated(error) from None
    return connection


def translated(error: sqlite3.Error) -> StorageError:
    """SQLite's error as ours; its own text names tables and columns but never a row's content."""
    text = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        unique = "UNIQUE" in text or "FOREIGN KEY" in text or "PRIMARY KEY" in text
        return Conflict(text) if unique else BadQuery(text)
    if "no such table" in text:
        return NotFound(text)
    if isinstance(error, sqlite3.OperationalError) and ("no such column" in text or "syntax" in text):
        return BadQuery(text)
    if isinstance(error, sqlite3.ProgrammingError):
        return BadQuery(text)
    return Unavailable(f"the embedded database cannot work: {text}")


def _filter(where: Where) -> Where:
    if isinstance(where, Group) and not where.conditions:
        raise BadQuery("a write without a filter is refused")
    return where


def _where(table: str, where: Where | None) -> tuple[str, list[object]]:
    if where is None or (isinstance(where, Group) and not where.conditions):
        return "", []
    text, values = _condition(table, where)
    return f" where {text}", values


def _condition(table: str, where: Where) -> tuple[str, list[object]]:
    if isinstance(where, Group):
        parts = [_condition(table, condition) for condition in _filter(where).conditions]  # type: ignore[union-attr]
        joined = f" {where.kind} ".join(text for text, _ in parts)
        return f"({joined})", [value for _, values in parts for value in values]
    kind_of(table, where.column)
    match where.operator:
        case "is_null":
            return f"{where.column} is {'' if where.value else 'not '}null", []
        case "in":
            values = [_written(table, where.column, value) for value in _several(where.value)]
            return f"{where.column} in ({', '.join('?' * len(values))})", values
    if where.value is None:
        raise BadQuery(f"{where.column} compared with null; use is_null")
    return f"{where.column} {_SIGNS[where.operator]} ?", [_written(table, where.column, where.value)]


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _order(table: str, order: Sequence[str]) -> str:
    return ", ".join(f"{column} {direction}" for column, direction in ordered(table, order))


def _written(table: str, column: str, value: object) -> object:
    checked(table, column, value)
    if value is not None and kind_of(table, column) is Kind.JSON:
        return msgspec.json.encode(value).decode()
    return value


def _read(kind: Kind, value: object) -> object:
    if kind is Kind.JSON and isinstance(value, str):
        return msgspec.json.decode(value)
    return read(kind, value)
