"""Reminders of plan steps and the digest of untouched leads; what comes when is `coaching.reminders`' decision.

The moment of a lead's next reminder stands in its row, and only this session moves it. So a nudge that comes twice,
late, or after a restart finds the moment moved and does nothing.
"""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.app_link import open_in_app
from actors.session.copying import copy_button
from actors.session.flow import Flow
from actors.session.lead_rows import activity, changed, find_lead, leads_of, moment, title
from actors.session.leads import label
from actors.session.plan import step_buttons
from actors.session.state import Profile, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.telegram.rendering import Button, Keyboard
from coaching.leads import Lead
from coaching.plans import Plan
from coaching.reminders import (
    AGAIN_AFTER_DAYS,
    DIGEST_LEADS,
    SNOOZES,
    after_reminder,
    digest_due,
    snoozed,
    stale,
)
from storage import from_text, to_text

_INLINE_DRAFT = 1_500


def remind(state: SessionState, lead_id: str, world: World) -> Turn:
    """Remind of the lead's next step if its moment has come; in quiet hours put it off to their end."""
    lead, profile = find_lead(lead_id, world), state.profile
    if lead is None or profile is None or lead.remind_at is None or lead.remind_at > world.now:
        return Turn(state)
    if lead.status.closed or lead.plan is None or lead.plan.next is None:
        return Turn(state, rows=(changed(lead, {"next_followup": None}, world),))
    if not profile.settings.reminders:
        return Turn(state)
    if profile.settings.quiet(world.now):
        later = moment(profile.settings.not_quiet(world.now))
        return Turn(state, rows=(changed(lead, {"next_followup": later}, world),))
    return _reminded(state, profile, lead, lead.plan, lead.plan.next, world)


def digest(state: SessionState, subject: str, world: World) -> Turn:
    """Tell once a day which open leads nobody was in touch with for another week; nothing on a day without one."""
    profile = state.profile
    if profile is None:
        return Turn(state)
    stored = world.book.rows("users").get(profile.user_id, {}).get("digested_at")
    last = from_text(str(stored)) if stored else None
    if not digest_due(last, profile.settings, world.now):
        return Turn(state)
    where: dict[str, object] = {"id": profile.user_id}
    told = RowWrite("users", "update", values={"digested_at": to_text(world.now)}, where=where)
    leads = stale(leads_of(world), last, world.now)
    if not leads:
        return Turn(state, rows=(told,))
    text = world.texts("digest", count=len(leads), shown=min(len(leads), DIGEST_LEADS))
    keyboard = tuple((Button(label=label(lead, world), data=f"lead:open:{lead.id}"),) for lead in leads[:DIGEST_LEADS])
    return Turn(state, calls=say(state, text, keyboard), rows=(told,))


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Put a reminder off, or stop those of this lead until its plan moves on."""
    profile = state.profile
    if profile is None:
        return None
    match tap.words:
        case ("later", lead_id):
            lead = find_lead(lead_id, world)
            text = world.texts("remind-later", lead=title(lead, world)) if lead else ""
            return show(state, tap, text, _choices(lead, world)) if lead else None
        case ("snooze", choice, lead_id) if choice in SNOOZES:
            return _moved(state, profile, lead_id, snoozed(choice, profile.settings, world.now), tap, world)
        case ("stop", lead_id):
            return _moved(state, profile, lead_id, None, tap, world)
    return None


def _reminded(state: SessionState, profile: Profile, lead: Lead, plan: Plan, number: int, world: World) -> Turn:
    step, reminded = plan.steps[number], lead.reminded + 1
    later = after_reminder(reminded, profile.settings, world.now)
    draft = step.draft if step.draft and len(step.draft) <= _INLINE_DRAFT else ""
    text = world.texts(
        "remind",
        lead=title(lead, world),
        action=world.texts(f"action-{step.action.value}"),
        step=step.title,
        detail=step.detail,
        tone="first" if reminded == 1 else "last" if reminded > len(AGAIN_AFTER_DAYS) else "again",
    )
    told = "\n\n".join(part for part in (text, draft) if part)
    rows = (
        changed(lead, {"next_followup": moment(later), "followup_count": reminded}, world),
        activity(state, lead.id, "reminder_sent", step.title, world),
    )
    return Turn(state, calls=say(state, told, _buttons(lead, plan, number, world)), rows=rows)


def _moved(
    state: SessionState, profile: Profile, lead_id: str, to: float | None, tap: Tap, world: World
) -> Turn | None:
    lead = find_lead(lead_id, world)
    if lead is None or lead.status.closed or lead.plan is None or lead.plan.next is None:
        return None
    name = title(lead, world)
    if to is None:
        text = world.texts("remind-stopped", lead=name)
    else:
        text = world.texts("remind-moved", lead=name, when=profile.settings.local(to).strftime("%d %b, %H:%M"))
    turn = show(state, tap, text)
    return msgspec.structs.replace(
        turn, rows=(changed(lead, {"next_followup": moment(to), "followup_count": 0}, world),)
    )


def _buttons(lead: Lead, plan: Plan, number: int, world: World) -> Keyboard:
    copy = copy_button(plan.steps[number].draft or "", world)
    later = (
        Button(label=world.texts("button-remind-later"), data=f"remind:later:{lead.id}"),
        Button(label=world.texts("button-open-lead"), data=f"lead:open:{lead.id}"),
    )
    steps = step_buttons(lead, plan, number, world)
    return (steps, *((copy,) if copy else ()), later, *open_in_app(world, f"/leads/{lead.id}"))


def _choices(lead: Lead, world: World) -> Keyboard:
    choices = tuple(
        Button(label=world.texts(f"button-snooze-{name}"), data=f"remind:snooze:{name}:{lead.id}") for name in SNOOZES
    )
    stop = Button(label=world.texts("button-remind-stop"), data=f"remind:stop:{lead.id}")
    open_lead = Button(label=world.texts("button-open-lead"), data=f"lead:open:{lead.id}")
    return (choices[:2], choices[2:], (stop, open_lead))


FLOW = Flow(buttons={"remind": pressed}, nudges={"remind": remind, "digest": digest})
