"""The commands about what is kept: check, migrate, keys, backup and restore."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

from cryptography.fernet import Fernet

from actors.key_rotation import KeyRotation, Rotated, unreadable_keys
from actors.library import LibraryError, load_library
from actors.providers.key_vault import KeyVault
from actors.settings import Settings, SettingsError
from cornerman.machine import HOME, LOOPBACK, StartRefused, is_running, own_settings, prepared
from cornerman.records import apply_migrations, kept_key, open_store
from storage import StorageError, back_up, restore

_Read = TypeVar("_Read")


def check() -> int:
    """Read settings, prompts, pipelines, data and stored keys as a start does, and say what they are."""
    problems: list[str] = []
    settings, library = _told(own_settings, problems), _told(lambda: load_library(HOME), problems)
    if settings is None or library is None:
        for problem in problems:
            print(f"- {problem}", file=sys.stderr)
        return 2
    print(f"Settings: in order. Data: {prepared(settings.data_dir).absolute()}")
    print(f"Pipelines: {', '.join(sorted(library.pipelines))}. Playbook sections: {len(library.playbook.sections)}.")
    for hint in _hints(settings):
        print(f"Note: {hint}")
    return asyncio.run(_check_records(settings))


def _told(read: Callable[[], _Read], problems: list[str]) -> _Read | None:
    try:
        return read()
    except (SettingsError, LibraryError) as refused:
        problems += refused.problems
        return None


def _hints(settings: Settings) -> Iterator[str]:
    """What works and is seldom meant."""
    if settings.status_token is None and settings.host not in LOOPBACK:
        yield "HOST is open to other machines and STATUS_TOKEN is empty, so nobody can open /status."
    if settings.telegram_bot_token is not None and not settings.admin_usernames:
        yield "ADMIN_USERNAMES is empty, so nobody sees how the team does."
    if settings.telegram_bot_token is not None and settings.openrouter_api_key is None:
        yield "OPENROUTER_API_KEY is empty: reps without a key of their own get answers of the practice model."
    if settings.jwt_secret is None and settings.mini_app_url is not None:
        yield "JWT_SECRET is empty: pages of the Mini App that are open sign in anew after each start."


async def _check_records(settings: Settings) -> int:
    """Say whether migrations are missing, and how many of the reps' stored keys can no longer be opened."""
    if settings.insforge_base_url is None and not (settings.data_dir / "records.sqlite").exists():
        print("Records: none yet; the first start makes them.")
        return 0
    vault = KeyVault((settings.encryption_key or kept_key(settings.data_dir)).reveal())
    async with AsyncExitStack() as stack:
        try:
            lost = await unreadable_keys(await open_store(settings, stack), vault)
        except StorageError as error:
            print(f"Records: they cannot be asked now ({type(error).__name__}).", file=sys.stderr)
            return 1
    if lost:
        print(f"Keys: {lost} open under no ENCRYPTION_KEY; their reps must give them again.", file=sys.stderr)
        return 1
    print("Records: every migration is applied. Keys: every stored key opens.")
    return 0


def migrate() -> int:
    """Apply what is missing of migrations/."""
    applied = asyncio.run(apply_migrations(own_settings()))
    print(f"Applied: {', '.join(applied)}" if applied else "Nothing to apply: the database is up to date.")
    return 0


def new_key() -> int:
    """Print a fresh key."""
    print(Fernet.generate_key().decode())
    return 0


def rotate_keys() -> int:
    """Encrypt what reps entrusted again; 1 where some of it opens under no key."""
    settings = own_settings()
    if is_running(settings):
        raise StartRefused(f"Something answers on port {settings.port}: stop Cornerman first, then rotate.")
    key = settings.encryption_key or kept_key(settings.data_dir)
    rotated = asyncio.run(_rotate(settings, KeyVault(key.reveal())))
    print(f"Encrypted again with the newest key: {rotated.resealed}.")
    if rotated.unreadable:
        print(f"Open under no ENCRYPTION_KEY and left as they are: {rotated.unreadable}.", file=sys.stderr)
        return 1
    print("The older keys in ENCRYPTION_KEY are no longer needed.")
    return 0


async def _rotate(settings: Settings, vault: KeyVault) -> Rotated:
    rotation = KeyRotation(vault)
    rotation.journal(settings.data_dir / "journal.sqlite")
    async with AsyncExitStack() as stack:
        await rotation.rows(await open_store(settings, stack))
    return rotation.rotated


def keep_backup(archive: Path) -> int:
    """Pack the data directory, also under a running process."""
    names = back_up(own_settings().data_dir, archive)
    print(f"Kept in {archive}: {_counted(names)}. Whoever has this file can read everything in it; guard it well.")
    return 0


def restore_backup(archive: Path) -> int:
    """Unpack into an empty data directory; a running process is refused."""
    settings = own_settings()
    if is_running(settings):
        raise StartRefused(f"Something answers on port {settings.port}: stop Cornerman first, then restore.")
    names = restore(archive, settings.data_dir)
    print(f"Restored to {settings.data_dir}: {_counted(names)}.")
    return 0


def _counted(names: tuple[str, ...]) -> str:
    """The files by name, uploads by their number."""
    files = [name for name in names if "/" not in name]
    uploads = len(names) - len(files)
    return ", ".join([*files, f"uploads: {uploads}"] if uploads else files)
