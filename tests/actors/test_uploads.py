"""Uploads: kept until they are old or their rep leaves, and never more than the reference names."""

import os
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actors.telegram.file_fetcher import FileFetcher
from actors.telegram.messages import FetchFile, FileFetched, FileRefused
from actors.uploads import WORK_KEPT_S, DropUpload, ForgetUploads, KeepUpload, Purpose, UploadKept, Uploads
from runtime import ActorSystem, ChildSpec
from storage import back_up, restore

ID = "00000000-0000-4000-8000-0000000000aa"
GONE = FileRefused(gone=True)


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[ActorSystem]:
    system = ActorSystem()
    await system.start(ChildSpec("uploads", lambda: Uploads(tmp_path), well_known=True))
    await system.start(ChildSpec("file_fetcher", lambda: FileFetcher("http://127.0.0.1:1", "1:t"), well_known=True))
    yield system
    await system.shutdown()


async def keep(system: ActorSystem, telegram_id: int = 7, purpose: Purpose = "work") -> str:
    kept = await system.ask(system.find("uploads"), KeepUpload(telegram_id, purpose, ID, b"seen"), deadline_s=5.0)
    assert isinstance(kept, UploadKept)
    return kept.reference


async def fetch(system: ActorSystem, reference: str) -> object:
    return await system.ask(system.find("file_fetcher"), FetchFile(reference), deadline_s=5.0)


async def test_a_file_is_fetched_like_one_of_telegrams(system: ActorSystem) -> None:
    """The same door, the bytes as they came; a dropped one is gone."""
    reference = await keep(system)
    assert await fetch(system, reference) == FileFetched(b"seen")
    system.send(system.find("uploads"), DropUpload(reference))
    assert await fetch(system, reference) == GONE


@pytest.mark.parametrize("reference", ["page:", "page:7/work/../../secret", "page:7/other/" + ID, f"page:x/work/{ID}"])
async def test_a_reference_leads_nowhere_else(system: ActorSystem, reference: str) -> None:
    """What is no reference of ours names no file."""
    assert await fetch(system, reference) == GONE


async def test_a_rep_who_leaves_takes_all_files_along(system: ActorSystem) -> None:
    """Work and proofs of this rep go, those of another stay."""
    mine, proof, other = await keep(system), await keep(system, purpose="proof"), await keep(system, 8)
    system.send(system.find("uploads"), ForgetUploads(7))
    assert [await fetch(system, one) for one in (mine, proof, other)] == [GONE, GONE, FileFetched(b"seen")]


async def test_old_work_is_swept_at_the_start(tmp_path: Path, system: ActorSystem) -> None:
    """What runs were made of goes after a month; proofs stay."""
    work, proof, fresh = await keep(system), await keep(system, purpose="proof"), await keep(system, 8)
    old = time.time() - WORK_KEPT_S - 60
    for purpose in ("work", "proof"):
        os.utime(tmp_path / "7" / purpose / ID, (old, old))
    await system.start(ChildSpec("sweeper", lambda: Uploads(tmp_path), well_known=True))
    await system.ask(system.find("sweeper"), FetchFile(proof), deadline_s=5.0)
    assert await fetch(system, work) == GONE
    assert [await fetch(system, one) for one in (proof, fresh)] == [FileFetched(b"seen")] * 2


async def test_a_backup_brings_uploads_where_they_are_looked_for(tmp_path: Path) -> None:
    """After wipe and restore the same references lead to the same bytes."""
    data = tmp_path / "data"
    data.mkdir()
    sqlite3.connect(data / "records.sqlite").close()
    for folder in (data, tmp_path / "new"):
        system = ActorSystem()
        await system.start(ChildSpec("uploads", lambda at=folder: Uploads(at / "uploads"), well_known=True))  # type: ignore[misc]
        if folder is data:
            proof = await keep(system, purpose="proof")
            back_up(data, tmp_path / "kept.tar.gz")
            restore(tmp_path / "kept.tar.gz", tmp_path / "new")
        answer = await system.ask(system.find("uploads"), FetchFile(proof), deadline_s=5.0)
        assert answer == FileFetched(b"seen")
        await system.shutdown()
