"""LaneTally: what a lane has done, and its state as operators see it."""

import structlog

from actors.providers.completion_call import CallAnswered
from actors.providers.failures import Failure
from actors.providers.lane_gate import LaneGate
from actors.providers.lane_messages import LaneName, LaneReported
from actors.providers.messages import ProviderStatus

_LOG = structlog.get_logger(__name__)


class LaneTally:
    """Counts requests by how they ended, and remembers the last answer."""

    def __init__(self, name: LaneName) -> None:
        self._name = name
        self.accepted = 0
        self.completed = 0
        self.failed = 0
        self._answered_by = ""
        self._first_token_s = 0.0
        self._reported: ProviderStatus | None = None

    def answered(self, answer: CallAnswered, asked: str) -> None:
        """A call ended well."""
        self._answered_by = answer.model or asked
        self._first_token_s = round(answer.first_token_s, 3)

    def call_failed(self, failure: Failure, model: str, attempt: int) -> None:
        """Log a failed call; what only an operator can mend is an error."""
        log = _LOG.error if failure.operators_fault(team=self._name.paid_by == "team") else _LOG.warning
        name, fault, detail = self._name.name, failure.fault, failure.detail
        log("model_call_failed", lane=name, model=model, attempt=attempt, fault=fault, detail=detail)

    def report(self, gate: LaneGate, now: float, *, in_flight: int, queued: int) -> LaneReported | None:
        """The lane's state, None where it is the one that was reported last."""
        until, day, reason = gate.resting_until(now), gate.day, gate.reason(now)
        if queued and not reason and gate.wait(now):
            until, reason = now + gate.wait(now), "paced_by_its_limits"
        status = ProviderStatus(
            lane=self._name.name,
            provider=self._name.provider,
            state=gate.state(now),
            reason=reason,
            resting_for_s=max(0.0, until - now),
            in_flight=in_flight,
            queued=queued,
            completed=self.completed,
            failed=self.failed,
            answered_by=self._answered_by,
            first_token_s=self._first_token_s,
            used_today=day.used if day is not None else None,
            allowed_today=day.limit if day is not None else None,
            limit=gate.slots,
        )
        if status == self._reported:
            return None
        self._reported = status
        return LaneReported(status, until, gate.rests_until)
