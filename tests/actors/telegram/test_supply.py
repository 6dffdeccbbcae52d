"""What is taken of the journal's two lanes, on paper."""

from actors.journal import OutboxEntry, TakeOutbox
from actors.telegram.messages import BULK_LANE, MESSAGE_LANE
from actors.telegram.supply import MOST_BULK_IN_HAND, MOST_IN_HAND, Supply

BATCH = 500


def _entries(first: int, count: int) -> tuple[OutboxEntry, ...]:
    return tuple(OutboxEntry(at, str(at), "7", b"", "pending", 0, 0.0) for at in range(first, first + count))


def _fill_with_bulk(supply: Supply) -> None:
    supply.grew(BULK_LANE)
    for at in range(0, MOST_BULK_IN_HAND, BATCH):
        assert supply.requests()
        supply.taken((_entries(at + 1, BATCH), ()))


def test_answers_are_read_however_much_else_waits() -> None:
    """Bulk has a bound of its own; what is settled makes room for more of it."""
    supply = Supply()
    _fill_with_bulk(supply)
    assert supply.requests() == ()
    supply.grew(MESSAGE_LANE)
    assert supply.requests() == (TakeOutbox(MESSAGE_LANE, 0, BATCH),)
    assert supply.taken((_entries(9_000, 1),)) == _entries(9_000, 1)
    supply.settled(1)
    assert supply.requests() == (TakeOutbox(BULK_LANE, MOST_BULK_IN_HAND, 1), TakeOutbox(MESSAGE_LANE, 9_000, BATCH))
    assert supply.in_hand == MOST_BULK_IN_HAND


def test_bulk_overtakes_no_answer_that_was_there_before_it() -> None:
    """It is read before the answers and handed on behind them; while more of them wait it is not taken at all."""
    supply = Supply()
    supply.grew(BULK_LANE)
    assert supply.requests() == (TakeOutbox(BULK_LANE, 0, BATCH), TakeOutbox(MESSAGE_LANE, 0, BATCH))
    assert supply.taken((_entries(501, 1), _entries(1, BATCH))) == _entries(1, BATCH)
    assert supply.requests() == (TakeOutbox(MESSAGE_LANE, BATCH, BATCH),)
    assert supply.taken(((),)) == ()
    assert supply.requests() == (TakeOutbox(BULK_LANE, 0, BATCH), TakeOutbox(MESSAGE_LANE, BATCH, BATCH))
    assert supply.taken((_entries(501, 1), _entries(502, 1))) == _entries(501, 2)
    assert supply.requests() == ()


def test_no_more_is_taken_than_has_room() -> None:
    """Then neither lane is read until something is settled."""
    supply = Supply()
    supply.grew(MESSAGE_LANE)
    supply.grew(BULK_LANE)
    for at in range(0, MOST_IN_HAND, BATCH):
        batches = tuple(_entries(at + 1, BATCH) if one.lane == MESSAGE_LANE else () for one in supply.requests())
        supply.taken(batches)
    assert supply.requests() == ()
    supply.settled(1)
    assert supply.requests() == (TakeOutbox(MESSAGE_LANE, MOST_IN_HAND, 1),)


def test_a_reading_that_failed_is_made_again() -> None:
    """Of both lanes, one at a time, and from where it was."""
    supply = Supply()
    supply.grew(MESSAGE_LANE)
    assert supply.requests()
    assert supply.requests() == ()
    supply.failed()
    assert supply.requests() == (TakeOutbox(BULK_LANE, 0, BATCH), TakeOutbox(MESSAGE_LANE, 0, BATCH))
