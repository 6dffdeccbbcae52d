"""A chat as the tests and the page read it."""

from typing import Any

from sandbox.telegram.chats import Chat

_MEDIA = ("photo", "voice", "video_note", "audio", "document")
_KEPT = ("message_id", "date", "reply_markup", "rich_message")


def transcript(chat: Chat) -> dict[str, Any]:
    """Everything that was said and shown in a chat, oldest first."""
    return {
        "messages": [shown(message) for message in chat.messages.values()],
        "drafts": chat.live_drafts(),
        "actions": list(chat.actions),
        "callback_answers": list(chat.answers),
        "edits": list(chat.edits),
        "deleted": list(chat.deleted),
        "blocked": chat.blocked,
        "started": chat.started,
        "changes": chat.changes,
    }


def shown(message: dict[str, Any]) -> dict[str, Any]:
    """A message in the form of the transcript."""
    form: dict[str, Any] = {name: message[name] for name in _KEPT if name in message}
    form |= {"from": "bot" if message["from"]["is_bot"] else "user", "edited": "edit_date" in message}
    form["text"] = message.get("text", message.get("caption", "")) or _rich_words(message)
    form["entities"] = message.get("entities", message.get("caption_entities", []))
    for kind in _MEDIA:
        if kind in message:
            form["media"] = _media(kind, message[kind][-1] if kind == "photo" else message[kind])
    if "reply_to_message" in message:
        target = message["reply_to_message"]
        words = str(target.get("text", target.get("caption", "")))
        form["reply_to"] = {"message_id": target["message_id"], "text": words[:120]}
    return form


def _media(kind: str, file: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        name: file[name] for name in ("width", "height", "duration", "file_size", "mime_type") if name in file
    }
    return {
        "kind": kind,
        "file_name": file.get("file_name", kind),
        "url": f"/sim/files/{file['file_id']}",
        **facts,
    }


def _rich_words(message: dict[str, Any]) -> str:
    blocks = message.get("rich_message", {}).get("blocks", [])
    return "\n\n".join(block["text"] for block in blocks if isinstance(block.get("text"), str))
