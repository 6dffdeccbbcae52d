"""UsageBook: what model calls used today, by rep, agent and model; the budgets of the day are held against it.

A plain value that is told the time. Its whole content survives a restart as one snapshot, and each line that changed
is written to storage as one whole row.
"""

import uuid
from collections import defaultdict

import msgspec

from actors.providers.lane_memory import LaneMemory, RecentPast
from actors.providers.lane_messages import CallAccounted
from actors.providers.limits import day_of
from actors.providers.messages import Provider, RowWrite, TeamSpent

TABLE = "model_usage"
_NAMESPACE = uuid.UUID("6c1f3f3e-5d0e-4f0b-9a53-3b7f6f7d1c55")


class UsageKey(msgspec.Struct, frozen=True, array_like=True):
    """What is counted together within a day."""

    telegram_id: int
    agent: str
    provider: Provider
    model: str
    paid_by: str


class Totals(msgspec.Struct, frozen=True):
    """What calls used, added up. `unpriced` calls have no known price, so `cost_usd` leaves them out."""

    requests: int = 0
    answers: int = 0
    unpriced: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float = 0.0

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.input_tokens + self.output_tokens


class UsageLine(Totals, frozen=True, array_like=True):
    """The totals of one key."""

    def joined(self, other: "UsageLine") -> "UsageLine":
        """Both counts in one."""
        return UsageLine(*map(sum, zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)))

    def plus(self, call: CallAccounted) -> "UsageLine":
        """The counts with one more call."""
        usage = call.usage
        if usage is None:
            return msgspec.structs.replace(self, requests=self.requests + 1)
        return UsageLine(
            requests=self.requests + 1,
            answers=self.answers + call.answered,
            unpriced=self.unpriced + (usage.cost_usd is None),
            input_tokens=self.input_tokens + usage.input_tokens,
            output_tokens=self.output_tokens + usage.output_tokens,
            cached_tokens=self.cached_tokens + usage.cached_tokens,
            cost_usd=self.cost_usd + (usage.cost_usd or 0.0),
        )


class Budget(msgspec.Struct, frozen=True):
    """What may be spent in a UTC day; None sets no bound."""

    usd: float | None = None
    tokens: int | None = None


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    """A line of the snapshot's day, or of the earlier `day` on which it was counted, if it is not written yet."""

    key: UsageKey
    line: UsageLine
    day: str = ""


class _Snapshot(msgspec.Struct, frozen=True):
    day: str
    entries: tuple[_Entry, ...]
    free: dict[str, dict[int, int]] = {}
    past: RecentPast = msgspec.field(default_factory=RecentPast)


NOBODY = 0
"""Under this id stand the counts of reps who were forgotten."""


