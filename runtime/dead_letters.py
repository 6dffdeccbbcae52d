"""Dead letters: every message that was not delivered, by reason; the contents are not kept."""

from collections import Counter, deque
from collections.abc import Callable

import msgspec
import structlog

_KEPT = 200
_log = structlog.get_logger(__name__)


class DeadLetter(msgspec.Struct, frozen=True):
    """A message that was not delivered or not handled to its end; `at` is the epoch time.

    `error_type` names the error of a failed one.
    """

    target: str
    target_type: str
    message_type: str
    reason: str
    at: float
    error_type: str = ""


class DeadLetters:
    """The last 200 and the count by reason."""

    def __init__(self) -> None:
        self.recent: deque[DeadLetter] = deque(maxlen=_KEPT)
        self.total: Counter[str] = Counter()
        self.listeners: list[Callable[[DeadLetter], object]] = []

    def add(self, letter: DeadLetter) -> None:
        """Record one; the log names the 1st, 2nd, 4th, 8th ... of each reason.

        What an ended actor had ordered for itself is counted only.
        """
        self.total[letter.reason] += 1
        if letter.reason == "obsolete":
            return
        self.recent.append(letter)
        for listener in self.listeners:
            listener(letter)
        count = self.total[letter.reason]
        if count & (count - 1) == 0:
            facts = {"actor": letter.target_type, "message": letter.message_type, "reason": letter.reason}
            _log.warning("message_undelivered", **facts, total=count)
