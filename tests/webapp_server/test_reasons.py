"""The band's reasons: what is wrong in words, and nothing while all is well."""

import msgspec

from actors.journal import JournalDescribed
from actors.providers.messages import Provider, ProvidersDescribed
from runtime import ActorSystem
from tests.webapp_server.house import LANE
from webapp_server.history import Rates
from webapp_server.reasons import reasons_of

CALM = Rates(1.0, 0, 0, 0, 0)
JOURNAL = JournalDescribed(0, {"message": 1}, 0, 0, {"message": 2.0}, None)


async def test_all_is_well_needs_no_words() -> None:
    """A quiet house gives no reason, and neither does one that has not answered yet."""
    system = ActorSystem()
    snapshot = system.snapshot()
    assert reasons_of(snapshot, CALM, JOURNAL, ProvidersDescribed((LANE,))) == []
    assert reasons_of(snapshot, CALM, None, None) == []
    await system.shutdown()


async def test_each_trouble_has_its_sentence() -> None:
    """Restarts, a late outbox, entries given up, uncertain sends and a closed account."""
    system = ActorSystem()
    late = JournalDescribed(0, {"record": 9}, 2, 3, {"record": 75.4}, None)
    refused = msgspec.structs.replace(LANE, state="refused", reason="invalid_key", resting_for_s=300.0)
    restless = msgspec.structs.replace(CALM, restarts_5m=4)
    providers = ProvidersDescribed((refused,), ("a model is retired",), {Provider.ANTHROPIC: 59.6})
    told = reasons_of(system.snapshot(), restless, late, providers)
    assert told == [
        "4 restarts in the last five minutes",
        "the record outbox is 75 s behind",
        "given up, to be replayed or discarded: 3",
        "sends that may or may not have arrived: 2",
        "anthropic is paused for another 60 s",
        "openrouter-team-free is refused (invalid_key) for 300 s",
        "a model is retired",
    ]
    await system.shutdown()
