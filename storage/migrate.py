"""The command `python -m storage.migrate`: applies migrations/ to one database and says what was applied.

--target sqlite:PATH          a SQLite file
--target postgresql://...     a PostgreSQL, through psql; `--target postgres` takes the address from DATABASE_URL
--target insforge             the project of INSFORGE_BASE_URL, with INSFORGE_SERVICE_KEY
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from storage.errors import MigrationError
from storage.insforge_migrations import migrate_insforge
from storage.postgres_migrations import migrate_postgres
from storage.sqlite_migrations import migrate_sqlite

_FOLDER = Path(__file__).parent.parent / "migrations"


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return the process's exit status: 0, or 2 with one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="storage.migrate", description=__doc__.partition("\n")[0])
    parser.add_argument("--target", required=True, help="sqlite:PATH, postgresql://..., postgres or insforge")
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="where the migrations are")
    parser.add_argument("--bootstrap", action="store_true", help="plain PostgreSQL: first make the roles")
    parser.add_argument("--dry-run", action="store_true", help="try everything and keep nothing")
    chosen = parser.parse_args(arguments)
    try:
        applied = asyncio.run(_migrate(chosen, os.environ))
    except MigrationError as error:
        print(error, file=sys.stderr)  # noqa: T201  # a command speaks on its streams
        return 2
    verb = "Would apply" if chosen.dry_run else "Applied"
    print(f"{verb}: {', '.join(applied)}" if applied else "Nothing to apply: the database is up to date.")  # noqa: T201
    return 0


async def _migrate(chosen: argparse.Namespace, environment: Mapping[str, str]) -> list[str]:
    target: str = chosen.target
    scheme, _, rest = target.partition(":")
    if chosen.bootstrap and not scheme.startswith("postgres"):
        raise MigrationError("--bootstrap is for a plain PostgreSQL")
    if scheme == "sqlite" and rest:
        return await migrate_sqlite(Path(rest.removeprefix("//")), chosen.folder, dry_run=chosen.dry_run)
    if target == "insforge":
        base_url = _needed(environment, "INSFORGE_BASE_URL")
        key = _needed(environment, "INSFORGE_SERVICE_KEY")
        return await migrate_insforge(base_url, key, chosen.folder, dry_run=chosen.dry_run)
    if scheme.startswith("postgres"):
        url = target if rest else _needed(environment, "DATABASE_URL")
        return await migrate_postgres(url, chosen.folder, bootstrap=chosen.bootstrap, dry_run=chosen.dry_run)
    raise MigrationError("--target is sqlite:PATH, postgresql://..., postgres or insforge")


def _needed(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise MigrationError(f"set {name}")
    return environment[name]


if __name__ == "__main__":
    sys.exit(main())
