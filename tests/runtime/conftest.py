"""What the runtime's tests share: a manual clock, and a system on it that must leave nothing behind."""

from collections.abc import AsyncIterator

import pytest

from runtime import ActorSystem
from runtime.testing import DeadLetterRecorder, ManualClock, checked_system


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def checked(
    clock: ManualClock, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[ActorSystem, DeadLetterRecorder]]:
    marker = request.node.get_closest_marker("loses")
    async with checked_system(clock, marker.args if marker else ()) as checked:
        yield checked


@pytest.fixture
async def system(checked: tuple[ActorSystem, DeadLetterRecorder]) -> ActorSystem:
    return checked[0]


@pytest.fixture
async def letters(checked: tuple[ActorSystem, DeadLetterRecorder]) -> DeadLetterRecorder:
    """The dead letters of `system`; a test that leaves one unread fails, unless it is marked `loses(reason)`."""
    return checked[1]
