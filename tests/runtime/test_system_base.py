"""What our system base offers beyond Thespian's own: async handlers, our actors, the application's loop, clean ends.

What it shares with Thespian's bases stands in `tests/runtime/thespian/`.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ActorSystem,
    ActorTypeDispatcher,
    ChildActorExited,
    DeadEnvelope,
    PoisonMessage,
    Thespian_StatusReq,
    Thespian_SystemStatus,
)

from runtime import Actor as OurActor
from runtime import ActorSystem as RuntimeSystem
from runtime import Address, AskTimeout, ChildSpec, MisuseError, Supervision
from runtime.hosting import Host
from runtime.system_base import ActorSystemBase
from runtime.testing import ManualClock, settle

WAIT = 5.0


@pytest.fixture
def thespian() -> Iterator[ActorSystem]:
    system = ActorSystem(systemBase=ActorSystemBase(SimpleNamespace(capabilities={})), transientUnique=True)
    yield system
    system.shutdown()


class Slow(Actor):  # type: ignore[misc]
    """Answers after a while, or never."""

    async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case "for ever":
                await asyncio.Event().wait()
            case "raise":
                await asyncio.sleep(0)
                raise ValueError
            case int() | float():
                await asyncio.sleep(0.001 + msg % 1)
                self.send(sender, msg)


class Parent(Actor):  # type: ignore[misc]
    """Has a slow child."""

    asker: ActorAddress
    child: ActorAddress

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case "make":
                self.asker, self.child = sender, self.createActor(Slow)
                self.send(self.child, "for ever")
                self.send(self.child, 1)
            case "kill":
                self.send(self.child, ActorExitRequest())
            case ChildActorExited():
                self.send(self.asker, ("exited", msg.childAddress == self.child))


class Ours(OurActor):
    """One of our own actors."""

    async def receive(self, message: object, sender: Address) -> None:
        self.reply(("ours", message))


def test_first_calls_of_several_threads_make_one_system(thespian: ActorSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop and its thread are made by the first call; another that comes meanwhile waits for them."""
    made: list[Host] = []
    begun, again, more = threading.Event(), threading.Event(), threading.Event()

    class Watched(Host):
        def __init__(self, *arguments: Any) -> None:
            made.append(self)
            (again if begun.is_set() else begun).set()
            assert more.wait(WAIT)
            super().__init__(*arguments)

    monkeypatch.setattr("runtime.system_base.Host", Watched)
    callers = [threading.Thread(target=lambda: thespian.createActor(Ours)) for _ in range(4)]
    for caller in callers:
        caller.start()
    assert begun.wait(WAIT)
    assert not again.wait(0.05)
    more.set()
    for caller in callers:
        caller.join(WAIT)
    assert len(made) == 1


def test_async_handlers_run_one_at_a_time(thespian: ActorSystem) -> None:
    """While one waits the mailbox waits, and the answers keep the order of the questions."""
    slow = thespian.createActor(Slow)
    for n in range(5):
        thespian.tell(slow, n)
    assert [thespian.listen(WAIT) for _ in range(5)] == list(range(5))


def test_an_async_handler_that_raises_poisons(thespian: ActorSystem) -> None:
    """A raise after a wait is a failure like any other."""
    poison = thespian.ask(thespian.createActor(Slow), "raise", WAIT)
    assert isinstance(poison, PoisonMessage)
    assert poison.poisonMessage == "raise"


def test_an_exit_interrupts_an_async_handler(thespian: ActorSystem) -> None:
    """The request goes before what waits in the mailbox, and the parent is told."""
    parent = thespian.createActor(Parent)
    thespian.tell(parent, "make")
    assert thespian.ask(parent, "kill", WAIT) == ("exited", True)


def test_a_dispatcher_that_waits_is_told_of_its_exit(thespian: ActorSystem) -> None:
    """One method may wait, and a plain one takes the exit request that interrupts it."""
    told: list[object] = []
    done = threading.Event()

    class Mixed(ActorTypeDispatcher):  # type: ignore[misc]
        async def receiveMsg_str(self, message: str, sender: ActorAddress) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                told.append("interrupted")

        def receiveMsg_ActorExitRequest(self, message: ActorExitRequest, sender: ActorAddress) -> None:
            told.append(type(message))
            done.set()

    mixed = thespian.createActor(Mixed)
    thespian.tell(mixed, "for ever")
    thespian.tell(mixed, ActorExitRequest())
    assert done.wait(WAIT)
    assert told == ["interrupted", ActorExitRequest]


