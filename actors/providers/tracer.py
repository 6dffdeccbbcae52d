"""Collects traces and spans and puts them as rows into a lane of the journal, a second's worth at a time.

The lane is their own, so that in an outage of storage they neither count towards what stops the intake nor hold up a
rep's rows; of more than 50,000 that wait there the oldest are dropped.

Where an exporter is given they go to a collector as well: in a thread, a batch at a time, and never waited for. What
the collector does not take, or not soon enough, is counted and dropped; the rows are kept all the same.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

import msgspec
import structlog

from actors.journal import Commit, Committed, JournalFailed, NewOutboxEntry, Trimmed, TrimOutbox
from actors.providers.messages import TRACE_LANE, RecordSpan, RecordTrace, RowWrite
from runtime import Actor, ActorError, Address, Mailbox
from storage import to_text

BUFFER_LIMIT = 10_000
FLUSH_SIZE = 200
BATCH_LIMIT = 1000
MOST_UNWRITTEN = 50_000
"""The traces that wait for storage in the journal, give or take `_TRIM_EVERY`."""
_TRIM_EVERY = 1000
FLUSH_EVERY_S = 1.0
_JOURNAL_DEADLINE_S = 15.0
_LAST_OFFER_DEADLINE_S = 2.0
_KEY = "tracer"

_log = structlog.get_logger(__name__)


class DescribeTracer(msgspec.Struct, frozen=True):
    """Ask for the tracer's counters; answered by `TracerDescribed`."""


class TracerDescribed(msgspec.Struct, frozen=True):
    """Items waiting for the journal, items handed to it and items lost since the start, here or in the journal.

    `exported` of them a collector has taken and `unexported` it has not; None where none is configured.
    """

    buffered: int
    recorded: int
    dropped: int
    exported: int | None = None
    unexported: int | None = None


class Exporter(Protocol):
    """Where spans go beside the journal."""

    def export(self, items: Sequence[RecordTrace | RecordSpan]) -> bool:
        """Send them, blocking, and say whether they were taken."""

    def close(self) -> None:
        """Let go of what it holds."""


class _FlushDue(msgspec.Struct, frozen=True):
    """The flush interval passed."""


class _Flushed(msgspec.Struct, frozen=True):
    """The journal keeps the batch."""

    count: int


class _NotFlushed(msgspec.Struct, frozen=True):
    """The journal did not take the batch; it stays."""

    reason: str


class _Dropped(msgspec.Struct, frozen=True):
    """So many of the oldest went from the journal."""

    count: int


class _Exported(msgspec.Struct, frozen=True):
    """The collector has seen a batch."""

    count: int
    taken: bool


