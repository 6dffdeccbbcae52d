"""The supervision tree: what becomes of a provider that cannot be kept running."""

import random

import pytest

from actors.tree import PROVIDER_BACKOFF, PROVIDER_SUPERVISION
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
