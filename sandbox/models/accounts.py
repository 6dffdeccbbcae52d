"""What a provider remembers of each key: free calls of this minute and day, credits, tokens of this minute."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

FREE_PER_MINUTE = 20
REQUESTS_PER_MINUTE = 1_000
INPUT_PER_MINUTE = 2_000_000
OUTPUT_PER_MINUTE = 400_000


@dataclass
class Account:
    """The counters of one key; `credits` None means nothing is ever charged."""

    credits: float | None = None
    free_per_day: int = 50
    day: str = ""
    used_today: int = 0
    spent: float = 0.0
    minute: deque[float] = field(default_factory=deque)
    calls: deque[tuple[float, int, int]] = field(default_factory=deque)


@dataclass(frozen=True)
class Exhausted:
    """A free-model limit is spent; `reset_at` is UTC epoch seconds."""

    window: str
    limit: int
    reset_at: float


class Accounts:
    """The accounts of both emulators, by key; limits on free models are enforced only where `limits` is on."""

    def __init__(
        self,
        *,
        limits: bool,
        credits: float | None,  # noqa: A002 - the provider's own word
        free_per_day: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.limits = limits
        self.clock = clock
        self._credits = credits
        self._free_per_day = free_per_day
        self._by_key: dict[str, Account] = {}

    def of(self, key: str) -> Account:
        """The account of this key, with yesterday's and the last minute's counts dropped."""
        account = self._by_key.setdefault(key, Account(self._credits, self._free_per_day))
        now = self.clock()
        today = datetime.fromtimestamp(now, UTC).date().isoformat()
        if account.day != today:
            account.day, account.used_today = today, 0
        while account.minute and account.minute[0] <= now - 60:
            account.minute.popleft()
        while account.calls and account.calls[0][0] <= now - 60:
            account.calls.popleft()
        return account

    def take_free(self, key: str) -> Exhausted | None:
        """Count one call of a free model, failed or not, or say which limit is spent."""
        account, now = self.of(key), self.clock()
        if self.limits and len(account.minute) >= FREE_PER_MINUTE:
            return Exhausted("per-min", FREE_PER_MINUTE, account.minute[0] + 60)
        if self.limits and account.used_today >= account.free_per_day:
            return Exhausted("per-day", account.free_per_day, midnight_after(now))
        account.minute.append(now)
        account.used_today += 1
        return None

    def charge(self, key: str, cost: float) -> None:
        """Take the cost in USD of an answer from the key's credits."""
        account = self.of(key)
        account.spent += cost
        if account.credits is not None:
            account.credits -= cost

    def meter(self, key: str, input_tokens: int, output_tokens: int) -> None:
        """Count a call and its tokens towards this minute's limits."""
        self.of(key).calls.append((self.clock(), input_tokens, output_tokens))

    def remaining(self, key: str) -> tuple[int, int, int]:
        """Requests, input tokens and output tokens this key has left in this minute."""
        calls = self.of(key).calls
        return (
            max(0, REQUESTS_PER_MINUTE - len(calls)),
            max(0, INPUT_PER_MINUTE - sum(call[1] for call in calls)),
            max(0, OUTPUT_PER_MINUTE - sum(call[2] for call in calls)),
        )

    def clear(self) -> None:
        """Forget every account."""
        self._by_key.clear()


def midnight_after(now: float) -> float:
    """The next UTC midnight as epoch seconds."""
    day = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (day + timedelta(days=1)).timestamp()
