"""Backup and restore of the data on this machine: one archive of every SQLite file and the machine's own key.

A backup may be made while Cornerman runs: SQLite copies each file as of one moment (sqlite.org/backup.html). The
journal is copied last, so that what it still owes to the records is owed after a restore too, and is written again
without harm. Rows that lie in PostgREST are backed up where they lie.
"""

import os
import sqlite3
import tarfile
import tempfile
from pathlib import Path

KEY_FILE = "encryption.key"
_JOURNAL = "journal.sqlite"


class BackupError(Exception):
    """Nothing was changed; the message says what to do."""


def back_up(data_dir: Path, archive: Path) -> tuple[str, ...]:
    """Write every file worth keeping into a new archive, readable by its owner alone, and return their names.

    Raises BackupError where there is nothing to keep or the archive exists.
    """
    databases = sorted(data_dir.glob("*.sqlite"), key=lambda path: (path.name == _JOURNAL, path.name))
    if not databases:
        raise BackupError(f"There is no data in {data_dir}. Set DATA_DIR to where it is.")
    if archive.exists():
        raise BackupError(f"{archive} exists already. Name a file that does not.")
    names = []
    descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(descriptor, "wb") as file,
        tempfile.TemporaryDirectory(dir=archive.parent) as folder,
        tarfile.open(fileobj=file, mode="w:gz") as tar,
    ):
        for path in databases:
            tar.add(_copied(path, Path(folder) / path.name), path.name)
            names.append(path.name)
        if (data_dir / KEY_FILE).exists():
            tar.add(data_dir / KEY_FILE, KEY_FILE)
            names.append(KEY_FILE)
    return tuple(names)


def restore(archive: Path, data_dir: Path) -> tuple[str, ...]:
    """Put an archive's files into an empty data directory and return their names; stop Cornerman before.

    Raises BackupError where data is there already, or the archive is none of ours or damaged; nothing is changed then.
    """
    if any(data_dir.glob("*.sqlite")):
        raise BackupError(f"There is data in {data_dir} already. Move it away, or set DATA_DIR to a new directory.")
    data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir) as folder:
        names = _unpacked(archive, Path(folder))
        for name in names:
            (Path(folder) / name).replace(data_dir / name)
    return names


def _copied(path: Path, copy: Path) -> Path:
    source, target = sqlite3.connect(f"file:{path}?mode=ro", uri=True), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
    return copy


def _unpacked(archive: Path, folder: Path) -> tuple[str, ...]:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            names = tuple(sorted(tar.getnames()))
            if not names or any(name != KEY_FILE and not _is_database(name) for name in names):
                raise BackupError(f"{archive} is no backup of Cornerman.")
            tar.extractall(folder, filter="data")
    except (OSError, tarfile.TarError, EOFError) as error:
        raise BackupError(f"{archive} cannot be read: {type(error).__name__}.") from None
    for name in names:
        if name != KEY_FILE:
            _check(folder / name, archive)
        (folder / name).chmod(0o600)
    return names


def _is_database(name: str) -> bool:
    return name.endswith(".sqlite") and "/" not in name


def _check(path: Path, archive: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        sound = connection.execute("pragma quick_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        sound = False
    finally:
        connection.close()
    if not sound:
        raise BackupError(f"{archive} is damaged: {path.name} cannot be read.")
