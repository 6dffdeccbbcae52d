"""Backup and restore: what comes back is what was there, and nothing is ever written over."""

import sqlite3
import tarfile
from pathlib import Path

import pytest

from storage.backup import KEY_FILE, BackupError, back_up, restore


def database(path: Path, *values: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode=wal")
    connection.execute("create table said (words text)")
    connection.executemany("insert into said values (?)", [(value,) for value in values])
    connection.commit()
    return connection


def words(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("select words from said")]
    finally:
        connection.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory in use."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / KEY_FILE).write_text("a key")
    (folder / "sandbox-telegram").mkdir()
    return folder


def test_what_was_there_comes_back(data: Path, tmp_path: Path) -> None:
    """Also what still lies in the write-ahead log of a file in use; the emulators' own files are not kept."""
    journal, records = database(data / "journal.sqlite", "owed"), database(data / "records.sqlite", "kept")
    try:
        names = back_up(data, tmp_path / "backup.tar.gz")
    finally:
        journal.close()
        records.close()
    assert names == ("records.sqlite", "journal.sqlite", KEY_FILE)
    assert (tmp_path / "backup.tar.gz").stat().st_mode & 0o777 == 0o600
    fresh = tmp_path / "new"
    assert set(restore(tmp_path / "backup.tar.gz", fresh)) == set(names)
    assert words(fresh / "journal.sqlite") == ["owed"]
    assert words(fresh / "records.sqlite") == ["kept"]
    assert (fresh / KEY_FILE).read_text() == "a key"
    assert (fresh / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in fresh.iterdir()) == sorted(names)


def test_nothing_is_written_over(data: Path, tmp_path: Path) -> None:
    """An archive that exists and data that is there are left as they are."""
    database(data / "records.sqlite", "kept").close()
    archive = tmp_path / "backup.tar.gz"
    back_up(data, archive)
    before = archive.read_bytes()
    with pytest.raises(BackupError, match="exists already"):
        back_up(data, archive)
    with pytest.raises(BackupError, match="data in"):
        restore(archive, data)
    assert archive.read_bytes() == before
    assert words(data / "records.sqlite") == ["kept"]


def test_an_empty_place_is_said_so(tmp_path: Path) -> None:
    """A wrong DATA_DIR makes no empty backup."""
    with pytest.raises(BackupError, match="Set DATA_DIR"):
        back_up(tmp_path, tmp_path / "backup.tar.gz")
    assert not (tmp_path / "backup.tar.gz").exists()


def packed(archive: Path, name: str, content: bytes) -> Path:
    file = archive.parent / "content"
    file.write_bytes(content)
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(file, name)
    return archive


@pytest.mark.parametrize("name", ["notes.txt", "../records.sqlite", "folder/records.sqlite", "records.sqlite"])
def test_a_strange_or_damaged_archive_changes_nothing(name: str, tmp_path: Path) -> None:
    """Other files, paths that lead elsewhere, a database that is none."""
    archive = packed(tmp_path / "strange.tar.gz", name, b"x" * 5000)
    with pytest.raises(BackupError):
        restore(archive, tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_what_is_no_archive_is_said_so(content: bytes, tmp_path: Path) -> None:
    """One sentence names the file."""
    (tmp_path / "x.tar.gz").write_bytes(content)
    with pytest.raises(BackupError, match="cannot be read"):
        restore(tmp_path / "x.tar.gz", tmp_path / "data")
