"""The difference between two analyses is computed."""

import msgspec

from coaching.changes import Change, changes
from tests.actors.session.world import answer

BEFORE = answer()


def test_only_what_reads_differently_is_a_change() -> None:
    """Case and blanks are no change; a new concern is."""
    now = msgspec.structs.replace(BEFORE.analysis, key_concern="The date", stage=" negotiation ")
    found = changes(BEFORE.analysis, BEFORE.strategy, now, BEFORE.strategy)
    assert found == (Change("key_concern", "The price", "The date"),)


def test_where_nothing_stood_everything_is_new() -> None:
    """A lead whose analysis cannot be read any more."""
    assert all(one.was == "" for one in changes(None, None, BEFORE.analysis, BEFORE.strategy))
