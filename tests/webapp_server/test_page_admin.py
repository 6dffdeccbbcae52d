"""The team over the API: admins see it, nobody else finds it."""

import pytest

from actors.session.flows import ACTIONS, VIEWS
from actors.shelf import Shelf
from coaching.practice import Feedback, Owner, Rehearsal, attempt_row
from coaching.progress import Earned
from coaching.scoring import Score
from storage import SqliteStore, to_text, user_id
from tests.coaching.samples import shipped
from tests.webapp_server.api_house import MODELS, ROOT, Client, enter
from tests.webapp_server.test_page_leads import get
from tests.webapp_server.test_page_practice import act, refused
from tests.webapp_server.test_page_scenarios import DRILL

SHIPPED = shipped().train_pool[0].id
BODIES: dict[str, dict[str, object]] = {
    "admin/invite": {"text": "@carl_k"},
    "admin/agents/{agent}/model": {"model": MODELS[0].id},
    "admin/leads/{lead_id}/assign": {"telegram_id": 8},
    "admin/scenarios": DRILL,
    "admin/scenarios/{scenario_id}": DRILL,
}
"""What the actions take that take something."""

TRACE = "00000000-0000-4000-8000-00000000dddd"
AT = 1_700_000_000.0


async def ben_joins(store: SqliteStore) -> None:
    """Ben is a rep from now on, set up as Anna is."""
    anna = (await store.select("users"))[0]
    await store.insert("users", [{**anna, "id": user_id(8), "telegram_id": 8, "username": "ben", "first_name": "Ben"}])


@pytest.fixture
async def team(store: SqliteStore) -> None:
    """Ben is a rep too and drilled once; a run of his has two spans."""
    await ben_joins(store)
    drill = Shelf(ROOT).library.scenarios.train_pool[0]
    feedback = Feedback(Score(60, (), "rubric"), Earned(), 30)
    rehearsal = Rehearsal(drill, "train", "What would waiting cost you?", 30)
    await store.insert("attempts", [attempt_row(Owner(user_id(8), 8), "run", rehearsal, feedback, to_text(AT))])
    common = {"trace_id": TRACE, "success": True, "created_at": to_text(AT)}
    trace = {**common, "id": TRACE, "pipeline_name": "support", "telegram_id": 8, "user_id": user_id(8)}
    await store.insert("pipeline_traces", [{**trace, "start_time": to_text(AT), "duration_ms": 900.0}])
    for number, name in enumerate(("strategist", "memory")):
        span = {
            "id": f"{TRACE[:-1]}{number}",
            "span_id": f"{TRACE[:-1]}{number}",
            "span_name": name,
            "duration_ms": 400.0,
        }
        await store.insert("pipeline_spans", [{**common, **span, "start_time": to_text(AT + number / 2)}])


@pytest.mark.usefixtures("team")
async def test_an_admin_sees_the_team(client: Client) -> None:
    """People, places, skills, knowledge, models and costs are those of the whole team."""
    anna = await enter(client)
    people = {one["name"] for one in (await get(client, "admin/team", anna))["people"]}
    assert people == {"@anna", "@ben"}
    first = (await get(client, "admin/leaderboard", anna))["places"][0]
    assert (first["name"], first["average"]) == ("@ben", 60.0)
    heat = await get(client, "admin/heatmap", anna)
    assert {one["name"]: one["averages"] for one in heat["reps"]} == {"@ben": [60.0], "@anna": [None]}
    detail = await get(client, "admin/reps/8", anna)
    assert [(one["skill"], one["attempts"], one["average"]) for one in detail["skills"]] == [(heat["skills"][0], 1, 60)]
    assert (await get(client, "admin/knowledge", anna)).keys() == {"sections", "scenarios", "problems"}
    assert {one["agent"] for one in (await get(client, "admin/models", anna))["agents"]} >= {"strategist", "trainer"}
    assert "usage-today" in (await get(client, "admin/costs", anna))["periods"]


async def test_who_came_a_moment_ago_is_found(client: Client, store: SqliteStore) -> None:
    """Though the team was read just before: what is not there is looked for once more."""
    anna = await enter(client)
    assert [one["name"] for one in (await get(client, "admin/team", anna))["people"]] == ["@anna"]
    await ben_joins(store)
    assert (await get(client, "admin/reps/8", anna))["person"]["name"] == "@ben"


async def test_who_came_a_moment_ago_can_be_shut_out(client: Client, store: SqliteStore) -> None:
    """An action finds them as a view does."""
    anna = await enter(client)
    await get(client, "admin/team", anna)
    await ben_joins(store)
    out = (await act(client, "admin/reps/8/revoke", anna))["people"]
    assert {one["name"]: one["access"] for one in out} == {"@anna": "granted", "@ben": "revoked"}


@pytest.mark.usefixtures("team")
async def test_a_run_is_a_waterfall(client: Client) -> None:
    """Spans come in their order with the time after the run's beginning."""
    anna = await enter(client)
    assert [one["id"] for one in (await get(client, "admin/runs", anna))["runs"]] == [TRACE]
    spans = (await get(client, f"admin/runs/{TRACE}", anna))["spans"]
    assert [(one["name"], round(one["offset_ms"]), one["duration_ms"]) for one in spans] == [
        ("strategist", 0, 400.0),
        ("memory", 500, 400.0),
    ]
    assert (await client.get("/api/admin/runs/nothing", headers=anna)).status == 404


@pytest.mark.usefixtures("team")
async def test_an_admin_invites_and_shuts_out(client: Client) -> None:
    """An invitation stands until it is withdrawn; oneself cannot be shut out, a rep who is not there neither."""
    anna = await enter(client)
    invited = (await act(client, "admin/invite", anna, {"text": "@carl_k"}))["invited"]
    assert [one["username"] for one in invited] == ["carl_k"]
    assert await refused(client, "admin/invite", anna, {"text": "no name"}) == 409
    assert (await act(client, f"admin/invitations/{invited[0]['id']}/withdraw", anna))["invited"] == []
    assert await refused(client, "admin/reps/7/revoke", anna) == 409
    assert await refused(client, "admin/reps/999/revoke", anna) == 404
    out = (await act(client, "admin/reps/8/revoke", anna))["people"]
    assert {one["name"]: one["access"] for one in out} == {"@anna": "granted", "@ben": "revoked"}
    await act(client, "admin/reps/8/revoke", anna)


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("path", [path for path in VIEWS if path.startswith("admin/")])
async def test_nobody_else_finds_the_views(client: Client, path: str) -> None:
    """To a rep who is no admin none of it is there, whatever the id."""
    ben = await enter(client, 8, "ben")
    path = path.format(telegram_id=8, run_id=TRACE, agent="strategist", scenario_id=SHIPPED)
    assert (await client.get(f"/api/{path}", headers=ben)).status == 404


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("path", [path for path in ACTIONS if path.startswith("admin/")])
async def test_nobody_else_acts(client: Client, store: SqliteStore, path: str) -> None:
    """Nor can they do any of it."""
    ben = await enter(client, 8, "ben")
    address = path.format(telegram_id=7, invitation_id="any", lead_id="any", agent="strategist", scenario_id=SHIPPED)
    assert await refused(client, address, ben, BODIES.get(path, {})) == 404
    assert await store.select("invitations") == []
