"""Threads, private contexts, several systems, shutdown: what the guide says of a system as a whole."""

import asyncio
import logging
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ActorSystem,
    ActorSystemFailure,
    ActorSystemMessage,
    Thespian_StatusReq,
)

from runtime.system_base import ActorSystemBase
from tests.runtime.thespian.actors import SHORT, WAIT, Echo
from tests.runtime.thespian.conftest import OnBoth, our_system


class Doubler(Actor):  # type: ignore[misc]
    """Doubles numbers."""

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if isinstance(msg, int):
            self.send(sender, msg * 2)


class Forwarder(Actor):  # type: ignore[misc]
    """Sends a message to an actor and what comes back to who had asked."""

    asker: ActorAddress | None = None

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if isinstance(msg, tuple) and isinstance(msg[0], ActorAddress):
            self.asker = sender
            self.send(*msg)
        elif not isinstance(msg, ActorSystemMessage):
            self.send(self.asker, ("back", msg))


def test_threads_with_private_contexts_never_mix(ours: ActorSystem) -> None:
    """Each thread makes, asks and exits its own actor at the same time as the others."""
    right: list[bool] = []

    def work(number: int) -> None:
        with ours.private() as context:
            doubler = context.createActor(Doubler)
            right.extend(context.ask(doubler, number * 100 + n, WAIT) == (number * 100 + n) * 2 for n in range(10))
            context.tell(doubler, ActorExitRequest())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 100


def test_a_context_can_have_contexts(ours: ActorSystem) -> None:
    """A private context is a system for its thread, also in this."""
    with ours.private() as outer, outer.private() as inner:
        echo = inner.createActor(Echo)
        outer.tell(echo, "outer")
        assert inner.ask(echo, "inner", WAIT) == "inner"
        assert outer.listen(WAIT) == "outer"


def test_a_thread_that_listens_hears_what_another_causes(ours: ActorSystem) -> None:
    """While private contexts are open a `listen` without a timeout waits."""
    with ours.private() as context:
        heard: list[object] = []
        forwarder, echo = context.createActor(Forwarder), context.createActor(Echo)
        listener = threading.Thread(target=lambda: heard.append(context.listen()))
        listener.start()
        assert context.listen(0.25) is None
        context.tell(forwarder, (echo, "hello"))
        listener.join()
    assert heard == [("back", "hello")]


