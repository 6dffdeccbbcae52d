"""A turn: what one event changes, as one value that the session commits whole or not at all."""

from collections.abc import Callable

import msgspec

from actors.providers.messages import ModelInfo, Provider, RowWrite, SealedKey
from actors.session.book import Book
from actors.session.messages import Letter
from actors.session.state import Hearing, SessionState
from actors.settings import Settings
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import Keyboard, edit_text, plain, send_calls, split
from actors.texts import Texts
from coaching.scenarios import Scenarios


class StartJob(msgspec.Struct, frozen=True, tag=True):
    """Run the pipeline for this job, skipping the steps it finished before."""

    run_id: str


class StopJob(msgspec.Struct, frozen=True, tag=True):
    """Stop this job's run and forget its draft."""

    run_id: str
    draft_id: int


class EndDraftOf(msgspec.Struct, frozen=True, tag=True):
    """The answer or its failure follows: show no more frames of this draft."""

    draft_id: int


class StartHearing(msgspec.Struct, frozen=True, tag=True):
    """Have the recordings of the first hearing put into words; those under way already go on."""


class StopHearing(msgspec.Struct, frozen=True, tag=True):
    """Nobody waits for the words of this hearing any more."""

    hearing: Hearing


class CheckKeyOf(msgspec.Struct, frozen=True, tag=True):
    """Ask the provider whether it accepts the key that the state waits for."""


class ListModelsOf(msgspec.Struct, frozen=True, tag=True):
    """Ask the rep's provider which models it offers, and show those with these words in their names."""

    words: str


class AskHealth(msgspec.Struct, frozen=True, tag=True):
    """Ask the parts of the house how they are, and show it in place of this message."""

    message_id: int | None


class DropFiles(msgspec.Struct, frozen=True, tag=True):
    """Delete these uploads: what referred to them is deleted."""

    references: tuple[str, ...]


class ForgetRep(msgspec.Struct, frozen=True, tag=True):
    """Have the journal forget the rep: the snapshot, and the content of everything that is settled."""


Command = (
    StartJob
    | StopJob
    | EndDraftOf
    | StartHearing
    | StopHearing
    | CheckKeyOf
    | ListModelsOf
    | AskHealth
    | DropFiles
    | ForgetRep
)


class Turn(msgspec.Struct, frozen=True):
    """The next state and everything that follows from it.

    `calls` are sent by MessageSender and `rows` written by RecordWriter, both from the journal; `at_once` are calls
    worthless later, made outside it; `letters` reach other reps' sessions, and `foreseen` is what those will write, so
    that this session's rows show it at once; `commands` are for the session itself, carried out after the commit.
    `notice` is shown for a moment over the chat when the turn answers a tapped button.
    """

    state: SessionState
    calls: tuple[TelegramCall, ...] = ()
    rows: tuple[RowWrite, ...] = ()
    at_once: tuple[TelegramCall, ...] = ()
    commands: tuple[Command, ...] = ()
    letters: tuple[Letter, ...] = ()
    foreseen: tuple[RowWrite, ...] = ()
    notice: str = ""


class ShelfState(msgspec.Struct, frozen=True):
    """What the library holds, and what is wrong with its files since they were changed."""

    sections: int = 0
    scenarios: int = 0
    problems: tuple[str, ...] = ()


class Listed(msgspec.Struct, frozen=True):
    """What the rep's provider offers; None where it could not be asked."""

    models: tuple[ModelInfo, ...] | None


class World(msgspec.Struct, frozen=True):
    """What a flow may know beside the state: settings, texts, the rep's rows, and the time as UTC epoch seconds.

    `seal` encrypts a key for one rep and provider. `practice` names the providers that answer from the sandbox.
    `cited` returns the title of the playbook section a model referred to, or None where there is none; `scenarios`
    are the lessons and drills that ship with the house. `listed` is None until a page's request asked for it.
    """

    settings: Settings
    texts: Texts
    now: float
    new_id: Callable[[], str]
    seal: Callable[[int, Provider, str], SealedKey]
    cited: Callable[[str | None], str | None]
    practice: frozenset[Provider]
    book: Book
    scenarios: Scenarios
    shelf: ShelfState = ShelfState()
    listed: Listed | None = None

    @property
    def default_provider(self) -> Provider:
        """Whose models those without a choice of their own are answered by: the team's key is OpenRouter's."""
        return Provider.OPENROUTER


class Tap(msgspec.Struct, frozen=True):
    """A tapped button: what its data says after the flow's own word, and the message it stands under, if known."""

    words: tuple[str, ...]
    message_id: int | None


def say(state: SessionState, text: str, keyboard: Keyboard | None = None) -> tuple[TelegramCall, ...]:
    """Return the calls that send plain words, and a keyboard under them, to the rep."""
    return send_calls(state.rep.telegram_id, plain(text), keyboard)


def show(state: SessionState, tap: Tap | None, text: str, keyboard: Keyboard | None = None) -> Turn:
    """A turn that puts these words in place of the message whose button was tapped, or sends them anew.

    What does not fit one message is sent anew too: an edit cannot become two messages.
    """
    if tap is None or tap.message_id is None or len(split(plain(text))) > 1:
        return Turn(state, calls=say(state, text, keyboard))
    return Turn(state, calls=(edit_text(state.rep.telegram_id, tap.message_id, plain(text), keyboard),))


def then(first: Turn, follow: Callable[[SessionState], Turn]) -> Turn:
    """One turn that does the first and then what follows from its state."""
    second = follow(first.state)
    return Turn(
        second.state,
        calls=(*first.calls, *second.calls),
        rows=(*first.rows, *second.rows),
        at_once=(*first.at_once, *second.at_once),
        commands=(*first.commands, *second.commands),
        letters=(*first.letters, *second.letters),
        foreseen=(*first.foreseen, *second.foreseen),
        notice=second.notice or first.notice,
    )
