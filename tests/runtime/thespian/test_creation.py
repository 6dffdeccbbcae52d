"""Making actors: the same on simpleSystemBase and on ours."""

import threading
from functools import partial
from typing import Any

import pytest
from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ActorSystem,
    ActorSystemMessage,
    InvalidActorSourceHash,
    InvalidActorSpecification,
    Thespian_StatusReq,
)

from runtime import MisuseError
from tests.runtime.thespian.actors import SHORT, WAIT, Creator, Echo, Recorder, Refused
from tests.runtime.thespian.conftest import CAPABILITIES, OnBoth, our_system

ECHO = "tests.runtime.thespian.actors.Echo"


class Stillborn(Actor):  # type: ignore[misc]
    """Cannot be made."""

    def __init__(self) -> None:
        raise Refused


class Named(Actor):  # type: ignore[misc]
    """Tells its global name."""

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if not isinstance(msg, ActorSystemMessage):
            self.send(sender, self.globalName)


def test_an_actor_can_be_made_by_name(on_both: OnBoth) -> None:
    """A class is given as such or by its full name."""

    def program(system: ActorSystem) -> object:
        return [system.ask(system.createActor(kind), "a", WAIT) for kind in (Echo, ECHO)]

    assert on_both(program) == ["a", "a"]


def test_an_actor_can_be_made_by_a_function(on_both: OnBoth) -> None:
    """What makes the actor may stand for its class."""

    def made() -> Echo:
        return Echo()

    def program(system: ActorSystem) -> object:
        return [system.ask(system.createActor(kind), "a", WAIT) for kind in (made, partial(Echo))]

    assert on_both(program) == ["a", "a"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"actorClass": Stillborn}, Refused),
        ({"actorClass": "Echo"}, InvalidActorSpecification),
        ({"actorClass": "no.such.module.Echo"}, ModuleNotFoundError),
        ({"actorClass": "tests.runtime.thespian.actors.Missing"}, AttributeError),
        ({"actorClass": ECHO, "sourceHash": "abc"}, InvalidActorSourceHash),
        ({"actorClass": 5}, TypeError),
    ],
)
def test_a_top_level_actor_that_cannot_be_made_raises(
    on_both: OnBoth, arguments: dict[str, Any], error: type[Exception]
) -> None:
    """The creator outside gets the error itself."""
    assert on_both(lambda system: system.createActor(**arguments)) is error


@pytest.mark.parametrize(
    "arguments",
    [
        {"actorClass": Stillborn},
        {"actorClass": "Echo"},
        {"actorClass": "tests.runtime.thespian.actors.Missing"},
        {"actorClass": ECHO, "sourceHash": "abc"},
    ],
)
def test_a_child_that_cannot_be_made_has_exited(on_both: OnBoth, arguments: dict[str, Any]) -> None:
    """The parent gets an address and then ChildActorExited of it; what it sends there is lost."""

    def program(system: ActorSystem) -> object:
        creator = system.createActor(Creator)
        first = system.ask(creator, ("create", arguments), WAIT)
        return first, system.listen(WAIT), system.ask(creator, ("pass", "hello"), SHORT)

    assert on_both(program) == ("made", ("exited", True), None)


def test_a_child_whose_module_is_missing_raises(on_both: OnBoth) -> None:
    """The parent's `createActor` itself raises ImportError."""

    class Importing(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "go":
                try:
                    self.createActor("no.such.module.Echo")
                except ImportError as error:
                    self.send(sender, type(error).__name__)

    assert on_both(lambda system: system.ask(system.createActor(Importing), "go", WAIT)) == "ModuleNotFoundError"


def test_a_class_ignores_a_source_hash(on_both: OnBoth) -> None:
    """The hash says where to look for a name; a class needs no looking for."""

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Echo, sourceHash="abc"), "a", WAIT)

    assert on_both(program) == "a"


def test_init_gets_what_it_names(on_both: OnBoth) -> None:
    """`capabilities` and `requirements` are passed to an `__init__` that has such parameters."""

    class Curious(Actor):  # type: ignore[misc]
        def __init__(self, capabilities: Any, requirements: Any = None) -> None:
            self.facts = {key: capabilities[key] for key in CAPABILITIES}, requirements

        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "facts?":
                self.send(sender, self.facts)

    def program(system: ActorSystem) -> object:
        wanted = {"size": 3}
        return [system.ask(system.createActor(Curious, needs), "facts?", WAIT) for needs in (None, wanted)]

    assert on_both(program) == [(CAPABILITIES, None), (CAPABILITIES, {"size": 3})]


def test_init_cannot_use_the_system(on_both: OnBoth) -> None:
    """An actor has no address and cannot send in `__init__`."""

    class Hasty(Actor):  # type: ignore[misc]
        def __init__(self) -> None:
            self.send(self.myAddress, "too early")

    assert on_both(lambda system: system.createActor(Hasty)) is AttributeError


def test_a_global_name_stands_for_one_actor(on_both: OnBoth) -> None:
    """Who creates by a known name gets the actor that has it, whatever else is asked for, from inside too."""

    def program(system: ActorSystem) -> object:
        first = system.createActor(Echo, globalName="the one")
        second = system.createActor(Recorder, globalName="the one")
        creator = system.createActor(Creator)
        system.ask(creator, ("create", {"actorClass": Recorder, "globalName": "the one"}), WAIT)
        system.tell(creator, ("pass", "hello"))
        return first == second, system.createActor(Echo) == first, system.listen(WAIT)

    assert on_both(program) == (True, False, ("from child", "hello", True))


