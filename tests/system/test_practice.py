"""Lessons and drills in the chat: passed, unlocked, scored with quotes, tried again, never repeated."""

from pathlib import Path

from tests.coaching.samples import shipped
from tests.system.coach import Coach
from tests.system.rep import Rep

LEVELS = shipped().learn_tracks[0].levels


async def test_a_lesson_is_passed_and_the_next_one_unlocked(tmp_path: Path) -> None:
    """A locked level says what opens it; a pass opens it, with points, streak and a badge, all of it in storage."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await anna.writes("/learn")
        await anna.hears("60 of 100 opens the next one")
        await anna.taps("learn:level:1.1")
        await anna.hears("Keep in mind")
        await anna.taps("learn:start:1.1")
        await anna.hears("How it is scored")
        await anna.writes(LEVELS[0].scenario.ideal_response)
        await anna.hears("of 100: passed")
        await anna.hears("1.2 Find the cost is open now")
        await coach.settled()
        assert coach.count_records("attempts") == coach.count_records("track_progress") == 1
        assert coach.count_records("badges") == 1
