"""Commands: carried out once confirmed, logged with who gave them, and refused to pages that are not ours."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import encode_basic_auth, web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from actors.journal import Accept, Commit, DeadEntry, NewInboxEntry, journal_spec
from actors.providers.messages import DescribeProviders, PauseProvider, Provider, ProviderPaused, ProvidersDescribed
from actors.providers.secret import Secret
from actors.session.messages import Resume
from runtime import Actor, ActorSystem, Address, ChildSpec
from runtime.testing import settle
from tests.webapp_server.door import ACCESS, with_token
from tests.webapp_server.house import NAMES, Describing
from webapp_server.commands import HEADER
from webapp_server.server import make_application
from webapp_server.stopping import Stopping

Client = TestClient[web.Request, web.Application]
CLI = {HEADER: "1"}


class Recorder(Actor):
    """Keeps what it is sent and takes every pause."""

    def __init__(self, kept: list[object]) -> None:
        super().__init__()
        self._kept = kept

    async def receive(self, message: object, sender: Address) -> None:
        self._kept.append(message)
        if isinstance(message, DescribeProviders):
            self.send(sender, ProvidersDescribed(()))
        if isinstance(message, PauseProvider):
            self.send(sender, ProviderPaused(message.provider, message.for_s))


@pytest.fixture
def routed() -> list[object]:
    return []


@pytest.fixture
def stopping() -> Stopping:
    return Stopping()


@pytest.fixture
async def system(tmp_path: Path, routed: list[object]) -> AsyncIterator[ActorSystem]:
    system = ActorSystem()
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    for name in ("llm_router", "sessions"):
        await system.start(ChildSpec(name, lambda: Recorder(routed), well_known=True))
    for name in set(NAMES) - {"journal", "llm_router"}:
        await system.start(ChildSpec(name, Describing, well_known=True))
    yield system
    await system.shutdown()


@pytest.fixture
async def client(system: ActorSystem, stopping: Stopping) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_application(system, ACCESS, stopping=stopping))) as client:
        yield client


async def give_up_an_update(system: ActorSystem) -> None:
    """An update of a rep that was given up."""
    entry = NewInboxEntry("telegram", 7, "session/42", b"{}")
    await system.ask(system.find("journal"), Accept((entry,)), deadline_s=5)
    dead = (DeadEntry("telegram", 7, "failed: KeyError"),)
    await system.ask(system.find("journal"), Commit("session/42", None, wake=False, dead=dead), deadline_s=5)


async def ordered(client: Client, command: str, **order: Any) -> tuple[int, dict[str, Any]]:
    """The command line's way."""
    async with client.post(f"/status/commands/{command}", json=order, headers=CLI) as answer:
        return answer.status, await answer.json()


async def test_a_restart_goes_through_the_supervisor(system: ActorSystem, client: Client) -> None:
    """The actor begins anew, counted as a restart, with the operator's wish as its last error."""
    status, done = await ordered(client, "restart", target="sessions")
    await settle()
    assert (status, done["done"]) == (200, True)
    row = await (await client.get("/status/actors/sessions")).json()
    assert (row["generation"], row["restarts"], row["last_error"]) == (2, 1, "RestartAsked")
    assert (await ordered(client, "restart", target="nobody"))[0] == 409


async def test_a_drain_is_the_order_to_stop_and_readiness_ends_with_it(client: Client, stopping: Stopping) -> None:
    """`/readyz` says so before anything stops, and the status too; liveness stays."""
    await ordered(client, "drain")
    assert stopping.asked
    assert "[-] process: stopping" in await (await client.get("/readyz")).text()
    assert (await (await client.get("/status")).json())["state"] == "draining"
    assert (await client.get("/livez")).status == 200


async def test_a_provider_is_paused_for_minutes_and_resumed(client: Client, routed: list[object]) -> None:
    """The router gets seconds; no provider of that name, or a pause without end, is refused."""
    await ordered(client, "pause", target="openrouter", minutes=3)
    await ordered(client, "resume", target="openrouter")
    pauses = [message for message in routed if isinstance(message, PauseProvider)]
    assert pauses == [PauseProvider(Provider.OPENROUTER, 180.0), PauseProvider(Provider.OPENROUTER, 0.0)]
    assert (await ordered(client, "pause", target="elsewhere"))[0] == 409
    assert (await ordered(client, "pause", target="openrouter", minutes=1e9))[0] == 409


