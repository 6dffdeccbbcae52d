"""What holds a lane back, as plain values that are told the time: rate, concurrency, retries, rest and breaker."""

from collections import Counter, deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

CONCURRENCY_FLOOR = 1.0
BREAKER_CONSECUTIVE = 5
BREAKER_SAMPLE = 10
BREAKER_WINDOW_S = 60.0
BREAKER_REST_S = 15.0
BREAKER_LONGEST_S = 300.0
_MINUTE_S = 60.0
RETRY_SHARE = 0.1
RETRY_RESERVE = 10.0
FREE_DAY_SPENT = "free_requests_per_day"
BACKGROUND_LEAVES = 0.3
"""The part of a day's allowance that background work may not touch."""
SHARED_FROM = 0.5
"""Once less than this part of the day is left, nobody takes more than their share of the whole."""


class RateWindow:
    """At most `limit` starts in any `period_s` seconds, whether the provider counts a sliding window or a fixed one."""

    def __init__(self, limit: int, period_s: float) -> None:
        self._period_s = period_s
        self._starts: deque[float] = deque(maxlen=limit)
        self._limit = limit

    def take(self, now: float) -> None:
        """Count one start."""
        self._starts.append(now)

    def wait(self, now: float, ahead: int = 0) -> float:
        """Seconds until a start is allowed when `ahead` others go first."""
        used = [start for start in self._starts if start + self._period_s > now]
        late = ahead - (self._limit - len(used))
        if late < 0:
            return 0.0
        rounds, index = divmod(late, self._limit)
        first = used[index] if index < len(used) else now
        return max(0.0, first + (rounds + 1) * self._period_s - now)


class Concurrency:
    """How many calls may be in flight: one more after a full window of successes, half after a throttling."""

    def __init__(self, start: int, cap: int) -> None:
        self._cap = cap
        self._limit = float(min(start, cap))
        self._successes = 0

    @property
    def limit(self) -> int:
        """Calls allowed at once."""
        return int(self._limit)

    def succeeded(self) -> None:
        """A call ended well."""
        self._successes += 1
        if self._successes >= self._limit:
            self._successes = 0
            self._limit = min(self._limit + 1, float(self._cap))

    def throttled(self) -> None:
        """The provider said it is too much."""
        self._successes = 0
        self._limit = max(self._limit / 2, CONCURRENCY_FLOOR)

    def probe(self) -> None:
        """Nobody knows what is allowed: one call at a time until one ends well."""
        self._successes, self._limit = 0, CONCURRENCY_FLOOR


class RetryBudget:
    """Retries are a tenth of the traffic, with a small reserve for quiet hours."""

    def __init__(self) -> None:
        self._balance = RETRY_RESERVE

    def earned(self) -> None:
        """A request was accepted."""
        self._balance = min(self._balance + RETRY_SHARE, RETRY_RESERVE)

    def spend(self) -> bool:
        """Whether one more retry is affordable; if so it is paid for."""
        if self._balance < 1:
            return False
        self._balance -= 1
        return True


class Rest:
    """Until when nothing is sent; a rest is only ever made longer."""

    def __init__(self) -> None:
        self.until = 0.0
        self.reason = ""

    def extend(self, until: float, reason: str) -> None:
        """Rest until then, unless a longer rest is under way."""
        if until > self.until:
            self.until, self.reason = until, reason

    def wait(self, now: float) -> float:
        """Seconds of rest left."""
        return max(0.0, self.until - now)


