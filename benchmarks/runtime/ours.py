"""Our runtime on uvloop, with metrics, watchdog, supervision and the collector's pace as in production."""

import asyncio
import gc
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable

import psutil
import structlog
import uvloop

from cornerman.interpreter import PacedCollector, prepare
from runtime import Actor, ActorSystem, Address, ChildSpec, Mailbox, Restart, SystemClock, Terminated

_TEMPORARY = Restart.TEMPORARY
_BURST = 250
"""About what a source that sends each millisecond has to send; the peak and the half of it are fed alike."""
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


class Rally(Actor):
    """Sends every message back until there were enough; an `async` handler."""

    def __init__(self, count: int, done: asyncio.Future[None]) -> None:
        super().__init__()
        self.left = count
        self.done = done

    async def receive(self, message: object, sender: Address) -> None:
        """Send it back."""
        self.left -= 1
        if self.left > 0:
            self.send(sender, message)
        elif not self.done.done():
            self.done.set_result(None)


class PlainRally(Rally):
    """The same with a plain handler."""

    def receive(self, message: object, sender: Address) -> None:  # type: ignore[override]
        """Send it back."""
        self.left -= 1
        if self.left > 0:
            self.send(sender, message)
        elif not self.done.done():
            self.done.set_result(None)


class Echo(Actor):
    """Answers."""

    async def receive(self, message: object, sender: Address) -> None:
        """Answer with the message."""
        self.reply(message)


class Asker(Actor):
    """Asks one after the other."""

    def __init__(self, echo: Address, count: int) -> None:
        super().__init__()
        self.echo = echo
        self.count = count

    async def receive(self, message: object, sender: Address) -> None:
        """Ask so many times, then answer."""
        for number in range(self.count):
            await self.ask(self.echo, number, deadline_s=5.0)
        self.reply(None)


class Idle(Actor):
    """Handles a message and rests."""

    mailbox = Mailbox(capacity=100)

    def receive(self, message: object, sender: Address) -> None:  # type: ignore[override]
        """Do nothing."""


class House(Actor):
    """Makes children and ends them."""

    mailbox = Mailbox(capacity=2_000_000)

    def __init__(self, count: int, *, keep: bool, done: asyncio.Future[list[Address]]) -> None:
        super().__init__()
        self.count = self.left = count
        self.keep = keep
        self.done = done
        self.residents: list[Address] = []

    async def receive(self, message: object, sender: Address) -> None:
        """Make the next thousand; when they are up, end them or keep them."""
        if isinstance(message, Terminated):
            self.left -= 1
            if not self.left:
                self.done.set_result([])
        elif isinstance(message, list):
            for address in message:
                self.stop_child(address)
        elif self.residents and len(self.residents) == self.count:
            self.done.set_result(self.residents)
        elif isinstance(message, int) and message < self.count:
            numbers = range(message, min(message + 1000, self.count))
            made = [self.spawn(ChildSpec(str(number), Idle, _TEMPORARY)) for number in numbers]
            if self.keep:
                self.residents += made
            else:
                self.send(self.address, made)
            self.send(self.address, message + 1000)


