"""The set-up flow: whose key a rep's coaching runs on."""

import re
from collections.abc import Sequence

import msgspec

from actors.providers.messages import KeyVerdict, Provider, SealedKey
from actors.session.flow import Flow
from actors.session.records import memory_row, user_row
from actors.session.state import Profile, Rep, SessionState
from actors.session.turn import CheckKeyOf, Tap, Turn, World, say
from actors.session.waiting import AwaitingProspect, CheckingKey, ChoosingProvider, EnteringKey, Idle
from actors.telegram.messages import TelegramCall
from actors.telegram.parsing import Message, TextMessage, words_of
from actors.telegram.rendering import Button, Keyboard, delete_message
from storage import user_id

PROVIDER_NAMES = {Provider.OPENROUTER: "OpenRouter", Provider.ANTHROPIC: "Anthropic"}
_KEY_SHAPES = {
    Provider.OPENROUTER: re.compile(r"sk-or-[A-Za-z0-9_-]{8,250}"),
    Provider.ANTHROPIC: re.compile(r"sk-ant-[A-Za-z0-9_-]{8,250}"),
}
_SECRET = re.compile(r"(?<![\w-])sk-[\w-]{8,}|\A(?=\D*\d)[\w.+/=-]{20,}\Z", re.ASCII)
"""What may be somebody's key: a word as all our providers' begin, or nothing but one long token."""
_SURELY_SECRET = re.compile(r"(?<![\w-])sk-[\w-]{16,}", re.ASCII)
"""What can hardly be anything else, wherever it stands."""


def start(state: SessionState, payload: str, world: World) -> Turn:
    """Greet a rep: a newcomer with the choice of whose key to use, one who is set up with a word of welcome.

    What is pasted next is worked on at once, as the greeting says. A deep link's payload is kept for the end of a
    newcomer's set-up.
    """
    left = msgspec.structs.replace(state, waiting_for=AwaitingProspect(), link="" if state.profile else payload)
    if state.profile is not None:
        return Turn(left, calls=say(state, world.texts("welcome-back", name=state.rep.first_name)))
    return Turn(left, calls=say(state, world.texts("welcome", name=state.rep.first_name), choice(world)))


def guest(rep: Rep, world: World) -> Profile:
    """How somebody without a set-up is worked for: on the team's key, with the defaults."""
    return Profile(
        user_id=user_id(rep.telegram_id),
        provider=world.default_provider,
        key=None,
        openrouter_model=world.settings.default_openrouter_model,
        anthropic_model=world.settings.default_anthropic_model,
        created_at=world.now,
    )


def profile_of(state: SessionState, world: World) -> Profile:
    """How this rep is worked for, set up or not."""
    return state.profile or guest(state.rep, world)


def ask_for_setup(state: SessionState, world: World) -> Turn:
    """Say that the set-up comes first, with its buttons."""
    return Turn(state, calls=say(state, world.texts("setup-first"), choice(world)))


