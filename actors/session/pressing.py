"""The page's way into the chat's own handlers: a button pressed or a question answered, without a message of Telegram.

So an action on the page is the very turn that the chat makes, and the chat shows it as it shows its own.
"""

import msgspec

from actors.session import hearing, onboarding
from actors.session.flow import ButtonHandler, TextHandler
from actors.session.page import NotNow, Uploaded
from actors.session.state import SessionState
from actors.session.turn import Tap, Turn, World
from actors.session.waiting import Idle, Waiting
from actors.telegram.incoming import AudioMessage, File, Sender, TextMessage


def press(handler: ButtonHandler, state: SessionState, words: tuple[str, ...], world: World) -> Turn:
    """The turn of a pressed button; raises NotNow where it means nothing any more or changes nothing."""
    turn = handler(state, Tap(words, None), world)
    if turn is None:
        raise NotNow(world.texts("stale-button"))
    _refuse_nothing(state, turn, world)
    if len(turn.state.jobs) > len(state.jobs):
        return _at(turn, state.waiting_for)
    return turn


def say_to(handler: TextHandler, state: SessionState, question: Waiting, words: str, world: World) -> Turn:
    """The turn that a text makes as the answer to this question; what the chat waits for meanwhile stays.

    Raises NotNow, with the chat's own sentence, for a text that is not taken.
    """
    keep_keys_out(words, world)
    turn = go_on(handler, state, question, words, world)
    return _at(turn, Idle() if state.waiting_for == question else state.waiting_for)


def go_on(handler: TextHandler, state: SessionState, question: Waiting, words: str, world: World) -> Turn:
    """As `say_to`, but the chat goes where the answer leads, and waits there."""
    asked = state.at(question)
    turn = handler(asked, TextMessage(state.rep.telegram_id, _sender(state), 0, words, int(world.now)), world)
    _refuse_nothing(asked, turn, world)
    return turn


def keep_keys_out(words: str, world: World) -> None:
    """Raise NotNow for words with a key in them that nobody asked for, as the chat refuses them."""
    if onboarding.holds_key(words):
        raise NotNow(world.texts("key-stray"))


def aside(state: SessionState, turn: Turn, world: World) -> Turn:
    """The turn, with the chat still waiting for what it waited for; raises NotNow, with the chat's words, for none."""
    _refuse_nothing(state, turn, world)
    return _at(turn, state.waiting_for)


def listen(state: SessionState, place: Waiting, sound: Uploaded, world: World) -> Turn:
    """The turn that a recording makes whose words are meant for this place; raises NotNow for one not taken."""
    file = File(sound.reference, sound.reference, sound.size, sound.media_type)
    message = AudioMessage(state.rep.telegram_id, _sender(state), 0, "voice", file, 0, int(world.now))
    return aside(state, hearing.take_aside(state, message, place, world), world)


def _sender(state: SessionState) -> Sender:
    rep = state.rep
    return Sender(telegram_id=rep.telegram_id, username=rep.username, first_name=rep.first_name)


def _refuse_nothing(before: SessionState, turn: Turn, world: World) -> None:
    if turn.rows or turn.commands or turn.letters or turn.state != before:
        return
    said = [call.parameters["text"] for call in turn.calls if "text" in call.parameters]
    raise NotNow(turn.notice or (str(said[-1]) if said else world.texts("stale-button")))


def _at(turn: Turn, waiting_for: Waiting) -> Turn:
    return msgspec.structs.replace(turn, state=turn.state.at(waiting_for))