class UsageBook:
    """The lines of one UTC day, and those of the day before that are not written yet."""

    def __init__(self, time: float, snapshot: bytes | None = None) -> None:
        self._begin(day_of(time))
        self._changed: dict[tuple[str, UsageKey], UsageLine] = {}
        kept = msgspec.json.decode(snapshot, type=_Snapshot) if snapshot else None
        self.past = kept.past if kept is not None else RecentPast()
        if kept is None:
            return
        # Which rows were written is not on record; writing one again changes nothing.
        self._changed = {(entry.day or kept.day, entry.key): entry.line for entry in kept.entries}
        if kept.day == self._day:
            self._free.update(kept.free)
            for entry in (entry for entry in kept.entries if not entry.day):
                self._put(entry.key, entry.line)

    def _begin(self, day: str) -> None:
        self._day = day
        self._lines: dict[UsageKey, UsageLine] = {}
        self._free: dict[str, dict[int, int]] = {}
        self._forgotten: set[int] = set()
        self._usd: defaultdict[int | None, float] = defaultdict(float)
        self._tokens: defaultdict[int | None, int] = defaultdict(int)

    @property
    def changed(self) -> bool:
        """Whether there is something to write."""
        return bool(self._changed)

    @property
    def has_new(self) -> bool:
        """Whether a line that has counted only once is to be written."""
        return any(line.requests == 1 for line in self._changed.values())

    def add(self, call: CallAccounted, time: float) -> None:
        """Count a call; the first one of a new day begins a new book."""
        self._roll(time)
        rep = NOBODY if call.telegram_id in self._forgotten else call.telegram_id
        key = UsageKey(rep, call.agent, call.provider, call.model, call.paid_by)
        self._put(key, self._lines.get(key, UsageLine()).plus(call))
        self._changed[self._day, key] = self._lines[key]
        if call.free:
            reps = self._free.setdefault(call.lane, {})
            reps[rep] = reps.get(rep, 0) + 1

    def forget(self, rep: int, time: float) -> None:
        """Move a rep's counts of today to nobody; calls that still end today are counted there too."""
        self._roll(time)
        self._forgotten.add(rep)
        for key in [key for key in self._lines if key.telegram_id == rep]:
            line, to = self._lines[key], msgspec.structs.replace(key, telegram_id=NOBODY)
            self._put(key, UsageLine())
            del self._lines[key]
            self._put(to, self._lines.get(to, UsageLine()).joined(line))
            self._changed[self._day, to] = self._lines[to]
        self._changed = {at: line for at, line in self._changed.items() if at[1].telegram_id != rep}
        for reps in self._free.values():
            reps[NOBODY] = reps.get(NOBODY, 0) + reps.pop(rep, 0)

    def overspent(self, rep: int, rep_budget: Budget, team_budget: Budget, time: float) -> str | None:
        """Whose budget a call that the team pays would exceed, or None."""
        self._roll(time)
        for whose, who, budget in (("rep", rep, rep_budget), ("team", None, team_budget)):
            usd, tokens = self._usd[who], self._tokens[who]
            if (budget.usd is not None and usd >= budget.usd) or (
                budget.tokens is not None and tokens >= budget.tokens
            ):
                return f"daily_budget_of_the_{whose}"
        return None

    def team_spent(self, budget: Budget, time: float) -> TeamSpent:
        """Today's use of the team's keys beside what it may be."""
        self._roll(time)
        return TeamSpent(self._usd[None], self._tokens[None], budget.usd, budget.tokens)

    def memory_of(self, lane: str, time: float) -> LaneMemory:
        """What a new lane of this name takes up: today's free calls by rep, and the last minutes' past."""
        self._roll(time)
        return self.past.of(lane, dict(self._free.get(lane, {})))

    def snapshot(self) -> bytes:
        """Everything that must survive a restart."""
        late = [_Entry(key, line, day) for (day, key), line in self._changed.items() if day != self._day]
        entries = (*(_Entry(key, line) for key, line in self._lines.items()), *late)
        return msgspec.json.encode(_Snapshot(self._day, entries, self._free, self.past))

    def take_rows(self, updated_at: str) -> tuple[RowWrite, ...]:
        """The changed lines as whole rows, which count as written from now on."""
        taken, self._changed = self._changed, {}
        return tuple(
            RowWrite(TABLE, "upsert", (_row(day, key, line, updated_at),)) for (day, key), line in taken.items()
        )

    def _put(self, key: UsageKey, line: UsageLine) -> None:
        before = self._lines.get(key, UsageLine())
        self._lines[key] = line
        if key.paid_by == "team":
            for who in (key.telegram_id, None):
                self._usd[who] += line.cost_usd - before.cost_usd
                self._tokens[who] += line.tokens - before.tokens

    def _roll(self, time: float) -> None:
        if self._day != day_of(time):
            self._begin(day_of(time))


def _row(day: str, key: UsageKey, line: UsageLine, updated_at: str) -> dict[str, object]:
    name = f"{day}/{key.telegram_id}/{key.agent}/{key.provider}/{key.model}/{key.paid_by}"
    return {
        "id": str(uuid.uuid5(_NAMESPACE, name)),
        "day": day,
        **msgspec.structs.asdict(key),
        "provider": key.provider.value,
        **msgspec.structs.asdict(line),
        "updated_at": updated_at,
    }
