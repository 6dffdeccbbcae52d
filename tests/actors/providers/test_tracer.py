"""Tracer on the real runtime and journal."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from actors.journal import Commit, Committed, JournalFailed, OutboxBatch, TakeOutbox, Trimmed, TrimOutbox, journal_spec
from actors.providers import tracer as tracing
from actors.providers.messages import TRACE_LANE, RecordSpan, RecordTrace, RowWrite
from actors.providers.tracer import BUFFER_LIMIT, DescribeTracer, Tracer, TracerDescribed
from runtime import Actor, ActorSystem, Address, ChildSpec
from runtime.testing import ManualClock

TRACE = RecordTrace("trace-1", "support", 7, "user-1", 1_800_000_000.0, 1_800_000_001.5, success=True)


def span(name: str, *, success: bool = True) -> RecordSpan:
    return RecordSpan(
        name, "trace-1", None, "agent:strategist", 1_800_000_000.0, 1_800_000_000.25, success, None, {"tokens": 3}
    )


class FailingJournal(Actor):
    """Refuses commits until told otherwise and keeps them all."""

    def __init__(self, seen: list[Commit], working: asyncio.Event) -> None:
        self._seen = seen
        self._working = working

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, TrimOutbox):
            self.reply(Trimmed(0))
            return
        assert isinstance(message, Commit)
        self._seen.append(message)
        self.reply(Committed() if self._working.is_set() else JournalFailed("The disk is full."))


async def start_tracer(system: ActorSystem) -> Address:
    return await system.start(ChildSpec(name="tracer", factory=Tracer))


async def described(system: ActorSystem, tracer: Address) -> TracerDescribed:
    reply = await system.ask(tracer, DescribeTracer(), deadline_s=60)
    assert isinstance(reply, TracerDescribed)
    return reply


async def writes(system: ActorSystem, count: int) -> list[RowWrite]:
    while True:
        batch = await system.ask(system.find("journal"), TakeOutbox(TRACE_LANE, 0, 5000), deadline_s=60)
        assert isinstance(batch, OutboxBatch)
        if len(batch.entries) >= count:
            return [msgspec.json.decode(entry.payload, type=RowWrite) for entry in batch.entries]


async def test_rows_are_written_after_a_second_traces_first(
    system: ActorSystem, clock: ManualClock, tmp_path: Path
) -> None:
    """A second after it ended a trace is in the journal, before its spans, with times as UTC text."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    tracer = await start_tracer(system)
    system.send(tracer, span("span-1"))
    system.send(tracer, TRACE)
    assert await described(system, tracer) == TracerDescribed(2, 0, 0)
    await clock.advance(1)
    first, second = await writes(system, 2)
    assert (first.table, second.table) == ("pipeline_traces", "pipeline_spans")
    assert first.rows == (
        {
            "id": "trace-1",
            "trace_id": "trace-1",
            "pipeline_name": "support",
            "telegram_id": 7,
            "user_id": "user-1",
            "start_time": "2027-01-15T08:00:00.000000Z",
            "end_time": "2027-01-15T08:00:01.500000Z",
            "duration_ms": 1500.0,
            "success": True,
            "error": None,
            "created_at": "2027-01-15T08:00:01.500000Z",
        },
    )
    assert second.rows[0]["duration_ms"] == 250.0


async def test_a_span_may_end_after_its_trace(system: ActorSystem, clock: ManualClock, tmp_path: Path) -> None:
    """What ran in the background of a case is written under the trace that was written before it."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    tracer = await start_tracer(system)
    system.send(tracer, TRACE)
    await clock.advance(1)
    assert [write.table for write in await writes(system, 1)] == ["pipeline_traces"]
    system.send(tracer, span("late"))
    await clock.advance(1)
    _, late = await writes(system, 2)
    assert (late.table, late.rows[0]["trace_id"]) == ("pipeline_spans", TRACE.trace_id)


async def test_two_hundred_items_do_not_wait_for_the_second(system: ActorSystem, tmp_path: Path) -> None:
    """A full batch goes at once."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    tracer = await start_tracer(system)
    for number in range(200):
        system.send(tracer, span(f"span-{number}"))
    assert len(await writes(system, 200)) == 200


async def test_an_orderly_stop_flushes(clock: ManualClock, tmp_path: Path) -> None:
    """What was buffered at shutdown is in the journal."""
    system = ActorSystem(clock=clock)
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    tracer = await start_tracer(system)
    system.send(tracer, TRACE)
    await described(system, tracer)
    await system.shutdown()
    again = ActorSystem(clock=clock)
    await again.start(journal_spec(tmp_path / "journal.sqlite"))
    assert len(await writes(again, 1)) == 1
    await again.shutdown()


async def test_a_journal_failure_keeps_the_items(system: ActorSystem, clock: ManualClock) -> None:
    """A refused batch is offered again unchanged, so nothing is lost and nothing doubled."""
    seen: list[Commit] = []
    working = asyncio.Event()
    await system.start(ChildSpec(name="journal", factory=lambda: FailingJournal(seen, working), well_known=True))
    tracer = await start_tracer(system)
    system.send(tracer, TRACE)
    await described(system, tracer)
    await clock.advance(1)
    system.send(tracer, span("span-1"))
    await described(system, tracer)
    await clock.advance(1)
    assert (await described(system, tracer)).buffered == 2
    working.set()
    await clock.advance(2)
    assert await described(system, tracer) == TracerDescribed(0, 2, 0)
    assert seen[0] == seen[1] == seen[2]
    assert [len(commit.outbox) for commit in seen] == [1, 1, 1, 1]


