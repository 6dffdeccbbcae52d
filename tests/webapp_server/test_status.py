"""The status: one observation as JSON and as a page, stable names, nobody's data, and stuck actors in it."""

import asyncio
import json
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import parser

from runtime import Actor, ActorSystem, Address, ChildSpec
from runtime.testing import settle
from tests.webapp_server.door import ACCESS
from tests.webapp_server.house import NAMES, PLANTED, REP, furnish, plant
from webapp_server.http_times import UNMATCHED
from webapp_server.markup import spent
from webapp_server.overview import Overview
from webapp_server.server import OBSERVER, make_application

Client = TestClient[web.Request, web.Application]
SCHEMA = Path(__file__).parent / "status_schema.json"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = (
    "/status",
    "/status.html",
    "/status/actors",
    "/status/deadletters",
    "/status/given-up",
    "/metrics",
    "/readyz?verbose",
    "/livez",
)


class Stuck(Actor):
    """Waits inside a turn until it is let go."""

    def __init__(self, free: asyncio.Event) -> None:
        super().__init__()
        self._free = free

    async def receive(self, message: object, sender: Address) -> None:
        await self._free.wait()


@pytest.fixture
async def system() -> AsyncIterator[ActorSystem]:
    system = ActorSystem()
    await furnish(system)
    yield system
    await system.shutdown()


@pytest.fixture
async def client(system: ActorSystem) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_application(system, ACCESS))) as client:
        yield client


def names(schema: object) -> object:
    """The schema without the words that describe it."""
    if isinstance(schema, dict):
        return {key: names(value) for key, value in schema.items() if key not in ("description", "title")}
    return [names(value) for value in schema] if isinstance(schema, list | tuple) else schema


def test_names_are_added_and_never_change() -> None:
    """The document's fields and types are those kept beside this test; a new field is added there with it."""
    assert names(msgspec.json.schema(Overview)) == json.loads(SCHEMA.read_text(encoding="utf-8"))


async def test_the_document_fits_its_schema(client: Client) -> None:
    """What is served decodes into the described types, field by field."""
    body = await (await client.get("/status")).read()
    overview = msgspec.json.decode(body, type=Overview)
    assert set(json.loads(body)) == {field.name for field in msgspec.structs.fields(Overview)}
    assert (overview.status, overview.state) == ("warn", "running")  # an uncertain send wants to be looked at
    assert overview.providers is not None
    assert overview.providers.lanes[0].in_flight == 2


