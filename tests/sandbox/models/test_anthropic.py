import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.models import Running
from tests.sandbox.models.conftest import CLAUDE_KEY, SYSTEM
from tests.sandbox.models.schemas import STRATEGIST, closed
from tests.sandbox.models.validation import problems

VERSION = {"anthropic-version": "2026-10-21"}
HEADERS = {"Authorization": f"Bearer {CLAUDE_KEY}", **VERSION}
TEXT = "Anna Keller, Head of Maintenance at Brandt Foundry GmbH: too expensive for us."
USER = {"role": "user", "content": TEXT}
MAYBE = {"anyOf": [{"type": "string"}, {"type": "null"}]}
RECURSIVE = {
    **closed(first={"$ref": "#/$defs/Node"}),
    "$defs": {"Node": closed(next={"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]})},
}
Make = Callable[..., Awaitable[Running]]


def _body(**more: Any) -> dict[str, Any]:
    return {"model": "claude-sonnet-5-5", "max_tokens": 4096, "system": SYSTEM, "messages": [USER], **more}


def _format(schema: Any = STRATEGIST) -> dict[str, Any]:
    return {"effort": "low", "format": {"type": "json_schema", "schema": schema}}


async def _post(
    client: ClientSession, server: Running, body: Any, headers: Any = HEADERS, path: str = "/v1/messages"
) -> tuple[int, Any, Any]:
    async with client.post(server.url + path, json=body, headers=headers) as reply:
        return reply.status, await reply.json(), reply.headers


async def _events(client: ClientSession, server: Running, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    body = _body(stream=True, **more)
    async with client.post(f"{server.url}/v1/messages", json=body, headers=HEADERS) as reply:
        assert reply.status == 200
        assert reply.headers["request-id"].startswith("req_")
        blocks = [block for block in (await reply.text()).split("\n\n") if block]
    pairs = [block.split("\ndata: ") for block in blocks]
    return [(event.removeprefix("event: "), json.loads(data)) for event, data in pairs]


async def _order(client: ClientSession, server: Running, **fault: Any) -> None:
    async with client.post(f"{server.url}/sim/faults", json={"provider": "anthropic", **fault}) as reply:
        assert reply.status == 200, await reply.text()


async def test_streams_like_the_real_one(server: Running, session: ClientSession) -> None:
    """The events come in their order, with a ping, cumulative usage and a stop; the text obeys the schema."""
    events = await _events(session, server, output_config=_format())
    names = [name for name, _ in events]
    text = "".join(data["delta"]["text"] for name, data in events if name == "content_block_delta")

    assert names[:3] == ["message_start", "content_block_start", "ping"]
    assert names[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert names.count("content_block_delta") > 10
    assert all(data["type"] == name for name, data in events)
    assert events[0][1]["message"]["model"] == "cornerman/offline-practice"
    assert events[-2][1]["delta"]["stop_reason"] == "end_turn"
    assert events[-2][1]["usage"]["output_tokens"] > events[0][1]["message"]["usage"]["output_tokens"]
    assert problems(STRATEGIST, json.loads(text)) == []


async def test_answers_whole_with_limits_in_the_headers(server: Running, session: ClientSession) -> None:
    """Every reply carries a request id and what is left of each limit, and both ways to send a key work."""
    status, body, headers = await _post(session, server, _body(), {"x-api-key": CLAUDE_KEY, **VERSION})
    _, _, later = await _post(session, server, _body())

    assert status == 200
    assert body["content"][0]["type"] == "text"
    assert body["stop_reason"] == "end_turn"
    assert headers["request-id"].startswith("req_")
    for name in ("requests", "tokens", "input-tokens", "output-tokens"):
        assert {f"anthropic-ratelimit-{name}-{end}" for end in ("limit", "remaining", "reset")} <= set(headers)
    name = "anthropic-ratelimit-requests-remaining"
    assert int(later[name]) == int(headers[name]) - 1


@pytest.mark.parametrize(
    "headers", [VERSION, {"x-api-key": "sk-ant-invalid-1", **VERSION}, {"Authorization": "Bearer sk-or-x", **VERSION}]
)
async def test_refuses_wrong_keys(server: Running, session: ClientSession, headers: dict[str, str]) -> None:
    """No key or a wrong one is 401, for calls and for the model list."""
    status, body, reply_headers = await _post(session, server, _body(), headers)

    assert (status, body["type"], body["error"]["type"]) == (401, "error", "authentication_error")
    assert body["request_id"] == reply_headers["request-id"]
    async with session.get(f"{server.url}/v1/models", headers=headers) as reply:
        assert reply.status == 401


@pytest.mark.parametrize("version", [None, "2020-01-01"])
async def test_requires_a_known_version(server: Running, session: ClientSession, version: str | None) -> None:
    """The version header must be there and known."""
    headers = {"x-api-key": CLAUDE_KEY} | ({"anthropic-version": version} if version else {})
    status, body, _ = await _post(session, server, _body(), headers)

    assert status == 400
    assert "anthropic-version" in body["error"]["message"]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"model": "claude-nothing"}, 404, "model: claude-nothing"),
        ({"model": "claude-sonnet-4-20250514"}, 404, "model: claude-sonnet-4-20250514"),
        ({"max_tokens": None}, 400, "max_tokens: Field required"),
        ({"max_tokens": 128_001}, 400, "maximum allowed number of output tokens"),
        ({"max_tokens": 0, "stream": True}, 400, "stream"),
        ({"messages": []}, 400, "at least one message"),
        ({"messages": [{"role": "system", "content": "x"}]}, 400, "messages.0.role"),
        ({"messages": [USER, {"role": "assistant", "content": "{"}]}, 400, "prefill"),
        ({"temperature": 1.0}, 400, "temperature"),
        ({"top_p": 0.5}, 400, "top_p"),
        ({"tools": [], "tool_choice": {"type": "tool", "name": "x"}}, 400, "tool_choice"),
        ({"tools": [], "tool_choice": {"type": "any"}}, 400, "tool_choice"),
        ({"thinking": {"type": "disabled"}}, 400, "thinking"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, 400, "thinking"),
        ({"response_format": {}}, 400, "Extra inputs are not permitted"),
        ({"system": [{"type": "text", "text": ""}]}, 400, "non-empty"),
        ({"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5}, 400, "maximum of 4"),
        ({"output_config": {"effort": "extreme"}}, 400, "effort"),
    ],
)
async def test_refuses_what_the_real_one_refuses(
    server: Running, session: ClientSession, change: dict[str, Any], status: int, words: str
) -> None:
    """Each broken rule is refused with its status and a message that names it."""
    got, body, _ = await _post(session, server, _body(**change))

    assert got == status
    assert words in body["error"]["message"]


async def test_old_version_allows_default_sampling(server: Running, session: ClientSession) -> None:
    """Under 2023-06-01 Sonnet 5.5 takes sampling parameters at their defaults only, older models at any value."""
    headers = {"x-api-key": CLAUDE_KEY, "anthropic-version": "2023-06-01"}
    bodies = [_body(temperature=1.0), _body(temperature=0.3), _body(model="claude-haiku-4-5", temperature=0.3)]

    assert [(await _post(session, server, body, headers))[0] for body in bodies] == [200, 400, 200]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "object", "properties": {}}, "additionalProperties"),
        (closed(n={"type": "integer", "minimum": 1}), "minimum"),
        (closed(s={"type": "string", "maxLength": 9}), "maxLength"),
        (closed(a={"type": "array", "items": {"type": "string"}, "maxItems": 3}), "maxItems"),
        (closed(a={"type": "array", "items": {"type": "string"}, "minItems": 2}), "minItems"),
        (closed(m={"type": "object", "additionalProperties": {"type": "string"}}), "additionalProperties"),
        (RECURSIVE, "Circular"),
        (closed(x={"$ref": "#/$defs/Gone"}), "cannot be resolved"),
        (closed(**{f"u{number}": MAYBE for number in range(17)}), "union types"),
        ({**closed(**{f"o{number}": {"type": "string"} for number in range(25)}), "required": []}, "optional"),
    ],
)
async def test_refuses_schemas_outside_the_subset(
    server: Running, session: ClientSession, schema: dict[str, Any], words: str
) -> None:
    """A schema with a word or a size structured output does not know is 400."""
    status, body, _ = await _post(session, server, _body(output_config=_format(schema)))

    assert status == 400
    assert words in body["error"]["message"]


