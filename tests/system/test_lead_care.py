"""The care of leads in the chat: steps of a plan, reminders put off, the digest, merging, search and pages."""

import sqlite3
from datetime import UTC, datetime

import pytest

from actors.texts import Texts
from storage import Row, user_id
from tests.actors.session.leading import lead as lead_row
from tests.system.coach import Coach
from tests.system.conftest import newcomer, without_quiet_hours, worked
from tests.system.rep import PROSPECT, Rep

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXTS = Texts()


async def test_steps_are_done_undone_and_skipped(running: Coach, rep: Rep) -> None:
    """Each tap shows the plan as it stands then, and the lead's history tells it all."""
    lead, _ = await worked(rep)
    await rep.taps(await rep.button("Open the lead"))
    await rep.taps(f"plan:make:{lead}")
    await rep.hears("Plan for Maria Keller")
    assert await rep.answer_to(await rep.button("Done")) == TEXTS("plan-done")
    await rep.hears("✓ 1.")
    assert await rep.answer_to(await rep.button("Undo the last")) == TEXTS("plan-undo")
    await rep.sees("✓ 1.", times=0)
    assert await rep.answer_to(await rep.button("Skip")) == TEXTS("plan-skip")
    await running.settled()
    told = "select activity_type from lead_activity_log where lead_id = ? order by created_at"
    kinds = [row[0] for row in running.recorded(told, lead)]
    assert kinds == ["context_update", "plan_made", "step_done", "step_undo", "step_skip"]


async def test_a_reminder_is_put_off_and_the_digest_names_who_was_forgotten(running: Coach, rep: Rep) -> None:
    """After a restart: the due step with Later and its choices, and the lead that nobody wrote to for ten days."""
    await without_quiet_hours(rep)
    await rep.taps("settings:zone")
    await rep.hears(TEXTS("settings-zone"))
    await rep.writes(f"UTC{12 - datetime.now(UTC).hour:+d}")
    lead, _ = await worked(rep)
    await rep.taps(await rep.button("Open the lead"))
    await rep.taps(f"plan:make:{lead}")
    await rep.hears("Plan for Maria Keller")
    forgotten, _ = await worked(rep, PROSPECT.replace("Maria Keller", "Tom Fisher"))
    await running.settled()
    await running.stop()
    records = sqlite3.connect(running.folder / "data" / "records.sqlite")
    due = "update lead_registry set next_followup = '2026-01-01T08:00:00.000000Z' where id = ?"
    records.execute(due, (lead,))
    old = "update lead_registry set created_at = '2026-01-01T08:00:00.000000Z' where id = ?"
    records.execute(old, (forgotten,))
    records.execute("update users set digested_at = null where telegram_id = ?", (rep.telegram_id,))
    records.commit()
    records.close()
    await running.start()
    await rep.hears("Today for Maria Keller")
    await rep.hears("One open lead has heard nothing from you")
    await rep.taps(await rep.button("Later"))
    await rep.taps(f"remind:snooze:1d:{lead}")
    await rep.hears("All right: I remind you of Maria Keller")
    await running.settled()
    moved = "select next_followup, followup_count from lead_registry where id = ?"
    ((when, count),) = running.recorded(moved, lead)
    assert datetime.fromisoformat(when) > datetime.now(UTC)
    assert count == 0


async def test_the_same_person_again_goes_on_in_the_lead_and_a_doubtful_one_is_asked_about(
    running: Coach, rep: Rep
) -> None:
    """Sure: one lead, told. In doubt: two, until a yes; a second tap on the same button changes nothing."""
    await worked(rep)
    await worked(rep)
    await rep.hears("You have worked on Maria Keller @ Nordwerk before")
    await running.settled()
    assert _leads(running, rep) == 1
    await worked(rep, "Maria Keller wrote that she would like to see the numbers of a comparable plant before May.")
    await rep.hears("You already have Maria Keller @ Nordwerk. Is this the same person?")
    await running.settled()
    assert _leads(running, rep) == 2
    yes = await rep.button("Yes, merge them")
    await rep.taps(yes)
    await rep.hears("One lead now")
    await running.settled()
    assert _leads(running, rep) == 1
    assert await rep.forges(yes) == TEXTS("stale-button")


async def test_leads_beyond_fifty_are_paged_and_found(running: Coach, rep: Rep) -> None:
    """Of 61 leads the last page shows the oldest one, and search finds it among all."""
    known = (_row(rep, number) for number in range(61))
    records = sqlite3.connect(running.folder / "data" / "records.sqlite")
    for row in known:
        marks = ", ".join("?" * len(row))
        records.execute(f"insert into lead_registry ({', '.join(row)}) values ({marks})", tuple(row.values()))  # noqa: S608
    records.commit()
    records.close()
    await rep.writes("/leads")
    await rep.hears("61 of 61. Page 1 of 13")
    for page in range(1, 13):
        await rep.taps(f"leads:page:open:{page}")
    await rep.hears("Page 13 of 13")
    assert "○ Person 60 @ Nordwerk" in await rep.buttons()
    await rep.writes("/leads person 60")
    await rep.hears('One lead fits "person 60"')
    await rep.taps(await rep.button("○ Person 60 @ Nordwerk"))
    await rep.hears("Status: Analyzed")


async def test_every_lead_is_its_owners_alone(running: Coach, rep: Rep) -> None:
    """Every button of somebody else's lead, known by its id, is a stale one to anybody else and changes nothing."""
    lead, run = await worked(rep)
    await running.settled()
    before = running.rows_of(rep.telegram_id)
    other = await newcomer(running)
    wishes = (
        *(f"lead:{wish}:{lead}" for wish in ("view", "status", "draft", "log", "note", "edit", "delete", "gone")),
        f"lead:set:{lead}:closed_won",
        *(f"news:{wish}:{lead}" for wish in ("tell", "advise", "again", "versions", "done")),
        *(f"plan:{wish}:{lead}" for wish in ("make", "show")),
        *(f"research:{wish}:{lead}" for wish in ("make", "show")),
        *(f"remind:{wish}:{lead}" for wish in ("later", "stop", "snooze:1d")),
        *(f"revise:{wish}:{run}" for wish in ("shorter", "bolder", "tell", "again")),
        f"comment:ask:{lead}",
        f"casebook:used:{run}",
    )
    for wish in wishes:
        assert await other.forges(wish) == TEXTS("stale-button"), wish
    await running.settled()
    assert running.rows_of(rep.telegram_id) == before
    assert running.rows_of(other.telegram_id)["lead_registry"] == []


def _leads(coach: Coach, rep: Rep) -> int:
    return len(coach.rows_of(rep.telegram_id)["lead_registry"])


def _row(rep: Rep, number: int) -> Row:
    made = lead_row(f"00000000-0000-4000-8000-{number:012d}", 1_790_000_000.0 - number)
    owner = {"telegram_id": rep.telegram_id, "user_id": user_id(rep.telegram_id)}
    return made | owner | {"prospect_name": f"Person {number}", "followup_count": 0}
