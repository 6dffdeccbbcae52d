"""What holds a lane back, as plain values that are told the time: rate, concurrency, retries, rest and breaker."""

from collections import deque

CONCURRENCY_FLOOR = 1.0
BREAKER_CONSECUTIVE = 5
BREAKER_SAMPLE = 10
BREAKER_WINDOW_S = 60.0
BREAKER_REST_S = 15.0
BREAKER_LONGEST_S = 300.0
RETRY_SHARE = 0.1
RETRY_RESERVE = 10.0


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
