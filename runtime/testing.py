"""The runtime's test kit: time that tests move, a probe that expects messages, faults and an order of turns that can be
repeated, and checks that nothing is left over."""

import asyncio
import heapq
import random
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from inspect import isawaitable
from itertools import count
from typing import Any, TypeVar

import msgspec

from runtime.actor import Actor
from runtime.address import Address
from runtime.cell import Cell
from runtime.dead_letters import DeadLetter
from runtime.kernel import Kernel
from runtime.supervision import ChildSpec, Restart, Terminated
from runtime.system import ActorSystem

_QUIET_ROUNDS = 20
_MOST_ROUNDS = 100_000
_START_TIME = 1_800_000_000.0

T = TypeVar("T")


async def settle() -> None:
    """Let the loop turn until no actor of any system has had a turn for a while.

    Work in threads and on sockets is not waited for. Raises AssertionError when the actors never come to rest.
    """
    quiet = 0
    for _ in range(_MOST_ROUNDS):
        before = Kernel.all_turns
        await asyncio.sleep(0)
        quiet = quiet + 1 if Kernel.all_turns == before else 0
        if quiet >= _QUIET_ROUNDS:
            return
    raise AssertionError("the actors never come to rest")


class _ManualTimer:
    """A callback that time has not reached yet."""

    __slots__ = ("_callback", "_number", "at", "cancelled")

    def __init__(self, at: float, number: int, callback: Callable[[], object]) -> None:
        self.at = at
        self._number = number
        self._callback = callback
        self.cancelled = False

    def __lt__(self, other: "_ManualTimer") -> bool:
        return (self.at, self._number) < (other.at, other._number)

    def cancel(self) -> None:
        """Make it never happen."""
        self.cancelled = True

    def fire(self) -> None:
        """Call back unless cancelled."""
        if not self.cancelled:
            self.cancelled = True
            self._callback()


class ManualClock:
    """A clock that stands still until the test advances it; one driver per test."""

    def __init__(self, start_time: float = _START_TIME) -> None:
        self._now = 0.0
        self._start_time = start_time
        self._timers: list[_ManualTimer] = []
        self._numbers = count()

    @property
    def pending(self) -> int:
        """How many timers and sleeps wait."""
        return sum(not timer.cancelled for timer in self._timers)

    def now(self) -> float:
        """Seconds since the clock was made."""
        return self._now

    def time(self) -> float:
        """The epoch time."""
        return self._start_time + self._now

    async def sleep(self, s: float) -> None:
        """Wait until the test has advanced the clock so far; 0 only lets others run."""
        if s <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.call_later(s, lambda: None if woken.done() else woken.set_result(None))
        try:
            await woken
        finally:
            timer.cancel()

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> _ManualTimer:
        """Call back when the clock gets there; a delay of 0 or less means the loop's next round."""
        timer = _ManualTimer(self._now + max(delay_s, 0.0), next(self._numbers), callback)
        if delay_s <= 0:
            asyncio.get_running_loop().call_soon(timer.fire)
        else:
            heapq.heappush(self._timers, timer)
        return timer

    async def advance(self, seconds: float) -> None:
        """Move time, firing what is due in order and letting the loop settle after each moment."""
        end = self._now + seconds
        await settle()
        while (moment := self._next()) is not None and moment <= end:
            await self._move_to(moment)
        self._now = end

    async def advance_to_next(self) -> bool:
        """Move time to the next timer and fire it; False when none is pending."""
        await settle()
        moment = self._next()
        if moment is not None:
            await self._move_to(moment)
        return moment is not None

    async def until(self, work: Awaitable[T]) -> T:
        """Run the work, moving time to the next timer whenever the actors rest; fails when nothing is left to wait for.

        Threads and sockets are not waited for.
        """
        task = asyncio.ensure_future(work)
        try:
            await settle()
            while not task.done():
                if not await self.advance_to_next() and not task.done():
                    raise AssertionError("the work waits for something that no timer brings")
            return task.result()
        finally:
            task.cancel()

    def _next(self) -> float | None:
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        return self._timers[0].at if self._timers else None

    async def _move_to(self, moment: float) -> None:
        self._now = max(self._now, moment)
        while (at := self._next()) is not None and at <= moment:
            heapq.heappop(self._timers).fire()
        await settle()


class ProbeActor(Actor):
    """Keeps what it receives for its Probe; a function sent to it runs in it."""

    def __init__(self, probe: "Probe") -> None:
        super().__init__()
        self._probe = probe

    async def started(self) -> None:
        """Give the probe its hands."""
        self._probe.actor = self

    async def receive(self, message: object, sender: Address) -> None:
        """Keep it."""
        self._probe.received.append((message, sender))


