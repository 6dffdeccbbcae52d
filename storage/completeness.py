"""Whether a database holds every table and column that this version works with."""

import asyncio
from collections.abc import Iterable

from storage.errors import BadQuery, NotFound, StaleSchema
from storage.port import Store
from storage.schema import TABLES


async def missing_tables(store: Store, tables: Iterable[str] = tuple(TABLES)) -> tuple[str, ...]:
    """The tables that are missing or lack a column; raises StorageError when the storage cannot say."""
    asked = tuple(tables)
    whole = await asyncio.gather(*(_is_whole(store, table) for table in asked))
    return tuple(table for table, is_whole in zip(asked, whole, strict=True) if not is_whole)


async def _is_whole(store: Store, table: str) -> bool:
    try:
        await store.select(table, limit=1)
    except (NotFound, StaleSchema, BadQuery):
        return False
    return True
