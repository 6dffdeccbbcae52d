"""The migration runner: numbered plain SQL, forward only, checksummed; the same files for SQLite, PostgreSQL, InsForge.

`NNN_kebab-name.sql` runs everywhere, `NNN_kebab-name.pg.sql` on PostgreSQL only. What InsForge's migration API would
refuse is refused here for every target, so that no such file is ever committed.
"""

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import msgspec

from storage.errors import MigrationError
from storage.http import TRANSPORT_ERRORS, Client, client
from storage.sqlite import connect

_NAME = re.compile(r"(\d{1,64})_([a-z0-9-]+)(\.pg)?\.sql")
_REFUSED = re.compile(
    r"set_config\(|\bset\s+(role|session\s+authorization|search_path|statement_timeout)|\breset\s+all\b"
    r"|\b(create|alter|drop)\s+(role|database)\b|^\s*(begin|commit|rollback)\s*;",
    re.IGNORECASE | re.MULTILINE,
)
_LEDGER = """create table if not exists schema_migrations (
    version integer primary key, name text not null, checksum text not null, applied_at text not null
)"""


class Migration(msgspec.Struct, frozen=True):
    """One file; the checksum ignores the kind of line ends."""

    version: int
    name: str
    sql: str
    checksum: str
    postgres_only: bool


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    """Every migration in order; raises MigrationError for a bad name, a number used twice, or a refused statement."""
    found = sorted((_read(path) for path in folder.glob("*.sql")), key=lambda one: one.version)
    for before, after in pairwise(found):
        if before.version == after.version:
            raise MigrationError(f"migrations {before.name} and {after.name} share the number {after.version}")
    return tuple(found)


def _read(path: Path) -> Migration:
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise MigrationError(f"{path.name} is no name for a migration; write NNN_kebab-name.sql")
    sql = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    refused = _REFUSED.search(re.sub(r"--.*", "", sql))
    if refused is not None:
        raise MigrationError(f"{path.name}: InsForge refuses `{refused[0].strip()}`; write it without")
    checksum = hashlib.sha256(sql.encode()).hexdigest()
    return Migration(int(match[1]), match[2], sql, checksum, match[3] is not None)


def pending(migrations: Iterable[Migration], applied: Mapping[int, str]) -> tuple[Migration, ...]:
    """What is still to be applied, given the checksums of what was.

    Raises MigrationError when history was edited, when the database knows more than this program, or when a new
    file would have to run before one that already did.
    """
    known = {one.version: one for one in migrations}
    for version, checksum in applied.items():
        if version not in known:
            raise MigrationError(f"the database has migration {version}, which this version of Cornerman does not know")
        if known[version].checksum != checksum:
            raise MigrationError(
                f"migration {version}_{known[version].name} was edited after it was applied; restore it, add a new one"
            )
    missing = tuple(one for one in known.values() if one.version not in applied)
    latest = max(applied, default=0)
    for one in missing:
        if one.version < latest:
            raise MigrationError(f"migration {one.version}_{one.name} comes before {latest}, which was applied already")
    return missing


async def migrate_sqlite(path: Path, folder: Path) -> list[str]:
    """Bring a SQLite file up to date and return what was applied; processes that race take turns."""
    migrations = [one for one in read_migrations(folder) if not one.postgres_only]
    return await asyncio.to_thread(_migrate_sqlite, path, migrations)


def _migrate_sqlite(path: Path, migrations: list[Migration]) -> list[str]:
    connection = connect(path)
    try:
        connection.execute("begin immediate")
        connection.execute(_LEDGER)
        applied = dict(connection.execute("select version, checksum from schema_migrations").fetchall())
        connection.execute("commit")
        return [one.name for one in pending(migrations, applied) if _apply(connection, one)]
    except sqlite3.Error as error:
        raise MigrationError(f"the embedded database cannot be migrated: {error}") from None
    finally:
        connection.close()


def _apply(connection: sqlite3.Connection, migration: Migration) -> bool:
    """Apply one file in one transaction; False when another process was faster."""
    connection.execute("begin immediate")
    try:
        done = connection.execute("select 1 from schema_migrations where version = ?", [migration.version]).fetchone()
        if done is None:
            for statement in statements(migration.sql):
                connection.execute(statement)
            connection.execute(
                "insert into schema_migrations values (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
                [migration.version, migration.name, migration.checksum],
            )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return done is None


def statements(sql: str) -> list[str]:
    """The single statements of a file."""
    found, begun = [], ""
    for line in sql.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            found.append(begun)
            begun = ""
    if re.sub(r"--.*", "", begun).strip():
        raise MigrationError("a migration ends in the middle of a statement; is a semicolon missing?")
    return found


async def migrate_insforge(base_url: str, key: str, folder: Path, *, dry_run: bool = False) -> list[str]:
    """Bring an InsForge project up to date through its migration API and return what was applied.

    InsForge keeps the statements and no checksum, so history is compared by number and name.
    """
    async with client(base_url, headers={"Authorization": f"Bearer {key}"}) as http:
        applied = _applied(await _call(http, "GET", None))
        done = []
        for one in read_migrations(folder):
            if one.version in applied:
                if applied[one.version] != one.name:
                    raise MigrationError(
                        f"the project's migration {one.version} is {applied[one.version]}, not {one.name}"
                    )
                continue
            body = {"version": str(one.version), "name": one.name, "sql": one.sql}
            await _call(http, "POST", body, path="/dry-run" if dry_run else "")
            done.append(one.name)
        return done


def _applied(reply: object) -> dict[int, str]:
    entries = reply.get("migrations", []) if isinstance(reply, dict) else reply
    if not isinstance(entries, list):
        raise MigrationError("InsForge answered with something that is no list of migrations")
    return {int(entry["version"]): str(entry["name"]) for entry in entries}


async def _call(http: Client, method: str, body: object, *, path: str = "") -> object:
    try:
        answer = await http.request(method, f"/api/database/migrations{path}", json=body)
    except TRANSPORT_ERRORS as error:
        raise MigrationError(f"InsForge cannot be reached ({type(error).__name__})") from None
    if answer.status_code == 401:
        raise MigrationError("InsForge does not accept INSFORGE_SERVICE_KEY.")
    if answer.is_error:
        raise MigrationError(f"InsForge refused the migration with status {answer.status_code}.")
    return answer.json()
