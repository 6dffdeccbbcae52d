"""Watching: what the runtime knows of its actors from outside, so that a stuck actor still shows.

Counts are exact. Times are sampled: of every 64th turn, the wait of its oldest message and the run time per message;
the run times of handlers that waited are all taken; of asks, every 64th. A snapshot reads what is kept per type and a
bounded number of actors and counts those at work, so it costs the same however many actors rest.
"""

import math
from collections import Counter, deque
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from runtime.address import Address
from runtime.phases import Phase
from runtime.supervision import Supervision

if TYPE_CHECKING:
    from runtime.cell import Cell
    from runtime.kernel import Kernel

_HOT = 20
_CANDIDATES = 64
_STATES = {
    Phase.AWAITED: "awaited",
    Phase.STARTING: "starting",
    Phase.STOPPING: "stopping",
    Phase.DOWN: "restarting",
    Phase.ENDED: "stopped",
}


class Times(msgspec.Struct, frozen=True):
    """How durations are distributed, in seconds; a percentile is at most a tenth above the true one."""

    count: int
    p50: float
    p99: float
    longest: float


class Histogram(msgspec.Struct, frozen=True):
    """How many durations were no longer than each bound, and their sum, in seconds."""

    counts: tuple[tuple[float, int], ...]
    total_s: float


class Sketch:
    """Durations between 1 µs and 1000 s in at most 240 buckets, eight to each doubling."""

    __slots__ = ("buckets", "longest", "total")

    def __init__(self) -> None:
        self.buckets: dict[int, int] = {}
        self.longest = 0.0
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        bucket = math.ceil(8 * math.log2(min(max(seconds, 1e-6), 1e3)))
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        self.longest = max(self.longest, seconds)
        self.total += seconds

    def histogram(self, powers: range = range(-13, 8)) -> Histogram:
        """Read it by doublings of a second: bounds from an eighth of a millisecond to two minutes, then all."""
        counts = [0] * (len(powers) + 1)
        for bucket, count in self.buckets.items():
            counts[min(max(math.ceil(bucket / 8) - powers.start, 0), len(powers))] += count
        return Histogram(tuple(zip((*map(math.exp2, powers), math.inf), accumulate(counts), strict=True)), self.total)

    def times(self) -> Times:
        """Read the distribution."""
        return Times(sum(self.buckets.values()), self._below(0.5), self._below(0.99), self.longest)

    def _below(self, share: float) -> float:
        wanted = share * sum(self.buckets.values())
        for bucket in sorted(self.buckets):
            wanted -= self.buckets[bucket]
            if wanted <= 0:
                return min(math.pow(2, bucket / 8), self.longest)
        return 0.0


class CellTimes:
    """How long one actor's messages waited and ran; made with the first sample."""

    __slots__ = ("ran", "waited")

    def __init__(self) -> None:
        self.waited = Sketch()
        self.ran = Sketch()


class TypeStats(CellTimes):
    """One type's counts: accepted = handled + dead + pending."""

    __slots__ = ("accepted", "alive", "dead", "failed", "handled", "name", "peak", "restarts")

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.alive = self.accepted = self.handled = self.dead = self.failed = self.restarts = self.peak = 0


class CellSnapshot(msgspec.Struct, frozen=True):
    """One actor. Ages in seconds, None where nothing waits or runs; messages and errors by type name only.

    `children` counts those it has now; `waits_at` names the places at which its handler waits, outermost first.
    `age_s` is of this generation; `supervision` is how it treats its children and `restarts_lately` how many of them it
    restarted in the present period, None and 0 where it never had any.
    """

    address: Address
    path: str
    name: str
    type: str
    parent: str
    state: str
    generation: int
    depth: int
    peak: int
    capacity: int
    oldest_age_s: float | None
    handled: int
    failed: int
    restarts: int
    current_message: str | None
    running_s: float | None
    last_error: str | None
    waited: Times | None
    ran: Times | None
    children: int
    waits_at: tuple[str, ...]
    age_s: float | None
    supervision: Supervision | None
    restarts_lately: int


class TypeSnapshot(msgspec.Struct, frozen=True):
    """All actors of one type; `pending` are the messages waiting or in hand, `dead` those accepted and then lost.

    `in_flight` handlers wait for something.
    """

    type: str
    alive: int
    accepted: int
    handled: int
    dead: int
    pending: int
    peak: int
    failed: int
    restarts: int
    waited: Times
    ran: Times
    waits: Histogram
    runs: Histogram
    in_flight: int


