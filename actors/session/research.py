"""Web research on a lead: asked for, kept with the pages it cites, made anew without losing the former."""

import msgspec

from actors.session.flow import Flow, JobFlow
from actors.session.jobs import enqueue, new_job
from actors.session.lead_rows import activity, changed, find_lead, lead_input, title, version_row
from actors.session.state import Job, SessionState
from actors.session.turn import Tap, Turn, World, say
from actors.telegram.rendering import Button, Keyboard
from coaching.advice import Research
from coaching.leads import Lead
from coaching.prospect import cleaned

LONGEST = 5_000
MOST_PAGES = 10


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Search, or show what was found before."""
    match tap.words:
        case (("make" | "show") as wish, lead_id) if state.profile is not None:
            lead = find_lead(lead_id, world)
            if lead is None or (wish == "show" and not lead.research):
                return None
            if wish == "show":
                return Turn(state, calls=say(state, _text(lead, lead.research or "", world), _again(lead, world)))
            inputs: dict[str, object] = {"user_message": lead.context, "lead": lead_input(lead, world)}
            return enqueue(state, new_job("research", inputs, world, subject=lead.id), world)
    return None


def answered(state: SessionState, job: Job, world: World) -> Turn:
    """Keep what was found with its pages; what was found before becomes a version."""
    lead, profile = find_lead(job.subject, world), state.profile
    if lead is None or profile is None:
        return Turn(state, calls=say(state, world.texts("lead-gone")))
    found = msgspec.json.decode(job.finished["researcher"], type=Research)
    pages = "\n".join(f"- {page.title}: {page.url}" for page in found.pages[:MOST_PAGES])
    kept = "\n\n".join(part for part in (cleaned(found.text)[:LONGEST], cleaned(pages)) if part)
    former = (version_row(state, profile, lead, "research", {"text": lead.research}, world),) if lead.research else ()
    rows = (
        *former,
        changed(lead, {"web_research": kept}, world),
        activity(state, lead.id, "web_research", f"{len(found.pages)}", world),
    )
    return Turn(state, calls=say(state, _text(lead, kept, world), _again(lead, world)), rows=rows)


def _text(lead: Lead, research: str, world: World) -> str:
    return world.texts("research", lead=title(lead, world), text=research)


def _again(lead: Lead, world: World) -> Keyboard:
    return (
        (
            Button(label=world.texts("button-research-again"), data=f"research:make:{lead.id}"),
            Button(label=world.texts("button-open-lead"), data=f"lead:view:{lead.id}"),
        ),
    )


FLOW = Flow(buttons={"research": pressed}, jobs={"research": JobFlow(answered=answered)})
