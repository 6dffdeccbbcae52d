"""A rate limit per key: a token bucket that fills steadily and forgets keys that are full again."""

BURST = 40
PER_SECOND = 10.0
_SWEEP_AT = 10_000


class RateLimit:
    """Admits `burst` requests of a key at once and `per_second` after that; times in seconds, from the caller."""

    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_s(self, key: str, now: float) -> float:
        """Admit one request and return 0, or the seconds after which one will be admitted."""
        level = self._level(key, now)
        if level < 1.0:
            return (1.0 - level) / self._per_second
        self._buckets[key] = (level - 1.0, now)
        if len(self._buckets) > _SWEEP_AT:
            self._sweep(now)
        return 0.0

    def _level(self, key: str, now: float) -> float:
        level, at = self._buckets.get(key, (self._burst, now))
        return min(self._burst, level + (now - at) * self._per_second)

    def _sweep(self, now: float) -> None:
        self._buckets = {key: kept for key, kept in self._buckets.items() if self._level(key, now) < self._burst}