class LoopSnapshot(msgspec.Struct, frozen=True):
    """How late the loop comes to what is due, and what held it longer than the watchdog allows."""

    lag: Times
    delays: Histogram
    blocked: int
    last_blocked: str | None


class SystemSnapshot(msgspec.Struct, frozen=True):
    """The system: its types, its hottest actors (longest at a message, deepest mailbox, most restarts), its loop.

    Counts since the start: supervisors that gave up a child and failed themselves, asks, those that timed out, actors
    that began, those that ended by reason, and messages that came to a full mailbox by its policy. `asks_pending` wait
    for their answer now.
    """

    types: tuple[TypeSnapshot, ...]
    hot: tuple[CellSnapshot, ...]
    states: dict[str, int]
    dead_letters_total: dict[str, int]
    loop: LoopSnapshot
    escalations: int
    asks: int
    asks_pending: int
    ask_timeouts: int
    ask_times: Times
    ask_durations: Histogram
    started: int
    ended: dict[str, int]
    overflows: dict[str, int]


class Watch:
    """What one system keeps about its actors."""

    MASK: ClassVar[int] = 63

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self.turns = 0
        self.phases: Counter[Phase] = Counter()
        self.types: dict[str, TypeStats] = {}
        self.awaited = self.stats_of("awaited")
        self.gone = TypeStats("ended")
        self.lag = Sketch()
        self.blocked = 0
        self.last_blocked: str | None = None
        self.escalations = 0
        self.asks = 0
        self.ask_timeouts = 0
        self.asked = Sketch()
        self.ended: Counter[str] = Counter()
        self.overflows: Counter[str] = Counter()
        self._lately: deque[Cell] = deque(maxlen=_CANDIDATES)
        self._failing: deque[Cell] = deque(maxlen=_CANDIDATES)

    def stats_of(self, type_name: str) -> TypeStats:
        """The counts of a type."""
        stats = self.types.get(type_name)
        if stats is None:
            stats = self.types[type_name] = TypeStats(type_name)
        return stats

    def move(self, cell: "Cell", stats: TypeStats) -> None:
        """Count the cell, and what waits for it, under these from now on."""
        former = cell.stats
        if former is not stats:
            former.alive -= 1
            stats.alive += 1
            if cell.sender is not None or cell.queue:
                depth = cell.depth
                former.accepted -= depth
                stats.accepted += depth
            cell.stats = stats

    def failed(self, cell: "Cell") -> None:
        """Count a failure."""
        cell.failed += 1
        cell.stats.failed += 1
        self._failing.append(cell)

    def begin(self, cell: "Cell") -> tuple[int, float]:
        """Sample a turn that begins."""
        now = self._kernel.moment
        self._lately.append(cell)
        since = cell.since if cell.sender is not None else cell.queue[0][2] if cell.queue else None
        if since is not None and cell.worker is None:
            cell.times = cell.times or CellTimes()
            cell.times.waited.add(now - since)
            cell.stats.waited.add(now - since)
        return cell.handled, now

    def end(self, cell: "Cell", sample: tuple[int, float]) -> None:
        """The sampled turn is over."""
        handled, began = sample
        if cell.handled > handled and cell.worker is None:
            self.ran(cell, (self._kernel.moment - began) / (cell.handled - handled))

    def ran(self, cell: "Cell", seconds: float) -> None:
        """Count the time a handler took."""
        cell.times = cell.times or CellTimes()
        cell.times.ran.add(seconds)
        cell.stats.ran.add(seconds)

    def snapshot(self) -> SystemSnapshot:
        """Read what is kept; asks no actor and walks no tree."""
        kernel = self._kernel
        busy = islice(kernel.busy, _CANDIDATES)
        awaited = islice(kernel.names.values(), _CANDIDATES)
        at_work = Counter(cell.type_name for cell in kernel.busy if cell.phase is Phase.UP)
        found = {cell: None for cells in (busy, awaited, self._lately, self._failing) for cell in cells}
        hot = (read(cell) for cell in found if cell.phase is not Phase.ENDED and cell is not kernel.root)
        states = {_STATES[phase]: count for phase, count in self.phases.items() if count and phase in _STATES}
        states.pop("stopped", None)
        return SystemSnapshot(
            types=tuple(_read_type(s, at_work) for _, s in sorted(self.types.items()) if s.alive or s.accepted),
            hot=tuple(sorted(hot, key=_heat, reverse=True)[:_HOT]),
            states=states | _up(self.phases[Phase.UP] - 1, at_work.total()),
            dead_letters_total=dict(kernel.dead_letters.total),
            loop=LoopSnapshot(self.lag.times(), self.lag.histogram(), self.blocked, self.last_blocked),
            escalations=self.escalations,
            asks=self.asks,
            asks_pending=kernel.deadlines.pending(),
            ask_timeouts=self.ask_timeouts,
            ask_times=self.asked.times(),
            ask_durations=self.asked.histogram(),
            started=self._alive() + self.ended.total(),
            ended=dict(self.ended),
            overflows=dict(self.overflows),
        )

    def _alive(self) -> int:
        """Actors begun and not ended, without the root."""
        return sum(count for phase, count in self.phases.items() if phase not in (Phase.AWAITED, Phase.ENDED)) - 1


