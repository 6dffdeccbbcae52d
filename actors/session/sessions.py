"""Sessions: the dynamic supervisor of one session per rep, created by the first message and retired when idle.

A message that arrives while a session retires waits here and goes to the next one. A session that crashes comes
back with its state from the journal, after a pause that grows with each crash in a row; its unhandled updates wait
in the journal meanwhile, so that nothing needs to be kept here for it.
"""

from collections.abc import Callable
from typing import ClassVar

import msgspec
import structlog

from actors.session.messages import Act, Enter, HandleUpdate, Look, Nudge, RepUnreachable, Resume
from runtime import Actor, Address, ChildSpec, Mailbox, Restart, Terminated

_LOG = structlog.get_logger(__name__)
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0


class Idle(msgspec.Struct, frozen=True):
    """A session has had nothing to do for its idle time and offers to leave."""

    actor_key: str


class Retire(msgspec.Struct, frozen=True):
    """Leave now if there is still nothing to do; everything sent before this was delivered before it."""


class StillBusy(msgspec.Struct, frozen=True):
    """The session stays: something came in before it was told to retire."""

    actor_key: str


class Revive(msgspec.Struct, frozen=True):
    """The pause after a crash is over."""

    actor_key: str


class _Resident(msgspec.Struct):
    address: Address
    actor_key: str
    retiring: bool = False
    held: list[tuple[object, Address]] = []


class Sessions(Actor):
    """Routes each rep's messages to the session that owns the rep's state."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100_000)

    def __init__(self, make_session: Callable[[str], Actor]) -> None:
        super().__init__()
        self._make_session = make_session
        self._residents: dict[str, _Resident] = {}
        self._crashes: dict[str, int] = {}

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case (
                HandleUpdate(actor_key=key)
                | Resume(actor_key=key)
                | Nudge(actor_key=key)
                | RepUnreachable(actor_key=key)
                | Enter(actor_key=key)
                | Look(actor_key=key)
                | Act(actor_key=key)
            ):
                self._deliver(key, message, sender)
            case Idle(actor_key=key):
                self._retire(key, sender)
            case StillBusy(actor_key=key):
                self._keep(key)
            case Revive(actor_key=key):
                self._deliver(key, Resume(actor_key=key), self.address)
            case Terminated(address=address, reason=reason):
                self._ended(address, crashed=reason != "normal")
            case _:
                await self.unhandled(message, sender)

    def _deliver(self, key: str, message: object, sender: Address) -> None:
        resident = self._residents.get(key)
        if resident is None:
            if key in self._crashes and not isinstance(message, Resume):
                return  # it waits in the journal, which the revived session reads
            resident = self._residents[key] = _Resident(address=self._spawn(key), actor_key=key, held=[])
        if resident.retiring:
            resident.held.append((message, sender))
        else:
            self.forward(resident.address, message, sender)

    def _spawn(self, key: str) -> Address:
        spec = ChildSpec(name=key, factory=lambda: self._make_session(key), restart=Restart.TEMPORARY)
        return self.spawn(spec)

    def _retire(self, key: str, sender: Address) -> None:
        resident = self._residents.get(key)
        if resident is not None and resident.address == sender and not resident.retiring:
            resident.retiring = True
            self.send(sender, Retire())

    def _keep(self, key: str) -> None:
        resident = self._residents[key]
        resident.retiring = False
        held, resident.held = resident.held, []
        for message, sender in held:
            self.forward(resident.address, message, sender)

    def _ended(self, address: Address, *, crashed: bool) -> None:
        resident = next((one for one in self._residents.values() if one.address == address), None)
        if resident is None:
            return
        key = resident.actor_key
        del self._residents[key]
        if crashed:
            self._pause(key)
            return
        self._crashes.pop(key, None)
        for message, sender in resident.held:
            self._deliver(key, message, sender)

    def _pause(self, key: str) -> None:
        crashes = self._crashes[key] = self._crashes.get(key, 0) + 1
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (crashes - 1))
        _LOG.error("session_crashed", crashes=crashes, pause_s=pause)
        self.timer(pause, Revive(actor_key=key))
