"""Thespian_StatusReq: what actors and the system tell of themselves, in the library's own objects."""

import io
from typing import Any

from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ActorSystem,
    Thespian_ActorStatus,
    Thespian_StatusReq,
    Thespian_SystemStatus,
)
from thespian.system.messages.status import formatStatus

from tests.runtime.thespian.actors import WAIT, Creator, Echo, Undertaker
from tests.runtime.thespian.conftest import OnBoth
from tests.runtime.thespian.test_wakeups import Sleeper


def _text(status: object) -> str:
    written = io.StringIO()
    formatStatus(status, tofd=written)
    return written.getvalue()


def test_an_actor_tells_its_status(on_both: OnBoth) -> None:
    """Class, address, system and children, without a message to the actor; the library can print it."""

    def program(system: ActorSystem) -> object:
        creator = system.createActor(Creator)
        for _ in range(2):
            system.ask(creator, ("create", {"actorClass": Echo}), WAIT)
        status = system.ask(creator, Thespian_StatusReq(), WAIT)
        text = _text(status)
        return (
            type(status),
            status.actorClass,
            status.actorAddress == creator,
            status.adminAddress == system.systemAddress,
            [system.ask(child, Thespian_StatusReq(), WAIT).actorClass for child in status.childActors],
            (len(status.pendingMessages), len(status.pendingWakeups)),
            "Child Actors [2]" in text and "Pending Wakeups [0]" in text,
        )

    assert on_both(program) == (Thespian_ActorStatus, "Creator", True, True, ["Echo"] * 2, (0, 0), True)


def test_a_child_that_has_exited_is_no_child(on_both: OnBoth) -> None:
    """The status counts the living."""

    def program(system: ActorSystem) -> object:
        creator = system.createActor(Creator)
        system.ask(creator, ("create", {"actorClass": Echo}), WAIT)
        system.ask(creator, ("pass", ActorExitRequest()), WAIT)
        return len(system.ask(creator, Thespian_StatusReq(), WAIT).childActors)

    assert on_both(program) == 0


def test_pending_wakeups_show(on_both: OnBoth) -> None:
    """In the order in which they were ordered, with their period and the time they have left."""

    def program(system: ActorSystem) -> object:
        sleeper = system.createActor(Sleeper)
        system.tell(sleeper, ("wake", [(60, "a"), (30.0, "b"), *((second, "c") for second in range(80, 100))]))
        status = system.ask(sleeper, Thespian_StatusReq(), WAIT)
        found = [(address == sleeper, timer.duration) for address, timer in status.pendingWakeups]
        soon = [timer.view().remainingSeconds() > timer.duration - 5 for _, timer in status.pendingWakeups]
        return found, soon, "Pending Wakeups [22]" in _text(status)

    periods = [60, 30.0, *range(80, 100)]
    assert on_both(program) == ([(True, period) for period in periods], [True] * 22, True)


def test_an_actor_can_ask_another(on_both: OnBoth) -> None:
    """The status goes to whoever asks, like any message."""

    class Inspector(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if isinstance(msg, ActorAddress):
                self.asker = sender
                self.send(msg, Thespian_StatusReq())
            elif isinstance(msg, Thespian_ActorStatus):
                self.send(self.asker, (msg.actorClass, sender == msg.actorAddress))

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Inspector), system.createActor(Echo), WAIT)

    assert on_both(program) == ("Echo", True)


def test_a_parent_and_what_waits_show(ours: ActorSystem) -> None:
    """The parent's address, and the messages in the mailbox by sender and type, never by content."""
    seen: list[Any] = []

    class Busy(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "go":
                self.send(self.myAddress, Thespian_StatusReq())
                self.send(self.myAddress, "secret")
            elif isinstance(msg, Thespian_ActorStatus):
                seen.append(msg)

    creator = ours.createActor(Creator)
    ours.ask(creator, ("create", {"actorClass": Busy}), WAIT)
    ours.tell(creator, ("pass", "go"))
    (status,) = seen
    assert status.parentAddress == creator
    assert status.receivedMessages == [(status.actorAddress, status.actorAddress, "str")]
    assert "secret" not in _text(status)


def test_the_system_tells_its_status(ours: ActorSystem) -> None:
    """Capabilities, primary actors, global names and the dead-letter handler, as the multi-process bases tell them."""
    echo, undertaker = ours.createActor(Echo, globalName="the echo"), ours.createActor(Undertaker)
    gone = ours.createActor(Echo, globalName="the gone")
    ours.tell(gone, ActorExitRequest())
    assert ours.ask(ours.systemAddress, Thespian_StatusReq(), WAIT).deadLetterHandler is None
    ours.ask(undertaker, True, WAIT)
    status = ours.ask(ours.systemAddress, Thespian_StatusReq(), WAIT)
    assert isinstance(status, Thespian_SystemStatus)
    assert status.adminAddress == ours.systemAddress
    assert status.capabilities["colour"] == "red"
    assert status.childActors == [echo, undertaker]
    assert status.globalActors == {"the echo": echo}
    assert status.deadLetterHandler == undertaker
    assert not status.inShutdown
    text = _text(status)
    assert "colour: red" in text
    assert "Primary Actors [2]" in text
