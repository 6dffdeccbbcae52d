"""What came of a Bot API call, and whether it may be made again. Knows nothing of the library that makes it."""

import re
from enum import Enum, auto

import msgspec

_REPEATABLE = re.compile(r"(edit|delete|set|answer(?!WebApp|Guest)|pin|unpin|get|sendChatAction\b|sendMessageDraft\b)")


class Came(Enum):
    """What came of a call."""

    DONE = auto()
    TOO_MANY = auto()
    """Telegram asks to wait `retry_after` seconds; the call had no effect."""
    NEVER_LEFT = auto()
    """No connection: the call had no effect."""
    NO_ANSWER = auto()
    """Sent, and then silence: it may have had its effect."""
    SERVER_ERROR = auto()
    """Telegram failed: it may have had its effect."""
    BLOCKED = auto()
    """The person does not let this bot write to them."""
    STALE = auto()
    """The tap it answers is so old that Telegram waits for no answer any more."""
    FORMATTING = auto()
    """The entities are wrong."""
    REFUSED = auto()
    UNAUTHORIZED = auto()


class Outcome(msgspec.Struct, frozen=True):
    """What came of one call; `detail` is for operators and holds neither content nor token."""

    came: Came
    detail: str = ""
    retry_after: float = 0.0


def is_repeatable(method: str) -> bool:
    """Whether a second call does no more than the first, so that a doubtful one may simply be made again."""
    return _REPEATABLE.match(method) is not None
