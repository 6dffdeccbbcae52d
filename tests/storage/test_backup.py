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
    assert fresh.stat().st_mode & 0o777 == 0o700
    assert (fresh / KEY_FILE).read_text() == "a key"
    assert (fresh / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in fresh.iterdir()) == sorted(names)


UPLOADS = (
    "uploads/7/proof/6f1ed002-ab5d-4c1e-9d5a-0e4b0c1f2a3b",
    "uploads/7/work/6f1ed002-ab5d-4c1e-9d5a-0e4b0c1f2a3c",
)


def test_uploads_come_back_with_their_names(data: Path, tmp_path: Path) -> None:
    """Proofs and what runs are made of; what is half written is none."""
    database(data / "records.sqlite", "kept").close()
    for name in (*UPLOADS, f"{UPLOADS[0]}.part"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(name.encode())
    assert back_up(data, tmp_path / "backup.tar.gz") == ("records.sqlite", KEY_FILE, *UPLOADS)
    restore(tmp_path / "backup.tar.gz", tmp_path / "new")
    found = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new" / "uploads").rglob("*")}
    assert {name for name in found if len(name.split("/")) == 4} == set(UPLOADS)
    for name in UPLOADS:
        assert (tmp_path / "new" / name).read_bytes() == name.encode()
        assert (tmp_path / "new" / name).stat().st_mode & 0o777 == 0o600
    (tmp_path / "new" / "records.sqlite").unlink()
    with pytest.raises(BackupError, match="data in"):
        restore(tmp_path / "backup.tar.gz", tmp_path / "new")


def test_a_backup_that_fails_leaves_no_half(data: Path, tmp_path: Path) -> None:
    """A folder that is not there, or a file that is no database, is told in one sentence."""
    (data / "records.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(BackupError, match="cannot be written"):
        back_up(data, tmp_path / "backup.tar.gz")
    assert not (tmp_path / "backup.tar.gz").exists()
    with pytest.raises(BackupError, match="No such file"):
        back_up(data, tmp_path / "nowhere" / "backup.tar.gz")


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


@pytest.mark.parametrize(
    "name", ["notes.txt", "../records.sqlite", "folder/records.sqlite", "records.sqlite", "uploads/7/proof/../../../x"]
)
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
