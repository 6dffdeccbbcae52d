import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from sandbox.models import Running
from tests.sandbox.models.conftest import CLAUDE_KEY, ROUTER_KEY

Make = Callable[..., Awaitable[Running]]
BODY = {"model": "openai/gpt-oss-120b:free", "messages": [{"role": "user", "content": "Anna Keller, CFO, no budget."}]}


async def _chat(client: ClientSession, server: Running, text: str | None = None, **more: Any) -> int:
    body = BODY if text is None else {**BODY, "messages": [{"role": "user", "content": text}]}
    headers = {"Authorization": f"Bearer {ROUTER_KEY}"}
    url = f"{server.url}/api/v1/chat/completions"
    async with client.post(url, json={**body, **more}, headers=headers) as reply:
        await reply.read()
        return reply.status


async def _requests(client: ClientSession, server: Running) -> list[dict[str, Any]]:
    async with client.get(f"{server.url}/sim/requests") as reply:
        requests: list[dict[str, Any]] = (await reply.json())["requests"]
        return requests


async def _send(client: ClientSession, server: Running, path: str, body: Any) -> tuple[int, str]:
    async with client.post(f"{server.url}/sim/{path}", json=body) as reply:
        return reply.status, await reply.text()


async def test_logs_every_request_in_order_without_keys(server: Running, session: ClientSession) -> None:
    """The log tells method, model, moment and outcome in order, and of a key only its end."""
    await _send(session, server, "faults", {"kind": "overloaded"})
    statuses = [
        await _chat(session, server),
        await _chat(session, server, model="no/model"),
        await _chat(session, server),
    ]
    headers = {"x-api-key": CLAUDE_KEY}
    async with session.get(f"{server.url}/v1/models", headers=headers) as reply:
        assert reply.status == 400
    log = await _requests(session, server)

    assert statuses == [529, 400, 200]
    assert [entry["outcome"] for entry in log] == ["fault:overloaded", "refused:400", "answered", "refused:400"]
    assert [entry["number"] for entry in log] == [1, 2, 3, 4]
    assert log[2]["model"] == BODY["model"]
    assert ROUTER_KEY not in str(log)
    assert CLAUDE_KEY not in str(log)


async def test_faults_choose_their_requests(server: Running, session: ClientSession) -> None:
    """`after_n` lets requests pass, `match` looks at model and text, `provider` and `route` at where they went."""
    await _send(
        session,
        server,
        "faults",
        [
            {"kind": "server_error", "after_n": 1, "times": 2},
            {"kind": "bad_gateway", "match": "Zebra", "times": 0},
            {"kind": "overloaded", "provider": "anthropic"},
            {"kind": "unavailable", "route": "key"},
        ],
    )
    statuses = [await _chat(session, server) for _ in range(4)]
    zebras = [await _chat(session, server, "Tell me about Zebra Ltd") for _ in range(3)]
    async with session.get(f"{server.url}/api/v1/key", headers={"Authorization": f"Bearer {ROUTER_KEY}"}) as reply:
        key_status = reply.status

    assert statuses == [200, 500, 500, 200]
    assert zebras == [502, 502, 502]
    assert key_status == 503


async def test_hangs_until_the_client_leaves(server: Running, session: ClientSession) -> None:
    """A hanging request answers nothing, and the log notes that the client left."""
    await _send(session, server, "faults", {"kind": "hang"})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_chat(session, server), 0.05)

    assert await _outcome(session, server, "client_gone")


async def test_keep_alives_without_an_answer(server: Running, session: ClientSession) -> None:
    """Comments alone keep the connection open and carry no text."""
    await _send(session, server, "faults", {"kind": "keep_alive"})
    headers = {"Authorization": f"Bearer {ROUTER_KEY}"}
    url = f"{server.url}/api/v1/chat/completions"
    async with session.post(url, json={**BODY, "stream": True}, headers=headers) as reply:
        lines = [await reply.content.readline() for _ in range(6)]

    assert set(lines) == {b": OPENROUTER PROCESSING\n", b"\n"}
    assert await _outcome(session, server, "client_gone")


async def test_disconnects(server: Running, session: ClientSession) -> None:
    """A dropped connection gives the client no status at all."""
    await _send(session, server, "faults", {"kind": "disconnect"})
    with pytest.raises(ClientError):
        await _chat(session, server)


async def test_slow_drip_spaces_the_text(server: Running, session: ClientSession) -> None:
    """A dripping answer does not end while its client is patient for less than a few pieces."""
    await _send(session, server, "faults", {"kind": "slow_drip", "gap_s": 5})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_chat(session, server, stream=True), 0.05)


async def test_latency_can_be_changed_and_reset(server: Running, session: ClientSession) -> None:
    """Latency ordered holds until the reset, which forgets everything else as well."""
    await _send(session, server, "latency", {"first_token_s": [5, 5]})
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_chat(session, server), 0.05)
    await _send(session, server, "faults", {"kind": "server_error"})
    await _send(session, server, "reset", {})

    assert await _chat(session, server) == 200
    assert len(await _requests(session, server)) == 1


async def test_accounts_can_be_set(server: Running, session: ClientSession) -> None:
    """Credits and counters of a key are set from outside."""
    await _send(session, server, "accounts", {"key": ROUTER_KEY, "used_today": 50, "limits": True})
    assert await _chat(session, server) == 429
    await _send(session, server, "accounts", {"key": ROUTER_KEY, "free_per_day": 1000, "credits": -1})
    assert await _chat(session, server) == 402


@pytest.mark.parametrize(
    ("path", "body"),
    [("faults", {"kind": "meteor"}), ("faults", {"kind": "hang", "tims": 1}), ("latency", {"pace": "slow"})],
)
async def test_a_wrong_order_is_refused(server: Running, session: ClientSession, path: str, body: Any) -> None:
    """An order that makes no sense is 400 and says where."""
    status, text = await _send(session, server, path, body)

    assert status == 400
    assert "$" in text or "field" in text


async def test_a_body_too_large_is_413(make_server: Make, session: ClientSession) -> None:
    """A body over the limit is refused in each provider's own words."""
    server = await make_server(body_limit=2_000)
    big = {**BODY, "padding": "x" * 3_000}
    for path, key, words in (
        ("/api/v1/chat/completions", ROUTER_KEY, "payload_too_large"),
        ("/v1/messages", CLAUDE_KEY, "request_too_large"),
    ):
        headers = {"Authorization": f"Bearer {key}", "anthropic-version": "2026-10-21"}
        async with session.post(server.url + path, json=big, headers=headers) as reply:
            assert reply.status == 413
            assert words in await reply.text()


async def _outcome(client: ClientSession, server: Running, wanted: str) -> bool:
    for _ in range(200):
        if (await _requests(client, server))[-1]["outcome"] == wanted:
            return True
    return False
