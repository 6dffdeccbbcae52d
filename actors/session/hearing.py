"""Voice: recordings are put into words, and the words go on as if the rep had typed them where the recording came.

What is sent while a recording is being put into words waits behind it, so that the order stays the rep's; commands and
taps do not wait. The state holds everything, so a restart goes on where it was.
"""

from collections.abc import Callable
from itertools import takewhile

import msgspec

from actors.providers.transcription import LARGEST_BYTES, LONGEST_S, SpeechProblem
from actors.session.gathering import bundle_of, follows, named
from actors.session.onboarding import ask_for_setup
from actors.session.state import Hearing, Offered, SessionState, draft_number
from actors.session.turn import EndDraftOf, StartHearing, StopHearing, Tap, Turn, World, say, then
from actors.session.waiting import AwaitingProspect, EnteringKey, Waiting
from actors.telegram.incoming import AudioMessage, ImageMessage, MergedMessages, Message, TextMessage, merge
from actors.telegram.rendering import Button, Keyboard

MOST_PARTS = 30
"""How many messages of one rep may wait for words; one more is declined with a sentence."""
GoOn = Callable[[SessionState, Message | MergedMessages, World], Turn]
"""Takes a message that is no command and holds no recording, as the state expects it."""


def parts_of(message: Message | MergedMessages) -> tuple[Message, ...]:
    """The messages in a message."""
    return message.parts if isinstance(message, MergedMessages) else (message,)


def is_spoken(message: Message | MergedMessages) -> bool:
    """Whether there is something to listen to."""
    return any(isinstance(part, AudioMessage) for part in parts_of(message))


def take(state: SessionState, message: Message | MergedMessages, world: World, go_on: GoOn) -> Turn:
    """Listen to a message, or let it wait for the one that is being listened to.

    Recordings that cannot be taken are answered at once, before anything is fetched; the rest of the message goes on.
    """
    if state.profile is None and state.sampled:
        return ask_for_setup(state, world)
    refused = {part.message_id: text for part in parts_of(message) if (text := _refused(state, part, world))}
    kept = tuple(part for part in parts_of(message) if part.message_id not in refused)
    calls = tuple(call for text in dict.fromkeys(refused.values()) for call in say(state, text))
    if not kept:
        return Turn(state, calls=calls)
    turn = _added(state, kept, world) if state.hearings or is_spoken(merge(kept)) else go_on(state, merge(kept), world)
    return msgspec.structs.replace(turn, calls=(*calls, *turn.calls))


def take_aside(state: SessionState, sound: AudioMessage, place: Waiting, world: World) -> Turn:
    """Listen to a recording from the page, whose words are meant for this place."""
    refused = _refused(state.at(place), sound, world) or _full(state, 1, world)
    if refused is not None:
        return Turn(state, calls=say(state, refused))
    run_id = world.new_id()
    new = Hearing(run_id, draft_number(run_id), place, (sound,), aside=True)
    return Turn(msgspec.structs.replace(state, hearings=(*state.hearings, new)), commands=(StartHearing(),))


def worded(state: SessionState, request: str, words: str) -> SessionState:
    """The state in which these words stand in the place of the recording."""
    found = _find(state, request)
    if found is None:
        return state
    hearing, sound = found
    text = "\n\n".join(part for part in (sound.caption, words) if part)
    spoken = TextMessage(
        sound.chat_id, sound.user, sound.message_id, text, sound.date, sound.chat_type, context=sound.context
    )
    parts = tuple(named(spoken) if part is sound else part for part in hearing.parts)
    return _with(state, msgspec.structs.replace(hearing, parts=parts))


def corrected(state: SessionState, edited: Message) -> SessionState | None:
    """The state in which a message that still waits for words reads as the rep has changed it; None if none does."""
    for hearing in state.hearings:
        for part in hearing.parts:
            now = _corrected(part, edited)
            if now is not None:
                parts = tuple(now if one is part else one for one in hearing.parts)
                return _with(state, msgspec.structs.replace(hearing, parts=parts))
    return None


def heard(state: SessionState, request: str, words: str, world: World, go_on: GoOn) -> Turn:
    """Show the words, and go on with them once nothing of their hearing is left to be heard."""
    known = worded(state, request, words)
    if known == state:
        return Turn(state)
    told = Turn(known, calls=say(known, world.texts("voice-heard", text=words)))
    return then(told, lambda state: _advance(state, world, go_on))


