"""Virtual actors come on demand, leave when idle without losing a message, and return after a crash."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import (
    Actor,
    ActorDead,
    ActorSystem,
    Address,
    ChildSpec,
    Idle,
    Mailbox,
    Retire,
    StillBusy,
    Timer,
    VirtualActors,
)
from runtime.testing import DeadLetterRecorder, ManualClock, schedule_by_seed, settle
from tests.runtime.actors import Boom

IDLE_S = 10.0


class Tenant(Actor):
    """Notes numbers, crashes on "fail", offers to leave when idle, and stays when it is busy by then."""

    def __init__(self, key: str, notes: list[tuple[str, object]], *, is_busy: bool = False) -> None:
        super().__init__()
        self._key = key
        self._notes = notes
        self._is_busy = is_busy
        self._idle: Timer | None = None
        self._parent: Address | None = None

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case "fail":
                raise Boom
            case "idle":
                self.send(self.find("house"), Idle())
                return
            case Retire() if self._is_busy:
                self._is_busy = False
                self.send(sender, StillBusy())
            case Retire():
                await asyncio.sleep(0)
                self.stop()
                return
            case "ask":
                self.reply(self._key)
            case _:
                self._notes.append((self._key, message))
        if self._idle is not None:
            self._idle.cancel()
        self._idle = self.timer(IDLE_S, "idle")


class House(VirtualActors):
    """Passes on pairs of key and message."""

    held_most = 3

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case (str(key), what):
                self.pass_on(key, what, sender)
            case _:
                await super().receive(message, sender)


class Reviving(House):
    """Brings its children back by itself."""

    def revival(self, key: str) -> object | None:
        return f"revived {key}"


async def start(system: ActorSystem, notes: list[tuple[str, object]], kind: type[House] = House) -> Address:
    return await system.start(ChildSpec("house", lambda: kind(lambda key: Tenant(key, notes)), well_known=True))


def tenants(system: ActorSystem) -> list[str]:
    return [cell.name for cell in system.cells() if cell.type == "Tenant"]


async def test_the_first_message_makes_the_actor(system: ActorSystem, clock: ManualClock) -> None:
    """One per key, the sender is kept, and an idle one leaves."""
    notes: list[tuple[str, object]] = []
    house = await start(system, notes)
    for key, number in (("a", 1), ("b", 1), ("a", 2)):
        system.send(house, (key, number))
    assert await system.ask(house, ("b", "ask"), deadline_s=1) == "b"
    assert sorted(notes) == [("a", 1), ("a", 2), ("b", 1)]
    assert tenants(system) == ["a", "b"]
    await clock.advance(IDLE_S)
    assert tenants(system) == []
    assert await system.ask(house, ("b", "ask"), deadline_s=1) == "b"


@pytest.mark.parametrize("turns", range(8))
async def test_a_message_that_arrives_during_passivation_is_not_lost(
    system: ActorSystem, clock: ManualClock, turns: int
) -> None:
    """Whatever step of its leaving a message meets, it is handled, by the one that leaves or by the next."""
    notes: list[tuple[str, object]] = []
    house = await start(system, notes)
    system.send(house, ("a", "before"))
    await settle()
    system.send(house, ("a", "idle"))
    for _ in range(turns):
        await asyncio.sleep(0)
    system.send(house, ("a", "meanwhile"))
    await settle()
    assert notes == [("a", "before"), ("a", "meanwhile")]


async def test_a_busy_one_stays_and_gets_what_was_held(system: ActorSystem, clock: ManualClock) -> None:
    """It keeps living, and leaves when it is idle the next time."""
    notes: list[tuple[str, object]] = []
    spec = ChildSpec("house", lambda: House(lambda key: Tenant(key, notes, is_busy=True)), well_known=True)
    house = await system.start(spec)
    system.send(house, ("a", "idle"))
    system.send(house, ("a", 1))
    await settle()
    assert notes == [("a", 1)]
    await clock.advance(IDLE_S * 2)
    assert tenants(system) == []


@pytest.mark.loses("failed")
async def test_a_crashed_one_returns_after_a_pause_that_grows(system: ActorSystem, clock: ManualClock) -> None:
    """After 1 s, then 2 s, with what was held meanwhile; passivation forgets the crashes; others do not notice."""
    notes: list[tuple[str, object]] = []
    house = await start(system, notes, Reviving)
    for pause in (1.0, 2.0):
        system.send(house, ("a", "fail"))
        await settle()
        system.send(house, ("a", "held"))
        system.send(house, ("b", "other"))
        await clock.advance(pause - 0.1)
        assert notes == [("b", "other")]
        await clock.advance(0.1)
        assert notes == [("b", "other"), ("a", "revived a"), ("a", "held")]
        notes.clear()
    await clock.advance(IDLE_S * 2)
    assert tenants(system) == []
    system.send(house, ("a", "fail"))
    await clock.advance(1.0)
    assert notes == [("a", "revived a")]


@pytest.mark.loses("failed")
async def test_one_that_nobody_revives_waits_for_its_next_message(system: ActorSystem, clock: ManualClock) -> None:
    """After the pause it is made again by what comes, or by what has come."""
    notes: list[tuple[str, object]] = []
    house = await start(system, notes)
    system.send(house, ("a", "fail"))
    await clock.advance(5)
    assert tenants(system) == []
    system.send(house, ("a", 1))
    await settle()
    assert notes == [("a", 1)]


async def test_what_is_held_is_bounded_and_never_vanishes(
    system: ActorSystem, clock: ManualClock, letters: DeadLetterRecorder
) -> None:
    """One more than may be held is refused; what is held at the end becomes dead letters; strangers are not known."""
    house = await start(system, [])
    system.send(house, ("a", "fail"))
    await settle()
    letters.expect("failed")
    for number in range(4):
        system.send(house, ("a", number))
    await settle()
    letters.expect("refused")
    for stray in (Idle(), StillBusy(), "stray"):
        system.send(house, stray)
    await settle()
    letters.expect("unhandled")
    await system.shutdown()
    letters.expect("stopped", "stopped", "stopped")


async def test_what_is_held_is_a_dead_letter_also_when_the_parent_is_killed(
    system: ActorSystem, clock: ManualClock, letters: DeadLetterRecorder
) -> None:
    """A child that hangs as it stops takes its parent's budget with it; what the parent holds does not vanish."""

    class Hung(Tenant):
        async def stopped(self) -> None:
            await asyncio.Event().wait()

    spec = ChildSpec("house", lambda: House(lambda key: Hung(key, [])), shutdown_s=1, well_known=True)
    house = await system.start(spec)
    system.send(house, ("a", "idle"))
    await settle()
    asked = asyncio.create_task(system.ask(house, ("a", "held"), deadline_s=60))
    await settle()
    ending = asyncio.create_task(system.shutdown())
    await clock.advance(1)
    await ending
    letters.expect("stopped")
    with pytest.raises(ActorDead):
        await asked


