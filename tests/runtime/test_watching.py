"""What the runtime knows of its actors from outside."""

import asyncio
import gc
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from structlog.typing import EventDict

from runtime import Actor, ActorSystem, Address, ChildSpec, Mailbox, NameTaken, Restart, Supervision, TypeSnapshot
from runtime.testing import ManualClock, settle
from runtime.watchdog import Watchdog
from runtime.watching import Sketch
from tests.runtime.actors import Echo, Fail, Leave, Script, Wait, echo

pytestmark = pytest.mark.loses("failed", "stopped", "interrupted", "refused")


def of_type(system: ActorSystem, name: str) -> TypeSnapshot:
    """The counts of one type."""
    return next(stats for stats in system.snapshot().types if stats.type == name)


def test_a_sketch_is_at_most_a_tenth_above() -> None:
    """Percentiles of random durations are within a bucket of the exact ones, whatever their scale."""
    chance = random.Random(3)  # noqa: S311
    durations = sorted(chance.lognormvariate(-6, 2) for _ in range(5000))
    sketch = Sketch()
    for duration in durations:
        sketch.add(duration)
    times = sketch.times()
    assert durations[2499] <= times.p50 <= durations[2499] * 1.1
    assert durations[4949] <= times.p99 <= durations[4949] * 1.1
    assert (times.count, times.longest) == (5000, durations[-1])


def test_a_sketch_is_bounded() -> None:
    """Durations of nothing and of years share the outermost buckets; an empty sketch reads as zeros."""
    sketch = Sketch()
    assert sketch.times().p99 == 0.0
    for exponent in range(-30, 30):
        sketch.add(10.0**exponent)
    sketch.add(0.0)
    assert len(sketch.buckets) <= 240


async def test_types_count_what_became_of_every_message(system: ActorSystem) -> None:
    """Accepted = handled + dead + pending per type, through failures, waits, drops and ends."""
    target = await system.start(echo("a"))
    other = await system.start(ChildSpec("b", Echo, restart=Restart.TEMPORARY))
    sends = [(target, 1), (target, Fail()), (target, 2), (target, Wait()), (target, 3)]
    for to, message in [*sends, (other, 1), (other, Leave()), (other, 2)]:
        system.send(to, message)
    await settle()
    stats = of_type(system, "Echo")
    assert (stats.alive, stats.accepted, stats.handled, stats.dead, stats.pending) == (1, 8, 4, 2, 2)
    assert (stats.failed, stats.restarts, stats.peak) == (1, 1, 5)


async def test_a_name_that_is_awaited_counts_for_its_actor_later(system: ActorSystem) -> None:
    """What waits for a well-known actor goes over to the actor's type with it."""
    early = system.find("later")
    system.send(early, 1)
    system.send(early, 2)
    assert (of_type(system, "awaited").pending, system.snapshot().states) == (2, {"awaited": 1})
    await system.start(ChildSpec("later", Echo, well_known=True))
    await settle()
    assert of_type(system, "Echo").handled == 2
    assert {stats.type for stats in system.snapshot().types if stats.alive} == {"Echo", "Root"}


async def test_a_snapshot_shows_the_hottest_first(system: ActorSystem, clock: ManualClock) -> None:
    """Longest at a message, then deepest mailbox; what is idle is not looked for."""
    for number in range(50):
        await system.start(echo(f"idle {number}"))
    for seconds in (1, 2):
        stuck = await system.start(echo(f"stuck {seconds}"))
        system.send(stuck, Wait())
        system.send(stuck, "waits")
        await clock.advance(seconds)
    snapshot = system.snapshot()
    assert [cell.name for cell in snapshot.hot[:2]] == ["stuck 1", "stuck 2"]
    assert (snapshot.hot[0].running_s, snapshot.hot[0].current_message, snapshot.hot[0].depth) == (3.0, "Wait", 1)
    assert snapshot.states == {"idle": 50, "running": 2}


async def test_a_snapshot_reads_no_more_for_more_actors(system: ActorSystem) -> None:
    """The number of actors read is bounded, whoever works, fails or waits."""
    handled: list[object] = []
    spec = ChildSpec("parent", lambda: Script(lambda _s, m, _a: handled.append(m), spawn_many))
    await system.start(spec)
    await settle()
    snapshot = system.snapshot()
    assert len(snapshot.hot) <= 20
    assert len(snapshot.types) == 3
    assert of_type(system, "Echo").alive == 5000
    assert len(system.cells()) == 5001


def spawn_many(script: Script) -> None:
    """Five thousand children, each with a message."""
    for number in range(5000):
        script.send(script.spawn(echo(str(number), restart=Restart.TEMPORARY)), "work")