def failed(
    state: SessionState, request_id: str, problem: SpeechProblem, after_s: float | None, world: World, go_on: GoOn
) -> Turn:
    """Say why there are no words. What would fail again is left out; else the hearing is kept for another try."""
    found = _find(state, request_id)
    if found is None:
        return Turn(state)
    hearing, sound = found
    text = _told(problem, after_s, world)
    if not problem.final:
        return then(
            _set_aside(state, _left(hearing, sound, problem), text, world), lambda state: _advance(state, world, go_on)
        )
    left = msgspec.structs.replace(hearing, parts=tuple(part for part in hearing.parts if part is not sound))
    told = Turn(_with(state, left), calls=say(state, text))
    return then(told, lambda state: _advance(state, world, go_on))


def begun(state: SessionState, request_id: str, transcript_id: str) -> SessionState:
    """The state that knows under which id the provider works on a recording."""
    found = _find(state, request_id)
    if found is None:
        return state
    hearing, sound = found
    return _with(state, msgspec.structs.replace(hearing, begun={**hearing.begun, sound.message_id: transcript_id}))


def postponed(state: SessionState, text: str, world: World) -> Turn:
    """Keep what is in words for another try, because what follows from it cannot be done now; `text` says why."""
    ready = tuple(takewhile(lambda hearing: not hearing.sounds, state.hearings))
    if not ready:
        return Turn(state)
    parts = tuple(part for hearing in ready for part in hearing.parts)
    left = msgspec.structs.replace(state, hearings=state.hearings[len(ready) :])
    turn = _set_aside(left, msgspec.structs.replace(ready[0], parts=parts), text, world)
    return msgspec.structs.replace(turn, commands=(*turn.commands, StartHearing()))


def drop(state: SessionState) -> Turn:
    """Stop listening, without a word."""
    stopped = tuple(StopHearing(hearing) for hearing in state.hearings)
    return Turn(msgspec.structs.replace(state, hearings=()), commands=stopped)


def cancel(state: SessionState, world: World) -> Turn:
    """Stop listening; the place in the conversation stays."""
    return msgspec.structs.replace(drop(state), calls=say(state, world.texts("voice-cancelled")))


def retry(state: SessionState, tap: Tap, world: World, go_on: GoOn) -> Turn | None:
    """Listen once more to what could not be heard, as a hearing of its own behind those under way."""
    unheard = state.unheard
    if unheard is None or tap.words != (unheard.run_id,):
        return None
    run_id = world.new_id()
    again = msgspec.structs.replace(unheard, run_id=run_id, draft_id=draft_number(run_id))
    state = msgspec.structs.replace(state, unheard=None, hearings=(*state.hearings, again))
    return _advance(state, world, go_on) if len(state.hearings) == 1 else Turn(state)


def request_id(hearing: Hearing, sound: AudioMessage) -> str:
    """What a recording is called towards the transcriber."""
    return f"{hearing.run_id}/{sound.message_id}"


def _added(state: SessionState, parts: tuple[Message, ...], world: World) -> Turn:
    full = _full(state, len(parts), world)
    if full is not None:
        return Turn(state, calls=say(state, full))
    last = state.hearings[-1] if state.hearings else None
    if last is not None and not last.aside and follows(last.parts[-1], parts[0]):
        grown = _with(state, msgspec.structs.replace(last, parts=(*last.parts, *parts)))
    else:
        run_id = world.new_id()
        new = Hearing(run_id, draft_number(run_id), state.waiting_for, parts)
        grown = msgspec.structs.replace(state, hearings=(*state.hearings, new))
    return Turn(grown, commands=(StartHearing(),))


def _full(state: SessionState, more: int, world: World) -> str | None:
    """Why so many more messages cannot wait for words, or None."""
    waiting = sum(len(hearing.parts) for hearing in state.hearings)
    return world.texts("voice-full", limit=MOST_PARTS) if waiting + more > MOST_PARTS else None


