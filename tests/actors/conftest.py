"""What the actors' tests share: a manual clock, and a system on it."""

from collections.abc import AsyncIterator

import pytest

from runtime import ActorSystem
from runtime.testing import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def system(clock: ManualClock) -> AsyncIterator[ActorSystem]:
    system = ActorSystem(clock=clock)
    yield system
    await system.shutdown()
