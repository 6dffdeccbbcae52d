"""Metrics: parsable, named as Prometheus asks, and bounded whatever the number of reps."""

from collections.abc import AsyncIterator

import pytest
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

from actors.providers.messages import DescribeProviders, Provider, ProvidersDescribed, ProviderStatus
from runtime import Actor, ActorSystem, Address, ChildSpec, Restart
from runtime.testing import settle
from webapp_server.actor_ids import ActorIds
from webapp_server.metrics import exposition, kind_of
from webapp_server.overview import Observer
from webapp_server.stopping import Stopping


class Session(Actor):
    """Does nothing with what it gets."""

    async def receive(self, message: object, sender: Address) -> None:
        del message, sender


class Sessions(Actor):
    """As many sessions as it is told."""

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, int):
            for number in range(message):
                self.send(self.spawn(ChildSpec(f"telegram/{number}", Session, restart=Restart.TEMPORARY)), "work")


class Router(Actor):
    """Has a lane for each rep's own key."""

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, DescribeProviders):
            self.send(sender, ProvidersDescribed(tuple(lane(f"openrouter-rep-{n:08x}-free") for n in range(500))))


def lane(name: str, state: str = "closed") -> ProviderStatus:
    """One lane."""
    return ProviderStatus(name, Provider.OPENROUTER, state, "", 0.0, 1, 2, 3, 4, used_today=5, allowed_today=50)  # type: ignore[arg-type]


@pytest.fixture
async def system() -> AsyncIterator[ActorSystem]:
    system = ActorSystem()
    yield system
    await system.shutdown()


async def scraped(system: ActorSystem, accept: str = "") -> tuple[str, str]:
    """The page's text and content type."""
    body, content_type = exposition(await Observer(system, ActorIds(), Stopping()).observe(), accept)
    return body.decode(), content_type


async def test_ten_thousand_sessions_make_no_more_series(system: ActorSystem) -> None:
    """Series are by type and kind of lane: reps and their keys add none."""
    await system.start(ChildSpec("llm_router", Router, well_known=True))
    sessions = await system.start(ChildSpec("sessions", Sessions, well_known=True))
    system.send(sessions, 1)
    await settle()
    few, _ = await scraped(system)
    system.send(system.find("sessions"), 0)
    await settle()
    other = await system.start(ChildSpec("more", Sessions))
    system.send(other, 10_000)
    await settle()
    many, _ = await scraped(system)
    series = [line for line in many.splitlines() if line.startswith("cornerman_")]
    assert 'cornerman_actors_running{actor_type="Session"} 10001.0' in series
    assert len(series) < 400
    assert len(series) <= len([line for line in few.splitlines() if line.startswith("cornerman_")]) + 25 * 2
    assert 'cornerman_provider_in_flight{payer="rep",provider="openrouter",tier="free"} 500.0' in series


async def test_both_formats_parse_without_duplicates(system: ActorSystem) -> None:
    """Prometheus text and OpenMetrics by Accept; each family once, ours with our prefix and base units."""
    await system.start(ChildSpec("llm_router", Router, well_known=True))
    text, plain = await scraped(system)
    families = list(parser.text_string_to_metric_families(text))
    assert plain.startswith("text/plain")
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    assert {name for name in names if not name.startswith(("cornerman_", "process_", "python_"))} == set()
    assert not [name for name in names if name.endswith(("_ms", "_millis", "_total_total"))]
    asked, kind = await scraped(system, "application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert asked.endswith("# EOF\n")
    assert len(list(openmetrics_parser.text_string_to_metric_families(asked))) == len(families)  # type: ignore[no-untyped-call]


async def test_histograms_count_what_was_sampled(system: ActorSystem) -> None:
    """Buckets grow with their bound and end with all samples."""
    session = await system.start(ChildSpec("one", Session))
    for _ in range(200):
        system.send(session, "work")
        await settle()
    families = {one.name: one for one in parser.text_string_to_metric_families((await scraped(system))[0])}
    samples = [s for s in families["cornerman_mailbox_wait_seconds"].samples if s.labels["actor_type"] == "Session"]
    buckets = [sample.value for sample in samples if sample.name.endswith("_bucket")]
    count = next(sample.value for sample in samples if sample.name.endswith("_count"))
    assert buckets == sorted(buckets)
    assert buckets[-1] == count > 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("openrouter-team-free", ("openrouter", "team", "free")),
        ("openrouter-rep-00ab12cd-paid", ("openrouter", "rep", "paid")),
    ],
)
def test_the_kind_of_a_lane_holds_no_fingerprint(name: str, kind: tuple[str, str, str]) -> None:
    """What a rep's lane and another's share."""
    assert kind_of(lane(name)) == kind
