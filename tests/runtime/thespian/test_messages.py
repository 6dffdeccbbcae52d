"""tell, ask, listen and what actors send each other: the same on simpleSystemBase and on ours."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ActorSystem,
    ActorSystemMessage,
    ActorTypeDispatcher,
    PoisonMessage,
)

from tests.runtime.thespian.actors import SHORT, WAIT, Echo, Recorder
from tests.runtime.thespian.conftest import OnBoth


def test_answers_come_in_the_order_they_were_sent(on_both: OnBoth) -> None:
    """`listen` takes what `tell` has caused in order, then None at the timeout."""

    def program(system: ActorSystem) -> object:
        echo = system.createActor(Echo)
        for number in range(5):
            system.tell(echo, number)
        return [system.listen(SHORT if number == 5 else WAIT) for number in range(6)]

    assert on_both(program) == [0, 1, 2, 3, 4, None]


def test_tell_is_done_when_it_returns(on_both: OnBoth) -> None:
    """What follows from a message, over several actors, has happened when `tell` returns."""
    happened: list[object] = []

    class Last(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            happened.append(msg)

    class First(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            self.send(self.createActor(Last), msg)

    def program(system: ActorSystem) -> object:
        happened.clear()
        system.tell(system.createActor(First), "done")
        return list(happened)

    assert on_both(program) == ["done"]


def test_an_ask_without_answer_and_timeout_ends(on_both: OnBoth) -> None:
    """When nothing can come any more, an ask or listen without a timeout is None instead of waiting for ever."""

    def program(system: ActorSystem) -> object:
        recorder = system.createActor(Recorder)
        return system.ask(recorder, "no answer"), system.listen(), system.ask(recorder, "seen?")

    assert on_both(program) == (None, None, ["no answer"])


def test_none_is_a_message(on_both: OnBoth) -> None:
    """An answer of None is one, also for a `listen` without a timeout."""

    class Negative(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "a":
                self.send(sender, None)
                self.send(sender, "second")

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Negative), "a"), system.listen()

    assert on_both(program) == (None, "second")


@pytest.mark.parametrize("timeout", [0, -1, 0.01, timedelta(milliseconds=10), timedelta(days=-1)])
def test_timeouts(on_both: OnBoth, timeout: float | timedelta) -> None:
    """A timeout is a number of seconds or a timedelta; one that has passed is over at once."""

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Recorder), "no answer", timeout)

    assert on_both(program) is None


@pytest.mark.parametrize("timeout", [0, -1, timedelta(0), timedelta(seconds=-1)])
def test_an_ask_without_time_gets_no_answer(on_both: OnBoth, timeout: float | timedelta) -> None:
    """However fast the actor is; the answer is there for the next `listen`."""

    def program(system: ActorSystem) -> object:
        echo = system.createActor(Echo)
        return [(system.ask(echo, number, timeout), system.listen(WAIT)) for number in range(200)]

    assert on_both(program) == [(None, number) for number in range(200)]


class Gate(Actor):  # type: ignore[misc]
    """Blocks until the event is set that it is given, then answers."""

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if isinstance(msg, threading.Event):
            self.send(sender, msg.wait(WAIT))


@pytest.fixture
def opened_later() -> Iterator[Callable[[], threading.Event]]:
    """Events that are set when a short timeout is long over."""
    timers: list[threading.Timer] = []

    def gate() -> threading.Event:
        event = threading.Event()
        timers.append(threading.Timer(6 * SHORT, event.set))
        timers[-1].start()
        return event

    yield gate
    for timer in timers:
        timer.join()


def test_an_answer_counts_that_a_handler_has_blocked(
    on_both: OnBoth, opened_later: Callable[[], threading.Event]
) -> None:
    """What the actors do that were due at the timeout is still heard: no other thread could have done it before."""

    class Opener(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "both":
                self.send(self.createActor(Gate), opened_later())
                self.send(self.myAddress, ("answer", sender))
            elif isinstance(msg, tuple):
                self.send(msg[1], "answered")

    def program(system: ActorSystem) -> object:
        slow = system.ask(system.createActor(Gate), opened_later(), SHORT)
        return slow, system.ask(system.createActor(Opener), "both", SHORT)

    assert on_both(program) == (True, "answered")


def test_actors_that_never_rest_hold_no_timeout(ours: ActorSystem) -> None:
    """Who only works all the time blocks nobody, so a timeout is over when it is over."""

    class Player(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if not isinstance(msg, ActorSystemMessage):
                self.send(self.myAddress, "ball")

    ours.tell(ours.createActor(Player), "ball")
    began = time.monotonic()
    assert ours.listen(SHORT) is None
    assert time.monotonic() - began < WAIT


@pytest.mark.parametrize("timeout", [1e12, timedelta.max])
def test_a_timeout_may_be_longer_than_a_lock_can_wait(ours: ActorSystem, timeout: float | timedelta) -> None:
    """An enormous timeout is as good as any."""
    assert ours.ask(ours.createActor(Echo), "a", timeout) == "a"


def test_a_timeout_of_another_type_is_refused(on_both: OnBoth) -> None:
    """A timeout that is no time raises TypeError."""

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Echo), "a", "soon")

    assert on_both(program) is TypeError


@pytest.mark.parametrize("target", [None, "Echo", 5])
def test_a_target_that_is_no_address_is_refused(on_both: OnBoth, target: object) -> None:
    """`tell` and `ask` raise ValueError for anything but an address."""
    assert on_both(lambda system: system.tell(target, "a")) is ValueError
    assert on_both(lambda system: system.ask(target, "a", SHORT)) is ValueError


def test_an_actor_that_sends_to_no_address_is_poisoned(on_both: OnBoth) -> None:
    """`send` raises InvalidActorAddress in the actor; the asker gets its message back with the reason."""

    class Confused(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "go":
                self.send("nobody", "a")

    def program(system: ActorSystem) -> object:
        poison = system.ask(system.createActor(Confused), "go", WAIT)
        return isinstance(poison, PoisonMessage) and (poison.poisonMessage, "InvalidActorAddress" in poison.details)

    assert on_both(program) == ("go", True)


def test_system_messages_are_not_given_to_the_outside(on_both: OnBoth) -> None:
    """An actor may be sent system messages, but `ask` and `listen` skip them."""

    class Own(ActorSystemMessage):  # type: ignore[misc]
        pass

    class Mirror(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            self.send(sender, msg)
            self.send(sender, type(msg).__name__)

    def program(system: ActorSystem) -> object:
        mirror = system.createActor(Mirror)
        return system.ask(mirror, Own(), WAIT), system.listen(SHORT), system.ask(mirror, ActorExitRequest(), WAIT)

    assert on_both(program) == ("Own", None, "ActorExitRequest")


def test_any_object_is_a_message(on_both: OnBoth) -> None:
    """Messages are handed over as they are: None, empty ones, and ones whose comparison raises."""

    class Odd:
        def __eq__(self, other: object) -> bool:
            raise ValueError

        __hash__ = None  # type: ignore[assignment]

    class Typist(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if not isinstance(msg, ActorSystemMessage):
                self.send(sender, type(msg).__name__)

    def program(system: ActorSystem) -> object:
        typist = system.createActor(Typist)
        messages: tuple[object, ...] = (None, "", 0, (), {}, Odd(), Odd, lambda: 1)
        return [system.ask(typist, message, WAIT) for message in messages]

    assert on_both(program) == ["NoneType", "str", "int", "tuple", "dict", "Odd", "type", "function"]


def test_an_actor_talks_to_itself_and_to_whom_it_was_told_of(on_both: OnBoth) -> None:
    """Addresses travel in messages; `myAddress` and the sender are addresses too."""

    class Forwarder(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            match msg:
                case ("forward", target, text):
                    self.send(self.myAddress, ("now", target, sender, text))
                case ("now", target, asker, text):
                    self.send(target, ("tell", asker, (text, sender == self.myAddress)))
                case ("tell", asker, text):
                    self.send(asker, text)

    def program(system: ActorSystem) -> object:
        first, second = system.createActor(Forwarder), system.createActor(Forwarder)
        return system.ask(first, ("forward", second, "hello"), WAIT)

    assert on_both(program) == ("hello", True)


def test_a_dispatcher_finds_the_method_of_the_nearest_type(on_both: OnBoth) -> None:
    """ActorTypeDispatcher goes by the message's classes, over SUPER, down to the unrecognized."""

    class Base(ActorTypeDispatcher):  # type: ignore[misc]
        def receiveMsg_int(self, message: int, sender: ActorAddress) -> None:
            self.send(sender, ("base int", message))

    class Derived(Base):
        def receiveMsg_bool(self, message: bool, sender: ActorAddress) -> Any:
            if message:
                return self.SUPER
            return self.send(sender, "derived bool")

        def receiveUnrecognizedMessage(self, message: object, sender: ActorAddress) -> None:
            if not isinstance(message, ActorSystemMessage):
                self.send(sender, "unrecognized")

    def program(system: ActorSystem) -> object:
        derived = system.createActor(Derived)
        return [system.ask(derived, message, WAIT) for message in (False, True, 7, "text")]

    assert on_both(program) == ["derived bool", ("base int", True), ("base int", 7), "unrecognized"]


def test_what_a_handler_returns_is_void(on_both: OnBoth) -> None:
    """A returned value is no answer, and a generator is never run."""
    ran: list[int] = []

    class Returning(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> object:
            return "value"

    class Generating(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> Any:
            ran.append(1)
            yield self.send(sender, "never")

    def program(system: ActorSystem) -> object:
        return [system.ask(system.createActor(kind), "a", SHORT) for kind in (Returning, Generating)], list(ran)

    assert on_both(program) == ([None, None], [])
