"""Leads through the chat: worked, planned, reminded of after a restart, told news, commented on, won and deleted."""

import sqlite3
from pathlib import Path

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep
from tests.system.test_pictures import png, send


async def begin(coach: Coach) -> tuple[Rep, str]:
    """A rep with one lead and no quiet hours, and the lead's id."""
    await coach.start()
    anna = Rep(coach, 7, "anna")
    await anna.set_up()
    await anna.writes("/settings")
    await coach.settled()
    await anna.taps("settings:quiet")
    await coach.settled()
    await anna.taps("settings:quiet:0-0")
    await anna.writes(f"/support {PROSPECT}")
    await anna.hears_drafts(1)
    await coach.settled()
    lead = (await anna.buttons())["Open the lead"].rpartition(":")[2]
    return anna, lead


async def opened(coach: Coach, anna: Rep, lead: str) -> None:
    """Open the lead from a new list."""
    await anna.writes("/leads")
    await coach.settled()
    await anna.taps(f"lead:view:{lead}")
    await coach.settled()


async def test_a_plan_is_reminded_of_after_a_restart(tmp_path: Path) -> None:
    """Notes, plan, a kill, the reminder, Done; another rep's link to the lead leads nowhere."""
    async with Coach(tmp_path) as coach:
        anna, lead = await begin(coach)
        tom = Rep(coach, 8, "tom")
        await tom.set_up()
        await tom.writes(f"/start lead_{lead}")
        await tom.hears("That lead is no longer there.")
        await opened(coach, anna, lead)
        await anna.taps(f"lead:note:{lead}")
        await anna.hears("What shall I note?")
        await anna.writes("Likes short mails")
        await anna.hears("Likes short mails")
        await anna.taps(f"plan:make:{lead}")
        await anna.hears("Plan for Maria Keller")
        await coach.settled()
        await coach.kill()
        records = sqlite3.connect(tmp_path / "data" / "records.sqlite")
        records.execute("update lead_registry set next_followup = '2026-01-01T08:00:00.000000Z'")
        records.commit()
        records.close()
        await coach.start()
        await anna.hears("Today for Maria Keller")
        await anna.taps((await anna.buttons())["Done"])
        await anna.hears("✓ 1.")


async def test_news_advice_analysis_research_and_comments(tmp_path: Path) -> None:
    """What a rep does with a lead between its beginning and its end."""
    async with Coach(tmp_path) as coach:
        anna, lead = await begin(coach)
        await opened(coach, anna, lead)
        await anna.taps(f"news:tell:{lead}")
        await anna.hears("What is new about")
        await anna.writes("She asked for a trial on one line and wants to hear about legal terms.")
        await anna.hears("More, or shall I work with it?")
        await anna.taps(f"news:advise:{lead}")
        await anna.hears("What to do next:")
        await anna.taps(f"news:again:{lead}")
        await anna.hears("I read Maria Keller")
        await opened(coach, anna, lead)
        await anna.taps(f"research:make:{lead}")
        await anna.hears("https://example.com/")
        await anna.writes("/comment")
        await anna.hears("Show me the post")
        await send(coach, "photo", png("We cut our standstill by a third this year."))
        await anna.hears("The post:")
        await coach.settled()
        assert coach.count_records("lead_versions") == 1


async def test_a_lead_is_corrected_won_and_deleted(tmp_path: Path) -> None:
    """Points once, the reason kept, and after the deletion not one row of it."""
    async with Coach(tmp_path) as coach:
        anna, lead = await begin(coach)
        await opened(coach, anna, lead)
        await anna.taps(f"lead:edit:{lead}")
        await anna.hears("Send the lines")
        await anna.writes("Company: Südwerk")
        await anna.hears("Maria Keller @ Südwerk")
        await anna.taps(f"lead:status:{lead}")
        await coach.settled()
        await anna.taps(f"lead:set:{lead}:closed_won")
        await anna.hears("+500 XP")
        await anna.writes("The trial convinced her shift leads.")
        await anna.hears("Noted with the lead.")
        await coach.settled()
        assert coach.records.execute("select total_xp from users where telegram_id = 7").fetchone() == (500,)
        row = coach.records.execute("select status, outcome, next_followup from lead_registry").fetchone()
        assert row == ("closed_won", "The trial convinced her shift leads.", None)
        await anna.writes("/leads Südwerk")
        await anna.hears('One lead fits "Südwerk".')
        await anna.taps(f"lead:view:{lead}")
        await coach.settled()
        await anna.taps(f"lead:delete:{lead}")
        await coach.settled()
        await anna.taps(f"lead:gone:{lead}")
        await anna.hears("is deleted, with all that belonged to it.")
        await coach.settled()
        for table in ("lead_registry", "lead_activity_log", "lead_versions"):
            assert coach.count_records(table) == 0
