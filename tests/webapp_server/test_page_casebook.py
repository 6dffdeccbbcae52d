"""The casebook and the usage over the API: what the page shows and keeps is what the chat shows and keeps."""

from datetime import UTC, datetime, timedelta

from actors.session.page_casebook import PAGE
from coaching.casebook import case_row
from coaching.rows import row_id
from storage import Row, SqliteStore, to_text
from tests.actors.session.world import answer
from tests.webapp_server.api_house import RUN, Client, enter
from tests.webapp_server.test_page_leads import ben, get

CASE = row_id(RUN, "support_sessions")
SAVED = row_id(CASE, "casebook")


def bens(number: int, message: str = "Shall we look at one line?") -> Row:
    """A case that Ben saved."""
    return case_row(f"bens-{number}", 8, answer(message), to_text(1_700_000_000 + number))


async def test_a_used_draft_is_saved_once_and_taken_back(client: Client) -> None:
    """The page's button is the chat's: one case, a sentence the second time, and its author may take it back."""
    anna, ben = await enter(client), await enter(client, 8, "ben")
    assert (await get(client, f"cases/{CASE}", anna))["saved_as"] is None
    assert (await client.post(f"/api/cases/{CASE}/save", headers=ben)).status == 404
    saved = await client.post(f"/api/cases/{CASE}/save", headers=anna)
    assert (await saved.json())["saved_as"] == SAVED
    assert (await client.post(f"/api/cases/{CASE}/save", headers=anna)).status == 409
    shown = await get(client, f"casebook/{SAVED}", anna)
    assert (shown["line"]["mine"], "Maria" in str(shown)) == (True, False)
    gone = await client.post(f"/api/casebook/{SAVED}/drop", headers=anna)
    assert (await gone.json())["cases"] == []
    assert (await client.get(f"/api/casebook/{SAVED}", headers=anna)).status == 404


async def test_the_book_is_the_teams(client: Client, store: SqliteStore) -> None:
    """Pages of everybody's cases, newest first; another's case can be read and not taken out."""
    await store.insert("users", [await ben(store)])
    await store.insert("casebook", [bens(number) for number in range(PAGE + 1)])
    anna = await enter(client)
    first = await get(client, "casebook", anna)
    assert (len(first["cases"]), first["pages"], first["count"], first["total"]) == (PAGE, 2, PAGE + 1, PAGE + 1)
    assert first["cases"][0]["id"] == bens(PAGE)["id"]
    assert [one["id"] for one in (await get(client, "casebook?page=1", anna))["cases"]] == [bens(0)["id"]]
    case_id = str(bens(3)["id"])
    assert (await get(client, f"casebook/{case_id}", anna))["line"]["mine"] is False
    assert (await client.post(f"/api/casebook/{case_id}/drop", headers=anna)).status == 404
    assert len(await store.select("casebook")) == PAGE + 1


async def test_the_book_is_searched(client: Client, store: SqliteStore) -> None:
    """The cases in which the words occur, the drafts included; none is an empty page."""
    await store.insert("users", [await ben(store)])
    await store.insert("casebook", [bens(1), bens(2, "The works council should join us.")])
    anna = await enter(client)
    found = await get(client, "casebook?search=works%20council", anna)
    assert [one["id"] for one in found["cases"]] == [bens(2)["id"]]
    assert (found["count"], found["total"]) == (1, 2)
    assert (await get(client, "casebook?search=zeppelin", anna))["cases"] == []
    assert (await client.get("/api/casebook?page=x", headers=anna)).status == 404


def used(id_: str, days_ago: int, telegram_id: int = 7, **more: object) -> Row:
    day = (datetime.now(UTC) - timedelta(days=days_ago)).date().isoformat()
    row: Row = {
        "id": row_id(id_, "model_usage"),
        "day": day,
        "telegram_id": telegram_id,
        "agent": "strategist",
        "provider": "openrouter",
        "model": "some/model:free",
        "paid_by": "team",
        "requests": 2,
        "answers": 1,
        "unpriced": 0,
        "input_tokens": 100,
        "output_tokens": 50,
        "cached_tokens": 10,
        "cost_usd": 0.25,
        "updated_at": to_text(1_700_000_000),
    }
    return row | more


async def test_usage_is_told_by_day_agent_and_model(client: Client, store: SqliteStore) -> None:
    """The rep's own rows of a month, and nobody else's; what of the budget is used counts the team's key alone."""
    await store.insert("users", [await ben(store)])
    rows = [used("a", 0), used("b", 2, agent="memory", model="other", paid_by="rep"), used("c", 40)]
    await store.insert("model_usage", [*rows, used("d", 0, telegram_id=8)])
    shown = await get(client, "usage", await enter(client))
    assert [shown["periods"][name]["answers"] for name in ("today", "week", "month")] == [1, 2, 2]
    assert [day["totals"]["input_tokens"] for day in shown["days"]] == [100, 100]
    assert {one["name"] for one in shown["models"]} == {"some/model:free", "other"}
    assert {one["name"] for one in shown["agents"]} == {"strategist", "memory"}
    assert (shown["budget"]["used_usd"], shown["budget"]["used_tokens"]) == (0.25, 150)