async def test_an_exit_that_hangs_is_killed() -> None:
    """A plain actor that waits for ever at its exit, or raises CancelledError there, ends, and its parent is told."""

    class Hung(Actor):  # type: ignore[misc]
        async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorExitRequest):
                await asyncio.Event().wait()

    class Cancelled(Actor):  # type: ignore[misc]
        async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            raise asyncio.CancelledError

    class Mother(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ChildActorExited):
                ended.append(kinds[msg.childAddress])
            elif isinstance(msg, type):
                kinds[self.createActor(msg)] = msg
            elif isinstance(msg, ActorSystem):
                for child in kinds:
                    self.send(child, ActorExitRequest())

    ended: list[type] = []
    kinds: dict[ActorAddress, type] = {}
    clock = ManualClock()
    base = ActorSystemBase(SimpleNamespace(capabilities={}), loop=asyncio.get_running_loop(), clock=clock)
    system = ActorSystem(systemBase=base, transientUnique=True)
    head = system.createActor(Mother)
    for child in (Hung, Cancelled, Mother):
        system.tell(head, child)
    await settle()
    inner = next(address for address, kind in kinds.items() if kind is Mother)
    system.tell(inner, Hung)
    system.tell(head, system)
    await settle()
    assert ended == [Cancelled]
    await clock.advance(10)
    assert sorted(kind.__name__ for kind in ended) == ["Cancelled", "Hung", "Mother"]
    assert clock.pending == 0
    await base.aclose()


async def test_a_global_name_stands_for_an_actor_that_is_restarted() -> None:
    """While one of our actors is between two instances its name makes no second one."""

    class Failing(OurActor):
        async def receive(self, message: object, sender: Address) -> None:
            raise ValueError

        async def stopped(self) -> None:
            await gate.wait()

    gate = asyncio.Event()
    base = ActorSystemBase(SimpleNamespace(capabilities={}), loop=asyncio.get_running_loop())
    system = ActorSystem(systemBase=base, transientUnique=True)
    first = system.createActor(Failing, globalName="the one")
    system.tell(first, "fail")
    await settle()
    assert system.createActor(Failing, globalName="the one") == first
    gate.set()
    await settle()
    assert system.createActor(Failing, globalName="the one") == first
    await base.aclose()


