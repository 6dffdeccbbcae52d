"""The chats: who writes with the bot, what was said, and what is shown only for a while."""

from collections import deque
from collections.abc import Callable
from typing import Any

from sandbox.telegram.archive import Archive
from sandbox.telegram.clock import Clock
from sandbox.telegram.refusals import bad, forbidden

DRAFT_SHOWN_S = 30.0
ACTION_SHOWN_S = 5.0
_REMEMBERED = 1000
_PASSING = ("draft", "draft_end", "action")
"""Events that change nothing that stays in the chat."""
Event = dict[str, Any]
Listener = Callable[[Event], None]


class Chat:
    """One private chat with the bot, whose id is the user's."""

    def __init__(self, user: dict[str, Any], archive: Archive, clock: Clock) -> None:
        self.user = user
        self.id = int(user["id"])
        self.messages: dict[int, dict[str, Any]] = {}
        self.drafts: dict[int, dict[str, Any]] = {}
        self.actions: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self.answers: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self.edits: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self.deleted: deque[int] = deque(maxlen=_REMEMBERED)
        self.next_id = 1
        self.started = self.blocked = self.deactivated = False
        self.pinned: int | None = None
        self.changed_at = clock.now()
        self.changes = 0
        self._listeners: set[Listener] = set()
        self._archive = archive
        self._clock = clock

    def clear(self) -> None:
        """Be as new."""
        for kept in (self.messages, self.drafts, self.actions, self.answers, self.edits, self.deleted):
            kept.clear()
        self.next_id = 1
        self.started = self.blocked = self.deactivated = False
        self.pinned = None
        self.tell({"type": "cleared"})

    def as_chat(self) -> dict[str, Any]:
        """The chat as the Bot API tells of it."""
        names = {key: self.user[key] for key in ("first_name", "last_name", "username") if self.user.get(key)}
        return {"id": self.id, "type": "private", **names}

    def add(self, message: dict[str, Any]) -> dict[str, Any]:
        """Put a message into the chat and give it the next id."""
        message = {
            "message_id": self.next_id,
            "date": int(self._clock.now()),
            "chat": self.as_chat(),
            **message,
        }
        self.next_id += 1
        self.messages[message["message_id"]] = message
        self._keep(message)
        self.tell({"type": "message", "message": message})
        return message

    def replace(self, message: dict[str, Any]) -> dict[str, Any]:
        """Put an edited message in its old place."""
        message["edit_date"] = int(self._clock.now())
        self.messages[message["message_id"]] = message
        self.edits.append({name: message.get(name) for name in ("message_id", "text", "caption", "edit_date")})
        self._keep(message)
        self.tell({"type": "edit", "message": message})
        return message

    def remove(self, message_id: int) -> None:
        """Take a message away."""
        del self.messages[message_id]
        self.deleted.append(message_id)
        self._archive.remove("message", f"{self.id}:{message_id}")
        self.tell({"type": "delete", "message_id": message_id})

    def keep(self) -> None:
        """Keep what is known of the user over a restart."""
        known = {
            "next_id": self.next_id,
            "started": self.started,
            "blocked": self.blocked,
            "pinned": self.pinned,
        }
        self._archive.put("chat", self.id, {"user": self.user, "deactivated": self.deactivated, **known})

    def _keep(self, message: dict[str, Any]) -> None:
        self._archive.put("message", f"{self.id}:{message['message_id']}", message)
        self.keep()

    def show_draft(self, draft: dict[str, Any]) -> None:
        """Show a growing text for 30 s, or its next form in its place."""
        draft = {**draft, "at": self._clock.now()}
        self.drafts[draft["draft_id"]] = draft
        self.tell({"type": "draft", "draft": draft})

    def live_drafts(self) -> list[dict[str, Any]]:
        """The drafts still shown."""
        oldest = self._clock.now() - DRAFT_SHOWN_S
        self.drafts = {key: draft for key, draft in self.drafts.items() if draft["at"] > oldest}
        return list(self.drafts.values())

    def end_draft(self, draft_id: int) -> None:
        """Show a draft no longer."""
        if self.drafts.pop(draft_id, None) is not None:
            self.tell({"type": "draft_end", "draft_id": draft_id})

    def show_action(self, action: str) -> None:
        """Show for 5 s what the bot is doing."""
        self.actions.append({"action": action, "at": self._clock.now()})
        self.tell({"type": "action", "action": action})

    def listen(self, listener: Listener) -> None:
        """Tell this one of everything that happens in the chat."""
        self._listeners.add(listener)

    def unlisten(self, listener: Listener) -> None:
        """Tell this one no more."""
        self._listeners.discard(listener)

    def tell(self, event: Event) -> None:
        """Tell everyone who watches this chat."""
        self.changed_at = self._clock.now()
        self.changes += event["type"] not in _PASSING
        for listener in tuple(self._listeners):
            listener(event)


class Chats:
    """Every chat of the bot."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self._chats: dict[int, Chat] = {}
        self._load()

    def __iter__(self) -> Any:
        return iter(tuple(self._chats.values()))

    def get(self, chat_id: int) -> Chat | None:
        """The chat of this id."""
        return self._chats.get(chat_id)

    def of_user(self, user_id: int, names: dict[str, Any] | None = None) -> Chat:
        """The chat of a user, new if need be, under the names given last."""
        chat = self._chats.get(user_id)
        if chat is None:
            user = {"id": user_id, "is_bot": False, "first_name": f"User {user_id}", "language_code": "en"}
            chat = self._chats[user_id] = Chat(user, self._archive, self._clock)
        for name in ("first_name", "last_name", "username", "language_code"):
            if names and names.get(name):
                chat.user[name] = str(names[name])
        return chat

    def reachable(self, chat_id: str) -> Chat:
        """The chat a call means; raises the Bot API's 400 or 403 where the bot cannot write there."""
        if not chat_id:
            raise bad("chat_id is empty")
        chat = self._chats.get(int(chat_id)) if chat_id.removeprefix("-").isdecimal() else None
        if chat is None:
            raise bad("chat not found")
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def forget(self) -> None:
        """Empty every chat: nothing was said, nobody has started or blocked the bot. Who watches goes on watching."""
        for chat in self._chats.values():
            for message_id in list(chat.messages):
                self._archive.remove("message", f"{chat.id}:{message_id}")
            self._archive.remove("chat", chat.id)
            chat.clear()

    def _load(self) -> None:
        for _, kept in self._archive.values("chat"):
            chat = self.of_user(int(kept["user"]["id"]))
            chat.user = kept["user"]
            chat.next_id, chat.started, chat.blocked = kept["next_id"], kept["started"], kept["blocked"]
            chat.deactivated, chat.pinned = kept["deactivated"], kept["pinned"]
        kept_messages = [(*map(int, key.split(":")), message) for key, message in self._archive.values("message")]
        for chat_id, message_id, message in sorted(kept_messages, key=lambda one: (one[0], one[1])):
            if chat_id in self._chats:
                self._chats[chat_id].messages[message_id] = message
