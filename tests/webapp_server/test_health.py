"""Health and status: liveness asks nothing outside, readiness names what is missing, status shows no one's data."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actors.journal import DescribeJournal, JournalDescribed, journal_spec
from actors.providers.messages import RECORD_LANE, DescribeProviders, ProvidersDescribed
from actors.telegram.intake import MOST_UNWRITTEN
from actors.telegram.messages import DescribeTelegram, TelegramDescribed
from runtime import Actor, ActorSystem, Address, ChildSpec
from tests.webapp_server.door import ACCESS
from tests.webapp_server.house import DESCRIBED, LANE, Describing, furnish
from webapp_server.server import make_application
from webapp_server.stopping import Stopping

JOURNAL = JournalDescribed(0, {}, 0, 0, {}, None)
Client = TestClient[web.Request, web.Application]


class Intake(Actor):
    """Describes itself as told."""

    def __init__(self, described: TelegramDescribed) -> None:
        super().__init__()
        self._described = described

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, DescribeTelegram):
            self.send(sender, self._described)


@pytest.fixture
async def system() -> AsyncIterator[ActorSystem]:
    system = ActorSystem()
    yield system
    await system.shutdown()


@pytest.fixture
async def client(system: ActorSystem) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_application(system, ACCESS))) as client:
        yield client


async def start_intake(
    system: ActorSystem, *, connected: bool, problem: str | None = None, router: bool = True
) -> None:
    described = TelegramDescribed(connected=connected, last_contact_age_s=0.0, last_problem=problem)
    await system.start(ChildSpec("update_receiver", lambda: Intake(described), well_known=True))
    if router:
        await system.start(ChildSpec("llm_router", Describing, well_known=True))


async def test_liveness_needs_nothing_but_the_loop(client: Client) -> None:
    """Without journal, providers or Telegram the process is still alive."""
    answer = await client.get("/livez")
    assert answer.status == 200
    assert await answer.text() == "ok\n"


async def test_ready_when_the_journal_writes_and_telegram_is_polled(
    system: ActorSystem, client: Client, tmp_path: Path
) -> None:
    """Every check passes and is listed for people."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    await start_intake(system, connected=True)
    answer = await client.get("/readyz?verbose")
    assert answer.status == 200
    assert (await answer.text()).splitlines() == [
        "[+] process: runs",
        "[+] journal: writes",
        "[+] records: 0 of 200000 writes wait",
        "[+] telegram: heard 0 s ago",
        "[+] providers: no lane is away, of 1",
        "ready",
    ]


@pytest.mark.parametrize(("path", "status"), [("/livez", 200), ("/readyz", 200), ("/readyz/providers", 200)])
async def test_an_outage_of_every_provider_restarts_nobody(
    system: ActorSystem, client: Client, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    """The process lives, work may come, and people read that no lane can be used."""
    lanes = tuple(msgspec.structs.replace(LANE, state=state) for state in ("open", "refused"))
    monkeypatch.setitem(DESCRIBED, DescribeProviders, ProvidersDescribed(lanes))
    await furnish(system)
    assert (await client.get(path)).status == status
    assert "[~] providers: lanes that are away: 2 of 2" in await (await client.get("/readyz?verbose")).text()


async def test_with_too_much_unwritten_no_work_is_wanted(
    system: ActorSystem, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the bound at which updates are left with Telegram."""
    full = msgspec.structs.replace(JOURNAL, outbox_pending={RECORD_LANE: MOST_UNWRITTEN})
    monkeypatch.setitem(DESCRIBED, DescribeJournal, full)
    await furnish(system)
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert f"[-] records: {MOST_UNWRITTEN} of {MOST_UNWRITTEN} writes wait" in await answer.text()


async def test_not_ready_says_what_is_missing(system: ActorSystem, client: Client, tmp_path: Path) -> None:
    """Without a connection to Telegram no work should be sent, and the reason stands in the answer."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    await start_intake(system, connected=False, problem="Telegram cannot be reached")
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert "[-] telegram: Telegram cannot be reached" in await answer.text()


async def test_readiness_ends_with_the_order_while_updates_still_come(system: ActorSystem, tmp_path: Path) -> None:
    """Whoever balances is told first: the intake runs on until the drain stops it, and the process lives."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    await start_intake(system, connected=True)
    stopping = Stopping()
    async with TestClient(TestServer(make_application(system, ACCESS, stopping=stopping))) as client:
        assert (await client.get("/readyz")).status == 200
        stopping.ask()
        answer = await client.get("/readyz")
        told = (await answer.text()).splitlines()
        assert answer.status == 503
        assert [line for line in told if line.startswith("[-]")] == ["[-] process: stopping"]
        assert "[+] telegram: heard 0 s ago" in told
        assert (await client.get("/livez")).status == 200


async def test_each_check_can_be_asked_alone(system: ActorSystem, client: Client, tmp_path: Path) -> None:
    """Its own verdict, whatever the others say; an unknown one is not found."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    await start_intake(system, connected=False)
    journal = await client.get("/readyz/journal")
    assert (journal.status, await journal.text()) == (200, "[+] journal: writes\nready\n")
    assert (await client.get("/readyz/telegram")).status == 503
    assert (await client.get("/readyz/moon")).status == 404


async def test_status_names_those_who_do_not_answer(system: ActorSystem, client: Client, tmp_path: Path) -> None:
    """An actor that gives no answer is a reason for a warning, a provider's even here; the rest stands."""
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    await start_intake(system, connected=True, router=False)
    ready = await client.get("/readyz/providers")
    assert (ready.status, await ready.text()) == (200, "[~] providers: gives no answer (AskTimeout)\nready\n")
    document = await (await client.get("/status")).json()
    assert document["status"] == "warn"
    assert any("llm_router" in reason for reason in document["reasons"])
    assert document["journal"]["inbox_pending"] == 0
    assert {"Journal", "Intake"} <= {one["type"] for one in document["types"]}


async def test_status_shows_no_rep(system: ActorSystem, client: Client) -> None:
    """A session's path ends in a rep's Telegram id; neither it nor a name is on the page."""
    described = TelegramDescribed(connected=True, last_contact_age_s=None, last_problem=None)
    await system.start(ChildSpec("session/424242", lambda: Intake(described)))
    assert "424242" not in await (await client.get("/status")).text()
