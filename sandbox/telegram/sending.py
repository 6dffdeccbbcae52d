"""Methods that put something into a chat."""

import secrets
from typing import Any

from sandbox.telegram.chats import Chat
from sandbox.telegram.files import StoredFile
from sandbox.telegram.markup import checked_markup
from sandbox.telegram.parameters import Parameters, Upload
from sandbox.telegram.refusals import Refusal, bad
from sandbox.telegram.rich import rich_content
from sandbox.telegram.texts import message_caption, message_text
from sandbox.telegram.world import World

MOST_UPLOADED_BYTES = {"photo": 10 << 20, "voice": 50 << 20, "audio": 50 << 20, "document": 50 << 20}
_DOING = ("video", "voice", "video_note")
_ACTIONS = frozenset(
    {"typing", "upload_photo", "upload_document", "choose_sticker", "find_location"}
    | {f"{verb}_{what}" for verb in ("record", "upload") for what in _DOING}
)


def send_message(world: World, given: Parameters) -> Any:
    """Send a text."""
    _check_preview(given)
    return _send(world, given, message_text(given))


def send_rich_message(world: World, given: Parameters) -> Any:
    """Send a rich message."""
    return _send(world, given, {"rich_message": rich_content(given)})


def send_photo(world: World, given: Parameters) -> Any:
    """Send a picture."""
    return _send_file(world, given, "photo")


def send_document(world: World, given: Parameters) -> Any:
    """Send a file."""
    return _send_file(world, given, "document")


def send_voice(world: World, given: Parameters) -> Any:
    """Send a voice note."""
    return _send_file(world, given, "voice")


def send_audio(world: World, given: Parameters) -> Any:
    """Send a piece of music."""
    return _send_file(world, given, "audio")


def copy_message(world: World, given: Parameters) -> Any:
    """Send a message again as the bot's own."""
    source = world.chats.reachable(given.text("from_chat_id")).messages.get(given.number("message_id"))
    if source is None:
        raise bad("message to copy not found")
    left_out = ("message_id", "date", "chat", "from", "reply_markup", "edit_date", "reply_to_message")
    content = {name: value for name, value in source.items() if name not in left_out}
    if "caption" in given and "text" not in content:
        content = {name: value for name, value in content.items() if not name.startswith("caption")}
        content |= message_caption(given)
    return {"message_id": _send(world, given, content)["message_id"]}


def forward_message(world: World, given: Parameters) -> Any:
    """Send a message with its origin."""
    source = world.chats.reachable(given.text("from_chat_id")).messages.get(given.number("message_id"))
    if source is None:
        raise bad("message to forward not found")
    left_out = ("message_id", "date", "chat", "from", "reply_markup", "edit_date", "reply_to_message")
    content = {name: value for name, value in source.items() if name not in left_out}
    origin = {"type": "user", "sender_user": source["from"], "date": source["date"]}
    return _send(world, given, {"forward_origin": origin, **content})


def send_message_draft(world: World, given: Parameters) -> Any:
    """Show a growing text for 30 s."""
    return _send_draft(world, given, {"entities": [], **message_text(given, may_be_empty=True)})


def send_rich_message_draft(world: World, given: Parameters) -> Any:
    """Show a growing rich message for 30 s."""
    return _send_draft(world, given, {"text": "", "entities": [], "rich_message": rich_content(given)})


def send_chat_action(world: World, given: Parameters) -> Any:
    """Show what the bot is doing, for 5 s."""
    action = given.text("action")
    if action not in _ACTIONS:
        raise bad("wrong parameter action in request")
    world.chat(given).show_action(action)
    return True


def answer_web_app_query(_world: World, given: Parameters) -> Any:
    """Answer for a Mini App: no query is ever open here."""
    if not given.text("web_app_query_id"):
        raise bad("web_app_query_id is empty")
    raise bad("query is too old and response timeout expired or query ID is invalid")


def save_prepared_inline_message(world: World, given: Parameters) -> Any:
    """Keep a message that a Mini App may share."""
    world.chats.reachable(given.text("user_id"))
    if not isinstance(given.structure("result"), dict):
        raise bad("can't parse inline query result: expected an Object")
    return {"id": secrets.token_urlsafe(12), "expiration_date": int(world.clock.now()) + 3600}


def _send(world: World, given: Parameters, content: dict[str, Any]) -> dict[str, Any]:
    chat = world.chat(given)
    if given.number("message_thread_id"):
        raise bad("message thread not found")
    replied = _replied(chat, given)
    markup = checked_markup(given)
    shown = {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}
    message = chat.add({"from": world.bot, **replied, **content, **shown})
    for draft_id in list(chat.drafts):
        chat.end_draft(draft_id)
    return message


def _replied(chat: Chat, given: Parameters) -> dict[str, Any]:
    reply = given.structure("reply_parameters") or {}
    wanted = reply.get("message_id") or given.number("reply_to_message_id")
    if not wanted:
        return {}
    target = chat.messages.get(int(wanted))
    if target is not None:
        return {"reply_to_message": {name: value for name, value in target.items() if name != "reply_to_message"}}
    if reply.get("allow_sending_without_reply") or given.flag("allow_sending_without_reply"):
        return {}
    raise bad("message to be replied not found")


def _check_preview(given: Parameters) -> None:
    options = given.structure("link_preview_options")
    if options is not None and not isinstance(options, dict):
        raise bad("can't parse link preview options: expected an Object")


def _send_draft(world: World, given: Parameters, content: dict[str, Any]) -> bool:
    if given.text("chat_id").startswith("-"):
        raise bad("TEXTDRAFT_PEER_INVALID")
    chat = world.chat(given)
    draft_id = given.number("draft_id")
    if draft_id == 0:
        raise bad("draft_id must be non-zero")
    can_stop, keeps = given.flag("can_stop"), given.flag("keep_on_stop")
    chat.show_draft({"draft_id": draft_id, "can_stop": can_stop, "keep_on_stop": keeps, **content})
    return True


def _send_file(world: World, given: Parameters, kind: str) -> dict[str, Any]:
    world.chat(given)
    caption = message_caption(given)
    file = _file(world, kind, given.file(kind))
    return _send(world, given, {**world.files.in_message(file, max(1, given.number("duration"))), **caption})


def _file(world: World, kind: str, given: Upload | str) -> StoredFile:
    if isinstance(given, Upload):
        if len(given.content) > MOST_UPLOADED_BYTES[kind]:
            raise Refusal(413, "Request Entity Too Large")
        if not given.content:
            raise bad("file must be non-empty")
        return world.files.store(kind, given)
    if not given:
        raise bad(f"there is no {kind} in the request")
    found = world.files.get(given)
    if found is None:
        raise bad("wrong file identifier/HTTP URL specified")
    return found


METHODS = {
    "sendMessage": send_message,
    "sendRichMessage": send_rich_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendVoice": send_voice,
    "sendAudio": send_audio,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "sendMessageDraft": send_message_draft,
    "sendRichMessageDraft": send_rich_message_draft,
    "sendChatAction": send_chat_action,
    "answerWebAppQuery": answer_web_app_query,
    "savePreparedInlineMessage": save_prepared_inline_message,
}
