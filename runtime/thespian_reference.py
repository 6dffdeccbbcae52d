"""What Thespian's `Actor` asks of the place it lives in (`_myRef`), answered by every cell."""

import os
from asyncio import _get_running_loop
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from thespian.actors import ActorAddress, ActorExitRequest, WakeupMessage, WatchMessage
from thespian.system.timing import ExpirationTimer, timePeriodSeconds

from runtime.address import Address
from runtime.errors import SourcesRefused
from runtime.owned import Timer, owned_by

if TYPE_CHECKING:
    from runtime.cell import Cell
    from runtime.kernel import Kernel


class Wakeup(Timer):
    """A timer of Thespian's, which shows in the status when it is due."""

    __slots__ = ("expires",)

    def __init__(self, cell: "Cell", period: timedelta | float, payload: object) -> None:
        super().__init__(cell, owned_by(cell), timePeriodSeconds(period), WakeupMessage(period, payload))
        self.expires = ExpirationTimer(period)


class FileWatch(Timer):
    """Tells an actor once that one of its files can be read; ends with its generation, as a timer does.

    It looks at duplicates, because a loop has one reader for each descriptor. A descriptor that is closed is ignored.
    """

    __slots__ = ("_duplicates",)

    def __init__(self, cell: "Cell", filenos: list[int]) -> None:
        self._cell = cell
        self._owned = owned_by(cell)
        self._duplicates: list[int] = []
        for fileno in filenos:
            with suppress(OSError):  # Thespian's bases look at the others all the same
                self._look_at(fileno, os.dup(fileno))

    def _look_at(self, fileno: int, duplicate: int) -> None:
        loop = self._cell.kernel.loop
        self._duplicates.append(duplicate)
        self._owned.timers[self] = None
        try:
            loop.add_reader(duplicate, self._readable, fileno)
        except PermissionError:  # a plain file never blocks who reads it
            loop.call_soon(self._readable, fileno)

    @property
    def pending(self) -> bool:
        """Whether the message is still to come."""
        return bool(self._duplicates)

    def cancel(self) -> None:
        """Look no more."""
        self._owned.timers.pop(self, None)
        while self._duplicates:
            duplicate = self._duplicates.pop()
            self._cell.kernel.loop.remove_reader(duplicate)
            os.close(duplicate)

    def _readable(self, fileno: int) -> None:
        if self.pending:
            self.cancel()
            self._cell.deliver_owned(WatchMessage([fileno]), self._cell.address)


class ThespianReference:
    """The `_myRef` protocol. Names and argument order are Thespian's."""

    __slots__ = ()

    kernel: "Kernel"
    address: Address
    globalName: str | None

    def createActor(
        self, actorClass: object, targetActorRequirements: object, globalName: str | None, sourceHash: str | None = None
    ) -> Address:
        """Make a child; one that cannot be made is reported to this actor by ChildActorExited, except that the
        ImportError of a class given by name is raised."""
        cell = cast("Cell", self)
        try:
            return self.kernel.thespian.create(cell, actorClass, targetActorRequirements, globalName, sourceHash)
        except ImportError:
            raise
        except Exception as error:  # Thespian's rule: the parent learns of it by message
            return cell.stillborn(error)

    def actor_send(self, target: ActorAddress, message: object) -> None:
        """Send in this actor's name; a thread that the actor has started may do so too."""
        if isinstance(target, Address) and not isinstance(message, ActorExitRequest):
            endpoint = target.endpoint
            if endpoint.kernel.loop is _get_running_loop():
                endpoint.deliver(message, self.address)
                return
        thespian_send(self.kernel, target, message, self.address)

    def wakeupAfter(self, timePeriod: timedelta | float | None, payload: object) -> None:
        """Have a WakeupMessage arrive after the time: seconds or a timedelta; None is never. A thread that the actor
        has started may order it too."""
        cell, loop = cast("Cell", self), self.kernel.loop
        if timePeriod is not None and loop is _get_running_loop():
            Wakeup(cell, timePeriod, payload)
        elif timePeriod is not None:
            loop.call_soon_threadsafe(Wakeup, cell, timePeriod, payload)

    def handleDeadLetters(self, address: Address, enable: bool) -> None:
        """Become the one that receives DeadEnvelopes, instead of whoever was, or cease to be."""
        del address  # Thespian passes the actor's own
        side = self.kernel.thespian
        if enable:
            side.dead_letter_handler = cast("Cell", self)
        elif side.dead_letter_handler is self:
            side.dead_letter_handler = None

    def updateCapability(self, capabilityName: str, capabilityValue: object) -> None:
        """Set a capability of the system, None removes it; actors that no longer qualify are exited."""
        self.kernel.thespian.update_capability(capabilityName, capabilityValue)

    def loadActorSource(self, fname: object) -> str:
        """Refused: code comes with a release, never at run time."""
        raise SourcesRefused(fname)

    def without_effect(self, *anything: object) -> None:
        """Accepted: no source is ever there to decide or hear about, and a single system has no convention."""

    registerSourceAuthority = notifyOnSourceAvailability = unloadActorSource = without_effect
    notifyOnSystemRegistrationChanges = preRegisterRemoteSystem = deRegisterRemoteSystem = without_effect

    def actorSystemShutdown(self) -> None:
        """Stop the whole system; raises MisuseError where the application owns it."""
        self.kernel.thespian.shutdown()


def thespian_send(kernel: "Kernel", target: ActorAddress, message: object, sender: Address) -> None:
    """Send under Thespian's rules: from any thread, into any system of this process; an exit request is one wherever
    it goes, and a strange address is the system's own or a dead one."""
    there = target.endpoint.kernel if isinstance(target, Address) else kernel
    if _get_running_loop() is there.loop:
        _hand_over(there, target, message, sender)
        return
    try:
        there.loop.call_soon_threadsafe(_hand_over, there, target, message, sender)
    except RuntimeError:  # the other system has been shut down
        kernel.thespian.undelivered(target, message, sender)


def _hand_over(kernel: "Kernel", target: ActorAddress, message: object, sender: Address) -> None:
    if not isinstance(target, Address):
        kernel.thespian.deliver_strange(target, message, sender)
    elif isinstance(message, ActorExitRequest) and (exit_requested := getattr(target.endpoint, "exit_requested", None)):
        exit_requested(message, sender)
    else:
        target.endpoint.deliver(message, sender)
