"""`/metrics`: the overview's numbers for Prometheus, by type of actor and kind of lane, never by rep.

Histograms of actors are made of samples (see `runtime.watching`): their shape is true, their count is not the number
of messages.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar, get_args

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
    StateSetMetricFamily,
)
from prometheus_client.exposition import choose_encoder

from actors.providers.messages import ProviderStatus
from runtime import EndReason, Histogram, Overflow, SystemSnapshot, TypeSnapshot
from webapp_server.overview import Observation, Overview

CIRCUITS = ("closed", "half_open", "open", "paused", "refused")


def exposition(observation: Observation, accept: str) -> tuple[bytes, str]:
    """The text in the format that the scraper accepts, and its content type."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(_Families(observation))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class _Families:
    def __init__(self, observation: Observation) -> None:
        self._observation = observation

    def collect(self) -> Iterator[Metric]:
        """Every family, in the order of the page."""
        overview, snapshot = self._observation.overview, self._observation.snapshot
        yield InfoMetricFamily(
            "cornerman_build", "Which version runs.", {"version": overview.version, "commit": overview.commit or ""}
        )
        yield GaugeMetricFamily("cornerman_draining", "1 while the process stops.", overview.state == "draining")
        yield from _actors(snapshot)
        yield from _loop(snapshot)
        yield from _journal(overview)
        yield from _providers(overview)
        yield from _speech(overview)
        yield from _telegram(overview)
        yield from _tracer(overview)
        for kind, (name, text, labels) in _DURATIONS.items():
            yield _histogram(name, text, labels, self._observation.durations.get(kind, {}))


def _actors(snapshot: SystemSnapshot) -> Iterator[Metric]:
    yield _gauge("cornerman_actors", "Living actors.", ("state",), {(s,): n for s, n in snapshot.states.items()})
    types = snapshot.types
    yield _by_type(GaugeMetricFamily("cornerman_actors_running", "Actors of a type.", labels=_TYPE), types, "alive")
    yield _by_type(GaugeMetricFamily("cornerman_mailbox_depth", "Messages waiting.", labels=_TYPE), types, "pending")
    yield _by_type(
        GaugeMetricFamily("cornerman_mailbox_depth_max", "Most messages that waited for one.", labels=_TYPE),
        types,
        "peak",
    )
    oldest: dict[tuple[str, ...], float] = {}
    for cell in snapshot.hot:
        oldest[(cell.type,)] = max(oldest.get((cell.type,), 0.0), cell.oldest_age_s or 0.0)
    yield _gauge("cornerman_mailbox_oldest_age_seconds", "Age of the oldest message of hot actors.", _TYPE, oldest)
    stuck: dict[tuple[str, ...], float] = {}
    for cell in snapshot.hot:
        stuck[(cell.type,)] = max(stuck.get((cell.type,), 0.0), cell.running_s or 0.0)
    yield _gauge("cornerman_turn_age_seconds", "Age of the longest turn under way.", _TYPE, stuck)
    outcomes = {(stats.type, name): getattr(stats, name) for stats in types for name in ("handled", "failed")}
    yield _counter("cornerman_messages", "Messages by how they ended.", (*_TYPE, "outcome"), outcomes)
    yield _by_type(CounterMetricFamily("cornerman_actor_restarts", "Restarts.", labels=_TYPE), types, "restarts")
    yield CounterMetricFamily(
        "cornerman_supervisor_escalations", "Supervisors that gave up a child.", snapshot.escalations
    )
    yield CounterMetricFamily("cornerman_asks", "Questions between actors.", snapshot.asks)
    yield GaugeMetricFamily("cornerman_asks_pending", "Those that wait for their answer.", snapshot.asks_pending)
    yield CounterMetricFamily("cornerman_ask_timeouts", "Those not answered in time.", snapshot.ask_timeouts)
    asks = {(): snapshot.ask_durations}
    yield _histogram("cornerman_ask_duration_seconds", "Time to the answer or the deadline, sampled.", (), asks)
    yield CounterMetricFamily("cornerman_actors_started", "Actors that began.", snapshot.started)
    ended = {(reason,): snapshot.ended.get(reason, 0) for reason in get_args(EndReason)}
    yield _counter("cornerman_actors_stopped", "Actors that ended.", ("reason",), ended)
    full = {(policy.value,): snapshot.overflows.get(policy, 0) for policy in Overflow}
    yield _counter("cornerman_mailbox_overflow", "Messages that came to a full mailbox.", ("policy",), full)
    letters = {(reason,): count for reason, count in snapshot.dead_letters_total.items()}
    yield _counter("cornerman_dead_letters", "Messages not delivered.", ("reason",), letters)
    waits = HistogramMetricFamily("cornerman_mailbox_wait_seconds", "Time in the mailbox, sampled.", labels=_TYPE)
    runs = HistogramMetricFamily("cornerman_message_duration_seconds", "Time in the handler, sampled.", labels=_TYPE)
    for stats in types:
        _add(waits, stats.type, stats.waits)
        _add(runs, stats.type, stats.runs)
    yield waits
    yield runs


