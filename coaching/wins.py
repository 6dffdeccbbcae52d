"""Points for won leads: once per person and a few a week, however often leads are made anew, renamed or reopened.

What was rewarded is kept apart from the leads, so that deleting one forgets no reward. Of the person only a hash is
kept: enough to know them again, nothing to read.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256

from coaching.leads import Lead

WON_XP = 500
MOST_A_WEEK = 3


def person(lead: Lead, telegram_id: int) -> str:
    """Who a lead is, as a hash that is one rep's own: the full name, else name and company, else the material."""
    name, company = (" ".join((part or "").split()).casefold() for part in (lead.name, lead.company))
    told = name if " " in name else f"{name}|{company}" if name else f"?{lead.context}"
    return sha256(f"{telegram_id}|{told}".encode()).hexdigest()


def earns(lead: Lead, who: str, rewards: Collection[Mapping[str, object]], since: str) -> bool:
    """Whether a win of this lead earns points; `rewards` are all so far, `since` the stored moment a week ago."""
    known = any(reward["person"] == who or reward["lead_id"] == lead.id for reward in rewards)
    this_week = sum(str(reward["created_at"]) > since for reward in rewards)
    return not (lead.rewarded or known) and this_week < MOST_A_WEEK
