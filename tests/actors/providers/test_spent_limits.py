"""Promises about money limits that are spent: everybody is told when they are renewed, and a raised one works."""

from datetime import UTC, datetime

import msgspec
import pytest

from actors.providers import anthropic_errors, openrouter_errors
from actors.providers.messages import Completed, CompletionFailed, FailureKind
from tests.actors.providers.conftest import CLAUDE, World

NOW = datetime(2026, 12, 20, 9, 0, tzinfo=UTC).timestamp()
JANUARY = datetime(2027, 1, 1, tzinfo=UTC).timestamp() - NOW
REACHED = "You have reached your specified API usage limits."


async def test_everybody_hears_when_a_spent_limit_is_renewed(world: World) -> None:
    """Who asks later too, without the provider being asked; after a minute it is: the limit may be raised."""
    await world.begin()
    key = world.sealed()
    await world.fault("spend_limit", "anthropic")
    renewed_at = datetime(2027, 2, 1, tzinfo=UTC).timestamp()
    for _ in range(2):
        world.ask(CLAUDE, credential=key)
        failed = await world.expect(CompletionFailed)
        assert failed.kind is FailureKind.SPEND_LIMIT
        assert failed.retry_after_s == pytest.approx(renewed_at - world.clock.time())
        await world.advance(30.0)
    assert len(await world.requests()) == 1
    world.ask(CLAUDE, credential=key)
    await world.expect(Completed)


@pytest.mark.parametrize(
    ("message", "renewed_s"),
    [
        (f"{REACHED} You will regain access on 2026-12-21 at 09:00 UTC.", 86_400.0),
        (f"{REACHED} You will regain access on 2026-12-21.", 15 * 3600.0),
        (f"{REACHED} You will regain access on 2026-99-99.", JANUARY),
        (REACHED, JANUARY),
    ],
)
def test_anthropic_says_when_a_limit_is_renewed(message: str, renewed_s: float) -> None:
    """By the date in its message, and else at the beginning of the next month."""
    body = msgspec.json.encode({"error": {"type": "invalid_request_error", "message": message}})
    failure = anthropic_errors.classify(400, {}, body, NOW)
    assert (failure.kind, failure.retry_after_s, failure.closes_s) == (FailureKind.SPEND_LIMIT, renewed_s, 60.0)


@pytest.mark.parametrize(
    ("metadata", "renewed_s", "closes_s"),
    [
        ({"limit_source": "key_budget", "resets_at": NOW + 7200.0}, 7200.0, 60.0),
        ({"limit_source": "key_budget", "resets_at": NOW + 20.0}, 20.0, 20.0),
        ({"limit_source": "key_budget"}, None, 60.0),
    ],
)
def test_openrouter_says_when_a_budget_is_renewed(
    metadata: dict[str, object], renewed_s: float | None, closes_s: float
) -> None:
    """Where it does; a budget without a date has none that could be told."""
    body = msgspec.json.encode({"error": {"code": 403, "metadata": {"error_type": "permission_denied", **metadata}}})
    failure = openrouter_errors.classify(403, {}, body, NOW)
    assert (failure.kind, failure.retry_after_s, failure.closes_s) == (FailureKind.SPEND_LIMIT, renewed_s, closes_s)
