"""The support flow: a pasted prospect becomes a job, its answer a reading, a strategy, tactics and a draft."""

import msgspec

from actors.session import merging, sample
from actors.session.answer import answer_calls
from actors.session.case_rows import revised
from actors.session.casebook import shown_cases, team_cases
from actors.session.flow import Flow, JobFlow
from actors.session.gathering import Bundle
from actors.session.jobs import enqueue, new_job
from actors.session.onboarding import ask_for_setup
from actors.session.records import answered_rows, memory_row
from actors.session.state import Job, Offered, SessionState
from actors.session.turn import Tap, Turn, World, say
from actors.session.waiting import AwaitingProspect
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button
from coaching import casebook
from coaching.extraction import ExtractionOutput, material
from coaching.leads import identity
from coaching.memory import MemoryOutput, grounded, merge, support_interaction
from coaching.names import prospect_names
from coaching.prospect import MAXIMUM_LENGTH, Verdict, cleaned, judge
from coaching.strategist import StrategistOutput, tidied
from storage import to_text

MAXIMUM_IMAGES = 10
"""As many as Telegram puts into one album."""


def begin(state: SessionState, text: str, world: World) -> Turn:
    """Ask for the prospect, or take the one that came with the command; a newcomer has one as a sample."""
    if state.profile is None and state.sampled:
        return ask_for_setup(state, world)
    if text:
        return take(state, text, world)
    awaiting = msgspec.structs.replace(state, waiting_for=AwaitingProspect(), offered=None)
    return Turn(awaiting, calls=say(state, world.texts("support-ask" if state.profile else "sample-ask")))


def follow(state: SessionState, rest: str, world: World) -> Turn:
    """Ask for the prospect: what a link carries is no prospect."""
    return begin(state, "", world)


def offer(state: SessionState, text: str, world: World, images: tuple[str, ...] = ()) -> Turn:
    """Free text or pictures outside a flow: offer to work on them, with one tap."""
    if state.profile is None and state.sampled:
        return ask_for_setup(state, world)
    refused = _refused(state, text, images, world)
    if refused is not None:
        return refused
    keyboard = ((Button(label=world.texts("button-support-this"), data="support:this"),),)
    offered = msgspec.structs.replace(state, offered=Offered(text, images))
    return Turn(offered, calls=say(state, world.texts("offer-support"), keyboard))


def take(state: SessionState, text: str, world: World, images: tuple[str, ...] = ()) -> Turn:
    """Accept a prospect in words, pictures or both as a job; it starts at once or waits for those before it."""
    if state.profile is None and state.sampled:
        return ask_for_setup(state, world)
    refused = _refused(state, text, images, world)
    if refused is not None:
        return refused
    if state.profile is None:
        return sample.take(state, text, images, world)
    pipeline = "support_photo" if images else "support"
    return enqueue(state, new_job("support", case_inputs(text, world), world, pipeline=pipeline, images=images), world)


def case_inputs(text: str, world: World) -> dict[str, object]:
    """What a prospect's run is given: the text, and the team's cases that resemble it."""
    return {"user_message": text, "casebook": casebook.shown(casebook.similar(team_cases(world), text))}


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Begin with a new prospect, or take the text that was offered."""
    match tap.words:
        case ("new",):
            return begin(state, "", world)
        case ("this",) if state.offered is not None:
            return take(state, state.offered.text, world, state.offered.images)
    return None


def _taken(state: SessionState, message: TextMessage, world: World) -> Turn:
    return take(state, message.text, world)


def _seen(state: SessionState, bundle: Bundle, world: World) -> Turn:
    return take(state, bundle.text, world, bundle.images)


def text_of(job: Job) -> str:
    """What a prospect's job was about, in words: the rep's own and what was read in the pictures."""
    read = job.finished.get("extraction")
    return material(job.text, msgspec.json.decode(read, type=ExtractionOutput)) if read else job.text


def answered(state: SessionState, job: Job, world: World) -> Turn:
    """Send the strategist's answer and write down the session, the lead and its first activity.

    A run about an earlier one (`subject`) brings what is stored of that one up to the new answer instead.
    """
    profile = state.profile
    if profile is None:
        return Turn(state)
    shown = shown_cases(job)
    output = casebook.checked(tidied(msgspec.json.decode(job.finished["strategist"], type=StrategistOutput)), shown)
    similar = shown.get(output.casebook_match.case_id or "")
    practice, run_id = profile.provider in world.practice, job.subject or job.run_id
    if job.subject:
        turn = Turn(state, rows=revised(run_id, output, world))
    else:
        written = answered_rows(state.rep, profile, job, text_of(job), output, world.now)
        turn = merging.settle(state, profile, written, identity(output), world)
    # Last, because it is the dearest: what comes before may need rows and then the turn is made a second time.
    calls = answer_calls(
        state.rep.telegram_id, output, job.model, run_id, practice=practice, world=world, similar=similar
    )
    return msgspec.structs.replace(turn, calls=(*calls, *turn.calls))


def ended(state: SessionState, job: Job, world: World) -> Turn:
    """Remember what the case taught about the rep, even if the memory agent failed."""
    profile = state.profile
    if profile is None:
        return Turn(state)
    answer = tidied(msgspec.json.decode(job.finished["strategist"], type=StrategistOutput))
    learned = job.finished.get("memory")
    update = grounded(msgspec.json.decode(learned, type=MemoryOutput), text_of(job)) if learned else None
    interaction = support_interaction(answer, to_text(job.received_at))
    memory = merge(state.memory, update, interaction, prospect_names(answer))
    remembered = msgspec.structs.replace(state, memory=memory)
    return Turn(remembered, rows=(memory_row(state.rep, profile, memory, world.now),))


def _refused(state: SessionState, text: str, images: tuple[str, ...], world: World) -> Turn | None:
    if len(images) > MAXIMUM_IMAGES:
        return Turn(state, calls=say(state, world.texts("support-images", limit=MAXIMUM_IMAGES)))
    verdict = judge(text)
    if images and verdict is not Verdict.TOO_LONG:
        return None
    match verdict:
        case Verdict.EMPTY:
            return Turn(state, calls=say(state, world.texts("support-empty")))
        case Verdict.TOO_SHORT:
            return Turn(state, calls=say(state, world.texts("support-short")))
        case Verdict.TOO_LONG:
            told = world.texts("support-long", length=len(cleaned(text)), limit=MAXIMUM_LENGTH)
            return Turn(state, calls=say(state, told))
    return None


FLOW = Flow(
    commands={"support": begin},
    buttons={"support": pressed},
    texts={AwaitingProspect: _taken},
    pictures={AwaitingProspect: _seen},
    jobs={"support": JobFlow(answered=answered, ended=ended, reads=("lead_registry",))},
    links={"support": follow},
)
