"""Migrating real databases: SQLite, PostgreSQL through psql, InsForge through its API; alone and several at once."""

import asyncio
import os
import shutil
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast
from uuid import uuid4

import msgspec
import pytest

from storage import migrate_insforge, migrate_postgres, migrate_sqlite
from storage.errors import MigrationError
from storage.migrate import main
from storage.migrations import read_migrations
from storage.schema import TABLES
from tests.servers.fixtures import MIGRATIONS
from tests.servers.insforge_stub import SERVICE_KEY, InsforgeStub, running
from tests.servers.postgres import Database, Postgres

REPOSITORY = MIGRATIONS.parent
EVERYTHING = [one.title for one in read_migrations(MIGRATIONS)]
PORTABLE = [one.title for one in read_migrations(MIGRATIONS) if not one.postgres_only]


class Target(msgspec.Struct, frozen=True):
    """A database that was never migrated, and how to migrate and look at it."""

    migrate: Callable[..., Awaitable[list[str]]]
    expected: list[str]
    tables: Callable[[], set[str]]


def _sqlite_tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}


def _postgres_tables(database: Database) -> set[str]:
    return {name for (name,) in database.rows("select tablename from pg_tables where schemaname = 'public'")}


@pytest.fixture
def empty_database(postgres_server: Postgres) -> Iterator[Database]:
    """A new database on a plain server."""
    name = f"empty-{uuid4()}"
    yield postgres_server.create_database(name)
    postgres_server.database("postgres").rows(f'drop database "{name}" with (force)')


