"""The one clock: every delay and deadline of the runtime goes through it, so that tests can move time."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Cancellable(Protocol):
    """Something that has not happened yet."""

    def cancel(self) -> None:
        """Make it never happen; without effect afterwards."""


class Clock(Protocol):
    """What the runtime asks of time; seconds throughout."""

    def now(self) -> float:
        """Seconds of a clock that never goes back; the origin means nothing."""
        ...

    def time(self) -> float:
        """Seconds since the epoch, UTC."""
        ...

    async def sleep(self, s: float) -> None:
        """Wait; cancellable."""

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> Cancellable:
        """Call back once on the running loop after the delay; a delay of 0 or less means soon, never at once."""
        ...


class SystemClock:
    """The machine's clock on the running loop."""

    now = staticmethod(time.monotonic)
    """Seconds of the machine's monotonic clock; read for every message, so without a Python frame."""

    def time(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()

    async def sleep(self, s: float) -> None:
        """Wait on the running loop."""
        await asyncio.sleep(s)

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> Cancellable:
        """Call back once on the running loop."""
        return asyncio.get_running_loop().call_later(max(delay_s, 0.0), callback)
