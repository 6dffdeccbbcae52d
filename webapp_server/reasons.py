"""Reasons: what an operator should look at, worst first, each a short sentence; docs/operations.md says what to do."""

from actors.journal import JournalDescribed
from actors.providers.messages import ProvidersDescribed
from actors.scheduler import SchedulerDescribed
from runtime import CellSnapshot, SystemSnapshot
from webapp_server.history import Rates

OLDEST_S = 30.0
STUCK_S = 180.0
"""Longer than the longest deadline of a model call."""
WRITER_OLDEST_S = 60.0
RESTARTS = 3
LAG_S = 0.1
ASK_TIMEOUTS = 0.01
LOST = 5
REMINDERS_LATE_S = 60.0
NEARLY = 0.9


def reasons_of(
    snapshot: SystemSnapshot,
    rates: Rates,
    journal: JournalDescribed | None,
    providers: ProvidersDescribed | None,
    scheduler: SchedulerDescribed | None,
) -> list[str]:
    """What the numbers themselves say; those who gave no answer are told elsewhere."""
    return [
        *_of_actors(snapshot.hot),
        *_of_rates(rates),
        *_of_outbox(journal),
        *_of_providers(providers),
        *_of_reminders(scheduler),
    ]


def _of_actors(hot: tuple[CellSnapshot, ...]) -> list[str]:
    stuck = [cell for cell in hot if (cell.running_s or 0.0) > STUCK_S]
    waiting = [cell for cell in hot if (cell.oldest_age_s or 0.0) > OLDEST_S and cell not in stuck]
    return [
        *(f"{cell.type} is at {cell.current_message} for {cell.running_s:.0f} s" for cell in stuck[:3]),
        *(f"a message waits for {cell.type} for {cell.oldest_age_s:.0f} s" for cell in waiting[:3]),
    ]


def _of_rates(rates: Rates) -> list[str]:
    lately = "in the last five minutes"
    told = (
        (rates.escalations_1h > 0, f"supervisors that gave up a child in the last hour: {rates.escalations_1h}"),
        (rates.restarts_5m > RESTARTS, f"{rates.restarts_5m} restarts {lately}"),
        (rates.loop_lag_p99_5m_s > LAG_S, f"the event loop came {rates.loop_lag_p99_5m_s:.1f} s late {lately}"),
        (
            rates.ask_timeouts_5m > ASK_TIMEOUTS * rates.asks_5m,
            f"{rates.ask_timeouts_5m} of {rates.asks_5m} questions between actors had no answer in time {lately}",
        ),
        (rates.lost_5m > LOST, f"{rates.lost_5m} messages between actors were lost {lately}"),
    )
    return [reason for holds, reason in told if holds]


def _of_outbox(journal: JournalDescribed | None) -> list[str]:
    if journal is None:
        return []
    late = {lane: age for lane, age in journal.oldest_age_s.items() if age > WRITER_OLDEST_S}
    reasons = [f"the {lane} outbox is {age:.0f} s behind" for lane, age in sorted(late.items())]
    if journal.dead:
        reasons.append(f"given up, to be replayed or discarded: {journal.dead}")
    if journal.uncertain:
        reasons.append(f"sends that may or may not have arrived: {journal.uncertain}")
    return reasons


def _of_providers(providers: ProvidersDescribed | None) -> list[str]:
    if providers is None:
        return []
    paused = [f"{provider} is paused for another {left:.0f} s" for provider, left in providers.paused.items()]
    refused = [lane for lane in providers.lanes if lane.state == "refused"]
    resting = [lane for lane in providers.lanes if lane.state == "open"]
    return [
        *paused,
        *(f"{lane.lane} is refused ({lane.reason}) for {lane.resting_for_s:.0f} s" for lane in refused[:3]),
        *(f"{lane.lane} rests ({lane.reason}) for another {lane.resting_for_s:.0f} s" for lane in resting[:3]),
        *_of_spending(providers),
        *providers.warnings,
    ]


def _of_spending(providers: ProvidersDescribed) -> list[str]:
    team = providers.team
    most = {(lane.used_today or 0, lane.allowed_today) for lane in providers.lanes if lane.allowed_today}
    reasons = [f"{used} of today's {all_} free requests are used" for used, all_ in most if used > NEARLY * all_]
    if team.most_usd is not None and team.usd > NEARLY * team.most_usd:
        reasons.append(f"{team.usd:.2f} of the team's {team.most_usd:.2f} USD of today are spent")
    return reasons


def _of_reminders(scheduler: SchedulerDescribed | None) -> list[str]:
    late_s = 0.0 if scheduler is None else scheduler.late_s
    return [f"reminders are {late_s:.0f} s late"] if late_s > REMINDERS_LATE_S else []