def _advance(state: SessionState, world: World, go_on: GoOn) -> Turn:
    """Go on with the first hearing: listen to what it still has to hear, or act on its words and then on the next."""
    if not state.hearings:
        return Turn(state)
    first, *rest = state.hearings
    if first.sounds:
        return Turn(state, commands=(StartHearing(),))
    without = msgspec.structs.replace(state, hearings=tuple(rest))
    turn = _acted(without, first, world, go_on) if first.parts else Turn(without)
    turn = msgspec.structs.replace(turn, commands=(EndDraftOf(first.draft_id), *turn.commands))
    return then(turn, lambda state: _advance(_arrived(state), world, go_on))


def _arrived(state: SessionState) -> SessionState:
    """What waited in line was meant for wherever those before it lead."""
    if not state.hearings or state.hearings[0].aside:
        return state
    return _with(state, msgspec.structs.replace(state.hearings[0], place=state.waiting_for))


def _acted(state: SessionState, hearing: Hearing, world: World, go_on: GoOn) -> Turn:
    message = merge(hearing.parts)
    if hearing.place == state.waiting_for:
        return go_on(state, message, world)
    if hearing.aside and isinstance(hearing.place, AwaitingProspect):
        turn = go_on(state.at(hearing.place), message, world)
        return msgspec.structs.replace(turn, state=turn.state.at(state.waiting_for))
    bundle = bundle_of(message)
    offered = msgspec.structs.replace(state, offered=Offered(bundle.text, bundle.images))
    keyboard = ((Button(label=world.texts("button-support-this"), data="support:this"),),)
    return Turn(offered, calls=say(state, world.texts("voice-moved-on"), keyboard))


def _left(hearing: Hearing, sound: AudioMessage, problem: SpeechProblem) -> Hearing:
    """The hearing as another try takes it up: of what is begun only a transcript that took too long is still there."""
    late = problem is SpeechProblem.DEADLINE
    begun = {id_: one for id_, one in hearing.begun.items() if late and id_ == sound.message_id}
    return msgspec.structs.replace(hearing, begun=begun)


def _set_aside(state: SessionState, hearing: Hearing, text: str, world: World) -> Turn:
    keyboard: Keyboard = ((Button(label=world.texts("button-retry"), data=f"voice:{hearing.run_id}"),),)
    left = tuple(other for other in state.hearings if other.run_id != hearing.run_id)
    aside = msgspec.structs.replace(state, hearings=left, unheard=hearing)
    return Turn(_arrived(aside), calls=say(state, text, keyboard), commands=(StopHearing(hearing),))


def _refused(state: SessionState, part: Message, world: World) -> str | None:
    """Why a recording cannot be taken, or None."""
    if not isinstance(part, AudioMessage):
        return None
    if isinstance(state.waiting_for, EnteringKey):
        return world.texts("voice-no-key")
    if part.duration_s > LONGEST_S:
        return _told(SpeechProblem.TOO_LONG, None, world)
    if (part.file.size or 0) > LARGEST_BYTES:
        return _told(SpeechProblem.TOO_LARGE, None, world)
    return None


def _told(problem: SpeechProblem, after_s: float | None, world: World) -> str:
    if problem is SpeechProblem.NO_SPEECH and world.settings.assemblyai_api_key is None:
        return world.texts("voice-failed-practice")
    return world.texts(
        f"voice-failed-{problem}",
        minutes=round(LONGEST_S / 60),
        megabytes=LARGEST_BYTES // 2**20,
        seconds=max(1, round(after_s or 60)),
    )


def _corrected(part: Message, edited: Message) -> Message | None:
    """The part as it was changed: of a recording only the words beside it, of several texts in one nothing."""
    match part, edited:
        case _ if part.message_id != edited.message_id:
            return None
        case AudioMessage(), AudioMessage(caption=caption):
            return msgspec.structs.replace(part, caption=caption)
        case (ImageMessage(), ImageMessage()) | (TextMessage(merged=1), TextMessage()):
            return named(edited)
    return None


def _find(state: SessionState, request: str) -> tuple[Hearing, AudioMessage] | None:
    for hearing in state.hearings:
        for sound in hearing.sounds:
            if request_id(hearing, sound) == request:
                return hearing, sound
    return None


def _with(state: SessionState, changed: Hearing) -> SessionState:
    hearings = tuple(changed if one.run_id == changed.run_id else one for one in state.hearings)
    return msgspec.structs.replace(state, hearings=hearings)
