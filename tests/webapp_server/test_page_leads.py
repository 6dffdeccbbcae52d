"""The rep's leads over the API: what the page shows and does is what the chat shows and does."""

import asyncio
import json
import time
from typing import Any

import msgspec
import pytest

from actors.session.page_leads import PAGE
from coaching.rows import row_id
from storage import SqliteStore, to_text, user_id
from tests.actors.session.leading import DAY, lead, plan
from tests.webapp_server.api_house import Client, enter

MARIA = row_id("maria", "lead_registry")
OTTO = row_id("otto", "lead_registry")
BENS = row_id("bens", "lead_registry")
ACTIONS = {
    "status": {"status": "reached_out"},
    "note": {"text": "Likes short letters"},
    "edit": {"name": "Maria Lind", "title": "COO", "company": "Nord", "location": "Oslo"},
    "delete": {},
    "outcome": {"text": "The price"},
    "plan": {},
    "steps/0": {"plan_id": "plan1", "change": "done"},
    "remind": {"choice": "1d"},
    "research": {},
    "news": {"text": "She answered and asks for numbers"},
    "advise": {},
    "analyse": {},
}


@pytest.fixture
async def leads(store: SqliteStore) -> None:
    """Anna has two leads, the first with a plan; Ben has one."""
    now = time.time()
    begun: dict[str, Any] = {"engagement_plan": msgspec.to_builtins(plan(now - DAY)), "next_followup": to_text(now)}
    rows = [lead(MARIA, now - DAY, **begun), lead(OTTO, now - 2 * DAY, prospect_name="Otto Berg", status="closed_lost")]
    await store.insert("users", [await ben(store)])
    bens = lead(BENS) | {"telegram_id": 8, "user_id": user_id(8)}
    for row in (*rows, bens):
        await store.insert("lead_registry", [row])


async def ben(store: SqliteStore) -> dict[str, Any]:
    """Ben's row, as like Anna's as may be."""
    anna = (await store.select("users"))[0]
    return {**anna, "id": user_id(8), "telegram_id": 8, "username": "ben", "first_name": "Ben"}


async def get(client: Client, path: str, headers: dict[str, str]) -> dict[str, Any]:
    """A view."""
    reply = await client.get(f"/api/{path}", headers=headers)
    assert reply.status == 200, await reply.text()
    shown: dict[str, Any] = await reply.json()
    return shown


async def act(client: Client, path: str, body: object, headers: dict[str, str]) -> dict[str, Any]:
    """Do something; the view that follows."""
    reply = await client.post(f"/api/leads/{path}", json=body, headers=headers)
    assert reply.status == 200, await reply.text()
    shown: dict[str, Any] = await reply.json()
    return shown


@pytest.mark.usefixtures("leads")
async def test_the_list_is_searched_and_filtered(client: Client) -> None:
    """Words, a status and both narrow the list; the whole is counted beside it."""
    anna = await enter(client)
    assert (await get(client, "leads", anna))["total"] == 2
    for query, found in (("search=otto", [OTTO]), ("status=open", [MARIA]), ("search=otto&status=open", [])):
        page = await get(client, f"leads?{query}", anna)
        assert [one["id"] for one in page["leads"]] == found
    columns = {one["status"]: one["count"] for one in (await get(client, "leads/board", anna))["columns"]}
    assert (columns["analyzed"], columns["closed_lost"], columns["closed_won"]) == (1, 1, 0)


@pytest.mark.parametrize("query", ["status=nothing", "page=x", "page=-1", "page=٣", "page=1234567"])
async def test_a_list_nobody_offers_is_not_there(client: Client, query: str) -> None:
    """Statuses and pages that do not exist are refused in words."""
    assert (await client.get(f"/api/leads?{query}", headers=await enter(client))).status == 404


