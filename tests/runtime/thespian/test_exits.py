"""How actors end: the same on simpleSystemBase and on ours, or as the guide has it where the simple one does not."""

import asyncio
import sys
import threading
import time
from typing import Any

import pytest
from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem, ActorSystemMessage, ChildActorExited

from tests.runtime.thespian.actors import SHORT, WAIT, Creator, Echo, Family, Recorder, Refused
from tests.runtime.thespian.conftest import OnBoth, our_system


def test_an_exited_actor_answers_no_more(on_both: OnBoth) -> None:
    """After an ActorExitRequest, from outside or by itself, an actor is gone; others are not."""

    def program(system: ActorSystem) -> object:
        one, two, echo = system.createActor(Family), system.createActor(Family), system.createActor(Echo)
        system.tell(one, ActorExitRequest())
        system.tell(two, "leave")
        return system.ask(echo, "alive?", WAIT), [system.ask(actor, "alive?", SHORT) for actor in (one, two)]

    assert on_both(program) == ("alive?", [None, None])


def test_an_exit_waits_its_turn(on_both: OnBoth) -> None:
    """What was sent before the exit request is handled, what is sent after it is not."""

    class Leaving(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "go":
                for text in ("a", "b"):
                    self.send(self.myAddress, ("say", sender, text))
                self.send(self.myAddress, ActorExitRequest())
                self.send(self.myAddress, ("say", sender, "c"))
            elif isinstance(msg, tuple):
                self.send(msg[1], msg[2])

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Leaving), "go", WAIT), system.listen(WAIT), system.listen(SHORT)

    assert on_both(program) == ("a", "b", None)


def test_the_handler_sees_the_exit_request_once(on_both: OnBoth) -> None:
    """An actor is told of its exit by one message, also when it is asked twice."""

    def program(system: ActorSystem) -> object:
        recorder = system.createActor(Recorder)
        family = system.createActor(Family)
        system.tell(family, ("name", "f", recorder))
        system.tell(family, "leave")
        system.tell(family, ActorExitRequest())
        return system.ask(recorder, "seen?", WAIT)

    assert on_both(program) == [("exit", "f")]


def test_the_parent_is_told_of_its_childs_end(on_both: OnBoth) -> None:
    """ChildActorExited names the child, and comes once."""

    def program(system: ActorSystem) -> object:
        recorder, head = system.createActor(Recorder), system.createActor(Family)
        system.tell(head, ("name", "head", recorder))
        for name in "ab":
            system.ask(head, ("make", name, recorder), WAIT)
        system.tell(head, ("to", "a", ActorExitRequest()))
        return system.ask(recorder, "seen?", WAIT), system.ask(head, "count?", WAIT)

    assert on_both(program) == ([("exit", "a"), ("lost", "a")], 1)


def test_an_exit_goes_down_the_tree(on_both: OnBoth) -> None:
    """Parents are told before their children, older children before younger ones, level by level."""

    def program(system: ActorSystem) -> object:
        recorder, head = system.createActor(Recorder), system.createActor(Family)
        system.tell(head, ("name", "head", recorder))
        for name in "ab":
            system.ask(head, ("make", name, recorder), WAIT)
            for below in "12":
                system.ask(head, ("pass", name, ("make", name + below, recorder)), WAIT)
        system.tell(head, ActorExitRequest())
        return system.ask(recorder, "seen?", WAIT)

    assert on_both(program) == [("exit", name) for name in ("head", "a", "b", "a1", "a2", "b1", "b2")]


def test_a_tree_may_be_deep(on_both: OnBoth) -> None:
    """A thousand and a half generations are made, have addresses, and exit."""
    exits: list[int] = []

    class Line(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            match msg:
                case int():
                    self.send(self.myAddress, (msg, sender))
                case (0, asker):
                    self.send(asker, len(str(self.myAddress)) > 1000)
                case (generations, asker):
                    self.send(self.createActor(Line), (generations - 1, asker))
                case ActorExitRequest():
                    exits.append(1)

    def program(system: ActorSystem) -> object:
        exits.clear()
        first = system.createActor(Line)
        answer = system.ask(first, 1500, WAIT)
        system.tell(first, ActorExitRequest())
        end = time.monotonic() + 4 * WAIT
        while len(exits) < 1501 and time.monotonic() < end:
            system.listen(SHORT)
        return answer, len(exits)

    assert on_both(program) == (True, 1501)


def test_children_live_on_when_the_exit_is_not_recursive(ours: ActorSystem) -> None:
    """The guide's `recursive=False`, and `notRecursive()` in the handler, spare the children."""

    class Sparing(Creator):
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorExitRequest):
                msg.notRecursive()
            elif msg == "child?":
                self.send(sender, self.made)
            else:
                super().receiveMessage(msg, sender)

    head = ours.createActor(Family)
    child = ours.ask(head, ("make", "a", ours.createActor(Recorder)), WAIT)
    ours.tell(head, "leave the children")
    assert ours.ask(child, "alive?", WAIT) == ("alive", "a")
    sparing = ours.createActor(Sparing)
    ours.ask(sparing, ("create", {"actorClass": Echo}), WAIT)
    second = ours.ask(sparing, "child?", WAIT)
    ours.tell(sparing, ActorExitRequest())
    assert ours.ask(second, "hello", WAIT) == "hello"
    assert ours.ask(sparing, "child?", SHORT) is None


