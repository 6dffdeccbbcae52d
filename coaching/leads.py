"""Leads: a row as a value, finding them again, editing them, and when two of them are the same person."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import msgspec

from coaching.plans import Plan
from coaching.prospect import cleaned
from coaching.strategist import Analysis, Draft, EngagementTactics, StrategistOutput, Strategy, known, prospect_name

_T = TypeVar("_T")
MAXIMUM_FIELD = 200
MAXIMUM_NOTES = 4_000


class LeadStatus(StrEnum):
    """Where a lead stands; any status may follow any other, because deals go back and forth."""

    ANALYZED = "analyzed"
    REACHED_OUT = "reached_out"
    MEETING_BOOKED = "meeting_booked"
    IN_PROGRESS = "in_progress"
    CLOSED_WON = "closed_won"
    CLOSED_LOST = "closed_lost"

    @property
    def closed(self) -> bool:
        """Whether nothing more is to be done, and nobody is reminded."""
        return self in (LeadStatus.CLOSED_WON, LeadStatus.CLOSED_LOST)

    @property
    def contacted(self) -> bool:
        """Whether a change to this status says that the rep was in touch with the prospect."""
        return self is not LeadStatus.ANALYZED


class LeadIdentity(msgspec.Struct, frozen=True):
    """Who a lead is, as far as it is known."""

    name: str | None
    company: str | None


class Lead(msgspec.Struct, frozen=True):
    """A row of `lead_registry`; times are UTC epoch seconds, parts that were never written are None."""

    id: str
    name: str | None
    title: str | None
    company: str | None
    geography: str | None
    status: LeadStatus
    notes: str
    context: str
    analysis: Analysis | None
    strategy: Strategy | None
    tactics: EngagementTactics | None
    draft: Draft | None
    research: str | None
    plan: Plan | None
    outcome: str | None
    rewarded: bool
    reminded: int
    contacted_at: float | None
    remind_at: float | None
    created_at: float
    updated_at: float

    @property
    def touched_at(self) -> float:
        """When the rep was last in touch with the prospect, as far as they said; else when the lead was made."""
        return self.contacted_at or self.created_at


def lead_of(row: Mapping[str, object]) -> Lead:
    """The lead of a row; a part that can no longer be read as it was written counts as never written."""
    return Lead(
        id=str(row["id"]),
        name=_text(row, "prospect_name"),
        title=_text(row, "prospect_title"),
        company=_text(row, "prospect_company"),
        geography=_text(row, "prospect_geography"),
        status=LeadStatus(str(row["status"])),
        notes=_text(row, "notes") or "",
        context=_text(row, "original_context") or "",
        analysis=_part(row, "prospect_analysis", Analysis),
        strategy=_part(row, "closing_strategy", Strategy),
        tactics=_part(row, "engagement_tactics", EngagementTactics),
        draft=_part(row, "draft_response", Draft),
        research=_text(row, "web_research"),
        plan=_plan(row.get("engagement_plan")),
        outcome=_text(row, "outcome"),
        rewarded=row.get("rewarded_at") is not None,
        reminded=int(str(row.get("followup_count") or 0)),
        contacted_at=_moment(row, "last_contacted"),
        remind_at=_moment(row, "next_followup"),
        created_at=_moment(row, "created_at") or 0.0,
        updated_at=_moment(row, "updated_at") or 0.0,
    )


def found(leads: Iterable[Lead], words: str) -> tuple[Lead, ...]:
    """The leads in which every word stands somewhere: name, title, company, place, notes or context."""
    wanted = cleaned(words).casefold().split()
    return tuple(lead for lead in leads if wanted and all(word in _haystack(lead) for word in wanted))


EDITABLE = {
    "name": "prospect_name",
    "title": "prospect_title",
    "company": "prospect_company",
    "location": "prospect_geography",
    "geography": "prospect_geography",
    "role": "prospect_title",
}
"""What a rep calls a field, and the column that holds it."""


class Edit(msgspec.Struct, frozen=True):
    """What an edit sets, by column, and the lines that it does not understand."""

    values: dict[str, object]
    unread: tuple[str, ...]


def edit(text: str) -> Edit:
    """The edit that lines of "Field: value" ask for; an empty value clears a field, but never the name."""
    values: dict[str, object] = {}
    unread = []
    for line in cleaned(text).splitlines():
        field, colon, value = line.partition(":")
        column, value = EDITABLE.get(field.strip().casefold()), " ".join(value.split())
        if not line.strip():
            continue
        if not colon or column is None or len(value) > MAXIMUM_FIELD or (column == "prospect_name" and not value):
            unread.append(line.strip()[:60])
        else:
            values[column] = value or None
    return Edit(values, tuple(unread))


def with_note(notes: str, note: str) -> str | None:
    """The notes with one more line; None where they would grow too long or nothing was said."""
    together = "\n".join(part for part in (notes, cleaned(note)) if part)
    return together if cleaned(note) and len(together) <= MAXIMUM_NOTES else None


def identity(output: StrategistOutput) -> LeadIdentity:
    """The identity an answer found in the prospect's text."""
    return LeadIdentity(prospect_name(output), known(output.prospect_info.company))


def same_person(one: LeadIdentity, other: LeadIdentity) -> bool:
    """Whether two leads surely are one: the same full name at the same company.

    Conservative on purpose: a single name is never enough, nor is a company that one of them does not name, because
    the rep is asked in doubt, and a wrong merge mixes two people's files.
    """
    name, company = _folded(one.name), _folded(one.company)
    return " " in name and bool(company) and (name, company) == (_folded(other.name), _folded(other.company))


def maybe_same(one: LeadIdentity, other: LeadIdentity) -> bool:
    """Whether two leads might be one, so that the rep is asked: the same name, or its first or last word alone."""
    mine, others = _folded(one.name), _folded(other.name)
    if not mine or not others:
        return False
    return mine == others or mine in others.split() or others in mine.split()


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def _haystack(lead: Lead) -> str:
    parts = (lead.name, lead.title, lead.company, lead.geography, lead.notes, lead.context)
    return " ".join(part for part in parts if part).casefold()


def _text(row: Mapping[str, object], column: str) -> str | None:
    return str(row[column]) if row.get(column) else None


def _moment(row: Mapping[str, object], column: str) -> float | None:
    value = row.get(column)
    return datetime.fromisoformat(str(value)).timestamp() if value else None


def _part(row: Mapping[str, object], column: str, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(str(row.get(column) or ""), type=kind)
    except msgspec.MsgspecError:
        return None


def _plan(value: object) -> Plan | None:
    try:
        return msgspec.convert(value, Plan) if value else None
    except msgspec.MsgspecError:
        return None
