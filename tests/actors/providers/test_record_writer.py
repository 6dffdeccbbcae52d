"""RecordWriter on the real runtime and journal; the store fails as it is told."""

import asyncio
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import cast

import msgspec
import pytest

from actors.journal import Commit, Committed, DescribeJournal, JournalDescribed, NewOutboxEntry, journal_spec
from actors.providers.messages import RECORD_LANE, TRACE_LANE, DescribeDurations, DurationsDescribed, RowWrite
from actors.providers.record_writer import DescribeWriter, RecordWriter, WriterDescribed
from runtime import ActorSystem, Address, ChildSpec
from runtime.testing import ManualClock
from storage import BadQuery, Conflict, Forbidden, NotFound, Row, StaleSchema, StorageError, Store, Unavailable

SECRET = "Jane Prospect said no"


class FaultyStore:
    """Keeps rows in memory; fails as told. Each call is noted as (action, table, ids)."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.calls: list[tuple[str, str, tuple[object, ...]]] = []
        self.faults: list[StorageError] = []
        self.down: StorageError | None = None
        self.refused: Callable[[Row], StorageError | None] = lambda _: None
        self.missing: dict[str, StorageError] = {}

    def _call(self, action: str, table: str, rows: list[Row]) -> None:
        self.calls.append((action, table, tuple(row.get("id") for row in rows)))
        if self.faults:
            raise self.faults.pop(0)
        if self.down is not None:
            raise self.down
        if table in self.missing:
            raise self.missing[table]
        for row in rows:
            if (error := self.refused(row)) is not None:
                raise error

    async def insert(self, table: str, rows: list[Row], *, on_conflict: str | None = None) -> int:
        assert on_conflict == "ignore"
        self._call("insert", table, rows)
        for row in rows:
            self.rows.setdefault(f"{table}/{row['id']}", row)
        return len(rows)

    async def upsert(self, table: str, rows: list[Row], *, key: tuple[str, ...]) -> int:
        self._call("upsert", table, rows)
        self.rows.update({f"{table}/{row['id']}": row for row in rows})
        return len(rows)

    async def update(self, table: str, values: Row, where: object) -> list[Row]:
        self._call("update", table, [values])
        return []

    async def delete(self, table: str, where: object) -> int:
        self._call("delete", table, [])
        return 0

    async def ping(self) -> None:
        if self.down is not None:
            raise self.down


class HangingStore(FaultyStore):
    """Writes, and then never says so."""

    def __init__(self) -> None:
        super().__init__()
        self.written = asyncio.Event()

    async def insert(self, table: str, rows: list[Row], *, on_conflict: str | None = None) -> int:
        await super().insert(table, rows, on_conflict=on_conflict)
        self.written.set()
        await asyncio.Event().wait()
        return len(rows)


@pytest.fixture
def store() -> FaultyStore:
    return FaultyStore()


@pytest.fixture
async def system(system: ActorSystem, tmp_path: Path) -> ActorSystem:
    """With a journal."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    return system


async def start(system: ActorSystem, store: FaultyStore, lane: str = RECORD_LANE) -> Address:
    return await system.start(
        ChildSpec(
            name=f"{lane}_writer",
            factory=lambda: RecordWriter(cast("Store", store), lane=lane, jitter=lambda: 1.0),
        )
    )


def insert(number: object, table: str = "attempts", **columns: object) -> RowWrite:
    return RowWrite(table=table, action="insert", rows=({"id": number, **columns},))


async def commit(system: ActorSystem, *writes: RowWrite | bytes, rep: str = "7", lane: str = RECORD_LANE) -> None:
    payloads = [write if isinstance(write, bytes) else msgspec.json.encode(write) for write in writes]
    outbox = tuple(NewOutboxEntry(str(uuid.uuid4()), lane, rep, payload) for payload in payloads)
    reply = await system.ask(system.find("journal"), Commit("7", None, wake=False, outbox=outbox), deadline_s=60)
    assert reply == Committed()


async def journal(system: ActorSystem) -> JournalDescribed:
    reply = await system.ask(system.find("journal"), DescribeJournal(), deadline_s=60)
    assert isinstance(reply, JournalDescribed)
    return reply


async def moment(system: ActorSystem) -> None:
    await cast("ManualClock", system.clock).advance(0.05)


async def drained(system: ActorSystem) -> JournalDescribed:
    while True:
        described = await journal(system)
        if not described.outbox_pending:
            return described
        await moment(system)


async def writer(system: ActorSystem, address: Address) -> WriterDescribed:
    reply = await system.ask(address, DescribeWriter(), deadline_s=60)
    assert isinstance(reply, WriterDescribed)
    return reply


