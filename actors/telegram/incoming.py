"""What Telegram brings, as the sessions take it: one small value per kind of update. Knows nothing of aiogram."""

from collections.abc import Sequence

import msgspec

from actors.telegram.rich_text import Entity, units


class Sender(msgspec.Struct, frozen=True):
    """Who did it, as Telegram names them at this moment."""

    telegram_id: int
    username: str | None
    first_name: str
    language_code: str | None = None
    is_bot: bool = False


class Origin(msgspec.Struct, frozen=True):
    """Whom a forwarded message is from: `kind` in the Bot API's spelling ("user", "hidden_user", "chat", "channel")."""

    kind: str
    name: str
    username: str | None
    date: int


class ReplyTo(msgspec.Struct, frozen=True):
    """The message that was answered: its words, and the part of them that the rep marked, if any."""

    message_id: int
    text: str
    quote: str | None = None


class File(msgspec.Struct, frozen=True):
    """A file that lies with Telegram; `file_unique_id` names it for every bot, `size` is in bytes where known."""

    file_id: str
    file_unique_id: str
    size: int | None = None
    mime_type: str | None = None
    name: str | None = None


class Context(msgspec.Struct, frozen=True):
    """What a message carries beside its content; `album` is the same for all parts of one album."""

    origin: Origin | None = None
    reply_to: ReplyTo | None = None
    album: str | None = None


_PLAIN = Context()


class TextMessage(msgspec.Struct, frozen=True, tag=True):
    """A message in words; `date` is UTC epoch seconds. `merged` counts the messages whose words it holds."""

    chat_id: int
    user: Sender
    message_id: int
    text: str
    date: int
    chat_type: str = "private"
    entities: tuple[Entity, ...] = ()
    context: Context = _PLAIN
    merged: int = 1


class AudioMessage(msgspec.Struct, frozen=True, tag=True):
    """Something to listen to: `kind` is "voice", "audio", "video_note", or "document" for a sound sent as a file.

    The duration is in seconds, 0 where Telegram does not tell it.
    """

    chat_id: int
    user: Sender
    message_id: int
    kind: str
    file: File
    duration_s: int
    date: int
    caption: str | None = None
    chat_type: str = "private"
    context: Context = _PLAIN


class ImageMessage(msgspec.Struct, frozen=True, tag=True):
    """A picture: the largest size of a photo (`kind` "photo"), or an image sent as a file ("document").

    Width and height are in pixels, where Telegram tells them.
    """

    chat_id: int
    user: Sender
    message_id: int
    kind: str
    file: File
    date: int
    width: int | None = None
    height: int | None = None
    caption: str | None = None
    chat_type: str = "private"
    context: Context = _PLAIN


class DocumentMessage(msgspec.Struct, frozen=True, tag=True):
    """A file that is neither a picture nor sound, as its type and name have it."""

    chat_id: int
    user: Sender
    message_id: int
    file: File
    date: int
    caption: str | None = None
    chat_type: str = "private"
    context: Context = _PLAIN


class OtherMessage(msgspec.Struct, frozen=True, tag=True):
    """Any other message: its kind in the Bot API's spelling ("video", "contact", ...; "other" if unusual)."""

    chat_id: int
    user: Sender
    message_id: int
    kind: str
    date: int
    caption: str | None = None
    chat_type: str = "private"
    context: Context = _PLAIN


Message = TextMessage | AudioMessage | ImageMessage | DocumentMessage | OtherMessage
"""One message of a person."""


class MergedMessages(msgspec.Struct, frozen=True, tag=True):
    """Messages that belong together, in their order: an album's parts, or what was sent within a moment.

    At least two, and not words alone: those become one TextMessage.
    """

    parts: tuple[Message, ...]

    @property
    def user(self) -> Sender:
        """Who sent them, as the last one names them."""
        return self.parts[-1].user

    @property
    def chat_type(self) -> str:
        """The kind of chat they were sent in."""
        return self.parts[0].chat_type

    @property
    def text(self) -> str:
        """All the words in them, captions included, message by message."""
        return "\n".join(words for words in map(words_of, self.parts) if words)


class EditedMessage(msgspec.Struct, frozen=True, tag=True):
    """A message that was changed after it had been taken; one changed before that arrives as it is now, once."""

    message: Message


class ButtonTap(msgspec.Struct, frozen=True, tag=True):
    """A tap on an inline button.

    `message_id` is None where Telegram no longer tells; `message_date` is when that message was sent, UTC epoch
    seconds, and None where Telegram does not tell, because it is too old.
    """

    callback_id: str
    user: Sender
    chat_id: int
    message_id: int | None
    data: str
    message_date: int | None = None


class GenerationStopped(msgspec.Struct, frozen=True, tag=True):
    """The Stop button under a growing draft."""

    chat_id: int
    draft_id: int


class Blocked(msgspec.Struct, frozen=True, tag=True):
    """The rep blocked the bot: nothing can be sent to them."""

    chat_id: int
    user: Sender


class Unblocked(msgspec.Struct, frozen=True, tag=True):
    """The rep let the bot in again."""

    chat_id: int
    user: Sender


class Ignored(msgspec.Struct, frozen=True, tag=True):
    """An update that asks nothing of us."""

    kind: str


Incoming = (
    TextMessage
    | AudioMessage
    | ImageMessage
    | DocumentMessage
    | OtherMessage
    | MergedMessages
    | EditedMessage
    | ButtonTap
    | GenerationStopped
    | Blocked
    | Unblocked
    | Ignored
)


def words_of(message: Message) -> str:
    """The words of a message: its text, or its caption, or nothing."""
    return message.text if isinstance(message, TextMessage) else message.caption or ""


def command_of(message: Message) -> tuple[str, str] | None:
    """The command a message begins with, in lower case without "/" and "@bot", and what stands after it, stripped.

    None for any other message; the payload of a deep link is what stands after "start".
    """
    if not isinstance(message, TextMessage) or not message.text.startswith("/"):
        return None
    words = message.text.split(maxsplit=1)
    return words[0][1:].split("@")[0].lower(), words[1].strip() if len(words) > 1 else ""


def merge(messages: Sequence[Message]) -> Message | MergedMessages:
    """The messages as one: words alone become one text with a line for each, anything else stays in parts."""
    if len(messages) == 1:
        return messages[0]
    texts = [message for message in messages if isinstance(message, TextMessage)]
    if len(texts) < len(messages):
        return MergedMessages(tuple(messages))
    return msgspec.structs.replace(
        texts[0],
        user=texts[-1].user,
        text="\n".join(text.text for text in texts),
        entities=_joined(texts),
        context=next((text.context for text in texts if text.context != _PLAIN), _PLAIN),
        merged=len(texts),
    )


def _joined(texts: Sequence[TextMessage]) -> tuple[Entity, ...]:
    entities: list[Entity] = []
    offset = 0
    for message in texts:
        entities += [msgspec.structs.replace(one, offset=one.offset + offset) for one in message.entities]
        offset += units(message.text) + 1
    return tuple(entities)