async def test_a_supervisors_used_restarts_are_those_of_its_period(system: ActorSystem, clock: ManualClock) -> None:
    """A restart counts until the period is over; the age begins anew with it."""
    child: list[Address] = []
    spec = ChildSpec("parent", lambda: Script(lambda *_: None, lambda script: child.append(script.spawn(echo()))))
    await system.start(spec)
    await clock.advance(7)
    system.send(child[0], Fail())
    await settle()
    parent, echoing = system.cells()
    assert (parent.supervision, parent.restarts_lately, parent.age_s) == (Supervision(), 1, 7.0)
    assert (echoing.supervision, echoing.restarts_lately, echoing.age_s) == (None, 0, 0.0)
    assert [letter.error_type for letter in system.dead_letters] == ["Boom"]
    await clock.advance(5)
    assert system.cells()[0].restarts_lately == 0


async def test_times_are_sampled(system: ActorSystem, clock: ManualClock) -> None:
    """One turn in 64 is measured; a handler that waited always is."""
    target = await system.start(echo())
    for _ in range(256):
        system.send(target, "x")
        await settle()
    waiting = Wait()
    system.send(target, waiting)
    await clock.advance(3)
    waiting.event.set()
    await settle()
    (cell,) = system.cells()
    assert cell.waited is not None
    assert cell.ran is not None
    assert 4 <= cell.waited.count <= 5
    assert (cell.ran.longest, of_type(system, "Echo").ran.longest) == (3.0, 3.0)


class Blocking(Actor):
    """Holds the loop's thread, in its first step or after a pause."""

    mailbox = Mailbox(capacity=10)

    async def receive(self, message: object, sender: Address) -> None:
        if message == "later":
            await asyncio.sleep(0)
        hold()


def hold() -> None:
    """Block until the watchdog has seen it."""
    seen.wait(20)


seen = threading.Event()

BLOCKED_S = 0.25
"""As long as in earnest: a busy machine may keep the loop from its turn for a hundredth of a second by itself."""


@contextmanager
def released_when_named(actor: str) -> Iterator[list[EventDict]]:
    """The blocks that the log names of this actor; each lets go who holds the loop."""
    named: list[EventDict] = []

    def keep(logger: object, method: str, entry: EventDict) -> EventDict:
        if entry["event"] == "loop_blocked" and entry["actor"] == actor:
            named.append(entry)
            seen.set()
        raise structlog.DropEvent

    with structlog.testing.capture_logs(processors=[keep]):
        yield named


async def test_a_turn_that_blocks_the_loop_is_named() -> None:
    """The log and the snapshot name the actor and its message; the log shows where it blocks; no contents."""
    system = ActorSystem(clock=ManualClock())
    target = await system.start(ChildSpec("blocking", Blocking))
    with released_when_named("Blocking") as blocks:
        watchdog = Watchdog(system._kernel, every_s=0.001, blocked_s=0.01)
        for message in ("now", "later"):
            seen.clear()
            system.send(target, message)
            await asyncio.get_running_loop().run_in_executor(None, seen.wait, 20)
        await system.shutdown()
        watchdog.stop()
    assert len(blocks) == 2
    for entry in blocks:
        assert entry["message"] == "str"
        assert any(frame.endswith(" hold") for frame in entry["frames"])
    assert system.snapshot().loop.last_blocked == "Blocking at str"


async def test_the_loop_s_lag_is_measured() -> None:
    """A system on the machine's clock has a watchdog; its thread ends with the system."""
    system = ActorSystem()
    while not system.snapshot().loop.lag.count:  # noqa: ASYNC110  # a snapshot has no event
        await asyncio.sleep(0)
    assert system.snapshot().loop.lag.longest < 20
    await system.shutdown()


def test_the_watchdog_ends_with_its_loop_or_its_system() -> None:
    """Its thread does not outlive a loop that was closed, a system nobody holds, or a loop that blocks for good."""

    async def begin(*, keep: bool) -> tuple[Watchdog, ActorSystem | None]:
        system = ActorSystem(clock=ManualClock())
        watchdog = Watchdog(system._kernel, every_s=0.001, blocked_s=0.002)
        if not keep:
            await system.shutdown()
        return watchdog, system if keep else None

    closed, system = asyncio.run(begin(keep=True))
    gone, _ = asyncio.run(begin(keep=False))
    gc.collect()
    for watchdog in (closed, gone):
        watchdog.thread.join(20)
        assert not watchdog.thread.is_alive()
    assert system is not None


async def test_a_block_that_no_actor_causes_is_named_too() -> None:
    """Without an actor the log still says where the loop is blocked."""
    system = ActorSystem(clock=ManualClock())
    seen.clear()
    with released_when_named("none") as blocks:
        watchdog = Watchdog(system._kernel, every_s=0.001, blocked_s=0.01)
        await asyncio.sleep(0)
        hold()
        watchdog.stop()
    await system.shutdown()
    assert len(blocks) == 1


def test_a_histogram_counts_up_to_each_bound() -> None:
    """Bounds double, counts grow with them and end with all; the sum is exact."""
    sketch = Sketch()
    for seconds in (0.0001, 0.001, 0.001, 0.9, 500.0):
        sketch.add(seconds)
    histogram = sketch.histogram()
    counts = dict(histogram.counts)
    assert (counts[2**-13], counts[2**-9], counts[1.0], counts[128.0], counts[float("inf")]) == (1, 3, 4, 4, 5)
    assert histogram.total_s == pytest.approx(500.9021)