async def settled(system: ActorSystem, address: Address, problem: str | None) -> WriterDescribed:
    while True:
        described = await writer(system, address)
        if described.last_problem == problem:
            return described
        await moment(system)


async def test_neighbours_are_written_together_and_in_order(system: ActorSystem, store: FaultyStore) -> None:
    """What waits at the start is written in few calls, in the order it was committed."""
    await commit(system, insert(1), insert(2), insert(3, "casebook"), insert(4))
    address = await start(system, store)
    await drained(system)
    assert store.calls == [
        ("insert", "attempts", (1, 2)),
        ("insert", "casebook", (3,)),
        ("insert", "attempts", (4,)),
    ]
    described = await settled(system, address, None)
    assert (described.waiting, described.written, described.dead) == (0, 4, 0)
    assert described.last_flush_at is not None
    durations = await system.ask(address, DescribeDurations(), deadline_s=5)
    assert isinstance(durations, DurationsDescribed)
    assert durations.by_labels[()].counts[-1][1] == 1  # one pass wrote it all


async def test_what_is_committed_within_a_moment_is_written_together(
    system: ActorSystem, store: FaultyStore, clock: ManualClock
) -> None:
    """A running writer waits for a fifth of a second after the first row, not after the last."""
    address = await start(system, store)
    began = clock.now()
    for number in range(4):
        await commit(system, insert(number))
        await writer(system, address)
        assert store.calls == []
        await moment(system)
    await drained(system)
    assert store.calls == [("insert", "attempts", (0, 1, 2, 3))]
    assert clock.now() - began < 0.3


async def test_all_actions_reach_the_store(system: ActorSystem, store: FaultyStore) -> None:
    """Each action becomes its own kind of call."""
    await commit(
        system,
        insert(1),
        RowWrite(table="users", action="upsert", rows=({"id": 2},)),
        RowWrite(table="users", action="update", values={"id": 3}, where={"id": 2, "username": None}),
        RowWrite(table="users", action="delete", where={"id": 2}),
    )
    await start(system, store)
    await drained(system)
    assert [call[0] for call in store.calls] == ["insert", "upsert", "update", "delete"]


async def test_an_outage_loses_nothing_and_keeps_the_order(
    system: ActorSystem, store: FaultyStore, clock: ManualClock
) -> None:
    """While storage is away the first write is tried at growing intervals up to 15 s; then all follow in order."""
    store.down = Unavailable("storage is down")
    address = await start(system, store)
    await commit(system, insert(1), insert(2, "casebook"))
    described = await settled(system, address, "Unavailable: insert attempts")
    assert described.waiting == 2
    waits = []
    for _ in range(8):
        before, tries = clock.now(), len(store.calls)
        while len(store.calls) == tries:
            await clock.advance(0.25)
            await journal(system)
        waits.append(clock.now() - before)
    assert waits[-1] == pytest.approx(15, abs=1)
    assert max(waits) < 16
    assert {call[1] for call in store.calls} == {"attempts"}
    await commit(system, insert(3))
    store.down = None
    while (await journal(system)).outbox_pending:
        await clock.advance(1)
    assert list(store.rows) == ["attempts/1", "casebook/2", "attempts/3"]
    described = await settled(system, address, None)
    assert (described.waiting, described.written, described.dead) == (0, 3, 0)


async def test_the_servers_own_wait_is_honoured(system: ActorSystem, store: FaultyStore, clock: ManualClock) -> None:
    """A retry never comes before the moment the server named, even beyond our own cap."""
    store.faults = [Unavailable("busy", retry_after=40.0)]
    address = await start(system, store)
    await commit(system, insert(1))
    await settled(system, address, "Unavailable: insert attempts")
    await clock.advance(39)
    await journal(system)
    assert len(store.calls) == 1
    await clock.advance(2)
    await drained(system)
    assert len(store.calls) == 2


async def test_a_key_the_server_rejects_kills_no_row(
    system: ActorSystem, store: FaultyStore, clock: ManualClock
) -> None:
    """What is wrong with the whole writer, such as its key, is waited out like an outage."""
    store.down = Forbidden("bad key")
    address = await start(system, store)
    await commit(system, insert(1))
    await settled(system, address, "Forbidden: insert attempts")
    store.down = None
    while (await journal(system)).outbox_pending:
        await clock.advance(1)
    assert (await journal(system)).dead == 0


@pytest.mark.parametrize("error", [BadQuery(SECRET), Conflict(SECRET), StorageError(SECRET, code="54000")])
async def test_a_refused_row_is_set_aside_alone(system: ActorSystem, store: FaultyStore, error: StorageError) -> None:
    """A row refused for good is dead with a reason without its content; its neighbours are written, in order."""
    store.refused = lambda row: error if row["id"] in (3, 7) else None
    await commit(system, *(insert(n, note=SECRET) for n in range(1, 9)))
    address = await start(system, store)
    assert (await drained(system)).dead == 2
    assert list(store.rows) == [f"attempts/{n}" for n in (1, 2, 4, 5, 6, 8)]
    described = await writer(system, address)
    assert (described.written, described.dead) == (6, 2)


