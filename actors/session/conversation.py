"""Where an event goes: commands and buttons first, then what the session waits for, then free text.

Pure: a state and what came in give a Turn. A command leaves any flow, so that none is ever taken for an answer.
"""

import msgspec

from actors.session import jobs, support
from actors.session.flow import Failure, Tap
from actors.session.flows import BUTTONS, COMMANDS, JOBS, NUDGES, TEXTS
from actors.session.messages import RunFinished, StepFailed, StepFinished
from actors.session.state import Rep, SessionState
from actors.session.turn import Turn, World, say
from actors.telegram.parsing import (
    ButtonTap,
    GenerationStopped,
    Incoming,
    OtherMessage,
    Sender,
    TextMessage,
)
from actors.telegram.rendering import answer_callback


def rep_of(user: Sender) -> Rep:
    """The person as this update names them."""
    return Rep(telegram_id=user.telegram_id, username=user.username, first_name=user.first_name)


def handle(state: SessionState, incoming: Incoming, world: World) -> Turn:
    """Turn one incoming message of the rep into the next state and its effects."""
    match incoming:
        case TextMessage() | OtherMessage():
            return _message(_named(state, incoming.user), incoming, world)
        case ButtonTap():
            return _tap(_named(state, incoming.user), incoming, world)
        case GenerationStopped():
            return jobs.stop_draft(state, incoming.draft_id, world)
        case _:
            return Turn(state)


def work_done(state: SessionState, news: StepFinished | StepFailed | RunFinished, world: World) -> Turn:
    """Take what a run reports to the flow that its job belongs to."""
    job = state.job(news.run_id)
    if job is None:
        return Turn(state)
    flow = JOBS[job.kind]
    match news:
        case StepFinished(run_id=run_id, agent=agent, output=output, model=model, last=last):
            return jobs.step_finished(state, flow, run_id, agent, output, model, world, last=last)
        case StepFailed(run_id=run_id, kind=kind, retry_after_s=after):
            return jobs.failed(state, flow, run_id, Failure(kind, after), world)
        case RunFinished(run_id=run_id):
            return jobs.ended(state, flow, run_id, world)


def time_come(state: SessionState, kind: str, subject: str, world: World) -> Turn:
    """Act on a time that has come."""
    return NUDGES[kind](state, subject, world)


def _named(state: SessionState, user: Sender) -> SessionState:
    return msgspec.structs.replace(state, rep=rep_of(user))


def _message(state: SessionState, message: TextMessage | OtherMessage, world: World) -> Turn:
    if message.chat_type != "private":
        return Turn(state)
    if not world.settings.admits(state.rep.username):
        return Turn(state, calls=say(state, _refusal(state, world)))
    if isinstance(message, OtherMessage):
        return Turn(state, calls=say(state, world.texts("only-text")))
    if message.text.startswith("/"):
        return _command(state, message.text, world)
    take = TEXTS.get(type(state.waiting_for))
    return take(state, message, world) if take else support.offer(state, message.text, world)


def _refusal(state: SessionState, world: World) -> str:
    if state.rep.username is None:
        return world.texts("refused-no-username")
    return world.texts("refused", username=state.rep.username)


def _command(state: SessionState, text: str, world: World) -> Turn:
    word, _, rest = text.partition(" ") if "\n" not in text.split(" ", 1)[0] else text.partition("\n")
    answer = COMMANDS.get(word[1:].split("@")[0].lower())
    if answer is None:
        return Turn(state, calls=say(state, world.texts("unknown-command", command=word[:32])))
    return answer(state, rest.strip(), world)


def _tap(state: SessionState, tap: ButtonTap, world: World) -> Turn:
    if not world.settings.admits(state.rep.username):
        return Turn(state, at_once=(answer_callback(tap.callback_id, _refusal(state, world)[:200]),))
    word, *rest = tap.data.split(":")
    press = BUTTONS.get(word)
    turn = press(state, Tap(tuple(rest), tap.message_id), world) if press else None
    if turn is None:
        return Turn(state, at_once=(answer_callback(tap.callback_id, world.texts("stale-button")),))
    answered = answer_callback(tap.callback_id, turn.notice[:200]) if turn.notice else answer_callback(tap.callback_id)
    return msgspec.structs.replace(turn, at_once=(answered, *turn.at_once))
