"""The team's leads over the API: an admin hands one to another rep, with all that belongs to it."""

import asyncio

import pytest

from coaching.rows import row_id
from storage import SqliteStore, user_id
from tests.actors.session.leading import planned_lead
from tests.webapp_server.api_house import Client, enter
from tests.webapp_server.test_page_leads import ben, get
from tests.webapp_server.test_page_practice import act, refused

MARIA = row_id("maria", "lead_registry")


@pytest.fixture
async def bens_lead(store: SqliteStore) -> None:
    """Ben has a lead with a plan; Anna, the admin, has none."""
    await store.insert("users", [await ben(store)])
    await store.insert("lead_registry", [planned_lead(lead_id=MARIA) | {"telegram_id": 8, "user_id": user_id(8)}])


async def until_theirs(client: Client, headers: dict[str, str]) -> None:
    """Wait until the rep has the lead; asked so seldom that the rate limit is not met."""
    while not (await get(client, "leads", headers))["leads"]:
        for _ in range(2_000):
            await asyncio.sleep(0)


@pytest.mark.usefixtures("bens_lead")
async def test_a_lead_is_handed_over_whole(client: Client) -> None:
    """The new owner has it with plan, notes and history, the former one nothing; the admin sees it at once."""
    anna, other = await enter(client), await enter(client, 8, "ben")
    await act(client, f"leads/{MARIA}/note", other, {"text": "Prefers mornings"})
    before = await get(client, f"leads/{MARIA}", other)
    shown = await act(client, f"admin/leads/{MARIA}/assign", anna, {"telegram_id": 7})
    assert [(one["id"], one["owner"]["telegram_id"]) for one in shown["leads"]] == [(MARIA, 7)]
    await until_theirs(client, anna)
    after = await get(client, f"leads/{MARIA}", anna)
    assert (after["plan"]["goal"], after["notes"]) == (before["plan"]["goal"], before["notes"])
    assert [one["kind"] for one in after["history"]] == [one["kind"] for one in before["history"]]
    assert (await get(client, "leads", other))["leads"] == []
    assert (await client.get(f"/api/leads/{MARIA}", headers=other)).status == 404
    assert await refused(client, f"admin/leads/{MARIA}/assign", anna, {"telegram_id": 7}) == 409


@pytest.mark.usefixtures("bens_lead")
async def test_an_admin_hands_over_their_own(client: Client) -> None:
    """There and back."""
    anna, other = await enter(client), await enter(client, 8, "ben")
    await act(client, f"admin/leads/{MARIA}/assign", anna, {"telegram_id": 7})
    await until_theirs(client, anna)
    await act(client, f"admin/leads/{MARIA}/assign", anna, {"telegram_id": 8})
    await until_theirs(client, other)
    assert (await get(client, "leads", anna))["leads"] == []


@pytest.mark.usefixtures("bens_lead")
async def test_somebody_shut_out_gives_and_does_not_get(client: Client) -> None:
    """Who may not use the coach is given nothing, and what they had is handed to others."""
    anna = await enter(client)
    await enter(client, 8, "ben")
    await act(client, "admin/reps/8/revoke", anna)
    members = (await get(client, "admin/leads", anna))["members"]
    assert [one["name"] for one in members] == ["@anna"]
    await act(client, f"admin/leads/{MARIA}/assign", anna, {"telegram_id": 7})
    await until_theirs(client, anna)
    assert await refused(client, f"admin/leads/{MARIA}/assign", anna, {"telegram_id": 8}) == 409
    assert await refused(client, "admin/leads/none/assign", anna, {"telegram_id": 7}) == 404