async def test_a_handler_that_waits_shows_where(system: ActorSystem) -> None:
    """The places from the handler down to what it waits for; nothing of an actor that waits for nothing."""
    stuck = await system.start(echo("stuck"))
    waiting = Wait()
    system.send(stuck, waiting)
    await settle()
    (cell,) = system.cells()
    assert "receive" in cell.waits_at[0]
    assert cell.waits_at[-1].endswith(" wait")
    waiting.event.set()
    await settle()
    assert [cell.waits_at for cell in system.cells()] == [()]


async def test_large_families_are_counted_and_left_out(system: ActorSystem) -> None:
    """A look at the tree names a parent's children only up to the number asked for."""
    handled: list[object] = []
    await system.start(ChildSpec("parent", lambda: Script(lambda _s, m, _a: handled.append(m), spawn_many)))
    await settle()
    assert [(cell.name, cell.children) for cell in system.each(20)] == [("parent", 5000)]


async def test_an_actor_is_restarted_from_outside(system: ActorSystem) -> None:
    """Its supervisor starts it anew, at the same address, with what waits in its mailbox; one that is not up is not."""
    target = await system.start(echo("target"))
    system.send(target, Wait())
    system.send(target, "waits")
    await settle()
    assert system.restart(target)
    await settle()
    (cell,) = system.cells()
    assert (cell.generation, cell.restarts, cell.last_error, cell.depth) == (2, 1, "RestartAsked", 0)
    assert not system.restart(system.find("nobody yet"))


async def test_beginnings_and_ends_are_counted(system: ActorSystem) -> None:
    """Every actor that began, without the root; every end by its reason; a restart is neither."""
    kept = await system.start(echo("a"))
    gone = await system.start(ChildSpec("b", Echo, restart=Restart.TEMPORARY))
    system.send(kept, Fail())
    system.send(gone, Leave())
    system.send(await system.start(ChildSpec("c", Echo, restart=Restart.TEMPORARY)), Fail())
    await settle()
    snapshot = system.snapshot()
    assert (snapshot.started, snapshot.ended) == (3, {"normal": 1, "failed": 1})


async def test_one_ask_in_64_is_timed(system: ActorSystem) -> None:
    """How long it took to its answer."""
    target = await system.start(echo("a"))
    for _ in range(640):
        await system.ask(target, 1, deadline_s=5.0)
    snapshot = system.snapshot()
    assert (snapshot.asks, snapshot.ask_times.count, snapshot.ask_durations.counts[-1][1]) == (640, 10, 10)


async def test_what_waits_for_others_is_counted(system: ActorSystem) -> None:
    """Asks without an answer so far, whatever their deadline, and by type the handlers that wait; in the end none."""
    target = await system.start(echo("a"))
    waits = [Wait(), Wait()]
    asks = [asyncio.ensure_future(system.ask(target, wait, deadline_s=5.0 + n)) for n, wait in enumerate(waits)]
    await settle()
    assert (system.snapshot().asks_pending, of_type(system, "Echo").in_flight) == (2, 1)
    for wait in waits:
        wait.event.set()
    await asyncio.gather(*asks)
    assert (system.snapshot().asks_pending, of_type(system, "Echo").in_flight) == (0, 0)


async def test_hooks_that_wait_are_no_handlers(system: ActorSystem, clock: ManualClock) -> None:
    """An actor that starts or stops is counted once, as starting or stopping; `in_flight` counts handlers only."""

    class Slow(Echo):
        async def started(self) -> None:
            await self.clock.sleep(1)

        async def stopped(self) -> None:
            await self.clock.sleep(1)

    await system.start(echo("resting"))
    starting = asyncio.create_task(system.start(ChildSpec("slow", Slow, restart=Restart.TEMPORARY)))
    await settle()
    assert (system.snapshot().states, of_type(system, "Slow").in_flight) == ({"idle": 1, "starting": 1}, 0)
    await clock.advance(1)
    system.send(await starting, Leave())
    await settle()
    assert (system.snapshot().states, of_type(system, "Slow").in_flight) == ({"idle": 1, "stopping": 1}, 0)
    await clock.advance(1)


async def test_an_actor_whose_name_is_taken_is_not_counted(system: ActorSystem) -> None:
    """What was refused was never there."""
    await system.start(echo("a"))
    for well_known in (False, True):
        with pytest.raises(NameTaken):
            await system.start(ChildSpec("a", Echo, well_known=well_known))
    snapshot = system.snapshot()
    assert (snapshot.states, snapshot.started, [stats.type for stats in snapshot.types]) == (
        {"idle": 1},
        1,
        ["Echo", "Root"],
    )


async def test_a_full_mailbox_is_counted_by_its_policy(system: ActorSystem) -> None:
    """Each message beyond the room; those before it are not."""

    class Narrow(Echo):
        mailbox = Mailbox(capacity=2)

    target = await system.start(ChildSpec("narrow", Narrow))
    for number in range(5):
        system.send(target, number)
    assert system.snapshot().overflows == {"refuse": 3}
    await settle()
