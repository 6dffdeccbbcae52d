"""Where an event goes: commands and buttons first, then what the session waits for, then free text.

Pure: a state and what came in give a Turn. A command leaves any flow, so that none is ever taken for an answer.
"""

from difflib import get_close_matches

import msgspec

from actors.providers.transcription import Transcribed, TranscriptBegun, TranscriptionFailed
from actors.session import admin_health, admin_models, hearing, jobs, model_choice, onboarding, reach, support
from actors.session.access import is_admin, refusal
from actors.session.flow import Failure
from actors.session.flows import BUTTONS, COMMANDS, JOBS, LINKS, NUDGES, PICTURES, TEXTS
from actors.session.gathering import bundle_of
from actors.session.messages import RunFinished, StepFailed, StepFinished
from actors.session.questions import HealthAnswered, KeyAnswered, ModelsAnswered
from actors.session.state import Rep, SessionState
from actors.session.turn import Tap, Turn, World, say, then
from actors.session.waiting import CheckingKey, ChoosingAgentModel, EnteringKey, Idle
from actors.telegram.messages import TelegramCall
from actors.telegram.parsing import (
    AudioMessage,
    Blocked,
    ButtonTap,
    DocumentMessage,
    EditedMessage,
    GenerationStopped,
    Ignored,
    ImageMessage,
    Incoming,
    MergedMessages,
    Message,
    OtherMessage,
    Sender,
    TextMessage,
    command_of,
    merge,
    words_of,
)
from actors.telegram.rendering import answer_callback, set_my_commands


def rep_of(user: Sender) -> Rep:
    """The person as this update names them."""
    return Rep(telegram_id=user.telegram_id, username=user.username, first_name=user.first_name)


def handle(state: SessionState, incoming: Incoming, world: World) -> Turn:
    """Turn one incoming message of the rep into the next state and its effects."""
    match incoming:
        case Blocked(chat_id=chat_id) if chat_id == state.rep.telegram_id:
            return reach.lost(state, world)
        case Blocked() | Ignored():
            return Turn(state)
    return reach.heard(_answer(state, incoming, world), world)


def _answer(state: SessionState, incoming: Incoming, world: World) -> Turn:
    match incoming:
        case TextMessage() | AudioMessage() | ImageMessage() | DocumentMessage() | OtherMessage() | MergedMessages():
            return _message(_named(state, incoming.user), incoming, world)
        case ButtonTap():
            return _tap(_named(state, incoming.user), incoming, world)
        case EditedMessage(message=OtherMessage()):
            return Turn(state)  # it was declined as it was; a shared location changes by itself, every few seconds
        case EditedMessage(message=message) if message.chat_type == "private":
            return _edited(_named(state, message.user), message, world)
        case GenerationStopped():
            if any(one.draft_id == incoming.draft_id for one in state.hearings):
                return hearing.cancel(state, world)
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
        case StepFailed(run_id=run_id, kind=kind, retry_after_s=after, provider=provider):
            return jobs.failed(state, flow, run_id, Failure(kind, after, provider), world)
        case RunFinished(run_id=run_id):
            return jobs.ended(state, flow, run_id, world)


def reads(state: SessionState, run_id: str) -> tuple[str, ...]:
    """The rep's tables that the answer of this run will be made with."""
    job = state.job(run_id)
    return JOBS[job.kind].reads if job else ()


def listened(state: SessionState, news: Transcribed | TranscriptionFailed | TranscriptBegun, world: World) -> Turn:
    """Take what became of a recording."""
    if refusal(state, world) is not None:
        return hearing.drop(state)
    match news:
        case TranscriptBegun(request_id=request, transcript_id=transcript_id):
            return Turn(hearing.begun(state, request, transcript_id))
        case Transcribed(request_id=request, text=words):
            return hearing.heard(state, request, words, world, _said)
        case TranscriptionFailed(request_id=request, problem=problem, retry_after_s=after):
            return hearing.failed(state, request, problem, after, world, _said)


def listened_in_vain(state: SessionState, news: object, world: World) -> Turn:
    """Keep what was heard for another try: the rows are out of reach that the flow needs."""
    if not isinstance(news, Transcribed):
        return hearing.postponed(state, world.texts("voice-kept"), world)
    shown = say(state, world.texts("voice-heard", text=news.text))
    turn = hearing.postponed(hearing.worded(state, news.request_id, news.text), world.texts("voice-kept"), world)
    return msgspec.structs.replace(turn, calls=(*shown, *turn.calls))


def provider_answered(state: SessionState, answer: KeyAnswered | ModelsAnswered | HealthAnswered, world: World) -> Turn:
    """Go on after the provider's word about the key that is waited for, or about its models."""
    match answer:
        case KeyAnswered(ciphertext=ciphertext, verdict=verdict):
            waiting = state.waiting_for
            if not isinstance(waiting, CheckingKey) or waiting.key.ciphertext != ciphertext:
                return Turn(state)
            return _linked(state, onboarding.key_checked(state, verdict, world), world)
        case HealthAnswered():
            return admin_health.answered(state, answer, world)
        case ModelsAnswered(words=words, models=models):
            waiting = state.waiting_for
            if isinstance(waiting, ChoosingAgentModel):
                return admin_models.listed(state, waiting.agent, words, models, world)
            return model_choice.listed(state, words, models, world)


_ALWAYS = frozenset({"restore", "hand_over", "take_over"})


def time_come(state: SessionState, kind: str, subject: str, world: World) -> Turn:
    """Act on a time that has come, or on another session's word; of someone shut out or out of reach only the way
    back counts, and the handing of leads, which else would be lost with them."""
    if kind not in _ALWAYS and (state.revoked or not state.reachable):
        return Turn(state)
    return NUDGES[kind](state, subject, world)


