"""A crash loses nothing and repeats nothing."""

from pathlib import Path

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep


async def test_a_kill_in_the_middle_of_an_answer_answers_once_after_the_restart(tmp_path: Path) -> None:
    """SIGKILL while the model writes: after the start the rep gets the answer, and gets it once."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await coach.order_models("latency", first_token_s=[1.0, 1.0])
        await anna.writes(f"/support {PROSPECT}")
        await coach.until_model_calls(1)
        await coach.kill()
        await coach.order_models("latency", first_token_s=[0.01, 0.02])
        await coach.start()
        await anna.hears_drafts(1)
        await coach.settled()
        assert len(await anna.drafts()) == 1
        assert coach.count_records("lead_registry") == 1
        assert coach.count_records("support_sessions") == 1


async def test_updates_sent_while_the_coach_is_down_are_answered_after_the_start(tmp_path: Path) -> None:
    """What Telegram kept while we were away is handled in order."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await coach.kill()
        await anna.writes("/help")
        await anna.writes(f"/support {PROSPECT}")
        await coach.start()
        await anna.hears_drafts(1)


async def test_ctrl_c_stops_cleanly(tmp_path: Path) -> None:
    """SIGINT ends the process with status 0 and no traceback, and the next start takes up where it ended."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        assert await coach.stop() == 0
        assert "Traceback" not in coach.log.read_text()
        await coach.start()
        await anna.writes(f"/support {PROSPECT}")
        await anna.hears_drafts(1)