def test_an_actors_own_thread_may_send(ours: ActorSystem) -> None:
    """`send` works from a thread that the actor has started."""

    class Threaded(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "go":
                threading.Thread(target=self.send, args=(sender, "from a thread")).start()

    assert ours.ask(ours.createActor(Threaded), "go", WAIT) == "from a thread"


def test_actors_of_different_systems_can_talk(ours: ActorSystem) -> None:
    """An address of one system works in another system of the process, and so does the answer."""
    other = our_system()
    try:
        far, near = other.createActor(Echo), ours.createActor(Forwarder)
        assert ours.ask(near, (far, "hello"), WAIT) == ("back", "hello")
        assert ours.ask(far, "direct", WAIT) == "direct"
        ours.tell(far, ActorExitRequest())
        assert other.ask(far, "hello", SHORT) is None
    finally:
        other.shutdown()
    assert ours.ask(near, (far, "hello"), SHORT) is None
    assert ours.ask(ours.createActor(Echo), "alive", WAIT) == "alive"


def test_systems_know_nothing_of_each_other(on_both: OnBoth) -> None:
    """Global names and capabilities belong to one system."""
    other = our_system({"colour": "green"})

    def program(system: ActorSystem) -> object:
        one = system.createActor(Echo, globalName="the one")
        two = other.createActor(Echo, globalName="the one")
        return system.capabilities["colour"], system.ask(one, "a", WAIT), one == two

    try:
        assert on_both(program) == ("red", "a", False)
    finally:
        other.shutdown()


def test_the_singleton_can_be_forgotten_and_made_again() -> None:
    """`ActorSystem()` finds the base that was given first, until a shutdown."""
    assert getattr(ActorSystem, "systemBase", None) is None
    for _ in range(2):
        first = ActorSystem(ActorSystemBase(SimpleNamespace(capabilities={})))
        echo = first.createActor(Echo)
        assert ActorSystem().ask(echo, "a", WAIT) == "a"
        ActorSystem(ActorSystemBase(SimpleNamespace(capabilities={})))  # not used: there is one of this class
        assert ActorSystem().ask(echo, "b", WAIT) == "b"
        first.shutdown()
        assert getattr(ActorSystem, "systemBase", None) is None


def test_a_base_that_is_not_used_has_no_thread() -> None:
    """The thread begins with the first call, and a shutdown without one is nothing."""
    before = threading.active_count()
    base = ActorSystemBase(SimpleNamespace(capabilities={}))
    assert threading.active_count() == before
    base.shutdown()
    assert threading.active_count() == before


def test_after_the_shutdown_calls_fail_at_once() -> None:
    """A base that is shut down raises ActorSystemFailure instead of hanging; a second shutdown is nothing."""
    base = ActorSystemBase(SimpleNamespace(capabilities={}))
    echo = base.newPrimaryActor(Echo, None, None, None)
    assert base.ask(echo, "a", WAIT) == "a"
    base.shutdown()
    base.shutdown()
    calls: tuple[Callable[[], object], ...] = (
        lambda: base.newPrimaryActor(Echo, None, None, None),
        lambda: base.ask(echo, "a", WAIT),
        lambda: base.updateCapability("colour", "green"),
    )
    for call in calls:
        with pytest.raises(ActorSystemFailure):
            call()
    assert [base.listen(None) for _ in range(2)] == [None, None]


def test_who_waits_is_let_go_at_the_shutdown() -> None:
    """A thread that listens gets None when the system ends."""
    system = our_system()
    heard: list[object] = []
    listening = threading.Event()

    def listen() -> None:
        with system.private() as context:
            listening.set()
            heard.append(context.listen())

    listener = threading.Thread(target=listen)
    system.createActor(Echo)
    listener.start()
    listening.wait()
    system.shutdown()
    listener.join()
    assert heard == [None]


def test_a_blocked_actor_does_not_hold_tell_for_ever(ours: ActorSystem) -> None:
    """`tell` waits a second for what follows, not for a handler that blocks until then."""
    go_on = threading.Event()

    class Blocking(Actor):  # type: ignore[misc]
        async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "wait":
                await asyncio.to_thread(go_on.wait)
                self.send(sender, "went on")

    ours.tell(ours.createActor(Blocking), "wait")
    go_on.set()
    assert ours.listen(WAIT) == "went on"


def test_actors_that_never_rest_do_not_hold_tell(ours: ActorSystem) -> None:
    """Two that play ping-pong for ever leave the outside free after its patience."""

    class Player(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorAddress):
                self.send(msg, "ball")
            elif msg == "ball":
                self.send(sender, "ball")

    one, two = ours.createActor(Player), ours.createActor(Player)
    ours.tell(one, two)
    assert ours.ask(ours.createActor(Echo), "a", WAIT) == "a"


def test_logging_is_set_as_given(caplog: pytest.LogCaptureFixture) -> None:
    """`logDefs` is taken as `logging.config` has it, also what it refuses; without one the application's stays."""
    logger = logging.getLogger("tests.thespian.log_defs")
    our_system(logDefs=None).shutdown()
    our_system(logDefs=False).shutdown()
    assert logger.level == logging.NOTSET
    definitions = {
        "version": 1,
        "disable_existing_loggers": False,
        "loggers": {"tests.thespian.log_defs": {"level": "ERROR"}},
    }
    our_system(logDefs=definitions).shutdown()
    assert logger.level == logging.ERROR
    logger.setLevel(logging.NOTSET)
    with pytest.raises(ValueError, match="dictionary"):
        our_system(logDefs="loud")


def test_the_back_door_is_shut(on_both: OnBoth) -> None:
    """`systemUpdate` of what a base does not know is nothing."""
    assert on_both(lambda system: system.systemUpdate("noSuchThing", 1)) is None


def test_the_test_kit_finds_the_actor_object(on_both: OnBoth) -> None:
    """Thespian's own test kit looks for the instance in `actorRegistry`."""

    def program(system: ActorSystem) -> object:
        echo = system.createActor(Echo)
        return type(system._systemBase.actorRegistry[echo.actorAddressString].instance)

    assert on_both(program) is Echo


def test_a_burst_from_outside_keeps_its_order(ours: ActorSystem) -> None:
    """A thousand asks and tells in turn; the status is asked for between them."""
    echo = ours.createActor(Echo)
    for number in range(300):
        ours.tell(echo, number)
    assert ours.ask(echo, Thespian_StatusReq(), WAIT) == 0
    assert [ours.listen(WAIT) for _ in range(1, 300)] == list(range(1, 300))
