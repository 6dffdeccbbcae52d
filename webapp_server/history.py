"""History: what the counters were over the last hour, so that the status can say what happens now.

Counters since the start hide a bad minute in a good week. One point is kept every five seconds, however often the
system is looked at.
"""

from collections import deque
from itertools import pairwise

import msgspec

from runtime import Histogram, SystemSnapshot

EVERY_S = 5.0
SHOWN = 100
_HOUR = 720
HARMLESS = ("obsolete", "stopped")
"""Reasons of dead letters that ends and late replies explain."""
_FIVE_MINUTES = 60


class Point(msgspec.Struct, frozen=True):
    """A moment in epoch seconds: living actors, messages a second, and the waits' p99 in seconds."""

    at: float
    actors: int
    per_s: float
    wait_p99_s: float


class Recent(msgspec.Struct, frozen=True):
    """A type in the last five minutes: messages a second, and seconds in the mailbox and in the handler."""

    per_s: float
    wait_p50_s: float
    wait_p99_s: float
    run_p50_s: float
    run_p99_s: float


class Rates(msgspec.Struct, frozen=True):
    """The system lately; `lost_5m` are those dead letters that an end or a reply too late does not explain."""

    per_s_1m: float
    failed_5m: int
    restarts_5m: int
    restarts_1h: int
    dead_letters_5m: int
    per_s_15m: float
    lost_5m: int
    asks_5m: int
    ask_timeouts_5m: int
    escalations_1h: int
    loop_lag_p99_5m_s: float


NO_RATES = Rates(0.0, 0, 0, 0, 0, 0.0, 0, 0, 0, 0, 0.0)


class _Counts(msgspec.Struct, frozen=True):
    at: float
    actors: int
    handled: dict[str, int]
    failed: int
    restarts: int
    dead_letters: int
    lost: int
    asks: int
    ask_timeouts: int
    escalations: int
    delays: Histogram


class History:
    """The last hour's counts and the last five minutes' histograms."""

    def __init__(self) -> None:
        self._counts: deque[_Counts] = deque(maxlen=_HOUR)
        self._times: deque[dict[str, tuple[Histogram, Histogram]]] = deque(maxlen=_FIVE_MINUTES)
        self._points: deque[Point] = deque(maxlen=SHOWN)

    def take(self, now: float, time: float, snapshot: SystemSnapshot) -> None:
        """Keep a point, unless the last one is newer than five seconds by the clock; `time` is the epoch's."""
        if self._counts and now - self._counts[-1].at < EVERY_S:
            return
        counts = _Counts(
            at=now,
            actors=sum(snapshot.states.values()),
            handled={stats.type: stats.handled for stats in snapshot.types},
            failed=sum(stats.failed for stats in snapshot.types),
            restarts=sum(stats.restarts for stats in snapshot.types),
            dead_letters=sum(snapshot.dead_letters_total.values()),
            lost=sum(number for reason, number in snapshot.dead_letters_total.items() if reason not in HARMLESS),
            asks=snapshot.asks,
            ask_timeouts=snapshot.ask_timeouts,
            escalations=snapshot.escalations,
            delays=snapshot.loop.delays,
        )
        times = {stats.type: (stats.waits, stats.runs) for stats in snapshot.types}
        if self._counts:
            self._points.append(_point(time, self._counts[-1], counts, self._times[-1], times))
        self._counts.append(counts)
        self._times.append(times)

    @property
    def points(self) -> tuple[Point, ...]:
        """The last hundred."""
        return tuple(self._points)

    def rates(self) -> Rates:
        """Zeros until there are two points."""
        if not self._counts:
            return NO_RATES
        newest, five, hour = self._counts[-1], self._since(300.0), self._since(3600.0)
        return Rates(
            per_s_1m=_per_s(self._since(60.0), newest),
            failed_5m=newest.failed - five.failed,
            restarts_5m=newest.restarts - five.restarts,
            restarts_1h=newest.restarts - hour.restarts,
            dead_letters_5m=newest.dead_letters - five.dead_letters,
            per_s_15m=_per_s(self._since(900.0), newest),
            lost_5m=newest.lost - five.lost,
            asks_5m=newest.asks - five.asks,
            ask_timeouts_5m=newest.ask_timeouts - five.ask_timeouts,
            escalations_1h=newest.escalations - hour.escalations,
            loop_lag_p99_5m_s=quantile(_between(five.delays, newest.delays), 0.99),
        )

    def recent(self, actor_type: str) -> Recent | None:
        """The type's last five minutes; None where it did not exist."""
        if len(self._times) < 2 or actor_type not in self._times[-1]:
            return None
        none = (_EMPTY, _EMPTY)
        newest, oldest = self._times[-1][actor_type], self._times[0].get(actor_type, none)
        waits, runs = _between(oldest[0], newest[0]), _between(oldest[1], newest[1])
        first, last = self._counts[-len(self._times)], self._counts[-1]
        handled = last.handled[actor_type] - first.handled.get(actor_type, 0)
        return Recent(
            per_s=round(handled / (last.at - first.at), 2),
            wait_p50_s=quantile(waits, 0.5),
            wait_p99_s=quantile(waits, 0.99),
            run_p50_s=quantile(runs, 0.5),
            run_p99_s=quantile(runs, 0.99),
        )

    def _since(self, seconds: float) -> _Counts:
        """The oldest counts that are not older than this before the newest."""
        newest = self._counts[-1]
        return next(counts for counts in self._counts if newest.at - counts.at <= seconds)


_EMPTY = Histogram((), 0.0)


def _per_s(oldest: _Counts, newest: _Counts) -> float:
    took = max(newest.at - oldest.at, EVERY_S)
    return round((sum(newest.handled.values()) - sum(oldest.handled.values())) / took, 2)


def _point(
    time: float,
    former: _Counts,
    counts: _Counts,
    before: dict[str, tuple[Histogram, Histogram]],
    times: dict[str, tuple[Histogram, Histogram]],
) -> Point:
    handled = sum(counts.handled.values()) - sum(former.handled.values())
    waits = [_between(before.get(name, (_EMPTY, _EMPTY))[0], pair[0]) for name, pair in times.items()]
    together = tuple((bounds[0][0], sum(count for _, count in bounds)) for bounds in zip(*waits, strict=True))
    p99 = quantile(together, 0.99)
    return Point(time, counts.actors, round(handled / max(counts.at - former.at, 1e-3), 2), p99)


def _between(older: Histogram, newer: Histogram) -> tuple[tuple[float, int], ...]:
    were = dict(older.counts)
    return tuple((bound, count - were.get(bound, 0)) for bound, count in newer.counts)


def quantile(counts: tuple[tuple[float, int], ...], share: float) -> float:
    """Where that share of the durations ends, straight within a bucket; zero where there are none."""
    if not counts or not counts[-1][1]:
        return 0.0
    wanted = share * counts[-1][1]
    for (low, below), (high, upto) in pairwise(((0.0, 0), *counts)):
        if upto >= wanted and upto > below:
            return low if high == float("inf") else low + (high - low) * (wanted - below) / (upto - below)
    return counts[-2][0]
