"""Storage may be away: reps keep being answered, and everything is written once when it returns."""

import asyncio
from pathlib import Path

from actors.texts import Texts
from tests.servers.postgres import Database
from tests.servers.postgrest import Postgrest, token
from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep

OUTAGE_S = 20.0
KNOWN, UNKNOWN = 9_007_001, 9_007_002


def leads(database: Database, telegram_id: int) -> int:
    """How many leads this rep has in the real database."""
    return int(database.rows(f"select count(*) from lead_registry where telegram_id = {telegram_id}")[0][0])  # noqa: S608


async def test_twenty_seconds_without_postgrest(tmp_path: Path, postgrest: Postgrest, database: Database) -> None:
    """A rep we know is answered during the outage; one we do not know is told that the message is kept, and then is
    answered; afterwards the real PostgreSQL holds every row, once.
    """
    settings = {
        "INSFORGE_BASE_URL": postgrest.url,
        "INSFORGE_SERVICE_KEY": token("project_admin"),
        "INSFORGE_RECORDS_PATH": "/",
    }
    async with Coach(tmp_path, **settings) as coach:
        await coach.start()
        known, unknown = Rep(coach, KNOWN, "known"), Rep(coach, UNKNOWN, "unknown")
        await known.set_up()
        await coach.settled()
        postgrest.halt()
        try:
            await unknown.writes("/start")
            await unknown.hears(Texts()("records-unreachable"))
            await known.writes(f"/support {PROSPECT}")
            await known.hears_drafts(1)
            await asyncio.sleep(OUTAGE_S)
            assert leads(database, KNOWN) == 0
            assert (await coach.status())["journal"]["outbox_pending"]["record"] > 0
        finally:
            await asyncio.to_thread(postgrest.resume)
        await unknown.hears("How shall I think for you?")
        await unknown.taps("setup:quick")
        await unknown.writes(f"/support {PROSPECT}")
        await unknown.hears_drafts(1)
        await coach.settled()
        assert (leads(database, KNOWN), leads(database, UNKNOWN)) == (1, 1)
        # The database is shared: the daily digest may meet reps of other tests who have no chat here.
        ours = "select count(*) from outbox where state = 'dead' and (lane = 'record' or order_key in (?, ?))"
        with coach.journal() as journal:
            assert journal.execute(ours, (str(KNOWN), str(UNKNOWN))).fetchone() == (0,)
