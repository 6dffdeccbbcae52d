"""What outlives the emulator's restart: one SQLite file of JSON values, written behind the calls.

A value counts from the next flush, a fraction of a second later: the emulator's own crash may lose that much, the
crash of a bot loses nothing.
"""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FLUSH_EVERY_S = 0.2
_SCHEMA = "create table if not exists kept (kind text, key text, value blob, primary key (kind, key)) without rowid"
_PUT = "insert into kept values (?, ?, ?) on conflict do update set value = excluded.value"
_REMOVE = "delete from kept where kind = ? and key = ?"


class Archive:
    """Keeps JSON values and files by kind and key; without a path it keeps nothing and costs nothing."""

    def __init__(self, path: Path | None) -> None:
        self._changes: dict[tuple[str, str], bytes | None] = {}
        self._file: sqlite3.Connection | None = None
        self._flushing: asyncio.Task[None] | None = None
        self._writing: asyncio.Future[None] | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._file.execute("pragma journal_mode = wal")
            self._file.execute("pragma synchronous = normal")
            self._file.execute(_SCHEMA)

    def put(self, kind: str, key: object, value: Any) -> None:
        """Keep a JSON value from the next flush on."""
        if self._file is not None:
            self._changes[kind, str(key)] = json.dumps(value, separators=(",", ":")).encode()

    def put_bytes(self, kind: str, key: object, value: bytes) -> None:
        """Keep a file's content from the next flush on."""
        if self._file is not None:
            self._changes[kind, str(key)] = value

    def remove(self, kind: str, key: object) -> None:
        """Forget a value from the next flush on."""
        if self._file is not None:
            self._changes[kind, str(key)] = None

    def values(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Every kept JSON value of a kind with its key."""
        for key, value in self.contents(kind):
            yield key, json.loads(value)

    def contents(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """Every kept content of a kind with its key."""
        if self._file is not None:
            yield from self._file.execute("select key, value from kept where kind = ? order by key", (kind,))

    def flush_regularly(self) -> None:
        """Write changes in a thread from now on until `close`."""
        if self._file is not None:
            self._flushing = asyncio.create_task(self._flush_for_ever())

    async def close(self) -> None:
        """Write what is left and close the file."""
        if self._file is None:
            return
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        if self._writing is not None:
            await self._writing  # a flush may still be in its thread
        self._write(self._taken())
        self._file.close()

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_EVERY_S)
            if changes := self._taken():
                self._writing = asyncio.ensure_future(asyncio.to_thread(self._write, changes))
                await asyncio.shield(self._writing)

    def _taken(self) -> dict[tuple[str, str], bytes | None]:
        taken, self._changes = self._changes, {}
        return taken

    def _write(self, changes: dict[tuple[str, str], bytes | None]) -> None:
        assert self._file is not None  # noqa: S101 - only called with one
        self._file.execute("begin")
        self._file.executemany(_PUT, [(*key, value) for key, value in changes.items() if value is not None])
        self._file.executemany(_REMOVE, [key for key, value in changes.items() if value is None])
        self._file.execute("commit")
