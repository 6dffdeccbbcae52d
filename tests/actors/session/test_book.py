"""The book: a rep's rows are read once and stay in step with what the session writes."""

import pytest

from actors.providers.messages import RowWrite
from actors.session.book import OUTAGE_S, TEAM_AGE_S, Book, RowsMissing, RowsUnreachable
from storage import Row, whole_row

LEAD: Row = {"id": "a", "status": "analyzed", "notes": None}
NEW = whole_row("lead_registry", {"id": "b"})


def read() -> Book:
    book = Book()
    book.fill("lead_registry", (LEAD,), at=0.0)
    return book


def test_a_table_nobody_read_is_asked_for() -> None:
    """A flow that needs unread rows says which, so that the session can read them."""
    with pytest.raises(RowsMissing) as missing:
        Book().rows("lead_registry", team=True)
    assert (missing.value.table, missing.value.team) == ("lead_registry", True)


def test_a_table_that_cannot_be_read_is_asked_for_again_after_a_while() -> None:
    """An unreachable table stays so for some turns, so that an outage does not hold up each of them."""
    book = Book()
    book.give_up("lead_registry", at=0.0)
    for now in (0.0, OUTAGE_S - 0.1):
        book.begin_turn(now)
        with pytest.raises(RowsUnreachable):
            book.rows("lead_registry")
    book.begin_turn(OUTAGE_S)
    with pytest.raises(RowsMissing):
        book.rows("lead_registry")


@pytest.mark.parametrize(
    ("write", "after"),
    [
        (RowWrite("lead_registry", "insert", rows=({"id": "a", "status": "new"},)), {"a": LEAD}),
        (
            RowWrite("lead_registry", "insert", rows=({"id": "b"},)),
            {"a": LEAD, "b": whole_row("lead_registry", {"id": "b"})},
        ),
        (RowWrite("lead_registry", "upsert", rows=({"id": "a", "notes": "x"},)), {"a": {**LEAD, "notes": "x"}}),
        (
            RowWrite("lead_registry", "upsert", rows=({"id": "z", "status": "analyzed"},), key=("status",)),
            {"a": LEAD},
        ),
        (
            RowWrite("lead_registry", "update", values={"notes": "y"}, where={"status": "analyzed"}),
            {"a": {**LEAD, "notes": "y"}},
        ),
        (RowWrite("lead_registry", "update", values={"notes": "y"}, where={"id": "b"}), {"a": LEAD}),
        (RowWrite("lead_registry", "delete", where={"id": "a"}), {}),
        (RowWrite("attempts", "delete", where={"id": "a"}), {"a": LEAD}),
    ],
)
def test_a_write_changes_the_rows_as_storage_does(write: RowWrite, after: dict[str, object]) -> None:
    """Insert ignores what exists, upsert merges by key, update and delete follow their filter."""
    book = read()
    book.apply((write,))
    assert book.rows("lead_registry") == after


def test_a_row_that_storage_does_not_hold_yet_is_whole() -> None:
    """A newcomer who is shown among the team has no points, where their own write names none."""
    book = Book()
    book.fill("users", (), team=True, at=0.0)
    book.apply((RowWrite("users", "upsert", rows=({"id": "a", "first_name": "Anna"},), key=("id",)),))
    newcomer = book.rows("users", team=True)["a"]
    assert (newcomer["first_name"], newcomer["total_xp"], newcomer["digested_at"]) == ("Anna", 0, None)


def test_a_write_never_changes_a_row_that_a_flow_holds() -> None:
    """Rows are replaced, not changed in place."""
    book = read()
    held = book.rows("lead_registry")["a"]
    book.apply((RowWrite("lead_registry", "update", values={"notes": "y"}, where={"id": "a"}),))
    assert held == LEAD


def test_the_teams_rows_grow_old_and_the_reps_own_do_not() -> None:
    """What others write too is read again after a while; the rep's own rows have one writer."""
    book = read()
    book.fill("casebook", (), team=True, at=0.0)
    book.begin_turn(TEAM_AGE_S + 1.0)
    assert book.rows("lead_registry") == {"a": LEAD}
    with pytest.raises(RowsMissing):
        book.rows("casebook", team=True)


def test_a_reps_rows_that_others_write_grow_old() -> None:
    """What was traced since the last look is in an export and found by a deletion."""
    book = Book()
    book.fill("pipeline_traces", (), at=0.0)
    book.begin_turn(TEAM_AGE_S)
    assert book.rows("pipeline_traces") == {}
    book.begin_turn(TEAM_AGE_S + 1.0)
    with pytest.raises(RowsMissing):
        book.rows("pipeline_traces")
