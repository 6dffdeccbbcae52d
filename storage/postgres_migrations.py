"""Migrations of a plain PostgreSQL, through its own `psql`: no driver is needed for the one task that speaks SQL.

Everything runs as `project_admin` where that role exists, as on InsForge, so that its tables have the same owner.
"""

import asyncio
import os
from asyncio.subprocess import PIPE
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from storage.errors import MigrationError
from storage.migrations import Migration, pending, read_migrations

_LOCK = 7_236_471_120_925
"""Any number that nobody else locks in this database."""
_BEGIN = f"""
select pg_advisory_lock({_LOCK}) \\g /dev/null
set lock_timeout = '5s';
"""
_LEDGER = """
set client_min_messages = warning;
create schema if not exists cornerman;
create table if not exists cornerman.schema_migrations (
    version bigint primary key, name text not null, checksum text not null, applied_at timestamptz not null
);
"""
_LIST = "select version, checksum from cornerman.schema_migrations order by version;\n"
_GUARDED = """
begin;
select exists (select from cornerman.schema_migrations where version = {version}) as known \\gset
\\if :known
\\else
{applying}
\\endif
commit;
"""
_APPLYING = """
select exists (select from pg_roles where rolname = 'project_admin') as like_insforge \\gset
\\if :like_insforge
set local role project_admin;
\\endif
{sql}
reset role;
insert into cornerman.schema_migrations values ({version}, '{name}', '{checksum}', clock_timestamp());
\\echo applied {title}
"""
_ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
_BOOTSTRAP = Path("bootstrap") / "plain-postgresql.sql"


async def migrate_postgres(
    url: str, folder: Path, *, bootstrap: bool = False, dry_run: bool = False, psql: str = "psql"
) -> list[str]:
    """Bring a PostgreSQL database up to date and return what was applied; processes that race take turns.

    `bootstrap` first makes the roles and functions that InsForge has and a plain server lacks. Raises MigrationError,
    in whose text there is no password.
    """
    migrations = read_migrations(folder)
    environment = _environment(url)
    roles = (folder / _BOOTSTRAP).read_text(encoding="utf-8") if bootstrap else ""
    if dry_run:
        return await _tried(psql, environment, roles, migrations)
    listed = await _psql(psql, environment, _BEGIN + "begin;\n" + roles + "commit;\n" + _LEDGER + _LIST)
    waiting = pending(migrations, _applied(listed))
    if not waiting:
        return []
    script = _BEGIN + "".join(_guarded(one) for one in waiting) + "notify pgrst, 'reload schema';\n"
    return [line.partition(" ")[2] for line in await _psql(psql, environment, script) if line.startswith("applied ")]


async def _tried(psql: str, environment: dict[str, str], roles: str, migrations: tuple[Migration, ...]) -> list[str]:
    listed = await _psql(psql, environment, "begin;\n" + roles + _LEDGER + _LIST + "rollback;\n")
    waiting = pending(migrations, _applied(listed))
    script = "begin;\n" + roles + _LEDGER + "".join(_applying(one) for one in waiting) + "rollback;\n"
    await _psql(psql, environment, script)
    return [one.title for one in waiting]


def _applied(lines: list[str]) -> dict[int, str]:
    return {int(version): checksum for version, _, checksum in (line.partition("|") for line in lines if "|" in line)}


def _guarded(migration: Migration) -> str:
    """One file in one transaction, passed over when another process was faster."""
    return _GUARDED.format(version=migration.version, applying=_applying(migration))


def _applying(migration: Migration) -> str:
    return _APPLYING.format(
        sql=migration.sql,
        version=migration.version,
        name=migration.name,
        checksum=migration.checksum,
        title=migration.title,
    )


def _environment(url: str) -> dict[str, str]:
    """The URL as libpq's variables: on a command line every user of the machine could read the password."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise MigrationError("the database's address must begin with postgresql://")
    try:
        port = str(parts.port) if parts.port else ""
    except ValueError:
        raise MigrationError("the port in the database's address is no number") from None
    given = {
        "PGHOST": unquote(parts.hostname or ""),
        "PGPORT": port,
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    for name, value in parse_qsl(parts.query):
        if name not in _ENVIRONMENT:
            raise MigrationError(f"the database's address has a parameter `{name}`, which is not known here")
        given[_ENVIRONMENT[name]] = value
    return {"PGCONNECT_TIMEOUT": "10"} | {name: value for name, value in given.items() if value}


async def _psql(psql: str, environment: dict[str, str], script: str) -> list[str]:
    """The lines a script prints; it stops at the first error."""
    given = {**os.environ, "PGCLIENTENCODING": "UTF8", **environment}
    options = ("-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-f", "-")
    try:
        process = await asyncio.create_subprocess_exec(psql, *options, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=given)
    except OSError:
        raise MigrationError("psql is not installed; PostgreSQL's client package brings it") from None
    output, problem = await process.communicate(script.encode())
    if process.returncode != 0:
        said = problem.decode(errors="replace").strip().splitlines()
        raise MigrationError(
            f"PostgreSQL refused: {' '.join(said[:3])[:500] or f'psql ended with {process.returncode}'}"
        )
    return output.decode().splitlines()