async def test_counts_cached_tokens(server: Running, session: ClientSession) -> None:
    """The first call writes the marked prefix, the second reads it; the three counts add up to the whole input."""
    system = [{"type": "text", "text": SYSTEM * 8, "cache_control": {"type": "ephemeral"}}]
    first, second = [(await _post(session, server, _body(system=system)))[1]["usage"] for _ in range(2)]

    assert first["cache_creation_input_tokens"] > 1_024
    assert first["cache_read_input_tokens"] == 0
    assert second["cache_read_input_tokens"] == first["cache_creation_input_tokens"]
    assert second["input_tokens"] == first["input_tokens"] > 0


async def test_warms_the_cache_without_output(server: Running, session: ClientSession) -> None:
    """`max_tokens` 0 is allowed without streaming and gives no text."""
    status, body, _ = await _post(session, server, _body(max_tokens=0))

    assert status == 200
    assert body["content"] == []


async def test_counts_tokens(server: Running, session: ClientSession) -> None:
    """Counting needs no max_tokens and gives the same number a call is billed for."""
    body = {"model": "claude-sonnet-5-5", "system": SYSTEM, "messages": [USER]}
    _, counted, _ = await _post(session, server, body, path="/v1/messages/count_tokens")
    _, answered, _ = await _post(session, server, _body())

    assert counted == {"input_tokens": answered["usage"]["input_tokens"]}