async def test_a_page_of_leads_is_small(client: Client, store: SqliteStore) -> None:
    """A hundred leads with long names come in pages of less than 30 kB, each lead on one of them."""
    long: dict[str, Any] = {"prospect_name": "N" * 200, "prospect_company": "C" * 200, "prospect_title": "T" * 200}
    for number in range(100):
        await store.insert("lead_registry", [lead(row_id(str(number), "lead_registry"), **long)])
    anna, seen = await enter(client), set()
    for page in range(100 // PAGE):
        reply = await client.get(f"/api/leads?page={page}", headers=anna)
        assert len(await reply.read()) < 30_000
        seen |= {one["id"] for one in (await reply.json())["leads"]}
    assert len(seen) == 100
    assert len(await (await client.get("/api/leads/board", headers=anna)).read()) < 30_000


@pytest.mark.usefixtures("leads")
async def test_everything_that_is_done_is_shown(client: Client) -> None:
    """Status, note, fields, step and reminder change the lead that comes back, and its history tells of it."""
    anna = await enter(client)
    assert (await act(client, f"{MARIA}/note", ACTIONS["note"], anna))["notes"] == "Likes short letters"
    assert (await act(client, f"{MARIA}/edit", ACTIONS["edit"], anna))["location"] == "Oslo"
    assert (await act(client, f"{MARIA}/status", ACTIONS["status"], anna))["line"]["status"] == "reached_out"
    done = await act(client, f"{MARIA}/steps/0", ACTIONS["steps/0"], anna)
    assert (done["plan"]["steps"][0]["status"], done["plan"]["next"]) == ("done", 1)
    undone = await act(client, f"{MARIA}/steps/0", {"plan_id": "plan1", "change": "undo"}, anna)
    assert undone["plan"]["next"] == 0
    put_off = await act(client, f"{MARIA}/remind", {"choice": "7d"}, anna)
    assert put_off["line"]["remind_at"] > undone["line"]["remind_at"]
    assert {"status_change", "step_done", "step_undo"} <= {one["kind"] for one in put_off["history"]}
    assert "plan" in (await act(client, f"{MARIA}/plan", {}, anna))["working"]
    gone = await act(client, f"{MARIA}/delete", {}, anna)
    assert [one["id"] for one in gone["leads"]] == [OTTO]


@pytest.mark.usefixtures("leads")
async def test_an_outcome_is_told_of_a_closed_lead(client: Client) -> None:
    """What decided it is kept with the closed one and refused of the open one."""
    anna = await enter(client)
    assert (await act(client, f"{OTTO}/outcome", {"text": "The price"}, anna))["outcome"] == "The price"
    assert (await client.post(f"/api/leads/{MARIA}/outcome", json={"text": "x"}, headers=anna)).status == 409


@pytest.mark.usefixtures("leads")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("note", {"text": " "}),
        ("note", {"text": "x" * 4_001}),
        ("note", {"text": "My key is sk-or-v1-planted-0123456789"}),
        ("edit", {"name": "sk-ant-planted-0123456789", "title": "", "company": "", "location": ""}),
        ("edit", {"name": "", "title": "", "company": "", "location": ""}),
        ("status", {"status": "analyzed"}),
        ("steps/0", {"plan_id": "older", "change": "done"}),
        ("steps/99", {"plan_id": "plan1", "change": "done"}),
        ("steps/0", {"plan_id": "plan1", "change": "undo"}),
    ],
)
async def test_what_the_chat_refuses_the_page_refuses(client: Client, path: str, body: object) -> None:
    """What cannot be is refused in one sentence and changes nothing."""
    anna = await enter(client)
    before = await get(client, f"leads/{MARIA}", anna)
    reply = await client.post(f"/api/leads/{MARIA}/{path}", json=body, headers=anna)
    assert reply.status == 409
    assert (await reply.json())["error"]
    assert await get(client, f"leads/{MARIA}", anna) == before


@pytest.mark.usefixtures("leads")
@pytest.mark.parametrize("path", ACTIONS)
async def test_another_reps_lead_is_not_there(client: Client, store: SqliteStore, path: str) -> None:
    """Anna can neither see nor touch Ben's lead by its id."""
    anna = await enter(client)
    before = await store.select("lead_registry")
    reply = await client.post(f"/api/leads/{BENS}/{path}", json=ACTIONS[path], headers=anna)
    assert reply.status == 404
    assert (await client.get(f"/api/leads/{BENS}", headers=anna)).status == 404
    assert await store.select("lead_registry") == before


@pytest.mark.usefixtures("leads")
async def test_the_same_key_adds_one_note(client: Client) -> None:
    """A note that is sent twice with one key stands there once."""
    anna = await enter(client) | {"Idempotency-Key": "once"}
    for _ in range(2):
        shown = await act(client, f"{MARIA}/note", ACTIONS["note"], anna)
    assert shown["notes"] == "Likes short letters"


@pytest.mark.usefixtures("leads")
async def test_an_open_page_hears_of_a_lead_within_a_second(client: Client) -> None:
    """The event that names the leads' table comes at once."""
    anna = await enter(client)
    async with client.get("/api/events", headers=anna) as stream:
        await act(client, f"{MARIA}/status", ACTIONS["status"], anna)
        async with asyncio.timeout(1.0):
            async for line in stream.content:
                if line.startswith(b"data: "):
                    assert "lead_registry" in json.loads(line[6:])
                    return


@pytest.mark.usefixtures("leads")
async def test_the_dashboard_tells_what_is_due(client: Client) -> None:
    """The plan's first step is due; there is a drill of the day; a rep who is not set up is told to be."""
    shown = await get(client, "dashboard", await enter(client))
    assert [(one["lead_id"], one["number"], one["title"]) for one in shown["today"]] == [(MARIA, 0, "Send the numbers")]
    assert (shown["due"], shown["standing"]["level"], shown["streak_days"]) == (1, 1, 0)
    assert shown["drill"]["scenario_id"]
    again = await get(client, "dashboard", await enter(client))
    assert again["drill"] == shown["drill"]


async def test_a_dashboard_needs_the_set_up(client: Client) -> None:
    """Someone who has not chosen a provider is told to do so in the chat."""
    reply = await client.get("/api/dashboard", headers=await enter(client, 8, "ben"))
    assert reply.status == 409
