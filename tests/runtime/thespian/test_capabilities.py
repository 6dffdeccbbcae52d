"""Capabilities: the same on simpleSystemBase and on ours, and the guide's rules that simpleSystemBase does not keep."""

import sys
from typing import Any

import pytest
from thespian.actors import (
    Actor,
    ActorAddress,
    ActorSystem,
    NoCompatibleSystemForActor,
    ThespianGeneration,
    requireCapability,
)

from tests.runtime.thespian.actors import SHORT, WAIT, Creator, Echo
from tests.runtime.thespian.conftest import OnBoth


@requireCapability("colour", "red")
class Red(Echo):
    """Needs a value."""


@requireCapability("wheels")
class Rolling(Echo):
    """Needs anything that is true."""


@requireCapability("empty")
class Hollow(Echo):
    """Needs what is there but not true."""


@requireCapability("wings")
class Flying(Echo):
    """Needs what is not there."""


@requireCapability("colour", "red")
@requireCapability("wheels", 4)
class RedCar(Echo):
    """Needs two at once."""


@requireCapability("colour", "red")
@requireCapability("wheels", 3)
class RedTricycle(Echo):
    """One of two is not met."""


class Demanding(Echo):
    """Has a check of its own, with requirements, in the negative."""

    @staticmethod
    def actorSystemCapabilityCheck(capabilities: dict[str, Any], requirements: dict[str, Any]) -> bool:
        return not capabilities.get("wings") and capabilities.get("wheels") == requirements.get("wheels", 4)


class Buggy(Echo):
    """Has a check that raises."""

    @staticmethod
    def actorSystemCapabilityCheck(capabilities: dict[str, Any], requirements: dict[str, Any]) -> bool:
        return bool(capabilities["no such capability"])


class Official(Actor):  # type: ignore[misc]
    """Sets capabilities."""

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if isinstance(msg, tuple):
            self.updateCapability(*msg)
            self.send(sender, "set")


def _works(system: ActorSystem, kind: Any, requirements: Any = None) -> bool:
    """Whether an actor can be made; simpleSystemBase silently gives the address of one that throws all away."""
    try:
        return bool(system.ask(system.createActor(kind, requirements), "a", WAIT) == "a")
    except NoCompatibleSystemForActor:
        return False


@pytest.mark.parametrize(
    ("kind", "works"),
    [(Red, True), (Rolling, True), (Hollow, False), (Flying, False), (RedCar, True), (RedTricycle, False)],
)
def test_required_capabilities(on_both: OnBoth, kind: type[Actor], works: bool) -> None:
    """`requireCapability` needs a value or anything true; several need all."""
    assert on_both(lambda system: _works(system, kind)) is works


@pytest.mark.parametrize(("wheels", "works"), [(None, True), (4, True), (3, False)])
def test_an_own_check_sees_the_requirements(on_both: OnBoth, wheels: int | None, works: bool) -> None:
    """`actorSystemCapabilityCheck` gets the capabilities and what the creator requires."""
    requirements = None if wheels is None else {"wheels": wheels}
    assert on_both(lambda system: _works(system, Demanding, requirements)) is works


def test_a_check_that_raises_raises(on_both: OnBoth) -> None:
    """The creator of a top-level actor gets the check's own error."""
    assert on_both(lambda system: system.createActor(Buggy)) is KeyError


@pytest.mark.parametrize("kind", [Flying, Buggy])
def test_a_child_that_finds_no_system_has_exited(on_both: OnBoth, kind: type[Actor]) -> None:
    """The parent gets ChildActorExited."""

    def program(system: ActorSystem) -> object:
        creator = system.createActor(Creator)
        return system.ask(creator, ("create", {"actorClass": kind}), WAIT), system.listen(WAIT)

    assert on_both(program) == ("made", ("exited", True))


def test_the_creator_learns_that_there_is_no_system(ours: ActorSystem) -> None:
    """NoCompatibleSystemForActor, as the guide and the multi-process bases have it."""
    with pytest.raises(
        NoCompatibleSystemForActor, match=r"No compatible ActorSystem could be found for Actor .*Flying"
    ):
        ours.createActor(Flying)


@pytest.mark.parametrize("from_inside", [False, True])
def test_a_capability_can_be_added_and_removed(on_both: OnBoth, from_inside: bool) -> None:
    """From outside and by an actor; None removes."""

    def program(system: ActorSystem) -> object:
        official = system.createActor(Official)

        def update(value: object) -> None:
            if from_inside:
                system.ask(official, ("wings", value), WAIT)
            else:
                system.updateCapability("wings", value)

        works = [_works(system, Flying)]
        for value in (True, False, 2, None):
            update(value)
            works.append(_works(system, Flying))
        return works, "wings" in system.capabilities

    assert on_both(program) == ([False, True, False, True, False], False)


@pytest.mark.parametrize("from_inside", [False, True])
def test_actors_that_no_longer_qualify_are_exited(ours: ActorSystem, from_inside: bool) -> None:
    """They, wherever they stand, and nobody else; their parents are told."""
    creator, official = ours.createActor(Creator), ours.createActor(Official)
    ours.ask(creator, ("create", {"actorClass": Rolling}), WAIT)
    rolling, red, echo = (ours.createActor(kind) for kind in (Rolling, Red, Echo))
    demanding = ours.createActor(Demanding, {"wheels": 4})
    if from_inside:
        assert ours.ask(official, ("wheels", 0), WAIT) == "set"
        assert ours.listen(WAIT) == ("exited", True)
    else:
        ours.updateCapability("wheels", 0)
        assert ours.listen(WAIT) == ("exited", True)
    assert [ours.ask(actor, "a", WAIT) for actor in (red, echo)] == ["a", "a"]
    assert [ours.ask(actor, "a", SHORT) for actor in (rolling, demanding)] == [None, None]


def test_an_update_without_effect_exits_nobody(ours: ActorSystem) -> None:
    """The same value again, or the removal of what is not there."""
    rolling = ours.createActor(Rolling)
    ours.updateCapability("wheels", 4)
    ours.updateCapability("wings")
    assert ours.ask(rolling, "a", WAIT) == "a"


def test_the_system_describes_itself(on_both: OnBoth) -> None:
    """What every system of Thespian's has among its capabilities."""

    def program(system: ActorSystem) -> object:
        known = system.capabilities
        versions = known["Python Version"] == tuple(sys.version_info), known["Thespian Generation"]
        rest = ("Thespian Version", "Thespian ActorSystem Name", "Thespian ActorSystem Version")
        return versions, known["AllowRemoteActorSources"], [name in known for name in rest]

    assert on_both(program) == ((True, ThespianGeneration), "No", [True] * 3)
