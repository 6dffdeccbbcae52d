"""The journal's file: a SQLite engine that makes groups of requests durable in one transaction.

Purely synchronous and knows no actor. Calls may come from any thread; they run one at a time.

    JournalError
    ├── JournalUnavailable   the disk's or the operator's fault: full, read-only, broken; try again later
    └── JournalTooNew        the file was written by a later version of this program
"""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from storage import journal_rows
from storage.journal_messages import (
    DescribeJournal,
    JournalFailed,
    JournalReply,
    JournalRequest,
    ListGivenUp,
    Load,
    TakeOutbox,
    Unfinished,
)

_BUSY_MS = 5000
_PRIMARY_CODE = 0xFF
_CAUSES = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space on it",
    sqlite3.SQLITE_READONLY: "the file or its directory is read-only; make both writable",
    sqlite3.SQLITE_IOERR: "the disk reports an I/O error; check the disk",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; check that its directory exists and is writable",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore it from a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a journal; move it away",
    sqlite3.SQLITE_BUSY: "another process holds the file; stop the other instance",
}
_READS = (Load, Unfinished, TakeOutbox, DescribeJournal, ListGivenUp)
_BAD_REQUEST = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    OverflowError,
    UnicodeEncodeError,
)


class JournalError(Exception):
    """The journal could not do what was asked."""


class JournalUnavailable(JournalError):
    """The file cannot be written now; nothing of the group is in it."""


class JournalTooNew(JournalError):
    """The file's schema is newer than this program."""


class Applied(msgspec.Struct, frozen=True):
    """One reply per request, in order, and the outbox lanes that grew."""

    replies: tuple[JournalReply, ...]
    lanes: frozenset[str]


class JournalFile:
    """One journal file; opened at first use and again after an error that may have harmed the connection."""

    def __init__(self, path: Path, *, time: Callable[[], float]) -> None:
        self._path = path
        self._time = time
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        self._problem: str | None = None

    def open(self) -> None:
        """Open or create the file; raises JournalUnavailable or JournalTooNew."""
        with self._lock:
            self._ready()

    def close(self) -> None:
        """Wait for a group being written, then close; later groups raise JournalUnavailable."""
        with self._lock:
            self._closed = True
            self._drop_connection()

    def apply(self, group: Sequence[JournalRequest]) -> Applied:
        """Make the whole group durable in one transaction and answer each request.

        A request that cannot be stored is answered by JournalFailed and its neighbours are stored. Raises
        JournalUnavailable when nothing of the group could be done.
        """
        with self._lock:
            try:
                return self._together(group)
            except JournalUnavailable:
                if len(group) == 1:
                    raise
            # A full disk may still have room for the small ones and always serves the reads.
            return self._one_by_one(group)

    def compact(self) -> None:
        """Bring the write-ahead log into the file and empty it, so wiped content is on disk nowhere.

        Does nothing when the disk refuses: the log keeps what it holds and the next call tries again.
        """
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._ready().execute("pragma wal_checkpoint(truncate)").fetchall()

    def _one_by_one(self, group: Sequence[JournalRequest]) -> Applied:
        replies: list[JournalReply] = []
        lanes: set[str] = set()
        failures: list[JournalUnavailable] = []
        for request in group:
            try:
                applied = self._together((request,))
            except JournalUnavailable as error:
                failures.append(error)
                replies.append(JournalFailed(str(error)))
            else:
                replies.extend(applied.replies)
                lanes.update(applied.lanes)
        if len(failures) == len(group):
            raise failures[-1]
        return Applied(tuple(replies), frozenset(lanes))

    def _together(self, group: Sequence[JournalRequest]) -> Applied:
        connection = self._ready()
        reads_only = all(isinstance(request, _READS) for request in group)
        try:
            lanes: set[str] = set()
            if not reads_only:  # reads need no transaction: nothing is written between them
                connection.execute("begin immediate")
            alone = reads_only or len(group) == 1
            replies = tuple(self._one(connection, request, lanes, alone=alone) for request in group)
            if connection.in_transaction:
                connection.execute("commit")
        except sqlite3.Error as error:
            raise self._failed(connection, error) from error
        if not reads_only:
            self._problem = None
        return Applied(replies, frozenset(lanes))

    def _one(
        self, connection: sqlite3.Connection, request: JournalRequest, lanes: set[str], *, alone: bool
    ) -> JournalReply:
        """Do one request; `alone`, there are no neighbours in the transaction that its failure must not harm."""
        if isinstance(request, DescribeJournal):
            return journal_rows.describe(connection, self._time(), self._problem)
        grown: set[str] = set()
        if not alone:
            connection.execute("savepoint request")
        try:
            reply = journal_rows.perform(connection, request, self._time(), grown)
        except _BAD_REQUEST as error:
            if connection.in_transaction:
                connection.execute("rollback" if alone else "rollback to request")
            reply = JournalFailed(f"The journal cannot store this {type(request).__name__}: {type(error).__name__}.")
        else:
            lanes.update(grown)
        if not alone:
            connection.execute("release request")
        return reply

    def _failed(self, connection: sqlite3.Connection, error: sqlite3.Error) -> JournalUnavailable:
        # SQLite has rolled back by itself after some errors and not after others.
        with contextlib.suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("rollback")
        if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_FULL:
            self._drop_connection()
        return self._unavailable(error)

    def _unavailable(self, error: sqlite3.Error) -> JournalUnavailable:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
        cause = _CAUSES.get(code, f"SQLite reports {getattr(error, 'sqlite_errorname', 'an error')}")
        self._problem = f"The journal {self._path} cannot be written: {cause}."
        return JournalUnavailable(self._problem)

    def _drop_connection(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _ready(self) -> sqlite3.Connection:
        if self._closed:
            raise JournalUnavailable(f"The journal {self._path} is closed.")
        if self._connection is None:
            try:
                self._connection = self._connect()
            except sqlite3.Error as error:
                raise self._unavailable(error) from error
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("journal_mode=wal", "synchronous=full", "secure_delete=on", "foreign_keys=on"):
                connection.execute(f"pragma {pragma}").fetchall()
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("pragma user_version").fetchone()[0]
        if version > journal_rows.SCHEMA_VERSION:
            raise JournalTooNew(
                f"The journal {self._path} has format {version}; this version knows {journal_rows.SCHEMA_VERSION}. "
                "Start the newer version again."
            )
        if version < journal_rows.SCHEMA_VERSION:
            connection.executescript(journal_rows.SCHEMA)
