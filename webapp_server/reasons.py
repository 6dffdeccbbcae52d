"""Reasons: what an operator should look at, worst first, each a short sentence; docs/operations.md says what to do."""

from actors.journal import JournalDescribed
from actors.providers.messages import ProvidersDescribed
from runtime import CellSnapshot, SystemSnapshot
from webapp_server.history import Rates

OLDEST_S = 30.0
STUCK_S = 180.0
"""Longer than the longest deadline of a model call."""
WRITER_OLDEST_S = 60.0
RESTARTS = 3


def reasons_of(
    snapshot: SystemSnapshot,
    rates: Rates,
    journal: JournalDescribed | None,
    providers: ProvidersDescribed | None,
) -> list[str]:
    """What the numbers themselves say; those who gave no answer are told elsewhere."""
    return [
        *_of_actors(snapshot.hot),
        *_of_rates(rates),
        *_of_outbox(journal),
        *_of_providers(providers),
    ]


def _of_actors(hot: tuple[CellSnapshot, ...]) -> list[str]:
    stuck = [cell for cell in hot if (cell.running_s or 0.0) > STUCK_S]
    waiting = [cell for cell in hot if (cell.oldest_age_s or 0.0) > OLDEST_S and cell not in stuck]
    return [
        *(f"{cell.type} is at {cell.current_message} for {cell.running_s:.0f} s" for cell in stuck[:3]),
        *(f"a message waits for {cell.type} for {cell.oldest_age_s:.0f} s" for cell in waiting[:3]),
    ]


def _of_rates(rates: Rates) -> list[str]:
    if rates.restarts_5m > RESTARTS:
        return [f"{rates.restarts_5m} restarts in the last five minutes"]
    return []


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
    return [
        *paused,
        *(f"{lane.lane} is refused ({lane.reason}) for {lane.resting_for_s:.0f} s" for lane in refused[:3]),
        *providers.warnings,
    ]
