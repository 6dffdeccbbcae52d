"""Promises of LaneMemory: what the provider counted goes on counting after a crash of the lane or of the process."""

from collections.abc import Awaitable, Callable

import pytest

from actors.providers.lane_memory import LaneMemory, RecentPast
from actors.providers.messages import Completed, CompletionFailed, CompletionQueued, FailureKind
from tests.actors.providers.conftest import FREE, PAID, World

TIME = 1_800_000_000.0


async def restart(world: World) -> None:
    """End the process in order and begin it anew on the same journal."""
    await world.written()
    await world.end()
    await world.begin()


async def crash(world: World) -> None:
    """Let the only lane fail."""
    (lane,) = [cell.address for cell in world.system.cells() if cell.type == "Lane"]
    assert world.system.restart(lane)

    async def gone() -> bool:
        return (await world.described()).lanes == ()

    await world.until(gone)


@pytest.mark.parametrize("end", [restart, crash])
async def test_the_free_minute_survives(world: World, end: Callable[[World], Awaitable[None]]) -> None:
    """Twenty calls were sent before: the next one waits until the first of them is a minute old, and is told so."""
    await world.begin()
    for rep in range(20):
        world.ask(FREE, telegram_id=rep + 1)
    for _ in range(20):
        await world.expect(Completed)
    sent_at = world.clock.now()
    await end(world)
    world.ask(FREE)
    waiting = await world.expect(CompletionQueued)
    left = sent_at + 60.5 - world.clock.now()
    assert waiting.expected_wait_s == pytest.approx(left, abs=0.1)
    await world.advance(left - 0.1)
    await world.rest()
    assert len(await world.requests()) == 20
    await world.advance(0.2)
    await world.expect(Completed)


async def test_calls_that_a_crash_cuts_off_count(world: World) -> None:
    """The provider counted them when they began, so a lane that has heard of no end of them counts them too."""
    await world.begin()
    await world.fault("hang", times=4)
    for rep in range(4):
        world.ask(FREE, telegram_id=rep + 1)
    await world.asked(4)
    await crash(world)
    for _ in range(4):
        assert (await world.expect(CompletionFailed)).kind is FailureKind.UNAVAILABLE
    for rep in range(17):
        world.ask(FREE, telegram_id=rep + 1)
    for _ in range(16):
        await world.expect(Completed)
    await world.rest()
    lane = (await world.described()).lanes[0]
    assert (lane.completed, lane.in_flight, lane.reason) == (16, 0, "paced_by_its_limits")


@pytest.mark.parametrize("end", [restart, crash])
async def test_a_rest_of_the_account_survives(world: World, end: Callable[[World], Awaitable[None]]) -> None:
    """What the provider asked for is kept to the second by the next lane too."""
    await world.begin()
    await world.fault("rate_limit", retry_after=60, limit_headers=True)
    world.ask(PAID, deadline_s=5.0)
    assert (await world.expect(CompletionFailed)).kind is FailureKind.RATE_LIMITED
    until = world.clock.now() + 60.0
    await end(world)
    world.ask(PAID)
    await world.expect(CompletionQueued)
    await world.advance(until - world.clock.now() - 0.1)
    await world.rest()
    assert len(await world.requests()) == 1
    await world.advance(0.2)
    await world.expect(Completed)


def test_what_holds_nobody_back_is_forgotten() -> None:
    """Starts of two minutes ago and rests that are over leave, so that the snapshot stays small."""
    past = RecentPast()
    past.began("a", TIME)
    assert past.rests_until("a", TIME + 30.0, TIME)
    assert not past.rests_until("a", TIME + 30.0, TIME + 1.0)
    assert past.of("a", {7: 1}) == LaneMemory({7: 1}, (TIME,), TIME + 30.0)
    past.began("b", TIME + 121.0)
    assert (past.starts, past.rests) == ({"b": [TIME + 121.0]}, {})