async def test_the_oldest_go_when_the_buffer_is_full(system: ActorSystem, clock: ManualClock) -> None:
    """While the journal refuses, the newest ten thousand are kept and the lost ones counted."""
    working = asyncio.Event()
    seen: list[Commit] = []
    await system.start(ChildSpec(name="journal", factory=lambda: FailingJournal(seen, working), well_known=True))
    tracer = await start_tracer(system)
    system.send(tracer, TRACE)
    await described(system, tracer)
    await clock.advance(1)
    for number in range(BUFFER_LIMIT + 5):
        system.send(tracer, span(f"span-{number}"))
        if number % 500 == 0:
            await described(system, tracer)
    assert await described(system, tracer) == TracerDescribed(BUFFER_LIMIT + 1, 0, 5)
    working.set()
    await clock.advance(30)
    assert await described(system, tracer) == TracerDescribed(0, BUFFER_LIMIT + 1, 5)


async def test_of_what_waits_for_storage_the_oldest_go(
    system: ActorSystem, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long storage is away, the journal keeps the newest traces and the lost ones are counted."""
    monkeypatch.setattr(tracing, "MOST_UNWRITTEN", 3)
    monkeypatch.setattr(tracing, "_TRIM_EVERY", 2)
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    tracer = await start_tracer(system)
    for number in range(4):
        for name in ("a", "b"):
            system.send(tracer, span(f"{name}{number}"))
        await described(system, tracer)
        await clock.advance(1)
        while (now := await described(system, tracer)).recorded < 2 * (number + 1):
            await clock.advance(0)
    while now.dropped < 5:
        await clock.advance(0)
        now = await described(system, tracer)
    assert now == TracerDescribed(0, 8, 5)
    assert [write.rows[0]["id"] for write in await writes(system, 3)] == ["b2", "a3", "b3"]


class Collector:
    """Keeps what it is sent once it is let; takes it or not as it is told."""

    def __init__(self, *, takes: bool = True) -> None:
        self.seen: list[RecordTrace | RecordSpan] = []
        self.takes = takes
        self.free = threading.Event()
        self.closed = False

    def export(self, items: Sequence[RecordTrace | RecordSpan]) -> bool:
        assert self.free.wait(20)
        self.seen += items
        return self.takes

    def close(self) -> None:
        self.closed = True


async def exported(system: ActorSystem, tracer: Address, count: int) -> TracerDescribed:
    """The tracer's counters once collector and journal have seen so many."""
    async with asyncio.timeout(20):
        while True:
            now = await described(system, tracer)
            if min(now.recorded, (now.exported or 0) + (now.unexported or 0)) >= count:
                return now
            await asyncio.sleep(0)


async def test_a_slow_collector_holds_up_no_row(clock: ManualClock, tmp_path: Path) -> None:
    """While it takes its time the rows are in the journal; then everything reaches it, each once."""
    system, collector = ActorSystem(clock=clock), Collector()
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    tracer = await system.start(ChildSpec(name="tracer", factory=lambda: Tracer(lambda: collector)))
    system.send(tracer, TRACE)
    await described(system, tracer)
    await clock.advance(1)
    assert len(await writes(system, 1)) == 1
    system.send(tracer, span("span-1"))
    await described(system, tracer)
    await clock.advance(1)
    assert len(await writes(system, 2)) == 2
    assert (await described(system, tracer)).exported == 0
    collector.free.set()
    await exported(system, tracer, 1)
    await clock.advance(1)
    assert await exported(system, tracer, 2) == TracerDescribed(0, 2, 0, exported=2, unexported=0)
    assert collector.seen == [TRACE, span("span-1")]
    await system.shutdown()
    assert collector.closed


async def test_what_the_collector_refuses_is_counted(clock: ManualClock, tmp_path: Path) -> None:
    """It is not offered again, and the row is kept all the same."""
    system, collector = ActorSystem(clock=clock), Collector(takes=False)
    collector.free.set()
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    tracer = await system.start(ChildSpec(name="tracer", factory=lambda: Tracer(lambda: collector)))
    system.send(tracer, TRACE)
    await described(system, tracer)
    await clock.advance(1)
    await writes(system, 1)
    assert await exported(system, tracer, 1) == TracerDescribed(0, 1, 0, exported=0, unexported=1)
    await clock.advance(5)
    assert collector.seen == [TRACE]
    await system.shutdown()


async def test_content_is_kept_beside_the_attributes(system: ActorSystem, clock: ManualClock, tmp_path: Path) -> None:
    """What was asked is the span's input, what was answered stands with its attributes."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    tracer = await start_tracer(system)
    asked, answered = {"gen_ai.input.messages": "hi"}, {"gen_ai.output.messages": "ho"}
    system.send(tracer, msgspec.structs.replace(span("span-1"), asked=asked, answered=answered))
    await described(system, tracer)
    await clock.advance(1)
    (write,) = await writes(system, 1)
    assert write.rows[0]["input_data"] == asked
    assert write.rows[0]["output_data"] == {"tokens": 3} | answered
