"""Where an incoming message goes: commands and buttons first, then the flow the rep is in, then free text.

Pure: a state and what came in give a Turn. A command leaves any flow, so that none is ever taken for an answer.
"""

import msgspec

from actors.providers.messages import Provider
from actors.session import onboarding, support
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

COMMANDS = ("start", "support", "help", "cancel")


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
            return support.stop_draft(state, incoming.draft_id, world)
        case _:
            return Turn(state)


def _named(state: SessionState, user: Sender) -> SessionState:
    return msgspec.structs.replace(state, rep=rep_of(user))


def _message(state: SessionState, message: TextMessage | OtherMessage, world: World) -> Turn:
    if message.chat_type != "private":
        return Turn(state)
    if not world.settings.admits(state.rep.username):
        return Turn(state, calls=say(state, _refusal(state, world)))
    if isinstance(message, OtherMessage):
        return Turn(state, calls=say(state, world.texts("support-only-text")))
    if message.text.startswith("/"):
        return _command(state, message.text, world)
    return _text(state, message, world)


def _refusal(state: SessionState, world: World) -> str:
    if state.rep.username is None:
        return world.texts("refused-no-username")
    return world.texts("refused", username=state.rep.username)


def _command(state: SessionState, text: str, world: World) -> Turn:
    word, _, rest = text.partition(" ") if "\n" not in text.split(" ", 1)[0] else text.partition("\n")
    match word[1:].split("@")[0].lower():
        case "start":
            return onboarding.start(state, world)
        case "support":
            return support.begin(state, rest.strip(), world)
        case "help":
            return Turn(state, calls=say(state, world.texts("help")))
        case "cancel":
            return cancel(state, world)
    return Turn(state, calls=say(state, world.texts("unknown-command", command=word[:32])))


def cancel(state: SessionState, world: World) -> Turn:
    """Stop the work under way, or leave the flow the rep is in."""
    if state.waiting:
        return support.cancel(state, world)
    text = "nothing-to-cancel" if state.flow == "idle" else "cancelled-flow"
    left = msgspec.structs.replace(state, flow="idle", pending_key=None, pending_provider=None, offered_text=None)
    return Turn(left, calls=say(state, world.texts(text)))


def _text(state: SessionState, message: TextMessage, world: World) -> Turn:
    match state.flow:
        case "entering_key":
            return onboarding.take_key(state, message, world)
        case "checking_key":
            return Turn(state, calls=say(state, world.texts("key-wait")))
        case "awaiting_prospect":
            return support.take(state, message.text, world)
    if state.profile is None:
        return onboarding.ask_for_setup(state, world)
    return support.offer(state, message.text, world)


def _tap(state: SessionState, tap: ButtonTap, world: World) -> Turn:
    if not world.settings.admits(state.rep.username):
        return Turn(state, at_once=(answer_callback(tap.callback_id, _refusal(state, world)[:200]),))
    turn = _pressed(state, tap.data, world)
    if turn is None:
        return Turn(state, at_once=(answer_callback(tap.callback_id, world.texts("stale-button")),))
    return msgspec.structs.replace(turn, at_once=(answer_callback(tap.callback_id), *turn.at_once))


def _pressed(state: SessionState, data: str, world: World) -> Turn | None:
    match data.split(":"):
        case ["setup", "quick"]:
            return onboarding.choose_quick(state, world)
        case ["setup", "own"]:
            return onboarding.choose_own(state, world)
        case ["setup", "back"]:
            return onboarding.start(state, world)
        case ["provider", ("openrouter" | "anthropic") as provider]:
            return onboarding.choose_provider(state, Provider(provider), world)
        case ["support", "new"]:
            return support.begin(state, "", world)
        case ["support", "this"] if state.offered_text is not None:
            return support.take(state, state.offered_text, world)
        case ["support", "retry", run_id] if state.failed_case and state.failed_case.run_id == run_id:
            return support.retry(state, world)
    return None
