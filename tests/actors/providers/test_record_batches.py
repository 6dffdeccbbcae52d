"""Joining neighbouring row writes."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from actors.journal import OutboxEntry
from actors.providers.messages import RowWrite
from actors.providers.record_batches import ROWS_PER_CALL, Batch, Unwritable, joined


def lane(*writes: RowWrite | bytes) -> list[OutboxEntry]:
    payloads = [write if isinstance(write, bytes) else msgspec.json.encode(write) for write in writes]
    return [OutboxEntry(n, f"id{n}", "7", payload, "pending", 0, 0.0) for n, payload in enumerate(payloads, 1)]


def insert(table: str, *rows: dict[str, object]) -> RowWrite:
    return RowWrite(table=table, action="insert", rows=rows)


def upsert(*rows: dict[str, object], key: tuple[str, ...] = ("id",)) -> RowWrite:
    return RowWrite(table="users", action="upsert", rows=rows, key=key)


def rows(count: int) -> list[dict[str, object]]:
    return [{"id": number} for number in range(count)]


def sequences(parts: list[Batch | Unwritable]) -> list[list[int]]:
    return [[item.sequence for item in part.items] if isinstance(part, Batch) else [part.sequence] for part in parts]


def test_neighbours_of_one_table_and_action_are_joined() -> None:
    """Only neighbours join, so nothing overtakes a write to another table."""
    writes = (insert("a", {"id": 1}), insert("a", {"id": 2}), insert("b", {"id": 3}), insert("a", {"id": 4}))
    assert sequences(joined(lane(*writes))) == [[1, 2], [3], [4]]


def test_rows_of_different_columns_are_not_joined() -> None:
    """A call carries rows of equal columns, because a server fills a missing one with null."""
    parts = joined(lane(insert("a", {"id": 1}), insert("a", {"id": 2, "name": "x"}), insert("a", {"id": 3}, {"n": 1})))
    assert sequences(parts) == [[1], [2], [3]]


def test_updates_and_deletes_stay_alone() -> None:
    """Each has its own filter."""
    update = RowWrite(table="a", action="update", values={"x": 1}, where={"id": 1})
    delete = RowWrite(table="a", action="delete", where={"id": 1})
    assert sequences(joined(lane(update, update, delete, delete))) == [[1], [2], [3], [4]]


def test_the_last_of_equal_keys_is_merged() -> None:
    """One merge names each row once, with its latest values; the order of the latest is kept."""
    parts = joined(lane(upsert({"id": 1, "x": 1}, {"id": 2, "x": 1}), upsert({"id": 1, "x": 2})))
    assert isinstance(parts[0], Batch)
    assert parts[0].write.rows == ({"id": 2, "x": 1}, {"id": 1, "x": 2})


def test_different_merge_keys_are_not_joined() -> None:
    """A merge has one key."""
    assert sequences(joined(lane(upsert({"id": 1}), upsert({"id": 2}, key=("telegram_id",))))) == [[1], [2]]


def test_what_cannot_be_written_is_named_without_its_content() -> None:
    """Payloads that are no row write, or would touch a whole table, are given up with a reason."""
    everywhere = RowWrite(table="a", action="delete")
    nothing = RowWrite(table="a", action="update", where={"id": 1})
    assert joined(lane(b"{secret", everywhere, nothing)) == [
        Unwritable(1, "not a row write"),
        Unwritable(2, "delete of a without a filter"),
        Unwritable(3, "update of a without values"),
    ]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 200)), max_size=30))
def test_joining_keeps_order_and_stays_in_bounds(writes: list[tuple[str, int]]) -> None:
    """Every write appears once, in order, in batches of one table and no more rows than a call may hold."""
    parts = joined(lane(*(insert(table, *rows(size)) for table, size in writes)))
    assert [n for part in sequences(parts) for n in part] == list(range(1, len(writes) + 1))
    for part in parts:
        assert isinstance(part, Batch)
        assert len(part.write.rows) <= ROWS_PER_CALL
        assert {item.write.table for item in part.items} == {part.write.table}