class Waiting(Family):
    """Waits for ever when told to, and spares its children when told that."""

    spares = False

    async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:  # type: ignore[override]
        """Wait, or do as a family does."""
        if msg == "wait":
            self.send(sender, "waits")
            await asyncio.Event().wait()
        elif msg == "spare":
            self.spares = True
        else:
            if self.spares and isinstance(msg, ActorExitRequest):
                msg.notRecursive()
            super().receiveMessage(msg, sender)


def _waiting(system: ActorSystem, recorder: ActorAddress, *first: object) -> tuple[ActorAddress, list[ActorAddress]]:
    head = system.createActor(Waiting)
    system.tell(head, ("name", "head", recorder))
    children: list[Any] = [system.ask(head, ("make", name, recorder), WAIT) for name in "ab"]
    for message in first:
        system.tell(head, message)
    assert system.ask(head, "wait", WAIT) == "waits"
    return head, children


def test_children_live_on_when_a_handler_that_waits_is_interrupted(ours: ActorSystem) -> None:
    """Also then `recursive=False` and `notRecursive()` spare the children, and what waits is not handled."""
    recorder = ours.createActor(Recorder)
    for first, request in (((), ActorExitRequest(recursive=False)), (("spare",), ActorExitRequest())):
        head, children = _waiting(ours, recorder, *first)
        ours.tell(head, "count?")
        ours.tell(head, request)
        assert [ours.ask(child, "alive?", WAIT) for child in children] == [("alive", "a"), ("alive", "b")]
        assert ours.ask(head, "count?", SHORT) is None
    assert ours.ask(recorder, "seen?", WAIT) == [("exit", "head")] * 2


def test_an_exit_that_interrupts_goes_down_the_tree_too(ours: ActorSystem) -> None:
    """The actor is told before its children, and older children before younger ones; each once."""
    recorder = ours.createActor(Recorder)
    head, _ = _waiting(ours, recorder)
    above = ours.createActor(Family)
    ours.tell(above, ("name", "above", recorder))
    ours.tell(head, ActorExitRequest())
    ours.tell(head, ActorExitRequest())
    assert ours.ask(recorder, "seen?", WAIT) == [("exit", name) for name in ("head", "a", "b")]


def test_nobody_is_spared_at_the_shutdown() -> None:
    """Who spares its children at the end of the system does not keep them alive."""
    told: list[object] = []

    class Told(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorExitRequest):
                told.append(type(self).__name__)
                msg.notRecursive()
            elif msg == "make":
                self.send(sender, self.createActor(Child))

    class Child(Told):
        pass

    system = our_system()
    system.ask(system.createActor(Told), "make", WAIT)
    system.shutdown()
    assert told == ["Told", "Child"]


def test_a_raise_does_not_stop_an_exit(on_both: OnBoth) -> None:
    """An actor that raises on its exit request exits all the same, its parent is told, and nobody is poisoned."""

    class Stubborn(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorExitRequest):
                raise Refused

    def program(system: ActorSystem) -> object:
        parent = system.createActor(Creator)
        system.ask(parent, ("create", {"actorClass": Stubborn}), WAIT)
        return system.ask(parent, ("pass", ActorExitRequest()), WAIT), system.listen(SHORT)

    assert on_both(program) == (("exited", True), None)


def test_a_raise_at_the_news_of_an_end_poisons_nobody(on_both: OnBoth) -> None:
    """A parent that raises on ChildActorExited goes on."""

    class Aggrieved(Family):
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ChildActorExited):
                raise Refused
            super().receiveMessage(msg, sender)

    def program(system: ActorSystem) -> object:
        recorder, head = system.createActor(Recorder), system.createActor(Aggrieved)
        system.ask(head, ("make", "a", recorder), WAIT)
        system.tell(head, ("to", "a", ActorExitRequest()))
        return system.ask(head, "alive?", WAIT), system.listen(SHORT)

    assert on_both(program) == (("alive", "head"), None)


