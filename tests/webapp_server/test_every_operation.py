"""Every operation of the document, asked for with ids and bodies that fit and that do not."""

import random
import re
from typing import Any

import msgspec
import pytest

from actors.session.flows import ACTIONS, VIEWS
from actors.session.page import NoBody
from coaching.rows import row_id
from storage import SqliteStore
from tests.actors.session.leading import planned_lead
from tests.webapp_server.api_house import RUN, Client, enter
from webapp_server.answers import Error
from webapp_server.openapi import openapi_document
from webapp_server.rate_limit import RateLimit

ROUNDS = 15
ENDS = ("leads/{lead_id}/delete", "me/delete")
"""Actions after which little is left to ask for: they come last."""
LEAD = row_id("maria", "lead_registry")
TEXTS = (
    "",
    " ",
    "0",
    "1",
    "-1",
    "none",
    "done",
    "Ünï\u202ecode \U0001f600",
    "x" * 5_000,
    "\x00",
    "a: b\nname: c",
    LEAD,
)
IDS = (LEAD, row_id(RUN, "support_sessions"), "7", "8", "0", "99", "1.1", "%20", "\u202e", "a" * 300)
ODD: tuple[Any, ...] = (None, True, 0, -1, 10**30, 1.5, [], {}, [[]], "text")


def _fill(path: str, chance: random.Random) -> str:
    return re.sub(r"\{\w+\}", lambda _: chance.choice(IDS), path)


def _body(kind: type[msgspec.Struct], schema: dict[str, Any], chance: random.Random) -> object:
    """A body of the right shape mostly, else one with an odd value, or none at all."""
    if kind is NoBody or chance.random() < 0.1:
        return chance.choice(ODD)
    properties: dict[str, Any] = schema["properties"]
    body = {name: _value(value, chance) for name, value in properties.items()}
    if chance.random() < 0.2:
        body[chance.choice(list(body))] = chance.choice(ODD)
    return body


def _value(schema: dict[str, Any], chance: random.Random) -> object:
    if "$ref" in schema or "enum" in schema:
        return chance.choice(schema.get("enum", ("reached_out", "closed_won", "closed_lost")))
    match schema.get("type"):
        case "integer":
            return chance.randrange(-2, 26)
        case "boolean":
            return chance.random() < 0.5
    return chance.choice(TEXTS)


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_request_breaks_the_server_or_the_document(
    client: Client, store: SqliteStore, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Each answer is of a status the document names and of the type it promises; none is the server's fault."""
    monkeypatch.setattr(RateLimit, "wait_s", lambda self, key, now: 0.0)
    await store.insert("lead_registry", [planned_lead(lead_id=LEAD)])
    document, chance, anna = openapi_document(), random.Random(seed), await enter(client)  # noqa: S311  # chance, not secrets
    schemas = document["components"]["schemas"]
    statuses: set[int] = set()
    operations = [*(("get", path) for path in VIEWS), *(("post", path) for path in ACTIONS)]
    operations *= ROUNDS
    chance.shuffle(operations)
    operations.sort(key=lambda operation: operation[1] in ENDS)
    for method, path in operations:
        view = VIEWS[path if method == "get" else ACTIONS[path].then]
        more: dict[str, Any] = {"params": {name: chance.choice(TEXTS)[:1_000] for name in view.query}}
        if method == "post":
            kind = ACTIONS[path].body
            more = {"json": _body(kind, schemas.get(kind.__name__, {}), chance)}
        reply = await client.request(method, f"/api/{_fill(path, chance)}", headers=anna, **more)
        named = document["paths"][f"/api/{path}"][method]["responses"]
        assert reply.status < 500, (method, path, await reply.text())
        assert str(reply.status) in named, (method, path, reply.status)
        msgspec.json.decode(await reply.read(), type=view.answer if reply.status == 200 else Error)
        statuses.add(reply.status)
    assert {200, 400, 404, 409} <= statuses
