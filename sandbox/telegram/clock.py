"""The emulator's clock: real time, and whatever a test adds to it."""

import time


class Clock:
    """Wall time in seconds since 1970 that a test may move forward, never back."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def now(self) -> float:
        """The time in seconds since 1970."""
        return time.time() + self._ahead_s

    def advance(self, seconds: float) -> None:
        """Move the clock forward: what expires then has expired."""
        self._ahead_s += max(0.0, seconds)
