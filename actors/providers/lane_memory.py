"""LaneMemory: what of a lane outlives it, so that the next one on its account keeps the same limits.

The provider counts on through our crashes and restarts. Moments are epoch seconds, which every process reads alike.
"""

from collections.abc import Mapping

import msgspec

_KEPT_S = 120.0
"""How long a start is kept: longer than any period in which they are counted."""
_SAME_S = 0.5
"""A rest that ends no later than this after the one on record is the same rest."""


class LaneMemory(msgspec.Struct, frozen=True):
    """The free calls of today by rep, when calls began lately, and until when the account rests."""

    used_today: Mapping[int, int] = {}
    starts: tuple[float, ...] = ()
    rests_until: float = 0.0


class RecentPast(msgspec.Struct):
    """The starts of the last minutes and the rests that are not over, by lane; a plain value that is told the time."""

    starts: dict[str, list[float]] = msgspec.field(default_factory=dict)
    rests: dict[str, float] = msgspec.field(default_factory=dict)

    def began(self, lane: str, at: float) -> None:
        """A call began that counts against a limit by the minute."""
        self._drop(at)
        self.starts.setdefault(lane, []).append(at)

    def rests_until(self, lane: str, until: float, time: float) -> bool:
        """The account rests until then; gives whether that is news."""
        self._drop(time)
        if until <= self.rests.get(lane, time) + _SAME_S:
            return False
        self.rests[lane] = until
        return True

    def of(self, lane: str, used_today: Mapping[int, int]) -> LaneMemory:
        """What a new lane of this name has to know."""
        return LaneMemory(used_today, tuple(self.starts.get(lane, ())), self.rests.get(lane, 0.0))

    def _drop(self, time: float) -> None:
        """Forget what no longer holds anybody back."""
        recent = {lane: [at for at in starts if at > time - _KEPT_S] for lane, starts in self.starts.items()}
        self.starts = {lane: starts for lane, starts in recent.items() if starts}
        self.rests = {lane: until for lane, until in self.rests.items() if until > time}
