"""What the runtime's tests share: a manual clock, a system on it that must leave nothing behind, and silence."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from runtime import ActorSystem
from runtime.testing import DeadLetterRecorder, ManualClock, check_no_tasks, settle


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def system(clock: ManualClock) -> AsyncIterator[ActorSystem]:
    before = asyncio.all_tasks()
    system = ActorSystem(clock=clock)
    yield system
    await system.shutdown()
    await settle()
    check_no_tasks(before)


@pytest.fixture
def letters(system: ActorSystem) -> DeadLetterRecorder:
    return DeadLetterRecorder(system)
