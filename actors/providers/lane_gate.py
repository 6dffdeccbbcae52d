"""LaneGate: whether a lane may send now, and if not, why and for how long.

Three things are told apart: the account, whose rest or end concerns everything on the lane; each model, which may
rest, be broken or be paced by its provider's headers while others answer; and the allowances, which are counted.
"""

from collections import deque
from collections.abc import Mapping
from typing import Literal

import msgspec

from actors.providers.failures import Failure
from actors.providers.lane_memory import LaneMemory
from actors.providers.lane_messages import LaneSettings
from actors.providers.limits import (
    FREE_DAY_SPENT,
    Breaker,
    Concurrency,
    DailyAllowance,
    LearnedBucket,
    RateWindow,
    Rest,
    RetryBudget,
    Window,
    until_midnight,
)
from actors.providers.messages import FailureKind, Priority

UNCLEAR_TIMES = 3
UNCLEAR_REPS = 2
UNCLEAR_S = 60.0
"""So many limits of unknown origin in so short a time, from different reps, are the account's: it rests as long."""
PROBE_S = 1.0
"""How long a request waits while another one probes a model that kept failing."""
_USUAL_S = 10.0
"""How long calls are taken to last before one has ended."""
_SMOOTHING = 0.2
_BROKEN = "provider_keeps_failing"

PAUSED = "paused_by_operator"

State = Literal["closed", "open", "half_open", "paused", "refused"]


class ModelHealth:
    """What is known of one model on this lane."""

    def __init__(self) -> None:
        self.rest = Rest()
        self.breaker = Breaker()
        self.probing = False
        self._learned: dict[str, LearnedBucket] = {}

    def learned(self, now: float, windows: tuple[Window, ...]) -> None:
        """Believe what the provider's headers say is left."""
        for window in windows:
            self._learned[window.unit] = LearnedBucket(window, now)

    def take(self, now: float, tokens: float) -> None:
        """Count a call that is being sent before the provider does."""
        for unit, bucket in self._learned.items():
            bucket.take(1.0 if unit == "requests" else tokens, now)

    def pace(self, now: float, ahead: int, tokens: float) -> float:
        """Seconds until the allowance that the headers tell is there, given how many others go first."""
        needs = {"requests": ahead + 1.0, "tokens": tokens}
        return max((bucket.wait(needs[unit], now) for unit, bucket in self._learned.items()), default=0.0)

    def wait(self, now: float) -> float:
        """Seconds in which the model is not asked."""
        wait = max(self.rest.wait(now), self.breaker.wait(now))
        return max(wait, PROBE_S) if self.breaker.tripped and self.probing else wait


