"""Virtual actors: children addressed by a key, made by their first message and let go when they have nothing to do.

A child that is idle sends `Idle` to its parent and is told to `Retire`: everything sent before that was delivered
before it. It then stops, or answers `StillBusy` and stays. What comes for it meanwhile is held and goes to it or to its
successor, so nothing is lost and nothing is handled by two. A child that crashes comes back after a pause that grows
with each crash in a row; what comes during the pause is held too.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import msgspec
import structlog

from runtime.actor import Actor
from runtime.address import Address
from runtime.mailbox import Mailbox
from runtime.owned import owned_by
from runtime.supervision import Backoff, ChildSpec, Restart, Terminated

if TYPE_CHECKING:
    from runtime.cell import Cell

_log = structlog.get_logger(__name__)


class Idle(msgspec.Struct, frozen=True):
    """The sender has had nothing to do for its idle time and offers to leave."""


class Retire(msgspec.Struct, frozen=True):
    """Leave now if there is still nothing to do; everything sent before this was delivered before it."""


class StillBusy(msgspec.Struct, frozen=True):
    """The sender stays: something came in before it was told to retire."""


class _Revive(msgspec.Struct, frozen=True):
    key: str


class _Resident:
    """A key's child, if it has one now, and what is held for it: dead letters when the parent's generation ends."""

    def __init__(self, parent: "Cell") -> None:
        self._parent = parent
        self.address: Address | None = None
        self.retiring = self.pausing = False
        self.crashes = 0
        self.held: list[tuple[object, Address]] = []

    def hold(self, message: object, sender: Address) -> None:
        """Keep the message; who kills the parent finds it here, as it finds the parent's timers."""
        self.held.append((message, sender))
        owned_by(self._parent).timers[self] = None

    def release(self) -> list[tuple[object, Address]]:
        """Give out what is held."""
        owned_by(self._parent).timers.pop(self, None)
        held, self.held = self.held, []
        return held

    def cancel(self) -> None:
        """Make dead letters of what is held."""
        for message, sender in self.release():
            self._parent.undelivered(message, sender, "stopped")


class VirtualActors(Actor):
    """The parent of virtual actors. A subclass calls `pass_on` for what is theirs and hands the rest to `receive`."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100_000)
    pauses: ClassVar[Backoff] = Backoff(minimum=1.0, maximum=60.0)
    held_most: ClassVar[int] = 1000
    """How many messages are held for one key; one more is a dead letter, `refused`."""

    def __init__(self, make: Callable[[str], Actor]) -> None:
        super().__init__()
        self._make = make
        self._residents: dict[str, _Resident] = {}
        self._keys: dict[Address, str] = {}

    @property
    def resident(self) -> int:
        """How many children live now."""
        return len(self._keys)

    def revival(self, key: str) -> object | None:
        """The message by which a child that crashed is brought back; None leaves it to the next one that comes."""
        del key  # a subclass tells them apart
        return None

    def pass_on(self, key: str, message: object, sender: Address) -> None:
        """Deliver to the key's child, made now if there is none."""
        resident = self._residents.get(key)
        if resident is None:
            resident = self._residents[key] = _Resident(self._myRef)
        if resident.address is None and not resident.pausing:
            self._begin(key, resident)
        if resident.address is not None and not resident.retiring:
            self.forward(resident.address, message, sender)
        elif len(resident.held) < self.held_most:
            resident.hold(message, sender)
        else:
            self._myRef.undelivered(message, sender, "refused")

    async def receive(self, message: object, sender: Address) -> None:
        """What children say of themselves, and what is said of them."""
        key = self._keys.get(sender)
        match message:
            case Idle() if key is not None and not self._residents[key].retiring:
                self._residents[key].retiring = True
                sender.endpoint.deliver_owned(Retire(), self.address)  # type: ignore[attr-defined]  # a child's cell
            case StillBusy() if key is not None:
                self._residents[key].retiring = False
                self._hand_over(self._residents[key], sender)
            case Terminated(address=address, reason=reason) if address in self._keys:
                self._ended(self._keys.pop(address), crashed=reason != "normal")
            case _Revive(key=back):
                self._revive(back)
            case Terminated() | Idle() | StillBusy():
                pass  # said before, or of a child that has ended since
            case _:
                await self.unhandled(message, sender)

    def _begin(self, key: str, resident: _Resident) -> None:
        spec = ChildSpec(name=key, factory=lambda: self._make(key), restart=Restart.TEMPORARY)
        resident.address = address = self.spawn(spec)
        self._keys[address] = key
        self._hand_over(resident, address)

    def _hand_over(self, resident: _Resident, address: Address) -> None:
        for message, sender in resident.release():
            self.forward(address, message, sender)

    def _ended(self, key: str, *, crashed: bool) -> None:
        resident = self._residents[key]
        resident.address, resident.retiring = None, False
        if crashed:
            resident.crashes += 1
            pause = self.pauses.ceiling(resident.crashes)
            _log.error("virtual_actor_crashed", parent=type(self).__name__, crashes=resident.crashes, pause_s=pause)
            resident.pausing = True
            self.timer(pause, _Revive(key))
        elif resident.held:
            resident.crashes = 0
            self._begin(key, resident)
        else:
            del self._residents[key]

    def _revive(self, key: str) -> None:
        resident = self._residents[key]
        resident.pausing = False
        message = self.revival(key)
        if message is not None:
            resident.held.insert(0, (message, self.address))
        if resident.held:
            self._begin(key, resident)
        else:
            del self._residents[key]