async def test_reasons_hold_no_row_content(system: ActorSystem, store: FaultyStore, tmp_path: Path) -> None:
    """Neither the mark nor the description quotes what the server said of the row."""
    store.refused = lambda _: BadQuery(SECRET)
    await commit(system, insert(1), b'{"table": "' + SECRET.encode())
    address = await start(system, store)
    assert (await drained(system)).dead == 2
    assert SECRET not in repr(await writer(system, address))
    assert marks(tmp_path) == ["BadQuery: insert attempts", "not a row write"]


async def test_reasons_name_the_code_and_the_constraint(
    system: ActorSystem, store: FaultyStore, tmp_path: Path
) -> None:
    """Whoever looks at what was given up learns what broke, where the database named it."""
    store.refused = lambda _: Conflict(SECRET, code="23505", constraint="users_telegram_id_key")
    await commit(system, insert(1))
    await start(system, store)
    await drained(system)
    assert marks(tmp_path) == ["Conflict 23505 users_telegram_id_key: insert attempts"]


async def test_a_storage_that_refuses_everything_kills_no_row(
    system: ActorSystem, store: FaultyStore, clock: ManualClock
) -> None:
    """What even a plain question is answered with, such as a proxy's redirect, is waited out like an outage."""
    store.down = StorageError("the database answered 302")
    address = await start(system, store)
    await commit(system, insert(1), insert(2))
    await settled(system, address, "StorageError: insert attempts")
    store.down = None
    while (await journal(system)).outbox_pending:
        await clock.advance(1)
    assert (await journal(system)).dead == 0
    assert list(store.rows) == ["attempts/1", "attempts/2"]


@pytest.mark.parametrize("error", [NotFound(SECRET, code="42P01"), StaleSchema(SECRET, code="PGRST204")])
async def test_a_missing_table_holds_only_what_depends_on_it(
    system: ActorSystem, store: FaultyStore, clock: ManualClock, error: StorageError
) -> None:
    """Its rows wait with those that need one of them and all later ones of their reps; other reps' rows go on."""
    store.missing["lead_registry"] = error
    await commit(system, insert(1), insert(2, "lead_registry"), insert(3), rep="a")
    await commit(system, insert(4, "lead_activity_log"), insert(5), rep="b")
    await commit(system, insert(6), insert(7, "casebook"), rep="c")
    address = await start(system, store)
    await settled(system, address, f"{type(error).__name__} {error.code}: insert lead_registry")
    assert list(store.rows) == ["attempts/1", "attempts/6", "casebook/7"]
    store.missing.clear()
    while (await journal(system)).outbox_pending:
        await clock.advance(1)
    assert list(store.rows)[3:] == ["lead_registry/2", "attempts/3", "lead_activity_log/4", "attempts/5"]
    described = await settled(system, address, None)
    assert (described.waiting, described.dead) == (0, 0)


async def test_what_waits_for_a_table_never_fills_the_view(
    system: ActorSystem, store: FaultyStore, clock: ManualClock
) -> None:
    """However much waits at the head of the lane, what stands behind it is reached, and nothing overtakes."""
    store.missing["lead_registry"] = NotFound("no such table")
    await commit(system, *(insert(n, "lead_registry") for n in range(2500)), insert(1), rep="a")
    await commit(system, insert(2), rep="b")
    await start(system, store)
    while not store.rows:
        await clock.advance(0.25)
        await journal(system)
    assert list(store.rows) == ["attempts/2"]
    await commit(system, insert(3), rep="b")
    while len(store.rows) < 2:
        await clock.advance(0.25)
        await journal(system)
    assert list(store.rows) == ["attempts/2", "attempts/3"]
    store.missing.clear()
    while (await journal(system)).outbox_pending:
        await clock.advance(0.25)
    assert list(store.rows)[2:] == [*(f"lead_registry/{n}" for n in range(2500)), "attempts/1"]


def marks(folder: Path) -> list[str]:
    connection = sqlite3.connect(folder / "journal.sqlite")
    details = [str(row[0]) for row in connection.execute("select detail from outbox order by sequence")]
    connection.close()
    return details


async def test_a_crash_in_the_store_is_retried(system: ActorSystem, store: FaultyStore, clock: ManualClock) -> None:
    """An error nobody foresaw keeps the row and is tried again."""
    store.faults = [cast("StorageError", ZeroDivisionError())]
    address = await start(system, store)
    await commit(system, insert(1))
    await settled(system, address, "ZeroDivisionError while writing")
    while (await journal(system)).outbox_pending:
        await clock.advance(1)
    assert list(store.rows) == ["attempts/1"]


