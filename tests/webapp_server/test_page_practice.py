"""Lessons, drills, the profile and the memory over the API."""

from typing import Any

from actors.shelf import Shelf
from coaching.memory import Noted, UserMemory
from coaching.practice import Feedback, Owner, Rehearsal, attempt_row
from coaching.progress import Earned
from coaching.rows import memory_row
from coaching.scoring import Score
from storage import SqliteStore, to_text, user_id
from tests.webapp_server.api_house import ROOT, Client, enter
from tests.webapp_server.test_page_leads import get

ANSWER = "I hear you, Maria: the budget is fixed. What would it cost you to wait until spring?"


async def act(client: Client, path: str, headers: dict[str, str], body: object = None) -> dict[str, Any]:
    """Do something; the view that follows."""
    reply = await client.post(f"/api/{path}", json=body or {}, headers=headers)
    assert reply.status == 200, await reply.text()
    shown: dict[str, Any] = await reply.json()
    return shown


async def refused(client: Client, path: str, headers: dict[str, str], body: object = None) -> int:
    """The status with which an action is refused."""
    return (await client.post(f"/api/{path}", json=body or {}, headers=headers)).status


async def test_a_lesson_leads_to_its_scenario(client: Client) -> None:
    """The first level is open and the second says what opens it; starting shows the scenario, without its answer."""
    anna = await enter(client)
    track = (await get(client, "learn", anna))["tracks"][0]
    first, second = track["levels"][:2]
    lesson = await get(client, f"learn/{first['id']}", anna)
    assert lesson["key_points"]
    assert (await client.get(f"/api/learn/{second['id']}", headers=anna)).status == 409
    assert await refused(client, f"learn/{second['id']}/start", anna) == 409
    assert (await client.get(f"/api/practice/{lesson['scenario_id']}", headers=anna)).status == 404
    started = await act(client, f"learn/{first['id']}/start", anna)
    assert started["scenario_id"] == lesson["scenario_id"]
    shown = await get(client, f"practice/{lesson['scenario_id']}", anna)
    assert (shown["level_id"], shown["ideal"], shown["tries"]) == (first["id"], None, [])
    assert shown["shown_at"] is not None
    assert sum(one["weight"] for one in shown["criteria"]) == 100


async def test_an_answer_is_scored_in_the_same_line(client: Client) -> None:
    """An answer too short is refused and leaves the scenario open; a real one is being scored."""
    anna = await enter(client)
    id_ = (await act(client, "train/start", anna, {"difficulty": 1}))["scenario_id"]
    assert await refused(client, f"practice/{id_}/answer", anna, {"text": "no"}) == 409
    assert (await get(client, "practice", anna))["scenario_id"] == id_
    assert (await act(client, f"practice/{id_}/answer", anna, {"text": ANSWER}))["scoring"]
    assert await refused(client, f"practice/{id_}/answer", anna, {"text": ANSWER}) == 409
    assert (await act(client, "jobs/cancel", anna))["working"] == []
    assert not (await get(client, f"practice/{id_}", anna))["scoring"]


async def test_the_drill_of_the_day_begins_from_the_dashboard(client: Client) -> None:
    """The drill that is offered is the one that begins; one that is not there does not."""
    anna = await enter(client)
    drill = (await get(client, "dashboard", anna))["drill"]["scenario_id"]
    assert (await act(client, f"train/{drill}/start", anna))["scenario_id"] == drill
    assert await refused(client, "train/nothing/start", anna) == 404


async def test_a_model_answer_is_read_after_trying(client: Client) -> None:
    """Neither it nor another try is there before the first answer."""
    anna = await enter(client)
    id_ = (await act(client, "train/start", anna, {"difficulty": 1}))["scenario_id"]
    assert await refused(client, f"practice/{id_}/ideal", anna) == 409
    assert await refused(client, f"practice/{id_}/retry", anna) == 409


async def test_tries_are_shown_with_their_evidence(client: Client, store: SqliteStore) -> None:
    """An attempt stands under its scenario and in the profile's history; then the model answer may be read."""
    drill = Shelf(ROOT).library.scenarios.train_pool[0]
    rehearsal = Rehearsal(drill, "train", ANSWER, 30)
    feedback = Feedback(Score(80, (), "rubric"), Earned(improvement=80), 30)
    row = attempt_row(Owner(user_id(7), 7), "run", rehearsal, feedback, to_text(1_700_000_000))
    await store.insert("attempts", [row])
    anna = await enter(client)
    await act(client, f"train/{drill.id}/start", anna)
    shown = await get(client, f"practice/{drill.id}", anna)
    assert [(one["score"], one["passed"], one["feedback"]["seconds"]) for one in shown["tries"]] == [(80, True, 30)]
    assert (await act(client, f"practice/{drill.id}/ideal", anna))["ideal"]["response"] == drill.ideal_response
    profile = await get(client, "profile", anna)
    assert [one["scenario_id"] for one in profile["history"]] == [drill.id]
    assert len(await (await client.get("/api/profile", headers=anna)).read()) < 30_000
    ben = await enter(client, 8, "ben")
    assert (await client.get(f"/api/practice/{drill.id}", headers=ben)).status == 404


async def test_memory_is_reworded_and_forgotten(client: Client, store: SqliteStore) -> None:
    """An item takes the rep's own words, goes, and everything goes; another's is not there."""
    memory = UserMemory(weakest_areas=(Noted("Talks about price too early", "It costs 900"),))
    await store.insert("user_memory", [memory_row(user_id(7), 7, memory, to_text(1_700_000_000))])
    anna, ben = await enter(client), await enter(client, 8, "ben")
    item = (await get(client, "memory", anna))["items"][0]["id"]
    assert await refused(client, f"memory/{item}/forget", ben) == 404
    words = {"text": "Waits before naming the price"}
    after = await act(client, f"memory/{item}/reword", anna, words)
    assert [one["text"] for one in after["items"]] == [words["text"]]
    assert await refused(client, f"memory/{after['items'][0]['id']}/reword", anna, {"text": " "}) == 409
    assert (await act(client, f"memory/{after['items'][0]['id']}/forget", anna))["items"] == []


async def test_everything_stored_is_taken_along_and_then_deleted(client: Client) -> None:
    """The export holds the rep's own rows; deletion needs its word and leaves a rep who is not set up."""
    anna, ben = await enter(client), await enter(client, 8, "ben")
    data = await get(client, "export", anna)
    assert {row["telegram_id"] for rows in data["tables"].values() for row in rows if "telegram_id" in row} == {7}
    assert (await client.get("/api/export", headers=ben)).status == 409
    assert await refused(client, "me/delete", anna, {"confirm": "yes"}) == 400
    assert (await act(client, "me/delete", anna, {"confirm": "delete everything"}))["set_up"] is False
    assert (await get(client, "cases", anna))["cases"] == []
