"""Many reps at once: everyone is answered, in order, once."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.system.coach import Coach
from tests.system.rep import Rep, numbered_prospect

REPS = 200
MESSAGES = 5


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_200_reps_with_five_prospects_each(tmp_path: Path) -> None:
    """200 reps send 5 prospects each at random times, the model takes 1-3 s: each is answered once and in order.

    Asserted from the emulator's transcript and from the database.
    """
    async with Coach(tmp_path, DEFAULT_OPENROUTER_MODEL="openai/gpt-oss-120b", MODEL_CONCURRENCY="512") as coach:
        await coach.start()
        reps = [Rep(coach, 1000 + number, f"rep{number}") for number in range(REPS)]
        await asyncio.gather(*(rep.set_up() for rep in reps))
        await coach.order_models("latency", first_token_s=[1.0, 3.0])
        seeded = random.Random(7)  # noqa: S311  # a repeatable schedule, not a secret
        await asyncio.gather(*(_write(rep, [seeded.uniform(0, 10) for _ in range(MESSAGES)]) for rep in reps))
        async with asyncio.timeout(200):
            await asyncio.gather(*(rep.hears_drafts(MESSAGES) for rep in reps))
        await coach.traced()
        for rep in reps:
            greeted = [draft.split(",")[0].split()[-1] for draft in await rep.drafts()]
            assert greeted == [numbered_prospect(number).split()[0] for number in range(MESSAGES)], rep.telegram_id
        assert coach.count_records("lead_registry") == REPS * MESSAGES
        assert coach.count_records("support_sessions") == REPS * MESSAGES
        assert coach.count_records("pipeline_traces") == REPS * MESSAGES


async def _write(rep: Rep, moments: list[float]) -> None:
    before = 0.0
    for number, moment in enumerate(sorted(moments)):
        await asyncio.sleep(moment - before)
        before = moment
        await rep.writes(f"/support {numbered_prospect(number)}")
