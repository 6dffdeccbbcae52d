"""One lead: everything known of it, its status, notes, corrections, and deleting it with all that belongs to it."""

import msgspec

from actors.session import outcome
from actors.session.app_link import open_in_app
from actors.session.copying import to_copy
from actors.session.flow import Flow
from actors.session.lead_rows import (
    activities_of,
    activity,
    changed,
    find_lead,
    next_step,
    scheduled,
    taken_away,
    title,
)
from actors.session.onboarding import ask_for_setup
from actors.session.state import Profile, SessionState
from actors.session.turn import DropFiles, Tap, Turn, World, say, show, then
from actors.session.waiting import EditingLead, Idle, NotingLead
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from coaching.leads import MAXIMUM_NOTES, Lead, LeadStatus, edit, with_note
from storage import to_text

_ACTIVITIES = 5
_LINE = 160
_STATUSES = frozenset(status.value for status in LeadStatus)


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Show the lead, or do what the button says with it."""
    match tap.words:
        case (wish, lead_id, *rest) if state.profile is not None and len(rest) <= 1:
            lead = find_lead(lead_id, world)
            return _do(state, state.profile, wish, lead, "".join(rest), tap, world) if lead else None
    return None


def follow(state: SessionState, rest: str, world: World) -> Turn:
    """Show the lead that a link names."""
    if state.profile is None:
        return ask_for_setup(state, world)
    lead = find_lead(rest, world)
    if lead is None:
        return Turn(state, calls=say(state, world.texts("lead-gone")))
    return shown(state.at(Idle()), lead, None, world)


def take_note(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Add a note."""
    lead = find_lead(state.waiting_for.lead_id, world) if isinstance(state.waiting_for, NotingLead) else None
    if lead is None:
        return gone(state, world)
    notes = with_note(lead.notes, message.text)
    if notes is None:
        return Turn(state, calls=say(state, world.texts("lead-note-size", limit=MAXIMUM_NOTES)))
    turn = shown(state.at(Idle()), msgspec.structs.replace(lead, notes=notes), None, world)
    return msgspec.structs.replace(turn, rows=(changed(lead, {"notes": notes}, world),))


