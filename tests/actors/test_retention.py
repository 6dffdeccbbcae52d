"""Retention on the embedded storage."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actors import retention
from actors.retention import Swept, sweep, sweep_orphans
from storage import Row, SqliteStore, migrate_sqlite, to_text
from tests.servers.fixtures import MIGRATIONS

NOW = 1_800_000_000.0
DAY = 86_400.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await migrate_sqlite(tmp_path / "records.sqlite", MIGRATIONS)
    store = await SqliteStore.open(tmp_path / "records.sqlite")
    yield store
    await store.close()


def trace(at: float) -> Row:
    """A trace that was made then."""
    made, name = to_text(at), str(uuid.uuid4())
    return {"id": name, "trace_id": name, "pipeline_name": "support", "start_time": made, "created_at": made}


def span(of: Row, at: float) -> Row:
    """A span of that trace."""
    made, name = to_text(at), str(uuid.uuid4())
    common = {"trace_id": of["trace_id"], "span_name": "chat m"}
    return {"id": name, "span_id": name, "start_time": made, "created_at": made} | common


async def test_what_is_older_goes_and_the_rest_stays(store: SqliteStore) -> None:
    """A trace made before the limit goes with its span; one made at the limit stays whole."""
    old, young = trace(NOW - 1), trace(NOW)
    await store.insert("pipeline_traces", [old, young])
    await store.insert("pipeline_spans", [span(old, NOW - 2), span(young, NOW)])
    assert await sweep(store, NOW) == Swept(2, more=False)
    assert [row["id"] for row in await store.select("pipeline_traces")] == [young["id"]]
    assert [row["trace_id"] for row in await store.select("pipeline_spans")] == [young["trace_id"]]
    assert await sweep(store, NOW) == Swept(0, more=False)


async def test_a_sweep_is_bounded_and_the_next_goes_on(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many batches of a table at once and no more; the oldest go first, and whether there is more is told."""
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    traces = [trace(NOW - 10 + number) for number in range(5)]
    await store.insert("pipeline_traces", traces)
    assert await sweep(store, NOW) == Swept(4, more=True)
    assert [row["id"] for row in await store.select("pipeline_traces")] == [traces[4]["id"]]
    assert await sweep(store, NOW) == Swept(1, more=False)


async def test_spans_that_no_trace_holds_go(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a deletion stopped and what a crash cut short has no trace; page by page such spans are found."""
    monkeypatch.setattr(retention, "BATCH", 2)
    kept, gone = [trace(NOW) for _ in range(3)], [trace(NOW) for _ in range(3)]
    await store.insert("pipeline_traces", kept)
    await store.insert("pipeline_spans", [span(of, NOW - number) for number, of in enumerate((*gone, *kept))])
    await store.insert("pipeline_spans", [span(of, NOW) for of in (*kept, *gone)])
    assert await sweep_orphans(store, NOW - DAY, NOW + 1) == 6
    left = await store.select("pipeline_spans")
    assert sorted(str(row["trace_id"]) for row in left) == sorted(2 * [str(row["id"]) for row in kept])


async def test_spans_whose_trace_may_still_come_stay(store: SqliteStore) -> None:
    """Only what was made in the time that was asked for is looked at: the trace of a run under way is not there yet."""
    await store.insert("pipeline_spans", [span(trace(NOW), NOW - DAY - 1), span(trace(NOW), NOW)])
    assert await sweep_orphans(store, NOW - DAY, NOW) == 0
    assert await store.count("pipeline_spans") == 2
