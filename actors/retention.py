"""Retention: traces and their spans are deleted when they are older than the settings allow, and spans without a trace.

A span names no rep. What a deletion could not find through a trace is found here: spans that reached storage after it,
of work that it stopped, and those of runs that a crash cut short.
"""

import msgspec

from storage import Row, Store, all_of, gte, in_, lt, to_text

BATCH = 200
MOST_BATCHES = 50
"""What is left over after so many batches of a table waits for the next step, so that no step holds storage long."""

TABLES = ("pipeline_spans", "pipeline_traces")
"""Spans first: a trace that is still there tells that its spans may be."""


class Swept(msgspec.Struct, frozen=True):
    """What one step of a sweep deleted, and whether another one would find more."""

    deleted: int
    more: bool


async def sweep(store: Store, before: float) -> Swept:
    """Delete a bounded part of what was made before this time, in UTC epoch seconds. Raises StorageError."""
    steps = [await _sweep_table(store, table, before) for table in TABLES]
    return Swept(sum(step.deleted for step in steps), any(step.more for step in steps))


async def _sweep_table(store: Store, table: str, before: float) -> Swept:
    deleted = 0
    for _ in range(MOST_BATCHES):
        rows = await store.select(table, lt("created_at", to_text(before)), order=("created_at", "id"), limit=BATCH)
        gone = await store.delete(table, in_("id", [row["id"] for row in rows])) if rows else 0
        deleted += gone
        # Rows that stay although they are deleted are no reason to come back at once.
        if len(rows) < BATCH or not gone:
            return Swept(deleted, more=False)
    return Swept(deleted, more=True)


async def sweep_orphans(store: Store, since: float, before: float) -> int:
    """Delete the spans made in this time that no trace holds; gives how many. Raises StorageError.

    A trace is written when its run ends, so `before` has to leave runs under way the time for it.
    """
    window = all_of(gte("created_at", to_text(since)), lt("created_at", to_text(before)))
    deleted, last = 0, None
    while True:
        spans = await store.select("pipeline_spans", window, order=("created_at", "id"), limit=BATCH, after=last)
        if orphans := await _without_trace(store, spans):
            deleted += await store.delete("pipeline_spans", in_("trace_id", orphans))
        if len(spans) < BATCH:
            return deleted
        last = (spans[-1]["created_at"], spans[-1]["id"])


async def _without_trace(store: Store, spans: list[Row]) -> list[object]:
    named = {span["trace_id"] for span in spans}
    traces = await store.select("pipeline_traces", in_("trace_id", list(named)), limit=BATCH) if named else []
    return list(named - {trace["trace_id"] for trace in traces})