def choose(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Take the choice of whose key to use: the team's, of which nothing is stored with the rep, or an own one."""
    match tap.words:
        case ("quick",):
            return _set_up(state, world.default_provider, None, world)
        case ("own",):
            return _ask_provider(state, world)
        case ("back",):
            text = "settings-key" if state.profile else "setup-first"
            return Turn(state.at(Idle()), calls=say(state, world.texts(text), choice(world)))
    return None


def _ask_provider(state: SessionState, world: World) -> Turn:
    keyboard: Keyboard = (
        (
            Button(label=world.texts("button-openrouter"), data="provider:openrouter"),
            Button(label=world.texts("button-anthropic"), data="provider:anthropic"),
        ),
        (Button(label=world.texts("button-back"), data="setup:back"),),
    )
    return Turn(state.at(ChoosingProvider()), calls=say(state, world.texts("choose-provider"), keyboard))


def choose_provider(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Wait for the rep's key of the provider whose button was tapped."""
    if len(tap.words) != 1 or tap.words[0] not in set(Provider):
        return None
    provider = Provider(tap.words[0])
    return Turn(state.at(EnteringKey(provider)), calls=say(state, world.texts(f"enter-key-{provider}")))


def take_key(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Seal the key at once, delete the message that held it and have the provider asked.

    What has not the provider's shape is refused, and deleted as well if it may be a secret.
    """
    if not isinstance(state.waiting_for, EnteringKey):
        return Turn(state)
    provider = state.waiting_for.provider
    key = message.text.strip()
    if not _KEY_SHAPES[provider].fullmatch(key):
        return _refuse(state, message, world.texts(f"key-shape-{provider}"), world)
    sealed = world.seal(state.rep.telegram_id, provider, key)
    text = world.texts("key-checking", provider=PROVIDER_NAMES[provider])
    return Turn(
        state.at(CheckingKey(sealed)),
        calls=(*_removal(state, message), *say(state, text)),
        commands=(CheckKeyOf(),),
    )


def still_checking(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Ask for a moment's patience, and leave no other key in the chat meanwhile."""
    return _refuse(state, message, world.texts("key-wait"), world)


def holds_key(words: str) -> bool:
    """Whether a key stands in these words that nobody asked for."""
    return _SURELY_SECRET.search(words) is not None


def keep_out(state: SessionState, parts: Sequence[Message], world: World) -> Turn:
    """Take nothing of messages with a key in them, so that no model reads it, and delete those that hold it."""
    holding = [part for part in parts if holds_key(words_of(part))]
    # Of words that came in several messages only the first one's number is known.
    removal = [call for part in holding if _is_one(part) for call in _removal(state, part)]
    told = "key-stray-removed" if len(removal) == len(holding) else "key-stray-left"
    said = " ".join((world.texts("key-stray"), world.texts(told)))
    return Turn(state, calls=(*removal, *say(state, said)))


def _is_one(message: Message) -> bool:
    return not isinstance(message, TextMessage) or message.merged == 1


def _refuse(state: SessionState, message: TextMessage, why: str, world: World) -> Turn:
    removal = _removal(state, message) if _SECRET.search(message.text.strip()) else ()
    said = " ".join((why, world.texts("key-removed"))) if removal else why
    return Turn(state, calls=(*removal, *say(state, said)))


def _removal(state: SessionState, message: Message) -> tuple[TelegramCall, ...]:
    """Delete the message; a key from the page stands in none of the chat."""
    return (delete_message(state.rep.telegram_id, message.message_id),) if message.message_id else ()


def key_checked(state: SessionState, verdict: KeyVerdict, world: World) -> Turn:
    """Finish the set-up with an accepted key; ask again after any other verdict, keeping nothing."""
    if not isinstance(state.waiting_for, CheckingKey):
        return Turn(state)
    sealed = state.waiting_for.key
    name = PROVIDER_NAMES[sealed.provider]
    if verdict is KeyVerdict.ACCEPTED:
        return _set_up(state, sealed.provider, sealed, world)
    text = world.texts(f"key-{verdict}", provider=name)
    return Turn(state.at(EnteringKey(sealed.provider)), calls=say(state, text))


def choice(world: World) -> Keyboard:
    """The two ways to set up."""
    return (
        (Button(label=world.texts("button-quick"), data="setup:quick"),),
        (Button(label=world.texts("button-own"), data="setup:own"),),
    )


def _first_steps(world: World) -> Keyboard:
    """What somebody may try who has no prospect at hand."""
    lesson = Button(label=world.texts("button-first-lesson"), data="learn:list")
    drill = Button(label=world.texts("button-first-drill"), data="train:menu")
    return ((lesson, drill),)


def _set_up(state: SessionState, provider: Provider, key: SealedKey | None, world: World) -> Turn:
    known = profile_of(state, world)
    profile = msgspec.structs.replace(known, provider=provider, key=key)
    rows = (user_row(state.rep, profile, world.now), memory_row(state.rep, profile, state.memory, world.now))
    if state.profile is not None:
        said = say(
            state, world.texts("key-switched-own" if key else "key-switched-team", provider=PROVIDER_NAMES[provider])
        )
        return Turn(msgspec.structs.replace(state.at(Idle()), profile=profile), calls=said, rows=rows)
    said = say(
        state,
        world.texts("setup-done-own" if key else "setup-done-team", provider=PROVIDER_NAMES[provider]),
        _first_steps(world),
    )
    return Turn(msgspec.structs.replace(state.at(AwaitingProspect()), profile=profile), calls=said, rows=rows)


FLOW = Flow(
    commands={"start": start},
    buttons={"setup": choose, "provider": choose_provider},
    texts={EnteringKey: take_key, CheckingKey: still_checking},
)
