"""Row writes of the record lane joined into few storage calls.

A row joins an earlier call of its kind, past what other reps wrote in between, but never past an earlier write of its
rep or to its table, nor past the row that it refers to: a lead handed over is there before what its new owner writes of
it. So a backlog of many reps takes about as many calls as the longest of one rep would, and not one for each row.
Updates and deletes stay where they are.
"""

from collections.abc import Iterable

import msgspec

from actors.journal import OutboxEntry
from actors.providers.messages import RowWrite
from storage import REFERENCES

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
    """Decode the entries and join those that one call can write; none comes before what it depends on."""
    plan = _Plan()
    for entry in entries:
        plan.add(_read(entry))
    return plan.parts()


class _Plan:
    """Calls in the order in which they will be made; what is added joins one or comes last."""

    def __init__(self) -> None:
        self._calls: list[list[Item | Unwritable]] = []
        self._sizes: list[int] = []
        self._open: dict[tuple[object, ...], int] = {}
        self._of_key: dict[str, int] = {}
        self._of_table: dict[str, int] = {}
        self._of_row: dict[tuple[str, str, str], int] = {}

    def add(self, item: Item | Unwritable) -> None:
        """Place one more write, later than all it must not overtake."""
        if isinstance(item, Unwritable):
            self._append(item, 0)
            return
        shape, size = _shape(item), len(item.write.rows)
        at = self._open.get(shape, -1)
        if at < self._earliest(item) or self._sizes[at] + size > ROWS_PER_CALL:
            at = self._open[shape] = self._append(item, size)
        else:
            self._calls[at].append(item)
            self._sizes[at] += size
        self._note(item, at)

    def parts(self) -> list[Batch | Unwritable]:
        """The calls; one that nothing can be made of stands alone."""
        return [_part(call) for call in self._calls]

    def _append(self, item: Item | Unwritable, size: int) -> int:
        self._calls.append([item])
        self._sizes.append(size)
        return len(self._calls) - 1

    def _earliest(self, item: Item) -> int:
        before = [self._of_key.get(item.key, 0), self._of_table.get(item.write.table, 0)]
        needed = REFERENCES.get(item.write.table, {})
        for row in item.write.rows:
            before += [self._of_row.get((*other, str(row.get(column))), 0) for column, other in needed.items()]
        return max(before)

    def _note(self, item: Item, at: int) -> None:
        table = item.write.table
        self._of_key[item.key] = self._of_table[table] = at
        for name in _REFERRED.get(table, ()):
            self._of_row.update({(table, name, str(row.get(name))): at for row in item.write.rows})


def _referred() -> dict[str, set[str]]:
    columns: dict[str, set[str]] = {}
    for needed in REFERENCES.values():
        for table, column in needed.values():
            columns.setdefault(table, set()).add(column)
    return columns


_REFERRED = _referred()
"""The columns of a table that rows elsewhere refer to."""


def _part(call: list[Item | Unwritable]) -> Batch | Unwritable:
    first = call[0]
    return first if isinstance(first, Unwritable) else Batch(tuple(one for one in call if isinstance(one, Item)))


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


def _shape(item: Item) -> tuple[object, ...]:
    # An update or a delete has its own filter, so nothing joins it.
    write = item.write
    if write.action not in _JOINED:
        return (item.sequence,)
    # Servers want equal columns in all rows of a call; a write of mixed rows stays alone.
    columns = {frozenset(row) for row in write.rows}
    return (write.table, write.action, write.key, frozenset(columns)) if len(columns) == 1 else (item.sequence,)


def _last_of_each(rows: list[dict[str, object]], key: tuple[str, ...]) -> list[dict[str, object]]:
    """PostgreSQL refuses one merge that names a row twice; whole rows, so the last one is the effect."""
    by_key: dict[bytes, dict[str, object]] = {}
    for row in rows:
        name = msgspec.json.encode([row.get(column) for column in key])
        by_key.pop(name, None)
        by_key[name] = row
    return list(by_key.values())
