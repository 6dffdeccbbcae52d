"""Leads through the chat: worked, planned, reminded of after a restart, told news, commented on, won and deleted."""

import sqlite3

import pytest

from tests.system.coach import Coach
from tests.system.conftest import newcomer, without_quiet_hours, worked
from tests.system.rep import Rep
from tests.system.test_pictures import png, send

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def opened(rep: Rep, lead: str) -> None:
    """Open the lead from a new list."""
    await rep.writes("/leads")
    await rep.taps(f"lead:view:{lead}")
    await rep.hears("Status: Analyzed")


async def test_a_plan_is_reminded_of_after_a_restart(running: Coach, rep: Rep) -> None:
    """Notes, plan, a kill, the reminder, Done; another rep's link to the lead leads nowhere."""
    await without_quiet_hours(rep)
    lead, _ = await worked(rep)
    tom = await newcomer(running)
    await tom.writes(f"/start lead_{lead}")
    await tom.hears("That lead is no longer there.")
    await opened(rep, lead)
    await rep.taps(f"lead:note:{lead}")
    await rep.hears("What shall I note?")
    await rep.writes("Likes short mails")
    await rep.hears("Likes short mails")
    await rep.taps(f"plan:make:{lead}")
    await rep.hears("Plan for Maria Keller")
    await running.settled()
    await running.kill()
    records = sqlite3.connect(running.folder / "data" / "records.sqlite")
    due = "update lead_registry set next_followup = '2026-01-01T08:00:00.000000Z' where id = ?"
    records.execute(due, (lead,))
    records.commit()
    records.close()
    await running.start()
    await rep.hears("Today for Maria Keller")
    await rep.taps((await rep.buttons())["Done"])
    await rep.hears("✓ 1.")


async def test_news_advice_analysis_research_and_comments(running: Coach, rep: Rep) -> None:
    """What a rep does with a lead between its beginning and its end."""
    lead, _ = await worked(rep)
    await opened(rep, lead)
    await rep.taps(f"news:tell:{lead}")
    await rep.hears("What is new about")
    await rep.writes("She asked for a trial on one line and wants to hear about legal terms.")
    await rep.hears("More, or shall I work with it?")
    await rep.taps(f"news:advise:{lead}")
    await rep.hears("What to do next:")
    await rep.taps(f"news:again:{lead}")
    await rep.hears("I read Maria Keller")
    await opened(rep, lead)
    await rep.taps(f"research:make:{lead}")
    await rep.hears("https://example.com/")
    await rep.writes("/comment")
    await rep.hears("Show me the post")
    await send(running, "photo", png("We cut our standstill by a third this year."), rep_id=rep.telegram_id)
    await rep.hears("The post:")
    await running.settled()
    assert len(running.rows_of(rep.telegram_id)["lead_versions"]) == 1


async def test_a_lead_is_corrected_won_and_deleted(running: Coach, rep: Rep) -> None:
    """Points once, the reason kept, and after the deletion not one row of it."""
    lead, _ = await worked(rep)
    await opened(rep, lead)
    await rep.taps(f"lead:edit:{lead}")
    await rep.hears("Send the lines")
    await rep.writes("Company: Südwerk")
    await rep.hears("Maria Keller @ Südwerk")
    await rep.taps(f"lead:status:{lead}")
    await running.settled()
    await rep.taps(f"lead:set:{lead}:closed_won")
    await rep.hears("+500 XP")
    await rep.writes("The trial convinced her shift leads.")
    await rep.hears("Noted with the lead.")
    await running.settled()
    assert running.recorded("select total_xp from users where telegram_id = ?", rep.telegram_id) == [(500,)]
    (row,) = running.rows_of(rep.telegram_id)["lead_registry"]
    kept = (row["status"], row["outcome"], row["next_followup"])
    assert kept == ("closed_won", "The trial convinced her shift leads.", None)
    await rep.writes("/leads Südwerk")
    await rep.hears('One lead fits "Südwerk".')
    await rep.taps(f"lead:view:{lead}")
    await running.settled()
    await rep.taps(f"lead:delete:{lead}")
    await running.settled()
    await rep.taps(f"lead:gone:{lead}")
    await rep.hears("is deleted, with all that belonged to it.")
    await running.settled()
    left = running.rows_of(rep.telegram_id)
    assert [left[table] for table in ("lead_registry", "lead_activity_log", "lead_versions")] == [[], [], []]