def take_edit(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Set the fields that the lines name; if one line is not understood nothing changes."""
    lead = find_lead(state.waiting_for.lead_id, world) if isinstance(state.waiting_for, EditingLead) else None
    if lead is None:
        return gone(state, world)
    wanted = edit(message.text)
    if wanted.unread or not wanted.values:
        return Turn(state, calls=say(state, world.texts("lead-edit-unread", line="; ".join(wanted.unread) or "-")))
    write = changed(lead, wanted.values, world)
    names = {"prospect_name": "name", "prospect_title": "title", "prospect_company": "company"}
    fields = {names.get(column, "geography"): value for column, value in wanted.values.items()}
    turn = shown(state.at(Idle()), msgspec.structs.replace(lead, **fields), None, world)
    return msgspec.structs.replace(turn, rows=(write,))


def gone(state: SessionState, world: World) -> Turn:
    """The lead that the session waited for was deleted meanwhile."""
    return Turn(state.at(Idle()), calls=say(state, world.texts("lead-gone")))


def shown(state: SessionState, lead: Lead, tap: Tap | None, world: World) -> Turn:
    """A turn that shows the lead with its buttons."""
    return show(state, tap, _text(lead, state, world), _buttons(lead, world))


def _do(state: SessionState, profile: Profile, wish: str, lead: Lead, rest: str, tap: Tap, world: World) -> Turn | None:
    match wish, rest:
        case "view", "":
            return shown(state.at(Idle()), lead, tap, world)
        case "open", "":  # under a draft or a reminder, which stay
            return shown(state.at(Idle()), lead, None, world)
        case "status", "":
            return show(state, tap, world.texts("lead-status-ask", lead=title(lead, world)), _statuses(lead, world))
        case "set", status if status in _STATUSES:
            return _set_status(state, profile, lead, LeadStatus(status), tap, world)
        case "draft", "" if lead.draft is not None:
            return Turn(state, calls=to_copy(state.rep.telegram_id, lead.draft.message, world))
        case "log", "":
            return show(state, tap, _log(lead, world), (_back(lead, world),))
        case "note", "":
            return Turn(state.at(NotingLead(lead.id)), calls=say(state, world.texts("lead-note-ask")))
        case "edit", "":
            return Turn(state.at(EditingLead(lead.id)), calls=say(state, _edit_form(lead, world)))
        case "delete", "":
            yes = Button(label=world.texts("button-lead-delete-yes"), data=f"lead:gone:{lead.id}")
            text = world.texts("lead-delete-ask", lead=title(lead, world))
            return show(state, tap, text, ((yes,), _back(lead, world)))
        case "gone", "":
            return _deleted(state, lead, tap, world)
    return None


def _set_status(
    state: SessionState, profile: Profile, lead: Lead, status: LeadStatus, tap: Tap, world: World
) -> Turn | None:
    """Set the status; a closed lead is not reminded of any more, an opened one is again, and contact is noted."""
    if lead.status is status:
        return msgspec.structs.replace(shown(state, lead, tap, world), notice=world.texts("lead-status-same"))
    touched = world.now if status.contacted else lead.contacted_at
    now = msgspec.structs.replace(lead, status=status, contacted_at=touched)
    values: dict[str, object] = {"status": status.value, **scheduled(now, profile, world)}
    if status.contacted:
        values["last_contacted"] = to_text(world.now)
    rows = (
        changed(lead, values, world),
        activity(state, lead.id, "status_change", f"{lead.status} -> {status}", world),
    )
    turn = msgspec.structs.replace(shown(state, now, tap, world), rows=rows, notice=world.texts("lead-status-set"))
    return then(turn, lambda after: outcome.closed(after, profile, now, world)) if status.closed else turn


def _deleted(state: SessionState, lead: Lead, tap: Tap, world: World) -> Turn:
    turn = show(state.at(Idle()), tap, world.texts("lead-deleted", lead=title(lead, world)))
    pictures = tuple(str(row["upload"]) for row in activities_of(lead.id, world) if row.get("upload"))
    rows = taken_away(lead.id, state.rep.telegram_id)
    return msgspec.structs.replace(turn, rows=rows, commands=(DropFiles(pictures),) if pictures else ())


def _text(lead: Lead, state: SessionState, world: World) -> str:
    texts = world.texts
    settings = state.profile.settings if state.profile else None
    facts = (("title", lead.title), ("place", lead.geography), ("outcome", lead.outcome))
    blocks = [
        "\n".join(
            (
                title(lead, world),
                texts("lead-status", status=texts(f"status-{lead.status.value}")),
                *(texts(f"lead-{name}", value=value) for name, value in facts if value),
            )
        )
    ]
    if lead.analysis:
        blocks.append(texts("lead-reading", concern=lead.analysis.key_concern, signal=lead.analysis.buying_signal))
    if lead.strategy:
        steps = "\n".join(f"{n}. {step.principle}" for n, step in enumerate(lead.strategy.steps[:3], start=1))
        blocks.append(texts("lead-strategy", steps=steps))
    if lead.plan:
        done = sum(step.settled_at is not None for step in lead.plan.steps)
        step = next_step(lead.plan) or "none"
        blocks.append(texts("lead-plan", done=done, steps=len(lead.plan.steps), next=step))
    if lead.remind_at and settings:
        blocks.append(texts("lead-remind", when=settings.local(lead.remind_at).strftime("%d %b, %H:%M")))
    if lead.notes:
        blocks.append(texts("lead-notes", notes=lead.notes))
    return "\n\n".join(blocks)


def _log(lead: Lead, world: World) -> str:
    """The last things that happened with a lead."""
    rows = activities_of(lead.id, world)[:_ACTIVITIES]
    lines = [
        world.texts("lead-log-line", day=str(row["created_at"])[:10], what=str(row["content"] or "")[:_LINE])
        for row in rows
    ]
    return "\n".join((world.texts("lead-log", lead=title(lead, world)), *lines))


def _edit_form(lead: Lead, world: World) -> str:
    return world.texts(
        "lead-edit-ask",
        name=lead.name or "",
        title=lead.title or "",
        company=lead.company or "",
        location=lead.geography or "",
    )


def _buttons(lead: Lead, world: World) -> Keyboard:
    def button(name: str, data: str) -> Button:
        return Button(label=world.texts(f"button-lead-{name}"), data=f"{data}:{lead.id}")

    draft = (button("draft", "lead:draft"),) if lead.draft else ()
    planned = button("plan", "plan:show") if lead.plan else button("make-plan", "plan:make")
    return (
        (button("status", "lead:status"), *draft),
        (planned, button("news", "news:tell")),
        (button("comment", "comment:ask"), button("research", "research:show" if lead.research else "research:make")),
        (button("note", "lead:note"), button("edit", "lead:edit")),
        (button("log", "lead:log"), button("delete", "lead:delete")),
        *open_in_app(world, f"/leads/{lead.id}"),
        (Button(label=world.texts("button-back"), data="leads:page:open:0"),),
    )


def _statuses(lead: Lead, world: World) -> Keyboard:
    others = [status for status in LeadStatus if status is not lead.status]
    rows = tuple(
        (Button(label=world.texts(f"status-{status.value}"), data=f"lead:set:{lead.id}:{status.value}"),)
        for status in others
    )
    return (*rows, _back(lead, world))


def _back(lead: Lead, world: World) -> tuple[Button, ...]:
    return (Button(label=world.texts("button-back"), data=f"lead:view:{lead.id}"),)


FLOW = Flow(
    buttons={"lead": pressed},
    texts={NotingLead: take_note, EditingLead: take_edit},
    links={"lead": follow},
)
