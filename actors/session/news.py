"""News of a lead: texts and pictures collected, advice on them, and the whole analysis again with what it changed."""

import msgspec

from actors.session.answer import draft_calls
from actors.session.casebook import shown_cases
from actors.session.copying import to_copy
from actors.session.flow import Flow, JobFlow
from actors.session.gathering import Bundle
from actors.session.jobs import enqueue, new_job
from actors.session.lead_rows import (
    activities_of,
    activity,
    analysis_version,
    changed,
    find_lead,
    lead_input,
    title,
)
from actors.session.state import Job, SessionState
from actors.session.support import MAXIMUM_IMAGES, case_inputs
from actors.session.turn import Tap, Turn, World, say
from actors.session.waiting import Idle, UpdatingLead
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from coaching import casebook
from coaching.advice import AdviceOutput
from coaching.changes import changes
from coaching.extraction import ExtractionOutput, material
from coaching.leads import Lead
from coaching.prospect import MAXIMUM_LENGTH, cleaned
from coaching.rows import lead_texts
from coaching.strategist import StrategistOutput, tidied

NEWS = ("context_update", "prospect_response")
"""The kinds of activity that a new analysis reads."""
MOST_NEWS = 10
SHOWN_VERSIONS = 5


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Ask for news, advise on them, analyse again, or show what was thought before."""
    match tap.words:
        case (wish, lead_id) if state.profile is not None:
            lead = find_lead(lead_id, world)
            return _do(state, wish, lead, world) if lead else None
    return None


def take(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Keep a text as news of the lead, and wait for more."""
    lead = _awaited(state, world)
    words = cleaned(message.text)
    if lead is None:
        return Turn(state.at(Idle()), calls=say(state, world.texts("lead-gone")))
    if not words or len(words) > MAXIMUM_LENGTH:
        return Turn(state, calls=say(state, world.texts("news-size", limit=MAXIMUM_LENGTH)))
    kept = activity(state, lead.id, "context_update", words, world)
    return Turn(state, calls=say(state, world.texts("news-kept"), _choices(lead, world)), rows=(kept,))


def look(state: SessionState, bundle: Bundle, world: World) -> Turn:
    """Read pictures as news of the lead."""
    lead = _awaited(state, world)
    if lead is None:
        return Turn(state.at(Idle()), calls=say(state, world.texts("lead-gone")))
    if len(bundle.images) > MAXIMUM_IMAGES:
        return Turn(state, calls=say(state, world.texts("support-images", limit=MAXIMUM_IMAGES)))
    job = new_job("news", {"user_message": bundle.text}, world, subject=lead.id, images=bundle.images)
    turn = enqueue(state, job, world)
    return msgspec.structs.replace(turn, state=turn.state.at(state.waiting_for))


def read(state: SessionState, job: Job, world: World) -> Turn:
    """Keep what was read in pictures."""
    lead = find_lead(job.subject, world)
    if lead is None:
        return Turn(state, calls=say(state, world.texts("lead-gone")))
    seen = material(job.text, msgspec.json.decode(job.finished["extraction"], type=ExtractionOutput))
    kept = activity(state, lead.id, "prospect_response", seen, world)
    text = world.texts("news-read", text=seen[:500])
    return Turn(state, calls=say(state, text, _choices(lead, world)), rows=(kept,))


def advised(state: SessionState, job: Job, world: World) -> Turn:
    """Send the advice and keep it with the lead."""
    lead = find_lead(job.subject, world)
    if lead is None:
        return Turn(state, calls=say(state, world.texts("lead-gone")))
    advice = msgspec.json.decode(job.finished["advisor"], type=AdviceOutput)
    moves = "\n".join(f"{number}. {move}" for number, move in enumerate(advice.moves, start=1))
    text = world.texts("advice", lead=title(lead, world), assessment=advice.assessment, moves=moves)
    onward = (_button("open-lead", f"lead:open:{lead.id}", world),)
    if advice.message:
        calls = say(state, "\n\n".join((text, world.texts("advice-message"))))
        calls += to_copy(state.rep.telegram_id, advice.message, world, (onward,))
    else:
        calls = say(state, text, (onward,))
    kept = activity(state, lead.id, "ai_advice", job.text, world, answer=text)
    return Turn(state, calls=calls, rows=(kept,))


