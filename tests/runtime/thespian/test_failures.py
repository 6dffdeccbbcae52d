"""Handlers that raise: the same on simpleSystemBase and on ours."""

from typing import Any

import pytest
from thespian.actors import Actor, ActorAddress, ActorSystem, ActorSystemMessage, PoisonMessage, WakeupMessage

from tests.runtime.thespian.actors import SHORT, WAIT, Failing, Refused
from tests.runtime.thespian.conftest import OnBoth


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_message_is_tried_three_times(on_both: OnBoth, times: int) -> None:
    """A handler that raises once or twice gets the message again, with the state it has."""

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Failing), ("fail", times), WAIT)

    assert on_both(program) == ("handled at try", times + 1)


def test_after_three_failures_the_sender_gets_the_message_back(on_both: OnBoth) -> None:
    """PoisonMessage holds the message and the traceback; the actor goes on."""

    def program(system: ActorSystem) -> object:
        failing = system.createActor(Failing)
        poison = system.ask(failing, ("fail", 99), WAIT)
        facts = (type(poison), poison.poisonMessage, "ValueError: on purpose" in poison.details)
        return facts, system.ask(failing, "tries?", WAIT), system.listen(SHORT)

    assert on_both(program) == ((PoisonMessage, ("fail", 99), True), 3, None)


def test_each_message_has_its_own_tries(on_both: OnBoth) -> None:
    """What one message has failed is not held against the next one that is equal to it."""

    def program(system: ActorSystem) -> object:
        failing = system.createActor(Failing)
        message = ("fail", 2)
        first = system.ask(failing, message, WAIT)
        return (
            first,
            [type(system.ask(failing, ("fail", 99), WAIT)) for _ in range(2)],
            system.ask(failing, "tries?", 5),
        )

    assert on_both(program) == (("handled at try", 3), [PoisonMessage] * 2, 9)


def test_a_retry_comes_after_what_waits(on_both: OnBoth) -> None:
    """A failed message goes to the end of the queue."""

    class Sender(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorAddress):
                for message in (("fail", 1), "a", "b"):
                    self.send(msg, message)

    def program(system: ActorSystem) -> object:
        failing = system.createActor(Failing)
        system.tell(system.createActor(Sender), failing)
        return system.ask(failing, "order?", WAIT)

    assert on_both(program) == ["fail", "a", "b", "fail"]


def test_poison_goes_to_an_actor_that_sent(on_both: OnBoth) -> None:
    """An actor gets the PoisonMessage from the one it had sent to; raising on it gets it once more, then no more."""

    class Sender(Actor):  # type: ignore[misc]
        poisoned = 0

        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorAddress):
                self.target = msg
                self.send(msg, ("fail", 99))
            elif isinstance(msg, PoisonMessage):
                self.poisoned += 1
                self.right = (msg.poisonMessage, sender == self.target)
                raise Refused
            elif msg == "poisoned?":
                self.send(sender, (self.poisoned, self.right))

    def program(system: ActorSystem) -> object:
        actor = system.createActor(Sender)
        system.tell(actor, system.createActor(Failing))
        return system.ask(actor, "poisoned?", WAIT), system.listen(SHORT)

    assert on_both(program) == ((2, (("fail", 99), True)), None)


def test_an_actor_can_poison_itself(on_both: OnBoth) -> None:
    """The sender of a wakeup is the actor, so it gets its own wakeup back as poison."""

    class Sleeper(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            match msg:
                case "sleep":
                    self.asker = sender
                    self.wakeupAfter(0.001, "payload")
                case WakeupMessage():
                    raise Refused
                case PoisonMessage():
                    self.send(self.asker, (msg.poisonMessage.payload, sender == self.myAddress))

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Sleeper), "sleep", WAIT)

    assert on_both(program) == ("payload", True)


def test_poisoned_system_messages_are_not_given_to_the_outside(on_both: OnBoth) -> None:
    """A system message that fails comes back to nobody outside."""

    class Own(ActorSystemMessage):  # type: ignore[misc]
        pass

    class Picky(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, Own):
                raise Refused

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Picky), Own(), SHORT)

    assert on_both(program) is None


@pytest.mark.parametrize("error", [StopIteration, StopAsyncIteration, AssertionError, RecursionError])
def test_a_handler_may_raise_anything(ours: ActorSystem, error: type[BaseException]) -> None:
    """Errors that mean something to Python's own machinery are failures like any other."""

    class Odd(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "a":
                raise error

    assert isinstance(ours.ask(ours.createActor(Odd), "a", WAIT), PoisonMessage)


def test_an_actor_without_a_handler_poisons(on_both: OnBoth) -> None:
    """Thespian's own default handler asserts."""

    class Empty(Actor):  # type: ignore[misc]
        pass

    def program(system: ActorSystem) -> object:
        poison = system.ask(system.createActor(Empty), "a", WAIT)
        return "must be overridden" in poison.details

    assert on_both(program) is True