async def test_what_was_given_up_is_replayed_once(system: ActorSystem, client: Client, routed: list[object]) -> None:
    """Its session is told to take it up; the list names neither rep nor words, and then no longer the entry."""
    await give_up_an_update(system)
    listed = await client.get("/status/given-up")
    assert "session/42" not in await listed.text()
    (entry,) = await listed.json()
    assert (await ordered(client, "replay", target=entry["id"]))[0] == 200
    await settle()
    assert [message for message in routed if isinstance(message, Resume)] == [Resume(actor_key="session/42")]
    assert await (await client.get("/status/given-up")).json() == []
    assert (await ordered(client, "replay", target=entry["id"]))[0] == 409


async def test_what_is_discarded_is_gone(system: ActorSystem, client: Client) -> None:
    """Nobody is told to take it up."""
    await give_up_an_update(system)
    (entry,) = await (await client.get("/status/given-up")).json()
    assert (await ordered(client, "discard", target=entry["id"]))[0] == 200
    assert await (await client.get("/status/given-up")).json() == []


async def test_the_page_asks_before_it_does(system: ActorSystem, client: Client) -> None:
    """Each command is a closed fold with a sentence and a button; its form, and no other, is taken."""
    await give_up_an_update(system)
    page = await (await client.get("/status.html")).text()
    forms = re.findall(r"<details class=\"command\"><summary.*?</details>", page)
    for command in ("restart", "drain", "pause", "replay", "discard"):
        assert any(f'action="/status/commands/{command}"' in form and f"Yes, {command}" in form for form in forms)
    word = re.search(r'name="word" value="([^"]+)"', page)
    assert word is not None
    answer = await client.post(
        "/status/commands/restart", data={"target": "sessions", "word": word[1]}, allow_redirects=False
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/status.html")
    assert "restart sessions. Recorder begins anew" in await (await client.get("/status.html")).text()


@pytest.mark.parametrize(
    ("headers", "order"),
    [
        ({}, {"target": "sessions"}),
        ({}, {"target": "sessions", "word": "guessed"}),
        ({"Sec-Fetch-Site": "cross-site", **CLI}, {"target": "sessions"}),
    ],
)
async def test_a_foreign_page_gives_no_commands(client: Client, headers: dict[str, str], order: dict[str, str]) -> None:
    """Neither a form without our word nor a script from elsewhere; nothing is restarted."""
    answer = await client.post("/status/commands/restart", data=order, headers=headers)
    assert answer.status == 403
    assert (await (await client.get("/status/actors/sessions")).json())["generation"] == 1


async def test_commands_are_posted(client: Client) -> None:
    """A link or a picture gives none; unknown ones and nonsense are refused."""
    assert (await client.get("/status/commands/drain")).status == 405
    assert (await client.post("/status/commands/explode", headers=CLI)).status == 404
    assert (await client.post("/status/commands/pause", data={"minutes": "long"}, headers=CLI)).status == 400


async def test_a_name_that_only_leads_here_shows_nothing(client: Client) -> None:
    """Without a token the pages answer to this machine's own names, not to a foreign one that resolves to it."""
    for path in ("/status", "/metrics", "/status/given-up"):
        assert (await client.get(path, headers={"Host": "rebound.example"})).status == 403


async def test_each_command_is_logged_with_who_gave_it_and_no_token(system: ActorSystem, stopping: Stopping) -> None:
    """Name and address, the command, its target and what came of it."""
    access = with_token(Secret("a-planted-token"))
    async with TestClient(TestServer(make_application(system, access, stopping=stopping))) as client:
        url = "/status/commands/restart"
        assert (await client.post(url, json={"target": "sessions"}, headers=CLI)).status == 401
        with capture_logs() as logs:
            known = CLI | {"Authorization": encode_basic_auth("dana<script>", "a-planted-token")}
            assert (await client.post(url, json={"target": "sessions"}, headers=known)).status == 200
    (line,) = [log for log in logs if log["event"] == "operator_command"]
    assert (line["command"], line["target"], line["done"]) == ("restart", "sessions", True)
    assert line["by"].startswith("danascript at 127.0.0.1")
    assert "a-planted-token" not in repr(logs)