async def test_a_child_that_is_restarted_is_spared_too() -> None:
    """When its parent exits without its children, one of our actors that is between two instances comes back."""

    class Failing(OurActor):
        async def receive(self, message: object, sender: Address) -> None:
            if message == "fail":
                raise ValueError
            handled.append(message)

        async def stopped(self) -> None:
            await gate.wait()

    class Mother(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "make":
                made.append(self.createActor(Failing))
                self.wakeupAfter(3600)

    made: list[ActorAddress] = []
    handled: list[object] = []
    gate = asyncio.Event()
    base = ActorSystemBase(SimpleNamespace(capabilities={}), loop=asyncio.get_running_loop())
    system = ActorSystem(systemBase=base, transientUnique=True)
    mother = system.createActor(Mother)
    system.tell(mother, "make")
    await settle()
    system.tell(made[0], "fail")
    system.tell(made[0], "hello")
    await settle()
    system.tell(mother, ActorExitRequest(recursive=False))
    await settle()
    gate.set()
    await settle()
    assert handled == ["hello"]
    await base.aclose()


async def test_who_was_killed_leaves_no_name_and_handles_nothing() -> None:
    """However an actor ends its global name is free, and the system's status shows neither it nor its registration."""

    class Hung(Actor):  # type: ignore[misc]
        async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            self.handleDeadLetters()
            await asyncio.Event().wait()

    class Inspector(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, Thespian_SystemStatus):
                seen.append(msg)
            elif isinstance(msg, ActorAddress):
                self.send(msg, Thespian_StatusReq())

    seen: list[Thespian_SystemStatus] = []
    clock = ManualClock()
    base = ActorSystemBase(SimpleNamespace(capabilities={}), loop=asyncio.get_running_loop(), clock=clock)
    system = ActorSystem(systemBase=base, transientUnique=True)
    hung, ours = system.createActor(Hung, globalName="hung"), system.createActor(Ours, globalName="ours")
    system.tell(hung, ActorExitRequest())
    system.tell(ours, ActorExitRequest())
    await clock.advance(10)
    system.tell(system.createActor(Inspector), system.systemAddress)
    await settle()
    assert seen[0].globalActors == {}
    assert seen[0].deadLetterHandler is None
    assert system.createActor(Hung, globalName="hung") != hung
    assert system.createActor(Ours, globalName="ours") != ours
    await asyncio.gather(base.aclose(), clock.advance(20))


async def test_an_actor_cannot_shut_down_the_applications_system() -> None:
    """`actorSystemShutdown` is refused where the application owns the system."""

    class Presumptuous(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "stop":
                self.actorSystemShutdown()

    class Host(OurActor):
        async def receive(self, message: object, sender: Address) -> None:
            if isinstance(message, PoisonMessage):
                told.set_result(message.details)
            else:
                self.send(self.createActor(Presumptuous), "stop")

    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    system = RuntimeSystem()
    system.send(await system.start(ChildSpec("host", Host)), "go")
    assert "the application owns this system" in await told
    await system.shutdown()


def test_a_wait_without_timeout_ends_only_when_nothing_works(thespian: ActorSystem) -> None:
    """While a handler waits, an answer can still come."""
    slow = thespian.createActor(Slow)
    assert thespian.ask(slow, 0.25) == 0.25
    assert thespian.listen() is None


def test_a_wait_without_timeout_outlasts_an_ask(thespian: ActorSystem) -> None:
    """While one of our actors waits for another's answer, its own can still come."""

    class Silent(OurActor):
        async def receive(self, message: object, sender: Address) -> None:
            pass

    class Patient(OurActor):
        async def receive(self, message: object, sender: Address) -> None:
            silent = self.spawn(ChildSpec("silent", Silent))
            with suppress(AskTimeout):
                await self.ask(silent, "hello", deadline_s=0.3)
            self.reply("nobody there")

    assert thespian.ask(thespian.createActor(Patient), "go") == "nobody there"


def test_our_actors_can_be_made_through_thespian(thespian: ActorSystem) -> None:
    """A runtime.Actor answers Thespian's outside, and exits at its request."""
    ours = thespian.createActor(Ours)
    assert thespian.ask(ours, 1, WAIT) == ("ours", 1)
    thespian.tell(ours, ActorExitRequest())
    assert thespian.ask(ours, 2, 0.05) is None


def test_a_plain_parent_outlives_our_actor_that_cannot_be_kept_running(thespian: ActorSystem) -> None:
    """Our actor is restarted as often as usual, then given up; its parent gets one ChildActorExited and lives on."""

    class Weak(OurActor):
        async def receive(self, message: object, sender: Address) -> None:
            if message == "fail":
                raise ValueError
            self.reply("up")

    class Mother(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "make":
                self.asker, self.made = sender, [self.createActor(Weak) for _ in range(2)]
                self.send(sender, self.made)
            elif isinstance(msg, ChildActorExited):
                self.send(self.asker, ("exited", self.made.index(msg.childAddress)))

    weak, other = thespian.ask(thespian.createActor(Mother), "make", WAIT)
    thespian.tell(weak, "fail")
    assert thespian.ask(weak, "hello", WAIT) == "up"
    for _ in range(Supervision().intensity):
        thespian.tell(weak, "fail")
    assert thespian.listen(WAIT) == ("exited", 0)
    assert thespian.ask(other, "hello", WAIT) == "up"
    assert thespian.listen(0.05) is None


def test_the_dead_letter_handler_hears_of_our_actors_too(thespian: ActorSystem) -> None:
    """A message for a runtime.Actor that has ended goes to the handler."""

    class Undertaker(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "start":
                self.handleDeadLetters()
            elif isinstance(msg, DeadEnvelope):
                self.send(sender, ("dead", msg.deadMessage, msg.deadAddress))

    thespian.tell(thespian.createActor(Undertaker), "start")
    ours = thespian.createActor(Ours)
    thespian.tell(ours, ActorExitRequest())
    assert thespian.ask(ours, "hello", WAIT) == ("dead", "hello", ours)


def test_shutdown_exits_every_actor_and_ends_the_thread() -> None:
    """Each living actor is told by an ActorExitRequest, and no thread is left."""
    told: list[str] = []

    class Polite(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorExitRequest):
                told.append("bye")

    before = threading.active_count()
    system = ActorSystem(systemBase=ActorSystemBase(SimpleNamespace(capabilities={})), transientUnique=True)
    for _ in range(3):
        system.createActor(Polite)
    system.tell(system.createActor(Slow), "for ever")
    system.shutdown()
    assert told == ["bye"] * 3
    assert threading.active_count() == before


async def test_on_a_given_loop() -> None:
    """The application gives its loop: actors run on it, and a blocking call there is refused instead of hanging."""
    base = ActorSystemBase(SimpleNamespace(capabilities={}), loop=asyncio.get_running_loop())
    system = ActorSystem(systemBase=base, transientUnique=True)
    slow = system.createActor(Slow)
    system.tell(slow, 1)
    with pytest.raises(MisuseError):
        system.listen(1)
    with pytest.raises(MisuseError):
        system.shutdown()
    await settle()
    assert await asyncio.to_thread(system.listen, WAIT) == 1
    assert await asyncio.to_thread(system.ask, slow, 2, WAIT) == 2
    await base.aclose()