class LaneGate:
    """Combines the limits of a lane; every method is told the time, `now` by the clock and `time` in epoch seconds."""

    def __init__(self, settings: LaneSettings, *, free: bool, used_today: Mapping[int, int], time: float) -> None:
        self.retries = RetryBudget()
        self.day = DailyAllowance(settings.free_requests_per_day, used_today, time) if free else None
        self._rate = RateWindow(settings.free_requests_per_minute, settings.free_period_s) if free else None
        self._concurrency = Concurrency(settings.concurrency_start, settings.concurrency_cap)
        self._rest = Rest()
        self._models: dict[str, ModelHealth] = {}
        self._unclear: deque[tuple[float, int]] = deque(maxlen=100)
        self._paused_until = 0.0
        self._closed_at = self._closed_until = 0.0
        self._closed_by: Failure | None = None
        self._usual_s = _USUAL_S

    @property
    def until(self) -> float:
        """The clock's reading at which the account may be used again, as far as is known."""
        return max(self._rest.until, self._paused_until, self._closed_until)

    @property
    def slots(self) -> int:
        """Calls allowed in flight."""
        return self._concurrency.limit

    def remembers_until(self) -> float:
        """The clock's reading until which the lane knows something that a fresh one would not."""
        return max([self.until, *(max(one.rest.until, one.breaker.until) for one in self._models.values())])

    @property
    def rests_until(self) -> float:
        """The clock's reading until which the account rests because the provider asked for it."""
        return self._rest.until

    def recall(self, now: float, time: float, memory: LaneMemory) -> None:
        """Take up what an earlier lane on this account sent and was told."""
        if self._rate is not None:
            for start in memory.starts:
                self._rate.take(now - max(0.0, time - start))
        if memory.rests_until > time:
            self._rest.extend(now + memory.rests_until - time, "rate_limit_exceeded")

    def pause(self, now: float, for_s: float) -> None:
        """Send nothing for so long, by an operator's order; zero ends it."""
        self._paused_until = now + for_s

    def close(self, now: float, failure: Failure) -> None:
        """Refuse everything for as long as the failure says."""
        until = now + (failure.closes_s or 0.0)
        if until > self._closed_until:
            self._closed_at, self._closed_until, self._closed_by = now, until, failure

    def refusal(self, now: float, time: float, models: tuple[str, ...], place: tuple[Priority, int]) -> Failure | None:
        """Why a request of that class and rep would be refused at once, with the time left."""
        if self._closed_by is not None and now < self._closed_until:
            left, stated = self._closed_until - now, self._closed_by.retry_after_s
            renewed = None if stated is None else max(left, self._closed_at + stated - now)
            return msgspec.structs.replace(self._closed_by, retry_after_s=renewed, closes_s=left)
        broken = [self._model(model).breaker.wait(now) for model in models]
        if all(broken):
            return Failure(
                kind=FailureKind.UNAVAILABLE, fault="provider", error_type=_BROKEN, retry_after_s=min(broken)
            )
        return self._day_refusal(time, place)

    def _day_refusal(self, time: float, place: tuple[Priority, int]) -> Failure | None:
        priority, rep = place
        word = self.day and self.day.refuses(rep, time, background=priority is Priority.BACKGROUND)
        if not word:
            return None
        return Failure(
            kind=FailureKind.QUOTA_SPENT,
            fault="quota",
            error_type=word,
            retry_after_s=until_midnight(time),
            scope="account",
        )

    def wait(self, now: float, ahead: int = 0, tokens: float = 0.0) -> float:
        """Seconds in which nothing may be sent on this account to any model, given how many others go first."""
        rate = self._rate.wait(now, ahead) if self._rate is not None else 0.0
        pace = min((health.pace(now, ahead, tokens) for health in self._models.values()), default=0.0)
        return max(self.until - now, rate, pace, 0.0)

    def awake(self, now: float, models: tuple[str, ...], tokens: float = 0.0) -> tuple[str, ...]:
        """Those of the models that may be asked now, in their order."""
        return tuple(model for model in models if not self.models_wait(now, (model,), 0, tokens))

    def next_awake(self, now: float) -> float:
        """Seconds until the first of the models that must wait may be asked; zero where none must."""
        return min((wait for model in self._models if (wait := self.models_wait(now, (model,)))), default=0.0)

    def models_wait(self, now: float, models: tuple[str, ...], ahead: int = 0, tokens: float = 0.0) -> float:
        """Seconds until the first of the models may be asked, given how many others go first."""
        healths = map(self._model, models)
        return min(max(health.wait(now), health.pace(now, ahead, tokens)) for health in healths)

    def too_late(self, now: float, ahead: int, models: tuple[str, ...]) -> Failure:
        """The failure of a request whose deadline ends before its turn."""
        return Failure(
            kind=FailureKind.RATE_LIMITED,
            fault="quota",
            error_type=self._rests_for(now) or "no_turn_before_deadline",
            retry_after_s=max(self.wait(now, ahead), self.models_wait(now, models, ahead)),
        )

    def expected_wait(self, now: float, ahead: int, in_flight: int, own_rounds: int = 0) -> float:
        """Seconds until the turn of a request, by the limits and by how long calls usually take.

        `own_rounds` counts how many calls of its own rep must end one after the other before.
        """
        rounds = max((in_flight + ahead) // self.slots, own_rounds)
        return max(self.wait(now, ahead), rounds * self._usual_s)

    def sent(self, now: float, time: float, rep: int, model: str, tokens: float) -> None:
        """Count a call that is being sent."""
        if self._rate is not None:
            self._rate.take(now)
        if self.day is not None:
            self.day.take(rep, time)
        self._model(model).take(now, tokens)
        self._model(model).probing = self._model(model).breaker.tripped

    def learned(self, now: float, windows: tuple[Window, ...], model: str) -> None:
        """Believe what the provider's headers say is left for this model; others have allowances of their own."""
        self._model(model).learned(now, windows)

    def succeeded(self, now: float, took_s: float, model: str) -> None:
        """A call ended well."""
        self.released(model)
        self._model(model).breaker.succeeded(now)
        self._concurrency.succeeded()
        self._usual_s += _SMOOTHING * (took_s - self._usual_s)

    def released(self, model: str) -> None:
        """A call ended without telling anything of the model."""
        self._model(model).probing = False

    def failed(self, now: float, time: float, failure: Failure, model: str, rep: int) -> bool:
        """Draw the conclusions from a failed call; gives whether they concern others who wait.

        Throttling makes the lane shrink, and the account or the model rest. Only faults of the provider count
        against a model in its breaker.
        """
        health, until = self._model(model), self.until
        rested = health.rest.until
        opened = False
        self.released(model)
        if failure.throttled:
            self._concurrency.throttled()
        if failure.error_type == FREE_DAY_SPENT and self.day is not None:
            self.day.spend(time)
        if failure.closes_s is not None:
            self.close(now, failure)
        elif failure.retryable and failure.retry_after_s is not None:
            account = failure.scope == "account" or (failure.scope == "unclear" and self._unclear_again(now, rep))
            (self._rest if account else health.rest).extend(now + failure.retry_after_s, failure.error_type)
        if failure.kind is FailureKind.UNAVAILABLE and failure.fault == "provider":
            opened = health.breaker.failed(now)
        limited = failure.fault == "quota" and health.rest.until > rested
        return opened or limited or self.until > until

    def _rests_for(self, now: float) -> str:
        """Why the whole lane rests, empty where it does not."""
        if now < self._paused_until:
            return PAUSED
        return self._rest.reason if self._rest.wait(now) else ""

    def _unclear_again(self, now: float, rep: int) -> bool:
        """Whether limits that name nobody are the account's: then it rests for a minute, and one call probes."""
        self._unclear.append((now, rep))
        recent = [by for at, by in self._unclear if at > now - UNCLEAR_S]
        if len(recent) < UNCLEAR_TIMES or len(set(recent)) < UNCLEAR_REPS:
            return False
        self._rest.extend(now + UNCLEAR_S, "rate_limit_exceeded")
        self._concurrency.probe()
        return True

    def _model(self, model: str) -> ModelHealth:
        health = self._models.get(model)
        if health is None:
            health = self._models[model] = ModelHealth()
        return health

    def state(self, now: float) -> State:
        """The lane's state in one word; a lane whose models all rest is resting too."""
        if now < self._closed_until:
            return "refused"
        if now < self._paused_until:
            return "paused"
        waits = [health.wait(now) for health in self._models.values()]
        if self._rest.wait(now) or (waits and all(waits)):
            return "open"
        return "half_open" if any(health.breaker.tripped for health in self._models.values()) else "closed"

    def resting_until(self, now: float) -> float:
        """The clock's reading at which a lane that is not open may send again."""
        waits = [health.wait(now) for health in self._models.values()]
        return max(self.until, now + min(waits) if waits and all(waits) else 0.0)

    def changes_in(self, now: float) -> float:
        """Seconds until the next rest, pause or closing ends; zero where none is under way."""
        ends = [self._closed_until, self._paused_until, self._rest.until]
        ends += [until for one in self._models.values() for until in (one.rest.until, one.breaker.until)]
        return min((until - now for until in ends if until > now), default=0.0)

    def reason(self, now: float) -> str:
        """Why the lane is not open, in the provider's own word where there is one."""
        if now < self._closed_until and self._closed_by is not None:
            return self._closed_by.error_type
        resting = self._rests_for(now)
        if resting:
            return resting
        if any(health.breaker.tripped for health in self._models.values()):
            return _BROKEN
        return next((health.rest.reason for health in self._models.values() if health.rest.wait(now)), "")
