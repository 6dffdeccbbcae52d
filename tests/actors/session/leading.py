"""What the tests of leads share: a lead's row, and worlds in which it was read."""

import msgspec

from actors.session.turn import World
from coaching.leads import Lead, lead_of
from coaching.plans import ActionType, Plan, PlanStep
from coaching.rows import Run, lead_row
from storage import Row, to_text, user_id
from tests.actors.session.practising import here
from tests.actors.session.world import NOW, PROSPECT, answer

LEAD = "00000000-0000-4000-8000-0000000000aa"
DAY = 86_400.0


def lead(lead_id: str = LEAD, at: float = NOW - 10 * DAY, **changes: object) -> Row:
    """The row of a lead that was made ten days ago."""
    run = Run("run", user_id(7), 7, to_text(at), "openrouter")
    unwritten: Row = dict.fromkeys(("notes", "web_research", "engagement_plan", "last_contacted", "next_followup"))
    unwritten |= {"outcome": None, "rewarded_at": None}
    return unwritten | lead_row(run, PROSPECT, answer()) | {"id": lead_id} | changes


def plan(begun_at: float = NOW - DAY) -> Plan:
    """A plan of five steps, the first due at once."""
    step = PlanStep(ActionType.EMAIL, "Send the numbers", "One page", 0, draft="Hello Maria")
    later = [PlanStep(ActionType.CALL, f"Call {n}", "Ask for a date", 2) for n in range(4)]
    return Plan("plan1", "A trial on one line", (step, *later), begun_at)


def with_leads(*leads: Row, now: float = NOW, xp: int = 0) -> World:
    """A world with these leads and nothing that happened with them."""
    users: Row = {"id": user_id(7), "telegram_id": 7, "total_xp": xp, "digested_at": None}
    return here(
        now,
        lead_registry=leads,
        lead_activity_log=(),
        lead_versions=(),
        users=(users,),
        support_sessions=(),
        win_rewards=(),
    )


def stored(world: World, lead_id: str = LEAD) -> Lead:
    """The lead as the world's rows have it now."""
    return lead_of(world.book.rows("lead_registry")[lead_id])


def planned_lead(**changes: object) -> Row:
    """A lead with a plan whose first step is due."""
    return lead(**{"engagement_plan": msgspec.to_builtins(plan()), "next_followup": to_text(NOW), **changes})