def _loop(snapshot: SystemSnapshot) -> Iterator[Metric]:
    lag = {(): snapshot.loop.delays}
    yield _histogram("cornerman_loop_lag_seconds", "How late the loop comes to what is due.", (), lag)
    yield CounterMetricFamily(
        "cornerman_blocking_turns", "Turns that held the loop for over a quarter of a second.", snapshot.loop.blocked
    )


def _journal(overview: Overview) -> Iterator[Metric]:
    journal, writer = overview.journal, overview.writer
    if journal is not None:
        yield GaugeMetricFamily("cornerman_inbox_pending", "Updates not handled yet.", journal.inbox_pending)
        depths = {(lane,): n for lane, n in journal.outbox_pending.items()}
        yield _gauge("cornerman_outbox_depth", "Effects waiting to be done.", ("lane",), depths)
        ages = {(lane,): age for lane, age in journal.oldest_age_s.items()}
        yield _gauge("cornerman_outbox_oldest_age_seconds", "Age of the oldest effect.", ("lane",), ages)
        yield GaugeMetricFamily("cornerman_outbox_uncertain", "Sends that may have arrived.", journal.uncertain)
        yield GaugeMetricFamily("cornerman_outbox_dead", "Updates and effects given up, still kept.", journal.dead)
        up = journal.last_problem is None
        yield GaugeMetricFamily("cornerman_journal_writable", "1 while the journal can be written.", up)
    if writer is not None:
        yield GaugeMetricFamily("cornerman_writer_queue_depth", "Writes waiting for storage.", writer.waiting)
        yield GaugeMetricFamily("cornerman_writer_oldest_age_seconds", "Age of the oldest.", writer.oldest_age_s)
        yield CounterMetricFamily("cornerman_writer_written", "Writes done.", writer.written)
        yield CounterMetricFamily("cornerman_writer_dead", "Writes given up.", writer.dead)


def _providers(overview: Overview) -> Iterator[Metric]:
    lanes = overview.providers.lanes if overview.providers is not None else ()
    kinds: dict[tuple[str, str, str], list[ProviderStatus]] = {}
    for lane in lanes:
        kinds.setdefault(kind_of(lane), []).append(lane)
    states = StateSetMetricFamily(
        "cornerman_provider_circuit_state", "The worst state of a kind's lanes.", labels=_LANE
    )
    for kind, members in kinds.items():
        worst = max((lane.state for lane in members), key=CIRCUITS.index)
        states.add_metric(list(kind), {state: state == worst for state in CIRCUITS})
    yield states
    for name, text, attribute in _LANE_GAUGES:
        sums = {kind: sum(getattr(lane, attribute) or 0 for lane in members) for kind, members in kinds.items()}
        yield _gauge(name, text, _LANE, sums)
    outcomes: Counter[tuple[str, ...]] = Counter()
    for kind, members in kinds.items():
        outcomes[*kind, "completed"] += sum(lane.completed for lane in members)
        outcomes[*kind, "failed"] += sum(lane.failed for lane in members)
    yield _counter("cornerman_provider_requests", "Requests by how they ended.", (*_LANE, "outcome"), outcomes)
    days = {kind: [lane for lane in members if lane.allowed_today is not None] for kind, members in kinds.items()}
    used = {kind: sum(lane.used_today or 0 for lane in members) for kind, members in days.items() if members}
    allowed = {kind: sum(lane.allowed_today or 0 for lane in members) for kind, members in days.items() if members}
    yield _gauge("cornerman_provider_free_used", "Free requests used today (UTC).", _LANE, used)
    if overview.providers is not None:
        team = overview.providers.team
        yield GaugeMetricFamily("cornerman_team_spent_usd", "Dollars of the team's keys used today (UTC).", team.usd)
        yield GaugeMetricFamily("cornerman_team_spent_tokens", "Tokens of the team's keys used today.", team.tokens)
        if team.most_usd is not None:
            yield GaugeMetricFamily("cornerman_team_budget_usd", "Dollars the team may use in a day.", team.most_usd)
        if team.most_tokens is not None:
            yield GaugeMetricFamily("cornerman_team_budget_tokens", "Tokens it may use in a day.", team.most_tokens)
    yield _gauge("cornerman_provider_free_allowed", "Free requests allowed in a day.", _LANE, allowed)
    if overview.providers is not None:
        called = overview.providers.by_provider
        tokens = {(str(one.provider), "in"): one.tokens_in_total for one in called}
        tokens |= {(str(one.provider), "out"): one.tokens_out_total for one in called}
        yield _counter("cornerman_provider_tokens", "Tokens of answered calls.", ("provider", "direction"), tokens)


