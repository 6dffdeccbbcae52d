"""What Thespian's `Actor` asks of the place it lives in (`_myRef`), answered by every cell."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from thespian.actors import Actor as AnyActor
from thespian.actors import (
    ActorAddress,
    ActorExitRequest,
    DeadEnvelope,
    InvalidActorSourceHash,
    NoCompatibleSystemForActor,
    WakeupMessage,
)
from thespian.system.utilis import actualActorClass, withPossibleInitArgs

from runtime.address import Address
from runtime.errors import MisuseError
from runtime.owned import Timer, owned_by
from runtime.supervision import ChildSpec, Restart

if TYPE_CHECKING:
    from runtime.cell import Cell
    from runtime.kernel import Kernel

Capabilities = dict[str, object]


class ThespianSide:
    """What the actors of one system share under Thespian's rules."""

    def __init__(self, kernel: "Kernel", capabilities: Capabilities | None = None) -> None:
        self.kernel = kernel
        self.capabilities: Capabilities = {} if capabilities is None else capabilities
        self.global_names: dict[str, Cell] = {}
        self.dead_letter_handlers: dict[Cell, None] = {}
        self.shutdown: Callable[[], None] | None = None
        self._made = 0

    def create(self, parent: "Cell", actor_class: object, requirements: object, global_name: str | None) -> Address:
        """Make an actor below the parent, or find the living one of the global name.

        Raises what `__init__` raises, and NoCompatibleSystemForActor.
        """
        known = self.global_names.get(global_name) if global_name else None
        if known is not None and not known.ended:
            return known.address
        actual = actualActorClass(actor_class)
        check = getattr(actual, "actorSystemCapabilityCheck", None)
        if check is not None and not check(self.capabilities, requirements or {}):
            raise NoCompatibleSystemForActor(actual, "the capabilities do not meet the requirements")
        cell = self._place(parent, actual, requirements)
        if global_name:
            cell.global_name = global_name
            self.global_names[global_name] = cell
        return cell.address

    def _place(self, parent: "Cell", actual: type[AnyActor], requirements: object) -> "Cell":
        from runtime.actor import Actor
        from runtime.cell import Cell
        from runtime.thespian_cell import ThespianCell

        def make() -> AnyActor:
            return withPossibleInitArgs(capabilities=self.capabilities, requirements=requirements).create(actual)

        self._made += 1
        name = f"{actual.__name__}-{self._made}"
        if issubclass(actual, Actor):
            spec = ChildSpec(name, make)
            cell = Cell(self.kernel, name)
        else:
            # Thespian makes the instance before createActor returns, and never makes a second one.
            instance = make()
            spec = ChildSpec(name, lambda: instance, restart=Restart.TEMPORARY)
            cell = ThespianCell(self.kernel, name)
        parent.offspring().add(cell, spec)
        return cell

    def undelivered(self, target: Address, message: object, reason: str) -> None:
        """Hand a message for a dead address to the dead-letter handlers."""
        if reason != "stopped" or isinstance(message, DeadEnvelope):
            return
        for handler in list(self.dead_letter_handlers):
            if handler.ended:
                del self.dead_letter_handlers[handler]
            elif handler.address != target:
                handler.deliver(DeadEnvelope(target, message), handler.address)


class ThespianReference:
    """The `_myRef` protocol. Names and argument order are Thespian's."""

    __slots__ = ()

    @property
    def _cell(self) -> "Cell":
        return cast("Cell", self)

    @property
    def globalName(self) -> str | None:
        """The actor's global name, if it has one."""
        return self._cell.global_name

    def createActor(
        self, actorClass: object, targetActorRequirements: object, globalName: str | None, sourceHash: str | None = None
    ) -> Address:
        """Make a child; one that cannot be made is reported to this actor by ChildActorExited."""
        if sourceHash:
            raise InvalidActorSourceHash(sourceHash)
        cell = self._cell
        try:
            return cell.kernel.thespian.create(cell, actorClass, targetActorRequirements, globalName)
        except Exception as error:  # Thespian's rule: the parent learns of it by message
            return cell.stillborn(error)

    def actor_send(self, target: ActorAddress, message: object) -> None:
        """Send in this actor's name."""
        thespian_send(self._cell.kernel, target, message, self._cell.address)

    def wakeupAfter(self, timePeriod: timedelta | float, payload: object) -> None:
        """Have a WakeupMessage arrive after the time; seconds or a timedelta."""
        seconds = timePeriod.total_seconds() if isinstance(timePeriod, timedelta) else float(timePeriod)
        cell = self._cell
        Timer(cell, owned_by(cell), seconds, WakeupMessage(timePeriod, payload))

    def handleDeadLetters(self, address: Address, enable: bool) -> None:
        """Begin or cease to receive DeadEnvelopes."""
        del address  # Thespian passes the actor's own
        side = self._cell.kernel.thespian
        if enable:
            side.dead_letter_handlers[self._cell] = None
        else:
            side.dead_letter_handlers.pop(self._cell, None)

    def updateCapability(self, capabilityName: str, capabilityValue: object) -> None:
        """Set a capability of the system; None removes it."""
        capabilities = self._cell.kernel.thespian.capabilities
        if capabilityValue is None:
            capabilities.pop(capabilityName, None)
        else:
            capabilities[capabilityName] = capabilityValue

    def loadActorSource(self, fname: object) -> str:
        """Refused: code comes with a release, never at run time."""
        del fname
        raise MisuseError("this system does not load code at run time")

    def unloadActorSource(self, sourceHash: str) -> None:
        """Without effect: nothing is ever loaded."""

    def registerSourceAuthority(self, address: Address) -> None:
        """Without effect: there are no sources."""

    def notifyOnSourceAvailability(self, address: Address, enable: bool) -> None:
        """Without effect: there are no sources."""

    def notifyOnSystemRegistrationChanges(self, address: Address, enable: bool) -> None:
        """Accepted; a single system has no convention to tell of."""

    def preRegisterRemoteSystem(self, remoteAddress: object, remoteCapabilities: object) -> None:
        """Accepted; a single system has no convention."""

    def deRegisterRemoteSystem(self, remoteAddress: object) -> None:
        """Accepted; a single system has no convention."""

    def actorSystemShutdown(self) -> None:
        """Stop the whole system."""
        shutdown = self._cell.kernel.thespian.shutdown
        if shutdown is not None:
            shutdown()


def thespian_send(kernel: "Kernel", target: ActorAddress, message: object, sender: Address) -> None:
    """Send under Thespian's rules: an exit request is one wherever it goes, a strange address is a dead one."""
    if not isinstance(target, Address):
        kernel.nowhere.deliver(message, sender)
    elif isinstance(message, ActorExitRequest) and (cell := getattr(target.endpoint, "exit_requested", None)):
        cell(message, sender)
    else:
        target.endpoint.deliver(message, sender)
