"""Leads: when two of them are the same person, and what a new answer changes in one that is known."""

import msgspec

from coaching.strategist import StrategistOutput, known, prospect_name


class LeadIdentity(msgspec.Struct, frozen=True):
    """Who a lead is, as far as it is known."""

    name: str | None
    company: str | None


def identity(output: StrategistOutput) -> LeadIdentity:
    """The identity an answer found in the prospect's text."""
    return LeadIdentity(prospect_name(output), known(output.prospect_info.company))


def same_person(one: LeadIdentity, other: LeadIdentity) -> bool:
    """Whether two leads surely are one: the same full name, and no two different companies.

    Conservative on purpose: a single name is never enough, nor is part of a name or a shared company, because a
    wrong merge overwrites someone's work and a missed one only shows a person twice.
    """
    name = _folded(one.name)
    if " " not in name or name != _folded(other.name):
        return False
    companies = {company for company in (_folded(one.company), _folded(other.company)) if company}
    return len(companies) < 2


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
