"""A turn: what one event changes, as one value that the session commits whole or not at all."""

from collections.abc import Callable

import msgspec

from actors.providers.messages import Provider, RowWrite, SealedKey
from actors.session.state import SessionState
from actors.settings import Settings
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import Keyboard, plain, send_calls
from actors.texts import Texts


class StartCase(msgspec.Struct, frozen=True, tag=True):
    """Run the pipeline for this case, skipping the steps it finished before."""

    run_id: str


class StopCase(msgspec.Struct, frozen=True, tag=True):
    """Stop this case's pipeline run and forget its draft."""

    run_id: str
    draft_id: int


class EndDraftOf(msgspec.Struct, frozen=True, tag=True):
    """The answer or its failure follows: show no more frames of this draft."""

    draft_id: int


class CheckPendingKey(msgspec.Struct, frozen=True, tag=True):
    """Ask the provider whether it accepts the state's pending key."""


Command = StartCase | StopCase | EndDraftOf | CheckPendingKey


class Turn(msgspec.Struct, frozen=True):
    """The next state and everything that follows from it.

    `calls` are sent by MessageSender and `rows` written by RecordWriter, both from the journal; `at_once` are calls
    worthless later, made outside it; `commands` are for the session itself, carried out after the commit.
    """

    state: SessionState
    calls: tuple[TelegramCall, ...] = ()
    rows: tuple[RowWrite, ...] = ()
    at_once: tuple[TelegramCall, ...] = ()
    commands: tuple[Command, ...] = ()


class World(msgspec.Struct, frozen=True):
    """What a flow may know beside the state: settings, texts, and the time as UTC epoch seconds.

    `seal` encrypts a key for one rep and provider. `practice` names the providers that answer from the sandbox.
    `cited` returns the title of the playbook section a model referred to, or None where there is none.
    """

    settings: Settings
    texts: Texts
    now: float
    new_id: Callable[[], str]
    seal: Callable[[int, Provider, str], SealedKey]
    cited: Callable[[str | None], str | None]
    practice: frozenset[Provider]


def say(state: SessionState, text: str, keyboard: Keyboard | None = None) -> tuple[TelegramCall, ...]:
    """Return the calls that send plain words, and a keyboard under them, to the rep."""
    return send_calls(state.rep.telegram_id, plain(text), keyboard)
