"""No accepted message vanishes: accepted = handled + dead + pending always, whatever fails, hangs or is killed."""

import asyncio
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import Actor, ActorSystem, Address, Backoff, ChildSpec, Mailbox, Overflow, Restart, Strategy, Supervision
from runtime.testing import ManualClock, schedule_by_seed, settle
from tests.runtime.actors import Boom

NAMES = "abc"
MAILBOXES = {
    "a": Mailbox(capacity=3, overflow=Overflow.DROP_OLDEST),
    "b": Mailbox(capacity=3),
    "c": Mailbox(capacity=3, overflow=Overflow.COALESCE),
}


class Member(Actor):
    """Does what the message says; counts what it has handled to the end."""

    def __init__(self, name: str, handled: list[int]) -> None:
        super().__init__()
        self.mailbox = MAILBOXES[name]  # type: ignore[misc]  # one class for all policies
        self._handled = handled

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case "fail":
                raise Boom
            case "leave":
                self.stop()
            case "pause":
                await self.clock.sleep(0.5)
            case "stubborn":
                await self._outlast()
            case "timer":
                self.timer(1.0, "plain")
            case "ask":
                await self.ask(self.find("b"), "plain", deadline_s=2)
        self._handled[0] += 1

    async def _outlast(self) -> None:
        """Wait through one cancellation, so that only a kill at the budget ends it in time."""
        try:
            await self.clock.sleep(30)
        except asyncio.CancelledError:
            await self.clock.sleep(30)


class House(Actor):
    """The members' supervisor; stops one on request."""

    def __init__(self, policy: Supervision, kinds: dict[str, Restart], handled: list[int]) -> None:
        super().__init__()
        self.supervision = policy  # type: ignore[misc]  # drawn by the test
        self._kinds = kinds
        self._handled = handled

    async def started(self) -> None:
        for name in NAMES:
            factory = partial(Member, name, self._handled)
            backoff = Backoff(minimum=0.2, maximum=1) if name == "c" else None
            self.spawn(ChildSpec(name, factory, self._kinds[name], 1.0, backoff, well_known=True))

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, Address):
            self.stop_child(message)


ACTIONS = st.one_of(
    st.tuples(
        st.sampled_from(["plain", "plain", "plain", "pause", "fail", "leave", "stubborn", "timer", "ask"]),
        st.sampled_from(NAMES),
    ),
    st.tuples(st.just("stop"), st.sampled_from(NAMES)),
    st.tuples(st.just("advance"), st.sampled_from([0.1, 0.6, 1.0, 3.0])),
    st.tuples(st.just("settle"), st.just(0)),
)


def balance(system: ActorSystem) -> None:
    """Every type's books are balanced against what really lies in its actors' mailboxes and hands."""
    lying: dict[str, int] = {}
    for cell in system.cells():
        lying[cell.type] = lying.get(cell.type, 0) + cell.depth + (cell.current_message is not None)
    for stats in system.snapshot().types:
        assert stats.pending == lying.get(stats.type, 0), stats
        assert stats.accepted == stats.handled + stats.dead + stats.pending


@settings(max_examples=150)
@given(
    st.lists(ACTIONS, max_size=60),
    st.sampled_from(list(Strategy)),
    st.fixed_dictionaries({name: st.sampled_from(list(Restart)) for name in NAMES}),
    st.integers(0, 4),
    st.integers(0, 2**32),
)
def test_nothing_vanishes_under_random_kills_and_stops(
    actions: list[tuple[str, Any]], strategy: Strategy, kinds: dict[str, Restart], intensity: int, seed: int
) -> None:
    """The books balance after every step and at the end, where nothing is pending and nothing runs."""

    async def run() -> None:
        before = asyncio.all_tasks()
        clock, handled, sent = ManualClock(), [0], 0
        system = ActorSystem(clock=clock)
        schedule_by_seed(system, seed)
        policy = Supervision(strategy, intensity)
        house = await system.start(ChildSpec("house", lambda: House(policy, kinds, handled)))
        for action, value in actions:
            match action:
                case "advance":
                    await clock.advance(value)
                case "settle":
                    await settle()
                case "stop":
                    system.send(house, system.find(value))
                case _:
                    system.send(system.find(value), action)
                    sent += 1
            balance(system)
        stopping = asyncio.create_task(system.shutdown())
        while not stopping.done():
            await clock.advance(0.5)
        balance(system)
        assert sum(stats.pending for stats in system.snapshot().types) == 0
        assert not system._kernel.busy
        await clock.advance(100)
        assert asyncio.all_tasks() == before

    asyncio.run(run())
