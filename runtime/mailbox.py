"""Mailbox: how many messages may wait for an actor, and what happens to one more."""

from collections.abc import Callable, Hashable
from enum import StrEnum

import msgspec


class Overflow(StrEnum):
    """What a full mailbox does. Whatever is not delivered becomes a dead letter, and its asker is told."""

    REFUSE = "refuse"
    DROP_OLDEST = "drop_oldest"
    DROP_NEWEST = "drop_newest"
    COALESCE = "coalesce"


class Mailbox(msgspec.Struct, frozen=True):
    """The policy of an actor class.

    COALESCE replaces a waiting message by a newer one of the same `key`, in the older one's place and at any depth;
    the key is the message's type unless given. Full, it refuses. The actor's own timers and piped results and
    `Terminated` are always accepted: there are only as many as the actor asked for.
    """

    capacity: int = 1000
    overflow: Overflow = Overflow.REFUSE
    key: Callable[[object], Hashable] = type

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise ValueError("a mailbox holds at least one message")
