import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.models import Running
from tests.sandbox.models.conftest import ROUTER_KEY, SYSTEM
from tests.sandbox.models.schemas import STRATEGIST
from tests.sandbox.models.validation import problems

HEADERS = {"Authorization": f"Bearer {ROUTER_KEY}"}
FREE = "openai/gpt-oss-120b:free"
PAID = "openai/gpt-oss-120b"
TEXT = "Anna Keller, Head of Maintenance at Brandt Foundry GmbH: too expensive for us."
MESSAGES = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": TEXT}]
Make = Callable[..., Awaitable[Running]]


def _body(**more: Any) -> dict[str, Any]:
    return {"model": FREE, "messages": MESSAGES, **more}


def _format(schema: Any = STRATEGIST, **more: Any) -> dict[str, Any]:
    named = {"name": "strategist", "strict": True, "schema": schema, **more}
    return {"type": "json_schema", "json_schema": named}


async def _post(client: ClientSession, server: Running, body: Any, headers: Any = HEADERS) -> tuple[int, Any, Any]:
    async with client.post(f"{server.url}/api/v1/chat/completions", json=body, headers=headers) as reply:
        return reply.status, await reply.json(), reply.headers


async def _lines(client: ClientSession, server: Running, body: dict[str, Any]) -> list[str]:
    url = f"{server.url}/api/v1/chat/completions"
    async with client.post(url, json={**body, "stream": True}, headers=HEADERS) as reply:
        assert reply.status == 200
        assert reply.content_type == "text/event-stream"
        assert reply.headers["X-Generation-Id"].startswith("gen-")
        return [line for line in (await reply.text()).split("\n\n") if line]


def _chunks(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


def _joined(chunks: list[dict[str, Any]]) -> str:
    return "".join(choice["delta"]["content"] for chunk in chunks for choice in chunk["choices"])


async def _order(client: ClientSession, server: Running, **fault: Any) -> None:
    async with client.post(f"{server.url}/sim/faults", json={"provider": "openrouter", **fault}) as reply:
        assert reply.status == 200, await reply.text()


async def test_streams_like_the_real_one(server: Running, session: ClientSession) -> None:
    """A stream has comments, deltas, a finish reason, usage in the last chunk and [DONE]; its text obeys the schema."""
    lines = await _lines(session, server, _body(response_format=_format()))
    chunks = _chunks(lines)

    assert lines[0] == ": OPENROUTER PROCESSING"
    assert lines[-1] == "data: [DONE]"
    assert len(chunks) > 10
    assert {chunk["model"] for chunk in chunks} == {"cornerman/offline-practice"}
    assert all(chunk["id"].startswith("gen-") for chunk in chunks)
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] > 100
    assert problems(STRATEGIST, json.loads(_joined(chunks))) == []


async def test_answers_whole(server: Running, session: ClientSession) -> None:
    """Without `stream` the same text comes in one body, with usage and cost."""
    streamed = _joined(_chunks(await _lines(session, server, _body())))
    status, body, headers = await _post(session, server, _body(model=PAID))

    assert status == 200
    assert headers["X-Generation-Id"] == body["id"]
    assert body["choices"][0]["message"]["content"] == streamed
    assert body["usage"]["cost"] > 0
    assert not [name for name in headers if name.lower().startswith("x-ratelimit")]


