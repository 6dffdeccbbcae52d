"""Drains a lane of row writes from the journal into storage, in order: that of the records, or that of the traces.

A pass takes the oldest unsettled writes, joins them into few calls and notes what was done. A crash between a
write and its note repeats the write, which changes nothing more. While storage is away, or refuses everything, the
pass ends at the first such write and is tried again later, for ever: nothing is lost and nothing overtakes.

A row that storage refuses for good, and would refuse again, is set aside alone: as such counts what storage calls
wrong, and any other final refusal while it answers a plain question. Where a table or a column is missing, whose
migration may still come, the rows of that table wait, with all that must not overtake them, and the others go on.

A pass begins a moment after the first write of an idle time: what one turn writes in several steps goes together with
the turns beside it, and out of the way of the answer.

Traces are written by a writer of their own, so that they hold nothing up. It keeps behind the records: it takes only
what was committed before the oldest record that waits, so that a trace finds its rep.

What piled up is drained at a bounded rate: after an outage the first pass takes little and each good one after it twice
as much, and between full passes there is a pause, so that a server that has just come back is not knocked over again.
"""

import random
from collections.abc import Callable
from typing import ClassVar, Literal

import msgspec
import structlog

from actors.journal import (
    DescribeJournal,
    JournalDescribed,
    JournalFailed,
    MarkOutbox,
    OutboxAppended,
    OutboxBatch,
    OutboxMark,
    Subscribe,
    TakeOutbox,
)
from actors.providers.held_rows import HeldRows
from actors.providers.messages import RECORD_LANE, TRACE_LANE, DescribeDurations, DurationsDescribed, RowWrite
from actors.providers.record_batches import ROWS_PER_CALL, Batch, Unwritable, joined
from runtime import Actor, Address, Mailbox, Sketch
from storage import (
    BadQuery,
    Conflict,
    Forbidden,
    NotFound,
    StaleSchema,
    StorageError,
    Store,
    Where,
    all_of,
    eq,
    is_null,
)

_TAKE = 1000
_FIRST_TAKE = 50
"""What the first pass after an outage takes."""
_GATHERING_S = 0.2
"""From the first write until the pass that takes it."""
_PAUSE_S = 0.25
"""Between passes that took all they might: at most 4,000 writes a second."""
_BEHIND_S = 2.0
"""From one look at traces until the next while records wait."""
_JOURNAL_DEADLINE_S = 15.0
_RENEW_S = 30.0
_BACKOFF_MIN_S = 0.25
_BACKOFF_CAP_S = 15.0
_ROWS_FAULT = (BadQuery, Conflict)
_MISSING = (NotFound, StaleSchema)
_Waiting = Literal["storage", "table"]

_log = structlog.get_logger(__name__)


class DescribeWriter(msgspec.Struct, frozen=True):
    """Ask how far behind the writer is; answered by `WriterDescribed`."""


class WriterDescribed(msgspec.Struct, frozen=True):
    """Writes waiting and the age of the oldest; the rest counts since the writer's start.

    `last_problem` is None while writing goes well; `waiting` is what the writer last saw when the journal is silent.
    A flush is a pass that wrote; `last_flush_at` is the end of the last one in epoch seconds.
    """

    waiting: int
    oldest_age_s: float
    last_problem: str | None
    written: int
    dead: int
    flush_p99_s: float = 0.0
    last_flush_at: float | None = None


class _Hold(msgspec.Struct, frozen=True):
    """Why nothing goes on and, if the other side said so, for how long to wait."""

    problem: str
    retry_after: float | None = None


class _Pass(msgspec.Struct, frozen=True):
    """A pass ended."""

    asked: int
    taken: int
    written: int
    dead: int
    hold: _Hold | None
    last: int = 0
    """The sequence of the last write that was taken."""
    behind: bool = False
    """Whether more may wait behind the records."""


class _Resume(msgspec.Struct, frozen=True):
    """The wait after a failed pass is over."""


class _Renew(msgspec.Struct, frozen=True):
    """Subscribe again, in case the journal has forgotten."""


class _Answer(msgspec.Struct, frozen=True):
    """A description made for somebody."""

    asker: Address
    description: WriterDescribed


