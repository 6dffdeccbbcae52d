"""The support flow: a pasted prospect becomes a case, its answer a reading, a strategy, tactics and a draft.

Cases are answered in their order of arrival, one at a time; background steps of an answered case may still run.
"""

import msgspec

from actors.providers.messages import FailureKind
from actors.session.answer import answer_calls
from actors.session.onboarding import PROVIDER_NAMES, ask_for_setup
from actors.session.records import answered_rows, memory_row
from actors.session.state import Case, Profile, SessionState
from actors.session.turn import EndDraftOf, StartCase, StopCase, Turn, World, say
from actors.telegram.rendering import Button
from coaching.memory import MemoryOutput, grounded, merge, prospect_names, support_interaction
from coaching.prospect import MAXIMUM_LENGTH, Verdict, cleaned, judge
from coaching.strategist import StrategistOutput, tidied
from storage import to_text

MAXIMUM_WAITING = 10
"""How many prospects of one rep may wait for their answer; one more is declined with a sentence."""


def begin(state: SessionState, text: str, world: World) -> Turn:
    """Ask for the prospect, or take the one that came with the command."""
    if state.profile is None:
        return ask_for_setup(state, world)
    if text:
        return take(state, text, world)
    awaiting = msgspec.structs.replace(state, flow="awaiting_prospect", offered_text=None)
    return Turn(awaiting, calls=say(state, world.texts("support-ask")))


def offer(state: SessionState, text: str, world: World) -> Turn:
    """Free text outside a flow: offer to work on it, with one tap."""
    refused = _refused(state, text, world)
    if refused is not None:
        return refused
    keyboard = ((Button(label=world.texts("button-support-this"), data="support:this"),),)
    offered = msgspec.structs.replace(state, offered_text=text)
    return Turn(offered, calls=say(state, world.texts("offer-support"), keyboard))


def take(state: SessionState, text: str, world: World) -> Turn:
    """Accept a prospect as a case; it starts at once or waits for those before it."""
    if state.profile is None:
        return ask_for_setup(state, world)
    refused = _refused(state, text, world)
    if refused is not None:
        return refused
    if len(state.waiting) >= MAXIMUM_WAITING:
        return Turn(state, calls=say(state, world.texts("support-full", limit=MAXIMUM_WAITING)))
    run_id = world.new_id()
    case = Case(run_id=run_id, text=text, draft_id=_draft_id(run_id), received_at=world.now)
    return _queue(state, case, world)


def retry(state: SessionState, world: World) -> Turn:
    """Put the case that failed last in line again, as a run of its own."""
    if state.failed_case is None:
        return Turn(state, calls=say(state, world.texts("nothing-to-retry")))
    return take(state, state.failed_case.text, world)


def cancel(state: SessionState, world: World) -> Turn:
    """Stop the case being worked on and drop those that wait; answered ones keep their background steps."""
    return _cancel(state, world)


def stop_draft(state: SessionState, draft_id: int, world: World) -> Turn:
    """Stop was pressed under a growing draft: the same as /cancel, if that case is still being worked on."""
    if not state.waiting or state.waiting[0].draft_id != draft_id:
        return Turn(state)
    return _cancel(state, world)


def step_finished(state: SessionState, run_id: str, agent: str, output: bytes, model: str, world: World) -> Turn:
    """Take a step's output into the case: the strategist's answers the rep, the memory agent's is learned."""
    case, profile = state.case(run_id), state.profile
    if case is None or profile is None or agent in case.finished:
        return Turn(state)
    case = msgspec.structs.replace(case, finished={**case.finished, agent: output})
    if agent != "strategist":
        return Turn(_with(state, case))
    answer = tidied(msgspec.json.decode(output, type=StrategistOutput))
    return _answered(state, case, profile, answer, model, world)


