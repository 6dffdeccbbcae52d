"""Two leads of one person: one where it is sure, asked in doubt; a yes loses nothing, a no changes nothing."""

import msgspec
import pytest

from actors.session.turn import Turn, World
from coaching.rows import row_id
from storage import Row
from tests.actors.session.leading import LEAD, lead, planned_lead, stored, with_leads
from tests.actors.session.practising import tap, write
from tests.actors.session.world import NOW, PROSPECT, answer, finished, keyboard, ready, said


def worked(at: World) -> tuple[Turn, str]:
    """The turn that answers Maria Keller once more, and the new lead's id."""
    at.book.fill("casebook", (), team=True, at=NOW)
    asked = write(ready(), f"/support {PROSPECT}", at)
    run = asked.state.jobs[0].run_id
    turn = finished(asked.state, run, "strategist", msgspec.json.encode(answer()), at)
    at.book.apply(turn.rows)
    return turn, row_id(run, "lead_registry")


def _doubtful(**changes: object) -> Row:
    """A lead of the same name that names no company."""
    return planned_lead(prospect_company=None, **changes)


def test_surely_the_same_person_is_one_lead_without_a_question() -> None:
    """The same full name at the same company: told, not asked; what was known goes on, the former reading is kept."""
    at = with_leads(planned_lead(notes="met in Bremen", status="in_progress"))
    turn, new = worked(at)
    assert "You have worked on Maria Keller @ Nordwerk before" in said(turn)[-1]
    kept = stored(at, new)
    assert (kept.notes, kept.status) == ("met in Bremen", "in_progress")
    assert list(at.book.rows("lead_registry")) == [new]
    assert [row["lead_id"] for row in at.book.rows("lead_versions").values()] == [new]


def test_a_yes_makes_one_lead_with_all_that_was_known() -> None:
    """Notes, plan, status and history go on; the former reading is a version; the older row is gone."""
    at = with_leads(_doubtful(notes="met in Bremen", status="in_progress", prospect_geography="Hamburg"))
    turn, new = worked(at)
    assert "You already have Maria Keller. Is this" in said(turn)[-1]
    assert all(len(data.encode()) <= 64 for data in keyboard(turn))
    merged = tap(ready(), f"merge:yes:{new}:{LEAD[:8]}", at)
    at.book.apply(merged.rows)
    kept = stored(at, new)
    assert (kept.notes, kept.status, kept.geography) == ("met in Bremen", "in_progress", "Hamburg")
    assert kept.plan is not None
    assert LEAD not in at.book.rows("lead_registry")
    assert [row["lead_id"] for row in at.book.rows("lead_versions").values()] == [new]
    assert tap(ready(), f"merge:yes:{new}:{LEAD[:8]}", at).rows == ()


@pytest.mark.parametrize("rewarded", ["older", "newer"])
def test_a_merge_forgets_no_reward(rewarded: str) -> None:
    """Whichever of the two was won before, the one lead counts as rewarded."""
    at = with_leads(
        lead(prospect_company=None, rewarded_at="2026-05-01T00:00:00.000000Z" if rewarded == "older" else None)
    )
    _, new = worked(at)
    if rewarded == "newer":
        at.book.apply(tap(ready(), f"lead:set:{new}:closed_won", at).rows)
    at.book.apply(tap(ready(), f"merge:yes:{new}:{LEAD[:8]}", at).rows)
    assert stored(at, new).rewarded


def test_a_no_leaves_both() -> None:
    """Nothing is written."""
    at = with_leads(_doubtful())
    _, new = worked(at)
    assert tap(ready(), f"merge:no:{new}:{LEAD[:8]}", at).rows == ()


def test_nobody_is_asked_about_somebody_else() -> None:
    """Another name, or no lead at all."""
    for rows in ((), (lead(prospect_name="Tom Fisher"),)):
        turn, _ = worked(with_leads(*rows))
        assert "You already have" not in said(turn)[-1]


@pytest.mark.parametrize("data", [f"merge:yes:none:{LEAD[:8]}", f"merge:yes:{LEAD}:{LEAD[:8]}", "merge:yes", "merge"])
def test_stale_buttons_change_nothing(data: str) -> None:
    """A lead that is gone, one with itself, or nothing."""
    turn = tap(ready(), data, with_leads(lead()))
    assert (turn.calls, turn.rows) == ((), ())
