"""ActiveReps: how many reps did something lately. Counts alone leave it, and a new start begins at none."""

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


class ActiveReps:
    """When each rep of the last day was last heard, the longest silent first."""

    def __init__(self) -> None:
        self._heard: dict[str, float] = {}

    def heard(self, key: str, now: float) -> None:
        """The rep does something at this moment; who was silent for a day is forgotten."""
        self._heard.pop(key, None)
        self._heard[key] = now
        silent = next(iter(self._heard))  # one for each that comes is enough to stay within a day's reps
        if now - self._heard[silent] >= DAY_S:
            del self._heard[silent]

    def within(self, seconds: float, now: float) -> int:
        """Reps heard in the last so many seconds, at most a day."""
        return sum(now - at < seconds for at in self._heard.values())
