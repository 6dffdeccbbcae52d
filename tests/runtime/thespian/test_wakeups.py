"""Wakeups: the same on simpleSystemBase and on ours."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem, PoisonMessage, WakeupMessage

from tests.runtime.thespian.actors import WAIT
from tests.runtime.thespian.conftest import OnBoth


class Sleeper(Actor):  # type: ignore[misc]
    """Orders wakeups and reports them."""

    asker: ActorAddress | None = None

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case ("wake", list(orders)):
                self.asker = sender
                for order in orders:
                    self.wakeupAfter(*order)
                if not orders:
                    self.send(sender, "none ordered")
            case WakeupMessage():
                self.send(self.asker, (msg.delayPeriod, msg.payload, sender == self.myAddress))


@pytest.mark.parametrize("period", [0, 0.005, timedelta(milliseconds=5), timedelta(0), -1, timedelta(seconds=-1)])
def test_a_wakeup_tells_its_period_and_payload(on_both: OnBoth, period: float | timedelta) -> None:
    """It comes from the actor itself, with the period as it was ordered; a period that has passed comes at once."""

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Sleeper), ("wake", [(period, {"any": "payload"})]), WAIT)

    assert on_both(program) == (period, {"any": "payload"}, True)


def test_an_actors_own_thread_may_order_a_wakeup(on_both: OnBoth) -> None:
    """`wakeupAfter` works from a thread that the actor has started."""

    class Threaded(Sleeper):
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if msg == "go":
                self.asker = sender
                thread = threading.Thread(target=self.wakeupAfter, args=(0.005, "from a thread"))
                thread.start()
                thread.join()
            else:
                super().receiveMessage(msg, sender)

    assert on_both(lambda system: system.ask(system.createActor(Threaded), "go", WAIT)) == (
        0.005,
        "from a thread",
        True,
    )


def test_wakeups_come_in_the_order_of_their_time(on_both: OnBoth) -> None:
    """Many may be pending at once; a payload is optional."""

    def program(system: ActorSystem) -> object:
        sleeper = system.createActor(Sleeper)
        first = system.ask(sleeper, ("wake", [(0.15, "c"), (0.05,), (0.1, "b")]), WAIT)
        return [first[1], *(system.listen(WAIT)[1] for _ in range(2))]

    assert on_both(program) == [None, "b", "c"]


def test_an_actor_that_exits_is_not_woken(on_both: OnBoth) -> None:
    """Its wakeups end with it."""

    def program(system: ActorSystem) -> object:
        sleeper = system.createActor(Sleeper)
        system.tell(sleeper, ("wake", [(0.2, "late")]))
        system.tell(sleeper, ActorExitRequest())
        return system.listen(0.3)

    assert on_both(program) is None


def test_a_period_of_none_never_comes(on_both: OnBoth) -> None:
    """And stands in the way of nothing."""

    def program(system: ActorSystem) -> object:
        return system.ask(system.createActor(Sleeper), ("wake", [(None, "never"), (0.001, "soon")]), WAIT)

    assert on_both(program) == (0.001, "soon", True)


def test_a_period_that_is_no_time_is_refused(on_both: OnBoth) -> None:
    """`wakeupAfter` raises TypeError in the actor."""

    def program(system: ActorSystem) -> object:
        poison = system.ask(system.createActor(Sleeper), ("wake", [("soon",)]), WAIT)
        return isinstance(poison, PoisonMessage) and "TypeError" in poison.details

    assert on_both(program) is True


def test_a_listener_without_a_timeout_waits_for_a_wakeup(ours: ActorSystem) -> None:
    """Something can still come, so it is waited for, as on the multi-process bases."""
    ours.tell(ours.createActor(Sleeper), ("wake", [(0.15, "later")]))
    assert ours.listen() == (0.15, "later", True)
