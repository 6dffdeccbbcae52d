"""Uploads: pictures and recordings that reps hand in on the page, kept as files beside the journal.

A reference names a file as Telegram's id names one of Telegram's: FileFetcher brings either. What a run was made of is
deleted after `WORK_KEPT_S`, a proof stays until its rep deletes the lead or everything.
"""

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Literal

import msgspec
import structlog

from actors.telegram.messages import UPLOADED, FetchFile, FileFetched, FileRefused
from runtime import Actor, Address, Mailbox

_LOG = structlog.get_logger(__name__)
Purpose = Literal["work", "proof"]
WORK_KEPT_S = 30 * 24 * 3600.0
SWEEP_EVERY_S = 24 * 3600.0
_REFERENCE = re.compile(rf"{UPLOADED}(\d{{1,16}})/(work|proof)/([0-9a-f-]{{36}})")


class KeepUpload(msgspec.Struct, frozen=True):
    """Keep a file of a rep under this id, a UUID; answered by `UploadKept` once it is on disk."""

    telegram_id: int
    purpose: Purpose
    id: str
    data: bytes


class UploadKept(msgspec.Struct, frozen=True):
    """The file is on disk; the reference stands wherever a Telegram file's id would."""

    reference: str


class DropUpload(msgspec.Struct, frozen=True):
    """Nothing refers to this file."""

    reference: str


class ForgetUploads(msgspec.Struct, frozen=True):
    """Delete every file of a rep."""

    telegram_id: int


class _Sweep(msgspec.Struct, frozen=True):
    pass


class Uploads(Actor):
    """Owns the folder of uploads; one message at a time, each done before the next."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=1_000)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    async def started(self) -> None:
        """Delete what has grown old."""
        self.send(self.address, _Sweep())

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case KeepUpload():
                await self.to_thread(self._keep, message)
                self.send(sender, UploadKept(f"{UPLOADED}{message.telegram_id}/{message.purpose}/{message.id}"))
            case FetchFile(file_id=reference):
                self.send(sender, await self.to_thread(self._read, reference))
            case DropUpload(reference=reference):
                path = self._path(reference)
                if path is not None:
                    await self.to_thread(path.unlink, missing_ok=True)
            case ForgetUploads(telegram_id=telegram_id):
                await self.to_thread(shutil.rmtree, self._folder / str(telegram_id), ignore_errors=True)
            case _Sweep():
                deleted = await self.to_thread(self._sweep, self.clock.time() - WORK_KEPT_S)
                _LOG.info("uploads_swept", deleted=deleted)
                self.timer(SWEEP_EVERY_S, _Sweep())
            case _:
                await self.unhandled(message, sender)

    def _path(self, reference: str) -> Path | None:
        found = _REFERENCE.fullmatch(reference)
        return self._folder.joinpath(*found.groups()) if found else None

    def _keep(self, upload: KeepUpload) -> None:
        path = self._folder / str(upload.telegram_id) / upload.purpose / upload.id
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        with half.open("wb") as file:
            file.write(upload.data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)

    def _read(self, reference: str) -> FileFetched | FileRefused:
        path = self._path(reference)
        if path is None:
            return FileRefused(gone=True)
        try:
            return FileFetched(path.read_bytes())
        except FileNotFoundError:
            return FileRefused(gone=True)
        except OSError as error:
            _LOG.warning("upload_unreadable", error=type(error).__name__)
            return FileRefused(gone=False)

    def _sweep(self, before: float) -> int:
        deleted = 0
        for path in self._folder.glob("*/work/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    deleted += 1
        return deleted