def test_a_global_name_is_free_when_its_actor_has_exited(on_both: OnBoth) -> None:
    """The next one to use the name makes a new actor."""

    def program(system: ActorSystem) -> object:
        first = system.createActor(Echo, globalName="the one")
        system.tell(first, ActorExitRequest())
        second = system.createActor(Echo, globalName="the one")
        return first == second, system.ask(second, "hello", WAIT), system.ask(first, "hello", SHORT)

    assert on_both(program) == (False, "hello", None)


def test_a_named_actor_is_the_systems(ours: ActorSystem) -> None:
    """As the guide has it, one that an actor has made outlives its maker, and nobody is told of its end."""
    creator = ours.createActor(Creator)
    ours.ask(creator, ("create", {"actorClass": Echo, "globalName": "the one"}), WAIT)
    named = ours.createActor(Recorder, globalName="the one")
    status = ours.ask(named, Thespian_StatusReq(), WAIT)
    assert (status.actorClass, status.parentAddress == ours.systemAddress) == ("Echo", True)
    assert ours.ask(creator, Thespian_StatusReq(), WAIT).childActors == []
    ours.tell(named, ActorExitRequest())
    assert ours.listen(SHORT) is None
    ours.ask(creator, ("create", {"actorClass": Echo, "globalName": "the one"}), WAIT)
    ours.tell(creator, ActorExitRequest())
    assert ours.ask(ours.createActor(Recorder, globalName="the one"), "hello", WAIT) == "hello"


def test_a_named_actor_made_at_the_shutdown_ends_with_its_maker() -> None:
    """Nobody outlives the system."""
    told: list[str] = []

    class Late(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorExitRequest):
                told.append(str(self.globalName))
                if self.globalName is None:
                    self.createActor(Late, globalName="late")

    system = our_system()
    system.createActor(Late)
    system.shutdown()
    assert told == ["None", "late"]


def test_an_actor_that_cannot_be_made_takes_no_name(on_both: OnBoth) -> None:
    """A name given to a failed creation is free."""

    def program(system: ActorSystem) -> object:
        with pytest.raises(Refused):
            system.createActor(Stillborn, globalName="the one")
        return system.ask(system.createActor(Echo, globalName="the one"), "hello", WAIT)

    assert on_both(program) == "hello"


def test_an_actor_knows_its_global_name(on_both: OnBoth) -> None:
    """`globalName` is the name, or nothing."""

    def program(system: ActorSystem) -> object:
        return [system.ask(system.createActor(Named, globalName=name), "name?", WAIT) for name in ("the one", None)]

    assert on_both(program) == ["the one", None]


def test_thousands_of_children(on_both: OnBoth) -> None:
    """A parent may have as many children as it likes, each with an address of its own."""

    class Fertile(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, int):
                children = [self.createActor(Echo) for _ in range(msg)]
                self.send(sender, len({str(child) for child in children}))

    assert on_both(lambda system: system.ask(system.createActor(Fertile), 2000, WAIT)) == 2000


def test_sources_are_refused(ours: ActorSystem) -> None:
    """Neither the outside nor an actor loads code; the error says so."""

    class Loader(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            match msg:
                case "load":
                    self.loadActorSource("evil.zip")
                case "the rest":
                    self.notifyOnSourceAvailability()
                    self.notifyOnSourceAvailability(False)
                    self.unloadActorSource("abc")
                    self.send(sender, "accepted")

    with pytest.raises(MisuseError, match="does not load code"):
        ours.loadActorSource("evil.zip")
    ours.unloadActorSource("abc")
    loader = ours.createActor(Loader)
    assert "does not load code" in ours.ask(loader, "load", WAIT).details
    assert ours.ask(loader, "the rest", WAIT) == "accepted"


def test_sources_cannot_be_read(on_both: OnBoth) -> None:
    """Who is ready for a file that is missing is ready for the refusal."""

    def program(system: ActorSystem) -> object:
        try:
            return system.loadActorSource("/no/such/file.zip")
        except OSError:
            return "not loaded"

    assert on_both(program) == "not loaded"


def test_an_authority_over_sources_is_accepted(on_both: OnBoth) -> None:
    """A program that registers one runs on: there is nothing for it to decide, and nothing is sent to it."""

    class Authority(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "enable":
                self.registerSourceAuthority()
                self.send(sender, "enabled")

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Authority), "enable", WAIT), system.listen(SHORT)

    assert on_both(program) == ("enabled", None)


def test_the_convention_is_accepted(ours: ActorSystem) -> None:
    """An actor may speak of other systems; a single one has none to tell of."""

    class Member(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "join":
                self.notifyOnSystemRegistrationChanges()
                self.preRegisterRemoteSystem("10.0.0.1:1900", {"colour": "green"})
                self.deRegisterRemoteSystem("10.0.0.1:1900")
                self.notifyOnSystemRegistrationChanges(False)
                self.send(sender, "joined")

    assert ours.ask(ours.createActor(Member), "join", WAIT) == "joined"


def test_actors_are_made_from_any_thread(ours: ActorSystem) -> None:
    """Several threads create at the same time, and a handler may create for another system."""
    made: list[ActorAddress] = []
    threads = [threading.Thread(target=lambda: made.append(ours.createActor(Echo))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({str(address) for address in made}) == 8
    assert [ours.ask(address, "a", WAIT) for address in made] == ["a"] * 8
