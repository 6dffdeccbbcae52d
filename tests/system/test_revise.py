"""A draft is changed in the chat, and what is stored follows."""

from pathlib import Path

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep


async def test_a_draft_is_made_shorter_changed_in_words_and_made_anew(tmp_path: Path) -> None:
    """Three drafts of one prospect: one lead, whose draft is the last one, and buttons under each."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await anna.writes(PROSPECT)
        await anna.hears_drafts(1)
        await coach.settled()
        run = str((await anna.buttons())["Shorter"]).rpartition(":")[2]
        await anna.taps(f"revise:shorter:{run}")
        await anna.hears_drafts(2)
        await anna.taps(f"revise:tell:{run}")
        await anna.hears("What shall I change about the draft?")
        await anna.writes("Mention that a trial is possible")
        await anna.hears_drafts(3)
        await anna.taps(f"revise:again:{run}")
        await anna.hears_drafts(4)
        await coach.settled()
        first, shorter, changed, _ = await anna.drafts()
        assert len(shorter) < len(first)
        assert changed != shorter
        assert coach.count_records("lead_registry") == 1
        assert coach.count_records("support_sessions") == 1
