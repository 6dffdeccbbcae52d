"""Plain Thespian actors, unchanged, on our system base, driven by Thespian's own ActorSystem."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ActorSystem,
    ActorSystemMessage,
    ActorTypeDispatcher,
    ChildActorExited,
    DeadEnvelope,
    NoCompatibleSystemForActor,
    PoisonMessage,
    WakeupMessage,
    requireCapability,
)
from thespian.initmsgs import initializing_messages

from runtime import Actor as OurActor
from runtime import Address, MisuseError
from runtime.system_base import ActorSystemBase
from runtime.testing import settle

WAIT = 5.0


@pytest.fixture
def thespian() -> Iterator[ActorSystem]:
    system = ActorSystem(systemBase=ActorSystemBase(SimpleNamespace(capabilities={})), transientUnique=True)
    yield system
    system.shutdown()


class Echo(Actor):  # type: ignore[misc]
    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if not isinstance(msg, ActorSystemMessage):
            self.send(sender, ("echo", msg))


class Failing(Actor):  # type: ignore[misc]
    """Fails on the first attempts it is told to."""

    tries = 0

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if isinstance(msg, int):
            self.tries += 1
            if self.tries <= msg:
                raise ValueError(msg)
            self.send(sender, f"handled at attempt {self.tries}")
        elif msg == "tries":
            self.send(sender, self.tries)


class Parent(Actor):  # type: ignore[misc]
    """Has a child and reports to whoever asked last."""

    asker: ActorAddress
    child: ActorAddress

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case ChildActorExited():
                self.send(self.asker, ("exited", msg.childAddress == self.child))
            case PoisonMessage():
                self.send(self.asker, ("poison", msg.poisonMessage))
            case WakeupMessage():
                self.send(self.asker, ("woken", msg.delayPeriod, msg.payload))
            case ActorSystemMessage():
                pass
            case ("make", kind):
                self.asker = sender
                self.child = self.createActor(kind)
                self.send(sender, self.child)
            case ("tell", text):
                self.asker = sender
                self.send(self.child, text)
            case ("wake", delay, payload):
                self.asker = sender
                self.wakeupAfter(delay, payload)
            case "kill":
                self.asker = sender
                self.send(self.child, ActorExitRequest())
            case "leave alone":
                self.send(self.myAddress, ActorExitRequest(recursive=False))
            case _:
                self.send(self.asker, msg)


def test_tell_ask_listen(thespian: ActorSystem) -> None:
    """A plain actor answers; `listen` takes further messages in order, and None is the timeout."""
    echo = thespian.createActor(Echo)
    assert thespian.ask(echo, "a", WAIT) == ("echo", "a")
    for text in "bcd":
        thespian.tell(echo, text)
    assert [thespian.listen(WAIT) for _ in range(3)] == [("echo", text) for text in "bcd"]
    assert thespian.listen(timedelta(milliseconds=10)) is None


def test_child_exit_is_told_to_the_parent(thespian: ActorSystem) -> None:
    """After an ActorExitRequest the parent gets ChildActorExited of the right child."""
    parent = thespian.createActor(Parent)
    thespian.ask(parent, ("make", Echo), WAIT)
    assert thespian.ask(parent, "kill", WAIT) == ("exited", True)


def test_exit_is_recursive(thespian: ActorSystem) -> None:
    """Children end with their parent, each told by an ActorExitRequest."""
    told = threading.Event()

    class Child(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorExitRequest):
                told.set()

    class Grave(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "watch":
                self.handleDeadLetters()
                self.asker = sender
                self.send(sender, "watching")
            elif isinstance(msg, DeadEnvelope):
                self.send(self.asker, ("dead", msg.deadMessage, msg.deadAddress))

    parent = thespian.createActor(Parent)
    child = thespian.ask(parent, ("make", Child), WAIT)
    assert thespian.ask(thespian.createActor(Grave), "watch", WAIT) == "watching"
    thespian.tell(parent, ActorExitRequest())
    assert told.wait(WAIT)
    assert thespian.ask(child, "hello?", WAIT) == ("dead", "hello?", child)


def test_exit_may_leave_the_children_alive(thespian: ActorSystem) -> None:
    """A parent that exits without recursion leaves children that still answer."""
    parent = thespian.createActor(Parent)
    child = thespian.ask(parent, ("make", Echo), WAIT)
    thespian.tell(parent, "leave alone")
    assert thespian.ask(child, "alive", WAIT) == ("echo", "alive")


def test_what_was_sent_before_an_exit_is_handled(thespian: ActorSystem) -> None:
    """An exit request waits its turn behind earlier messages."""
    echo = thespian.createActor(Echo)
    thespian.tell(echo, "first")
    thespian.tell(echo, ActorExitRequest())
    assert thespian.listen(WAIT) == ("echo", "first")


def test_a_message_is_tried_three_times_then_poisons(thespian: ActorSystem) -> None:
    """Two retries; then the sender gets the message back as PoisonMessage, and the actor goes on with its state."""
    assert thespian.ask(thespian.createActor(Failing), 2, WAIT) == "handled at attempt 3"
    failing = thespian.createActor(Failing)
    poison = thespian.ask(failing, 100, WAIT)
    assert isinstance(poison, PoisonMessage)
    assert poison.poisonMessage == 100
    assert thespian.ask(failing, "tries", WAIT) == 3
    parent = thespian.createActor(Parent)
    thespian.ask(parent, ("make", Failing), WAIT)
    assert thespian.ask(parent, ("tell", 100), WAIT) == ("poison", 100)


def test_a_handler_may_raise_anything(thespian: ActorSystem) -> None:
    """StopIteration from a plain handler is a failure like any other."""

    class Odd(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            raise StopIteration

    assert isinstance(thespian.ask(thespian.createActor(Odd), "a", WAIT), PoisonMessage)


@pytest.mark.parametrize("delay", [0.01, timedelta(milliseconds=10)])
def test_wakeups_come_with_their_payload(thespian: ActorSystem, delay: float | timedelta) -> None:
    """A WakeupMessage arrives after the delay, as it was ordered."""
    parent = thespian.createActor(Parent)
    thespian.ask(parent, ("make", Echo), WAIT)
    assert thespian.ask(parent, ("wake", delay, "payload"), WAIT) == ("woken", delay, "payload")


def test_a_child_that_cannot_be_made_is_reported(thespian: ActorSystem) -> None:
    """A child whose `__init__` raises has exited; at the top the error itself is raised."""

    class Stillborn(Actor):  # type: ignore[misc]
        def __init__(self) -> None:
            raise KeyError("no")

    parent = thespian.createActor(Parent)
    assert isinstance(thespian.ask(parent, ("make", Stillborn), WAIT), Address)
    assert thespian.listen(WAIT) == ("exited", True)
    with pytest.raises(KeyError):
        thespian.createActor(Stillborn)


def test_global_names(thespian: ActorSystem) -> None:
    """A name in use yields the living actor of that name."""
    first = thespian.createActor(Echo, globalName="the echo")
    assert thespian.createActor(Failing, globalName="the echo") == first
    assert thespian.createActor(Echo) != first


def test_capabilities(thespian: ActorSystem) -> None:
    """An actor whose requirement is not met is refused until the capability is there."""

    @requireCapability("voice")
    class Speaker(Echo):
        pass

    with pytest.raises(NoCompatibleSystemForActor):
        thespian.createActor(Speaker)
    thespian.updateCapability("voice", True)
    assert thespian.ask(thespian.createActor(Speaker), "a", WAIT) == ("echo", "a")


def test_private_contexts_get_their_own_answers(thespian: ActorSystem) -> None:
    """Threads with a private context ask at the same time and never see each other's answers."""
    echo = thespian.createActor(Echo)
    wrong: list[object] = []

    def ask(number: int) -> None:
        with thespian.private() as context:
            wrong.extend(
                answer for n in range(20) if (answer := context.ask(echo, (number, n), WAIT)) != ("echo", (number, n))
            )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_dispatcher_and_initial_messages(thespian: ActorSystem) -> None:
    """Thespian's own helpers work unchanged."""

    @initializing_messages([("greeting", str)], initdone="ready")
    class Greeter(ActorTypeDispatcher):  # type: ignore[misc]
        greeting: str
        is_ready = False

        def ready(self) -> None:
            self.is_ready = True

        def receiveMsg_int(self, message: int, sender: ActorAddress) -> None:
            self.send(sender, (self.is_ready, self.greeting * message))

    greeter = thespian.createActor(Greeter)
    thespian.tell(greeter, "hey")
    assert thespian.ask(greeter, 2, WAIT) == (True, "heyhey")


