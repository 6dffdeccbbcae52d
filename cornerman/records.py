"""Where records and keys are kept: the store that the settings name, its migrations and the machine's own key."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import structlog
from cryptography.fernet import Fernet

from actors.providers.secret import Secret
from actors.settings import Settings
from cornerman.machine import HOME, StartRefused, prepared
from storage import (
    PostgrestStore,
    RepTokens,
    SqliteStore,
    StorageError,
    Store,
    migrate_insforge,
    migrate_sqlite,
    missing_tables,
)

_LOG = structlog.get_logger("cornerman")
SCHEMA_CHECK_S = 8.0


async def open_store(settings: Settings, stack: AsyncExitStack) -> Store:
    """The records, closed with `stack`; the embedded ones are migrated first, a remote that was not is refused."""
    if settings.insforge_base_url and settings.insforge_service_key:
        secret = settings.insforge_jwt_secret
        remote = PostgrestStore(
            settings.insforge_base_url,
            records_path=settings.records_path,
            token=settings.insforge_service_key.reveal(),
            reps=RepTokens(secret.reveal()) if secret else None,
        )
        stack.push_async_callback(remote.close)
        await _require_migrations(remote)
        return remote
    path = settings.data_dir / "records.sqlite"
    applied = await migrate_sqlite(path, HOME / "migrations")
    if applied:
        print(f"Records:      applied {len(applied)} migrations to {path}", flush=True)
    local = await SqliteStore.open(path)
    stack.push_async_callback(local.close)
    return local


async def _require_migrations(remote: Store) -> None:
    """Refuse to go on where tables are missing; a database out of reach is told, and reps are answered meanwhile."""
    try:
        async with asyncio.timeout(SCHEMA_CHECK_S):
            missing = await missing_tables(remote)
    except (StorageError, TimeoutError) as error:
        _LOG.warning("migrations_unchecked", error=type(error).__name__)
        print("Records:      out of reach; writing waits in the journal until they are back", flush=True)
        return
    if missing:
        named = ", ".join(missing)
        raise StartRefused(
            f"The database lacks tables or columns of this version ({named}): run `make migrate`"
            " (a plain PostgreSQL: `make migrate-postgres`), then start again."
        )


async def apply_migrations(settings: Settings) -> tuple[str, ...]:
    """Bring the database up to date, and name the migrations that were applied now."""
    if settings.insforge_base_url and settings.insforge_service_key:
        key = settings.insforge_service_key.reveal()
        return tuple(await migrate_insforge(settings.insforge_base_url, key, HOME / "migrations"))
    return tuple(await migrate_sqlite(prepared(settings.data_dir) / "records.sqlite", HOME / "migrations"))


def kept_key(data_dir: Path) -> Secret:
    """The key of a machine that was given none: made once and kept beside the data, readable by its owner alone."""
    path = data_dir / "encryption.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(Fernet.generate_key().decode(), encoding="ascii")
    return Secret(path.read_text(encoding="ascii").strip())