def step_failed(state: SessionState, run_id: str, kind: FailureKind, retry_after_s: float | None, world: World) -> Turn:
    """Tell the rep why there is no answer and keep the case for another try; a background step fails silently."""
    case = state.case(run_id)
    if case is None or case.answered:
        return Turn(state)
    without = _without(state, run_id)
    failed = msgspec.structs.replace(without, failed_case=case)
    provider = PROVIDER_NAMES[state.profile.provider] if state.profile else ""
    text = world.texts(f"failed-{kind}", provider=provider, seconds=round(retry_after_s or 60))
    keyboard = ((Button(label=world.texts("button-retry"), data=f"support:retry:{run_id}"),),)
    return Turn(
        failed,
        calls=say(state, text, keyboard),
        commands=(EndDraftOf(case.draft_id), *_start_next(without)),
    )


def run_finished(state: SessionState, run_id: str, world: World) -> Turn:
    """Every step has ended: the case is over, and what it taught about the rep is remembered."""
    case, profile = state.case(run_id), state.profile
    if case is None or profile is None:
        return Turn(state)
    over = _without(state, run_id)
    return _remembered(over, case, profile, world) if case.answered else Turn(over)


def _answered(
    state: SessionState, case: Case, profile: Profile, output: StrategistOutput, model: str, world: World
) -> Turn:
    case = msgspec.structs.replace(case, answered=True)
    answered = msgspec.structs.replace(_with(state, case), failed_case=None)
    practice = profile.provider in world.practice
    return Turn(
        answered,
        calls=answer_calls(state.rep.telegram_id, output, model, practice=practice, world=world),
        rows=answered_rows(state.rep, profile, case, output, world.now),
        commands=(EndDraftOf(case.draft_id), *_start_next(answered)),
    )


def _remembered(state: SessionState, case: Case, profile: Profile, world: World) -> Turn:
    answer = tidied(msgspec.json.decode(case.finished["strategist"], type=StrategistOutput))
    learned = case.finished.get("memory")
    update = grounded(msgspec.json.decode(learned, type=MemoryOutput), case.text) if learned else None
    interaction = support_interaction(answer, to_text(case.received_at))
    memory = merge(state.memory, update, interaction, prospect_names(answer))
    remembered = msgspec.structs.replace(state, memory=memory)
    return Turn(remembered, rows=(memory_row(state.rep, profile, memory, world.now),))


def _queue(state: SessionState, case: Case, world: World) -> Turn:
    before = len(state.waiting)
    queued = msgspec.structs.replace(
        state, flow="idle", offered_text=None, failed_case=None, cases=(*state.cases, case)
    )
    if before:
        return Turn(queued, calls=say(state, world.texts("support-queued", position=before)))
    return Turn(queued, commands=(StartCase(case.run_id),))


def _refused(state: SessionState, text: str, world: World) -> Turn | None:
    match judge(text):
        case Verdict.EMPTY:
            return Turn(state, calls=say(state, world.texts("support-empty")))
        case Verdict.TOO_SHORT:
            return Turn(state, calls=say(state, world.texts("support-short")))
        case Verdict.TOO_LONG:
            told = world.texts("support-long", length=len(cleaned(text)), limit=MAXIMUM_LENGTH)
            return Turn(state, calls=say(state, told))
    return None


def _cancel(state: SessionState, world: World) -> Turn:
    current, *later = state.waiting
    kept = tuple(case for case in state.cases if case.answered)
    stopped = msgspec.structs.replace(state, flow="idle", cases=kept)
    name = "cancelled-cases" if later else "cancelled-case"
    said = say(state, world.texts(name, waiting=len(later)))
    return Turn(stopped, calls=said, commands=(StopCase(current.run_id, current.draft_id),))


def _start_next(state: SessionState) -> tuple[StartCase, ...]:
    return (StartCase(state.waiting[0].run_id),) if state.waiting else ()


def _with(state: SessionState, changed: Case) -> SessionState:
    cases = tuple(changed if case.run_id == changed.run_id else case for case in state.cases)
    return msgspec.structs.replace(state, cases=cases)


def _without(state: SessionState, run_id: str) -> SessionState:
    cases = tuple(case for case in state.cases if case.run_id != run_id)
    return msgspec.structs.replace(state, cases=cases)


def _draft_id(run_id: str) -> int:
    return int(run_id.replace("-", "")[:7], 16) + 1