def test_async_handlers_and_our_actors(thespian: ActorSystem) -> None:
    """`async def receiveMessage` runs in order; a runtime.Actor can be made through Thespian too."""

    class Slow(Actor):  # type: ignore[misc]
        async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            await asyncio.sleep(0.001)
            self.send(sender, msg)

    class Ours(OurActor):
        async def receive(self, message: object, sender: Address) -> None:
            self.reply(("ours", message))

    slow = thespian.createActor(Slow)
    for n in range(5):
        thespian.tell(slow, n)
    assert [thespian.listen(WAIT) for _ in range(5)] == list(range(5))
    assert thespian.ask(thespian.createActor(Ours), 1, WAIT) == ("ours", 1)


def test_code_is_not_loaded_at_run_time(thespian: ActorSystem) -> None:
    """`loadActorSource` is refused."""
    with pytest.raises(MisuseError, match="does not load code"):
        thespian.loadActorSource("evil.zip")


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
    system.shutdown()
    assert told == ["bye"] * 3
    assert threading.active_count() == before


async def test_on_a_given_loop() -> None:
    """The application gives its loop: actors run on it, and a blocking call there is refused instead of hanging."""
    base = ActorSystemBase(SimpleNamespace(capabilities={}), loop=asyncio.get_running_loop())
    system = ActorSystem(systemBase=base, transientUnique=True)
    echo = system.createActor(Echo)
    system.tell(echo, "a")
    with pytest.raises(MisuseError):
        system.listen(1)
    with pytest.raises(MisuseError):
        system.shutdown()
    await settle()
    assert await asyncio.to_thread(system.listen, WAIT) == ("echo", "a")
    await base.aclose()
