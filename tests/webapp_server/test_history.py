"""What the counters were lately, and the quantiles of what happened in between."""

import msgspec
import pytest

from runtime import ActorSystem, Address, ChildSpec, Histogram
from runtime.actor import Actor
from runtime.testing import ManualClock, settle
from webapp_server.history import EVERY_S, History, quantile


class Busy(Actor):
    """Handles whatever comes, and fails at a None."""

    async def receive(self, message: object, sender: Address) -> None:
        if message is None:
            raise LookupError


async def handled(system: ActorSystem, to: Address, count: int) -> None:
    """Let an actor handle so many messages in turns of their own."""
    for _ in range(count):
        system.send(to, "work")
        await settle()


async def test_rates_are_of_the_last_minutes_and_not_of_ever() -> None:
    """What happened before the window counts no more."""
    clock = ManualClock()
    system = ActorSystem(clock=clock)
    busy = await system.start(ChildSpec("busy", Busy))
    history = History()
    await handled(system, busy, 600)
    system.send(busy, None)
    await settle()
    history.take(clock.now(), clock.time(), system.snapshot())
    assert history.rates().per_s_1m == 0.0
    for _ in range(12):
        await clock.advance(EVERY_S)
        await handled(system, busy, 10)
        history.take(clock.now(), clock.time(), system.snapshot())
    rates = history.rates()
    assert (rates.per_s_1m, rates.per_s_15m) == (2.0, 2.0)
    assert (rates.failed_5m, rates.restarts_5m) == (0, 0)
    recent = history.recent("Busy")
    assert recent is not None
    assert recent.per_s == 2.0
    assert [point.per_s for point in history.points] == [2.0] * 12
    system.send(busy, None)
    await clock.advance(EVERY_S)
    await settle()
    history.take(clock.now(), clock.time(), system.snapshot())
    assert (history.rates().failed_5m, history.rates().restarts_1h) == (1, 1)
    await system.shutdown()


async def test_what_went_wrong_is_counted_for_five_minutes() -> None:
    """Letters that an end explains are no loss; supervisors that gave up are told for an hour."""
    clock, history, system = ManualClock(), History(), ActorSystem()
    calm = system.snapshot()
    bad = msgspec.structs.replace(
        calm,
        dead_letters_total={"stopped": 5, "obsolete": 1, "failed": 2},
        asks=200,
        ask_timeouts=3,
        escalations=1,
        loop=msgspec.structs.replace(calm.loop, delays=Histogram(((0.1, 0), (0.3, 10), (float("inf"), 10)), 2.0)),
    )
    at = clock.now()
    for seconds, snapshot in ((0.0, calm), (EVERY_S, bad)):
        history.take(at + seconds, seconds, snapshot)
    rates = history.rates()
    assert (rates.lost_5m, rates.dead_letters_5m, rates.asks_5m, rates.ask_timeouts_5m) == (2, 8, 200, 3)
    assert rates.loop_lag_p99_5m_s == pytest.approx(0.298)
    assert rates.escalations_1h == 1
    for seconds in (300.0, 600.0):
        history.take(at + seconds, seconds, bad)
    rates = history.rates()
    assert (rates.lost_5m, rates.ask_timeouts_5m, rates.loop_lag_p99_5m_s, rates.escalations_1h) == (0, 0, 0.0, 1)
    await system.shutdown()


async def test_points_are_five_seconds_apart_however_often_one_looks() -> None:
    """A second look adds none."""
    clock = ManualClock()
    system = ActorSystem(clock=clock)
    history = History()
    for _ in range(21):
        history.take(clock.now(), clock.time(), system.snapshot())
        await clock.advance(1.0)
    assert len(history.points) == 4
    assert history.recent("Nobody") is None
    await system.shutdown()


@pytest.mark.parametrize(
    ("counts", "share", "seconds"),
    [
        ((), 0.5, 0.0),
        (((1.0, 0), (float("inf"), 0)), 0.5, 0.0),
        (((1.0, 10), (2.0, 10), (float("inf"), 10)), 0.5, 0.5),
        (((1.0, 0), (2.0, 10), (float("inf"), 10)), 0.99, 1.99),
        (((1.0, 0), (2.0, 0), (float("inf"), 10)), 0.99, 2.0),
    ],
)
def test_a_quantile_lies_straight_within_its_bucket(
    counts: tuple[tuple[float, int], ...], share: float, seconds: float
) -> None:
    """Nothing gives zero; what is beyond the last bound is at least that."""
    assert quantile(counts, share) == pytest.approx(seconds)
