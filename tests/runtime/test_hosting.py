"""A kernel called from other threads, on its own loop or on a given one."""

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem, ActorSystemFailure

from runtime import SystemClock
from runtime.hosting import Host
from runtime.system_base import ActorSystemBase
from runtime.testing import settle

WAIT = 5.0


@pytest.fixture
def host() -> Iterator[Host]:
    before = threading.active_count()
    host = Host(None, SystemClock())
    yield host
    host.shut_down()
    assert threading.active_count() == before


class Stopper(Actor):  # type: ignore[misc]
    """Shuts its system down when told to, and notes its exit."""

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if msg == "stop":
            self.actorSystemShutdown()
            self.actorSystemShutdown()
        elif isinstance(msg, list):
            self.told = msg
        elif isinstance(msg, ActorExitRequest):
            self.told.append("bye")


def _raise() -> None:
    raise KeyError("no")


def test_a_call_runs_in_the_loop(host: Host) -> None:
    """Its result is returned and its error raised, in the caller's thread."""
    assert host.run(threading.get_ident) != threading.get_ident()
    assert host.run(lambda: host.run(host.runs_here)) is True
    with pytest.raises(KeyError):
        host.run(_raise)


def test_who_waits_for_rest_is_let_go_when_the_loop_ends(host: Host) -> None:
    """A call whose patience outlasts the loop fails instead of hanging."""
    host.kernel.pumping = True  # the actors never rest
    with pytest.raises(ActorSystemFailure, match="was shut down"):
        host.run(host.loop.stop, patience_s=60.0)


def test_a_call_after_the_end_fails_at_once(host: Host) -> None:
    """There is no loop any more."""
    host.shut_down()
    with pytest.raises(ActorSystemFailure, match="has been shut down"):
        host.run(lambda: None)


def test_an_actor_may_shut_down_from_its_own_thread(host: Host) -> None:
    """A shutdown called in the loop itself only asks for it; asked twice it happens once."""
    ended: list[str] = []
    host.closing.append(lambda: ended.append("closed"))

    def twice() -> None:
        host.shut_down()
        host.shut_down()

    host.run(twice)
    host.shut_down()
    assert ended == ["closed"]


def _on(loop: asyncio.AbstractEventLoop) -> tuple[ActorSystemBase, ActorSystem]:
    base = ActorSystemBase(SimpleNamespace(capabilities={}), loop=loop)
    return base, ActorSystem(systemBase=base, transientUnique=True)


async def test_a_given_loop_outlives_the_system() -> None:
    """An actor's `actorSystemShutdown` ends the actors and not the application's loop."""
    base, system = _on(asyncio.get_running_loop())
    told: list[str] = []
    stopper = system.createActor(Stopper)
    system.tell(stopper, told)
    system.tell(stopper, "stop")
    while not told:
        await settle()
    await settle()
    assert told == ["bye"]
    await base.aclose()


async def test_a_system_on_a_given_loop_can_be_shut_down_from_another_thread() -> None:
    """The thread waits until every actor has exited, and a listener there is let go."""
    _, system = _on(asyncio.get_running_loop())
    told: list[str] = []
    system.tell(system.createActor(Stopper), told)
    listening = asyncio.create_task(asyncio.to_thread(system.listen))
    await asyncio.to_thread(system.shutdown)
    assert told == ["bye"]
    assert await listening is None
