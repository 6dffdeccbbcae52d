"""Actor: the base of our own actors, a Thespian actor underneath."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar

from thespian.actors import Actor as ThespianActor
from thespian.actors import ActorExitRequest

from runtime import life, owned
from runtime.address import Address, endpoint_of
from runtime.asking import Request
from runtime.clock import Clock
from runtime.errors import MisuseError, NotAnActor
from runtime.mailbox import Mailbox
from runtime.owned import Timer
from runtime.phases import Phase, Step
from runtime.supervision import ChildSpec, Supervision, Terminated

if TYPE_CHECKING:
    from runtime.cell import Cell

__all__ = ["Actor", "Supervisor", "Timer"]

P = ParamSpec("P")
T = TypeVar("T")


class Actor(ThespianActor):  # type: ignore[misc]  # thespian ships no types
    """An actor with typed `receive`, supervised children, timers and asks.

    Everything but `__init__` runs on the system's loop, one thing at a time. What the methods below offer is there
    from `started` on, not in `__init__`. When `receive` raises, its message becomes a dead letter, its asker gets
    ActorFailed and the parent restarts the actor: a new instance from the factory, the same address and mailbox.
    """

    mailbox: ClassVar[Mailbox] = Mailbox()
    supervision: ClassVar[Supervision] = Supervision()
    hooks: ClassVar[frozenset[str]] = frozenset()
    """Which of the hooks below the class has; known here so that an actor without any costs no waiting."""
    _myRef: "Cell"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = ((name, getattr(cls, name) is not getattr(Actor, name)) for name in ("started", "stopped"))
        cls.hooks = frozenset(name for name, is_own in own if is_own)

    async def started(self) -> None:
        """Hook: runs before the first message of every instance; a raise counts as a failure of the actor."""

    async def stopped(self) -> None:
        """Hook: runs after the last message of every instance, when its children have ended and its timers and piped
        work are cancelled; after a raise in `started` or `receive` too. A raise is logged and changes nothing."""

    async def receive(self, message: object, sender: Address) -> None:
        """Handle one message. While it waits no other comes, but a stop interrupts it with CancelledError."""
        await self.unhandled(message, sender)

    async def unhandled(self, message: object, sender: Address) -> None:
        """Make the message a dead letter; its asker gets ActorFailed. An exit request of Thespian's ends the actor for
        good, as it does when a plain Thespian actor sends it."""
        if isinstance(message, ActorExitRequest):
            self._myRef.exit_requested(message, sender)
            return
        self._myRef.undelivered(message, sender, "unhandled", "Unhandled")

    def receiveMessage(self, msg: object, sender: Address) -> Awaitable[None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Thespian's name for `receive`."""
        return self.receive(msg, sender)

    @property
    def address(self) -> Address:
        """Where this actor is reached; outlives the instance."""
        return self._myRef.address

    @property
    def clock(self) -> Clock:
        """The system's clock."""
        return self._myRef.kernel.clock

    @property
    def name(self) -> str:
        """The name its parent gave it."""
        return self._myRef.name

    def send(self, target: Address, message: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Send a message; what cannot be delivered becomes a dead letter. Raises NotAnActor for no address."""
        try:
            target.endpoint.deliver(message, self._myRef.address)
        except AttributeError:
            endpoint_of(target)
            raise

    def reply(self, message: object) -> None:
        """Send a message to the sender of the one being handled."""
        sender = self._myRef.sender
        if sender is None:
            raise MisuseError("no message is being handled, so nobody waits for a reply")
        sender.endpoint.deliver(message, self._myRef.address)

    def forward(self, target: Address, message: object, sender: Address) -> None:
        """Send a message on in the name of the one who sent it here, who gets the answer."""
        target.endpoint.deliver(message, sender)

    def ask(self, target: Address, message: object, *, deadline_s: float) -> Coroutine[Any, Any, object]:
        """Send a request and wait for one answer; the own mailbox waits meanwhile unless this runs in a `pipe`.

        Raises ActorFailed, ActorDead, AskTimeout or MailboxFull.
        """
        return Request(self._myRef.kernel).send(target, message, deadline_s)

    def timer(self, delay_s: float, message: object) -> Timer:
        """Have the message arrive from this actor's own address after the delay, unless the instance ends before."""
        return Timer(self._myRef, owned.owned_by(self._myRef), delay_s, message)

    def spawn(self, spec: ChildSpec) -> Address:
        """Make a child; it starts soon and may be sent to at once. Raises NameTaken."""
        return self._myRef.spawn(spec).address

    def stop_child(self, address: Address) -> None:
        """End a child for good, whatever its restart kind; its Terminated comes when it is done."""
        child = endpoint_of(address)
        if getattr(child, "parent", None) is self._myRef:
            life.request_end(child, "normal")  # type: ignore[arg-type]  # only cells have parents

    def stop(self) -> None:
        """End normally after this handler; a permanent actor is then restarted, as after any end of its own."""
        self._myRef.signal(Step.LEAVE, interrupt=False)

    def watch(self, address: Address) -> None:
        """Get exactly one Terminated when the actor has ended for good, soon if it already has."""
        subject = endpoint_of(address)
        if not isinstance(subject, Request) and not hasattr(subject, "watching_it"):
            raise NotAnActor(subject)
        self._myRef.watch(subject)  # type: ignore[arg-type]  # a cell, which this module cannot import

    def pipe(self, awaitable: Awaitable[object], *, failed: Callable[[Exception], object]) -> None:
        """Run the work beside the handlers and receive its result, or `failed(error)`, as a message from oneself.

        Cancelled when the instance ends.
        """
        owned.pipe(self._myRef, awaitable, failed)

    async def to_thread(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking function in a thread; a cancellation leaves the thread running."""
        return await asyncio.to_thread(fn, *args, **kwargs)

    def find(self, name: str) -> Address:
        """The address of a well-known actor; before it exists messages wait in its bounded mailbox."""
        return self._myRef.kernel.find(name).address


class Supervisor(Actor):
    """Starts its children in order, each after the one before is up, and stops them in reverse."""

    def __init__(self, specs: tuple[ChildSpec, ...], supervision: Supervision | None = None) -> None:
        super().__init__()
        self._specs = specs
        if supervision is not None:
            self.supervision = supervision  # type: ignore[misc]  # this class takes it per instance

    async def started(self) -> None:
        """Start the children; waits while one of them is being restarted."""
        for spec in self._specs:
            await self._myRef.spawn(spec).reached(Phase.UP, Phase.ENDED)

    async def receive(self, message: object, sender: Address) -> None:
        """A supervisor takes no messages but the news of a child that ended for good."""
        if not isinstance(message, Terminated):
            await self.unhandled(message, sender)