class Tracer(Actor):
    """Buffers at most 10,000 items, then drops the oldest and counts them.

    A batch the journal refused is offered again, unchanged, at the next interval. An orderly stop flushes once
    more and waits at most two seconds for it; what the collector has not been sent by then stays unsent.
    """

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=BUFFER_LIMIT)

    def __init__(self, make_exporter: Callable[[], Exporter] | None = None) -> None:
        self._make_exporter = make_exporter
        self._exporter: Exporter | None = None
        self._unsent: deque[RecordTrace | RecordSpan] = deque()
        self._exporting = False
        self._exported = 0
        self._unexported = 0
        self._buffer: deque[RecordTrace | RecordSpan] = deque()
        self._batch: Commit | None = None  # offered to the journal until it is taken
        self._offering = False
        self._recorded = 0
        self._dropped = 0
        self._untrimmed = _TRIM_EVERY  # what lies there from before the start is not known

    async def started(self) -> None:
        self._journal = self.find("journal")
        if self._make_exporter is not None:
            self._exporter = await self.to_thread(self._make_exporter)
        self.timer(FLUSH_EVERY_S, _FlushDue())

    async def stopped(self) -> None:
        if self._exporter is not None:
            await self.to_thread(self._exporter.close)
        while batch := self._next():
            answer = await self._last_offer(batch)
            if isinstance(answer, _NotFlushed):
                _log.error("traces_lost", count=self._count(), reason=answer.reason)
                return
            self._batch = None

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case RecordTrace() | RecordSpan():
                self._keep(message)
            case _FlushDue():
                self._flush()
                self._export()
                self.timer(FLUSH_EVERY_S, _FlushDue())
            case _Flushed(count):
                self._taken(count)
            case _NotFlushed(reason):
                self._offering = False
                _log.warning("traces_not_flushed", reason=reason)
            case _Dropped(count):
                self._gone(count)
            case _Exported(count=count, taken=taken):
                self._seen_by_collector(count, taken=taken)
            case DescribeTracer():
                self.reply(self._description())
            case _:
                await self.unhandled(message, sender)

    def _keep(self, item: RecordTrace | RecordSpan) -> None:
        if len(self._buffer) >= BUFFER_LIMIT:
            self._buffer.popleft()
            self._dropped += 1
        self._buffer.append(item)
        if self._exporter is not None:
            self._keep_for_export(item)
        # A batch the journal did not take waits for the interval, not for the next item.
        if len(self._buffer) >= FLUSH_SIZE and self._batch is None:
            self._flush()

    def _keep_for_export(self, item: RecordTrace | RecordSpan) -> None:
        if len(self._unsent) >= BUFFER_LIMIT:
            self._unsent.popleft()
            self._unexported += 1
        self._unsent.append(item)

    def _export(self) -> None:
        exporter = self._exporter
        if exporter is None or self._exporting or not self._unsent:
            return
        self._exporting = True
        items = [self._unsent.popleft() for _ in range(min(BATCH_LIMIT, len(self._unsent)))]

        async def export() -> _Exported:
            return _Exported(len(items), taken=await self.to_thread(exporter.export, items))

        self.pipe(export(), failed=lambda _: _Exported(len(items), taken=False))

    def _seen_by_collector(self, count: int, *, taken: bool) -> None:
        self._exporting = False
        self._exported += count * taken
        self._unexported += count * (not taken)
        if not taken:
            _log.warning("spans_not_exported", count=count)

    def _description(self) -> TracerDescribed:
        described = TracerDescribed(self._count(), self._recorded, self._dropped)
        if self._exporter is None:
            return described
        return msgspec.structs.replace(described, exported=self._exported, unexported=self._unexported)

    def _flush(self) -> None:
        if self._offering or (batch := self._next()) is None:
            return
        self._offering = True
        self.pipe(self._offer(batch, _JOURNAL_DEADLINE_S), failed=_not_flushed)

    def _next(self) -> Commit | None:
        if self._batch is None and self._buffer:
            items = [self._buffer.popleft() for _ in range(min(BATCH_LIMIT, len(self._buffer)))]
            items.sort(key=lambda item: isinstance(item, RecordSpan))  # traces first; the sort keeps the rest
            self._batch = Commit(_KEY, None, wake=False, outbox=tuple(_entry(item) for item in items))
        return self._batch

    async def _offer(self, batch: Commit, deadline_s: float) -> _Flushed | _NotFlushed:
        reply = await self.ask(self._journal, batch, deadline_s=deadline_s)
        if isinstance(reply, Committed):
            return _Flushed(len(batch.outbox))
        return _NotFlushed(reply.reason if isinstance(reply, JournalFailed) else f"unexpected {type(reply).__name__}")

    async def _last_offer(self, batch: Commit) -> _Flushed | _NotFlushed:
        try:
            return await self._offer(batch, _LAST_OFFER_DEADLINE_S)
        except ActorError as error:
            return _not_flushed(error)

    def _taken(self, count: int) -> None:
        self._offering = False
        self._batch = None
        self._recorded += count
        self._untrimmed += count
        if self._untrimmed >= _TRIM_EVERY:
            self._untrimmed = 0
            self.pipe(self._trim(), failed=lambda _: _Dropped(0))
        if len(self._buffer) >= FLUSH_SIZE:
            self._flush()

    async def _trim(self) -> _Dropped:
        request = TrimOutbox(TRACE_LANE, MOST_UNWRITTEN)
        reply = await self.ask(self._journal, request, deadline_s=_JOURNAL_DEADLINE_S)
        return _Dropped(reply.dropped if isinstance(reply, Trimmed) else 0)

    def _gone(self, count: int) -> None:
        self._dropped += count
        if count:
            _log.warning("traces_dropped", count=count)

    def _count(self) -> int:
        return len(self._buffer) + (len(self._batch.outbox) if self._batch else 0)


def _not_flushed(error: Exception) -> _NotFlushed:
    return _NotFlushed(type(error).__name__)


def _entry(item: RecordTrace | RecordSpan) -> NewOutboxEntry:
    # One entry per row, so that a row the storage refuses takes no other with it.
    table, row = _trace_row(item) if isinstance(item, RecordTrace) else _span_row(item)
    write = RowWrite(table=table, action="insert", rows=(row,))
    return NewOutboxEntry(f"{table}/{row['id']}", TRACE_LANE, _KEY, msgspec.json.encode(write))


def _trace_row(trace: RecordTrace) -> tuple[str, dict[str, object]]:
    return "pipeline_traces", {
        "id": trace.trace_id,
        "trace_id": trace.trace_id,
        "pipeline_name": trace.pipeline_name,
        "telegram_id": trace.telegram_id,
        "user_id": trace.user_id,
        **_outcome(trace),
    }


def _span_row(span: RecordSpan) -> tuple[str, dict[str, object]]:
    return "pipeline_spans", {
        "id": span.span_id,
        "span_id": span.span_id,
        "trace_id": span.trace_id,
        "parent_span_id": span.parent_span_id,
        "span_name": span.span_name,
        "input_data": span.asked,
        "output_data": span.attributes | (span.answered or {}),
        **_outcome(span),
    }


def _outcome(item: RecordTrace | RecordSpan) -> dict[str, object]:
    return {
        "start_time": to_text(item.started_at),
        "end_time": to_text(item.ended_at),
        "duration_ms": round(max(0.0, item.ended_at - item.started_at) * 1000, 2),
        "success": item.success,
        "error": item.error,
        "created_at": to_text(item.ended_at),
    }