async def test_lists_models_with_their_lifecycle(server: Running, session: ClientSession) -> None:
    """Active, deprecated and retired models are told apart, one alone can be asked for."""
    async with session.get(f"{server.url}/v1/models", headers=HEADERS) as reply:
        models = {model["id"]: model for model in (await reply.json())["data"]}
    async with session.get(f"{server.url}/v1/models/claude-sonnet-4-5", headers=HEADERS) as reply:
        one = await reply.json()
    async with session.get(f"{server.url}/v1/models/claude-none", headers=HEADERS) as reply:
        assert reply.status == 404

    assert models["claude-sonnet-5-5"]["lifecycle"] == "active"
    assert models["claude-sonnet-5-5"]["retires_at"] is None
    assert models["claude-sonnet-4-20250514"]["lifecycle"] == "retired"
    assert (one["lifecycle"], one["retires_at"]) == ("deprecated", "2026-11-30T00:00:00Z")


@pytest.mark.parametrize(
    ("kind", "status", "error_type"),
    [
        ("unauthorized", 401, "authentication_error"),
        ("payment_required", 402, "billing_error"),
        ("forbidden", 403, "permission_error"),
        ("rate_limit", 429, "rate_limit_error"),
        ("server_error", 500, "api_error"),
        ("gateway_timeout", 504, "timeout_error"),
        ("overloaded", 529, "overloaded_error"),
    ],
)
async def test_fails_with_a_status(
    server: Running, session: ClientSession, kind: str, status: int, error_type: str
) -> None:
    """A fault with a status has Anthropic's error body, and `retry-after` where it was ordered."""
    await _order(session, server, kind=kind, retry_after=3)
    got, body, headers = await _post(session, server, _body(stream=True))

    assert (got, body["error"]["type"]) == (status, error_type)
    assert headers["retry-after"] == "3"
    assert headers["request-id"] == body["request_id"]


async def test_spend_limit_has_no_retry_after(server: Running, session: ClientSession) -> None:
    """A spent monthly limit is a 429 that names its code and no moment to come back."""
    await _order(session, server, kind="spend_limit")
    status, body, headers = await _post(session, server, _body())

    assert status == 429
    assert body["error"]["details"]["error_code"] == "enforced_spend_limit_reached"
    assert "retry-after" not in headers


async def test_breaks_in_the_middle(server: Running, session: ClientSession) -> None:
    """A stream can end with an error event, or without message_stop."""
    await _order(session, server, kind="mid_stream_error", after_pieces=2)
    await _order(session, server, kind="cut", after_pieces=2)
    failed, cut = await _events(session, server), await _events(session, server)

    assert failed[-1] == ("error", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
    assert cut[-1][0] == "content_block_delta"
    assert sum(name == "content_block_delta" for name, _ in cut) == 2


async def test_stop_reasons_of_spoiled_answers(server: Running, session: ClientSession) -> None:
    """Truncation and refusal come as 200 with their own stop reasons."""
    await _order(session, server, kind="truncated")
    await _order(session, server, kind="refusal")
    truncated = await _events(session, server)
    _, refused, _ = await _post(session, server, _body())

    assert truncated[-2][1]["delta"]["stop_reason"] == "max_tokens"
    assert (refused["stop_reason"], refused["content"]) == ("refusal", [])


async def test_known_keys_only(make_server: Make, session: ClientSession) -> None:
    """With a list of keys no other key is accepted, and a further model id can be made known."""
    server = await make_server(keys=("sk-ant-only",), extra_models=("claude-next",))
    own = {"x-api-key": "sk-ant-only", **VERSION}

    assert (await _post(session, server, _body()))[0] == 401
    assert (await _post(session, server, _body(model="claude-next"), own))[0] == 200
