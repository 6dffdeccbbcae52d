"""Two leads of one person become one, with nothing lost: at once where it is sure, else only on the rep's yes."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.book import RowsUnreachable
from actors.session.flow import Flow
from actors.session.lead_rows import activity, analysis_version, changed, find_lead, leads_of, title
from actors.session.state import Profile, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import Button
from coaching.leads import Lead, LeadIdentity, lead_of, maybe_same, same_person
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


def settle(
    state: SessionState, profile: Profile, written: tuple[RowWrite, ...], who: LeadIdentity, world: World
) -> Turn:
    """A turn that writes the rows of a new lead, merged with the lead of surely the same person; in doubt it asks."""
    row = next(row for write in written if write.table == "lead_registry" for row in write.rows)
    new = lead_of(row)
    try:
        others = [lead for lead in leads_of(world) if lead.id != new.id]
    except RowsUnreachable:
        return Turn(state, rows=written)
    same = next((lead for lead in others if same_person(_identity(lead), who)), None)
    if same is not None:
        told = say(state, world.texts("merge-known", lead=title(same, world)))
        return Turn(state, calls=told, rows=(*written, *_merged(state, profile, row, same, world)))
    doubtful = next((lead for lead in others if maybe_same(_identity(lead), who)), None)
    return Turn(state, calls=_ask(state, new.id, doubtful, world) if doubtful else (), rows=written)


def _identity(lead: Lead) -> LeadIdentity:
    return LeadIdentity(lead.name, lead.company)


def _ask(state: SessionState, lead_id: str, same: Lead, world: World) -> tuple[TelegramCall, ...]:
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
            turn = show(state, tap, world.texts("merge-done", lead=title(older[0], world)))
            row = world.book.rows("lead_registry")[newer.id]
            return msgspec.structs.replace(turn, rows=_merged(state, state.profile, row, older[0], world))
    return None


def _merged(state: SessionState, profile: Profile, newer: Row, older: Lead, world: World) -> tuple[RowWrite, ...]:
    """The newer lead stays, because the buttons under its answer mean it; the older one's life goes on in it."""
    new = lead_of(newer)
    values = _values(newer, world.book.rows("lead_registry")[older.id])
    where: dict[str, object] = {"lead_id": older.id, "telegram_id": state.rep.telegram_id}
    moved: dict[str, object] = {"lead_id": new.id}
    mine: dict[str, object] = {"id": older.id, "telegram_id": state.rep.telegram_id}
    former = msgspec.structs.replace(older, id=new.id)
    return (
        analysis_version(state, profile, former, world),
        changed(new, values, world),
        RowWrite("lead_activity_log", "update", values=moved, where=where),
        RowWrite("lead_versions", "update", values=moved, where=where),
        activity(state, new.id, "merged", title(older, world), world),
        RowWrite("lead_registry", "delete", where=mine),
    )


def _values(newer: Row, older: Row) -> dict[str, object]:
    notes = "\n".join(str(row["notes"]) for row in (older, newer) if row.get("notes"))
    filled = {column: older.get(column) for column in _MISSING if not newer.get(column)}
    return {column: older.get(column) for column in _KEPT} | filled | {"notes": notes or None}


FLOW = Flow(buttons={"merge": pressed})
