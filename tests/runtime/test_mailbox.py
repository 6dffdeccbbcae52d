"""Every overflow policy at its capacity and one above, and that nothing vanishes."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import Actor, ActorSystem, Address, ChildSpec, Mailbox, MailboxFull, Overflow, Restart
from runtime.testing import ManualClock, Probe, settle
from tests.runtime.actors import Boom

pytestmark = pytest.mark.loses("refused", "dropped", "coalesced", "stopped", "interrupted")


class Gated(Actor):
    """Holds its first message until the gate opens and keeps what it handles."""

    mailbox = Mailbox(capacity=2)

    def __init__(self, seen: list[object], gate: asyncio.Event, policy: Mailbox | None = None) -> None:
        super().__init__()
        self.seen = seen
        self.gate = gate
        if policy is not None:
            self.mailbox = policy  # type: ignore[misc]  # one class for all policies of the test

    async def receive(self, message: object, sender: Address) -> None:
        await self.gate.wait()
        self.seen.append(message)


@pytest.mark.parametrize(
    ("overflow", "handled", "dead"),
    [
        (Overflow.REFUSE, ["first", 1, 2], {"refused": 2}),
        (Overflow.DROP_NEWEST, ["first", 1, 2], {"dropped": 2}),
        (Overflow.DROP_OLDEST, ["first", 3, 4], {"dropped": 2}),
    ],
)
async def test_a_full_mailbox_follows_its_policy(
    system: ActorSystem, overflow: Overflow, handled: list[object], dead: dict[str, int]
) -> None:
    """At capacity all wait; above it the policy decides, and what is lost is a dead letter with its reason."""
    seen: list[object] = []
    gate = asyncio.Event()
    policy = Mailbox(capacity=2, overflow=overflow)
    target = await system.start(ChildSpec("gated", lambda: Gated(seen, gate, policy)))
    system.send(target, "first")
    await settle()
    system.send(target, 1)
    system.send(target, 2)
    assert system.snapshot().dead_letters_total == {}
    system.send(target, 3)
    system.send(target, 4)
    gate.set()
    await settle()
    assert seen == handled
    assert system.snapshot().dead_letters_total == dead


async def test_coalescing_keeps_the_newest_of_a_key_in_the_oldest_place(system: ActorSystem) -> None:
    """A newer message replaces a waiting one of its key; of other keys the mailbox refuses when full."""
    seen: list[object] = []
    gate = asyncio.Event()
    policy = Mailbox(capacity=2, overflow=Overflow.COALESCE, key=lambda message: str(message)[0])
    target = await system.start(ChildSpec("gated", lambda: Gated(seen, gate, policy)))
    system.send(target, "first")
    await settle()
    for message in ("a1", "b1", "a2", "c1", "b2"):
        system.send(target, message)
    gate.set()
    await settle()
    assert seen == ["first", "a2", "b2"]
    assert system.snapshot().dead_letters_total == {"coalesced": 2, "refused": 1}


async def test_coalescing_reaches_what_came_before_the_actor(system: ActorSystem) -> None:
    """A message sent to a name in the very turn in which its actor is made waits like the others."""
    seen: list[object] = []
    gate = asyncio.Event()
    gate.set()
    policy = Mailbox(overflow=Overflow.COALESCE)
    system.send(system.find("gated"), 1)
    target = await system.start(ChildSpec("gated", lambda: Gated(seen, gate, policy), well_known=True))
    system.send(target, 2)
    await settle()
    assert seen == [2]


async def test_an_asker_learns_that_its_request_was_dropped(system: ActorSystem) -> None:
    """Dropped for a newer message or replaced by it, a request ends with MailboxFull."""
    for name, overflow in (("d", Overflow.DROP_OLDEST), ("c", Overflow.COALESCE)):
        gate = asyncio.Event()
        policy = Mailbox(capacity=1, overflow=overflow)
        target = await system.start(ChildSpec(name, lambda g=gate, p=policy: Gated([], g, p)))  # type: ignore[misc]
        system.send(target, "first")
        await settle()
        asked = asyncio.create_task(system.ask(target, "request", deadline_s=60))
        await settle()
        system.send(target, "newer")
        with pytest.raises(MailboxFull):
            await asked


async def test_own_timers_are_kept_in_a_full_mailbox(system: ActorSystem, clock: ManualClock) -> None:
    """A timer's message is accepted above the capacity and never dropped for another."""
    seen: list[object] = []
    gate = asyncio.Event()

    class Timed(Gated):
        mailbox = Mailbox(capacity=1, overflow=Overflow.DROP_OLDEST)

        async def started(self) -> None:
            self.timer(1, "timer")

    target = await system.start(ChildSpec("timed", lambda: Timed(seen, gate)))
    system.send(target, "first")
    await settle()
    await clock.advance(1)
    system.send(target, "refused: only the timer waits")
    system.send(target, "so is this")
    gate.set()
    await settle()
    assert seen == ["first", "timer"]


def test_a_mailbox_holds_something() -> None:
    """A capacity below one is refused."""
    with pytest.raises(ValueError, match="at least one"):
        Mailbox(capacity=0)


class Random(Actor):
    """Handles, fails, pauses or leaves as the message says, and counts what it handled."""

    mailbox = Mailbox(capacity=20)

    def __init__(self, handled: list[int]) -> None:
        super().__init__()
        self.handled = handled

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case "fail":
                raise Boom
            case "leave":
                self.stop()
            case "pause":
                await asyncio.sleep(0)
        self.handled[0] += 1


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from(list(Restart)))
def test_no_accepted_message_vanishes(seed: int, restart: Restart) -> None:
    """Under random failures, pauses, stops and floods: sent = handled + dead, and every ask has ended."""

    async def run() -> None:
        chance = random.Random(seed)  # noqa: S311  # a seeded test
        system = ActorSystem(clock=ManualClock())
        handled = [0]
        target = await system.start(ChildSpec("random", lambda: Random(handled), restart=restart))
        probe = await Probe.start(system)
        asks, sent = [], 0
        for _ in range(chance.randrange(1, 120)):
            message = chance.choices(["plain", "pause", "fail", "leave"], [10, 5, 0.4, 0.2])[0]
            sent += 1
            if chance.random() < 0.2:
                asks.append(asyncio.create_task(system.ask(target, message, deadline_s=60)))
            else:
                probe.send(target, message)
            for _ in range(chance.randrange(3)):
                await asyncio.sleep(0)
        await asyncio.sleep(0)
        await system.shutdown()
        await asyncio.wait_for(asyncio.gather(*asks, return_exceptions=True), 10)
        assert sent == handled[0] + sum(system.snapshot().dead_letters_total.values())

    asyncio.run(run())
