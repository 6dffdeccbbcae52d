"""Choosing the model one's coaching runs on, from those that the provider really offers now."""

from collections.abc import Iterable

import msgspec

from actors.providers.messages import ModelInfo, Provider
from actors.session.flow import Flow
from actors.session.records import user_row
from actors.session.state import Profile, SessionState
from actors.session.turn import ListModelsOf, Tap, Turn, World, say, show
from actors.session.waiting import Idle, SearchingModel
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from coaching.prospect import cleaned

MOST_SHOWN = 24
LONGEST_WORDS = 60
_LONGEST_NAME = 45
"""What leaves room for the price on a button of 60 characters."""
_MOST_DATA_BYTES = 64
_PREFIX = "model:use:"


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Ask for the models, or take one."""
    match tap.words:
        case ("ask",) if state.profile is not None:
            return _ask(state, tap, world)
        case ("use", *parts) if parts and state.profile is not None:
            model = ":".join(parts)
            return _use(state, state.profile, model, tap, world) if model in _offers(state) else None
    return None


def _ask(state: SessionState, tap: Tap, world: World) -> Turn:
    turn = show(state.at(SearchingModel()), tap, world.texts("model-asking"))
    return msgspec.structs.replace(turn, commands=(ListModelsOf(""),))


def search(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Look for models with these words in their names."""
    words = " ".join(cleaned(message.text).split())
    if not words or len(words) > LONGEST_WORDS:
        return Turn(state, calls=say(state, world.texts("model-words", limit=LONGEST_WORDS)))
    return Turn(state, commands=(ListModelsOf(words),))


def listed(state: SessionState, words: str, models: tuple[ModelInfo, ...] | None, world: World) -> Turn:
    """Show the models that were found, the free ones first on the team's key; the rep has gone on: say nothing."""
    profile = state.profile
    if profile is None or not isinstance(state.waiting_for, SearchingModel):
        return Turn(state)
    if models is None:
        return Turn(state.at(Idle()), calls=say(state, world.texts("model-unreachable"), _back(world)))
    found = [model for model in choices(models, words, profile) if _fits(model)]
    if not found:
        return Turn(state, calls=say(state, world.texts("model-none", words=words)))
    text = world.texts("model-choose", model=profile.model, found=len(found), shown=min(len(found), MOST_SHOWN))
    buttons = tuple((_button(model, world),) for model in found[:MOST_SHOWN])
    offered = tuple(model.id for model in found[:MOST_SHOWN])
    return Turn(state.at(SearchingModel(offered)), calls=say(state, text, (*buttons, *_back(world))))


def choices(models: tuple[ModelInfo, ...], words: str, profile: Profile) -> list[ModelInfo]:
    """The models with these words in their names that this rep may choose, in order."""
    return in_order((model for model in models if _offered(model, profile)), words)


def in_order(models: Iterable[ModelInfo], words: str) -> list[ModelInfo]:
    """The models with these words in their names, the free and then the cheap ones first."""
    found = [model for model in models if words.casefold() in _name(model).casefold()]
    return sorted(found, key=lambda model: (not model.free, model.input_usd or 0.0, model.id))


def _offers(state: SessionState) -> tuple[str, ...]:
    """The models whose buttons were shown last: an older or an invented button takes none."""
    return state.waiting_for.offered if isinstance(state.waiting_for, SearchingModel) else ()


def _use(state: SessionState, profile: Profile, model: str, tap: Tap, world: World) -> Turn:
    # A run under way ends on the model it began with.
    field = "anthropic_model" if profile.provider is Provider.ANTHROPIC else "openrouter_model"
    profile = msgspec.structs.replace(profile, **{field: model})
    changed = msgspec.structs.replace(state, profile=profile, waiting_for=Idle())
    turn = show(changed, tap, world.texts("model-chosen", model=model), _back(world))
    return msgspec.structs.replace(turn, rows=(user_row(state.rep, profile, world.now),))


def _offered(model: ModelInfo, profile: Profile) -> bool:
    """On the team's key the free models; on an own key, which pays for itself, all of them."""
    return model.free or profile.key is not None or model.id == profile.model


def _fits(model: ModelInfo) -> bool:
    """Whether a button of Telegram can name the model."""
    return len(f"{_PREFIX}{model.id}".encode()) <= _MOST_DATA_BYTES


def _name(model: ModelInfo) -> str:
    return f"{model.name} {model.id}"


def _button(model: ModelInfo, world: World) -> Button:
    if model.free:
        label = world.texts("model-free", name=model.name[:_LONGEST_NAME])
    elif model.input_usd is None or model.output_usd is None:
        label = model.name
    else:
        price = f"{model.input_usd:.2f}/{model.output_usd:.2f}"
        label = world.texts("model-priced", name=model.name[:_LONGEST_NAME], price=price)
    return Button(label=label[:60], data=f"{_PREFIX}{model.id}")


def _back(world: World) -> Keyboard:
    return ((Button(label=world.texts("button-back"), data="settings:back"),),)


FLOW = Flow(buttons={"model": pressed}, texts={SearchingModel: search})