async def test_a_writer_that_died_before_its_note_repeats_harmlessly(
    clock: ManualClock, store: FaultyStore, tmp_path: Path
) -> None:
    """A write done but not noted is done again by the next process, with the same rows as the result."""
    first = HangingStore()
    first.rows = store.rows
    system = ActorSystem(clock=clock)
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    await commit(system, insert(1), insert(2))
    await start(system, first)
    while not first.written.is_set():
        await moment(system)
        await journal(system)
    await system.shutdown()
    system = ActorSystem(clock=clock)
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    await start(system, store)
    await drained(system)
    assert list(store.rows) == ["attempts/1", "attempts/2"]
    assert store.calls == [("insert", "attempts", (1, 2))]
    await system.shutdown()


async def test_a_long_lane_is_drained_in_several_passes(
    system: ActorSystem, store: FaultyStore, clock: ManualClock
) -> None:
    """More rows than a pass takes are all written, in calls of at most 500 rows, with a pause after each full pass."""
    await commit(system, *(insert(n) for n in range(2300)))
    await start(system, store)
    while len(store.rows) < 1000:
        await journal(system)
        if not store.rows:
            await moment(system)
    for _ in range(20):
        await journal(system)
    assert len(store.rows) == 1000
    await commit(system, insert(2300))
    for _ in range(20):
        await journal(system)
    assert len(store.rows) == 1000, "what is appended during the pause waits for its end"
    while (await journal(system)).outbox_pending:
        await clock.advance(0.25)
    assert list(store.rows) == [f"attempts/{n}" for n in range(2301)]
    assert max(len(call[2]) for call in store.calls) == 500


async def test_after_an_outage_the_rate_grows_from_little(
    system: ActorSystem, store: FaultyStore, clock: ManualClock
) -> None:
    """The first pass after an outage takes 50 writes, and each one after it twice as many."""
    store.down = Unavailable("storage is down")
    await commit(system, *(insert(n) for n in range(600)))
    address = await start(system, store)
    await settled(system, address, "Unavailable: insert attempts")
    store.down = None
    tried = len(store.calls)
    while (await journal(system)).outbox_pending:
        await clock.advance(0.25)
    assert [len(call[2]) for call in store.calls[tried:]] == [50, 100, 200, 250]


async def test_traces_hold_up_no_row(system: ActorSystem, store: FaultyStore) -> None:
    """While storage refuses traces, and however many of them wait, rows are written as ever."""
    store.missing["pipeline_spans"] = Unavailable("busy")
    await commit(system, *(insert(n, "pipeline_spans") for n in range(1200)), rep="tracer", lane=TRACE_LANE)
    traces = await start(system, store, TRACE_LANE)
    await settled(system, traces, "Unavailable: insert pipeline_spans")
    records = await start(system, store)
    await commit(system, insert(1))
    while not store.rows:
        await moment(system)
    assert (await writer(system, records)).last_problem is None
    assert (await writer(system, traces)).waiting == 1200


async def test_a_trace_is_written_after_the_rows_before_it(
    system: ActorSystem, store: FaultyStore, clock: ManualClock
) -> None:
    """A trace that ended before a row that waits is written; one that ended later waits for that row."""
    store.missing["users"] = Unavailable("busy")
    await commit(system, insert(1, "pipeline_traces"), rep="tracer", lane=TRACE_LANE)
    await commit(system, insert(2, "users"))
    await commit(system, insert(3, "pipeline_traces"), rep="tracer", lane=TRACE_LANE)
    await start(system, store)
    await start(system, store, TRACE_LANE)
    for _ in range(20):
        await clock.advance(1)
        await journal(system)
    assert list(store.rows) == ["pipeline_traces/1"]
    store.missing.clear()
    while (await journal(system)).outbox_pending:
        await clock.advance(0.25)
    assert list(store.rows) == ["pipeline_traces/1", "users/2", "pipeline_traces/3"]


async def test_the_trace_of_a_rep_who_has_gone_is_not_kept(
    system: ActorSystem, store: FaultyStore, tmp_path: Path
) -> None:
    """It refers to nobody any more: it is wiped, and waits for no decision."""
    store.refused = lambda _: Conflict(SECRET, code="23503")
    await commit(system, insert(1, "pipeline_traces"), rep="tracer", lane=TRACE_LANE)
    await start(system, store, TRACE_LANE)
    assert (await drained(system)).dead == 0
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    assert connection.execute("select state, payload from outbox").fetchall() == [("done", b"")]
    connection.close()
