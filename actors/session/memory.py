"""/memory: what the coach remembers of a rep, shown with the words that taught it, reworded and forgotten."""

import msgspec

from actors.session.flow import Flow
from actors.session.onboarding import ask_for_setup
from actors.session.records import memory_row
from actors.session.state import Profile, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.session.waiting import Idle, RewordingMemory
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from coaching.memory import MAX_TEXT, UserMemory
from coaching.prospect import cleaned
from coaching.remembered import Item, emptied, find, forgotten, items, reworded

_LABEL = 50


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """Show everything that is remembered."""
    if state.profile is None:
        return ask_for_setup(state, world)
    return _list(state.at(Idle()), None, world)


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Open an item, ask for its new words, forget it, or forget everything after one more question."""
    profile = state.profile
    if profile is None:
        return None
    match tap.words:
        case ("list",):
            return _list(state, tap, world)
        case ("clear",):
            return _ask_clear(state, tap, world)
        case ("clear", "yes"):
            return _kept(state.at(Idle()), profile, emptied(state.memory), tap, world)
        case (("view" | "edit" | "forget") as wish, item_id):
            item = find(state.memory, item_id)
            return _item(state, profile, wish, item, tap, world) if item else None
    return None


def take_words(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Put an item into the rep's own words."""
    waiting, profile = state.waiting_for, state.profile
    if not isinstance(waiting, RewordingMemory) or profile is None:
        return Turn(state)
    if find(state.memory, waiting.item_id) is None:
        return Turn(state.at(Idle()), calls=say(state, world.texts("memory-gone")))
    words = cleaned(message.text)
    if not words or len(words) > MAX_TEXT:
        return Turn(state, calls=say(state, world.texts("memory-size", limit=MAX_TEXT)))
    return _kept(state.at(Idle()), profile, reworded(state.memory, waiting.item_id, words), None, world)


def _list(state: SessionState, tap: Tap | None, world: World) -> Turn:
    known = items(state.memory)
    conversations = world.texts("memory-conversations", sessions=state.memory.total_sessions)
    lines = [world.texts("memory-intro", conversations=conversations, items=len(known))]
    lines += [_line(number, item, world) for number, item in enumerate(known, start=1)]
    buttons: list[tuple[Button, ...]] = [
        (Button(label=f"{number}. {item.text}"[:_LABEL], data=f"memory:view:{item.id}"),)
        for number, item in enumerate(known, start=1)
    ]
    if known or state.memory.total_sessions:
        buttons.append((Button(label=world.texts("button-memory-clear"), data="memory:clear"),))
    return show(state, tap, "\n\n".join(lines), tuple(buttons) or None)


def _line(number: int, item: Item, world: World) -> str:
    kind, texts = world.texts(f"memory-{item.kind}"), world.texts
    if item.evidence:
        return texts("memory-noted", number=number, kind=kind, text=item.text, quote=item.evidence, seen=item.seen)
    return texts("memory-said", number=number, kind=kind, text=item.text)


def _item(state: SessionState, profile: Profile, wish: str, item: Item, tap: Tap, world: World) -> Turn:
    match wish:
        case "edit":
            asked = world.texts("memory-ask", text=item.text)
            return Turn(state.at(RewordingMemory(item.id)), calls=say(state, asked))
        case "forget":
            return _kept(state, profile, forgotten(state.memory, item.id), tap, world)
    keyboard: Keyboard = (
        (
            Button(label=world.texts("button-memory-edit"), data=f"memory:edit:{item.id}"),
            Button(label=world.texts("button-memory-forget"), data=f"memory:forget:{item.id}"),
        ),
        (Button(label=world.texts("button-back"), data="memory:list"),),
    )
    return show(state, tap, _line(1, item, world), keyboard)


def _ask_clear(state: SessionState, tap: Tap, world: World) -> Turn:
    yes = (Button(label=world.texts("button-memory-clear-yes"), data="memory:clear:yes"),)
    back = (Button(label=world.texts("button-back"), data="memory:list"),)
    return show(state, tap, world.texts("memory-clear"), (yes, back))


def _kept(state: SessionState, profile: Profile, memory: UserMemory, tap: Tap | None, world: World) -> Turn:
    """The list after a change, and the row that keeps it."""
    changed = msgspec.structs.replace(state, memory=memory)
    turn = _list(changed, tap, world)
    row = memory_row(state.rep, profile, memory, world.now)
    return msgspec.structs.replace(turn, rows=(row,), notice=world.texts("memory-kept"))


FLOW = Flow(
    commands={"memory": open_},
    buttons={"memory": pressed},
    texts={RewordingMemory: take_words},
)
