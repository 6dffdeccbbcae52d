"""The band's reasons: what is wrong in words, and nothing while all is well."""

import msgspec

from actors.journal import JournalDescribed
from actors.providers.messages import Provider, ProvidersDescribed, TeamSpent
from actors.scheduler import SchedulerDescribed
from runtime import ActorSystem
from tests.webapp_server.house import LANE
from webapp_server.history import NO_RATES
from webapp_server.reasons import reasons_of

CALM = msgspec.structs.replace(NO_RATES, per_s_1m=1.0, asks_5m=100)
JOURNAL = JournalDescribed(0, {"message": 1}, 0, 0, {"message": 2.0}, None)


async def test_all_is_well_needs_no_words() -> None:
    """A quiet house gives no reason, and neither does one that has not answered yet."""
    system = ActorSystem()
    snapshot = system.snapshot()
    assert reasons_of(snapshot, CALM, JOURNAL, ProvidersDescribed((LANE,)), SchedulerDescribed(60.0)) == []
    assert reasons_of(snapshot, CALM, None, None, None) == []
    await system.shutdown()


async def test_each_trouble_has_its_sentence() -> None:
    """What the alerts speak of and can be told at one look, each with its number."""
    system = ActorSystem()
    late = JournalDescribed(0, {"record": 9}, 2, 3, {"record": 75.4}, None)
    refused = msgspec.structs.replace(LANE, state="refused", reason="invalid_key", resting_for_s=300.0)
    resting = msgspec.structs.replace(
        LANE, lane="anthropic-team-paid", state="open", reason="unavailable", resting_for_s=15.0
    )
    nearly = msgspec.structs.replace(LANE, used_today=46, allowed_today=50)
    restless = msgspec.structs.replace(
        CALM, restarts_5m=4, escalations_1h=1, loop_lag_p99_5m_s=0.24, ask_timeouts_5m=2, lost_5m=6
    )
    providers = ProvidersDescribed(
        (refused, resting, nearly),
        ("a model is retired",),
        {Provider.ANTHROPIC: 59.6},
        TeamSpent(usd=4.6, most_usd=5.0),
    )
    told = reasons_of(system.snapshot(), restless, late, providers, SchedulerDescribed(61.0))
    assert told == [
        "supervisors that gave up a child in the last hour: 1",
        "4 restarts in the last five minutes",
        "the event loop came 0.2 s late in the last five minutes",
        "2 of 100 questions between actors had no answer in time in the last five minutes",
        "6 messages between actors were lost in the last five minutes",
        "the record outbox is 75 s behind",
        "given up, to be replayed or discarded: 3",
        "sends that may or may not have arrived: 2",
        "anthropic is paused for another 60 s",
        "openrouter-team-free is refused (invalid_key) for 300 s",
        "anthropic-team-paid rests (unavailable) for another 15 s",
        "46 of today's 50 free requests are used",
        "4.60 of the team's 5.00 USD of today are spent",
        "a model is retired",
        "reminders are 61 s late",
    ]
    await system.shutdown()