@pytest.mark.parametrize("key", ["", "Bearer sk-or-invalid-key", "Bearer sk-ant-practice", "Basic abc"])
async def test_refuses_wrong_keys(server: Running, session: ClientSession, key: str) -> None:
    """No key or a wrong one is 401 with its error type, for calls and for key information."""
    headers = {"Authorization": key} if key else {}
    status, body, _ = await _post(session, server, _body(), headers)

    assert (status, body["error"]["code"], body["error"]["metadata"]["error_type"]) == (401, 401, "authentication")
    async with session.get(f"{server.url}/api/v1/key", headers=headers) as reply:
        assert reply.status == 401


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"model": "nobody/nothing"}, 400, "not a valid model ID"),
        ({"model": "moonshotai/kimi-k2.5:free"}, 404, "No endpoints found"),
        ({"models": [FREE, PAID, "openrouter/free", "a/b"]}, 400, "3 items or fewer"),
        ({"messages": []}, 400, "at least 1 message"),
        ({"messages": [{"role": "robot", "content": "x"}]}, 400, "messages.0.role"),
        ({"temperature": 3}, 400, "temperature"),
        ({"max_tokens": 0}, 400, "max_tokens"),
        ({"session_id": "x" * 257}, 400, "session_id"),
        ({"response_format": {"type": "yaml"}}, 400, "response_format"),
        ({"response_format": _format(name="no spaces")}, 400, "name"),
        ({"response_format": _format(name="x" * 65)}, 400, "name"),
        ({"response_format": _format(strict="yes")}, 400, "strict"),
        ({"response_format": _format({"type": "object", "properties": {}})}, 400, "additionalProperties"),
        (
            {"response_format": _format({**STRATEGIST, "required": ["draft"]})},
            400,
            "'required' must include every key",
        ),
        ({"messages": [{"role": "user", "content": "x" * 600_000}]}, 400, "maximum context length"),
    ],
)
async def test_refuses_what_the_real_one_refuses(
    server: Running, session: ClientSession, change: dict[str, Any], status: int, words: str
) -> None:
    """Each broken rule is refused with its status and a message that names it."""
    got, body, _ = await _post(session, server, _body(**change))

    assert got == status
    assert words in body["error"]["message"]


async def test_says_why_a_model_cannot_serve(server: Running, session: ClientSession) -> None:
    """A model that ended carries its availability code, and `models` moves on to the next one."""
    _, body, _ = await _post(session, server, _body(model="moonshotai/kimi-k2.5:free"))
    status, _, _ = await _post(session, server, _body(model="moonshotai/kimi-k2.5:free", models=[FREE]))

    assert body["error"]["availability"]["code"] == "free_variant_ended"
    assert status == 200


async def test_limits_free_calls(make_server: Make, session: ClientSession) -> None:
    """With limits on, the 21st free call within a minute is refused with headers, the day's count shows in /key."""
    now = [1_800_000_000.0]
    server = await make_server(limits=True, free_per_day=25, clock=lambda: now[0])
    statuses = [(await _post(session, server, _body()))[0] for _ in range(20)]
    status, body, headers = await _post(session, server, _body())

    assert statuses == [200] * 20
    assert status == 429
    assert "free-models-per-min" in body["error"]["message"]
    assert headers["X-RateLimit-Reset"] == str(int((now[0] + 60) * 1000))
    assert (await _post(session, server, _body(model=PAID)))[0] == 200
    now[0] += 61
    assert [(await _post(session, server, _body()))[0] for _ in range(6)] == [200] * 5 + [429]
    async with session.get(f"{server.url}/api/v1/key", headers=HEADERS) as reply:
        key = (await reply.json())["data"]
    assert key["free_model_daily_requests"] == {"limit": 25, "used": 25, "remaining": 0}
    now[0] += 86_400
    assert (await _post(session, server, _body()))[0] == 200


async def test_spends_credits(make_server: Make, session: ClientSession) -> None:
    """Without credit a paid model is 402; below zero the free ones are too."""
    server = await make_server(credits=0.000001)

    assert (await _post(session, server, _body(model=PAID)))[0] == 200
    for model in (PAID, FREE):
        status, body, headers = await _post(session, server, _body(model=model))
        assert (status, body["error"]["metadata"]["error_type"]) == (402, "payment_required")
        assert "Retry-After" not in headers


async def test_lists_models(server: Running, session: ClientSession) -> None:
    """The list carries what a client checks at its start."""
    async with session.get(f"{server.url}/api/v1/models") as reply:
        models = {model["id"]: model for model in (await reply.json())["data"]}

    assert models[FREE]["context_length"] == 131_072
    assert models[FREE]["pricing"]["prompt"] == "0"
    assert "response_format" in models[FREE]["supported_parameters"]
    assert models[FREE]["architecture"]["input_modalities"] == ["text"]