@pytest.fixture
def psql(empty_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own psql first on the path."""
    monkeypatch.setenv("PATH", f"{empty_database.binaries}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(params=["sqlite", "postgres", "insforge"])
def blank(request: pytest.FixtureRequest) -> Database | None:
    """What stands behind the target; None for SQLite."""
    return None if request.param == "sqlite" else cast("Database", request.getfixturevalue("empty_database"))


@pytest.fixture
async def target(request: pytest.FixtureRequest, tmp_path: Path, blank: Database | None) -> AsyncIterator[Target]:
    """Each kind of database in turn."""
    if blank is None:
        path = tmp_path / "records.sqlite"
        yield Target(_migrating(migrate_sqlite, path), PORTABLE, lambda: _sqlite_tables(path))
    elif request.node.callspec.params["blank"] == "postgres":
        psql = str(blank.binaries / "psql")
        migrating = _migrating(migrate_postgres, blank.url(), bootstrap=True, psql=psql)
        yield Target(migrating, EVERYTHING, lambda: _postgres_tables(blank))
    else:
        blank.rows((MIGRATIONS / "bootstrap" / "plain-postgresql.sql").read_text(encoding="utf-8"))
        async with running(blank, "http://127.0.0.1:1") as stub:
            migrating = _migrating(migrate_insforge, stub.url, SERVICE_KEY)
            yield Target(migrating, EVERYTHING, lambda: _postgres_tables(blank))


def _migrating(
    migrate: Callable[..., Awaitable[list[str]]], *where: object, **always: object
) -> Callable[..., Awaitable[list[str]]]:
    return lambda folder=MIGRATIONS, **options: migrate(*where, folder, **always, **options)


async def test_an_empty_database_gets_everything_once(target: Target) -> None:
    """The first run applies all, the second nothing."""
    assert await target.migrate() == target.expected
    assert await target.migrate() == []
    assert target.tables() >= set(TABLES)


async def test_a_dry_run_keeps_nothing(target: Target) -> None:
    """It names what it would apply, and the database stays empty."""
    assert await target.migrate(dry_run=True) == target.expected
    assert not target.tables() & set(TABLES)
    await target.migrate()
    assert await target.migrate(dry_run=True) == []


async def test_an_edited_history_is_refused(target: Target, tmp_path: Path) -> None:
    """One changed word in an applied file stops the run, on every target."""
    await target.migrate()
    folder = shutil.copytree(MIGRATIONS, tmp_path / "edited")
    file = folder / "002_people.sql"
    file.write_text(file.read_text(encoding="utf-8") + "-- a word\n", encoding="utf-8")
    with pytest.raises(MigrationError, match="002_people was edited"):
        await target.migrate(folder)


async def test_a_newer_database_is_refused(target: Target, tmp_path: Path) -> None:
    """An older program does not work on what it does not know."""
    folder = shutil.copytree(MIGRATIONS, tmp_path / "newer")
    (folder / "900_later.sql").write_text("create table later (id uuid primary key);\n", encoding="utf-8")
    assert await target.migrate(folder) == [*target.expected, "900_later"]
    with pytest.raises(MigrationError, match="does not know"):
        await target.migrate()


async def test_a_failing_file_leaves_nothing_of_itself(target: Target, tmp_path: Path) -> None:
    """What came before it stays; it is applied whole once it is mended."""
    folder = shutil.copytree(MIGRATIONS, tmp_path / "broken")
    broken = folder / "900_broken.sql"
    broken.write_text("create table half (id uuid primary key);\ninsert into nowhere values (1);\n", encoding="utf-8")
    with pytest.raises(MigrationError, match="nowhere"):
        await target.migrate(folder)
    assert "half" not in target.tables()
    assert target.tables() >= set(TABLES)
    broken.write_text("create table half (id uuid primary key);\n", encoding="utf-8")
    assert await target.migrate(folder) == ["900_broken"]


async def _at_once(count: int, *arguments: str, environment: dict[str, str] | None = None) -> list[str]:
    """What several processes of the command say."""
    command = (sys.executable, "-m", "storage.migrate", *arguments)
    given = {**os.environ, **(environment or {})}
    started = [
        await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, cwd=REPOSITORY, env=given)
        for _ in range(count)
    ]
    ended = await asyncio.gather(*(process.communicate() for process in started))
    assert [process.returncode for process in started] == [0] * count, ended
    return [output.decode().strip() for output, _ in ended]


def _titles(said: list[str]) -> list[str]:
    applied = [line.removeprefix("Applied: ").split(", ") for line in said if line.startswith("Applied")]
    return sorted(title for titles in applied for title in titles)


async def test_processes_that_race_apply_each_file_once_on_sqlite(tmp_path: Path) -> None:
    """They take turns; none fails."""
    said = await _at_once(3, "--target", f"sqlite:{tmp_path / 'records.sqlite'}")
    assert _titles(said) == PORTABLE


@pytest.mark.usefixtures("psql")
async def test_processes_that_race_apply_each_file_once_on_postgresql(empty_database: Database) -> None:
    """They take turns; none fails."""
    environment = {"DATABASE_URL": empty_database.url()}
    said = await _at_once(3, "--target", "postgres", "--bootstrap", environment=environment)
    assert _titles(said) == EVERYTHING


async def test_a_wrong_key_is_named_and_not_shown(gateway: InsforgeStub) -> None:
    """The sentence says which setting it is."""
    with pytest.raises(MigrationError, match="INSFORGE_SERVICE_KEY") as caught:
        await migrate_insforge(gateway.url, "ik_planted", MIGRATIONS)
    assert "planted" not in str(caught.value)


async def test_no_password_is_shown(tmp_path: Path, postgres_server: Postgres) -> None:
    """A server that cannot be reached is reported without it."""
    url = f"postgresql://somebody:planted@/nothing?host={tmp_path}"
    psql = str(postgres_server.database("postgres").binaries / "psql")
    with pytest.raises(MigrationError, match="PostgreSQL refused") as caught:
        await migrate_postgres(url, MIGRATIONS, psql=psql)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://x", "postgresql://h:port/x", "postgresql://h/x?options=-crole"])
async def test_an_address_that_cannot_be_read_is_refused(url: str) -> None:
    """Before anything is tried."""
    with pytest.raises(MigrationError, match="address"):
        await migrate_postgres(url, MIGRATIONS)


async def test_without_psql_the_sentence_says_so(tmp_path: Path) -> None:
    """An operator learns what to install."""
    with pytest.raises(MigrationError, match="psql is not installed"):
        await migrate_postgres("postgresql:///x", MIGRATIONS, psql=str(tmp_path / "psql"))


def test_the_command_speaks_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was applied goes to stdout; what is wrong goes to stderr, with status 2."""
    target = f"sqlite:{tmp_path / 'records.sqlite'}"
    assert main(["--target", target, "--dry-run"]) == 0
    assert main(["--target", target]) == 0
    assert main(["--target", target]) == 0
    listed = ", ".join(PORTABLE)
    assert capsys.readouterr().out.splitlines() == [
        f"Would apply: {listed}",
        f"Applied: {listed}",
        "Nothing to apply: the database is up to date.",
    ]
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for arguments in (["--target", "postgres"], ["--target", "oracle"], ["--target", target, "--bootstrap"]):
        assert main(arguments) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
