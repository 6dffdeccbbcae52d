"""The chats: who writes with the bot, what was said, and what is shown only for a while. Kept in one JSON file."""

import json
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.telegram.refusals import Refusal, bad

DRAFT_SHOWN_S = 30.0
Listener = Callable[[dict[str, Any]], None]


class Chat:
    """One private chat with the bot, whose id is the user's."""

    def __init__(self, user: dict[str, Any]) -> None:
        self.user = user
        self.messages: dict[int, dict[str, Any]] = {}
        self.next_id = 1
        self.started = False
        self.blocked = False
        self.drafts: dict[int, dict[str, Any]] = {}
        self.listeners: set[Listener] = set()

    @property
    def id(self) -> int:
        """The chat's id."""
        return int(self.user["id"])

    def as_chat(self) -> dict[str, Any]:
        """The chat as the Bot API tells of it."""
        names = {key: self.user[key] for key in ("first_name", "username") if self.user.get(key)}
        return {"id": self.id, "type": "private", **names}

    def add(self, message: dict[str, Any]) -> dict[str, Any]:
        """Put a message into the chat and give it the next id."""
        message = {"message_id": self.next_id, "date": int(time.time()), "chat": self.as_chat(), **message}
        self.next_id += 1
        self.messages[message["message_id"]] = message
        return message

    def tell(self, event: dict[str, Any]) -> None:
        """Tell everyone who watches this chat."""
        for listener in list(self.listeners):
            listener(event)

    def live_drafts(self) -> list[dict[str, Any]]:
        """The drafts still shown."""
        now = time.time()
        self.drafts = {key: draft for key, draft in self.drafts.items() if now - draft["at"] < DRAFT_SHOWN_S}
        return list(self.drafts.values())

    def end_drafts(self) -> None:
        """A message takes the place of every draft."""
        for draft_id in self.drafts:
            self.tell({"type": "draft_end", "draft_id": draft_id})
        self.drafts.clear()


class Chats:
    """Every chat of the bot, and what belongs to the bot as a whole."""

    def __init__(self, path: Path | None, username: str, bot_id: int) -> None:
        self._path = path / "chats.json" if path else None
        self.bot = {"id": bot_id, "is_bot": True, "first_name": "Cornerman", "username": username}
        self.chats: dict[int, Chat] = {}
        self.commands: list[dict[str, str]] = []
        self.menu_button: dict[str, Any] = {"type": "commands"}
        self.next_update_id = int(time.time()) * 10
        self.files: dict[str, tuple[str, bytes]] = {}
        self.callbacks: dict[str, dict[str, Any]] = {}
        self.answers: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        self.actions: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        self.changed = False
        self._load()

    def user_chat(self, user_id: int, first_name: str | None, username: str | None) -> Chat:
        """The chat of a user, new if need be, under the name given last."""
        chat = self.chats.get(user_id)
        if chat is None:
            user = {"id": user_id, "is_bot": False, "first_name": first_name or f"User {user_id}"}
            chat = self.chats[user_id] = Chat({**user, "language_code": "en"})
        if first_name:
            chat.user["first_name"] = first_name
        if username:
            chat.user["username"] = username
        return chat

    def of(self, parameters: dict[str, Any]) -> Chat:
        """The chat a call means; raises the Bot API's refusals."""
        given = parameters.get("chat_id")
        if given in (None, ""):
            raise bad("chat_id is empty")
        try:
            chat = self.chats.get(int(str(given)))
        except ValueError:
            chat = None
        if chat is None:
            raise bad("chat not found")
        if chat.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if not chat.started:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def save(self) -> None:
        """Write everything that outlives a restart, if anything changed."""
        if self._path is None or not self.changed:
            return
        self.changed = False
        kept = {
            "next_update_id": self.next_update_id,
            "commands": self.commands,
            "chats": [
                {
                    "user": chat.user,
                    "messages": list(chat.messages.values()),
                    "next_id": chat.next_id,
                    "started": chat.started,
                    "blocked": chat.blocked,
                }
                for chat in self.chats.values()
            ],
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        fresh.replace(self._path)

    def _load(self) -> None:
        if self._path is None or not self._path.exists():
            return
        kept = json.loads(self._path.read_text(encoding="utf-8"))
        self.next_update_id = max(self.next_update_id, kept["next_update_id"])
        self.commands = kept["commands"]
        for one in kept["chats"]:
            chat = Chat(one["user"])
            chat.messages = {message["message_id"]: message for message in one["messages"]}
            chat.next_id, chat.started, chat.blocked = one["next_id"], one["started"], one["blocked"]
            self.chats[chat.id] = chat
