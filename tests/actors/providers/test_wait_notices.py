"""Who waits longer than five seconds is told the place and the time, and is told again when they have changed."""

from actors.providers.lane_messages import LaneSettings
from actors.providers.messages import Completed, CompletionQueued
from tests.actors.providers.conftest import FREE, PAID, World


def notices(world: World, request_id: str) -> list[tuple[int, float]]:
    """The places and times that this request was told so far."""
    queued = [one for one in world.probe.messages if isinstance(one, CompletionQueued)]
    return [(one.position, one.expected_wait_s) for one in queued if one.request_id == request_id]


async def test_a_fresh_lane_tells_those_who_wait(world: World) -> None:
    """Before any call has ended it takes them to last as long as such calls usually do, and not no time at all."""
    await world.begin(lane=LaneSettings(concurrency_start=2))
    await world.fault("hang", times=0)
    asked = [world.ask(PAID, telegram_id=rep) for rep in range(6)]
    await world.asked(2)
    await world.rest()
    assert [notices(world, one) for one in asked] == [[], [], [(1, 10.0)], [(2, 10.0)], [(3, 20.0)], [(4, 20.0)]]


async def test_what_one_waits_for_behind_oneself_counts(world: World) -> None:
    """A lane with room for all of them holds a rep to two at a time: the third and the fifth are told so."""
    await world.begin(lane=LaneSettings(concurrency_start=16))
    await world.fault("hang", times=0)
    asked = [world.ask(PAID) for _ in range(5)]
    await world.asked(2)
    await world.rest()
    assert [notices(world, one) for one in asked] == [[], [], [(1, 10.0)], [(2, 10.0)], [(3, 20.0)]]


async def test_a_wait_that_shrinks_is_told_again(world: World) -> None:
    """Not with every second that passes, and no more once it is short."""
    await world.begin()
    for rep in range(20):
        world.ask(FREE, telegram_id=rep)
    for _ in range(20):
        await world.expect(Completed)
    last = world.ask(FREE, telegram_id=20)
    await world.until(lambda: bool(notices(world, last)))
    for _ in range(60):
        await world.advance(1.0)
    assert [wait for _, wait in notices(world, last)] == [60.5, 35.5, 20.5, 10.5, 5.5]


async def test_a_wait_that_grows_is_told_again(world: World) -> None:
    """The calls before take longer than they were taken to, so the rep is not left with a time that has passed."""
    await world.order("latency", first_token_s=[0.4, 0.4])
    await world.begin(lane=LaneSettings(concurrency_start=1, concurrency_cap=1, first_token_paid_s=1e6))
    await world.fault("hang", times=0, after_n=1)
    *_, last = [world.ask(PAID, telegram_id=rep, deadline_s=300.0) for rep in range(4)]
    await world.asked(1)
    await world.advance(100.0)
    assert notices(world, last) == [(3, 30.0)]
    await world.expect(Completed)
    await world.asked(2)
    await world.advance(5.0)
    assert notices(world, last) == [(2, 56.0)]
