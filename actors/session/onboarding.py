"""The set-up flow: whose key a rep's coaching runs on."""

import re

import msgspec

from actors.providers.messages import KeyVerdict, Provider, SealedKey
from actors.session.records import memory_row, user_row
from actors.session.state import Profile, SessionState
from actors.session.turn import CheckPendingKey, Turn, World, say
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard, delete_message
from storage import user_id

PROVIDER_NAMES = {Provider.OPENROUTER: "OpenRouter", Provider.ANTHROPIC: "Anthropic"}
_KEY_SHAPES = {
    Provider.OPENROUTER: re.compile(r"sk-or-[A-Za-z0-9_-]{8,250}"),
    Provider.ANTHROPIC: re.compile(r"sk-ant-[A-Za-z0-9_-]{8,250}"),
}


def start(state: SessionState, world: World) -> Turn:
    """Greet a rep: the set-up choice, and for one who is set up already a word of welcome before it."""
    text = world.texts("welcome-back" if state.profile else "welcome", name=state.rep.first_name)
    left = msgspec.structs.replace(state, flow="idle", pending_key=None, pending_provider=None)
    return Turn(left, calls=say(state, text, _choice(world)))


def ask_for_setup(state: SessionState, world: World) -> Turn:
    """Say that the set-up comes first, with its buttons."""
    return Turn(state, calls=say(state, world.texts("setup-first"), _choice(world)))


def choose_quick(state: SessionState, world: World) -> Turn:
    """Set the rep up with the team's key, of which nothing is stored with the rep."""
    return _set_up(state, Provider.OPENROUTER, None, "setup-done-team", world)


def choose_own(state: SessionState, world: World) -> Turn:
    """Ask whose key the rep has."""
    keyboard: Keyboard = (
        (
            Button(label=world.texts("button-openrouter"), data="provider:openrouter"),
            Button(label=world.texts("button-anthropic"), data="provider:anthropic"),
        ),
        (Button(label=world.texts("button-back"), data="setup:back"),),
    )
    choosing = msgspec.structs.replace(state, flow="choosing_provider")
    return Turn(choosing, calls=say(state, world.texts("choose-provider"), keyboard))


def choose_provider(state: SessionState, provider: Provider, world: World) -> Turn:
    """Wait for the rep's key of this provider."""
    waiting = msgspec.structs.replace(state, flow="entering_key", pending_provider=provider, pending_key=None)
    return Turn(waiting, calls=say(state, world.texts(f"enter-key-{provider}")))


def take_key(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Seal the key at once, delete the message that held it and have the provider asked."""
    provider = state.pending_provider or Provider.OPENROUTER
    key = message.text.strip()
    if not _KEY_SHAPES[provider].fullmatch(key):
        return Turn(state, calls=say(state, world.texts(f"key-shape-{provider}")))
    sealed = world.seal(state.rep.telegram_id, provider, key)
    text = world.texts("key-checking", provider=PROVIDER_NAMES[provider])
    return Turn(
        msgspec.structs.replace(state, flow="checking_key", pending_key=sealed),
        calls=(delete_message(state.rep.telegram_id, message.message_id), *say(state, text)),
        commands=(CheckPendingKey(),),
    )


def key_checked(state: SessionState, verdict: KeyVerdict, world: World) -> Turn:
    """Finish the set-up with an accepted key; ask again after any other verdict, keeping nothing."""
    if state.flow != "checking_key" or state.pending_key is None:
        return Turn(state)
    sealed = state.pending_key
    name = PROVIDER_NAMES[sealed.provider]
    if verdict is KeyVerdict.ACCEPTED:
        return _set_up(state, sealed.provider, sealed, "setup-done-own", world)
    text = world.texts(f"key-{verdict}", provider=name)
    again = msgspec.structs.replace(state, flow="entering_key", pending_key=None)
    return Turn(again, calls=say(state, text))


def _choice(world: World) -> Keyboard:
    return (
        (Button(label=world.texts("button-quick"), data="setup:quick"),),
        (Button(label=world.texts("button-own"), data="setup:own"),),
    )


def _set_up(state: SessionState, provider: Provider, key: SealedKey | None, text: str, world: World) -> Turn:
    previous = state.profile
    profile = Profile(
        user_id=user_id(state.rep.telegram_id),
        provider=provider,
        key=key,
        openrouter_model=world.settings.default_openrouter_model,
        anthropic_model=world.settings.default_anthropic_model,
        created_at=previous.created_at if previous else world.now,
    )
    ready = msgspec.structs.replace(
        state, flow="awaiting_prospect", profile=profile, pending_key=None, pending_provider=None
    )
    return Turn(
        ready,
        calls=say(state, world.texts(text, provider=PROVIDER_NAMES[provider])),
        rows=(user_row(state.rep, profile, world.now), memory_row(state.rep, profile, state.memory, world.now)),
    )
