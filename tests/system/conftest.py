"""One running system for all tests of a module, each with reps of its own."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep

_IDS = count(5_001)


HANGS_S = 240
"""When a test that starts whole processes counts as hanging; every wait within it has a bound of its own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder time for several starts on a busy machine."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(HANGS_S))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Coach]:
    """The system, started once; the reps called chief and deputy are admins."""
    async with Coach(tmp_path_factory.mktemp("coach"), ADMIN_USERNAMES="chief,deputy") as coach:
        await coach.start()
        yield coach


@pytest_asyncio.fixture(loop_scope="module")
async def rep(running: Coach) -> Rep:
    """A rep nobody has seen before, set up with the team's key."""
    return await newcomer(running)


async def newcomer(coach: Coach, username: str = "") -> Rep:
    """One more rep, set up with the team's key."""
    number = next(_IDS)
    one = Rep(coach, number, username or f"rep{number}")
    await one.set_up()
    return one


async def worked(rep: Rep, text: str = PROSPECT) -> tuple[str, str]:
    """Have a prospect worked on; the lead's id and the run's."""
    before = len(await rep.drafts())
    await rep.writes(f"/support {text}")
    await rep.hears_drafts(before + 1)
    lead = (await rep.button("Open the lead")).rpartition(":")[2]
    return lead, (await rep.button("Shorter")).rpartition(":")[2]


async def without_quiet_hours(rep: Rep) -> None:
    """Let the coach write to this rep at any hour."""
    await rep.writes("/settings")
    await rep.taps("settings:quiet")
    await rep.taps("settings:quiet:0-0")
    await rep.hears("Quiet hours: none")
