"""Backup and restore of the data on this machine: one archive of every SQLite file, uploads and the machine's own key.

A backup may be made while Cornerman runs: SQLite copies each file as of one moment (sqlite.org/backup.html). The
journal is copied after the records, so that what it still owes them is owed after a restore too, and is written again
without harm. Uploads come last, because each is on disk before a row speaks of it.
Rows that lie in PostgREST are backed up where they lie.
"""

import os
import re
import sqlite3
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

KEY_FILE = "encryption.key"
_JOURNAL = "journal.sqlite"
_UPLOADS = "uploads"
_UPLOAD = re.compile(rf"{_UPLOADS}/\d{{1,16}}/(?:work|proof)/[0-9a-f-]{{36}}")


class BackupError(Exception):
    """Nothing was changed; the message says what to do."""


def back_up(data_dir: Path, archive: Path) -> tuple[str, ...]:
    """Write every file worth keeping into a new archive, readable by its owner alone, and return their names.

    Raises BackupError where there is nothing to keep, the archive exists or cannot be written; no half of one is left.
    """
    databases = sorted(data_dir.glob("*.sqlite"), key=lambda path: (path.name == _JOURNAL, path.name))
    if not databases:
        raise BackupError(f"There is no data in {data_dir}. Set DATA_DIR to where it is.")
    if archive.exists():
        raise BackupError(f"{archive} exists already. Name a file that does not.")
    try:
        descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _unwritten(archive, error) from None
    try:
        return _pack(data_dir, databases, archive, descriptor)
    except (OSError, sqlite3.Error) as error:
        archive.unlink()
        raise _unwritten(archive, error) from None


def _unwritten(archive: Path, error: Exception) -> BackupError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return BackupError(f"{archive} cannot be written ({reason}).")


def _pack(data_dir: Path, databases: list[Path], archive: Path, descriptor: int) -> tuple[str, ...]:
    names = []
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
        for path in sorted((data_dir / _UPLOADS).rglob("*")):
            name = path.relative_to(data_dir).as_posix()
            if _UPLOAD.fullmatch(name):
                with suppress(FileNotFoundError):  # its rep has deleted it meanwhile
                    tar.add(path, name)
                    names.append(name)
    return tuple(names)


def restore(archive: Path, data_dir: Path) -> tuple[str, ...]:
    """Put an archive's files into an empty data directory and return their names; stop Cornerman before.

    Raises BackupError where data is there already, or the archive is none of ours or damaged; nothing is changed then.
    """
    if any(data_dir.glob("*.sqlite")) or any((data_dir / _UPLOADS).glob("*")):
        raise BackupError(f"There is data in {data_dir} already. Move it away, or set DATA_DIR to a new directory.")
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir) as folder:
        names = _unpacked(archive, Path(folder))
        for name in names:
            (data_dir / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
            if not names or any(not _is_ours(name) for name in names):
                raise BackupError(f"{archive} is no backup of Cornerman.")
            tar.extractall(folder, filter="data")
    except (OSError, tarfile.TarError, EOFError) as error:
        raise BackupError(f"{archive} cannot be read: {type(error).__name__}.") from None
    for name in names:
        if _is_database(name):
            _check(folder / name, archive)
        (folder / name).chmod(0o600)
    return names


def _is_ours(name: str) -> bool:
    return name == KEY_FILE or _is_database(name) or _UPLOAD.fullmatch(name) is not None


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