class Breaker:
    """Stops calls to a provider that keeps failing; after its rest one call probes.

    Opens after five failures in a row, or when more than half of ten or more calls within a minute failed. The rest
    doubles from 15 seconds to five minutes for as long as probes fail.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[float, bool]] = deque(maxlen=1000)
        self._in_a_row = 0
        self._rest_s = BREAKER_REST_S
        self.until = 0.0
        self.tripped = False

    def succeeded(self, now: float) -> None:
        """A call ended well: whatever was wrong is over."""
        if self.tripped:
            self._recent.clear()
        self.tripped = False
        self._in_a_row = 0
        self._rest_s = BREAKER_REST_S
        self._recent.append((now, True))

    def failed(self, now: float) -> bool:
        """A call failed by the provider's fault; gives whether this opened the breaker."""
        self._in_a_row += 1
        self._recent.append((now, False))
        if now < self.until or not (self.tripped or self._in_a_row >= BREAKER_CONSECUTIVE or self._mostly_bad(now)):
            return False
        self.tripped = True
        self.until = now + self._rest_s
        self._rest_s = min(self._rest_s * 2, BREAKER_LONGEST_S)
        return True

    def wait(self, now: float) -> float:
        """Seconds until a call is allowed, in which nothing is sent."""
        return max(0.0, self.until - now) if self.tripped else 0.0

    def _mostly_bad(self, now: float) -> bool:
        while self._recent and self._recent[0][0] < now - BREAKER_WINDOW_S:
            self._recent.popleft()
        bad = sum(not good for _, good in self._recent)
        return len(self._recent) >= BREAKER_SAMPLE and bad * 2 > len(self._recent)


class DailyAllowance:
    """What an account may send in a UTC day, and what of it each rep may still take.

    `used` starts from what is on record, is counted on with each call, and is corrected by what the provider says.
    """

    def __init__(self, limit: int, used: Mapping[int, int], time: float) -> None:
        self.limit = limit
        self._by_rep = Counter(used)
        self._elsewhere = 0
        self._day = day_of(time)

    @property
    def used(self) -> int:
        """Calls of this day as far as is known, those made elsewhere on the account included."""
        return self._by_rep.total() + self._elsewhere

    def take(self, rep: int, time: float) -> None:
        """Count one call."""
        self._roll(time)
        self._by_rep[rep] += 1

    def correct(self, limit: int, used: int, time: float) -> None:
        """Believe the provider; it may know of calls that were made elsewhere, and it never knows of fewer."""
        self._roll(time)
        self.limit = limit
        self._elsewhere = max(0, used - self._by_rep.total())

    def spend(self, time: float) -> None:
        """The provider says that nothing is left."""
        self._roll(time)
        self._elsewhere += max(0, self.limit - self.used)

    def refuses(self, rep: int, time: float, *, background: bool) -> str | None:
        """Why this rep may not send now, in a word, or None; whoever is told counts among those who share the day."""
        self._roll(time)
        left = self.limit - self.used
        if left <= 0:
            return FREE_DAY_SPENT
        if background and left <= self.limit * BACKGROUND_LEAVES:
            return "kept_for_reps_who_wait"
        reps = len(self._by_rep.keys() | {rep})
        if left <= self.limit * SHARED_FROM and self._by_rep[rep] >= self.limit / reps:
            return "share_of_the_day"
        return None

    def _roll(self, time: float) -> None:
        if self._day != day_of(time):
            self._day, self._elsewhere = day_of(time), 0
            self._by_rep.clear()


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says is left of a `limit` of requests or tokens; it is whole again in `reset_s` seconds."""

    unit: str
    limit: int
    left: int
    reset_s: float


class LearnedBucket:
    """An allowance as the provider's headers tell it, refilled evenly until the next answer tells more."""

    def __init__(self, window: Window, now: float) -> None:
        self._limit = float(window.limit)
        self._left = float(window.left)
        self._at = now
        used = window.limit - window.left
        self._per_s = used / max(window.reset_s, 0.001) if used > 0 else window.limit / _MINUTE_S

    def take(self, amount: float, now: float) -> None:
        """Count what is being sent before the provider does."""
        self._left = max(0.0, self._available(now) - amount)
        self._at = now

    def wait(self, amount: float, now: float) -> float:
        """Seconds until this much may be sent; what exceeds the limit itself waits for a whole bucket."""
        lacking = min(amount, self._limit) - self._available(now)
        if lacking <= 0:
            return 0.0
        return lacking / self._per_s

    def _available(self, now: float) -> float:
        return min(self._limit, self._left + (now - self._at) * self._per_s)


def day_of(time: float) -> str:
    """The UTC day of an epoch second, as YYYY-MM-DD."""
    return datetime.fromtimestamp(time, UTC).date().isoformat()


def until_midnight(time: float) -> float:
    """Seconds to the next UTC midnight, when daily allowances are renewed."""
    moment = datetime.fromtimestamp(time, UTC)
    midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - moment).total_seconds()
