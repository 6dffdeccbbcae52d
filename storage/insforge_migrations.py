"""Migrations of an InsForge project, through its migration API.

InsForge keeps no checksum, so the name a migration is recorded under ends in the beginning of ours.
"""

from pathlib import Path

from storage.errors import MigrationError
from storage.http import TRANSPORT_ERRORS, Client, Response, client
from storage.migrations import Migration, pending, read_migrations

_PATH = "/api/database/migrations"
_MARK = 12
"""Hexadecimal digits of the checksum in a recorded name."""


async def migrate_insforge(base_url: str, key: str, folder: Path, *, dry_run: bool = False) -> list[str]:
    """Bring an InsForge project up to date and return what was applied; raises MigrationError.

    A dry run hands all that is pending to InsForge's own dry run, as one migration.
    """
    migrations = read_migrations(folder)
    async with client(base_url, headers={"Authorization": f"Bearer {key}"}) as http:
        waiting = pending(migrations, await _applied(http))
        if dry_run:
            await _try(http, waiting)
            return [one.title for one in waiting]
        return [one.title for one in waiting if await _apply(http, one)]


async def _applied(http: Client) -> dict[int, str]:
    answer = await _call(http, "GET", None)
    if not answer.is_success:
        raise _refused(answer, "the list of migrations")
    try:
        entries = answer.json()["migrations"]
        return {int(entry["version"]): str(entry["name"]).rpartition("-")[2] for entry in entries}
    except (ValueError, KeyError, TypeError):
        raise MigrationError("InsForge answered with something that is no list of migrations") from None


async def _apply(http: Client, migration: Migration) -> bool:
    """Apply one file; False when another process was faster."""
    answer = await _call(http, "POST", _body(migration))
    if answer.status_code == 409 and migration.version in await _applied(http):
        return False
    if not answer.is_success:
        raise _refused(answer, f"migration {migration.title}")
    return True


async def _try(http: Client, waiting: tuple[Migration, ...]) -> None:
    if not waiting:
        return
    body = {"version": str(waiting[-1].version), "name": "dry-run", "sql": "\n".join(one.sql for one in waiting)}
    answer = await _call(http, "POST", body, path=f"{_PATH}/dry-run")
    if not answer.is_success:
        raise _refused(answer, "the pending migrations")


def _body(migration: Migration) -> dict[str, str]:
    name = f"{migration.name}-{migration.checksum[:_MARK]}"
    return {"version": str(migration.version), "name": name, "sql": migration.sql}


async def _call(http: Client, method: str, body: object, *, path: str = _PATH) -> Response:
    try:
        return await http.request(method, path, json=body)
    except TRANSPORT_ERRORS as error:
        raise MigrationError(f"InsForge cannot be reached ({type(error).__name__}); run this again") from None


def _refused(answer: Response, what: str) -> MigrationError:
    if answer.status_code in (401, 403) and "AUTH" in answer.text[:200]:
        return MigrationError("InsForge does not accept INSFORGE_SERVICE_KEY; it must be the key that begins with ik_")
    return MigrationError(f"InsForge refused {what} with status {answer.status_code}: {answer.text[:300]}")
