"""Random programs of asks: chains, cycles, pipes, timeouts and late replies, with restarts, stops and cancellations."""

import asyncio
import math
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import (
    Actor,
    ActorError,
    ActorFailed,
    ActorSystem,
    Address,
    AskTimeout,
    ChildSpec,
    Mailbox,
    Overflow,
    Terminated,
)
from runtime.testing import ManualClock, schedule_by_seed
from tests.runtime.actors import Boom
from tests.runtime.test_conservation import balance

NAMES = "abc"
Steps = tuple[tuple[str, Any], ...]
Ask = tuple[str, Steps, float]


class Job(msgspec.Struct, frozen=True):
    """Steps to do one after the other; who asks for it awaits its number."""

    number: int
    steps: Steps


class Outcome(msgspec.Struct):
    """What an ask ended with and after which time; nothing yet while it waits."""

    began: float
    deadline_s: float
    took_s: float = -1.0
    answer: object = None
    error: BaseException | None = None


class Asks:
    """Every ask that was begun, by its number, which jobs were replied to, and which broke off when."""

    def __init__(self, system: ActorSystem) -> None:
        self.system = system
        self.outcomes: list[Outcome] = []
        self.replied: set[int] = set()
        self.broken: dict[int, float] = {}

    async def ask(self, asker: Actor | ActorSystem, ask: Ask) -> None:
        """Ask a member for a job; raises what the ask raises."""
        name, steps, deadline_s = ask
        outcome, job = Outcome(self.system.clock.now(), deadline_s), Job(len(self.outcomes), steps)
        self.outcomes.append(outcome)
        try:
            outcome.answer = await asker.ask(self.system.find(name), job, deadline_s=deadline_s)
        except BaseException as error:
            outcome.error = error
            raise
        finally:
            outcome.took_s = self.system.clock.now() - outcome.began

    def breaks(self, job: Job) -> None:
        """The job's handler raises, is interrupted, or does not know it: who asked is told now."""
        self.broken.setdefault(job.number, self.system.clock.now())

    def check(self) -> None:
        """Each has ended: by its own answer, or by an error that the promises name, and none after its deadline."""
        for number, outcome in enumerate(self.outcomes):
            assert 0 <= outcome.took_s <= outcome.deadline_s
            match outcome.error:
                case None:
                    assert outcome.answer == number
                    assert number in self.replied
                case AskTimeout():
                    assert outcome.took_s == outcome.deadline_s
                    assert self.broken.get(number, math.inf) >= outcome.began + outcome.deadline_s
                case ActorFailed():
                    assert number in self.broken
                case error:
                    assert isinstance(error, ActorError | asyncio.CancelledError)


class Member(Actor):
    """Works off the steps of a job."""

    def __init__(self, name: str, asks: Asks) -> None:
        super().__init__()
        self._asks = asks
        self._kept: list[tuple[Address, int]] = []
        if name == "c":
            self.mailbox = Mailbox(capacity=2, overflow=Overflow.DROP_OLDEST)  # type: ignore[misc]

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, Job):
            try:
                for what, value in message.steps:
                    await self._speak(what, message, sender)
                    await self._wait(what, value)
            except BaseException:
                self._asks.breaks(message)
                raise

    async def _speak(self, what: str, job: Job, sender: Address) -> None:
        match what:
            case "reply":
                self._asks.replied.add(job.number)
                self.reply(job.number)
            case "forward":
                self.forward(self.find("b"), Job(job.number, (("reply", None),)), sender)
            case "keep":
                self._kept.append((sender, job.number))
            case "reply late":
                for kept, number in self._kept:
                    self._asks.replied.add(number)
                    self.send(kept, number)
            case "leave":
                self.stop()
            case "unhandled":
                self._asks.breaks(job)
                await self.unhandled(job, sender)
            case "fail":
                raise Boom

    async def _wait(self, what: str, value: Any) -> None:
        match what:
            case "ask":
                await self._asks.ask(self, value)
            case "pipe":
                self.pipe(self._asks.ask(self, value), failed=lambda error: type(error).__name__)
            case "outlast":
                try:
                    await self._asks.ask(self, value)
                except (ActorError, asyncio.CancelledError):
                    await self.clock.sleep(0.5)
            case "gather":
                await asyncio.gather(*(self._asks.ask(self, value) for _ in range(2)), return_exceptions=True)
            case "give up":
                await self._give_up(value)
            case "sleep":
                await self.clock.sleep(value)

    async def _give_up(self, ask: Ask) -> None:
        """Ask with a shorter patience than the ask's own."""
        async with asyncio.timeout(None) as timeout:
            timer = self.clock.call_later(0.25, lambda: timeout.reschedule(0))
            try:
                await self._asks.ask(self, ask)
            finally:
                timer.cancel()


