"""A rep's leads as their flows read and write them. Rows are the rep's own by construction, so no other is found."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.state import Profile, SessionState
from actors.session.turn import World
from coaching.leads import Lead, lead_of
from coaching.plans import Plan
from coaching.prospect import cleaned
from coaching.reminders import next_reminder
from storage import to_text

LONGEST_ACTIVITY = 3_000
TOLD_ACTIVITIES = 10


def leads_of(world: World) -> tuple[Lead, ...]:
    """The rep's leads, newest first."""
    leads = map(lead_of, world.book.rows("lead_registry").values())
    return tuple(sorted(leads, key=lambda lead: lead.created_at, reverse=True))


def find_lead(lead_id: str, world: World) -> Lead | None:
    """One of the rep's leads; None for whatever is not."""
    row = world.book.rows("lead_registry").get(lead_id)
    return lead_of(row) if row else None


def taken_away(lead_id: str, telegram_id: int) -> tuple[RowWrite, ...]:
    """The writes that take a lead, and all that belongs to it, from this rep."""
    mine: dict[str, object] = {"lead_id": lead_id, "telegram_id": telegram_id}
    return (
        RowWrite("lead_versions", "delete", where=mine),
        RowWrite("lead_activity_log", "delete", where=mine),
        RowWrite("lead_registry", "delete", where={"id": lead_id, "telegram_id": telegram_id}),
    )


def changed(lead: Lead, values: dict[str, object], world: World) -> RowWrite:
    """The write that sets these columns of a lead."""
    where: dict[str, object] = {"id": lead.id}
    return RowWrite("lead_registry", "update", values={**values, "updated_at": to_text(world.now)}, where=where)


def activity(
    state: SessionState, lead_id: str, kind: str, content: str, world: World, answer: str | None = None
) -> RowWrite:
    """The write of something that happened with a lead."""
    row: dict[str, object] = {
        "id": world.new_id(),
        "lead_id": lead_id,
        "telegram_id": state.rep.telegram_id,
        "activity_type": kind,
        "content": cleaned(content)[:LONGEST_ACTIVITY],
        "ai_response": answer,
        "created_at": to_text(world.now),
    }
    return RowWrite("lead_activity_log", "insert", (row,))


def activities_of(lead_id: str, world: World, *kinds: str) -> list[dict[str, object]]:
    """What happened with a lead, newest first; with kinds, only those."""
    rows = (row for row in world.book.rows("lead_activity_log").values() if row["lead_id"] == lead_id)
    kept = [row for row in rows if not kinds or row["activity_type"] in kinds]
    return sorted(kept, key=lambda row: str(row["created_at"]), reverse=True)


def moment(at: float | None) -> str | None:
    """A time as stored."""
    return None if at is None else to_text(at)


def scheduled(lead: Lead, profile: Profile, world: World) -> dict[str, object]:
    """The columns that set when this lead's rep is reminded next, counted anew."""
    return {"next_followup": moment(next_reminder(lead, profile.settings, world.now)), "followup_count": 0}


def title(lead: Lead, world: World) -> str:
    """How a lead is called: its name and company, as far as they are known."""
    if lead.name and lead.company:
        return f"{lead.name} @ {lead.company}"
    return lead.name or lead.company or lead.title or world.texts("lead-nameless")


def next_step(plan: Plan) -> str:
    """The title of the plan's next step; empty when it is through."""
    return plan.steps[plan.next].title if plan.next is not None else ""


def lead_input(lead: Lead, world: World) -> dict[str, object]:
    """What a model is told of a lead beside the material it was made from."""
    happened = activities_of(lead.id, world)[:TOLD_ACTIVITIES]
    return {
        "name": lead.name,
        "title": lead.title,
        "company": lead.company,
        "location": lead.geography,
        "status": lead.status.value,
        "analysis": msgspec.to_builtins(lead.analysis),
        "notes": lead.notes,
        "research": lead.research,
        "plan": [f"{step.status}: {step.title}" for step in lead.plan.steps] if lead.plan else [],
        "happened": [f"{str(row['created_at'])[:10]} {row['activity_type']}: {row['content']}" for row in happened],
    }


def analysis_version(state: SessionState, profile: Profile, lead: Lead, world: World) -> RowWrite:
    """The write that keeps how a lead was read so far."""
    content = {
        "analysis": msgspec.to_builtins(lead.analysis),
        "strategy": msgspec.to_builtins(lead.strategy),
        "tactics": msgspec.to_builtins(lead.tactics),
        "draft": msgspec.to_builtins(lead.draft),
    }
    return version_row(state, profile, lead, "analysis", content, world)


def version_row(
    state: SessionState, profile: Profile, lead: Lead, kind: str, content: dict[str, object], world: World
) -> RowWrite:
    """The write that keeps what stood in a lead before."""
    row: dict[str, object] = {
        "id": world.new_id(),
        "lead_id": lead.id,
        "user_id": profile.user_id,
        "telegram_id": state.rep.telegram_id,
        "kind": kind,
        "content": content,
        "created_at": to_text(world.now),
    }
    return RowWrite("lead_versions", "insert", (row,))
