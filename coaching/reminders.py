"""When a rep is reminded of a lead: one moment per lead, moved by what the rep does, out of quiet hours, with an end.

A reminder that stays unanswered comes back twice, each time later, and then no more: the third is the last.
"""

from collections.abc import Iterable

from coaching.leads import Lead
from coaching.plans import DAY_S
from coaching.rep_settings import RepSettings

AGAIN_AFTER_DAYS = (2, 5)
"""How many days after the first, and after the second, unanswered reminder the next one comes."""
SNOOZES = {"3h": 3 / 24, "1d": 1.0, "3d": 3.0, "7d": 7.0}
"""The choices of putting a reminder off, in days."""
GRACE_S = 3 * 3600.0
"""How long a rep is left alone after they themselves changed a plan or a status."""
STALE_AFTER_DAYS = 7
DIGEST_HOUR = 9
"""The hour of a rep's day from which the digest comes."""
DIGEST_LEADS = 10


def next_reminder(lead: Lead, settings: RepSettings, now: float) -> float | None:
    """When the rep, who just changed something, is to be reminded of the plan's next step; None: of nothing."""
    if lead.status.closed or lead.plan is None or lead.plan.next is None:
        return None
    return settings.not_quiet(max(lead.plan.due(lead.plan.next), now + GRACE_S))


def after_reminder(reminded: int, settings: RepSettings, now: float) -> float | None:
    """When the same reminder comes again after `reminded` of them went unanswered; None: no more."""
    if not 1 <= reminded <= len(AGAIN_AFTER_DAYS):
        return None
    return settings.not_quiet(now + AGAIN_AFTER_DAYS[reminded - 1] * DAY_S)


def snoozed(choice: str, settings: RepSettings, now: float) -> float:
    """When a reminder comes that was put off; raises KeyError for a choice there is not."""
    return settings.not_quiet(now + SNOOZES[choice] * DAY_S)


def stale(leads: Iterable[Lead], last: float | None, now: float) -> tuple[Lead, ...]:
    """Open leads that nobody was in touch with for one more full week since the last digest, the longest first.

    So each is told of once a week and not every day; one that a reminder will come for is left to it.
    """
    quiet = (lead for lead in leads if not lead.status.closed and lead.remind_at is None)
    due = (lead for lead in quiet if _weeks(lead, now) > (_weeks(lead, last) if last else 0))
    return tuple(sorted(due, key=lambda lead: lead.touched_at))


def _weeks(lead: Lead, at: float) -> int:
    return max(0, int((at - lead.touched_at) / (STALE_AFTER_DAYS * DAY_S)))


def digest_due(last: float | None, settings: RepSettings, now: float) -> bool:
    """Whether today's digest is still to come: it is late enough on the rep's clock and none came today."""
    local = settings.local(now)
    if not settings.reminders or settings.quiet(now) or local.hour < DIGEST_HOUR:
        return False
    return last is None or settings.local(last).date() < local.date()