@pytest.mark.parametrize(
    ("kind", "status", "error_type"),
    [
        ("unauthorized", 401, "authentication"),
        ("payment_required", 402, "payment_required"),
        ("forbidden", 403, "permission_denied"),
        ("rate_limit", 429, "rate_limit_exceeded"),
        ("server_error", 500, "server"),
        ("bad_gateway", 502, "provider_unavailable"),
        ("unavailable", 503, "provider_overloaded"),
        ("gateway_timeout", 504, "timeout"),
        ("overloaded", 529, "provider_overloaded"),
    ],
)
async def test_fails_with_a_status(
    server: Running, session: ClientSession, kind: str, status: int, error_type: str
) -> None:
    """A fault with a status strikes as often as ordered and no more."""
    await _order(session, server, kind=kind)
    got, body, _ = await _post(session, server, _body(stream=True))

    assert (got, body["error"]["metadata"]["error_type"]) == (status, error_type)
    assert (await _post(session, server, _body()))[0] == 200


async def test_429_tells_who_limited(server: Running, session: ClientSession) -> None:
    """The three kinds of 429 differ in their headers and metadata."""
    await _order(session, server, kind="rate_limit", limit_headers=True)
    await _order(session, server, kind="rate_limit", upstream=True, retry_after=7)
    await _order(session, server, kind="rate_limit")
    account, upstream, bare = [await _post(session, server, _body()) for _ in range(3)]

    assert account[2]["X-RateLimit-Remaining"] == "0"
    assert "Retry-After" not in account[2]
    assert upstream[2]["Retry-After"] == "7"
    assert upstream[1]["error"]["metadata"]["provider_code"] == "429"
    assert "X-RateLimit-Limit" not in upstream[2]
    assert "Retry-After" not in bare[2]


async def test_error_inside_a_200(server: Running, session: ClientSession) -> None:
    """An error can come with status 200, and an answer can come without choices."""
    await _order(session, server, kind="error_in_200")
    await _order(session, server, kind="empty_choices", times=2)
    in_band = await _post(session, server, _body())
    empty = await _post(session, server, _body())
    streamed = _chunks(await _lines(session, server, _body()))

    assert in_band[0] == 200
    assert "choices" not in in_band[1]
    assert in_band[1]["error"]["code"] == 502
    assert empty[1]["choices"] == []
    assert [chunk["choices"] for chunk in streamed] == [[]]


async def test_breaks_in_the_middle(server: Running, session: ClientSession) -> None:
    """A stream can end with an error chunk, or without any last word."""
    await _order(session, server, kind="mid_stream_error", after_pieces=2)
    await _order(session, server, kind="cut", after_pieces=3)
    failed = await _lines(session, server, _body())
    cut = await _lines(session, server, _body())

    assert _chunks(failed)[-1]["error"]["metadata"]["error_type"] == "provider_unavailable"
    assert _chunks(failed)[-1]["choices"][0]["finish_reason"] == "error"
    assert "data: [DONE]" not in failed + cut
    assert len(_chunks(cut)) == 3
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in _chunks(cut))


async def test_spoils_the_text(server: Running, session: ClientSession) -> None:
    """Prose, broken JSON, another shape, half an answer and a refusal come with the finish reasons they have."""
    ends = {}
    for kind in ("prose", "invalid_json", "wrong_shape", "truncated", "refusal"):
        await _order(session, server, kind=kind)
        _, body, _ = await _post(session, server, _body(response_format=_format()))
        choice = body["choices"][0]
        ends[kind] = choice["finish_reason"]
        if kind == "wrong_shape":
            assert problems(STRATEGIST, json.loads(choice["message"]["content"]))
        else:
            with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
                json.loads(choice["message"]["content"])

    assert ends == {
        "prose": "stop",
        "invalid_json": "stop",
        "wrong_shape": "stop",
        "truncated": "length",
        "refusal": "content_filter",
    }


async def test_max_tokens_truncates(server: Running, session: ClientSession) -> None:
    """An answer longer than `max_completion_tokens` ends there with `length`."""
    _, body, _ = await _post(session, server, _body(max_completion_tokens=10))

    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] <= 10
