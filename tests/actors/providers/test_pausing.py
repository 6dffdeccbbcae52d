"""An operator's pause of a provider: nothing is sent, who can wait waits and is told, the others go elsewhere."""

from actors.providers.messages import (
    Completed,
    CompletionFailed,
    CompletionQueued,
    FailureKind,
    ModelChoice,
    PauseProvider,
    ProviderPaused,
)
from tests.actors.providers.conftest import ANTHROPIC, CLAUDE, OPENROUTER, PAID, World, fallbacks


async def pause(world: World, for_s: float) -> None:
    """Order a pause and wait until it holds."""
    world.tell(PauseProvider(OPENROUTER, for_s))
    await world.expect(ProviderPaused)


async def test_a_request_within_its_time_waits_for_the_end_of_the_pause(world: World) -> None:
    """The rep is told how long; nothing is sent before, and then the answer comes."""
    await world.begin()
    await pause(world, 30.0)
    world.ask(PAID)
    assert (await world.expect(CompletionQueued)).expected_wait_s == 30.0
    await world.advance(29.9)
    await world.rest()
    assert await world.requests() == []
    described = await world.described()
    assert (described.lanes[0].state, described.lanes[0].reason) == ("paused", "paused_by_operator")
    assert OPENROUTER in described.paused
    await world.advance(0.1)
    await world.expect(Completed)
    assert (await world.described()).paused == {}


async def test_a_pause_that_is_too_long_sends_requests_down_the_chain(world: World) -> None:
    """The next provider answers; those that waited already go there too."""
    await world.begin(fallbacks=fallbacks(ModelChoice(ANTHROPIC, CLAUDE)))
    await pause(world, 60.0)
    world.ask(PAID)
    await world.expect(CompletionQueued)
    await pause(world, 600.0)
    assert (await world.expect(Completed)).provider is ANTHROPIC
    world.ask(PAID)
    assert (await world.expect(Completed)).provider is ANTHROPIC


async def test_without_a_chain_the_rep_is_told_when_to_come_back(world: World) -> None:
    """A refusal at once, with the time left, and not a wait for nothing."""
    await world.begin()
    await pause(world, 600.0)
    world.ask(PAID)
    failed = await world.expect(CompletionFailed)
    assert (failed.kind, failed.retry_after_s) == (FailureKind.RATE_LIMITED, 600.0)
    assert "paused_by_operator" in failed.detail


async def test_an_end_of_the_pause_lets_waiting_requests_go_at_once(world: World) -> None:
    """Zero seconds end it."""
    await world.begin()
    await pause(world, 60.0)
    world.ask(PAID)
    await world.expect(CompletionQueued)
    await pause(world, 0.0)
    await world.expect(Completed)


async def test_calls_under_way_end_as_they_do(world: World) -> None:
    """A pause cuts nobody off."""
    await world.begin()
    await world.fault("keep_alive")
    world.ask(PAID)
    await world.asked(1)
    await pause(world, 600.0)
    lane = (await world.described()).lanes[0]
    assert (lane.state, lane.in_flight) == ("paused", 1)