def kind_of(lane: ProviderStatus) -> tuple[str, str, str]:
    """Provider, who pays and which tier: what is left of a lane's name without the rep's fingerprint."""
    payer, _, rest = lane.lane.removeprefix(f"{lane.provider}-").partition("-")
    return str(lane.provider), payer, rest.rpartition("-")[2]


def _speech(overview: Overview) -> Iterator[Metric]:
    speech = overview.transcriber
    if speech is None:
        return
    states = StateSetMetricFamily("cornerman_speech_circuit_state", "The state of the speech service.")
    states.add_metric([], {state: state == speech.state for state in CIRCUITS})
    yield states
    yield GaugeMetricFamily("cornerman_speech_in_flight", "Recordings under way.", speech.in_flight)
    yield GaugeMetricFamily("cornerman_speech_queue_depth", "Recordings waiting.", speech.queued)
    outcomes = {("completed",): speech.completed, ("failed",): speech.failed}
    yield _counter("cornerman_speech_requests", "Recordings by how they ended.", ("outcome",), outcomes)
    yield GaugeMetricFamily("cornerman_speech_undeleted", "Transcripts still to be deleted.", speech.undeleted)
    yield CounterMetricFamily("cornerman_speech_abandoned", "Transcripts left to expire.", speech.abandoned)


def _telegram(overview: Overview) -> Iterator[Metric]:
    if overview.intake is not None:
        connected = overview.intake.connected
        yield GaugeMetricFamily("cornerman_telegram_connected", "1 while updates come in.", connected)
        kinds = {(kind,): number for kind, number in overview.intake.kinds.items()}
        yield _counter("cornerman_telegram_updates", "Updates taken.", ("kind",), kinds)
    if overview.sending is not None:
        sending = overview.sending
        outcomes = {("sent",): sending.sent, ("failed",): sending.failed, ("uncertain",): sending.uncertain}
        yield _counter("cornerman_telegram_sends", "Calls to Telegram by outcome.", ("outcome",), outcomes)
        yield GaugeMetricFamily("cornerman_telegram_waiting", "Calls waiting for their turn.", sending.waiting)


def _tracer(overview: Overview) -> Iterator[Metric]:
    if overview.tracer is not None:
        yield CounterMetricFamily("cornerman_traces_dropped", "Traces not kept.", overview.tracer.dropped)
    if overview.scheduler is not None:
        late_s = overview.scheduler.late_s
        yield GaugeMetricFamily("cornerman_reminder_lateness_seconds", "Age of the oldest moment that is due.", late_s)


_Key = TypeVar("_Key", bound=tuple[str, ...])
_TYPE = ("actor_type",)
_LANE = ("provider", "payer", "tier")
_DURATIONS = {
    "calls": (
        "cornerman_provider_request_duration_seconds",
        "Model calls to their end.",
        ("provider", "model", "outcome"),
    ),
    "flushes": ("cornerman_writer_flush_seconds", "Passes that wrote records.", ()),
    "http": ("cornerman_http_request_duration_seconds", "Answers to HTTP requests.", ("route", "outcome")),
}
_LANE_GAUGES = (
    ("cornerman_provider_in_flight", "Calls under way.", "in_flight"),
    ("cornerman_provider_queue_depth", "Requests waiting.", "queued"),
    ("cornerman_provider_in_flight_limit", "Calls that may be under way.", "limit"),
)


def _gauge(name: str, text: str, labels: tuple[str, ...], values: Mapping[_Key, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for label, value in values.items():
        family.add_metric(list(label), value)
    return family


def _counter(name: str, text: str, labels: tuple[str, ...], values: Mapping[_Key, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=labels)
    for label, value in values.items():
        family.add_metric(list(label), value)
    return family


def _histogram(
    name: str, text: str, labels: tuple[str, ...], values: Mapping[_Key, Histogram]
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, text, labels=labels)
    for label, value in values.items():
        if value.counts:
            family.add_metric(list(label), _buckets(value), value.total_s)
    return family


def _by_type(family: Metric, types: tuple[TypeSnapshot, ...], attribute: str) -> Metric:
    for stats in types:
        family.add_metric([stats.type], getattr(stats, attribute))  # type: ignore[attr-defined]
    return family


def _add(family: HistogramMetricFamily, actor_type: str, histogram: Histogram) -> None:
    if histogram.counts[-1][1]:
        family.add_metric([actor_type], _buckets(histogram), histogram.total_s)


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    return [("+Inf" if bound == float("inf") else repr(bound), float(count)) for bound, count in histogram.counts]
