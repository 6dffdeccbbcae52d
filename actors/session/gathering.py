"""Several messages in a row as one: what a rep pastes in pieces, forwards in a bunch or sends as an album.

Telegram cuts long texts and delivers an album part by part. The parts stay unsettled in the journal until they are
handled together, so that a crash in between loses none of them.
"""

import msgspec

from actors.session.state import SessionState
from actors.session.waiting import (
    CheckingKey,
    ChoosingAgentModel,
    EnteringKey,
    EnteringTimeZone,
    InvitingUser,
    SearchingModel,
)
from actors.telegram.parsing import (
    AudioMessage,
    EditedMessage,
    ImageMessage,
    Incoming,
    MergedMessages,
    Message,
    Sender,
    TextMessage,
    command_of,
    merge,
    words_of,
)

QUIET_S = 1.0
"""How long nothing may come before what was gathered is handled."""
LONGEST_S = 8.0
"""How long gathering may go on while more and more comes."""
MOMENT_S = 2
"""Messages dated further apart do not belong together, though they arrive together after an outage; whole seconds."""
RECORDING_S = 5
"""How long a rep may take to begin the next recording, which is dated when it ends."""
_ONE_WORD = (EnteringKey, CheckingKey, EnteringTimeZone, SearchingModel, ChoosingAgentModel, InvitingUser)
"""Where nothing belongs to the answer that may follow: a key, whose message is deleted at once, a zone, a name."""
Reference = tuple[str, int]
"""An inbox entry of the journal: its source and number."""


class Bundle(msgspec.Struct, frozen=True):
    """Pictures, by Telegram's ids and in their order, and all the words beside them."""

    user: Sender
    text: str
    images: tuple[str, ...]


class Gathering:
    """The messages held back and the journal's references to them; times in seconds, from the caller."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._references: list[Reference] = []
        self._since = 0.0

    @property
    def empty(self) -> bool:
        """Whether nothing is held back."""
        return not self._messages

    def holds(self, reference: Reference) -> bool:
        """Whether this update is held back."""
        return reference in self._references

    def fits(self, incoming: Incoming) -> bool:
        """Whether nothing that is held back has to be handled first, because it was said at another time."""
        if not self._messages or not isinstance(incoming, TextMessage | ImageMessage | AudioMessage):
            return True
        return follows(self._messages[-1], incoming)

    def wait_s(self, reference: Reference, incoming: Incoming, state: SessionState, now: float) -> float | None:
        """Hold a message back and return how long to wait for more; None for one that is to be handled at once.

        An edit takes the place of a message that is held back.
        """
        if isinstance(incoming, EditedMessage):
            if not self._replace(incoming.message):
                return None
        elif isinstance(incoming, TextMessage | ImageMessage | AudioMessage) and _belongs(state, incoming):
            if self.empty:
                self._since = now
            self._messages.append(incoming)
        else:
            return None
        self._references.append(reference)
        return max(0.0, min(QUIET_S, self._since + LONGEST_S - now))

    def take(self) -> tuple[tuple[Reference, ...], Message | MergedMessages | None]:
        """Let go of what was held back, as one message in the order it was sent in; None where nothing was."""
        messages, references = sorted(self._messages, key=_sent), tuple(self._references)
        self._messages, self._references = [], []
        return references, merge([named(message) for message in messages]) if messages else None

    def _replace(self, edited: Message) -> bool:
        for place, message in enumerate(self._messages):
            if (message.chat_id, message.message_id) == (edited.chat_id, edited.message_id):
                self._messages[place] = edited
                return True
        return False


def _sent(message: Message) -> int:
    return message.message_id


def follows(last: Message, message: Message) -> bool:
    """Whether a message was sent in one go with the one before it: in one album, or within a moment."""
    album, gap = message.context.album, message.date - last.date
    if album is not None and album == last.context.album:
        return True
    if isinstance(message, AudioMessage):
        return -MOMENT_S <= gap <= message.duration_s + RECORDING_S
    return abs(gap) <= MOMENT_S


def bundle_of(message: Message | MergedMessages) -> Bundle:
    """The pictures of a message and all its words."""
    parts = message.parts if isinstance(message, MergedMessages) else (message,)
    images = tuple(part.file.file_id for part in parts if isinstance(part, ImageMessage))
    return Bundle(message.user, "\n\n".join(words for words in map(words_of, parts) if words), images)


def _belongs(state: SessionState, incoming: TextMessage | ImageMessage | AudioMessage) -> bool:
    """Whether more may follow that belongs to this message: never to a command, nor where one word is awaited.

    What is said in a group belongs to nothing here.
    """
    if incoming.chat_type != "private" or command_of(incoming) is not None:
        return False
    return not isinstance(state.waiting_for, _ONE_WORD)


def named(message: Message) -> Message:
    """The message with the name of whoever wrote it, where it was forwarded, before its words.

    A recording is named once it is in words.
    """
    words, origin = words_of(message), message.context.origin
    if origin is None or not words or isinstance(message, AudioMessage):
        return message
    named = f"{origin.name}:\n{words}"
    if isinstance(message, TextMessage):
        return msgspec.structs.replace(message, text=named, entities=())
    return msgspec.structs.replace(message, caption=named)
