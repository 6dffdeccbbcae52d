"""LaneGate: whether a lane may send now, and if not, why and for how long."""

from typing import Literal

import msgspec

from actors.providers.failures import Failure
from actors.providers.lane_messages import LaneSettings
from actors.providers.limits import Breaker, Concurrency, RateWindow, Rest, RetryBudget
from actors.providers.messages import FailureKind

FREE_PERIOD_S = 60.5
"""A minute and the spread of what the network adds to a request on its way."""
_SMOOTHING = 0.2

State = Literal["open", "resting", "probing", "closed"]


class LaneGate:
    """Combines the limits of a lane; every method is told the time."""

    def __init__(self, settings: LaneSettings, *, free: bool) -> None:
        self.retries = RetryBudget()
        self._rate = RateWindow(settings.free_requests_per_minute, FREE_PERIOD_S) if free else None
        self._concurrency = Concurrency(settings.concurrency_start, settings.concurrency_cap)
        self._rest = Rest()
        self._breaker = Breaker()
        self._closed_until = 0.0
        self._closed_by: Failure | None = None
        self._usual_s = 0.0

    @property
    def until(self) -> float:
        """The clock's reading at which the lane may send again, as far as is known."""
        return max(self._rest.until, self._breaker.until if self._breaker.tripped else 0.0, self._closed_until)

    def close(self, now: float, failure: Failure) -> None:
        """Refuse everything for as long as the failure says."""
        until = now + (failure.closes_s or 0.0)
        if until > self._closed_until:
            self._closed_until, self._closed_by = until, failure

    def refusal(self, now: float) -> Failure | None:
        """Why a request that came now would be refused at once, with the time left."""
        if self._closed_by is not None and now < self._closed_until:
            left = self._closed_until - now
            return msgspec.structs.replace(self._closed_by, retry_after_s=left, closes_s=left)
        wait = self._breaker.wait(now)
        if wait:
            return Failure(
                kind=FailureKind.UNAVAILABLE, fault="provider", error_type="provider_keeps_failing", retry_after_s=wait
            )
        return None

    def wait(self, now: float, ahead: int = 0) -> float:
        """Seconds in which nothing may be sent, given how many others go first."""
        rate = self._rate.wait(now, ahead) if self._rate is not None else 0.0
        return max(self.until - now, rate, 0.0)

    def too_late(self, now: float, ahead: int) -> Failure:
        """The failure of a request whose deadline ends before its turn."""
        return Failure(
            kind=FailureKind.RATE_LIMITED,
            fault="quota",
            error_type=self._rest.reason if self._rest.wait(now) else "no_turn_before_deadline",
            retry_after_s=self.wait(now, ahead),
        )

    def expected_wait(self, now: float, ahead: int, in_flight: int) -> float:
        """Seconds until the turn of a request, by the limits and by how long calls usually take."""
        rounds = (in_flight + ahead) // self.slots(now)
        return max(self.wait(now, ahead), rounds * self._usual_s)

    def slots(self, now: float) -> int:
        """Calls allowed in flight; a single one while the breaker probes."""
        return 1 if self._breaker.tripped and not self._breaker.wait(now) else self._concurrency.limit

    def rate_taken(self, now: float) -> None:
        """Count a call that is being sent."""
        if self._rate is not None:
            self._rate.take(now)

    def succeeded(self, now: float, took_s: float) -> None:
        """A call ended well."""
        self._breaker.succeeded(now)
        self._concurrency.succeeded()
        self._usual_s = took_s if not self._usual_s else self._usual_s + _SMOOTHING * (took_s - self._usual_s)

    def failed(self, now: float, failure: Failure) -> bool:
        """Draw the lane's conclusions from a failed call; gives whether everything is refused from now on.

        Throttling makes the lane rest and shrink. Only faults of the provider count against it in the breaker.
        """
        if failure.throttled:
            self._concurrency.throttled()
        if failure.closes_s is not None:
            self.close(now, failure)
            return True
        if failure.retryable and failure.retry_after_s is not None:
            self._rest.extend(now + failure.retry_after_s, failure.error_type)
        return failure.kind is FailureKind.UNAVAILABLE and failure.fault == "provider" and self._breaker.failed(now)

    def state(self, now: float) -> State:
        """The lane's state in one word."""
        if now < self._closed_until:
            return "closed"
        if self._breaker.wait(now) or self._rest.wait(now):
            return "resting"
        return "probing" if self._breaker.tripped else "open"

    def reason(self, now: float) -> str:
        """Why the lane is not open, in the provider's own word where there is one."""
        if now < self._closed_until and self._closed_by is not None:
            return self._closed_by.error_type
        if self._breaker.wait(now) or self._breaker.tripped:
            return "provider_keeps_failing"
        return self._rest.reason if self._rest.wait(now) else ""
