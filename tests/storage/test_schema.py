"""The declared tables are the migrated ones."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage import migrate_sqlite
from storage.schema import DEFAULTS, REFERENCES, TABLES, with_referring
from tests.servers.fixtures import MIGRATIONS
from tests.servers.postgres import Database

_DECLARED = {table: {column: str(kind) for column, kind in columns.items()} for table, columns in TABLES.items()}
_ON_POSTGRES = """
select c.relname, a.attname, replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz')
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
"""
_INDEXES = """
select tablename, indexname from pg_indexes where schemaname = 'public' and indexname not like '%\\_key'
and indexname not like '%\\_pkey'
"""


async def _migrated(folder: Path) -> Path:
    await migrate_sqlite(folder / "records.sqlite", MIGRATIONS)
    return folder / "records.sqlite"


async def test_the_declared_columns_are_sqlites(tmp_path: Path) -> None:
    """Every table, column and type that storage counts on is what the migrations make on SQLite, and nothing else."""
    with closing(sqlite3.connect(await _migrated(tmp_path))) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        found = {
            name: {column[1]: column[2].lower() for column in connection.execute(f"pragma table_info({name})")}
            for (name,) in tables
            if name != "schema_migrations"
        }
    assert found == _DECLARED


async def test_the_declared_defaults_are_the_migrated_ones(tmp_path: Path) -> None:
    """A row completed by us is the row that storage makes of it; times and ids have no default."""
    with closing(sqlite3.connect(await _migrated(tmp_path))) as connection:
        found = {
            table: {
                name: connection.execute(f"select {default}").fetchone()[0]
                for _, name, _, _, default, _ in connection.execute(f"pragma table_info({table})")
                if default is not None
            }
            for table in TABLES
        }
    assert {table: defaults for table, defaults in found.items() if defaults} == DEFAULTS


async def test_the_declared_references_are_the_migrated_ones(tmp_path: Path) -> None:
    """Which rows need which others first is what the migrations say, and nothing is left out."""
    with closing(sqlite3.connect(await _migrated(tmp_path))) as connection:
        found = {
            table: {key[3]: (key[2], key[4]) for key in connection.execute(f"pragma foreign_key_list({table})")}
            for table in TABLES
        }
    assert {table: keys for table, keys in found.items() if keys} == REFERENCES


def test_what_needs_a_table_is_found_at_any_distance() -> None:
    """A lead's activities need the lead, and so the rep."""
    assert with_referring("lead_registry") == {"lead_registry", "lead_versions", "lead_activity_log"}
    assert "lead_activity_log" in with_referring("users")
    assert with_referring("badges") == {"badges"}


def test_the_declared_columns_are_postgresqls(database: Database) -> None:
    """The same on PostgreSQL."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in database.rows(_ON_POSTGRES):
        found.setdefault(table, {})[column] = kind
    assert found == _DECLARED


async def test_both_have_the_same_indexes(tmp_path: Path, database: Database) -> None:
    """An index made on one is made on the other."""
    with closing(sqlite3.connect(await _migrated(tmp_path))) as connection:
        found = connection.execute("select tbl_name, name from sqlite_master where type = 'index' and sql is not null")
        assert set(found.fetchall()) == set(database.rows(_INDEXES))


def test_no_reference_is_without_an_index(database: Database) -> None:
    """Deleting a rep or a lead reads no whole table to find what goes with them."""
    missing = database.rows(
        """select conrelid::regclass, conname from pg_constraint f where contype = 'f' and not exists (
               select from pg_index i where i.indrelid = f.conrelid and i.indkey[0] = f.conkey[1])"""
    )
    assert missing == []


def test_the_order_of_a_reps_rows_comes_from_an_index(database: Database) -> None:
    """A page of a rep's newest rows is read, not sorted."""
    plan = database.rows(
        "set enable_seqscan = off; set enable_bitmapscan = off; explain select id from attempts"
        " where user_id = '00000000-0000-0000-0000-000000000000' order by created_at desc limit 20"
    )
    assert any("attempts_by_user" in line[0] for line in plan)
    assert not any("Sort" in line[0] for line in plan)
