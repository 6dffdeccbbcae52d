"""Joining row writes of one rep and of many."""

from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from actors.journal import OutboxEntry
from actors.providers.messages import RowWrite
from actors.providers.record_batches import ROWS_PER_CALL, Batch, Unwritable, joined
from storage import REFERENCES


def lane(*writes: RowWrite | bytes) -> list[OutboxEntry]:
    payloads = [write if isinstance(write, bytes) else msgspec.json.encode(write) for write in writes]
    return [OutboxEntry(n, f"id{n}", "7", payload, "pending", 0, 0.0) for n, payload in enumerate(payloads, 1)]


def lane_of(*writes: tuple[str, RowWrite]) -> list[OutboxEntry]:
    return [
        OutboxEntry(n, f"id{n}", rep, msgspec.json.encode(write), "pending", 0, 0.0)
        for n, (rep, write) in enumerate(writes, 1)
    ]


def insert(table: str, *rows: dict[str, object]) -> RowWrite:
    return RowWrite(table=table, action="insert", rows=rows)


def upsert(*rows: dict[str, object], key: tuple[str, ...] = ("id",)) -> RowWrite:
    return RowWrite(table="users", action="upsert", rows=rows, key=key)


def rows(count: int) -> list[dict[str, object]]:
    return [{"id": number} for number in range(count)]


def sequences(parts: list[Batch | Unwritable]) -> list[list[int]]:
    return [[item.sequence for item in part.items] if isinstance(part, Batch) else [part.sequence] for part in parts]


def test_neighbours_of_one_table_and_action_are_joined() -> None:
    """Within a rep only neighbours join, so nothing overtakes the rep's write to another table."""
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


def test_a_backlog_of_many_reps_takes_as_many_calls_as_one_of_them() -> None:
    """Turns of a hundred reps, one after the other or mixed, are written table by table."""
    turn = ("users", "support_sessions", "lead_registry", "lead_activity_log", "user_memory")
    reps = [str(number) for number in range(100)]
    writes = {(rep, table): insert(table, {"id": f"{table}/{rep}", "user_id": rep}) for rep in reps for table in turn}
    one_by_one = joined(lane_of(*((rep, writes[rep, table]) for rep in reps for table in turn)))
    mixed = joined(lane_of(*((rep, writes[rep, table]) for table in turn for rep in reps)))
    for parts in (one_by_one, mixed):
        assert [part.write.table for part in parts if isinstance(part, Batch)] == list(turn)


def test_a_lead_handed_over_is_there_before_what_its_new_owner_writes() -> None:
    """A row never comes before the one it refers to, whichever rep wrote that."""
    activity = RowWrite("lead_activity_log", "insert", ({"id": "x", "lead_id": "theirs"},))
    own = RowWrite("lead_activity_log", "insert", ({"id": "y", "lead_id": "L"},))
    lead = insert("lead_registry", {"id": "L", "user_id": "a"})
    parts = joined(lane_of(("b", activity), ("a", insert("attempts", {"id": 1})), ("a", lead), ("b", own)))
    assert sequences(parts) == [[1], [2], [3], [4]]


def test_nothing_comes_before_an_update_or_a_delete_of_its_table() -> None:
    """What a filter finds is what was there when it was written."""
    delete = RowWrite("invitations", "delete", where={"username": "jo"})
    first, again = insert("invitations", {"id": 1}), insert("invitations", {"id": 2})
    assert sequences(joined(lane_of(("a", first), ("a", delete), ("b", again)))) == [[1], [2], [3]]


_IDS = st.sampled_from("xyz")
_TABLES = st.sampled_from(("users", "lead_registry", "lead_activity_log", "attempts"))


@st.composite
def _writes(draw: st.DrawFn) -> RowWrite:
    table, id_ = draw(_TABLES), draw(_IDS)
    action = draw(st.sampled_from(("insert", "insert", "upsert", "update", "delete")))
    row: dict[str, object] = {column: draw(_IDS) for column in ("id", *REFERENCES.get(table, {}))}
    if action == "update":
        return RowWrite(table, "update", values={"x": 1}, where={"id": id_})
    if action == "delete":
        return RowWrite(table, "delete", where={"id": id_})
    return RowWrite(table, "insert" if action == "insert" else "upsert", (row,))


def _needs(write: RowWrite, earlier: RowWrite) -> bool:
    """Whether a row of the one refers to a row of the other."""
    return any(
        other == (earlier.table, name) and row.get(column) == made.get(name)
        for row in write.rows
        for made in earlier.rows
        for column, other in REFERENCES.get(write.table, {}).items()
        for name in made
    )


def _runs(writes: list[tuple[str, RowWrite]]) -> int:
    """How many calls neighbours alone would take."""
    kinds = [
        (write.table, write.action) if write.action in ("insert", "upsert") else place
        for place, (_, write) in enumerate(writes)
    ]
    return len(kinds[:1]) + sum(one != other for one, other in pairwise(kinds))


@given(st.lists(st.tuples(st.sampled_from("abcd"), _writes()), max_size=40))
def test_no_write_comes_before_what_it_depends_on(writes: list[tuple[str, RowWrite]]) -> None:
    """Whatever is mixed: every write once, each rep's and each table's in order, references after what they name.

    And never in more calls than before.
    """
    parts = joined(lane_of(*writes))
    order = [n - 1 for part in sequences(parts) for n in part]
    assert sorted(order) == list(range(len(writes)))
    place = {number: at for at, number in enumerate(order)}
    for late, (rep, write) in enumerate(writes):
        for early, (other, earlier) in enumerate(writes[:late]):
            if rep == other or write.table == earlier.table or _needs(write, earlier):
                assert place[early] < place[late]
            if write.action in ("update", "delete"):
                assert place[early] < place[late]
    assert len(parts) <= _runs(writes)
