"""The Scheduler: tells sessions whose time has come, each moment once, and goes on after an outage of storage."""

from typing import cast

import pytest

from actors.retention import BATCH, MOST_BATCHES
from actors.scheduler import (
    ORPHAN_S,
    ORPHANS_FOR_S,
    SWEEP_EVERY_S,
    SWEEP_ON_S,
    TELL_AGAIN_S,
    DescribeScheduler,
    Scheduler,
    SchedulerDescribed,
)
from actors.session.messages import Nudge
from runtime import ActorSystem, ChildSpec
from runtime.testing import ManualClock, Probe, settle
from storage import Row, Store, Unavailable, all_of, gte, lt, to_text

EVENING = 1_800_000_000.0 - 1_800_000_000.0 % 86_400 + 12 * 3600


class Shelf:
    """Gives the rows that lie in it, or fails."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {
            "users": [],
            "lead_registry": [],
            "pipeline_spans": [],
            "pipeline_traces": [],
        }
        self.down = False

    async def select(self, table: str, where: object = None, **_: object) -> list[Row]:
        if self.down:
            raise Unavailable("away")
        return self.rows[table]


def user(telegram_id: int, **changes: object) -> Row:
    """A rep who wants reminders and had today's digest."""
    return {
        "telegram_id": telegram_id,
        "access": "granted",
        "reminders_enabled": True,
        "time_zone": "UTC",
        "quiet_from": 0,
        "quiet_to": 0,
        "digested_at": to_text(EVENING),
        **changes,
    }


def due(telegram_id: int, at: float = EVENING) -> Row:
    """A lead whose moment has come."""
    return {"id": f"lead{telegram_id}", "telegram_id": telegram_id, "next_followup": to_text(at)}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(EVENING)


@pytest.fixture
async def shelf() -> Shelf:
    return Shelf()


async def begin(system: ActorSystem, shelf: Shelf) -> Probe:
    """Start a Scheduler over these rows, and the probe that stands for the sessions."""
    sessions = await Probe.start(system, "sessions", well_known=True)
    await system.start(ChildSpec("scheduler", lambda: Scheduler(cast("Store", shelf), trace_days=30)))
    return sessions


async def test_a_due_lead_is_told_once_and_again_when_nothing_came_of_it(
    system: ActorSystem, clock: ManualClock, shelf: Shelf
) -> None:
    """The same moment is not told at every look, but again after a while; a new moment at once."""
    shelf.rows |= {"users": [user(7)], "lead_registry": [due(7)]}
    sessions = await begin(system, shelf)
    await clock.advance(5)
    assert await sessions.expect(Nudge) == Nudge("session/7", "remind", "lead7", to_text(EVENING))
    await clock.advance(60)
    await sessions.expect_none()
    await clock.advance(TELL_AGAIN_S)
    await sessions.expect(Nudge)
    shelf.rows["lead_registry"] = [due(7, EVENING + 60)]
    await clock.advance(60)
    assert (await sessions.expect(Nudge)).token == to_text(EVENING + 60)


async def test_only_reps_who_may_and_want_are_told(system: ActorSystem, clock: ManualClock, shelf: Shelf) -> None:
    """Somebody shut out, and a lead whose rep is not among those who want reminders."""
    shelf.rows |= {"users": [user(8, access="revoked")], "lead_registry": [due(8), due(9)]}
    sessions = await begin(system, shelf)
    await clock.advance(5)
    await settle()
    await sessions.expect_none()


async def test_a_digest_is_due_once_a_day(system: ActorSystem, clock: ManualClock, shelf: Shelf) -> None:
    """Whoever had none today is told, whoever had one is not."""
    shelf.rows["users"] = [user(7, digested_at=None), user(8)]
    sessions = await begin(system, shelf)
    await clock.advance(5)
    nudge = await sessions.expect(Nudge)
    assert (nudge.actor_key, nudge.kind) == ("session/7", "digest")
    await sessions.expect_none()