def analysed(state: SessionState, job: Job, world: World) -> Turn:
    """Keep the former analysis as a version, put the new one in its place, and say what changed."""
    lead, profile = find_lead(job.subject, world), state.profile
    if lead is None or profile is None:
        return Turn(state, calls=say(state, world.texts("lead-gone")))
    output = tidied(msgspec.json.decode(job.finished["strategist"], type=StrategistOutput))
    output = casebook.checked(output, shown_cases(job))
    found = changes(lead.analysis, lead.strategy, output.analysis, output.strategy)
    lines = [
        world.texts("change", field=world.texts(f"change-{one.field}"), was=one.was or "-", now=one.now)
        for one in found
    ]
    text = world.texts("analysed", lead=title(lead, world), count=len(found), next=output.strategy.steps[0].principle)
    buttons = (
        (_button("plan-again", f"plan:make:{lead.id}", world), _button("versions", f"news:versions:{lead.id}", world)),
        (_button("open-lead", f"lead:open:{lead.id}", world),),
    )
    rows = (
        analysis_version(state, profile, lead, world),
        changed(lead, lead_texts(output), world),
        activity(state, lead.id, "re_analysis", "; ".join(one.field for one in found) or "-", world),
    )
    calls = say(state, "\n\n".join((text, *lines)), buttons)
    return Turn(state, calls=(*calls, *draft_calls(state.rep.telegram_id, output, None, world)), rows=rows)


def _do(state: SessionState, wish: str, lead: Lead, world: World) -> Turn | None:
    match wish:
        case "tell":
            text = world.texts("news-ask", lead=title(lead, world))
            return Turn(state.at(UpdatingLead(lead.id)), calls=say(state, text, _choices(lead, world)))
        case "advise":
            asked: dict[str, object] = {"user_message": _news(lead, world), "lead": lead_input(lead, world)}
            return enqueue(state, new_job("advice", asked, world, subject=lead.id), world)
        case "again":
            told = "\n\n".join(part for part in (lead.context, lead.notes, _news(lead, world)) if part)
            inputs = case_inputs(told[:MAXIMUM_LENGTH], world)
            return enqueue(state, new_job("analysis", inputs, world, subject=lead.id), world)
        case "versions":
            return _versions(state, lead, world)
        case "done":
            return Turn(state.at(Idle()), calls=say(state, world.texts("news-done")))
    return None


def _awaited(state: SessionState, world: World) -> Lead | None:
    waiting = state.waiting_for
    return find_lead(waiting.lead_id, world) if isinstance(waiting, UpdatingLead) else None


def _news(lead: Lead, world: World) -> str:
    """What came in about the lead, oldest first; the material itself where nothing did."""
    rows = activities_of(lead.id, world, *NEWS)[:MOST_NEWS]
    return "\n\n".join(str(row["content"]) for row in reversed(rows)) or lead.context


def _versions(state: SessionState, lead: Lead, world: World) -> Turn:
    rows = [row for row in world.book.rows("lead_versions").values() if row["lead_id"] == lead.id]
    kept = sorted((row for row in rows if row["kind"] == "analysis"), key=lambda row: str(row["created_at"]))
    lines = []
    for row in reversed(kept[-SHOWN_VERSIONS:]):
        content = msgspec.convert(row["content"], dict[str, dict[str, object] | None])
        concern = str((content.get("analysis") or {}).get("key_concern", "-"))
        lines.append(world.texts("version", day=str(row["created_at"])[:10], concern=concern))
    text = world.texts("versions", lead=title(lead, world), count=len(kept))
    return Turn(state, calls=say(state, "\n".join((text, *lines))))


def _button(name: str, data: str, world: World) -> Button:
    return Button(label=world.texts(f"button-{name}"), data=data)


def _choices(lead: Lead, world: World) -> Keyboard:
    return (
        (_button("advise", f"news:advise:{lead.id}", world), _button("reanalyse", f"news:again:{lead.id}", world)),
        (_button("news-done", f"news:done:{lead.id}", world),),
    )


FLOW = Flow(
    buttons={"news": pressed},
    texts={UpdatingLead: take},
    pictures={UpdatingLead: look},
    jobs={"news": JobFlow(answered=read), "advice": JobFlow(answered=advised), "analysis": JobFlow(answered=analysed)},
)
