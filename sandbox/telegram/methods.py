"""The methods of the Bot API that the emulator knows; each takes the parameters and returns the result."""

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.telegram.chats import Chat, Chats
from sandbox.telegram.refusals import Refusal, bad
from sandbox.telegram.text_rules import checked_markup, checked_text, structure
from sandbox.telegram.updates import Updates

CALLBACK_LIVES_S = 150.0
Parameters = dict[str, Any]
Method = Callable[[Parameters], Awaitable[Any]]
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
_OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"


class Methods:
    """One bot's methods over its chats and updates; the public names are the Bot API's own, in lower case."""

    def __init__(self, chats: Chats, updates: Updates) -> None:
        self._chats = chats
        self._updates = updates

    def find(self, name: str) -> Method:
        """The method of this name in any case; raises the Bot API's 404."""
        method: Method | None = getattr(self, f"call_{name.lower()}", None)
        if method is None:
            raise Refusal(404, "Not Found: method not found")
        return method

    async def call_getme(self, _: Parameters) -> Any:
        """Who the bot is."""
        return {**self._chats.bot, "can_join_groups": False, "can_read_all_group_messages": False} | {
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
        }

    async def call_setwebhook(self, given: Parameters) -> Any:
        """Deliver updates to an address."""
        self._updates.set_webhook(given)
        return True

    async def call_deletewebhook(self, _: Parameters) -> Any:
        """Deliver no more."""
        self._updates.set_webhook({})
        return True

    async def call_getwebhookinfo(self, _: Parameters) -> Any:
        """Where updates are delivered."""
        url = str(self._updates.webhook.get("url", ""))
        return {"url": url, "has_custom_certificate": False, "pending_update_count": self._updates.pending}

    async def call_sendmessage(self, given: Parameters) -> Any:
        """Send a text."""
        return self._send(given, checked_text(given))

    async def call_sendphoto(self, given: Parameters) -> Any:
        """Send a picture."""
        return self._send_file(given, "photo")

    async def call_senddocument(self, given: Parameters) -> Any:
        """Send a file."""
        return self._send_file(given, "document")

    async def call_sendvoice(self, given: Parameters) -> Any:
        """Send a voice note."""
        return self._send_file(given, "voice")

    async def call_sendaudio(self, given: Parameters) -> Any:
        """Send a sound file."""
        return self._send_file({**given, "document": given.get("audio")}, "document")

    async def call_copymessage(self, given: Parameters) -> Any:
        """Send a message once more, without its author; the result is the new message's id."""
        return {"message_id": self._send(given, self._content(given))["message_id"]}

    async def call_forwardmessage(self, given: Parameters) -> Any:
        """Send a message on, with its author."""
        _, message = self._message({**given, "chat_id": given.get("from_chat_id")}, "forward")
        origin = {"type": "user", "sender_user": message["from"], "date": message["date"]}
        return self._send(given, {**self._content(given), "forward_origin": origin})

    async def call_pinchatmessage(self, given: Parameters) -> Any:
        """Pin a message."""
        self._message(given, "pin")
        return True

    async def call_unpinchatmessage(self, given: Parameters) -> Any:
        """Unpin a message, or the newest pinned one."""
        self._chats.of(given)
        return True

    async def call_logout(self, _: Parameters) -> Any:
        """Leave the cloud server, which changes nothing here."""
        return True

    async def call_close(self, _: Parameters) -> Any:
        """Close the bot's instance, which changes nothing here."""
        return True

    async def call_sendmessagedraft(self, given: Parameters) -> Any:
        """Show a growing text for a while."""
        chat = self._chats.of(given)
        draft_id = _number(given, "draft_id")
        if draft_id == 0:
            raise bad("draft_id must be non-zero")
        content = checked_text(given, empty=True)
        stop = str(given.get("can_stop", "")).lower() in ("true", "1")
        draft = {"draft_id": draft_id, "can_stop": stop, "entities": [], **content, "at": time.time()}
        chat.drafts[draft_id] = draft
        chat.tell({"type": "draft", "draft": draft})
        return True

    async def call_sendchataction(self, given: Parameters) -> Any:
        """Show what the bot is doing."""
        chat = self._chats.of(given)
        action = str(given.get("action", ""))
        if not action:
            raise bad("wrong parameter action in request")
        self._chats.actions[chat.id].append({"action": action, "at": time.time()})
        chat.tell({"type": "action", "action": action})
        return True

    async def call_editmessagetext(self, given: Parameters) -> Any:
        """Replace a message's text."""
        chat, message = self._message(given, "edit")
        if "text" not in message:
            raise bad("there is no text in the message to edit")
        return self._edit(chat, message, {"entities": [], **checked_text(given)}, checked_markup(given))

    async def call_editmessagecaption(self, given: Parameters) -> Any:
        """Replace the words under a file."""
        chat, message = self._message(given, "edit")
        if "text" in message:
            raise bad("there is no caption in the message to edit")
        return self._edit(chat, message, checked_text(given, name="caption", empty=True), checked_markup(given))

    async def call_editmessagereplymarkup(self, given: Parameters) -> Any:
        """Replace a message's buttons."""
        chat, message = self._message(given, "edit")
        return self._edit(chat, message, {}, checked_markup(given))

    async def call_deletemessage(self, given: Parameters) -> Any:
        """Take a message away."""
        chat, message = self._message(given, "delete")
        self._delete(chat, message["message_id"])
        return True

    async def call_deletemessages(self, given: Parameters) -> Any:
        """Take several messages away; missing ones are passed over."""
        chat = self._chats.of(given)
        for number in structure(given.get("message_ids") or []):
            if int(number) in chat.messages:
                self._delete(chat, int(number))
        return True

    async def call_answercallbackquery(self, given: Parameters) -> Any:
        """End the waiting of a tapped button, once."""
        query = self._chats.callbacks.pop(str(given.get("callback_query_id", "")), None)
        if query is None or time.time() - query["at"] > CALLBACK_LIVES_S:
            raise bad(_OLD_QUERY)
        answer = {"callback_query_id": query["id"], "text": str(given.get("text") or "")[:200], "data": query["data"]}
        answer["message_id"] = query["message_id"]
        self._chats.answers[query["chat_id"]].append(answer)
        self._chats.chats[query["chat_id"]].tell({"type": "callback_answer", **answer})
        return True

    async def call_setmycommands(self, given: Parameters) -> Any:
        """Set the command menu."""
        commands = structure(given.get("commands") or [])
        if len(commands) > 100 or not all(1 <= len(str(one.get("command", ""))) <= 32 for one in commands):
            raise bad("BOT_COMMAND_INVALID")
        self._chats.commands = commands
        self._chats.changed = True
        for chat in self._chats.chats.values():
            chat.tell({"type": "commands", "commands": commands})
        return True

    async def call_getmycommands(self, _: Parameters) -> Any:
        """The command menu."""
        return self._chats.commands

    async def call_deletemycommands(self, _: Parameters) -> Any:
        """Remove the command menu."""
        return await self.call_setmycommands({"commands": []})

    async def call_setchatmenubutton(self, given: Parameters) -> Any:
        """Set the button beside the text field."""
        self._chats.menu_button = structure(given.get("menu_button")) or {"type": "commands"}
        return True

    async def call_getchatmenubutton(self, _: Parameters) -> Any:
        """The button beside the text field."""
        return self._chats.menu_button

    async def call_setmessagereaction(self, given: Parameters) -> Any:
        """React to a message."""
        self._message(given, "react to")
        return True

    async def call_getchat(self, given: Parameters) -> Any:
        """What is known of a chat."""
        chat = self._chats.of(given)
        return {**chat.as_chat(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}

    async def call_getfile(self, given: Parameters) -> Any:
        """Where a file can be fetched."""
        found = self._chats.files.get(str(given.get("file_id", "")))
        if found is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        name, content = found
        file_id = str(given["file_id"])
        path = f"files/{file_id}/{name}"
        return {"file_id": file_id, "file_unique_id": file_id[-16:], "file_size": len(content), "file_path": path}

    def _send(self, given: Parameters, content: dict[str, Any]) -> dict[str, Any]:
        chat = self._chats.of(given)
        reply = structure(given.get("reply_parameters"))
        if reply and int(reply["message_id"]) not in chat.messages and not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        markup = checked_markup(given)
        message = chat.add({"from": self._chats.bot, **content, **({"reply_markup": markup} if markup else {})})
        chat.end_drafts()
        chat.tell({"type": "message", "message": message})
        self._chats.changed = True
        return message

    def _send_file(self, given: Parameters, kind: str) -> dict[str, Any]:
        upload = given.get(kind)
        if isinstance(upload, str) and upload.startswith("attach://"):
            upload = given.get(upload.removeprefix("attach://"))
        if not isinstance(upload, tuple):
            if str(upload or "") not in self._chats.files:
                raise bad("wrong file identifier/HTTP URL specified")
            file_id = str(upload)
        else:
            file_id = self.store(*upload)
        caption = checked_text(given, name="caption", empty=True) if given.get("caption") else {}
        return self._send(given, {**self.media(kind, file_id), **caption})

    def store(self, name: str, content: bytes) -> str:
        """Keep a file and return its id."""
        file_id = secrets.token_urlsafe(24)
        self._chats.files[file_id] = (name, content)
        return file_id

    def media(self, kind: str, file_id: str) -> dict[str, Any]:
        """The part of a message that holds a file."""
        name, content = self._chats.files[file_id]
        file = {"file_id": file_id, "file_unique_id": file_id[-16:], "file_size": len(content)}
        if kind == "photo":
            return {"photo": [{**file, "width": 800, "height": 600}]}
        if kind == "voice":
            return {"voice": {**file, "duration": 1, "mime_type": "audio/ogg"}}
        return {"document": {**file, "file_name": name}}

    def _content(self, given: Parameters) -> dict[str, Any]:
        """What a message says and holds, without who sent it and when."""
        _, message = self._message({**given, "chat_id": given.get("from_chat_id")}, "copy")
        kinds = ("text", "entities", "caption", "caption_entities", "photo", "voice", "document")
        return {key: message[key] for key in kinds if key in message}

    def _message(self, given: Parameters, verb: str) -> tuple[Chat, dict[str, Any]]:
        chat = self._chats.of(given)
        message = chat.messages.get(_number(given, "message_id"))
        if message is None:
            raise bad(f"message to {verb} not found")
        if verb == "edit" and not message["from"]["is_bot"]:
            raise bad("message can't be edited")
        return chat, message

    def _edit(
        self, chat: Chat, message: dict[str, Any], content: dict[str, Any], markup: dict[str, Any] | None
    ) -> dict[str, Any]:
        new = {key: value for key, value in {**message, **content, "reply_markup": markup}.items() if value}
        if all(new.get(key) == message.get(key) for key in ("text", "caption", "entities", "reply_markup")):
            raise bad(_SAME)
        new["edit_date"] = int(time.time())
        chat.messages[message["message_id"]] = new
        chat.tell({"type": "edit", "message": new})
        self._chats.changed = True
        return new

    def _delete(self, chat: Chat, number: int) -> None:
        del chat.messages[number]
        chat.tell({"type": "delete", "message": {"message_id": number}})
        self._chats.changed = True


_NO_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def _number(given: Parameters, name: str) -> int:
    try:
        return int(str(given.get(name, "")))
    except ValueError:
        raise bad(f"{name} is not specified") from None
