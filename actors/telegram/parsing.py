"""Telegram updates as the sessions need them: aiogram checks the form, what is used goes into small Structs."""

import json
from typing import TYPE_CHECKING

from pydantic import ValidationError

from actors.telegram.errors import MalformedUpdate
from actors.telegram.incoming import (
    AudioMessage,
    Blocked,
    ButtonTap,
    Context,
    DocumentMessage,
    EditedMessage,
    File,
    GenerationStopped,
    Ignored,
    ImageMessage,
    Incoming,
    MergedMessages,
    Message,
    Origin,
    OtherMessage,
    ReplyTo,
    Sender,
    TextMessage,
    Unblocked,
    command_of,
    merge,
    words_of,
)
from actors.telegram.rich_text import Entity

if TYPE_CHECKING:
    from aiogram import types

__all__ = [
    "AudioMessage",
    "Blocked",
    "ButtonTap",
    "Context",
    "DocumentMessage",
    "EditedMessage",
    "File",
    "GenerationStopped",
    "Ignored",
    "ImageMessage",
    "Incoming",
    "MergedMessages",
    "Message",
    "Origin",
    "OtherMessage",
    "ReplyTo",
    "Sender",
    "TextMessage",
    "Unblocked",
    "actor_key_of",
    "command_of",
    "merge",
    "number_of",
    "parse_update",
    "update_id_of",
    "words_of",
]

_OTHER_KINDS = (
    "video",
    "animation",
    "sticker",
    "contact",
    "location",
    "venue",
    "poll",
    "dice",
    "story",
    "checklist",
    "users_shared",
    "web_app_data",
)
_IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_SOUND_TYPES = ("audio/", "application/ogg")
_LEFT = frozenset({"kicked", "left"})


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
    if update.edited_message is not None:
        edited = _message(update.edited_message)
        return edited if isinstance(edited, Ignored) else EditedMessage(edited)
    if update.callback_query is not None:
        return _tap(update.callback_query)
    if update.stopped_message_generation is not None:
        stopped = update.stopped_message_generation
        return GenerationStopped(stopped.chat.id, stopped.draft_id)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    return Ignored(next((name for name in update.model_fields_set if name != "update_id"), "nothing"))


def _message(message: "types.Message") -> Message | Ignored:
    if message.from_user is None:
        return Ignored("message without a sender")
    if message.text is not None:
        return _text(message, _sender(message.from_user), message.text)
    return _sound(message, _sender(message.from_user)) or _file(message, _sender(message.from_user))


def _text(message: "types.Message", user: Sender, text: str) -> TextMessage:
    return TextMessage(
        chat_id=message.chat.id,
        user=user,
        message_id=message.message_id,
        text=text,
        date=_date(message),
        chat_type=message.chat.type,
        entities=tuple(_entity(entity) for entity in message.entities or ()),
        context=_context(message),
    )


def _sound(message: "types.Message", user: Sender) -> AudioMessage | None:
    sound = message.voice or message.audio or message.video_note
    document = message.document
    if sound is not None:
        kind = "voice" if message.voice else "audio" if message.audio else "video_note"
        duration = sound.duration
    elif document is not None and (document.mime_type or "").startswith(_SOUND_TYPES):
        kind, duration = "document", 0
    else:
        return None
    return AudioMessage(
        chat_id=message.chat.id,
        user=user,
        message_id=message.message_id,
        kind=kind,
        file=_described(sound or document),
        duration_s=duration,
        date=_date(message),
        caption=message.caption,
        chat_type=message.chat.type,
        context=_context(message),
    )


def _file(message: "types.Message", user: Sender) -> ImageMessage | DocumentMessage | OtherMessage:
    chat, document = message.chat, message.document
    identity, caption, context = message.message_id, message.caption, _context(message)
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        photo = File(largest.file_id, largest.file_unique_id, largest.file_size, "image/jpeg")
        size = (largest.width, largest.height)
        return ImageMessage(chat.id, user, identity, "photo", photo, _date(message), *size, caption, chat.type, context)
    if document is not None and message.animation is None:
        file = _described(document)
        if file.mime_type in _IMAGE_TYPES:
            return ImageMessage(
                chat.id, user, identity, "document", file, _date(message), None, None, caption, chat.type, context
            )
        return DocumentMessage(chat.id, user, identity, file, _date(message), caption, chat.type, context)
    kind = next((kind for kind in _OTHER_KINDS if getattr(message, kind) is not None), "other")
    return OtherMessage(chat.id, user, identity, kind, _date(message), caption, chat.type, context)


def _described(file: "types.Voice | types.Audio | types.VideoNote | types.Document | None") -> File:
    assert file is not None  # noqa: S101  # the callers know; narrowed for the type checker
    mime_type, name = getattr(file, "mime_type", None), getattr(file, "file_name", None)
    return File(file.file_id, file.file_unique_id, file.file_size, mime_type, name)


def _date(message: "types.Message") -> int:
    return int(message.date.timestamp())


def _entity(entity: "types.MessageEntity") -> Entity:
    return Entity(str(entity.type), entity.offset, entity.length, entity.url, entity.language)


def _context(message: "types.Message") -> Context:
    return Context(_origin(message), _reply_to(message), message.media_group_id)


def _origin(message: "types.Message") -> Origin | None:
    origin = message.forward_origin
    if origin is None:
        return None
    date = int(origin.date.timestamp())
    user = getattr(origin, "sender_user", None)
    if user is not None:
        return Origin(origin.type, user.full_name, user.username, date)
    chat = getattr(origin, "sender_chat", None) or getattr(origin, "chat", None)
    if chat is not None:
        return Origin(origin.type, chat.title or chat.full_name or "", chat.username, date)
    return Origin(origin.type, getattr(origin, "sender_user_name", ""), None, date)


def _reply_to(message: "types.Message") -> ReplyTo | None:
    answered = message.reply_to_message
    if answered is None:
        return None
    quote = message.quote.text if message.quote is not None else None
    return ReplyTo(answered.message_id, answered.text or answered.caption or "", quote)


def _tap(tap: "types.CallbackQuery") -> ButtonTap:
    user, message = _sender(tap.from_user), tap.message
    if message is None:
        return ButtonTap(tap.id, user, user.telegram_id, None, tap.data or "")
    sent = getattr(message.date, "timestamp", lambda: 0)()  # an inaccessible message has the number 0 for its date
    return ButtonTap(tap.id, user, message.chat.id, message.message_id, tap.data or "", int(sent) or None)


def _membership(change: "types.ChatMemberUpdated") -> Incoming:
    if change.chat.type != "private":
        return Ignored("membership in a group")
    made = Blocked if change.new_chat_member.status in _LEFT else Unblocked
    return made(change.chat.id, _sender(change.from_user))


def _sender(user: "types.User") -> Sender:
    return Sender(user.id, user.username, user.first_name, user.language_code, user.is_bot)
