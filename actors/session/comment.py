"""/comment: three comments on a post, from a screenshot or its text, for a lead or for anybody, changed on a wish."""

import msgspec

from actors.session.copying import copy_button
from actors.session.flow import Flow, JobFlow
from actors.session.gathering import Bundle
from actors.session.jobs import enqueue, new_job
from actors.session.lead_rows import activity, find_lead, lead_input
from actors.session.onboarding import ask_for_setup
from actors.session.revise import MAXIMUM_WISH, WISHES
from actors.session.state import Commented, Job, SessionState
from actors.session.support import MAXIMUM_IMAGES
from actors.session.turn import Tap, Turn, World, say
from actors.session.waiting import Idle, ShowingPost, TellingCommentWish
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from coaching.advice import CommentsOutput
from coaching.prospect import MAXIMUM_LENGTH, Verdict, cleaned, judge

MOST_KEPT = 5
"""How many written comments a rep may still have changed."""


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """Ask for the post, or take the text that came with the command."""
    if state.profile is None:
        return ask_for_setup(state, world)
    if rest:
        return _write(state, rest, (), "", world)
    return Turn(state.at(ShowingPost()), calls=say(state, world.texts("comment-ask")))


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Ask for another post, of this lead or of anybody, or change the comments under which the button stands."""
    match tap.words:
        case (("shorter" | "bolder") as name, run_id):
            return _changed(state, run_id, WISHES[name], world)
        case ("tell", run_id) if _commented(state, run_id):
            return Turn(state.at(TellingCommentWish(run_id)), calls=say(state, world.texts("comment-wish-ask")))
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


def take_wish(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Change the comments as the rep says it."""
    if not isinstance(state.waiting_for, TellingCommentWish):
        return Turn(state)
    wish = cleaned(message.text)
    if not wish or len(wish) > MAXIMUM_WISH:
        return Turn(state, calls=say(state, world.texts("revise-wish-size", limit=MAXIMUM_WISH)))
    turn = _changed(state, state.waiting_for.run_id, wish, world)
    return turn or Turn(state.at(Idle()), calls=say(state, world.texts("comment-gone")))


def answered(state: SessionState, job: Job, world: World) -> Turn:
    """Send each comment in a message of its own, so that copying it copies nothing else."""
    output = msgspec.json.decode(job.finished["commenter"], type=CommentsOutput)
    calls = say(state, world.texts("comment-post", post=output.post))
    last = len(output.options) - 1
    for number, option in enumerate(output.options):
        copy = copy_button(option.text, world, f"button-copy-{option.tone.value}")
        rows = (*((copy,) if copy else ()), *(_changes(job, world) if number == last else ()))
        calls += say(state, option.text, rows or None)
    lead = find_lead(job.subject, world) if job.subject else None
    told = "\n\n".join(option.text for option in output.options)
    kept = (activity(state, lead.id, "screenshot_comment", output.post, world, answer=told),) if lead else ()
    written = Commented(job.run_id, job.text, job.subject, job.images, job.finished.get("extraction"), output)
    remembered = msgspec.structs.replace(state, comments=(*state.comments, written)[-MOST_KEPT:])
    return Turn(remembered, calls=calls, rows=kept)


def _changes(job: Job, world: World) -> Keyboard:
    """The rows under the last comment: change all three, or comment on another post."""
    wishes = tuple(
        Button(label=world.texts(f"button-{name}"), data=f"comment:{name}:{job.run_id}")
        for name in ("shorter", "bolder", "tell")
    )
    another = Button(label=world.texts("button-comment-again"), data=f"comment:ask:{job.subject}".rstrip(":"))
    return (wishes, (another,))


def _commented(state: SessionState, run_id: str) -> Commented | None:
    return next((one for one in state.comments if one.run_id == run_id), None)


def _changed(state: SessionState, run_id: str, wish: str, world: World) -> Turn | None:
    """Write the comments once more under a wish; what was read in the pictures is not read again."""
    former = _commented(state, run_id)
    if former is None:
        return None
    inputs = _inputs(former.text, former.lead_id, world, wish, former.output)
    pipeline = "comment_photo" if former.images else "comment"
    job = new_job("comment", inputs, world, pipeline=pipeline, subject=former.lead_id, images=former.images)
    seen = {"extraction": former.seen} if former.seen is not None else {}
    return enqueue(state, msgspec.structs.replace(job, finished=seen), world)


def _inputs(
    text: str, lead_id: str, world: World, wish: str = "", former: CommentsOutput | None = None
) -> dict[str, object]:
    lead = find_lead(lead_id, world) if lead_id else None
    return {
        "user_message": text,
        "lead": lead_input(lead, world) if lead else {},
        "former_comments": msgspec.to_builtins(former.options) if former else [],
        "wish": wish,
    }


def _lead_id(state: SessionState) -> str:
    return state.waiting_for.lead_id if isinstance(state.waiting_for, ShowingPost) else ""


def _write(state: SessionState, text: str, images: tuple[str, ...], lead_id: str, world: World) -> Turn:
    verdict = judge(text)
    if len(images) > MAXIMUM_IMAGES:
        return Turn(state, calls=say(state, world.texts("support-images", limit=MAXIMUM_IMAGES)))
    if verdict is Verdict.TOO_LONG or (not images and verdict is not Verdict.ACCEPTED):
        return Turn(state, calls=say(state, world.texts("comment-size", limit=MAXIMUM_LENGTH)))
    subject = lead_id if lead_id and find_lead(lead_id, world) else ""
    inputs = _inputs(text, subject, world)
    pipeline = "comment_photo" if images else "comment"
    return enqueue(state, new_job("comment", inputs, world, pipeline=pipeline, subject=subject, images=images), world)


FLOW = Flow(
    commands={"comment": open_},
    buttons={"comment": pressed},
    texts={ShowingPost: take, TellingCommentWish: take_wish},
    pictures={ShowingPost: look},
    jobs={"comment": JobFlow(answered=answered)},
)
