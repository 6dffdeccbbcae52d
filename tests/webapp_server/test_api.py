"""The Mini App's API over real sockets, a real journal, a real database and real sessions."""

import asyncio
import json
import re
from typing import Any

import pytest
from aiohttp import ClientResponse, web

from actors import record_gate
from coaching.rows import row_id
from storage import from_text, to_text
from tests.actors.session.world import PROSPECT, answer
from tests.webapp_server.api_house import RUN, Client, enter
from tests.webapp_server.door import init_data
from webapp_server.access_token import LIFETIME_S
from webapp_server.events import EARLY_S, Streams
from webapp_server.init_data import LOGIN_AGE_S
from webapp_server.rate_limit import BURST

OWN = "/api/openapi.json"


async def error(reply: ClientResponse) -> str:
    """The sentence with which a request was refused."""
    return str((await reply.json())["error"])


async def test_whoever_telegram_names_comes_in(client: Client) -> None:
    """A signed page gets a token and learns where its link led."""
    data = init_data(7, "anna", start_param="leads")
    reply = await client.post("/api/auth", headers={"Authorization": f"tma {data}"})
    session = await reply.json()
    assert (session["expires_in"], session["start"]) == (900, "leads")
    me = await (await client.get("/api/me", headers={"Authorization": f"Bearer {session['token']}"})).json()
    assert (me["telegram_id"], me["set_up"], me["provider"]) == (7, True, "OpenRouter")


@pytest.mark.parametrize("authorization", ["", "tma", "tma nonsense", f"tma {init_data(7, 'anna', age_s=4000)}"])
async def test_nobody_else_does(client: Client, authorization: str) -> None:
    """Unsigned and old data are refused alike."""
    reply = await client.post("/api/auth", headers={"Authorization": authorization})
    assert reply.status == 401
    assert "Open it again from the chat" in await error(reply)


async def test_the_page_admits_whom_the_chat_admits(client: Client) -> None:
    """Someone who is not on the list gets the chat's own sentence and no token."""
    reply = await client.post("/api/auth", headers={"Authorization": f"tma {init_data(9, 'stranger')}"})
    assert reply.status == 403
    assert "@stranger" in await error(reply)


async def test_a_token_is_renewed_with_older_data(client: Client) -> None:
    """Data too old for a login still renews a token that is valid; without one, or with another's, it does not."""
    old = f"tma {init_data(7, 'anna', age_s=LOGIN_AGE_S + 100)}"
    mine = (await enter(client))["Authorization"].removeprefix("Bearer ")
    others = (await enter(client, 8, "ben"))["Authorization"].removeprefix("Bearer ")
    for token, status in ((mine, 200), (others, 401), ("", 401)):
        headers = {"Authorization": old, "X-Access-Token": token}
        assert (await client.post("/api/auth/renew", headers=headers)).status == status


@pytest.mark.parametrize("path", ["me", "cases", f"cases/{RUN}", "events"])
async def test_nothing_is_shown_without_a_token(client: Client, path: str) -> None:
    """Neither no token nor a made-up one shows anything."""
    for headers in ({}, {"Authorization": "Bearer made.up.token"}):
        reply = await client.get(f"/api/{path}", headers=headers)
        assert reply.status == 401


async def test_a_rep_sees_their_own_and_nobody_elses(client: Client) -> None:
    """Ben does not see Anna's case, not even by its id."""
    anna, ben = await enter(client), await enter(client, 8, "ben")
    id_ = row_id(RUN, "support_sessions")
    seen = await (await client.get(f"/api/cases/{id_}", headers=anna)).json()
    assert seen["answer"]["draft"]["message"] == answer().draft.message
    assert seen["at"] == from_text(to_text(1_700_000_000))
    assert (await client.get(f"/api/cases/{id_}", headers=ben)).status == 404
    assert (await (await client.get("/api/cases", headers=ben)).json())["cases"] == []


async def test_a_change_is_done_once_and_shown(client: Client) -> None:
    """The answer is the view that follows; the same key again changes nothing more."""
    anna = await enter(client) | {"Idempotency-Key": "k1"}
    change = {"time_zone": "berlin", "quiet_from": 22, "quiet_to": 7, "reminders": False}
    first = await (await client.post("/api/me/settings", json=change, headers=anna)).json()
    assert first["settings"]["time_zone"] == "Europe/Berlin"
    other = change | {"quiet_from": 0}
    again = await (await client.post("/api/me/settings", json=other, headers=anna)).json()
    assert again == first


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("me/settings", b"{", 400),
        ("me/settings", b"{}", 400),
        ("me/settings", b'{"time_zone": 1}', 400),
        ("cases", json.dumps({"text": "short"}).encode(), 409),
        ("cases", json.dumps({"text": f"{PROSPECT} sk-or-v1-planted-0123456789"}).encode(), 409),
        ("cases", json.dumps({"text": PROSPECT, "more": 1}).encode(), 400),
        ("cases", b'{"text": "' + b"x" * 70_000 + b'"}', 413),
        ("nothing", b"", 404),
    ],
)
async def test_what_cannot_be_done_gets_one_sentence(client: Client, path: str, body: bytes, status: int) -> None:
    """Unreadable, incomplete, too short, too large, nowhere: each is refused in words and changes nothing."""
    anna = await enter(client)
    reply = await client.post(f"/api/{path}", data=body, headers=anna)
    assert reply.status == status
    assert (await error(reply)).endswith(".")
    assert (await (await client.get("/api/cases", headers=anna)).json())["working"] == []


