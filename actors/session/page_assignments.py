"""The team's leads on an admin's page, and handing one to another rep.

The admin's word is a letter to the owner's session, which gives the lead away with all that belongs to it; its letter
to the other rep's session carries the rows, which then are that rep's. Both reps are told.
"""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.flow import Flow
from actors.session.lead_rows import find_lead, taken_away, title
from actors.session.messages import Letter
from actors.session.page import Action, NotNow, NotThere, Parameters, View
from actors.session.page_admin import for_admins, name_of, only_admins, team_rows
from actors.session.state import SessionState
from actors.session.turn import Turn, World, say
from actors.telegram.rendering import Button
from coaching.leads import Lead, LeadStatus, lead_of
from storage import Row, user_id

MOST_LEADS = 500
_TABLES = {"lead_registry": "id", "lead_activity_log": "lead_id", "lead_versions": "lead_id"}
"""What belongs to a lead, with the column of its id."""


class Member(msgspec.Struct, frozen=True):
    """Somebody who can be given a lead."""

    telegram_id: int
    name: str


class TeamLead(msgspec.Struct, frozen=True):
    """A lead and whose it is."""

    id: str
    title: str
    status: LeadStatus
    owner: Member


class TeamLeads(msgspec.Struct, frozen=True):
    """The newest leads of the whole team, and who can be given one."""

    leads: tuple[TeamLead, ...]
    members: tuple[Member, ...]


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to have the lead."""

    telegram_id: int


class Handing(msgspec.Struct, frozen=True):
    """The admin's word to the owner's session; `by` and `name` are shown."""

    lead_id: str
    to: int
    name: str
    by: str


class Handed(msgspec.Struct, frozen=True):
    """The owner's session's word to the new owner's: the rows, by table."""

    by: str
    rows: dict[str, list[dict[str, object]]]


def listed(state: SessionState, parameters: Parameters, world: World) -> TeamLeads:
    """The team's leads."""
    users = {str(user["telegram_id"]): Member(int(str(user["telegram_id"])), name_of(user)) for user in _users(world)}
    owned = ((users.get(str(row["telegram_id"])), lead_of(row)) for row in team_rows("lead_registry", world))
    leads = tuple(_line(lead, owner, world) for owner, lead in owned if owner is not None)
    return TeamLeads(leads[:MOST_LEADS], tuple(map(_member, _takers(world))))


def assign(state: SessionState, parameters: Parameters, wanted: Assignment, world: World) -> Turn:
    """Hand a lead to another rep who may use the coach."""
    only_admins(state, world)
    row = next((one for one in team_rows("lead_registry", world) if one["id"] == parameters["lead_id"]), None)
    if row is None:
        raise NotThere
    taker = next((user for user in _takers(world) if user["telegram_id"] == wanted.telegram_id), None)
    if taker is None:
        raise NotNow(world.texts("page-no-taker"))
    if row["telegram_id"] == wanted.telegram_id:
        raise NotNow(world.texts("page-own-already", name=name_of(taker)))
    by = next((name_of(user) for user in _users(world) if user["telegram_id"] == state.rep.telegram_id), "")
    word = Handing(str(row["id"]), wanted.telegram_id, name_of(taker), by)
    letter = Letter(int(str(row["telegram_id"])), "hand_over", msgspec.json.encode(word).decode())
    foreseen = RowWrite("lead_registry", "update", values=_owner(wanted.telegram_id), where={"id": row["id"]})
    is_own = row["telegram_id"] == state.rep.telegram_id  # then this session has the lead until it reads the letter
    return Turn(state, letters=(letter,), foreseen=() if is_own else (foreseen,))


def hand_over(state: SessionState, subject: str, world: World) -> Turn:
    """Give a lead away; one that is not there any more is nobody's to give."""
    word = msgspec.json.decode(subject, type=Handing)
    lead = find_lead(word.lead_id, world)
    if lead is None:
        return Turn(state)
    rows = {
        table: [row for row in world.book.rows(table).values() if row[column] == lead.id]
        for table, column in _TABLES.items()
    }
    letter = Letter(word.to, "take_over", msgspec.json.encode(Handed(word.by, rows)).decode())
    told = say(state, world.texts("lead-handed-over", lead=title(lead, world), name=word.name, by=word.by))
    return Turn(state, calls=told, rows=taken_away(lead.id, state.rep.telegram_id), letters=(letter,))


def take_over(state: SessionState, subject: str, world: World) -> Turn:
    """Take a lead in: its rows are this rep's from now on, under their ids."""
    handed = msgspec.json.decode(subject, type=Handed)
    owner = _owner(state.rep.telegram_id)
    writes = tuple(
        RowWrite(table, "upsert", tuple({**row, **_known(row, owner)} for row in rows))
        for table, rows in handed.rows.items()
        if rows
    )
    lead = lead_of(handed.rows["lead_registry"][0])
    button = Button(label=world.texts("button-open-lead"), data=f"lead:open:{lead.id}")
    text = world.texts("lead-taken-over", lead=title(lead, world), by=handed.by)
    return Turn(state, calls=say(state, text, ((button,),)), rows=writes)


def _known(row: dict[str, object], owner: dict[str, object]) -> dict[str, object]:
    return {column: value for column, value in owner.items() if column in row}


def _owner(telegram_id: int) -> dict[str, object]:
    return {"telegram_id": telegram_id, "user_id": user_id(telegram_id)}


def _line(lead: Lead, owner: Member, world: World) -> TeamLead:
    return TeamLead(lead.id, title(lead, world), lead.status, owner)


def _users(world: World) -> list[Row]:
    return team_rows("users", world)


def _takers(world: World) -> list[Row]:
    return [user for user in _users(world) if user["access"] != "revoked"]


def _member(user: Row) -> Member:
    return Member(int(str(user["telegram_id"])), name_of(user))


FLOW = Flow(
    views={"admin/leads": View(for_admins(listed), TeamLeads)},
    actions={"admin/leads/{lead_id}/assign": Action(assign, then="admin/leads", body=Assignment)},
    nudges={"hand_over": hand_over, "take_over": take_over},
)