class Probe:
    """An actor in the test's hand: expects messages, sends in its own name, watches."""

    def __init__(self) -> None:
        self.received: list[tuple[object, Address]] = []
        self.actor: ProbeActor

    @classmethod
    async def start(cls, system: ActorSystem, name: str = "probe", *, well_known: bool = False) -> "Probe":
        """Start a probe as a top-level actor."""
        probe = cls()
        factory = lambda: ProbeActor(probe)  # noqa: E731
        await system.start(ChildSpec(name, factory, restart=Restart.TEMPORARY, well_known=well_known))
        return probe

    @property
    def address(self) -> Address:
        """Where the probe is reached."""
        return self.actor.address

    @property
    def messages(self) -> list[object]:
        """What has come and was not expected yet, without the senders."""
        return [message for message, _ in self.received]

    def send(self, target: Address, message: object) -> None:
        """Send as the probe."""
        self.actor.send(target, message)

    def watch(self, address: Address) -> None:
        """Be told of an actor's end."""
        self.actor.watch(address)

    async def expect(self, kind: type[T]) -> T:
        """Take the next message, which must be of this type; time does not move."""
        await settle()
        if not self.received:
            raise AssertionError(f"expected {kind.__name__}, nothing came")
        message, _ = self.received.pop(0)
        if not isinstance(message, kind):
            raise AssertionError(f"expected {kind.__name__}, got {message!r}")  # noqa: TRY004  # it fails a test
        return message

    async def expect_none(self) -> None:
        """Nothing comes while time stands still."""
        await settle()
        if self.received:
            raise AssertionError(f"expected nothing, got {self.messages!r}")

    async def expect_end(self, address: Address) -> Terminated:
        """Take the next message, which must be the news of this actor's end."""
        news = await self.expect(Terminated)
        if news.address != address:
            raise AssertionError(f"expected the end of {address}, got that of {news.address}")
        return news

    async def fish(self, kind: type[T]) -> T:
        """Take messages until one of this type comes; those before it are dropped."""
        await settle()
        while self.received:
            message, _ = self.received.pop(0)
            if isinstance(message, kind):
                return message
        raise AssertionError(f"no {kind.__name__} came")


class DeadLetterRecorder:
    """Keeps a system's dead letters from its making on; a test that leaves some unread fails at `check`."""

    def __init__(self, system: ActorSystem) -> None:
        self.letters: list[DeadLetter] = []
        system._kernel.dead_letters.listeners.append(self.letters.append)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def expect(self, *reasons: str) -> None:
        """The dead letters have exactly these reasons, in this order; they count as read."""
        found = [letter.reason for letter in self.letters]
        self.letters.clear()
        if found != list(reasons):
            raise AssertionError(f"expected dead letters {list(reasons)}, found {found}")

    def check(self, *ignored: str) -> None:
        """Fail the test if a dead letter was not expected, except those of the reasons to ignore."""
        unread = [letter for letter in self.letters if letter.reason not in ignored]
        if unread:
            raise AssertionError(f"unread dead letters: {unread}")


class Fault(StrEnum):
    """What can go wrong with a message: its handler raises or hangs, it is lost, comes twice or after the next ones."""

    RAISE = "raise"
    HANG = "hang"
    DROP = "drop"
    DUPLICATE = "duplicate"
    REORDER = "reorder"


_TIMES: dict[Fault | None, int] = {Fault.DROP: 0, Fault.REORDER: 0, Fault.DUPLICATE: 2}


class InjectedFault(Exception):
    """What a handler raises because a test wants it to."""


class FaultInjector:
    """Lets the messages of these numbers, counted from 1 over all instances, go wrong in actors made by `spec`."""

    def __init__(self, faults: Mapping[int, Fault]) -> None:
        self._faults = dict(faults)
        self._count = 0

    def spec(self, spec: ChildSpec) -> ChildSpec:
        """The same child, with faults."""
        return msgspec.structs.replace(spec, factory=lambda: self._made(spec.factory()))

    def _made(self, actor: Any) -> Any:
        receive = actor.receive

        async def faulty(message: object, sender: Address) -> None:
            self._count += 1
            fault = self._faults.pop(self._count, None)
            if fault is Fault.RAISE:
                raise InjectedFault
            if fault is Fault.HANG:
                await asyncio.Event().wait()
            if fault is Fault.REORDER:
                actor.address.endpoint.deliver(message, sender)
            for _ in range(_TIMES.get(fault, 1)):
                result = receive(message, sender)
                if isawaitable(result):
                    await result

        actor.receive = faulty
        return actor


class _Shuffled(deque[Cell]):
    """Actors whose turn is due, taken in an order that only the seed decides."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._chance = random.Random(seed)  # noqa: S311  # an order, not a secret

    def popleft(self) -> Cell:
        self.rotate(-self._chance.randrange(len(self)))
        return super().popleft()


def schedule_by_seed(system: ActorSystem, seed: int) -> None:
    """Give the actors their turns in a random order, the same for the same seed; called before the first actor."""
    kernel = system._kernel  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    kernel.ready = _Shuffled(seed)
    kernel.chance = random.Random(seed)  # noqa: S311


@asynccontextmanager
async def checked_system(
    clock: ManualClock | None = None, ignored: tuple[str, ...] = ()
) -> AsyncGenerator[tuple[ActorSystem, DeadLetterRecorder]]:
    """A system for one test that fails it on an unread dead letter or a task left over."""
    before = asyncio.all_tasks()
    system = ActorSystem(clock=clock)
    recorder = DeadLetterRecorder(system)
    try:
        yield system, recorder
    finally:
        await system.shutdown()
    await settle()
    recorder.check(*ignored)
    check_no_tasks(before)


def check_no_tasks(before: set[asyncio.Task[object]]) -> None:
    """Fail the test if tasks run that did not before."""
    since = asyncio.all_tasks() - before - {asyncio.current_task()}
    left = [task.get_name() for task in since if not task.done()]
    if left:
        raise AssertionError(f"tasks left over: {left}")
