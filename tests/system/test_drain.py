"""A deployment in the middle of the day: SIGTERM under load ends within 30 s, and every message is answered once."""

import asyncio
import time
from pathlib import Path

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep

GRACE_S = 30.0


async def working(coach: Coach, count: int, first_token_s: list[float]) -> list[Rep]:
    """So many reps whose prospects are with the models."""
    reps = [Rep(coach, 100 + number, f"rep{number}") for number in range(count)]
    await asyncio.gather(*(rep.set_up() for rep in reps))
    await coach.order_models("latency", first_token_s=first_token_s)
    await asyncio.gather(*(rep.writes(f"/support {PROSPECT}") for rep in reps))
    await coach.until_model_calls(count)
    return reps


async def terminated(coach: Coach) -> tuple[int, float]:
    """The exit status, and how long the end took."""
    began = time.monotonic()
    async with asyncio.timeout(GRACE_S + 5):
        return await coach.terminate(), time.monotonic() - began


async def test_answers_that_end_in_time_are_given_before_the_end(tmp_path: Path) -> None:
    """What takes seconds is finished and sent; nothing is left for the next start, which repeats nothing."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        reps = await working(coach, 4, [1.0, 1.5])
        assert not [rep for rep in reps if await rep.drafts()]
        status, took = await terminated(coach)
        assert (status, took < GRACE_S) == (0, True)
        assert [len(await rep.drafts()) for rep in reps] == [1] * 4
        await coach.start()
        await coach.settled()
        assert [len(await rep.drafts()) for rep in reps] == [1] * 4


async def test_answers_that_take_longer_are_kept_and_given_once_after_the_start(tmp_path: Path) -> None:
    """Half a minute is not exceeded; what came in meanwhile waits with Telegram and is answered too."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        reps = await working(coach, 4, [50.0, 60.0])
        late = Rep(coach, 900, "late")
        ending = asyncio.ensure_future(terminated(coach))
        await coach.until_stopping()
        await late.writes("/start")
        status, took = await ending
        assert (status, took < GRACE_S) == (0, True)
        assert "drain_incomplete" in coach.log.read_text()
        assert await late.heard() == []
        await coach.order_models("latency", first_token_s=[0.01, 0.02])
        await coach.start()
        await late.hears("How shall I think for you?")
        await asyncio.gather(*(rep.hears_drafts(1) for rep in reps))
        await coach.settled()
        assert [len(await rep.drafts()) for rep in reps] == [1] * 4
        assert coach.count_records("support_sessions") == 4


async def test_readiness_ends_before_the_intake(tmp_path: Path) -> None:
    """While the end is prepared the process lives, is not ready, and its status says that it drains."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        await working(coach, 1, [50.0, 60.0])
        ending = asyncio.ensure_future(terminated(coach))
        await coach.until_stopping()
        async with coach.http.get(f"http://127.0.0.1:{coach.port}/livez") as answer:
            assert answer.status == 200
        status = await coach.status()
        assert status["state"] == "draining"
        assert await coach.terminate() == 0  # the second order does not wait for the models
        assert (await ending)[1] < 15.0
