"""Two leads that may be one person: the rep is asked, and only a yes makes one of them, with nothing lost."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.book import RowsUnreachable
from actors.session.flow import Flow
from actors.session.lead_rows import activity, analysis_version, changed, find_lead, leads_of, title
from actors.session.state import Profile, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import Button
from coaching.leads import Lead, LeadIdentity, maybe_same
from storage import Row

_SHORT = 8
"""Characters of the older lead's id in a button, beside the whole id of the newer one."""
_KEPT = (
    "status",
    "engagement_plan",
    "last_contacted",
    "next_followup",
    "followup_count",
    "outcome",
    "created_at",
)
"""Columns that the older lead knows better."""
_MISSING = (
    "prospect_first_name",
    "prospect_last_name",
    "prospect_name",
    "prospect_company",
    "prospect_geography",
    "web_research",
    "rewarded_at",
)
"""Columns that the older lead fills where the newer one says nothing."""


def ask(state: SessionState, lead_id: str, who: LeadIdentity, world: World) -> tuple[TelegramCall, ...]:
    """Return the question whether a new lead is one that is known; none where no other could be."""
    try:
        others = [lead for lead in leads_of(world) if lead.id != lead_id]
    except RowsUnreachable:
        return ()
    same = next((lead for lead in others if maybe_same(LeadIdentity(lead.name, lead.company), who)), None)
    if same is None:
        return ()
    buttons = tuple(
        Button(label=world.texts(f"button-merge-{wish}"), data=f"merge:{wish}:{lead_id}:{same.id[:_SHORT]}")
        for wish in ("yes", "no")
    )
    return say(state, world.texts("merge-ask", lead=title(same, world)), (buttons,))


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Make one lead of two, or leave both as they are."""
    match tap.words:
        case (("yes" | "no") as wish, lead_id, short) if state.profile is not None and len(short) == _SHORT:
            newer = find_lead(lead_id, world)
            older = [lead for lead in leads_of(world) if lead.id.startswith(short) and lead.id != lead_id]
            if newer is None or len(older) != 1:
                return None
            if wish == "no":
                return show(state, tap, world.texts("merge-kept"))
            return _merged(state, state.profile, newer, older[0], tap, world)
    return None


def _merged(state: SessionState, profile: Profile, newer: Lead, older: Lead, tap: Tap, world: World) -> Turn:
    """The newer lead stays, because the buttons under its answer mean it; the older one's life goes on in it."""
    stored = world.book.rows("lead_registry")
    values = _values(stored[newer.id], stored[older.id])
    where: dict[str, object] = {"lead_id": older.id, "telegram_id": state.rep.telegram_id}
    moved: dict[str, object] = {"lead_id": newer.id}
    mine: dict[str, object] = {"id": older.id, "telegram_id": state.rep.telegram_id}
    former = msgspec.structs.replace(older, id=newer.id)
    rows = (
        analysis_version(state, profile, former, world),
        changed(newer, values, world),
        RowWrite("lead_activity_log", "update", values=moved, where=where),
        RowWrite("lead_versions", "update", values=moved, where=where),
        activity(state, newer.id, "merged", title(older, world), world),
        RowWrite("lead_registry", "delete", where=mine),
    )
    turn = show(state, tap, world.texts("merge-done", lead=title(older, world)))
    return msgspec.structs.replace(turn, rows=rows)


def _values(newer: Row, older: Row) -> dict[str, object]:
    notes = "\n".join(str(row["notes"]) for row in (older, newer) if row.get("notes"))
    filled = {column: older.get(column) for column in _MISSING if not newer.get(column)}
    return {column: older.get(column) for column in _KEPT} | filled | {"notes": notes or None}


FLOW = Flow(buttons={"merge": pressed})
