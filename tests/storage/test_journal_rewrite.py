"""Everything a journal keeps can be passed through a function while nothing runs on it."""

import sqlite3
from pathlib import Path

import pytest

from storage import rewrite_journal
from storage.journal_file import JournalFile
from storage.journal_messages import Commit, Load, Loaded, MarkOutbox, NewOutboxEntry, OutboxMark


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of two actors: one with a snapshot, an open effect and a settled one, one without a snapshot."""
    path = tmp_path / "journal.sqlite"
    journal = JournalFile(path, time=lambda: 1000.0)
    effects = tuple(NewOutboxEntry(f"e{number}", "message", "7", b"old effect") for number in range(2))
    journal.apply([Commit("7", b"old state", wake=False, outbox=effects), Commit("8", None, wake=True)])
    journal.apply([MarkOutbox((OutboxMark(2, "dead"),))])
    journal.close()
    return path


def kept(path: Path) -> tuple[bytes | None, tuple[bytes, ...], bytes]:
    """The snapshot, the open effects, and the settled effect."""
    journal = JournalFile(path, time=lambda: 1000.0)
    (loaded,) = journal.apply([Load("7", "message", "7")]).replies
    journal.close()
    assert isinstance(loaded, Loaded)
    connection = sqlite3.connect(path)
    (settled,) = connection.execute("select payload from outbox where settled_at is not null").fetchone()
    connection.close()
    return loaded.snapshot, loaded.unsettled, settled


def renewed(value: bytes) -> bytes:
    return value.replace(b"old", b"new")


def test_snapshots_and_open_effects_are_rewritten_and_settled_ones_are_not(path: Path) -> None:
    """The number of values that differ is given; an actor without a snapshot stays without one."""
    assert rewrite_journal(path, renewed) == 2
    assert kept(path) == (b"new state", (b"new effect",), b"old effect")


def test_rewriting_again_changes_nothing(path: Path) -> None:
    """Values that come back as they were are not counted."""
    rewrite_journal(path, renewed)
    assert rewrite_journal(path, renewed) == 0


def test_a_change_that_raises_leaves_everything_as_it_was(path: Path) -> None:
    """Also what was rewritten before it raised."""

    def snapshots_only(value: bytes) -> bytes:
        if b"effect" in value:
            raise ValueError("no key for this")
        return renewed(value)

    with pytest.raises(ValueError, match="no key for this"):
        rewrite_journal(path, snapshots_only)
    assert kept(path) == (b"old state", (b"old effect",), b"old effect")


def test_a_journal_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """It holds nothing, so nothing differs."""
    assert rewrite_journal(tmp_path / "journal.sqlite", renewed) == 0
    assert not (tmp_path / "journal.sqlite").exists()


def test_a_journal_in_use_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another writer's transaction is not waited for beyond the bound, and nothing changes."""
    monkeypatch.setattr("storage.journal_rewrite._BUSY_S", 0.0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        rewrite_journal(path, renewed)
    other.close()
    assert kept(path) == (b"old state", (b"old effect",), b"old effect")


def test_what_was_rewritten_is_nowhere_on_disk(path: Path) -> None:
    """Neither in the file nor in its log: an old key's words do not outlive the key."""
    rewrite_journal(path, renewed)
    files = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"new state" in files
    assert b"old state" not in files
