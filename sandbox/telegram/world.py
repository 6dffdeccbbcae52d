"""Everything one emulated bot has: its chats, updates, files and settings."""

from pathlib import Path
from typing import Any

from sandbox.telegram.archive import Archive
from sandbox.telegram.callbacks import Callbacks
from sandbox.telegram.chats import Chat, Chats
from sandbox.telegram.clock import Clock
from sandbox.telegram.files import Files
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhook import Webhook


class World:
    """One bot and its users; what `path` names outlives a restart."""

    def __init__(self, path: Path | None, bot_id: int, username: str) -> None:
        self.clock = Clock()
        self.archive = Archive(path)
        self.chats = Chats(self.archive, self.clock)
        self.updates = Updates(self.archive, self.clock)
        self.webhook = Webhook(self.updates, self.clock)
        self.files = Files(self.archive)
        self.callbacks = Callbacks(self.clock)
        self.bot: dict[str, Any] = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Cornerman",
            "username": username,
        }
        self.has_mini_app = False
        kept = dict(self.archive.values("bot"))
        self.commands: dict[str, list[dict[str, str]]] = kept.get("commands", {})
        self.menu_button: dict[str, Any] = kept.get("menu_button", {"type": "commands"})

    def chat(self, given: Parameters) -> Chat:
        """The chat a call means; raises the Bot API's refusals."""
        return self.chats.reachable(given.text("chat_id"))

    def keep_settings(self) -> None:
        """Keep the bot's own settings over a restart."""
        self.archive.put("bot", "commands", self.commands)
        self.archive.put("bot", "menu_button", self.menu_button)

    def shown_commands(self) -> list[dict[str, str]]:
        """The command menu a user sees in a private chat: the narrowest scope that was set."""
        for scope in ("all_private_chats", "default"):
            if found := self.commands.get(f"{scope}:en") or self.commands.get(f"{scope}:"):
                return found
        return []
