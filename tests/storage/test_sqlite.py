"""SqliteStore: its settings, its errors, and what it does when the disk or another process is in the way."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from storage import BadQuery, Conflict, NotFound, SqliteStore, Unavailable, eq, in_, migrate_sqlite
from tests.servers.fixtures import MIGRATIONS
from tests.storage.rows import NASTY, attempt, user


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    await migrate_sqlite(tmp_path / "records.sqlite", MIGRATIONS)
    return tmp_path / "records.sqlite"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(path)
    yield opened
    await opened.close()


async def test_a_commit_survives_power_loss(store: SqliteStore) -> None:
    """WAL with FULL, references kept, patience with a second process."""
    asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    found = [store._connection.execute(f"pragma {name}").fetchone()[0] for name in asked]
    assert found == ["wal", 2, 1, 5000]


async def test_what_was_written_is_there_after_opening_again(path: Path) -> None:
    """One file is the whole storage."""
    row = user(first_name=NASTY)
    first = await SqliteStore.open(path)
    await first.insert("users", [row])
    await first.close()
    second = await SqliteStore.open(path)
    assert await second.get("users", str(row["id"])) == row
    await second.close()


async def test_a_list_longer_than_sqlite_takes_parameters(store: SqliteStore) -> None:
    """Three hundred thousand values are one question, and not an outage."""
    row = user()
    await store.insert("users", [row])
    assert await store.count("users", in_("telegram_id", [row["telegram_id"], *range(1, 300_000)])) == 1


async def test_many_callers_at_once_are_served_in_turn(store: SqliteStore) -> None:
    """One connection serves them all, and nothing is lost."""
    owner = user()
    await store.insert("users", [owner])
    await asyncio.gather(*(store.insert("attempts", [attempt(owner)]) for _ in range(50)))
    assert await store.count("attempts", eq("user_id", owner["id"])) == 50


async def test_reading_waits_for_no_writer(store: SqliteStore, path: Path) -> None:
    """While another process holds the file for writing, rows are read as they were."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        assert await store.count("users") == 0
        other.execute("rollback")


async def test_a_file_that_stays_locked_is_an_outage(store: SqliteStore, path: Path) -> None:
    """The caller may try again later."""
    store._connection.execute("pragma busy_timeout=1")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(Unavailable) as caught:
            await store.insert("users", [user()])
        other.execute("rollback")
    assert caught.value.retryable
    assert await store.insert("users", [user()]) == 1


async def test_a_full_disk_is_an_outage_and_not_half_a_write(store: SqliteStore) -> None:
    """What did not fit is not there, what was there still is, and with room again the same write succeeds."""
    owner = user()
    await store.insert("users", [owner])
    rows = [attempt(owner, user_response="x" * 5000) for _ in range(100)]
    pages = store._connection.execute("pragma page_count").fetchone()[0]
    store._connection.execute(f"pragma max_page_count={pages + 5}")
    with pytest.raises(Unavailable, match="full") as caught:
        await store.insert("attempts", rows)
    assert caught.value.retryable
    assert await store.count("attempts") == 0
    assert await store.get("users", str(owner["id"])) == owner
    store._connection.execute("pragma max_page_count=1000000")
    assert await store.insert("attempts", rows, on_conflict="ignore") == 100


async def test_a_file_without_our_tables_says_what_to_do(tmp_path: Path) -> None:
    """An empty file is not taken for an empty storage."""
    store = await SqliteStore.open(tmp_path / "other.sqlite")
    with pytest.raises(NotFound, match="apply the migrations"):
        await store.ping()
    await store.close()


async def test_what_is_no_database_is_unavailable(tmp_path: Path) -> None:
    """A folder that is missing and a file of something else."""
    with pytest.raises(Unavailable):
        await SqliteStore.open(tmp_path / "missing" / "records.sqlite")
    (tmp_path / "text.sqlite").write_text("not a database " * 100)
    with pytest.raises(Unavailable):
        await SqliteStore.open(tmp_path / "text.sqlite")


async def test_a_row_that_never_fits_is_no_outage(store: SqliteStore) -> None:
    """A value longer than SQLite takes is the row's fault, so that nobody waits for it."""
    store._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
    with pytest.raises(BadQuery):
        await store.insert("users", [user(first_name="x" * 20_000)])


async def test_a_broken_constraint_is_named(store: SqliteStore) -> None:
    """By SQLite's own code and the columns, never by a value."""
    row = user()
    await store.insert("users", [row])
    with pytest.raises(Conflict) as caught:
        await store.insert("users", [user(telegram_id=row["telegram_id"])])
    assert (caught.value.code, caught.value.constraint) == ("SQLITE_CONSTRAINT_UNIQUE", "users.telegram_id")
