"""The agents' models and what they cost, over the API."""

from storage import SqliteStore
from tests.webapp_server.api_house import MODELS, Client, enter
from tests.webapp_server.test_page_casebook import used
from tests.webapp_server.test_page_leads import get
from tests.webapp_server.test_page_practice import act, refused


async def test_an_agents_model_is_chosen_and_left(client: Client) -> None:
    """One that its provider lists; an unknown agent or model is refused."""
    anna = await enter(client)
    offered = (await get(client, "admin/agents/strategist/models", anna))["models"]
    assert [one["id"] for one in offered] == [model.id for model in MODELS]
    named = await get(client, f"admin/agents/strategist/models?search={MODELS[1].id.upper()}", anna)
    assert ([one["id"] for one in named["models"]], named["count"]) == ([MODELS[1].id], 1)
    chosen = await act(client, "admin/agents/strategist/model", anna, {"model": MODELS[1].id})
    assert {one["agent"]: one["model"] for one in chosen["agents"]}["strategist"] == MODELS[1].id
    left = await act(client, "admin/agents/strategist/model/clear", anna)
    assert all(one["model"] is None for one in left["agents"])
    assert await refused(client, "admin/agents/strategist/model", anna, {"model": "nobody/knows"}) == 409
    assert await refused(client, "admin/agents/nobody/model", anna, {"model": MODELS[1].id}) == 404


async def test_models_in_use_are_priced(client: Client, store: SqliteStore) -> None:
    """What each used over a month, with its price where the provider lists one."""
    await store.insert("model_usage", [used("a", 0, model=MODELS[1].id), used("b", 1, model="gone/model")])
    shown = await get(client, "admin/prices", await enter(client))
    prices = {one["model"]: one["listed"] and one["listed"]["input_usd"] for one in shown["models"]}
    assert (prices, shown["reachable"]) == ({MODELS[1].id: 5.0, "gone/model": None}, True)
