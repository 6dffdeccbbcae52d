"""Who was removed: a token that is still good opens nothing, from the moment of the removal."""

import pytest

from storage import SqliteStore, user_id
from tests.webapp_server.api_house import Client, enter
from tests.webapp_server.door import init_data
from tests.webapp_server.test_page_practice import act
from tests.webapp_server.test_page_uploads import PNG

VIEWS = ("me", "cases", "leads", "dashboard", "settings", "events")


@pytest.fixture
async def removed(client: Client, store: SqliteStore) -> dict[str, str]:
    """The headers of Ben, who came in and was then shut out by Anna."""
    anna = (await store.select("users"))[0]
    await store.insert("users", [{**anna, "id": user_id(8), "telegram_id": 8, "username": "ben", "first_name": "Ben"}])
    ben = await enter(client, 8, "ben")
    assert (await client.get("/api/me", headers=ben)).status == 200
    await act(client, "admin/reps/8/revoke", await enter(client))
    return ben


@pytest.mark.parametrize("path", VIEWS)
async def test_nothing_is_shown_any_more(client: Client, removed: dict[str, str], path: str) -> None:
    """Neither a view nor the stream of events; the sentence is the chat's own."""
    reply = await client.get(f"/api/{path}", headers=removed)
    assert reply.status == 403
    assert (await reply.json())["error"].endswith(".")


async def test_nothing_is_done_any_more(client: Client, removed: dict[str, str]) -> None:
    """Neither an action nor an upload."""
    settings = {"time_zone": "berlin", "quiet_from": 22, "quiet_to": 7, "reminders": False}
    assert (await client.post("/api/me/settings", json=settings, headers=removed)).status == 403
    assert (await client.post("/api/cases/photo", data=PNG, headers=removed)).status == 403


async def test_no_token_is_given_any_more(client: Client, removed: dict[str, str]) -> None:
    """Neither at a login nor for the one that is still good."""
    data = f"tma {init_data(8, 'ben')}"
    token = removed["Authorization"].removeprefix("Bearer ")
    assert (await client.post("/api/auth", headers={"Authorization": data})).status == 403
    renewal = {"Authorization": data, "X-Access-Token": token}
    assert (await client.post("/api/auth/renew", headers=renewal)).status == 403
