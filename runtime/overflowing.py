"""One message more than a mailbox holds: each policy in a few lines, kept out of the path of all other messages."""

from typing import TYPE_CHECKING

from runtime.address import Address
from runtime.mailbox import Overflow
from runtime.phases import Phase
from runtime.supervision import Terminated

if TYPE_CHECKING:
    from runtime.cell import Cell


def deliver_into_full(cell: "Cell", message: object, sender: Address) -> None:
    """Apply the cell's overflow policy; an ended cell and a coalescing one come here with every message."""
    if cell.phase is Phase.ENDED:
        cell.undelivered(message, sender, "stopped")
        return
    match cell.mailbox.overflow:
        case Overflow.REFUSE:
            cell.undelivered(message, sender, "refused")
        case Overflow.DROP_NEWEST:
            cell.undelivered(message, sender, "dropped")
        case Overflow.DROP_OLDEST:
            _drop_oldest(cell, message, sender)
        case Overflow.COALESCE:
            _coalesce(cell, message, sender)


def _drop_oldest(cell: "Cell", message: object, sender: Address) -> None:
    for at, (waiting, its_sender, _) in enumerate(cell.queue):
        if not _is_promised(cell, waiting, its_sender):
            del cell.queue[at]
            cell.undelivered(waiting, its_sender, "dropped")
            cell.deliver_owned(message, sender)
            return
    cell.undelivered(message, sender, "dropped")


def _coalesce(cell: "Cell", message: object, sender: Address) -> None:
    key_of = cell.mailbox.key
    key = key_of(message)
    for at, (waiting, its_sender, since) in enumerate(cell.queue):
        if not _is_promised(cell, waiting, its_sender) and key_of(waiting) == key:
            cell.queue[at] = (message, sender, since)
            cell.undelivered(waiting, its_sender, "coalesced")
            return
    if len(cell.queue) >= cell.mailbox.capacity:
        cell.undelivered(message, sender, "refused")
    else:
        cell.deliver_owned(message, sender)


def _is_promised(cell: "Cell", message: object, sender: Address) -> bool:
    """Timers and piped results come from the actor itself; they and the news of an end are never dropped."""
    return isinstance(message, Terminated) or sender is cell.address
