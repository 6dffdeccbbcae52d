"""Retention: traces and their spans are deleted when they are older than the settings allow."""

from storage import Store, in_, lt, to_text

BATCH = 200
MOST_BATCHES = 50
"""What is left over after so many batches of a table waits for the next sweep, so that no sweep holds storage long."""

TABLES = ("pipeline_spans", "pipeline_traces")
"""Spans first: a trace that is still there tells that its spans may be."""


async def sweep(store: Store, before: float) -> int:
    """Delete what was made before this time, in UTC epoch seconds; gives how many rows. Raises StorageError."""
    return sum([await _sweep_table(store, table, before) for table in TABLES])


async def _sweep_table(store: Store, table: str, before: float) -> int:
    deleted = 0
    for _ in range(MOST_BATCHES):
        rows = await store.select(table, lt("created_at", to_text(before)), order=("created_at", "id"), limit=BATCH)
        if rows:
            deleted += await store.delete(table, in_("id", [row["id"] for row in rows]))
        if len(rows) < BATCH:
            break
    return deleted
