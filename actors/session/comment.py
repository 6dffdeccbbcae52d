"""/comment: three comments on a post, from a screenshot or its text, for a lead or for anybody."""

import msgspec

from actors.session.copying import copy_button
from actors.session.flow import Flow, JobFlow
from actors.session.gathering import Bundle
from actors.session.jobs import enqueue, new_job
from actors.session.lead_rows import activity, find_lead, lead_input
from actors.session.onboarding import ask_for_setup
from actors.session.state import Job, SessionState
from actors.session.support import MAXIMUM_IMAGES
from actors.session.turn import Tap, Turn, World, say
from actors.session.waiting import ShowingPost
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button
from coaching.advice import CommentsOutput
from coaching.prospect import MAXIMUM_LENGTH, Verdict, judge


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """Ask for the post, or take the text that came with the command."""
    if state.profile is None:
        return ask_for_setup(state, world)
    if rest:
        return _write(state, rest, (), "", world)
    return Turn(state.at(ShowingPost()), calls=say(state, world.texts("comment-ask")))


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Ask for another post, of this lead or of anybody."""
    match tap.words:
        case ("ask",) if state.profile is not None:
            return Turn(state.at(ShowingPost()), calls=say(state, world.texts("comment-ask")))
        case ("ask", lead_id) if state.profile is not None and find_lead(lead_id, world):
            return Turn(state.at(ShowingPost(lead_id)), calls=say(state, world.texts("comment-ask")))
    return None


def take(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Comment on a post given as text."""
    return _write(state, message.text, (), _lead_id(state), world)


def look(state: SessionState, bundle: Bundle, world: World) -> Turn:
    """Comment on a post in pictures."""
    return _write(state, bundle.text, bundle.images, _lead_id(state), world)


def answered(state: SessionState, job: Job, world: World) -> Turn:
    """Send each comment in a message of its own, so that copying it copies nothing else."""
    output = msgspec.json.decode(job.finished["commenter"], type=CommentsOutput)
    calls = say(state, world.texts("comment-post", post=output.post))
    another = Button(label=world.texts("button-comment-again"), data=f"comment:ask:{job.subject}".rstrip(":"))
    last = len(output.options) - 1
    for number, option in enumerate(output.options):
        copy = copy_button(option.text, world, f"button-copy-{option.tone.value}")
        row = (*copy, *((another,) if number == last else ()))
        calls += say(state, option.text, (row,) if row else None)
    lead = find_lead(job.subject, world) if job.subject else None
    told = "\n\n".join(option.text for option in output.options)
    kept = (activity(state, lead.id, "screenshot_comment", output.post, world, answer=told),) if lead else ()
    return Turn(state, calls=calls, rows=kept)


def _lead_id(state: SessionState) -> str:
    return state.waiting_for.lead_id if isinstance(state.waiting_for, ShowingPost) else ""


def _write(state: SessionState, text: str, images: tuple[str, ...], lead_id: str, world: World) -> Turn:
    verdict = judge(text)
    if len(images) > MAXIMUM_IMAGES:
        return Turn(state, calls=say(state, world.texts("support-images", limit=MAXIMUM_IMAGES)))
    if verdict is Verdict.TOO_LONG or (not images and verdict is not Verdict.ACCEPTED):
        return Turn(state, calls=say(state, world.texts("comment-size", limit=MAXIMUM_LENGTH)))
    lead = find_lead(lead_id, world) if lead_id else None
    inputs: dict[str, object] = {"user_message": text, "lead": lead_input(lead, world) if lead else {}}
    pipeline = "comment_photo" if images else "comment"
    subject = lead.id if lead else ""
    return enqueue(state, new_job("comment", inputs, world, pipeline=pipeline, subject=subject, images=images), world)


FLOW = Flow(
    commands={"comment": open_},
    buttons={"comment": pressed},
    texts={ShowingPost: take},
    pictures={ShowingPost: look},
    jobs={"comment": JobFlow(answered=answered)},
)
