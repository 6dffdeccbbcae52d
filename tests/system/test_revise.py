"""A draft is changed in the chat, and what is stored follows."""

import pytest

from tests.system.coach import Coach
from tests.system.conftest import worked
from tests.system.rep import Rep

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_draft_is_made_shorter_changed_in_words_and_made_anew(running: Coach, rep: Rep) -> None:
    """Four drafts of one prospect: one lead, whose draft is the last one, and buttons under each."""
    _, run = await worked(rep)
    await rep.taps(f"revise:shorter:{run}")
    await rep.hears_drafts(2)
    await rep.taps(f"revise:tell:{run}")
    await rep.hears("What shall I change about the draft?")
    await rep.writes("Mention that a trial is possible")
    await rep.hears_drafts(3)
    await rep.taps(f"revise:again:{run}")
    await rep.hears_drafts(4)
    await running.settled()
    first, shorter, changed, _ = await rep.drafts()
    assert len(shorter) < len(first)
    assert changed != shorter
    stored = running.rows_of(rep.telegram_id)
    assert len(stored["lead_registry"]) == len(stored["support_sessions"]) == 1
