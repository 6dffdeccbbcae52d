"""Consecutive row writes of the record lane joined into few storage calls, order kept."""

from collections.abc import Iterable
from itertools import groupby

import msgspec

from actors.journal import OutboxEntry
from actors.providers.messages import RowWrite

ROWS_PER_CALL = 500
_JOINED = ("insert", "upsert")


class Item(msgspec.Struct, frozen=True):
    """One outbox entry and the write it holds; those of one `key` are a rep's and keep their order."""

    sequence: int
    key: str
    write: RowWrite


class Batch(msgspec.Struct, frozen=True):
    """Writes done by one storage call; all have the same table, action, key and columns."""

    items: tuple[Item, ...]

    @property
    def write(self) -> RowWrite:
        """The one write that has the effect of all of them in order."""
        first = self.items[0].write
        if len(self.items) == 1 and first.action != "upsert":
            return first
        rows = [row for item in self.items for row in item.write.rows]
        if first.action == "upsert":
            rows = _last_of_each(rows, first.key)
        return msgspec.structs.replace(first, rows=tuple(rows))

    def halves(self) -> tuple["Batch", "Batch"]:
        """The batch cut in two, to find the row that the storage refuses."""
        middle = len(self.items) // 2
        return Batch(self.items[:middle]), Batch(self.items[middle:])


class Unwritable(msgspec.Struct, frozen=True):
    """An entry that no storage could write; `reason` holds nothing of its content."""

    sequence: int
    reason: str


def joined(entries: Iterable[OutboxEntry]) -> list[Batch | Unwritable]:
    """Decode the entries and join neighbours that one call can write; the order is the order given."""
    read = [_read(entry) for entry in entries]
    parts: list[Batch | Unwritable] = []
    for _, run in groupby(read, key=_shape):
        parts.extend(_cut(list(run)))
    return parts


def _read(entry: OutboxEntry) -> Item | Unwritable:
    try:
        write = msgspec.json.decode(entry.payload, type=RowWrite)
    except msgspec.DecodeError:
        return Unwritable(entry.sequence, "not a row write")
    if write.action in ("update", "delete") and not write.where:
        return Unwritable(entry.sequence, f"{write.action} of {write.table} without a filter")
    if write.action == "update" and not write.values:
        return Unwritable(entry.sequence, f"update of {write.table} without values")
    return Item(entry.sequence, entry.order_key, write)


def _shape(item: Item | Unwritable) -> tuple[object, ...]:
    # An update or a delete has its own filter, so nothing joins it.
    if isinstance(item, Unwritable) or item.write.action not in _JOINED:
        return (item.sequence,)
    write = item.write
    # Servers want equal columns in all rows of a call; a write of mixed rows stays alone.
    columns = {frozenset(row) for row in write.rows}
    return (write.table, write.action, write.key, frozenset(columns)) if len(columns) == 1 else (item.sequence,)


def _cut(run: list[Item | Unwritable]) -> Iterable[Batch | Unwritable]:
    items: list[Item] = []
    size = 0
    for item in run:
        if isinstance(item, Unwritable):
            yield item
            continue
        if items and size + len(item.write.rows) > ROWS_PER_CALL:
            yield Batch(tuple(items))
            items, size = [], 0
        items.append(item)
        size += len(item.write.rows)
    if items:
        yield Batch(tuple(items))


def _last_of_each(rows: list[dict[str, object]], key: tuple[str, ...]) -> list[dict[str, object]]:
    """PostgreSQL refuses one merge that names a row twice; whole rows, so the last one is the effect."""
    by_key: dict[bytes, dict[str, object]] = {}
    for row in rows:
        name = msgspec.json.encode([row.get(column) for column in key])
        by_key.pop(name, None)
        by_key[name] = row
    return list(by_key.values())
