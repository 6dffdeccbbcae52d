"""Missing tables and columns are found, and nothing else is taken for them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import SqliteStore, Unavailable, migrate_sqlite, missing_tables
from tests.servers.fixtures import MIGRATIONS


async def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """A dropped table and one without a column are named; a whole database names nothing."""
    path = tmp_path / "records.sqlite"
    await migrate_sqlite(path, MIGRATIONS)
    store = await SqliteStore.open(path)
    assert await missing_tables(store) == ()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("drop table pipeline_spans")
        connection.execute("alter table casebook rename column industry to trade")
        connection.commit()
    assert set(await missing_tables(store)) == {"casebook", "pipeline_spans"}
    await store.close()


async def test_a_storage_out_of_reach_is_not_called_incomplete(tmp_path: Path) -> None:
    """Nobody can say what a broken file lacks."""
    path = tmp_path / "records.sqlite"
    await migrate_sqlite(path, MIGRATIONS)
    store = await SqliteStore.open(path)
    path.write_bytes(b"no database at all" * 500)
    with pytest.raises(Unavailable):
        await missing_tables(store)
    await store.close()