async def _rally(system: ActorSystem, kind: type[Rally], count: int) -> float:
    done = asyncio.get_running_loop().create_future()
    pair = [
        await system.start(ChildSpec(f"{kind.__name__}{n}", lambda: kind(count // 2, done), _TEMPORARY)) for n in "12"
    ]
    began = time.perf_counter()
    pair[0].endpoint.deliver(0, pair[1])
    await done
    rate = count / (time.perf_counter() - began)
    for address in pair:
        await _end(address)
    return rate


async def _end(address: Address) -> None:
    address.endpoint.exit_requested(None, address)  # type: ignore[attr-defined]
    await asyncio.sleep(0)


async def _house(system: ActorSystem, count: int, *, keep: bool, name: str = "house") -> list[Address]:
    done = asyncio.get_running_loop().create_future()
    house = await system.start(ChildSpec(name, lambda: House(count, keep=keep, done=done), _TEMPORARY))
    system.send(house, 0)
    addresses: list[Address] = await done
    return addresses


async def plain(count: int) -> dict[str, float]:
    """Ping-pong, plain handlers: messages a second."""
    return {"rate": await _rally(ActorSystem(), PlainRally, count)}


async def coroutines(count: int) -> dict[str, float]:
    """Ping-pong, `async` handlers: messages a second."""
    return {"rate": await _rally(ActorSystem(), Rally, count)}


async def ask(count: int) -> dict[str, float]:
    """Round trips a second of an actor that asks another."""
    system = ActorSystem()
    echo = await system.start(ChildSpec("echo", Echo))
    asker = await system.start(ChildSpec("asker", lambda: Asker(echo, count)))
    began = time.perf_counter()
    await system.ask(asker, None, deadline_s=600)
    return {"rate": count / (time.perf_counter() - began)}


async def create(count: int) -> dict[str, float]:
    """Actors made, ended and reported to their parent a second."""
    system = ActorSystem()
    began = time.perf_counter()
    await _house(system, count, keep=False)
    return {"rate": count / (time.perf_counter() - began)}


async def memory(count: int) -> dict[str, float]:
    """Bytes of resident memory for each actor that has handled a message and is idle."""
    system = ActorSystem()
    return {"bytes": await _reside(system, count) / count}


async def _reside(system: ActorSystem, count: int) -> float:
    gc.collect()
    before = _rss()
    for address in await _house(system, count, keep=True, name="residents"):
        system.send(address, 0)
    await asyncio.sleep(0.1)
    gc.collect()
    return _rss() - before


def _rss() -> int:
    return psutil.Process().memory_info().rss


async def _cost(system: ActorSystem) -> float:
    """What a message costs, in steps of a plain loop timed before and after: a machine changes its speed."""
    costs = []
    for _ in range(40):
        before = _step_s()
        cost_s = 1 / await _rally(system, PlainRally, 25_000)
        costs.append(2 * cost_s / (before + _step_s()))
    return statistics.median(costs)


def _step_s() -> float:
    began = time.perf_counter()
    for _ in range(200_000):
        pass
    return (time.perf_counter() - began) / 200_000


async def residents(count: int) -> dict[str, float]:
    """Many idle actors while 10,000 others work at half their peak: memory, waits, a message's cost beside them."""
    system = ActorSystem()
    await _house(system, 10, keep=True, name="few")
    alone = await _cost(system)
    used = await _reside(system, count)
    # As a server does after its start: what lives for good is not looked through again at each collection.
    gc.freeze()
    beside = await _cost(system)
    workers = await _house(system, 10_000, keep=True, name="workers")
    gc.freeze()
    clerk = await system.start(ChildSpec("timed", Timed))
    rounds = [await _peak_and_half(system, workers, clerk) for _ in range(5)]
    peak, held, p99 = (statistics.median(values) for values in zip(*rounds, strict=True))
    return {"bytes": used, "cost": beside / alone, "peak": peak, "held": held, "p99_s": p99}


async def _peak_and_half(system: ActorSystem, workers: list[Address], clerk: Address) -> tuple[float, float, float]:
    """The peak now, what share of it two seconds at the half of it held, and the p99 of the waits meanwhile."""
    peak = await _saturate(system, workers, 300_000)
    rate, p99 = await _half(system, workers, clerk, peak / 2, 2.0)
    return peak, rate / peak, p99


async def _saturate(system: ActorSystem, workers: list[Address], count: int) -> float:
    """Messages a second while there is always one more burst for them; the time ends when the last is handled."""
    wanted = _handled(system) + count
    turn = itertools.cycle(workers)
    began = time.perf_counter()
    for _ in range(count // _BURST):
        for worker in itertools.islice(turn, _BURST):
            system.send(worker, 0)
        await asyncio.sleep(0)
    while _handled(system) < wanted:  # noqa: ASYNC110  # a snapshot has no event
        await asyncio.sleep(0.001)
    return count / (time.perf_counter() - began)


def _handled(system: ActorSystem) -> int:
    return next(one.handled for one in system.snapshot().types if one.type == Idle.__name__)


class Timed(Actor):
    """Notes how long its messages, which are the times they were sent, had waited."""

    waits: list[float] = []  # noqa: RUF012  # all share it

    def receive(self, message: object, sender: Address) -> None:  # type: ignore[override]
        """Note the wait."""
        self.waits.append(time.perf_counter() - message)  # type: ignore[operator]


async def _half(
    system: ActorSystem, workers: list[Address], clerk: Address, rate: float, seconds: float
) -> tuple[float, float]:
    """Send at the rate, each millisecond what is due; the last of a burst goes to the clerk, who measures its wait."""
    Timed.waits.clear()
    turn = itertools.cycle(workers)
    sent, began = 0, time.perf_counter()
    while (now := time.perf_counter() - began) < seconds:
        due = int(now * rate) - sent
        for worker in itertools.islice(turn, due):
            system.send(worker, 0)
        system.send(clerk, time.perf_counter())
        sent += due
        await asyncio.sleep(0.001)
    waits = sorted(Timed.waits)
    return sent / seconds, waits[int(len(waits) * 0.99)]


async def timers(count: int) -> dict[str, float]:
    """What a message costs while so many timers are pending, as a multiple of its cost without."""
    system = ActorSystem()
    alone = await _cost(system)
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    class Patient(Actor):
        async def started(self) -> None:
            for number in range(count):
                self.timer(3600 + number / 1000, number)
            done.set_result(None)

    await system.start(ChildSpec("patient", Patient))
    await done
    return {"cost": await _cost(system) / alone}


def run(case: Callable[[int], Awaitable[dict[str, float]]], count: int) -> dict[str, float]:
    """Run a case on uvloop."""

    async def main() -> dict[str, float]:
        collector = PacedCollector(SystemClock())
        try:
            return await case(count)
        finally:
            collector.stop()

    prepare()
    return uvloop.run(main())