def _up(count: int, running: int) -> dict[str, int]:
    return {state: n for state, n in (("running", running), ("idle", count - running)) if n > 0}


def _heat(cell: CellSnapshot) -> tuple[float, int, int]:
    return cell.running_s or 0.0, cell.depth, cell.restarts


def _read_type(stats: TypeStats, at_work: Counter[str]) -> TypeSnapshot:
    pending = stats.accepted - stats.handled - stats.dead
    return TypeSnapshot(
        stats.name, stats.alive, stats.accepted, stats.handled, stats.dead, pending, stats.peak, stats.failed,
        stats.restarts, stats.waited.times(), stats.ran.times(), stats.waited.histogram(), stats.ran.histogram(),
        at_work[stats.name],
    )  # fmt: skip


def walk(root: "Cell", most: float = math.inf) -> "Iterator[Cell]":
    """Every actor below the root, parents before children, then the awaited names.

    The children of a parent with more than `most` are left out.
    """
    waiting = [root]
    while waiting:
        cell = waiting.pop()
        if cell is not root:
            yield cell
        if cell.children is not None and len(cell.children) <= most:
            waiting.extend(cell.children.newest_first())
    yield from (cell for cell in root.kernel.names.values() if cell.phase is Phase.AWAITED and not cell.adopted)


def read(cell: "Cell") -> CellSnapshot:
    """One actor as it is now."""
    now = cell.kernel.now()
    running = cell.sender is not None and not cell.due
    since = cell.since if cell.due else cell.queue[0][2] if cell.queue else None
    return CellSnapshot(
        address=cell.address,
        path=cell.path,
        name=cell.name,
        type=cell.type_name,
        parent="" if cell.parent is None or cell.parent.parent is None else cell.parent.path,
        state=_STATES.get(cell.phase) or ("running" if running else "idle"),
        generation=cell.generation,
        depth=int(cell.depth),
        peak=max(cell.peak, int(cell.handled > 0)),
        capacity=cell.mailbox.capacity,
        oldest_age_s=None if since is None else now - since,
        handled=cell.handled,
        failed=cell.failed,
        restarts=cell.restarts,
        current_message=type(cell.current).__name__ if running else None,
        running_s=now - cell.since if running else None,
        last_error=cell.last_error,
        waited=None if cell.times is None else cell.times.waited.times(),
        ran=None if cell.times is None else cell.times.ran.times(),
        children=0 if cell.children is None else len(cell.children),
        waits_at=() if cell.worker is None else tuple(_places(cell.worker.waiting)),
        age_s=now - cell.started_at if cell.phase is Phase.UP else None,
        supervision=None if cell.children is None else cell.children.policy,
        restarts_lately=0 if cell.children is None else cell.children.restarts_lately(),
    )


def _places(coroutine: Any) -> "Iterator[str]":
    """File, line and function of every frame from the handler down to what it waits for."""
    while coroutine is not None:
        inner = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is not None:
            file = PurePath(frame.f_code.co_filename)
            yield f"{file.parent.name}/{file.name}:{frame.f_lineno} {frame.f_code.co_name}"
        coroutine = inner