class House(Actor):
    """The members' parent; stops one on request and makes it anew."""

    def __init__(self, asks: Asks) -> None:
        super().__init__()
        self._asks = asks

    async def started(self) -> None:
        for name in NAMES:
            self._make(name)

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Address():
                self.stop_child(message)
            case Terminated(name=name):
                self._make(name)

    def _make(self, name: str) -> None:
        self.spawn(ChildSpec(name, lambda: Member(name, self._asks), shutdown_s=1.0, well_known=True))


SPOKEN = st.tuples(
    st.sampled_from(["reply", "reply", "reply", "forward", "keep", "reply late", "leave", "unhandled", "fail"]),
    st.none(),
)
SLEEPS = st.tuples(st.just("sleep"), st.sampled_from([0.0, 0.25, 1.0]))


def asks(steps: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[Ask]:
    """An ask for a job of these steps."""
    return st.tuples(st.sampled_from(NAMES), st.lists(steps, max_size=3).map(tuple), st.sampled_from([0.25, 0.5, 2.0]))


STEPS = st.recursive(
    SPOKEN | SLEEPS,
    lambda steps: steps | st.tuples(st.sampled_from(["ask", "pipe", "outlast", "gather", "give up"]), asks(steps)),
    max_leaves=5,
)
ACTIONS = st.one_of(
    st.tuples(st.just("ask"), asks(STEPS)),
    st.tuples(st.just("ask"), asks(STEPS)),
    st.tuples(st.sampled_from(["restart", "stop"]), st.sampled_from(NAMES)),
    st.tuples(st.just("cancel"), st.none()),
    st.tuples(st.just("advance"), st.sampled_from([0.0, 0.125, 0.25, 0.5, 3.0])),
)


@settings(max_examples=150)
@given(st.lists(ACTIONS, max_size=20), st.booleans(), st.integers(0, 2**32))
def test_every_ask_ends_once_and_leaves_nothing(actions: list[tuple[str, Any]], rests: bool, seed: int) -> None:
    """With its own answer or an error, by its deadline; the books balance, no task, timer or entry stays."""

    async def run() -> None:
        before = asyncio.all_tasks()
        clock = ManualClock()
        system = ActorSystem(clock=clock)
        schedule_by_seed(system, seed)
        record = Asks(system)
        house = await system.start(ChildSpec("house", lambda: House(record)))
        asked: list[asyncio.Task[None]] = []
        for action, value in actions:
            match action:
                case "ask":
                    asked.append(asyncio.create_task(record.ask(system, value)))
                    await asyncio.sleep(0)
                case "cancel" if asked:
                    asked[len(asked) // 2].cancel()
                case "restart":
                    system.restart(system.find(value))
                case "stop":
                    system.send(house, system.find(value))
                case "advance":
                    await clock.advance(value)
            balance(system)
        if rests:
            await clock.advance(60)
            assert system.snapshot().asks_pending == 0
        ending = asyncio.create_task(system.shutdown())
        await clock.advance(60)
        await ending
        await asyncio.gather(*asked, return_exceptions=True)
        record.check()
        balance(system)
        assert (system.snapshot().asks_pending, clock.pending) == (0, 0)
        assert (system._kernel.deadlines._timers, system._kernel.deadlines._waiting) == ({}, {})
        assert asyncio.all_tasks() == before

    asyncio.run(run())
