"""Pictures and recordings handed in on the page: taken for what they are, and worked on as the chat's are."""

from io import BytesIO
from pathlib import Path

import pytest

from coaching.rows import row_id
from storage import SqliteStore
from tests.actors.session.leading import planned_lead
from tests.webapp_server.api_house import SAID, Client, enter
from tests.webapp_server.test_page_leads import get

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
WEBM = b"\x1a\x45\xdf\xa3" + b"\x00" * 64
OGG = b"OggS" + b"\x00" * 64
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64


def files(folder: Path) -> int:
    """How many uploads lie on disk."""
    return len([path for path in (folder / "uploads").glob("*/*/*") if path.is_file()])


async def test_a_screenshot_waits_in_the_line(client: Client, tmp_path: Path) -> None:
    """It is kept and worked on with the words beside it; sent again with its key it is the same one."""
    anna = await enter(client) | {"Idempotency-Key": "once"}
    for _ in range(2):
        reply = await client.post("/api/cases/photo?text=From%20LinkedIn", data=PNG, headers=anna)
        assert [one["preview"] for one in (await reply.json())["working"]] == ["From LinkedIn"]
    assert files(tmp_path) == 1


@pytest.mark.parametrize("recording", [WEBM, OGG, MP4])
async def test_a_spoken_prospect_is_worked_on(client: Client, recording: bytes) -> None:
    """Whatever browser recorded it: its words join the line of work."""
    anna = await enter(client)
    reply = await client.post("/api/cases/voice", data=recording, headers=anna)
    assert reply.status == 200
    shown = await reply.json()
    while shown["listening"]:
        shown = await get(client, "cases", anna)
    assert [one["preview"] for one in shown["working"]] == [SAID[:200]]


async def test_a_spoken_answer_is_scored(client: Client) -> None:
    """The words answer the open scenario; without one the recording is refused and not kept."""
    anna = await enter(client)
    started = await client.post("/api/train/start", json={"difficulty": 1}, headers=anna)
    scenario_id = (await started.json())["scenario_id"]
    reply = await client.post(f"/api/practice/{scenario_id}/voice", data=WEBM, headers=anna)
    assert reply.status == 200, await reply.text()
    shown = await get(client, "practice", anna)
    while shown["listening"]:
        shown = await get(client, "practice", anna)
    assert shown["scoring"] == [scenario_id]
    assert (await client.post(f"/api/practice/{scenario_id}/voice", data=WEBM, headers=anna)).status == 409


async def test_a_proof_stays_with_its_step(client: Client, store: SqliteStore) -> None:
    """It is shown with the step it proves, to its owner alone, as the picture it is; a step that is not has none."""
    lead_id = row_id("maria", "lead_registry")
    await store.insert("lead_registry", [planned_lead(lead_id=lead_id)])
    anna, ben = await enter(client), await enter(client, 8, "ben")
    path = f"leads/{lead_id}/steps/1/proof"
    shown = await (await client.post(f"/api/{path}", data=PNG, headers=anna)).json()
    assert [len(step["proofs"]) for step in shown["plan"]["steps"]] == [0, 1, 0, 0, 0]
    picture = f"/api/leads/{lead_id}/proofs/{shown['plan']['steps'][1]['proofs'][0]['id']}"
    seen = await client.get(picture, headers=anna)
    assert (seen.content_type, await seen.read()) == ("image/png", PNG)
    assert (await client.get(picture, headers=ben)).status == 404
    assert (await client.post(f"/api/{path}", data=PNG, headers=ben)).status == 404
    for number in ("9", "x"):
        assert (await client.post(f"/api/leads/{lead_id}/steps/{number}/proof", data=PNG, headers=anna)).status == 404
    assert (await client.get(f"/api/leads/{lead_id}/proofs/x", headers=anna)).status == 404
    deletion = {"confirm": "delete everything"}
    assert (await client.post("/api/me/delete", json=deletion, headers=anna)).status == 200
    assert (await client.get(picture, headers=anna)).status == 404


async def test_a_proof_goes_with_its_lead(client: Client, store: SqliteStore, tmp_path: Path) -> None:
    """Whoever deletes a lead leaves no picture of it behind."""
    lead_id = row_id("maria", "lead_registry")
    await store.insert("lead_registry", [planned_lead(lead_id=lead_id)])
    anna = await enter(client)
    assert (await client.post(f"/api/leads/{lead_id}/steps/1/proof", data=PNG, headers=anna)).status == 200
    assert files(tmp_path) == 1
    assert (await client.post(f"/api/leads/{lead_id}/delete", json={}, headers=anna)).status == 200
    await client.post("/api/cases/photo?text=x", data=PNG, headers=anna)  # kept after what was sent before it is done
    assert [path.parent.name for path in (tmp_path / "uploads").glob("*/*/*")] == ["work"]


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("cases/photo", b"", 415),
        ("cases/photo", b"<svg onload=alert(1)>", 415),
        ("cases/photo", WEBM, 415),
        ("cases/photo", PNG + b"x" * 7_500_000, 413),
        ("cases/voice", PNG, 415),
        ("practice/none/voice", WEBM, 404),
    ],
)
async def test_what_it_is_not_is_refused(client: Client, tmp_path: Path, path: str, data: bytes, status: int) -> None:
    """The bytes decide and not the name; what is refused leaves nothing behind."""
    headers = await enter(client) | {"Content-Type": "image/png"}
    reply = await client.post(f"/api/{path}", data=BytesIO(data), headers=headers)
    assert reply.status == status
    assert (await reply.json())["error"].endswith(".")
    await client.post("/api/cases/photo?text=x", data=PNG, headers=headers)
    assert files(tmp_path) == 1


async def test_nobody_hands_in_without_a_set_up(client: Client, store: SqliteStore) -> None:
    """Neither a stranger nor somebody who has not set up; a file cannot be named instead of sent."""
    assert (await client.post("/api/cases/photo", data=PNG)).status == 401
    ben = await enter(client, 8, "ben")
    for path, data in (("photo", PNG), ("voice", OGG)):
        assert (await client.post(f"/api/cases/{path}", data=data, headers=ben)).status == 409
    named = await client.post("/api/cases/photo", json={"reference": "page:7/work/x"}, headers=await enter(client))
    assert named.status == 415
