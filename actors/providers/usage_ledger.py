"""UsageLedger: the usage book on disk. One journal transaction holds its snapshot and the rows that changed with it."""

import msgspec

from actors.providers.lane_messages import CallAccounted
from actors.providers.messages import RECORD_LANE, RowWrite
from actors.providers.usage_book import UsageBook
from runtime import Commit, NewOutboxEntry

LEDGER_KEY = "ledger"
"""The journal's name for the router's snapshot."""
KEEP_PAUSE_S = 0.25
"""How long counts gather before they are written together; a crash loses no more of them than this."""


class UsageLedger:
    """Counts calls, and makes the commit that keeps the counts."""

    def __init__(self, time: float, snapshot: bytes | None) -> None:
        self.book = UsageBook(time, snapshot)
        self._due: tuple[RowWrite, ...] = ()

    def add(self, call: CallAccounted, time: float) -> None:
        """Count a call."""
        self.book.add(call, time)

    def commit(self, updated_at: str) -> Commit:
        """The write that brings the disk up to date; the rows of one that failed are part of the next."""
        self._due = (*self._due, *self.book.take_rows(updated_at))
        return Commit(
            actor_key=LEDGER_KEY,
            snapshot=self.book.snapshot(),
            wake=False,
            outbox=tuple(_entry(write) for write in self._due),
        )

    def committed(self) -> bool:
        """The last commit is on disk; gives whether there is already more to write."""
        self._due = ()
        return self.book.changed


def _entry(write: RowWrite) -> NewOutboxEntry:
    """An entry of its own for each state of a row: its count of requests only ever grows."""
    row = write.rows[0]
    return NewOutboxEntry(
        id=f"usage/{row['id']}/{row['requests']}",
        lane=RECORD_LANE,
        order_key=str(row["telegram_id"]),
        payload=msgspec.json.encode(write),
    )