async def test_page_and_document_tell_the_same(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser gets the page at the same address; every field of the head, types and lanes are the document's."""
    monkeypatch.setenv("RAILWAY_GIT_COMMIT_SHA", "0123456789abcdef")
    overview = msgspec.json.decode(await (await client.get("/status")).read(), type=Overview)
    answer = await client.get("/status", headers=BROWSER)
    text = unescape(await answer.text())
    assert answer.content_type == "text/html"
    assert overview.now.isoformat() in text
    assert overview.started_at.isoformat() in text
    assert f'data-schema="{overview.schema}"' in text
    assert f"<title>! {overview.service} {overview.state}</title>" in text
    assert f"{overview.service} {overview.version} ({(overview.commit or '')[:7]}) · " in text
    assert overview.commit == "0123456789abcdef"
    assert 'class="warn"' in text
    assert f"up {spent(overview.uptime_s)}" in text
    for told in (*overview.reasons, *(row.type for row in overview.types), overview.providers.lanes[0].lane):  # type: ignore[union-attr]
        assert told in text
    assert overview.process.open_fds == overview.process.open_files
    for told in (
        "2 of 6",
        "75%",
        "42 s",
        "4,321",
        "765",
        "0.37",
        "rate_limited",
        "<dd>3, 5, 7</dd>",
        "p99 250 ms",
    ):
        assert told in text


async def test_requests_are_timed_by_route(client: Client) -> None:
    """The template, never the path; what matches no route is one series, refusals count too."""
    for path in ("/livez", "/status/actors/nobody", "/status/actors/somebody", "/nowhere", "/elsewhere"):
        await client.get(path)
    client.app[OBSERVER].renew()
    told = parser.text_string_to_metric_families(await (await client.get("/metrics")).text())
    family = next(one for one in told if one.name == "cornerman_http_request_duration_seconds")
    counts = {
        (sample.labels["route"], sample.labels["outcome"]): sample.value
        for sample in family.samples
        if sample.name.endswith("_count")
    }
    assert counts == {("/livez", "2xx"): 1, ("/status/actors/{id}", "4xx"): 2, (UNMATCHED, "4xx"): 2}


async def test_the_page_needs_nothing_from_elsewhere(client: Client) -> None:
    """Script and style are our own files; the policy admits no others, no frames and no foreign forms."""
    answer = await client.get("/status.html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http://" not in (page := await answer.text())
    assert "https://" not in page
    assert "style=" not in page
    for asset in ("/status/page.css", "/status/page.js"):
        assert asset in page
        assert (await client.get(asset)).status == 200


async def test_nobodys_data_is_on_any_page(system: ActorSystem, client: Client) -> None:
    """Words, names, keys and ids that went through actors, errors and dead letters appear on none of them."""
    await plant(system)
    await settle()
    listed = await (await client.get("/status/actors")).json()
    pages = [*PAGES, *(f"/status/actors/{row['id']}" for row in listed["actors"])]
    assert {"Session", "Sessions", "Describing"} <= {row["type"] for row in listed["actors"]}
    for path in pages:
        text = await (await client.get(path)).text()
        assert not [secret for secret in PLANTED if secret in text], path
    assert "ValueError" in await (await client.get("/status/actors?sort=restarts")).text()


async def test_a_reps_actor_has_a_pseudonym_that_finds_it(system: ActorSystem, client: Client) -> None:
    """The list names it by a pseudonym; the path, which tells the rep, finds nothing."""
    await plant(system)
    await settle()
    (row,) = (await (await client.get("/status/actors?type=Session")).json())["actors"]
    found = await (await client.get(f"/status/actors/{row['id']}")).json()
    assert (found["type"], found["parent"], found["restarts"]) == ("Session", "sessions", 1)
    assert (await client.get(f"/status/actors/sessions/telegram/{REP}")).status == 404


async def test_actors_are_listed_by_what_is_asked(system: ActorSystem, client: Client) -> None:
    """By type and state, the largest first, never more than asked; nonsense is refused."""
    listed = await (await client.get("/status/actors?type=Describing&state=idle&sort=handled&limit=2")).json()
    assert listed["matching"] == len(NAMES)
    assert len(listed["actors"]) == 2
    rest = await (await client.get("/status/actors?type=Describing&sort=handled&skip=2")).json()
    assert len(rest["actors"]) == len(NAMES) - 2
    assert not {row["id"] for row in rest["actors"]} & {row["id"] for row in listed["actors"]}
    assert (await client.get("/status/actors?sort=name")).status == 400
    assert (await client.get("/status/actors?limit=many")).status == 400


async def test_a_browser_gets_pages_of_actors(system: ActorSystem, client: Client) -> None:
    """The same rows at the same addresses, linked, each with its restart that asks first; nobody's data on them."""
    await plant(system)
    await settle()
    (row,) = (await (await client.get("/status/actors?type=Session")).json())["actors"]
    listed = await client.get("/status/actors?type=Session", headers=BROWSER)
    assert (
        listed.headers["Content-Security-Policy"]
        == (await client.get("/status.html")).headers["Content-Security-Policy"]
    )
    text = unescape(await listed.text())
    assert f"/status/actors/{row['id']}" in text
    whole = unescape(await (await client.get(f"/status/actors/{row['id']}", headers=BROWSER)).text())
    for told in (row["id"], row["last_error"], "/status/actors/sessions", "Yes, restart"):
        assert told in whole
    assert not [planted for planted in PLANTED if planted in text or planted in whole]
    assert (await client.get("/status/actors/nobody", headers=BROWSER)).status == 404


async def test_a_long_list_of_actors_goes_on_over_the_page(client: Client) -> None:
    """Each part says which it is and leads to the next; the last one, and one past the end, lead nowhere."""
    first = unescape(await (await client.get("/status/actors?type=Describing&limit=2", headers=BROWSER)).text())
    assert f"1 to 2 of {len(NAMES)}" in first
    assert 'href="/status/actors?type=Describing&limit=2&skip=2"' in first
    last = unescape(
        await (await client.get(f"/status/actors?type=Describing&skip={len(NAMES) - 1}", headers=BROWSER)).text()
    )
    assert f"{len(NAMES)} to {len(NAMES)} of {len(NAMES)}" in last
    past = unescape(await (await client.get("/status/actors?type=Describing&skip=99", headers=BROWSER)).text())
    assert "None is up now." in past
    assert ">More<" not in last + past


async def test_a_stuck_actor_shows_with_where_it_waits(system: ActorSystem, client: Client) -> None:
    """It cannot answer, so it is read from outside: its message, its growing age and its place in the code."""
    free = asyncio.Event()
    stuck = await system.start(ChildSpec("stuck", lambda: Stuck(free)))
    system.send(stuck, "work")
    await settle()
    row = await (await client.get("/status/actors/stuck")).json()
    assert (row["state"], row["current"]) == ("running", "str")
    assert "test_status.py" in row["waits_at"][0]
    assert "wait" in row["waits_at"][-1]
    assert row["waits_at"][0] in unescape(await (await client.get("/status/actors/stuck", headers=BROWSER)).text())
    later = await (await client.get("/status/actors/stuck")).json()
    assert later["running_s"] > row["running_s"]
    free.set()


async def test_the_last_errors_are_told_by_type(system: ActorSystem, client: Client) -> None:
    """With the system, with the actor's type and with the actor itself; the page shows what the document has."""
    await plant(system)
    await settle()
    client.app[OBSERVER].renew()
    overview = msgspec.json.decode(await (await client.get("/status")).read(), type=Overview)
    told = [(one.target_type, one.message_type, one.error_type) for one in overview.errors]
    assert set(told) == {("Session", "Told", "ValueError")}
    (row,) = (row for row in overview.types if row.type == "Session")
    assert row.last_error == overview.errors[0]
    page = await (await client.get("/status", headers=BROWSER)).text()
    assert page.count("<mark>ValueError</mark>") >= len(overview.errors)
    lost = page[page.index("Not delivered") :]
    assert "stopped" in lost  # what failed is among the errors, and there alone
    assert "<td>failed</td>" not in lost
    (session,) = (await (await client.get("/status/actors?type=Session")).json())["actors"]
    whole = await (await client.get(f"/status/actors/{session['id']}")).json()
    assert [error["error_type"] for error in whole["errors"]] == ["ValueError"]
    assert "Last errors" in await (await client.get(f"/status/actors/{session['id']}", headers=BROWSER)).text()


async def test_a_supervisor_shows_its_policy_and_what_of_it_is_used(system: ActorSystem, client: Client) -> None:
    """Strategy, bound and window with the restarts of that window, and how old this generation is."""
    await plant(system)
    await settle()
    sessions = await (await client.get("/status/actors/sessions")).json()
    assert sessions["supervision"]["strategy"] == "one_for_one"
    assert (sessions["supervision"]["intensity"], sessions["restarts_lately"]) == (3, 1)
    assert sessions["age_s"] > 0
    page = unescape(await (await client.get("/status/actors/sessions", headers=BROWSER)).text())
    assert "one for one, 1 of 3 restarts in 5 s used" in page
    assert (await (await client.get("/status/actors/journal")).json())["supervision"] is None


async def test_a_type_shows_the_deepest_mailbox_and_the_oldest_message(system: ActorSystem, client: Client) -> None:
    """What waits behind a stuck turn, as depth and age."""
    free = asyncio.Event()
    stuck = await system.start(ChildSpec("stuck", lambda: Stuck(free)))
    for _ in range(4):
        system.send(stuck, "work")
    await settle()
    client.app[OBSERVER].renew()
    overview = msgspec.json.decode(await (await client.get("/status")).read(), type=Overview)
    (row,) = (row for row in overview.types if row.type == "Stuck")
    assert (row.mailbox.depth_max, row.in_flight) == (3, 1)
    assert (row.mailbox.oldest_age_s or 0.0) > 0
    free.set()


async def test_dead_letters_are_listed_newest_first(system: ActorSystem, client: Client) -> None:
    """Type, target and reason, without the content."""
    await plant(system)
    await settle()
    rows = await (await client.get("/status/deadletters")).json()
    assert {(row["message_type"], row["reason"]) for row in rows} >= {("Told", "failed"), ("Told", "stopped")}
    assert [row["age_s"] for row in rows] == sorted(row["age_s"] for row in rows)
    assert {row["error_type"] for row in rows if row["reason"] == "failed"} == {"ValueError"}
    assert all(row["at"] > 0 for row in rows)


async def test_many_looks_are_one_observation(client: Client) -> None:
    """However many pages are open, the system is observed once a second."""
    first = await (await client.get("/status")).json()
    assert (await (await client.get("/status")).json())["now"] == first["now"]
