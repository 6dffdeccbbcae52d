"""UsageLedger: the usage book on disk. One journal transaction holds its snapshot and the rows that changed with it."""

import msgspec

from actors.journal import Commit, NewOutboxEntry
from actors.providers.lane_messages import CallAccounted
from actors.providers.messages import RECORD_LANE, RowWrite
from actors.providers.usage_book import UsageBook
from storage import to_text

LEDGER_KEY = "ledger"
"""The journal's name for the router's snapshot."""
KEEP_PAUSE_S = 0.25
"""How long counts gather before they are written together; a crash loses no more of them than this."""
ROWS_PAUSE_S = 5.0
"""How often rows that grow are handed to storage, perhaps many times a second; a new one goes at once, to be seen."""


class UsageLedger:
    """Counts calls, and makes the commit that keeps the counts."""

    def __init__(self, time: float, snapshot: bytes | None) -> None:
        self.book = UsageBook(time, snapshot)
        self._due: tuple[RowWrite, ...] = ()
        self._rows_at = time
        self._kept = False

    def add(self, call: CallAccounted, time: float) -> None:
        """Count a call."""
        self.book.add(call, time)
        self._kept = False

    def began(self, lane: str, at: float) -> None:
        """Keep when a call began."""
        self.book.past.began(lane, at)
        self._kept = False

    def rests(self, lane: str, until: float, time: float) -> bool:
        """Keep until when an account rests; gives whether that is news."""
        news = self.book.past.rests_until(lane, until, time)
        self._kept = self._kept and not news
        return news

    def forget(self, rep: int, time: float) -> None:
        """Keep a rep's counts under no name."""
        self.book.forget(rep, time)
        self._kept = False

    def commit(self, time: float) -> Commit:
        """The write that brings the disk up to date; the rows of one that failed are part of the next."""
        if self.book.has_new or time >= self._rows_at + ROWS_PAUSE_S:
            self._rows_at = time
            self._due = (*self._due, *self.book.take_rows(to_text(time)))
        self._kept = True
        return Commit(
            actor_key=LEDGER_KEY,
            snapshot=self.book.snapshot(),
            wake=False,
            outbox=tuple(_entry(write) for write in self._due),
        )

    def committed(self, time: float) -> float | None:
        """The last commit is on disk; gives the seconds until there is more to write, None when all is written."""
        self._due = ()
        if not self._kept:
            return KEEP_PAUSE_S
        return max(KEEP_PAUSE_S, self._rows_at + ROWS_PAUSE_S - time) if self.book.changed else None


def _entry(write: RowWrite) -> NewOutboxEntry:
    """An entry of its own for each state of a row: its count of requests only ever grows."""
    row = write.rows[0]
    return NewOutboxEntry(
        id=f"usage/{row['id']}/{row['requests']}",
        lane=RECORD_LANE,
        order_key=str(row["telegram_id"]),
        payload=msgspec.json.encode(write),
    )
