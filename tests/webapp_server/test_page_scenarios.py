"""The scenario editor over the API."""

from typing import Any

import msgspec
import pytest

from tests.coaching.test_generated import GOOD
from tests.webapp_server.api_house import Client, enter
from tests.webapp_server.test_page_leads import get
from tests.webapp_server.test_page_practice import act, refused

DRILL: dict[str, Any] = msgspec.to_builtins(GOOD)


def made(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The drills that are no part of the house."""
    return [one for one in shown["drills"] if one["editable"]]


async def test_a_drill_is_written_changed_and_retired(client: Client) -> None:
    """It is handed out until it is retired; who began it can still open it."""
    anna = await enter(client)
    (line,) = made(await act(client, "admin/scenarios", anna, DRILL))
    id_ = line["id"]
    changed = await act(client, f"admin/scenarios/{id_}", anna, DRILL | {"common_mistakes": ["One", "Two", "Three"]})
    assert changed["scenario"]["common_mistakes"] == ["One", "Two", "Three"]
    assert (await act(client, f"train/{id_}/start", anna))["scenario_id"] == id_
    assert (await act(client, f"admin/scenarios/{id_}/retire", anna))["line"]["retired"]
    assert await refused(client, f"admin/scenarios/{id_}/retire", anna) == 409
    assert await refused(client, f"train/{id_}/start", anna) == 404
    assert (await get(client, f"practice/{id_}", anna))["criteria"]
    assert not (await act(client, f"admin/scenarios/{id_}/bring-back", anna))["line"]["retired"]
    assert await refused(client, f"admin/scenarios/{id_}/bring-back", anna) == 409


async def test_a_retired_drill_stays_out_while_its_twin_is_handed_out(client: Client) -> None:
    """It is brought back once its situation is another one."""
    anna = await enter(client)
    (line,) = made(await act(client, "admin/scenarios", anna, DRILL))
    await act(client, f"admin/scenarios/{line['id']}/retire", anna)
    await act(client, "admin/scenarios", anna, DRILL)
    assert await refused(client, f"admin/scenarios/{line['id']}/bring-back", anna) == 409


@pytest.mark.parametrize(
    ("change", "fault"),
    [({"situation": "Too short."}, "situation"), ({"category": "gossip"}, "category"), ({"rubric": []}, "")],
)
async def test_the_gate_of_made_drills_holds(client: Client, change: dict[str, object], fault: str) -> None:
    """What a model may not put into the pool an admin may not either; the sentence says why."""
    reply = await client.post("/api/admin/scenarios", json=DRILL | change, headers=await enter(client))
    assert reply.status == (409 if fault else 400)
    assert fault in (await reply.json())["error"]


async def test_twins_and_the_houses_own_stay_out(client: Client) -> None:
    """The same drill twice is refused; one that ships with the house is shown and not changed."""
    anna = await enter(client)
    await act(client, "admin/scenarios", anna, DRILL)
    assert await refused(client, "admin/scenarios", anna, DRILL) == 409
    shipped = next(one["id"] for one in (await get(client, "admin/scenarios", anna))["drills"] if not one["editable"])
    assert (await get(client, f"admin/scenarios/{shipped}", anna))["scenario"]["id"] == shipped
    assert await refused(client, f"admin/scenarios/{shipped}", anna, DRILL) == 404