async def test_while_the_records_lag_too_far_nothing_new_is_taken_in(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the bound of waiting writes an action is refused with one sentence; looking and stopping work as ever."""
    monkeypatch.setattr(record_gate, "MOST_UNWRITTEN", 0)
    headers = await enter(client)
    refused = await client.post("/api/me/settings", headers=headers, json={"reminders": False})
    assert refused.status == 503
    assert "try again in a few minutes" in await error(refused)
    assert (await client.get("/api/me", headers=headers)).status == 200
    stopped = await client.post("/api/jobs/cancel", headers=headers)
    assert stopped.status == 409
    assert "records" not in await error(stopped)


async def test_a_prospect_handed_in_on_the_page_waits_in_the_same_line(client: Client) -> None:
    """It is worked on by the session as one from the chat would be."""
    reply = await client.post("/api/cases", json={"text": PROSPECT}, headers=await enter(client))
    assert [one["preview"] for one in (await reply.json())["working"]] == [PROSPECT]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"change": "shorter"}, 200),
        ({"change": "bolder"}, 200),
        ({"change": "again"}, 200),
        ({"change": "tell", "text": "Mention the trial"}, 200),
        ({"change": "tell", "text": " "}, 409),
        ({"change": "longer"}, 400),
    ],
)
async def test_a_draft_is_changed_on_the_page(client: Client, body: dict[str, str], status: int) -> None:
    """A change joins the line of work, can be stopped there, and is the owner's alone to ask for."""
    anna, ben = await enter(client), await enter(client, 8, "ben")
    path = f"/api/cases/{row_id(RUN, 'support_sessions')}/revise"
    if status != 400:
        assert (await client.post(path, json=body, headers=ben)).status == 404
    assert (await client.post(path, json=body, headers=anna)).status == status
    working = (await (await client.get("/api/cases", headers=anna)).json())["working"]
    assert len(working) == (status == 200)
    stopped = await client.post("/api/jobs/cancel", headers=anna)
    assert stopped.status == (200 if status == 200 else 409)


async def test_what_is_known_is_not_sent_again(client: Client) -> None:
    """The tag of an answer spares its body until something changes."""
    anna = await enter(client)
    first = await client.get("/api/me", headers=anna)
    again = await client.get("/api/me", headers=anna | {"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    change = {"time_zone": "UTC", "quiet_from": 1, "quiet_to": 2, "reminders": True}
    await client.post("/api/me/settings", json=change, headers=anna)
    assert (await client.get("/api/me", headers=anna | {"If-None-Match": first.headers["ETag"]})).status == 200


async def test_too_much_at_once_is_told_when_to_come_again(client: Client) -> None:
    """One rep's flood is refused; another rep is served meanwhile."""
    anna, ben = await enter(client), await enter(client, 8, "ben")
    replies = await asyncio.gather(*(client.get("/api/me", headers=anna) for _ in range(4 * BURST)))
    refused = [reply for reply in replies if reply.status == 429]
    assert refused
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert (await client.get("/api/me", headers=ben)).status == 200


async def test_an_open_page_hears_what_changed(client: Client) -> None:
    """A change made elsewhere arrives as an event that names the tables, and only with its owner."""
    anna, ben = await enter(client), await enter(client, 8, "ben")
    async with client.get("/api/events", headers=anna) as mine, client.get("/api/events", headers=ben) as other:
        assert mine.content_type == "text/event-stream"
        change = {"time_zone": "UTC", "quiet_from": 1, "quiet_to": 2, "reminders": True}
        await client.post("/api/me/settings", json=change, headers=anna)
        heard = await _event(mine)
        assert json.loads(heard) == ["users"]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await _event(other)


async def test_a_stream_ends_before_its_token(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the page can renew the token and open the next one."""
    asked: list[float] = []

    async def serve(self: Streams, request: web.Request, telegram_id: int, *, lifetime_s: float) -> web.Response:
        asked.append(lifetime_s)
        return web.Response()

    monkeypatch.setattr(Streams, "serve", serve)
    await client.get("/api/events", headers=await enter(client))
    assert LIFETIME_S - EARLY_S - 5 < asked[0] <= LIFETIME_S - EARLY_S


async def _event(stream: ClientResponse) -> str:
    async for line in stream.content:
        if line.startswith(b"data: "):
            return line[6:].decode()
    raise AssertionError("the stream ended")


async def test_every_answer_keeps_others_out(client: Client) -> None:
    """Security headers stand on what is shown and on what is refused."""
    for path in ("/api/me", "/livez", "/nowhere", "/api/nowhere"):
        headers = (await client.get(path)).headers
        assert "frame-ancestors" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


async def test_the_document_describes_every_route(client: Client) -> None:
    """Each is there, nothing else is, and each reference leads somewhere."""
    document: dict[str, Any] = await (await client.get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    text = json.dumps(document)
    for name in {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]
    described = {(way, path) for path, ways in document["paths"].items() for way in ways}
    served = {
        (route.method.lower(), re.sub(r":[^}]+}", "}", route.resource.canonical))
        for route in client.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert described == {(way, path) for way, path in served if path.startswith("/api/")} - {("get", OWN)}
