"""Methods that change or take away what stands in a chat, and answers to tapped buttons."""

from typing import Any

from sandbox.telegram.chats import Chat
from sandbox.telegram.markup import checked_markup
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad
from sandbox.telegram.rich import rich_content
from sandbox.telegram.texts import message_caption, message_text
from sandbox.telegram.world import World

DELETED_WITHIN_S = 48 * 3600.0
LONGEST_ANSWER = 200
MOST_DELETED = 100
_MEDIA = ("photo", "voice", "video_note", "audio", "document")
_COMPARED = ("text", "entities", "caption", "caption_entities", "reply_markup", "rich_message")
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def edit_message_text(world: World, given: Parameters) -> Any:
    """Replace a message's text."""
    content = {"rich_message": rich_content(given)} if "rich_message" in given else message_text(given)
    chat, message = _own(world, given)
    if "text" not in message and "rich_message" not in message:
        raise bad("there is no text in the message to edit")
    return _edit(chat, message, ("text", "entities", "rich_message"), content, checked_markup(given))


def edit_message_caption(world: World, given: Parameters) -> Any:
    """Replace the caption of a file."""
    content = message_caption(given)
    chat, message = _own(world, given)
    if not any(kind in message for kind in _MEDIA):
        raise bad("there is no caption in the message to edit")
    return _edit(chat, message, ("caption", "caption_entities"), content, checked_markup(given))


def edit_message_reply_markup(world: World, given: Parameters) -> Any:
    """Replace a message's buttons."""
    chat, message = _own(world, given)
    return _edit(chat, message, (), {}, checked_markup(given))


def delete_message(world: World, given: Parameters) -> Any:
    """Take a message away, the user's too, within two days."""
    chat = world.chat(given)
    message = chat.messages.get(_message_id(given))
    if message is None:
        raise bad("message to delete not found")
    if world.clock.now() - message["date"] > DELETED_WITHIN_S:
        raise bad("message can't be deleted for everyone")
    chat.remove(message["message_id"])
    return True


def delete_messages(world: World, given: Parameters) -> Any:
    """Take several messages away; missing ones are passed over."""
    chat = world.chat(given)
    wanted = given.structure("message_ids")
    if not isinstance(wanted, list) or not wanted:
        raise bad("message identifiers are not specified")
    if len(wanted) > MOST_DELETED:
        raise bad("too many message identifiers specified")
    for message_id in wanted:
        if int(message_id) in chat.messages:
            chat.remove(int(message_id))
    return True


def set_message_reaction(world: World, given: Parameters) -> Any:
    """React to a message, or take the reaction back."""
    chat = world.chat(given)
    message = chat.messages.get(_message_id(given))
    if message is None:
        raise bad("message to react not found")
    reactions = given.structure("reaction") or []
    if len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    chat.tell({"type": "reaction", "message_id": message["message_id"], "reaction": reactions})
    return True


def pin_chat_message(world: World, given: Parameters) -> Any:
    """Pin a message."""
    chat = world.chat(given)
    if _message_id(given) not in chat.messages:
        raise bad("message to pin not found")
    chat.pinned = _message_id(given)
    chat.keep()
    return True


def unpin_chat_message(world: World, given: Parameters) -> Any:
    """Unpin the pinned message."""
    chat = world.chat(given)
    if "message_id" in given and given.number("message_id") != chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned = None
    chat.keep()
    return True


def answer_callback_query(world: World, given: Parameters) -> Any:
    """End the waiting of a tapped button, once."""
    text = given.text("text")
    if len(text) > LONGEST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    callback = world.callbacks.answer(given.text("callback_query_id"))
    facts = {"message_id": callback.message_id, "data": callback.data, "text": text}
    answer = {"callback_query_id": callback.id, **facts, "show_alert": given.flag("show_alert")}
    chat = world.chats.of_user(callback.chat_id)
    chat.answers.append({**answer, "at": world.clock.now()})
    chat.tell({"type": "callback_answer", **answer})
    return True


def _message_id(given: Parameters) -> int:
    message_id = given.number("message_id")
    if message_id <= 0:
        raise bad("message identifier is not specified")
    return message_id


def _own(world: World, given: Parameters) -> tuple[Chat, dict[str, Any]]:
    chat = world.chat(given)
    message = chat.messages.get(_message_id(given))
    if message is None:
        raise bad("message to edit not found")
    if not message["from"]["is_bot"] or "forward_origin" in message:
        raise bad("message can't be edited")
    return chat, message


def _edit(
    chat: Chat,
    message: dict[str, Any],
    replaced: tuple[str, ...],
    content: dict[str, Any],
    markup: dict[str, Any] | None,
) -> dict[str, Any]:
    """An edit without buttons takes the old ones away, as the real one does."""
    kept = {name: value for name, value in message.items() if name not in (*replaced, "reply_markup")}
    new = {**kept, **content, **({"reply_markup": markup} if markup else {})}
    if all(new.get(name) == message.get(name) for name in _COMPARED):
        raise bad(_SAME)
    return chat.replace(new)


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "answerCallbackQuery": answer_callback_query,
}
