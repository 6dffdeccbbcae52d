"""Telegram updates as the sessions need them: aiogram checks the form, what is used goes into small Structs."""

import json
from typing import TYPE_CHECKING

import msgspec
from pydantic import ValidationError

from actors.telegram.errors import MalformedUpdate

if TYPE_CHECKING:
    from aiogram import types

_KINDS = (
    "photo",
    "voice",
    "audio",
    "video",
    "video_note",
    "document",
    "animation",
    "sticker",
    "location",
    "contact",
)
_LEFT = frozenset({"kicked", "left"})


class Sender(msgspec.Struct, frozen=True):
    """Who did it, as Telegram names them at this moment."""

    telegram_id: int
    username: str | None
    first_name: str
    language_code: str | None = None
    is_bot: bool = False


class TextMessage(msgspec.Struct, frozen=True, tag=True):
    """A message in words; `date` is UTC epoch seconds."""

    chat_id: int
    user: Sender
    message_id: int
    text: str
    date: int
    chat_type: str = "private"


class OtherMessage(msgspec.Struct, frozen=True, tag=True):
    """A message that is not text: its kind in the Bot API's spelling ("photo", "voice", ...; "other" if unusual)."""

    chat_id: int
    user: Sender
    message_id: int
    kind: str
    date: int
    caption: str | None = None
    chat_type: str = "private"


class ButtonTap(msgspec.Struct, frozen=True, tag=True):
    """A tap on an inline button; `message_id` is None where Telegram no longer tells."""

    callback_id: str
    user: Sender
    chat_id: int
    message_id: int | None
    data: str


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


Incoming = TextMessage | OtherMessage | ButtonTap | GenerationStopped | Blocked | Unblocked | Ignored


def parse_update(raw: bytes) -> Incoming:
    """The update as one of ours; MalformedUpdate if it is not in the Bot API's form."""
    from aiogram import types  # seconds at the first time: see aiogram_loading

    try:
        update = types.Update.model_validate_json(raw)
    except ValidationError:
        raise MalformedUpdate(update_id_of(raw)) from None
    return _incoming(update)


def update_id_of(raw: bytes) -> int | None:
    """The update's number, if there is one to be read."""
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return number_of(update)


def number_of(update: object) -> int | None:
    """The number of a decoded update; None for anything that cannot be an update's number."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63:
        return number
    return None


def actor_key_of(update: object) -> str | None:
    """Whose session a decoded update belongs to ("session/<telegram id>"); None if no person can be made out."""
    if not isinstance(update, dict):
        return None
    bodies = [body for name, body in update.items() if name != "update_id" and isinstance(body, dict)]
    for body in bodies:
        person = body.get("from") or body.get("user") or _private_chat(body.get("chat"))
        identity = person.get("id") if isinstance(person, dict) and person.get("is_bot") is not True else None
        if isinstance(identity, int) and not isinstance(identity, bool) and 0 < identity < 2**63:
            return f"session/{identity}"
    return None


def _private_chat(chat: object) -> object:
    return chat if isinstance(chat, dict) and chat.get("type") == "private" else None


def _incoming(update: "types.Update") -> Incoming:
    if update.message is not None:
        return _message(update.message)
    if update.callback_query is not None:
        return _tap(update.callback_query)
    if update.stopped_message_generation is not None:
        stopped = update.stopped_message_generation
        return GenerationStopped(stopped.chat.id, stopped.draft_id)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    return Ignored(next((name for name in update.model_fields_set if name != "update_id"), "nothing"))


def _message(message: "types.Message") -> Incoming:
    if message.from_user is None:
        return Ignored("message without a sender")
    user, date = _sender(message.from_user), int(message.date.timestamp())
    chat = message.chat
    if message.text is not None:
        return TextMessage(chat.id, user, message.message_id, message.text, date, chat.type)
    kind = next((kind for kind in _KINDS if getattr(message, kind) is not None), "other")
    return OtherMessage(chat.id, user, message.message_id, kind, date, message.caption, chat.type)


def _tap(tap: "types.CallbackQuery") -> ButtonTap:
    user = _sender(tap.from_user)
    if tap.message is None:
        return ButtonTap(tap.id, user, user.telegram_id, None, tap.data or "")
    return ButtonTap(tap.id, user, tap.message.chat.id, tap.message.message_id, tap.data or "")


def _membership(change: "types.ChatMemberUpdated") -> Incoming:
    if change.chat.type != "private":
        return Ignored("membership in a group")
    made = Blocked if change.new_chat_member.status in _LEFT else Unblocked
    return made(change.chat.id, _sender(change.from_user))


def _sender(user: "types.User") -> Sender:
    return Sender(user.id, user.username, user.first_name, user.language_code, user.is_bot)
