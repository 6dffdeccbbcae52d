"""The commands about what is kept: check, migrate, keys, backup and restore."""

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from cryptography.fernet import Fernet

from actors.key_rotation import KeyRotation, Rotated, unreadable_keys
from actors.library import load_library
from actors.providers.key_vault import KeyVault
from actors.settings import Settings
from cornerman.machine import HOME, StartRefused, is_running, own_settings
from cornerman.records import apply_migrations, kept_key, open_store
from storage import StorageError, back_up, restore


def check() -> int:
    """Read settings, prompts, pipelines, data and stored keys as a start does, and say what they are."""
    settings = own_settings()
    library = load_library(HOME)
    print(f"Settings: in order. Data: {settings.data_dir}")
    print(f"Pipelines: {', '.join(sorted(library.pipelines))}. Playbook sections: {len(library.playbook.sections)}.")
    return asyncio.run(_check_keys(settings))


async def _check_keys(settings: Settings) -> int:
    """Say how many of the reps' stored keys can no longer be opened, where anything is stored yet."""
    if settings.insforge_base_url is None and not (settings.data_dir / "records.sqlite").exists():
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
    print("Keys: every stored key opens.")
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
    print(f"Kept in {archive}: {', '.join(names)}. Whoever has this file can read everything in it; guard it well.")
    return 0


def restore_backup(archive: Path) -> int:
    """Unpack into an empty data directory; a running process is refused."""
    settings = own_settings()
    if is_running(settings):
        raise StartRefused(f"Something answers on port {settings.port}: stop Cornerman first, then restore.")
    names = restore(archive, settings.data_dir)
    print(f"Restored to {settings.data_dir}: {', '.join(names)}.")
    return 0