def test_a_lost_child_can_be_replaced(on_both: OnBoth) -> None:
    """A parent makes a new child when it hears of the old one's end."""

    class Keeper(Actor):  # type: ignore[misc]
        kept: ActorAddress = None
        made = 0

        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ChildActorExited) or self.kept is None:
                self.kept = self.createActor(Echo)
                self.made += 1
            if not isinstance(msg, ActorSystemMessage):
                self.send(sender, (self.made, self.kept))

    def program(system: ActorSystem) -> object:
        keeper = system.createActor(Keeper)
        _, first = system.ask(keeper, "who", WAIT)
        system.tell(first, ActorExitRequest())
        made, second = system.ask(keeper, "who", WAIT)
        return made, first == second, system.ask(second, "hello", WAIT), system.ask(first, "hello", SHORT)

    assert on_both(program) == (2, False, "hello", None)


def test_the_news_of_an_end_comes_from_the_system(on_both: OnBoth) -> None:
    """The sender of ChildActorExited, and of the exit request to children, is the system's own address."""

    class Listening(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "go":
                self.asker = sender
                self.send(self.createActor(Echo), ActorExitRequest())
            elif isinstance(msg, ChildActorExited):
                self.send(sender, "into the void")
                self.send(self.asker, sender)

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Listening), "go", WAIT) == system.systemAddress

    assert on_both(program) is True


def test_sys_exit_ends_that_actor_alone(ours: ActorSystem) -> None:
    """With an actor per process sys.exit ends the actor; here too, and its parent is told, and nobody else ends."""

    class Quitter(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "quit":
                sys.exit(1)

    parent, echo = ours.createActor(Creator), ours.createActor(Echo)
    ours.ask(parent, ("create", {"actorClass": Quitter}), WAIT)
    assert ours.ask(parent, ("pass", "quit"), WAIT) == ("exited", True)
    assert ours.ask(echo, "hello", WAIT) == "hello"


class QuitsAtOnce(Actor):  # type: ignore[misc]
    """Calls sys.exit in an `async` handler."""

    async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        """Quit."""
        if msg == "quit":
            sys.exit(1)


class QuitsLater(Actor):  # type: ignore[misc]
    """Calls sys.exit in an `async` handler that has waited."""

    async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        """Quit after a turn of the loop."""
        if msg == "quit":
            await asyncio.sleep(0)
            sys.exit(1)


class QuitsAtItsEnd(Actor):  # type: ignore[misc]
    """Calls sys.exit when a waiting handler is cut short by its exit."""

    async def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        """Wait for ever, or quit at the exit request."""
        if isinstance(msg, ActorExitRequest):
            sys.exit(1)
        if msg == "quit":
            self.send(self.myAddress, "wait")
            self.send(sender, "waits")
        elif msg == "wait":
            await asyncio.Event().wait()


@pytest.mark.parametrize("quitter", [QuitsAtOnce, QuitsLater])
def test_sys_exit_in_an_async_handler_ends_that_actor_alone(ours: ActorSystem, quitter: type[Actor]) -> None:
    """The same before and after the handler has waited."""
    parent, echo = ours.createActor(Creator), ours.createActor(Echo)
    ours.ask(parent, ("create", {"actorClass": quitter}), WAIT)
    assert ours.ask(parent, ("pass", "quit"), WAIT) == ("exited", True)
    assert ours.ask(echo, "hello", WAIT) == "hello"


def test_sys_exit_at_the_end_ends_nothing_else(ours: ActorSystem) -> None:
    """An actor that answers its exit with sys.exit, while another handler of it waits, takes nobody along."""
    quitter, echo = ours.createActor(QuitsAtItsEnd), ours.createActor(Echo)
    assert ours.ask(quitter, "quit", WAIT) == "waits"
    ours.tell(quitter, ActorExitRequest())
    assert ours.ask(echo, "hello", WAIT) == "hello"


def test_an_actor_can_shut_the_system_down(ours: ActorSystem) -> None:
    """`actorSystemShutdown` exits every actor and ends the thread; a listener gets None and a later call an error."""
    told: list[str] = []

    class Stopper(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "stop":
                self.actorSystemShutdown()
            elif isinstance(msg, ActorExitRequest):
                told.append("bye")

    ours.createActor(Stopper)
    heard: list[object] = []
    listener = threading.Thread(target=lambda: heard.append(ours.listen(WAIT)))
    listener.start()
    ours.tell(ours.createActor(Stopper), "stop")
    listener.join()
    assert heard == [None]
    assert told == ["bye", "bye"]
