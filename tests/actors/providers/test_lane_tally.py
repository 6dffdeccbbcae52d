"""What a lane tells operators of itself."""

from actors.providers.messages import Completed
from tests.actors.providers.conftest import FREE, World


async def test_a_lane_whose_queue_waits_for_its_minute_says_so(world: World) -> None:
    """It is open, and nothing is in flight: the reason and the time are told, so that nobody looks for a fault."""
    await world.begin()
    for rep in range(21):
        world.ask(FREE, telegram_id=rep + 1)
    for _ in range(20):
        await world.expect(Completed)
    (lane,) = (await world.described()).lanes
    assert (lane.state, lane.queued, lane.in_flight) == ("closed", 1, 0)
    assert lane.reason == "paced_by_its_limits"
    assert 59.0 < lane.resting_for_s <= 60.5
    await world.advance(61.0)
    await world.expect(Completed)
    (lane,) = (await world.described()).lanes
    assert (lane.reason, lane.resting_for_s) == ("", 0.0)


async def test_a_lane_tells_how_many_calls_it_lets_be_under_way(world: World) -> None:
    """Its measure grows with what goes well."""
    await world.begin()
    limits: list[int] = []
    for rep in (1, 2):
        for _ in range(5):
            world.ask(FREE, telegram_id=rep)
            await world.expect(Completed)
        (lane,) = (await world.described()).lanes
        limits.append(lane.limit or 0)
    assert 0 < limits[0] < limits[1]
