"""How the interpreter is set for a process full of actors: when threads take turns, and when garbage is collected."""

import gc
import sys

from runtime import Cancellable, Clock

SWITCH_INTERVAL_S = 0.0005
"""How long the loop may keep the interpreter from a thread that wants it: a turn waits for the journal's four times."""

THRESHOLDS = (700, 10, 1000)
"""Python's own, for bursts between two looks, but for the last: a look at all objects stops the loop for 0.2 s with
1,000 turns in flight. Cycles that live long wait until a thousand younger looks have passed."""

EVERY_S = 0.1
OLDER_EACH = 5
"""Each so many looks at what is new go one generation further."""


class PacedCollector:
    """Looks for garbage often and little: ten times a second at what is new since, until `stop`.

    Python waits until 700 objects more were made than freed. A busy process frees nearly as many as it makes, so that
    tens of thousands of new ones come together first, and the look at them stops the loop for 10 to 30 ms. Looked at
    ten times a second they take 1 ms. Nothing happens while `gc.disable` is in force.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looks = 0
        self._next: Cancellable = clock.call_later(EVERY_S, self._look)

    def stop(self) -> None:
        """Leave the pace to Python again."""
        self._next.cancel()

    def _look(self) -> None:
        self._looks += 1
        if gc.isenabled():
            gc.collect(1 if self._looks % OLDER_EACH == 0 else 0)
        self._next = self._clock.call_later(EVERY_S, self._look)


def prepare() -> None:
    """Set what holds for the whole process, before its loop runs."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.set_threshold(*THRESHOLDS)
