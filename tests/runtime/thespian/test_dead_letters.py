"""Messages for nobody: the same on simpleSystemBase and on ours."""

import asyncio
import sys
from typing import Any

from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem, DeadEnvelope

from tests.runtime.thespian.actors import SHORT, WAIT, Echo, Refused, Undertaker
from tests.runtime.thespian.conftest import OnBoth


def _dead(system: ActorSystem) -> ActorAddress:
    echo = system.createActor(Echo)
    system.tell(echo, ActorExitRequest())
    return echo


def test_the_handler_gets_what_a_dead_actor_cannot(on_both: OnBoth) -> None:
    """From the registration on, and no more after it is withdrawn."""

    def program(system: ActorSystem) -> object:
        dead, undertaker = _dead(system), system.createActor(Undertaker)
        system.tell(dead, "before")
        system.ask(undertaker, True, WAIT)
        system.tell(dead, "one")
        system.tell(dead, "two")
        system.ask(undertaker, False, WAIT)
        system.tell(dead, "after")
        return system.ask(undertaker, "letters?", WAIT)

    assert on_both(program) == ["one", "two"]


def test_the_handler_gets_what_an_actor_had_sent_itself(ours: ActorSystem) -> None:
    """A message to oneself that the exit came before is a dead letter like others, also one to be tried again.

    simpleSystemBase throws away what was under way when an actor exits, whoever sent it.
    """

    class Brooding(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            match msg:
                case "go":
                    self.send(self.myAddress, "fail")
                    self.send(self.myAddress, ActorExitRequest())
                    self.send(self.myAddress, "late")
                case "fail":
                    raise LookupError

    undertaker = ours.createActor(Undertaker)
    ours.ask(undertaker, True, WAIT)
    ours.tell(ours.createActor(Brooding), "go")
    assert ours.ask(undertaker, "letters?", WAIT) == ["late", "fail"]


def test_what_the_system_had_sent_in_an_actors_name_is_no_letter(ours: ActorSystem) -> None:
    """A wakeup that is due when its actor exits is counted and given to nobody."""

    class Dozing(Actor):  # type: ignore[misc]
        async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "go":
                self.wakeupAfter(0)
                for _ in range(5):  # the wakeup is in the mailbox by then
                    await asyncio.sleep(0)
                self.send(self.myAddress, "late")
                self.send(sender, "gone")
                sys.exit()

    undertaker = ours.createActor(Undertaker)
    ours.ask(undertaker, True, WAIT)
    assert ours.ask(ours.createActor(Dozing), "go", WAIT) == "gone"
    assert ours.ask(undertaker, "letters?", WAIT) == ["late"]


def test_the_last_to_register_is_the_handler(on_both: OnBoth) -> None:
    """There is one handler; one that has been replaced cannot withdraw the newer one."""

    def program(system: ActorSystem) -> object:
        dead = _dead(system)
        old, new = system.createActor(Undertaker), system.createActor(Undertaker)
        system.ask(old, True, WAIT)
        system.ask(new, True, WAIT)
        system.tell(dead, "one")
        system.ask(old, False, WAIT)
        system.tell(dead, "two")
        return [system.ask(undertaker, "letters?", WAIT) for undertaker in (old, new)]

    assert on_both(program) == [[], ["one", "two"]]


def test_a_handler_that_exits_handles_no_more(on_both: OnBoth) -> None:
    """Its registration ends with it, and the one it had replaced does not come back."""

    def program(system: ActorSystem) -> object:
        dead = _dead(system)
        old, new = system.createActor(Undertaker), system.createActor(Undertaker)
        system.ask(old, True, WAIT)
        system.ask(new, True, WAIT)
        system.tell(new, ActorExitRequest())
        system.tell(dead, "one")
        lost = system.ask(old, "letters?", WAIT)
        system.ask(old, True, WAIT)
        system.tell(dead, "two")
        return lost, system.ask(old, "letters?", WAIT), system.ask(new, "letters?", SHORT)

    assert on_both(program) == ([], ["two"], None)


def test_an_envelope_comes_from_who_had_sent_the_letter(on_both: OnBoth) -> None:
    """The handler can answer in the dead actor's place."""

    class Heir(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "start":
                self.handleDeadLetters()
            elif isinstance(msg, DeadEnvelope) and isinstance(msg.deadMessage, str):
                self.send(sender, ("instead", msg.deadMessage))

    def program(system: ActorSystem) -> object:
        system.tell(system.createActor(Heir), "start")
        return system.ask(_dead(system), "hello", WAIT)

    assert on_both(program) == ("instead", "hello")


def test_an_envelope_names_the_dead(ours: ActorSystem) -> None:
    """`deadAddress` is the dead actor's address, as in the guide; simpleSystemBase gives its text."""

    class Reader(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "start":
                self.handleDeadLetters()
            elif isinstance(msg, DeadEnvelope):
                self.send(sender, msg.deadAddress)

    ours.tell(ours.createActor(Reader), "start")
    dead = _dead(ours)
    assert ours.ask(dead, "hello", WAIT) == dead


def test_what_a_dead_handler_would_get_goes_nowhere(on_both: OnBoth) -> None:
    """A letter to the handler itself, when it is dead, makes no circle."""

    def program(system: ActorSystem) -> object:
        undertaker = system.createActor(Undertaker)
        system.ask(undertaker, True, WAIT)
        system.tell(undertaker, ActorExitRequest())
        return system.ask(undertaker, "letters?", SHORT), system.ask(system.createActor(Echo), "alive", WAIT)

    assert on_both(program) == (None, "alive")


def test_a_message_that_would_be_tried_again_dies_with_its_actor(ours: ActorSystem) -> None:
    """The handler gets the message itself."""

    class Doomed(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "fail":
                self.send(self.myAddress, ActorExitRequest())
                raise LookupError

    undertaker = ours.createActor(Undertaker)
    ours.ask(undertaker, True, WAIT)
    ours.tell(ours.createActor(Doomed), "fail")
    assert ours.ask(undertaker, "letters?", WAIT) == ["fail"]


def test_an_address_of_nobody_is_dead(on_both: OnBoth) -> None:
    """A message for an address that no actor ever had is a dead letter too."""

    def program(system: ActorSystem) -> object:
        undertaker = system.createActor(Undertaker)
        system.ask(undertaker, True, WAIT)
        system.tell(ActorAddress("nobody"), "hello")
        return system.ask(undertaker, "letters?", WAIT)

    assert on_both(program) == ["hello"]


def test_a_letter_that_fails_comes_back_without_its_envelope(on_both: OnBoth) -> None:
    """When the handler fails three times the sender gets its own message as poison."""

    class Clumsy(Undertaker):
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            super().receiveMessage(msg, sender)
            if isinstance(msg, DeadEnvelope):
                raise Refused

    def program(system: ActorSystem) -> object:
        dead, undertaker = _dead(system), system.createActor(Clumsy)
        system.ask(undertaker, True, WAIT)
        poison = system.ask(dead, "hello", WAIT)
        return poison.poisonMessage, system.ask(undertaker, "letters?", WAIT)

    assert on_both(program) == ("hello", ["hello"] * 3)


def test_the_system_swallows_what_it_does_not_know(on_both: OnBoth) -> None:
    """A message to the system's own address is neither answered nor a dead letter."""

    def program(system: ActorSystem) -> object:
        undertaker = system.createActor(Undertaker)
        system.ask(undertaker, True, WAIT)
        return system.ask(system.systemAddress, "hello", SHORT), system.ask(undertaker, "letters?", WAIT)

    assert on_both(program) == (None, [])


def test_a_context_that_has_ended_is_dead(ours: ActorSystem) -> None:
    """What comes for a private context after its end is a dead letter."""
    echo, undertaker = ours.createActor(Echo), ours.createActor(Undertaker)
    ours.ask(undertaker, True, WAIT)

    class Late(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "remember":
                self.asker = sender
                self.send(sender, "ok")
            elif msg == "answer":
                self.send(self.asker, "too late")

    late = ours.createActor(Late)
    with ours.private() as context:
        assert context.ask(late, "remember", WAIT) == "ok"
    ours.tell(late, "answer")
    assert ours.ask(undertaker, "letters?", WAIT) == ["too late"]
    assert ours.ask(echo, "still", WAIT) == "still"
