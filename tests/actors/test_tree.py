"""The tree: what its actors are given to work with, and what becomes of a provider that cannot be kept running."""

import random

import pytest

from actors.providers.messages import Provider
from actors.settings import read_settings
from actors.tree import PROVIDER_BACKOFF, PROVIDER_SUPERVISION, configured_models
from runtime import Actor, ActorSystem, Address, ChildSpec, Supervisor
from runtime.testing import ManualClock, checked_system


class _LongestPause(random.Random):
    """No jitter: always the ceiling."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


class _Failing(Actor):
    """Fails with every message."""

    async def receive(self, message: object, sender: Address) -> None:
        raise ConnectionError


async def _fail_for(system: ActorSystem, clock: ManualClock, seconds: int) -> None:
    spec = ChildSpec("provider", _Failing, backoff=PROVIDER_BACKOFF, well_known=True)
    await system.start(ChildSpec("providers", lambda: Supervisor((spec,), PROVIDER_SUPERVISION)))
    for _ in range(seconds):
        system.send(system.find("provider"), "work")
        await clock.advance(1)


@pytest.mark.parametrize("pauses", ["longest", "none"])
async def test_a_provider_that_keeps_failing_is_tried_again_ever_more_rarely(pauses: str) -> None:
    """The pauses reach their ceiling before its supervisor gives up; without any pause it gives up at once."""
    clock = ManualClock()
    async with checked_system(clock, ignored=("failed", "stopped")) as (system, _):
        system._kernel.chance = _LongestPause() if pauses == "longest" else _NoPause()
        await _fail_for(system, clock, 300)
        (provider,) = (cell for cell in system.cells() if cell.name == "provider")
        assert (system.snapshot().escalations > 0) is (pauses == "none")
        assert provider.restarts < 20 or pauses == "none"


class _NoPause(random.Random):
    """The luckiest jitter: never any pause."""

    def uniform(self, a: float, b: float) -> float:
        return min(a, b)


def test_the_vision_model_is_among_the_models_that_are_checked_and_counted() -> None:
    """A wrong VISION_MODEL is told at the start, and its calls stand under its own name in the metrics."""
    chosen = {"VISION_MODEL": "a/seeing", "DEFAULT_OPENROUTER_MODEL": "a/writing"}
    assert configured_models(read_settings(chosen, {}), Provider.OPENROUTER) == ("a/writing", "a/seeing")
    assert "a/seeing" not in configured_models(read_settings(chosen, {}), Provider.ANTHROPIC)


def test_a_model_that_does_both_is_checked_once() -> None:
    """A warning about it is read once."""
    chosen = {"VISION_MODEL": "a/both", "DEFAULT_OPENROUTER_MODEL": "a/both"}
    assert configured_models(read_settings(chosen, {}), Provider.OPENROUTER) == ("a/both",)