async def test_an_outage_is_waited_out(system: ActorSystem, clock: ManualClock, shelf: Shelf) -> None:
    """The next look finds what the last one could not read."""
    shelf.rows |= {"users": [user(7)], "lead_registry": [due(7)]}
    shelf.down = True
    sessions = await begin(system, shelf)
    await clock.advance(5)
    await sessions.expect_none()
    shelf.down = False
    await clock.advance(60)
    await sessions.expect(Nudge)


async def test_old_traces_are_swept_and_an_outage_is_waited_out(system: ActorSystem, clock: ManualClock) -> None:
    """A minute after the start and then every six hours; what storage cannot do now it does the next time."""
    asked: list[object] = []

    class Tables(Shelf):
        async def select(self, table: str, where: object = None, **more: object) -> list[Row]:
            if table == "pipeline_traces":
                asked.append(where)
            return await super().select(table)

    tables = Tables()
    await begin(system, tables)
    await clock.advance(61.0)
    assert asked == [lt("created_at", to_text(EVENING + 60 - 30 * 86_400))]
    tables.down = True
    await clock.advance(SWEEP_EVERY_S)
    tables.down = False
    await clock.advance(SWEEP_EVERY_S)
    assert len(asked) == 2


async def test_spans_without_a_trace_are_looked_for_when_theirs_had_time(
    system: ActorSystem, clock: ManualClock
) -> None:
    """Each sweep looks at those that are hours old, and a day back, so that one that failed is made up for."""
    asked: list[object] = []

    class Tables(Shelf):
        async def select(self, table: str, where: object = None, **more: object) -> list[Row]:
            if table == "pipeline_spans":
                asked.append(where)
            return await super().select(table)

    await begin(system, Tables())
    await clock.advance(61.0)
    until = EVENING + 60 - ORPHAN_S
    window = all_of(gte("created_at", to_text(until - ORPHANS_FOR_S)), lt("created_at", to_text(until)))
    assert asked[-1] == window


async def test_a_sweep_goes_on_while_there_is_more(system: ActorSystem, clock: ManualClock) -> None:
    """More old spans than a step deletes go in steps with a pause between them, and not with the next sweep."""

    class Tables(Shelf):
        left = 2 * BATCH * MOST_BATCHES + 1

        async def select(self, table: str, where: object = None, **_: object) -> list[Row]:
            return [{"id": number} for number in range(min(BATCH, self.left))] if table == "pipeline_spans" else []

        async def delete(self, _table: str, _where: object) -> int:
            gone = min(BATCH, self.left)
            self.left -= gone
            return gone

    tables = Tables()
    await begin(system, tables)
    await clock.advance(60.0)
    left = []
    for _ in range(3):
        left.append(tables.left)
        await clock.advance(SWEEP_ON_S)
    assert left == [BATCH * MOST_BATCHES + 1, 1, 0]


async def test_lateness_is_that_of_the_oldest_due_moment(system: ActorSystem, clock: ManualClock, shelf: Shelf) -> None:
    """It is none where nothing is due, and grows while the records cannot be read."""
    scheduler = await system.start(ChildSpec("late", lambda: Scheduler(cast("Store", shelf), trace_days=30)))
    await Probe.start(system, "sessions", well_known=True)
    await clock.advance(5.0)
    assert await system.ask(scheduler, DescribeScheduler(), deadline_s=1) == SchedulerDescribed(0.0)
    shelf.rows |= {"users": [user(7)], "lead_registry": [due(7, EVENING - 20), due(7, EVENING)]}
    await clock.advance(60.0)
    assert await system.ask(scheduler, DescribeScheduler(), deadline_s=1) == SchedulerDescribed(85.0)
    shelf.down = True
    await clock.advance(120.0)
    assert await system.ask(scheduler, DescribeScheduler(), deadline_s=1) == SchedulerDescribed(145.0)
