"""CallBook: how model calls ended and how long they took, by provider and configured model; never by rep or lane."""

from collections.abc import Mapping

from actors.providers.lane_messages import CallEnded
from actors.providers.messages import DurationsDescribed, Provider, ProviderCalls
from runtime import Sketch

OTHER = "other"
"""Stands for every model that the operator has not configured: reps may name what they like."""
_BUCKET_S = 10.0
_WINDOW = 30
_DOUBLINGS = range(-3, 8)
"""Bounds from an eighth of a second to two minutes."""


class _Tally:
    """One provider since the start, and its last five minutes by ten seconds: [answered, ended]."""

    def __init__(self) -> None:
        self.recent: dict[int, list[int]] = {}
        self.durations = Sketch()
        self.calls = 0
        self.tokens_in = 0
        self.tokens_out = 0
        self.cost_usd = 0.0
        self.last_ok_at: float | None = None
        self.last_error: str | None = None

    def add(self, call: CallEnded, now: float, time: float) -> None:
        self.calls += 1
        if call.outcome != "cancelled":  # nobody learns from that how the provider does
            self._count(now, ok=call.outcome == "completed")
        if call.usage is not None:
            self.tokens_in += call.usage.input_tokens
            self.tokens_out += call.usage.output_tokens
            self.cost_usd += call.usage.cost_usd or 0.0
        if call.outcome == "completed":
            self.durations.add(call.seconds)
            self.last_ok_at = time
        elif call.outcome != "cancelled":
            self.last_error = call.outcome

    def _count(self, now: float, *, ok: bool) -> None:
        bucket = self.recent.setdefault(int(now // _BUCKET_S), [0, 0])
        bucket[0] += ok
        bucket[1] += 1
        for old in [at for at in self.recent if at <= now // _BUCKET_S - _WINDOW]:
            del self.recent[old]

    def success_ratio(self, now: float) -> float | None:
        """None where nothing ended in the last five minutes."""
        lately = [counts for at, counts in self.recent.items() if at > now // _BUCKET_S - _WINDOW]
        ended = sum(counts[1] for counts in lately)
        return round(sum(counts[0] for counts in lately) / ended, 4) if ended else None


class CallBook:
    """Bounded by the catalogue: a sketch for each configured model and outcome, a tally for each provider."""

    def __init__(self, catalogue: Mapping[Provider, tuple[str, ...]]) -> None:
        self._catalogue = {provider: frozenset(models) for provider, models in catalogue.items()}
        self._tallies: dict[Provider, _Tally] = {}
        self._durations: dict[tuple[Provider, str, str], Sketch] = {}

    def add(self, call: CallEnded, now: float, time: float) -> None:
        """Count a call that is over."""
        model = call.model if call.model in self._catalogue.get(call.provider, ()) else OTHER
        self._durations.setdefault((call.provider, model, call.outcome), Sketch()).add(call.seconds)
        self._tallies.setdefault(call.provider, _Tally()).add(call, now, time)

    def by_provider(self, now: float) -> tuple[ProviderCalls, ...]:
        """The providers that were called."""
        return tuple(_read(provider, tally, now) for provider, tally in sorted(self._tallies.items()))

    def durations(self) -> DurationsDescribed:
        """By provider, model and outcome."""
        return DurationsDescribed(
            {
                (str(provider), model, str(outcome)): sketch.histogram(_DOUBLINGS)
                for (provider, model, outcome), sketch in sorted(self._durations.items())
            }
        )


def _read(provider: Provider, tally: _Tally, now: float) -> ProviderCalls:
    times = tally.durations.times()
    return ProviderCalls(
        provider=provider,
        calls=tally.calls,
        success_ratio_5m=tally.success_ratio(now),
        p50_s=times.p50,
        p99_s=times.p99,
        tokens_in_total=tally.tokens_in,
        tokens_out_total=tally.tokens_out,
        cost_estimate_total=round(tally.cost_usd, 6),
        last_ok_at=tally.last_ok_at,
        last_error=tally.last_error,
    )
