"""Web research on a lead: asked for, kept with the pages it cites; made anew, the former ones can still be read."""

import msgspec

from actors.session.flow import Flow, JobFlow
from actors.session.jobs import enqueue, new_job
from actors.session.lead_rows import activity, changed, find_lead, lead_input, title, version_row
from actors.session.state import Job, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.telegram.rendering import Button, Keyboard
from coaching.advice import Research
from coaching.leads import Lead
from coaching.prospect import cleaned
from storage import Row

LONGEST = 5_000
MOST_PAGES = 10


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Search, show what was found, or what was found before that."""
    match tap.words:
        case ("former", lead_id, number) if state.profile is not None and number.isdecimal() and len(number) < 4:
            lead = find_lead(lead_id, world)
            return _former(state, lead, int(number), tap, world) if lead else None
        case (("make" | "show") as wish, lead_id) if state.profile is not None:
            lead = find_lead(lead_id, world)
            if lead is None or (wish == "show" and not lead.research):
                return None
            if wish == "show":
                tools = _tools(lead, world, former=bool(_versions(lead, world)))
                return Turn(state, calls=say(state, _text(lead, lead.research or "", world), tools))
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
    listed = "\n".join((world.texts("research-pages"), cleaned(pages))) if pages else ""
    text = cleaned(found.text)
    ending = world.texts("research-cut") if found.truncated or len(text) > LONGEST else ""
    kept = "\n\n".join(part for part in (text[:LONGEST], ending, listed) if part)
    former = (version_row(state, profile, lead, "research", {"text": lead.research}, world),) if lead.research else ()
    rows = (
        *former,
        changed(lead, {"web_research": kept}, world),
        activity(state, lead.id, "web_research", f"{len(found.pages)}", world),
    )
    tools = _tools(lead, world, former=bool(former or _versions(lead, world)))
    return Turn(state, calls=say(state, _text(lead, kept, world), tools), rows=rows)


def _versions(lead: Lead, world: World) -> list[Row]:
    """What was found before, newest first."""
    rows = world.book.rows("lead_versions").values()
    kept = [row for row in rows if row["lead_id"] == lead.id and row["kind"] == "research"]
    return sorted(kept, key=lambda row: str(row["created_at"]), reverse=True)


def _former(state: SessionState, lead: Lead, number: int, tap: Tap, world: World) -> Turn | None:
    """Show one former research; 0 is the newest of them."""
    versions = _versions(lead, world)
    if number >= len(versions):
        return None
    version = versions[number]
    text = world.texts(
        "research-former",
        lead=title(lead, world),
        day=str(version["created_at"])[:10],
        number=number + 1,
        count=len(versions),
        text=msgspec.convert(version["content"], dict[str, str])["text"],
    )
    later = _turning("button-later", lead, number - 1, world) if number else ()
    earlier = _turning("button-earlier", lead, number + 1, world) if number + 1 < len(versions) else ()
    now = Button(label=world.texts("button-research-now"), data=f"research:show:{lead.id}")
    turning = (*earlier, *later)
    return show(state, tap, text, (*((turning,) if turning else ()), (now,)))


def _turning(label: str, lead: Lead, number: int, world: World) -> tuple[Button, ...]:
    return (Button(label=world.texts(label), data=f"research:former:{lead.id}:{number}"),)


def _text(lead: Lead, research: str, world: World) -> str:
    return world.texts("research", lead=title(lead, world), text=research)


def _tools(lead: Lead, world: World, *, former: bool) -> Keyboard:
    return (
        (
            Button(label=world.texts("button-research-again"), data=f"research:make:{lead.id}"),
            Button(label=world.texts("button-open-lead"), data=f"lead:open:{lead.id}"),
        ),
        *((_turning("button-research-former", lead, 0, world),) if former else ()),
    )


FLOW = Flow(buttons={"research": pressed}, jobs={"research": JobFlow(answered=answered)})