@pytest.mark.loses("refused")
async def test_a_full_mailbox_takes_the_word_to_retire(system: ActorSystem, clock: ManualClock) -> None:
    """A child that got much to do after it offered to leave answers all the same, and is not waited for in vain."""
    notes: list[tuple[str, object]] = []

    class Narrow(Tenant):
        mailbox = Mailbox(capacity=2)

        async def receive(self, message: object, sender: Address) -> None:
            if message == "offer":
                for number in range(3):
                    self.send(self.find("house"), ("a", number))
                self.send(self.find("house"), Idle())
                await self.clock.sleep(1)
            else:
                await super().receive(message, sender)

    spec = ChildSpec("house", lambda: House(lambda key: Narrow(key, notes, is_busy=True)), well_known=True)
    house = await system.start(spec)
    system.send(house, ("a", "offer"))
    await clock.advance(1)
    system.send(house, ("a", "after"))
    await settle()
    assert notes == [("a", 0), ("a", 1), ("a", "after")]


@pytest.mark.loses("failed")
async def test_keys_that_have_gone_leave_nothing(system: ActorSystem, clock: ManualClock) -> None:
    """Neither those that left nor those that crashed and were not asked for during their pause."""
    made: list[House] = []

    def make() -> House:
        made.append(House(lambda key: Tenant(key, [])))
        return made[-1]

    house = await system.start(ChildSpec("house", make, well_known=True))
    for number in range(50):
        system.send(house, (f"left {number}", 1))
        system.send(house, (f"crashed {number}", "fail"))
    await clock.advance(2 * IDLE_S)
    assert (made[0]._residents, made[0]._keys) == ({}, {})


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(st.tuples(st.sampled_from("ab"), st.sampled_from([1, 2, "idle"])), st.floats(0, 2 * IDLE_S)),
        max_size=40,
    ),
    st.integers(0, 2**32),
)
def test_every_message_is_handled_once(actions: list[tuple[str, object] | float], seed: int) -> None:
    """Whatever the order of turns, of messages and of idle times."""

    async def run() -> None:
        clock, notes = ManualClock(), list[tuple[str, object]]()
        system = ActorSystem(clock=clock)
        schedule_by_seed(system, seed)
        house = await system.start(
            ChildSpec("house", lambda: VirtualHouse(lambda key: Tenant(key, notes)), well_known=True)
        )
        sent: list[tuple[str, object]] = []
        for action in actions:
            if isinstance(action, tuple):
                system.send(house, action)
                sent += [action] if action[1] != "idle" else []
                await asyncio.sleep(0)
            else:
                await clock.advance(action)
        await settle()
        for key in "ab":
            assert [note for note in notes if note[0] == key] == [each for each in sent if each[0] == key]
        await system.shutdown()
        assert not system.dead_letters

    asyncio.run(run())


class VirtualHouse(House):
    """Holds as many as come."""

    held_most = 1000
