"""Mailbox: how many messages may wait for an actor, and what happens to one more."""

from collections.abc import Callable, Hashable
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from runtime.address import Address
from runtime.phases import ENDED
from runtime.supervision import Terminated

if TYPE_CHECKING:
    from runtime.cell import Cell


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


def deliver_into_full(cell: "Cell", message: object, sender: Address) -> None:
    """Apply the cell's overflow policy; an ended cell and a coalescing one come here with every message.

    Kept out of the path of all other messages.
    """
    if cell.phase is ENDED:
        cell.undelivered(message, sender, "stopped")
        return
    overflow = cell.mailbox.overflow
    if overflow is Overflow.COALESCE and _coalesced(cell, message, sender):
        return
    if cell.depth < cell.mailbox.capacity:
        cell.deliver_owned(message, sender)
        return
    cell.kernel.watch.overflows[overflow.value] += 1
    if overflow is Overflow.DROP_NEWEST:
        cell.undelivered(message, sender, "dropped")
    elif overflow is Overflow.DROP_OLDEST:
        _drop_oldest(cell, message, sender)
    else:
        cell.undelivered(message, sender, "refused")


def _drop_oldest(cell: "Cell", message: object, sender: Address) -> None:
    if cell.due:
        cell.put_back()
    for at, (waiting, its_sender, _) in enumerate(cell.queue or ()):
        if not _is_promised(cell, waiting, its_sender):
            del cell.queue[at]  # type: ignore[union-attr]  # it is not empty
            cell.lose(waiting, its_sender, "dropped")
            cell.deliver_owned(message, sender)
            return
    cell.undelivered(message, sender, "dropped")


def _coalesced(cell: "Cell", message: object, sender: Address) -> bool:
    key_of = cell.mailbox.key
    key = key_of(message)
    queue = cell.queue
    for at, (waiting, its_sender, since) in enumerate(queue or ()):
        if not _is_promised(cell, waiting, its_sender) and key_of(waiting) == key:
            queue[at] = (message, sender, since)  # type: ignore[index]  # it is not empty
            cell.stats.accepted += 1
            cell.lose(waiting, its_sender, "coalesced")
            return True
    return False


def _is_promised(cell: "Cell", message: object, sender: Address) -> bool:
    """Timers and piped results come from the actor itself; they and the news of an end are never dropped."""
    return isinstance(message, Terminated) or sender.endpoint is cell
