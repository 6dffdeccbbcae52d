"""Models may be away: reps are told at once, go on with what needs none, and have their answer when they return."""

from pathlib import Path
from typing import Any

from actors.texts import Texts
from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep

TEXTS = Texts()


async def _sessions(coach: Coach) -> dict[str, Any]:
    return next(one for one in (await coach.status())["types"] if one["type"] == "Session")


async def test_a_session_survives_an_outage_of_the_models(tmp_path: Path) -> None:
    """The rep reads whose fault it is and keeps the text; commands go on; one tap brings the answer afterwards."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await coach.order_models("faults", kind="unavailable", times=0)
        await anna.writes(f"/support {PROSPECT}")
        await anna.hears(TEXTS("failed-unavailable", provider="OpenRouter"))
        await anna.writes("/help")
        await anna.hears("What I can do for you")
        assert (await coach.status())["providers"]["lanes"][0]["failed"] == 1
        await coach.order_models("reset")
        await anna.taps(await anna.button(TEXTS("button-retry")))
        await anna.hears_drafts(1)
        await coach.settled()
        assert coach.count_records("lead_registry") == 1
        sessions = await _sessions(coach)
        assert (sessions["count"], sessions["failed"], sessions["restarts"]) == (1, 0, 0)
