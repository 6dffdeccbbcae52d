"""Backlog: which reps have been told that the records lag behind."""

from collections.abc import Sequence

from actors.journal import NewInboxEntry
from actors.telegram.calls import send_calls
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import plain
from actors.texts import Texts


class Backlog:
    """Tells each rep who writes once for every time the records lag; nothing of theirs is dropped meanwhile."""

    def __init__(self) -> None:
        self._text = Texts()("records-behind")
        self._told: set[str] = set()

    def notices(self, fresh: Sequence[NewInboxEntry], *, behind: bool) -> tuple[TelegramCall, ...]:
        """The calls that tell those among the writers who do not know it yet."""
        if not behind:
            self._told.clear()
            return ()
        keys = [key for key in dict.fromkeys(entry.actor_key for entry in fresh) if key not in self._told]
        self._told.update(keys)
        return tuple(call for key in keys for call in send_calls(int(key.rpartition("/")[2]), plain(self._text)))
