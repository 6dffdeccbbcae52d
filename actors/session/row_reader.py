"""RowReader: fills a session's book from storage, within a turn or ahead of it."""

import asyncio

import msgspec
import structlog

from actors.providers.messages import RowWrite
from actors.session.book import Book
from actors.session.records import read_rows
from actors.session.session_journal import SessionJournal
from actors.session.state import Rep
from runtime import Actor
from storage import Row, StorageError, Store

_LOG = structlog.get_logger(__name__)
READ_DEADLINE_S = 10.0


class RowsRead(msgspec.Struct, frozen=True):
    """What came of a read: `rows` is None where storage gave none, `unwritten` may be in them or not."""

    table: str
    team: bool
    rows: list[Row] | None
    unwritten: tuple[RowWrite, ...]
    writes: int


class ReadFailed(msgspec.Struct, frozen=True):
    """A read ahead broke on our side."""

    error: Exception


class RowReader:
    """One session's way to its rows; reading ahead holds up nobody, so that a hanging storage leaves /cancel heard."""

    def __init__(self, owner: Actor, store: Store, journal: SessionJournal, book: Book) -> None:
        self._owner = owner
        self._store = store
        self._journal = journal
        self._book = book
        self._writes = 0

    async def read(self, table: str, rep: Rep, *, team: bool) -> None:
        """Fill the book with these rows, or let it answer RowsUnreachable for a while."""
        self._enter(await self._rows(table, rep, team=team))

    def read_ahead(self, tables: tuple[str, ...], rep: Rep) -> None:
        """Ask for the rep's tables that the book lacks; each comes to the owner as RowsRead, or as ReadFailed."""
        for table in tables:
            if self._book.lacks(table):
                self._owner.pipe(self._rows(table, rep, team=False), failed=ReadFailed)

    def take(self, read: RowsRead | ReadFailed) -> None:
        """Enter what was read ahead, unless the session read or wrote meanwhile: then the next turn reads anew.

        Raises the error of a read that failed.
        """
        if isinstance(read, ReadFailed):
            raise read.error
        if read.writes == self._writes and self._book.lacks(read.table):
            self._enter(read)

    def wrote(self, writes: tuple[RowWrite, ...]) -> None:
        """Keep the book in step with what the session writes."""
        self._writes += len(writes)
        self._book.apply(writes)

    async def _rows(self, table: str, rep: Rep, *, team: bool) -> RowsRead:
        # What waits in the journal is asked for first: a row written meanwhile then comes twice, and never not at all.
        writes = self._writes
        unwritten = await self._journal.unwritten()
        try:
            async with asyncio.timeout(READ_DEADLINE_S):
                rows = await read_rows(self._store, table, rep, team=team)
        except (StorageError, TimeoutError) as error:
            _LOG.warning("rows_unreachable", table=table, error=type(error).__name__)
            return RowsRead(table, team, None, (), writes)
        return RowsRead(table, team, rows, unwritten, writes)

    def _enter(self, read: RowsRead) -> None:
        at = self._owner.clock.time()
        if read.rows is None:
            self._book.give_up(read.table, team=read.team, at=at)
            return
        self._book.fill(read.table, read.rows, team=read.team, at=at)
        self._book.apply(read.unwritten)