def _named(state: SessionState, user: Sender) -> SessionState:
    return msgspec.structs.replace(state, rep=rep_of(user))


def _message(state: SessionState, message: Message | MergedMessages, world: World) -> Turn:
    if message.chat_type != "private":
        return Turn(state)
    refused = refusal(state, world)
    if refused is not None:
        return Turn(state, calls=say(state, refused))
    parts = hearing.parts_of(message)
    awaits_key = isinstance(state.waiting_for, EnteringKey | CheckingKey)
    if not awaits_key and any(onboarding.holds_key(words_of(part)) for part in parts):
        return onboarding.keep_out(state, parts, world)
    command = None if isinstance(message, MergedMessages) else command_of(message)
    if command is not None:
        return _command(state, *command, world)
    if isinstance(message, DocumentMessage | OtherMessage):
        return Turn(state, calls=say(state, world.texts("unreadable-kind")))
    if state.hearings or hearing.is_spoken(message):
        return hearing.take(state, message, world, _said)
    return _said(state, message, world)


def _said(state: SessionState, message: Message | MergedMessages, world: World) -> Turn:
    """Take words and pictures where the conversation stands."""
    if not isinstance(message, TextMessage):
        return _seen(state, message, world)
    take = TEXTS.get(type(state.waiting_for))
    return take(state, message, world) if take else support.offer(state, message.text, world)


def _edited(state: SessionState, message: Message, world: World) -> Turn:
    """A message that waits for words counts as it is now; one changed after it was taken changes nothing any more,
    which the rep is told."""
    if refusal(state, world) is not None:
        return Turn(state)
    if onboarding.holds_key(words_of(message)):
        return onboarding.keep_out(state, (message,), world)
    corrected = hearing.corrected(state, message)
    if corrected is not None:
        return Turn(corrected)
    return Turn(state, calls=say(state, world.texts("edited-too-late")))


def _seen(state: SessionState, message: Message | MergedMessages, world: World) -> Turn:
    """Take pictures and what was written beside them; where pictures are no help, what was written goes on alone."""
    take = PICTURES.get(type(state.waiting_for))
    if take is not None:
        return take(state, bundle_of(message), world)
    if isinstance(state.waiting_for, Idle):
        bundle = bundle_of(message)
        return support.offer(state, bundle.text, world, bundle.images)
    told = Turn(state, calls=say(state, world.texts("no-pictures-here")))
    written = [part for part in hearing.parts_of(message) if isinstance(part, TextMessage)]
    return then(told, lambda state: _said(state, merge(written), world)) if written else told


def _command(state: SessionState, name: str, rest: str, world: World) -> Turn:
    answer = COMMANDS.get(name)
    if answer is None:
        return Turn(state, calls=say(state, _unknown(name, world)))
    if name == "start" and state.profile is not None and rest:
        return _follow(state, rest, world)
    # /cancel says what it left; a key under check is the provider's to answer and no place to leave.
    stays = name == "cancel" or isinstance(state.waiting_for, CheckingKey)
    turn = answer(state if stays else state.at(Idle()), rest, world)
    if name in ("start", "admin") and is_admin(state, world):
        turn = msgspec.structs.replace(turn, at_once=(*turn.at_once, _whole_menu(state, world)))
    return turn


def _whole_menu(state: SessionState, world: World) -> TelegramCall:
    """The menu of an admin's own chat, in which the admins' commands stand too."""
    return set_my_commands([(name, world.texts(f"command-{name}")) for name in COMMANDS], state.rep.telegram_id)


def _unknown(name: str, world: World) -> str:
    meant = get_close_matches(name, COMMANDS, n=1)
    if meant:
        return world.texts("unknown-command-meant", command=f"/{name[:32]}", meant=f"/{meant[0]}")
    return world.texts("unknown-command", command=f"/{name[:32]}")


def _follow(state: SessionState, link: str, world: World) -> Turn:
    """Go where a deep link points; one that leads nowhere greets as /start does."""
    words = [word for word in LINKS if link == word or link.startswith(f"{word}_")]
    if not words:
        return onboarding.start(state, "", world)
    word = max(words, key=len)
    return LINKS[word](state, link[len(word) + 1 :], world)


def _linked(before: SessionState, turn: Turn, world: World) -> Turn:
    """The turn, and if it finished the set-up, where the link led that brought the newcomer here."""
    link = turn.state.link
    if not link or before.profile is not None or turn.state.profile is None:
        return turn
    followed = msgspec.structs.replace(turn.state, link="")
    return then(msgspec.structs.replace(turn, state=followed), lambda state: _follow(state, link, world))


def _hear_again(state: SessionState, tap: Tap, world: World) -> Turn | None:
    return hearing.retry(state, tap, world, _said)


def _tap(state: SessionState, tap: ButtonTap, world: World) -> Turn:
    refused = refusal(state, world)
    if refused is not None:
        return Turn(state, at_once=(answer_callback(tap.callback_id, refused),))
    word, *rest = tap.data.split(":")
    press = _hear_again if word == "voice" else BUTTONS.get(word)
    turn = press(state, Tap(tuple(rest), tap.message_id), world) if press else None
    if turn is None:
        return Turn(state, at_once=(answer_callback(tap.callback_id, world.texts("stale-button")),))
    turn = _linked(state, turn, world)
    answered = answer_callback(tap.callback_id, turn.notice or None)
    return msgspec.structs.replace(turn, at_once=(answered, *turn.at_once))
