"""Fixtures for every test: a PostgreSQL with our tables and a PostgREST over it, started once per session.

Without the binaries a test that asks for them is skipped with the reason, and fails where CI is set.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage import migrate_postgres
from tests.servers.postgres import Database, Postgres
from tests.servers.postgrest import Postgrest
from tests.servers.tools import ServerMissing, postgres_binaries, postgrest_binary

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
_OPEN_LIKE_INSFORGE = """
alter default privileges for role project_admin in schema public
grant select, insert, update, delete on tables to anon, authenticated;
"""
"""InsForge grants this on every new table, so the migrations have to be closed in spite of it."""


def migrated(server: Postgres, name: str) -> Database:
    """A new database as an InsForge project would be after all migrations."""
    database = server.create_database(name)
    database.rows((MIGRATIONS / "bootstrap" / "plain-postgresql.sql").read_text(encoding="utf-8"))
    database.rows(_OPEN_LIKE_INSFORGE)
    psql = str(database.binaries / "psql")
    with ThreadPoolExecutor(1) as thread:  # this thread may have a loop of its own
        thread.submit(lambda: asyncio.run(migrate_postgres(database.url(), MIGRATIONS, psql=psql))).result()
    return database


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """An empty PostgreSQL server."""
    _require(postgres_binaries)
    server = Postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database(postgres_server: Postgres) -> Database:
    """A database with all migrations applied, shared by the session: make rows of your own and touch no others."""
    return migrated(postgres_server, "cornerman")


@pytest.fixture(scope="session")
def postgrest(database: Database) -> Iterator[Postgrest]:
    """A PostgREST over `database`; `tests.servers.postgrest.token` makes its tokens."""
    _require(postgrest_binary)
    server = Postgrest.start(database)
    yield server
    server.stop()


def _require(find: Callable[[], Path]) -> None:
    try:
        find()
    except ServerMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have the real servers: {missing}")
        pytest.skip(f"NOT TESTED AGAINST A REAL SERVER: {missing}")