class RecordWriter(Actor):
    """Writes the lane to `store`, one pass at a time; answers `DescribeWriter` at any moment.

    `jitter` returns a number in [0, 1) and spreads the waits between tries, which grow to 15 s.
    """

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=1000)

    def __init__(self, store: Store, *, lane: str = RECORD_LANE, jitter: Callable[[], float] = random.random) -> None:
        self._store = store
        self._lane = lane
        self._jitter = jitter
        self._passing = False
        self._asked_again = False
        self._failures = 0
        self._take = _TAKE
        self._problem: str | None = None
        self._held = HeldRows()
        self._after = 0  # beyond what is held, until the end of the lane
        self._waiting = 0
        self._written = 0
        self._dead = 0
        self._began = 0.0
        self._flushes = Sketch()
        self._last_flush_at: float | None = None

    async def started(self) -> None:
        self._journal = self.find("journal")
        self._renew()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case OutboxAppended():
                self._wanted()
            case _Resume():
                self._begin()
            case _Pass():
                self._ended(message)
            case _Renew():
                self._renew()
            case DescribeWriter():
                self.pipe(self._describe(sender), failed=lambda _: _Answer(sender, self._description()))
            case DescribeDurations():
                self.reply(DurationsDescribed({(): self._flushes.histogram()}))
            case _Answer(asker, description):
                self.send(asker, description)
            case _:
                await self.unhandled(message, sender)

    def _renew(self) -> None:
        self.send(self._journal, Subscribe(self._lane))
        self.timer(_RENEW_S, _Renew())

    def _wanted(self) -> None:
        if self._passing:
            self._asked_again = True
        elif self._problem is None:  # otherwise the wait decides when
            self._begin_in(_GATHERING_S)

    def _begin_in(self, delay_s: float) -> None:
        self._passing = True  # what is appended meanwhile belongs to the pass that comes
        self.timer(delay_s, _Resume())

    def _begin(self) -> None:
        self._passing = True
        self._asked_again = False
        self._began = self.clock.now()
        self.pipe(self._pass(self._take), failed=_fell)

    def _ended(self, ended: _Pass) -> None:
        self._passing = False
        self._written += ended.written
        self._dead += ended.dead
        if ended.written:
            self._flushes.add(self.clock.now() - self._began)
            self._last_flush_at = self.clock.time()
        self._waiting = max(0, ended.taken - ended.written - ended.dead)
        if ended.hold is not None:
            self._hold(ended.hold, progressed=ended.written > 0)
            self._take = _FIRST_TAKE
            return
        self._take = min(_TAKE, self._take * 2)
        more = ended.taken == ended.asked
        if self._held.problem is None:
            self._goes_well()
        elif more:
            self._after = ended.last
        else:
            self._hold(_Hold(self._held.problem), progressed=ended.written > 0)
            return
        if more:
            self._begin_in(_PAUSE_S)
        elif ended.behind:
            self._begin_in(_BEHIND_S)
        elif self._asked_again:
            self._begin_in(_GATHERING_S)

    def _goes_well(self) -> None:
        if self._problem is not None:
            _log.info("record_writing_resumed")
        self._problem = None
        self._failures = 0

    def _hold(self, hold: _Hold, *, progressed: bool) -> None:
        self._failures = 1 if progressed else self._failures + 1
        ceiling = min(_BACKOFF_CAP_S, _BACKOFF_MIN_S * 2.0 ** min(self._failures, 10))
        delay = max(hold.retry_after or 0.0, _BACKOFF_MIN_S, self._jitter() * ceiling)
        if self._problem != hold.problem:
            _log.warning("record_writing_held", problem=hold.problem, retry_in_s=round(delay, 2))
        self._problem = hold.problem
        self._held, self._after = HeldRows(), 0  # the next pass tries everything again
        self.timer(delay, _Resume())

    async def _pass(self, take: int) -> _Pass:
        before = await self._oldest_record() if self._lane == TRACE_LANE else None
        request = TakeOutbox(self._lane, self._after, take, before)
        reply = await self.ask(self._journal, request, deadline_s=_JOURNAL_DEADLINE_S)
        if not isinstance(reply, OutboxBatch):
            return _Pass(take, 0, 0, 0, _refused(reply))
        marks: list[OutboxMark] = []
        hold = None
        for part in joined(reply.entries):
            hold = await self._settle(part, marks)
            if hold is not None:
                break
        if marks:
            noted = await self.ask(self._journal, MarkOutbox(tuple(marks)), deadline_s=_JOURNAL_DEADLINE_S)
            if isinstance(noted, JournalFailed):
                # Not noted is not done: the next pass repeats these, harmlessly.
                return _Pass(take, len(reply.entries), 0, 0, _refused(noted))
        dead = sum(mark.state == "dead" for mark in marks)
        last = reply.entries[-1].sequence if reply.entries else 0
        return _Pass(take, len(reply.entries), len(marks) - dead, dead, hold, last, behind=before is not None)

    async def _oldest_record(self) -> int | None:
        reply = await self.ask(self._journal, TakeOutbox(RECORD_LANE, 0, 1), deadline_s=_JOURNAL_DEADLINE_S)
        if not isinstance(reply, OutboxBatch):
            return 0  # nobody knows: nothing is taken
        return reply.entries[0].sequence if reply.entries else None

    async def _settle(self, part: Batch | Unwritable, marks: list[OutboxMark]) -> _Hold | None:
        if isinstance(part, Unwritable):
            _log.error("record_write_refused", sequence=part.sequence, reason=part.reason)
            marks.append(OutboxMark(part.sequence, "dead", part.reason))
            return None
        parts = [part]
        while parts:
            batch = self._held.rest(parts.pop())
            if batch is None:
                continue
            try:
                await self._write(batch.write)
            except StorageError as error:
                waiting = await self._waits_for(error)
                if waiting == "storage":
                    return _Hold(_said(batch.write, error), error.retry_after)
                if waiting == "table":
                    self._held.hold(batch, _said(batch.write, error))
                elif len(batch.items) > 1:
                    parts.extend(reversed(batch.halves()))
                elif self._lane == TRACE_LANE and isinstance(error, Conflict):
                    # Its rep has gone meanwhile, so nothing of it is kept, here either.
                    marks.append(OutboxMark(batch.items[0].sequence, "done", _said(batch.write, error)))
                else:
                    marks.append(_given_up(batch, error))
            else:
                marks.extend(OutboxMark(item.sequence, "done") for item in batch.items)
        return None

    async def _waits_for(self, error: StorageError) -> _Waiting | None:
        """What has to change before the same write can succeed; None where it is the row."""
        if isinstance(error, _ROWS_FAULT):
            return None
        missing = isinstance(error, _MISSING)
        if isinstance(error, Forbidden) or (error.retryable and not missing):
            return "storage"
        # Whoever refuses everything, such as a proxy with a wrong address, says nothing of this row or table.
        try:
            await self._store.ping()
        except StorageError:
            return "storage"
        return "table" if missing else None

    async def _write(self, write: RowWrite) -> None:
        match write.action:
            case "insert":
                for rows in _chunks(write):
                    await self._store.insert(write.table, rows, on_conflict="ignore")
            case "upsert":
                for rows in _chunks(write):
                    await self._store.upsert(write.table, rows, key=write.key)
            case "update":
                await self._store.update(write.table, write.values, _where(write))
            case "delete":
                await self._store.delete(write.table, _where(write))

    def _description(self) -> WriterDescribed:
        return WriterDescribed(
            waiting=self._waiting,
            oldest_age_s=0.0,
            last_problem=self._problem,
            written=self._written,
            dead=self._dead,
            flush_p99_s=self._flushes.times().p99,
            last_flush_at=self._last_flush_at,
        )

    async def _describe(self, asker: Address) -> _Answer:
        journal = await self.ask(self._journal, DescribeJournal(), deadline_s=2.0)
        description = self._description()
        if isinstance(journal, JournalDescribed):
            description = msgspec.structs.replace(
                description,
                waiting=journal.outbox_pending.get(self._lane, 0),
                oldest_age_s=journal.oldest_age_s.get(self._lane, 0.0),
            )
        return _Answer(asker, description)


def _chunks(write: RowWrite) -> list[list[dict[str, object]]]:
    return [list(write.rows[at : at + ROWS_PER_CALL]) for at in range(0, len(write.rows), ROWS_PER_CALL)]


def _where(write: RowWrite) -> Where:
    return all_of(*(is_null(column) if value is None else eq(column, value) for column, value in write.where.items()))


def _given_up(batch: Batch, error: StorageError) -> OutboxMark:
    reason = _said(batch.write, error)
    _log.error("record_write_refused", sequence=batch.items[0].sequence, reason=reason)
    return OutboxMark(batch.items[0].sequence, "dead", reason)


def _said(write: RowWrite, error: StorageError) -> str:
    # A server's own words may quote the row, so only the kind of error and the names in it are kept.
    kind = " ".join(filter(None, (type(error).__name__, error.code, error.constraint)))
    return f"{kind}: {write.action} {write.table}"


def _refused(reply: object) -> _Hold:
    return _Hold(reply.reason if isinstance(reply, JournalFailed) else f"unexpected {type(reply).__name__}")


def _fell(error: Exception) -> _Pass:
    _log.error("record_pass_failed", error=type(error).__name__)
    return _Pass(0, 0, 0, 0, _Hold(f"{type(error).__name__} while writing"))
