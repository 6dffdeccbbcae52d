"""The rep's settings over the API: the turns of the chat's /settings, and a key that never comes back."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from storage import SqliteStore
from tests.webapp_server.api_house import MODELS, Client, enter
from tests.webapp_server.test_page_leads import get

KEY = "sk-or-v1-planted-key-of-anna"
REJECTED = "sk-ant-planted-key-of-anna"


async def act(client: Client, path: str, body: object, headers: dict[str, str]) -> dict[str, Any]:
    """Change a setting; the settings that follow."""
    reply = await client.post(f"/api/settings/{path}", json=body, headers=headers)
    assert reply.status == 200, await reply.text()
    shown: dict[str, Any] = await reply.json()
    return shown


async def checked(client: Client, headers: dict[str, str], path: str, body: object) -> dict[str, Any]:
    """The settings once the provider has said what it thinks of a key."""
    async with client.get("/api/events", headers=headers) as stream, asyncio.timeout(5.0):
        await act(client, path, body, headers)
        while (await get(client, "settings", headers))["checking_key"]:
            assert await stream.content.readuntil(b"\n\n")
    return await get(client, "settings", headers)


def _written(folder: Path) -> bytes:
    """All that the journal and the database wrote."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_the_settings_are_shown(client: Client) -> None:
    """Provider, model, language and habits; of a key only whether there is one."""
    shown = await get(client, "settings", await enter(client))
    assert (shown["provider"], shown["own_key"], shown["model"]) == ("openrouter", False, "some/model:free")
    assert (shown["language"], shown["languages"]) == (None, ["en"])
    assert {one["id"] for one in shown["providers"]} == {"openrouter", "anthropic"}
    assert shown["settings"]["time_zone"] == "UTC"


async def test_a_key_is_kept_sealed_and_never_comes_back(client: Client, tmp_path: Path) -> None:
    """An accepted key is in use; no answer, no file of the journal or the database holds it; the team's comes back."""
    anna = await enter(client)
    shown = await checked(client, anna, "key", {"provider": "openrouter", "key": KEY})
    assert (shown["own_key"], shown["key_wanted"]) == (True, None)
    exported = await client.get("/api/export", headers=anna)
    assert KEY not in json.dumps(shown) + await exported.text()
    assert KEY.encode() not in _written(tmp_path)
    assert (await act(client, "team-key", {}, anna))["own_key"] is False


async def test_a_rejected_key_changes_nothing(client: Client) -> None:
    """The settings stay, and say whose key may be sent again."""
    shown = await checked(client, await enter(client), "key", {"provider": "anthropic", "key": REJECTED})
    assert (shown["own_key"], shown["provider"], shown["key_wanted"]) == (False, "openrouter", "anthropic")


async def test_a_model_is_chosen_from_the_list(client: Client) -> None:
    """On the team's key the free ones are offered; one that is not is refused, as is an unknown one."""
    anna = await enter(client)
    free, dear = MODELS
    assert [one["id"] for one in (await get(client, "settings/models", anna))["models"]] == [free.id]
    assert (await get(client, "settings/models?search=zeppelin", anna))["models"] == []
    assert (await act(client, "model", {"model": free.id}, anna))["model"] == free.id
    for model in (dear.id, "nobody/knows", ""):
        assert (await client.post("/api/settings/model", json={"model": model}, headers=anna)).status == 409
    await checked(client, anna, "key", {"provider": "openrouter", "key": KEY})
    assert (await act(client, "model", {"model": dear.id}, anna))["model"] == dear.id


async def test_a_language_is_one_of_those_there_are(client: Client, store: SqliteStore) -> None:
    """It is stored and shown; another is refused."""
    anna = await enter(client)
    assert (await act(client, "language", {"language": "en"}, anna))["language"] == "en"
    assert (await client.post("/api/settings/language", json={"language": "xx"}, headers=anna)).status == 409


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("key", {"provider": "openrouter", "key": KEY}),
        ("team-key", {}),
        ("model", {"model": "good/free:free"}),
        ("language", {"language": "en"}),
        ("practice/reset", {}),
    ],
)
async def test_settings_need_a_set_up(client: Client, path: str, body: object) -> None:
    """Somebody who has not set up is told to, here as in the chat."""
    ben = await enter(client, 8, "ben")
    assert (await client.post(f"/api/settings/{path}", json=body, headers=ben)).status == 409
    assert (await client.get("/api/settings", headers=ben)).status == 409


async def test_what_is_no_key_is_refused_in_words(client: Client) -> None:
    """Nothing is sealed and nobody is asked."""
    reply = await client.post(
        "/api/settings/key", json={"provider": "openrouter", "key": "my dog"}, headers=await enter(client)
    )
    assert reply.status == 409
    assert "my dog" not in await reply.text()
