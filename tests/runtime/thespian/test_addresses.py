"""Addresses as values: the same on simpleSystemBase and on ours."""

import copy
import pickle
import subprocess
import sys
from typing import Any

import pytest
from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem, ChildActorExited

from runtime import Address
from tests.runtime.thespian.actors import SHORT, WAIT, Echo, Refused
from tests.runtime.thespian.conftest import OnBoth


def test_an_address_equals_itself_alone(on_both: OnBoth) -> None:
    """Two actors differ, and an address is equal to nothing of another type."""

    def program(system: ActorSystem) -> object:
        one, two = system.createActor(Echo), system.createActor(Echo)
        same = system.ask(one, one, WAIT)
        return (
            one == same,
            one != same,
            one == two,
            one != two,
            one == "one",
            isinstance(one, ActorAddress),
        )

    assert on_both(program) == (True, False, False, True, False, True)


def test_an_address_has_a_text(on_both: OnBoth) -> None:
    """`str` begins as Thespian's does and differs from actor to actor."""

    def program(system: ActorSystem) -> object:
        one, two = system.createActor(Echo), system.createActor(Echo)
        texts = {str(one), str(two)}
        return len(texts), all(text.startswith("ActorAddr-") for text in texts), str(one)[10:] == one.actorAddressString

    assert on_both(program) == (2, True, True)


class Guardian(Actor):  # type: ignore[misc]
    """Makes children, some of which cannot be made, and keeps the texts of those that are lost."""

    def __init__(self) -> None:
        self.lost: list[str] = []

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case "make":
                self.send(sender, self.createActor(Guardian))
            case "fail":
                self.send(sender, [str(self.createActor(Unborn)) for _ in range(3)])
            case "lost?":
                self.send(sender, self.lost)
            case ChildActorExited():
                self.lost.append(str(msg.childAddress))


class Unborn(Actor):  # type: ignore[misc]
    """Cannot be made."""

    def __init__(self) -> None:
        raise Refused


def test_children_that_cannot_be_made_have_texts_of_their_own(on_both: OnBoth) -> None:
    """Thespian's addresses cannot be keys, so programs know their children by the text."""

    def program(system: ActorSystem) -> object:
        guardian = system.createActor(Guardian)
        texts = system.ask(guardian, "fail", WAIT)
        return len(set(texts)), system.ask(guardian, "lost?", WAIT) == texts

    assert on_both(program) == (3, True)


@pytest.mark.parametrize("recursive", [True, False])
def test_the_text_of_an_address_stays(on_both: OnBoth, recursive: bool) -> None:
    """Whatever becomes of the actors above."""

    def program(system: ActorSystem) -> object:
        head = system.createActor(Guardian)
        child = system.ask(head, "make", WAIT)
        family = [head, child, system.ask(child, "make", WAIT)]
        before = [str(one) for one in family]
        system.tell(head, ActorExitRequest(recursive=recursive))
        return [str(one) for one in family] == before, system.createActor(Guardian) in family

    assert on_both(program) == (True, False)


def test_a_copy_is_the_same_address(on_both: OnBoth) -> None:
    """A copied, deep-copied or pickled address reaches the same actor, also inside of a message."""

    def program(system: ActorSystem) -> object:
        echo = system.createActor(Echo)
        message = {"to": [echo]}
        copies = [
            copy.copy(echo),
            copy.deepcopy(message)["to"][0],
            pickle.loads(pickle.dumps(message))["to"][0],  # noqa: S301  # our own bytes
            pickle.loads(pickle.dumps(echo)),  # noqa: S301
        ]
        return [(twin == echo, system.ask(twin, "a", WAIT)) for twin in copies]

    assert on_both(program) == [(True, "a")] * 4


def test_a_pickled_address_of_a_dead_actor_is_dead(on_both: OnBoth) -> None:
    """It never comes to mean another actor."""

    def program(system: ActorSystem) -> object:
        echo = system.createActor(Echo)
        pickled = pickle.dumps(echo)
        system.tell(echo, ActorExitRequest())
        del echo
        others = [system.createActor(Echo) for _ in range(50)]
        twin = pickle.loads(pickled)  # noqa: S301
        return twin in others, system.ask(twin, "a", SHORT)

    assert on_both(program) == (False, None)


def test_an_address_pickled_elsewhere_is_a_strange_one(ours: ActorSystem) -> None:
    """Another process's address is an ActorAddress that nothing is behind."""
    program = (
        "import pickle, sys; from runtime.address import Address;"
        "e = type('E', (), {'path': 'Echo-1'})(); a = Address(e); sys.stdout.buffer.write(pickle.dumps(a))"
    )
    strange = pickle.loads(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)  # noqa: S301, S603
    ours.createActor(Echo)
    assert type(strange) is ActorAddress
    assert ours.ask(strange, "a", SHORT) is None


def test_addresses_can_be_counted_and_sorted_by_text(on_both: OnBoth) -> None:
    """`in` and `index` on lists work as with Thespian's."""

    def program(system: ActorSystem) -> object:
        echoes = [system.createActor(Echo) for _ in range(3)]
        return echoes.index(system.ask(echoes[1], echoes[1], WAIT)), system.systemAddress in echoes

    assert on_both(program) == (1, False)


def test_ours_can_be_hashed(ours: ActorSystem) -> None:
    """Thespian's addresses cannot be keys; ours can, and a copy is the same key."""
    echo = ours.createActor(Echo)
    assert isinstance(echo, Address)
    assert {echo: 1}[pickle.loads(pickle.dumps(echo))] == 1  # noqa: S301


def test_a_private_context_has_an_address_of_its_own(ours: ActorSystem) -> None:
    """An actor that keeps the sender answers that context, and the main one gets nothing."""

    class Callback(Actor):  # type: ignore[misc]
        kept: list[ActorAddress]

        def __init__(self) -> None:
            self.kept = []

        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "keep":
                self.kept.append(sender)
                self.send(sender, len(self.kept))
            elif msg == "call":
                for number, address in enumerate(self.kept):
                    self.send(address, ("called", number))

    callback = ours.createActor(Callback)
    with ours.private() as one, ours.private() as two:
        assert [context.ask(callback, "keep", WAIT) for context in (ours, one, two)] == [1, 2, 3]
        ours.tell(callback, "call")
        assert [context.listen(WAIT) for context in (two, one, ours)] == [("called", 2), ("called", 1), ("called", 0)]
        assert one.listen(SHORT) is None
