"""Changing a draft: shorter, bolder, as the rep says it, or the whole prospect once more; the lead follows."""

import msgspec

from actors.session.answer import draft_calls
from actors.session.case_rows import find_case, revised
from actors.session.flow import Flow, JobFlow
from actors.session.jobs import enqueue, new_job
from actors.session.state import Job, SessionState
from actors.session.support import case_inputs
from actors.session.turn import Tap, Turn, World, say
from actors.session.waiting import Idle, TellingWish
from actors.telegram.parsing import TextMessage
from coaching.prospect import cleaned
from coaching.strategist import Draft, StrategistOutput
from storage import Row

MAXIMUM_WISH = 1_000
"""Characters of a wish; more is a new prospect and not a change."""
WISHES = {
    "shorter": "Make it much shorter: half the words or fewer.",
    "bolder": "Make it bolder: plainer words and a direct question for the next step.",
}
"""What the buttons say to the model; the rep reads the buttons."""


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Change the draft under which the button stands."""
    match tap.words:
        case (("shorter" | "bolder") as name, run_id):
            return _revise(state, run_id, WISHES[name], world)
        case ("tell", run_id) if find_case(run_id, world):
            return Turn(state.at(TellingWish(run_id)), calls=say(state, world.texts("revise-ask")))
        case ("again", run_id):
            return _again(state, run_id, world)
    return None


def take_wish(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Change the draft as the rep says it."""
    if not isinstance(state.waiting_for, TellingWish):
        return Turn(state)
    wish = cleaned(message.text)
    if not wish or len(wish) > MAXIMUM_WISH:
        return Turn(state, calls=say(state, world.texts("revise-wish-size", limit=MAXIMUM_WISH)))
    turn = _revise(state, state.waiting_for.run_id, wish, world)
    return turn or Turn(state.at(Idle()), calls=say(state, world.texts("revise-gone")))


def answered(state: SessionState, job: Job, world: World) -> Turn:
    """Send the changed draft and bring the stored answer and its lead up to it."""
    case = find_case(job.subject, world)
    if case is None:
        return Turn(state, calls=say(state, world.texts("revise-gone")))
    draft = msgspec.json.decode(job.finished["reviser"], type=Draft)
    draft = msgspec.structs.replace(draft, word_count=len(draft.message.split()))
    output = msgspec.structs.replace(_output(case), draft=draft)
    return Turn(
        state,
        calls=draft_calls(state.rep.telegram_id, output, job.subject, world),
        rows=revised(job.subject, output, world),
    )


def _revise(state: SessionState, run_id: str, wish: str, world: World) -> Turn | None:
    case = find_case(run_id, world)
    if case is None:
        return None
    inputs = {"user_message": case["input_text"], "strategist_output": case["output_json"], "wish": wish}
    return enqueue(state, new_job("revise", inputs, world, subject=run_id), world)


def _again(state: SessionState, run_id: str, world: World) -> Turn | None:
    case = find_case(run_id, world)
    if case is None:
        return None
    return enqueue(state, new_job("support", case_inputs(str(case["input_text"]), world), world, subject=run_id), world)


def _output(case: Row) -> StrategistOutput:
    return msgspec.convert(case["output_json"], StrategistOutput)


FLOW = Flow(
    buttons={"revise": pressed},
    texts={TellingWish: take_wish},
    jobs={"revise": JobFlow(answered=answered)},
)
