"""What the actors of one system share under Thespian's rules."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, NoReturn
from weakref import WeakValueDictionary

from thespian.actors import Actor as AnyActor
from thespian.actors import (
    ActorAddress,
    ActorExitRequest,
    ChildActorExited,
    DeadEnvelope,
    InvalidActorSourceHash,
    NoCompatibleSystemForActor,
    Thespian_StatusReq,
    Thespian_SystemStatus,
)
from thespian.system.utilis import actualActorClass, checkActorCapabilities, withPossibleInitArgs

from runtime.address import Address
from runtime.errors import MisuseError
from runtime.supervision import ChildSpec, Restart
from runtime.watching import walk

if TYPE_CHECKING:
    from runtime.cell import Cell
    from runtime.kernel import Kernel

Capabilities = dict[str, object]


class ThespianSide:
    """The system itself under Thespian's rules; it stands behind an address of its own, sender of its messages."""

    def __init__(
        self, kernel: "Kernel", capabilities: Capabilities | None = None, address: ActorAddress | None = None
    ) -> None:
        self.kernel = kernel
        self.path = "/ActorSys" if address is None else str(address.actorAddressString)
        self.address = Address(self)
        self.capabilities: Capabilities = {} if capabilities is None else capabilities
        self.dead_letter_handler: Cell | None = None
        self.shutdown: Callable[[], None] = _owned_by_the_application
        self._global_names: WeakValueDictionary[str, Cell] = WeakValueDictionary()
        self.numbers = count(1)

    def create(
        self,
        parent: "Cell",
        actor_class: object,
        requirements: object,
        global_name: str | None,
        source_hash: str | None = None,
    ) -> Address:
        """Make an actor below the parent, or find the living one of the global name, which the system itself has made.

        Raises what finding the class and its `__init__` raise, InvalidActorSourceHash and NoCompatibleSystemForActor.
        """
        known = _living(self._global_names.get(global_name)) if global_name else None
        if known is not None:
            return known.address
        actual = actualActorClass(actor_class, partial(_no_source, source_hash) if source_hash else None)
        check = getattr(actual, "actorSystemCapabilityCheck", None)
        if check is not None and not check(self.capabilities, requirements or {}):
            raise NoCompatibleSystemForActor(actual, "No compatible ActorSystem could be found")
        if global_name and not self.kernel.root.ending:  # at the shutdown its maker sees to its exit
            parent = self.kernel.root
        cell = self._place(parent, actual, requirements)  # pyright: ignore[reportArgumentType]
        if global_name:
            cell.globalName = global_name
            self._global_names[global_name] = cell
        return cell.address

    def _place(self, parent: "Cell", actual: Callable[[], AnyActor], requirements: object) -> "Cell":
        from runtime.actor import Actor
        from runtime.cell import Cell
        from runtime.thespian_cell import ThespianCell

        def make() -> AnyActor:
            return withPossibleInitArgs(capabilities=self.capabilities, requirements=requirements).create(actual)

        if isinstance(actual, type) and issubclass(actual, Actor):
            name = f"{actual.__name__}-{next(self.numbers)}"
            spec = ChildSpec(name, make)
            cell = Cell(self.kernel, name)
        else:
            # Thespian makes the instance before createActor returns, and never makes a second one.
            instance = make()
            name = f"{type(instance).__name__}-{next(self.numbers)}"
            spec = ChildSpec(name, lambda: instance, restart=Restart.TEMPORARY)
            cell = ThespianCell(self.kernel, name, requirements)
        parent.offspring().add(cell, spec)
        return cell

    def cells(self) -> "Iterator[Cell]":
        """All living actors, each after its parent."""
        return (cell for cell in walk(self.kernel.root) if cell.adopted)

    def update_capability(self, name: str, value: object) -> None:
        """Set a capability, None removes it; actors that no longer qualify are exited."""
        if value is None:
            self.capabilities.pop(name, None)
        else:
            self.capabilities[name] = value
        for cell in list(self.cells()):
            actor_class, requirements = type(cell.instance), getattr(cell, "requirements", None)
            if not checkActorCapabilities(actor_class, self.capabilities, requirements):
                cell.exit_requested(ActorExitRequest(), self.address)

    def deliver_strange(self, target: ActorAddress, message: object, sender: Address) -> None:
        """Take a message for an address that is not of this runtime: the system's own, or one nothing is behind."""
        if target == self.address:
            self.deliver(message, sender)
        else:
            self.kernel.nowhere.deliver(message, sender)
            self.undelivered(target, message, sender)

    def undelivered(self, target: ActorAddress, message: object, sender: Address) -> None:
        """Hand a message for a dead address to the dead-letter handler, if there is one."""
        handler = _living(self.dead_letter_handler)
        if handler is not None and not isinstance(message, DeadEnvelope | ChildActorExited):
            handler.deliver(DeadEnvelope(target, message), sender)

    def deliver(self, message: object, sender: Address) -> None:
        """Answer a request for the status; the system understands no other message."""
        if isinstance(message, Thespian_StatusReq):
            sender.endpoint.deliver(self._status(), self.address)

    def _status(self) -> Thespian_SystemStatus:
        status = Thespian_SystemStatus(
            self.address, capabilities=dict(self.capabilities), inShutdown=self.kernel.root.ending
        )
        for child in self.kernel.root.offspring().oldest_first():
            status.addChild(child.address)
        for name, cell in self._global_names.items():
            if _living(cell):
                status.addGlobalActor(name, cell.address)
        if handler := _living(self.dead_letter_handler):
            status.setDeadLetterHandler(handler.address)
        return status


def _living(cell: "Cell | None") -> "Cell | None":
    """The cell unless it ends or has ended; one that is being restarted lives."""
    return None if cell is None or cell.ending else cell


def _owned_by_the_application() -> None:
    raise MisuseError("the application owns this system and shuts it down")


def _no_source(source_hash: str, *_wanted: str) -> NoReturn:
    raise InvalidActorSourceHash(source_hash)
