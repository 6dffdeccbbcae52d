"""Flood control: how much one chat takes before the answer is 429. Off until a test turns it on."""

import math
from dataclasses import dataclass

from sandbox.telegram.clock import Clock
from sandbox.telegram.refusals import flooded

_SENDING = ("send", "edit", "copy", "forward")
_DRAFTS = ("sendmessagedraft", "sendrichmessagedraft")
_FREE = ("sendchataction",)


@dataclass
class _Bucket:
    capacity: float
    per_s: float
    level: float
    at: float

    def take(self, now: float) -> float:
        """Nought where one fits, else the seconds until one does."""
        self.level = min(self.capacity, self.level + (now - self.at) * self.per_s)
        self.at = now
        if self.level < 1:
            return (1 - self.level) / self.per_s
        self.level -= 1
        return 0.0


class Flood:
    """A token bucket for each chat's messages and one for its drafts.

    `penalty_s` is added to every wait; with `extend` a call during the wait starts the penalty again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._held: dict[tuple[str, str], float] = {}
        self.switch(enabled=False)

    def switch(
        self,
        *,
        enabled: bool,
        burst: float = 3,
        per_s: float = 1,
        draft_burst: float = 20,
        drafts_per_s: float = 4 / 3,
        penalty_s: float = 0,
        extend: bool = False,
    ) -> None:
        """Turn it on or off with these limits, every bucket full."""
        self.enabled = enabled
        self._limits = {"message": (burst, per_s), "draft": (draft_burst, drafts_per_s)}
        self._penalty_s = penalty_s
        self._extend = extend
        self._buckets.clear()
        self._held.clear()

    def check(self, method: str, chat_id: str) -> None:
        """Raise the 429 where this call is too much for its chat; `method` in lower case."""
        if not self.enabled or not chat_id or not method.startswith(_SENDING) or method in _FREE:
            return
        lane = ("draft" if method in _DRAFTS else "message", chat_id)
        now = self._clock.now()
        wait = self._held.get(lane, 0.0) - now
        if wait <= 0:
            wait = self._bucket(lane, now).take(now)
            if wait <= 0:
                return
            wait += self._penalty_s
            self._held[lane] = now + wait
        elif self._extend:
            wait = max(wait, self._penalty_s)
            self._held[lane] = now + wait
        raise flooded(math.ceil(wait))

    def _bucket(self, lane: tuple[str, str], now: float) -> _Bucket:
        if lane not in self._buckets:
            capacity, per_s = self._limits[lane[0]]
            self._buckets[lane] = _Bucket(capacity, per_s, capacity, now)
        return self._buckets[lane]
