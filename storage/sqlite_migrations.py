"""Migrations of a SQLite file: applied by the program itself at its start."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.errors import MigrationError, StorageError
from storage.migrations import Migration, pending, read_migrations
from storage.sqlite import connect

_LEDGER = """create table if not exists schema_migrations (
    version integer primary key, name text not null, checksum text not null, applied_at text not null
)"""
_NOTE = "insert into schema_migrations values (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"


async def migrate_sqlite(path: Path, folder: Path, *, dry_run: bool = False) -> list[str]:
    """Bring a SQLite file up to date and return what was applied; processes that race take turns.

    A dry run applies everything and takes it back.
    """
    migrations = [one for one in read_migrations(folder) if not one.postgres_only]
    return await asyncio.to_thread(_migrate, path, migrations, dry_run)


def _migrate(path: Path, migrations: list[Migration], dry_run: bool) -> list[str]:
    try:
        with closing(connect(path)) as connection:
            if dry_run:
                return _tried(connection, migrations)
            with _transaction(connection):
                waiting = pending(migrations, _applied(connection))
            return [one.title for one in waiting if _apply(connection, one)]
    except (sqlite3.Error, StorageError) as error:
        raise MigrationError(f"the embedded database cannot be migrated: {error}") from None


def _applied(connection: sqlite3.Connection) -> dict[int, str]:
    connection.execute(_LEDGER)
    return dict(connection.execute("select version, checksum from schema_migrations").fetchall())


def _apply(connection: sqlite3.Connection, migration: Migration) -> bool:
    """Apply one file in one transaction; False when another process was faster."""
    with _transaction(connection):
        if migration.version in _applied(connection):
            return False
        _run(connection, migration)
    return True


def _tried(connection: sqlite3.Connection, migrations: list[Migration]) -> list[str]:
    connection.execute("begin immediate")
    try:
        waiting = pending(migrations, _applied(connection))
        for one in waiting:
            _run(connection, one)
        return [one.title for one in waiting]
    finally:
        connection.execute("rollback")


def _run(connection: sqlite3.Connection, migration: Migration) -> None:
    try:
        for statement in statements(migration.sql):
            connection.execute(statement)
    except sqlite3.Error as error:
        raise MigrationError(f"migration {migration.title} failed and was taken back: {error}") from None
    connection.execute(_NOTE, [migration.version, migration.name, migration.checksum])


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("begin immediate")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def statements(sql: str) -> list[str]:
    """The single statements of a file; raises MigrationError when the last one is not finished."""
    found, begun = [], ""
    for line in sql.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            found.append(begun)
            begun = ""
    if any(line.strip() and not line.strip().startswith("--") for line in begun.splitlines()):
        raise MigrationError("a migration ends in the middle of a statement; is a semicolon missing?")
    return found
