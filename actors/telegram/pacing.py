"""How fast messages go out: pure, the time comes from outside, in seconds of a steady clock.

One chat takes about one message a second with short bursts, a group twenty a minute, and everybody together about
thirty a second of what nobody asked for. Answers are not held to the last figure: Telegram says 429 where it minds.
Source: core.telegram.org/bots/faq.
"""

from actors.telegram.messages import TelegramCall

BULK_PER_S = 28.0
FRAMES_PER_S = 50.0
"""Frames of growing answers, all chats together: with thousands under way they would crowd out the answers."""

CROWD = 3
CROWD_S = 1.0
"""So many chats told to wait within this time mean that the whole bot is."""

_ROUNDING = 1e-9
"""So little of a token is missing by arithmetic alone: a wait for it would be too short for any clock."""
_PACED = ("send", "edit", "copy", "forward")
_FREE = ("sendChatAction",)


class Bucket:
    """Tokens that come back at a steady rate, up to `capacity`."""

    def __init__(self, capacity: float, per_s: float) -> None:
        self._capacity = capacity
        self._per_s = per_s
        self._level = capacity
        self._at = 0.0

    def reserve(self, now: float) -> float:
        """Take a token, and return how long to wait until it is there; those who come later wait longer."""
        self._level = self._level_at(now) - 1
        self._at = now
        return max(0.0, -self._level / self._per_s)

    def wait_s(self, now: float) -> float:
        """How long to wait until there is a token; takes none."""
        missing = 1 - self._level_at(now)
        return missing / self._per_s if missing > _ROUNDING else 0.0

    def _level_at(self, now: float) -> float:
        return min(self._capacity, self._level + (now - self._at) * self._per_s)


def bucket_of(chat_id: int) -> Bucket:
    """The pace of a private chat, or of a group, whose id is below zero."""
    return Bucket(5, 1.0) if chat_id > 0 else Bucket(5, 1 / 3)


def is_paced(call: TelegramCall) -> bool:
    """Whether a call counts as a message."""
    return call.method.startswith(_PACED) and call.method not in _FREE


class BotPace:
    """What all chats of one bot share: the bulk lane, and the pause that Telegram orders for the whole bot."""

    def __init__(self) -> None:
        self._bulk = Bucket(BULK_PER_S, BULK_PER_S)
        self._frames = Bucket(FRAMES_PER_S, FRAMES_PER_S)
        self._paused_until = 0.0
        self._told: dict[str, float] = {}

    def pause_s(self, now: float) -> float:
        """How long nothing at all may be sent; asked again by whoever has waited, for it may have grown meanwhile."""
        return max(0.0, self._paused_until - now)

    def bulk_wait_s(self, now: float) -> float:
        """Take a place in the bulk lane, and return how long to wait for it."""
        return self._bulk.reserve(now)

    def frame_wait_s(self, now: float) -> float:
        """Take a place among the frames of all chats, and return how long to wait for it."""
        return self._frames.reserve(now)

    def refused(self, chat: str | None, now: float, retry_after: float) -> None:
        """Telegram asked a chat, or a call that has none, to wait so long; the chat itself waits by itself."""
        if chat is not None:
            self._told = {one: at for one, at in self._told.items() if now - at <= CROWD_S}
            self._told[chat] = now
        if chat is None or len(self._told) >= CROWD:
            self._paused_until = max(self._paused_until, now + retry_after)
