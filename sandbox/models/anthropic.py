"""Anthropic's Messages API, model list and token counting, as its clients meet them."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiohttp import web

from sandbox.models.accounts import INPUT_PER_MINUTE, OUTPUT_PER_MINUTE, REQUESTS_PER_MINUTE
from sandbox.models.anthropic_rules import MessagesCall, Refusal, check_version, invalid, read_call
from sandbox.models.catalogue import CLAUDE_MODELS, PRACTICE_MODEL, ClaudeModel
from sandbox.models.delivery import Delivery, deliver, hang, prepare, question_tokens
from sandbox.models.faults import SILENT, STATUS, Fault, Kind
from sandbox.models.simulation import LogEntry, Simulation, count_tokens

_KEY_PREFIX = "sk-ant-"
_FAULT_TYPES = {
    Kind.UNAUTHORIZED: ("authentication_error", "invalid x-api-key"),
    Kind.PAYMENT_REQUIRED: ("billing_error", "Your credit balance is too low to access the Anthropic API."),
    Kind.FORBIDDEN: ("permission_error", "Your API key does not have permission to use the specified resource."),
    Kind.SERVER_ERROR: ("api_error", "Internal server error"),
    Kind.BAD_GATEWAY: ("api_error", "Bad gateway"),
    Kind.UNAVAILABLE: ("api_error", "Service unavailable"),
    Kind.GATEWAY_TIMEOUT: ("timeout_error", "Request timed out"),
    Kind.OVERLOADED: ("overloaded_error", "Overloaded"),
    Kind.RATE_LIMIT: ("rate_limit_error", "This request would exceed your account's rate limit."),
    Kind.SPEND_LIMIT: ("rate_limit_error", "This request would exceed your organization's monthly spend limit."),
}
_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "refusal": "refusal"}


class _Visit(msgspec.Struct, frozen=True):
    """One request being served."""

    request: web.Request
    entry: LogEntry
    key: str
    id: str


class Anthropic:
    """The routes under `/v1`."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def routes(self) -> list[web.RouteDef]:
        """The routes to serve."""
        return [
            web.post("/v1/messages", self.messages),
            web.post("/v1/messages/count_tokens", self.count),
            web.get("/v1/models", self.models),
            web.get("/v1/models/{id:.+}", self.model),
        ]

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """Answer a Messages call, streamed or whole."""
        visit = self._enter(request, "completion")
        try:
            return await self._messages(visit)
        except Refusal as refusal:
            return self._refuse(visit, refusal)
        except (asyncio.CancelledError, ConnectionError):
            visit.entry.outcome = "client_gone"
            raise

    async def count(self, request: web.Request) -> web.StreamResponse:
        """Count the tokens of a Messages call."""
        visit = self._enter(request, "count_tokens")
        try:
            call = await self._read(visit, counting=True)
            await self._break(visit, self._simulation.strike("anthropic", "count_tokens", call.model.id))
        except Refusal as refusal:
            return self._refuse(visit, refusal)
        return self._plain(visit, {"input_tokens": _input_tokens(call)})

    async def models(self, request: web.Request) -> web.StreamResponse:
        """List the models, retired ones included."""
        return await self._catalogue(self._enter(request, "models"), None)

    async def model(self, request: web.Request) -> web.StreamResponse:
        """Describe one model."""
        return await self._catalogue(self._enter(request, "models"), request.match_info["id"])

    async def _catalogue(self, visit: _Visit, wanted: str | None) -> web.StreamResponse:
        try:
            self._authenticate(visit)
            check_version(visit.request.headers.get("anthropic-version"))
            await self._break(visit, self._simulation.strike("anthropic", "models", ""))
            described = _described(wanted)
        except Refusal as refusal:
            return self._refuse(visit, refusal)
        if wanted is not None:
            return self._plain(visit, described[0])
        ends = {"first_id": described[0]["id"], "last_id": described[-1]["id"]}
        return self._plain(visit, {"data": described, "has_more": False, **ends})

    def _enter(self, request: web.Request, route: str) -> _Visit:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        key = request.headers.get("x-api-key") or (bearer.strip() if scheme.lower() == "bearer" else "")
        entry = self._simulation.log("anthropic", request.method, request.path, route, key)
        return _Visit(request, entry, key, self._simulation.new_id("req_"))

    def _authenticate(self, visit: _Visit) -> None:
        if not visit.key:
            raise Refusal(401, "authentication_error", "x-api-key header is required")
        if not self._simulation.accepts(visit.key, _KEY_PREFIX):
            raise Refusal(401, "authentication_error", "invalid x-api-key")

    def _refuse(self, visit: _Visit, refusal: Refusal) -> web.Response:
        visit.entry.status = refusal.status
        if visit.entry.outcome == "open":
            visit.entry.outcome = f"refused:{refusal.status}"
        headers = {**self._headers(visit), **refusal.headers}
        return web.json_response(refusal.body(visit.id), status=refusal.status, headers=headers)

    def _plain(self, visit: _Visit, body: dict[str, Any]) -> web.Response:
        visit.entry.status, visit.entry.outcome = 200, "answered"
        return web.json_response(body, headers=self._headers(visit))

    def _headers(self, visit: _Visit) -> dict[str, str]:
        now = datetime.fromtimestamp(self._simulation.clock() + 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        requests, inputs, outputs = self._simulation.accounts.remaining(visit.key)
        headers = {"request-id": visit.id}
        for name, limit, remaining in (
            ("requests", REQUESTS_PER_MINUTE, requests),
            ("tokens", OUTPUT_PER_MINUTE, round(outputs, -3)),
            ("input-tokens", INPUT_PER_MINUTE, round(inputs, -3)),
            ("output-tokens", OUTPUT_PER_MINUTE, round(outputs, -3)),
        ):
            headers[f"anthropic-ratelimit-{name}-limit"] = str(limit)
            headers[f"anthropic-ratelimit-{name}-remaining"] = str(remaining)
            headers[f"anthropic-ratelimit-{name}-reset"] = now
        return headers

    async def _read(self, visit: _Visit, *, counting: bool = False) -> MessagesCall:
        self._authenticate(visit)
        version = check_version(visit.request.headers.get("anthropic-version"))
        body = _parse(await _body(visit.request))
        options = self._simulation.options
        call = read_call(body, version, options.extra_models, options.seed, counting=counting)
        visit.entry.model, visit.entry.stream = call.model.id, call.stream
        return call

    async def _messages(self, visit: _Visit) -> web.StreamResponse:
        call = await self._read(visit)
        words = "\n".join([call.model.id, call.question.system, *(turn.text for turn in call.question.turns)])
        fault = self._simulation.strike("anthropic", "completion", words)
        await self._break(visit, fault)
        if self._simulation.accounts.limits and self._simulation.accounts.remaining(visit.key)[0] == 0:
            raise Refusal(429, *_FAULT_TYPES[Kind.RATE_LIMIT], headers={"retry-after": "60"})
        delivery = prepare(call.question, call.max_tokens, fault)
        answer = _Answer(self._simulation, call, delivery, visit.key)
        visit.entry.status = 200
        if call.stream:
            wire = _Stream(visit.request, answer, self._headers(visit))
            visit.entry.outcome = await deliver(wire, delivery, self._simulation)
            return wire.response
        return await self._whole(visit, answer)

    async def _whole(self, visit: _Visit, answer: "_Answer") -> web.StreamResponse:
        kind = answer.delivery.kind
        visit.entry.outcome = f"fault:{kind}" if kind else "answered"
        if kind in (Kind.KEEP_ALIVE, Kind.STALL, Kind.CUT):
            await hang()
        await asyncio.sleep(self._simulation.first_token_s())
        if kind is Kind.MID_STREAM_ERROR:
            raise Refusal(529, *_FAULT_TYPES[Kind.OVERLOADED])
        return web.json_response(answer.whole(), headers=self._headers(visit))

    async def _break(self, visit: _Visit, fault: Fault | None) -> None:
        if fault is None or (fault.kind not in STATUS and fault.kind not in SILENT):
            return
        visit.entry.outcome = f"fault:{fault.kind}"
        if fault.kind is Kind.DISCONNECT and visit.request.transport is not None:
            visit.request.transport.abort()
            raise ConnectionResetError
        if fault.kind is Kind.HANG:
            await hang()
        headers = {"retry-after": f"{fault.retry_after:g}"} if fault.retry_after is not None else {}
        code = "enforced_spend_limit_reached" if fault.kind is Kind.SPEND_LIMIT else ""
        raise Refusal(STATUS[fault.kind], *_FAULT_TYPES[fault.kind], headers=headers, code=code)


class _Answer:
    """One answer in Anthropic's words; what the cache holds is counted when the answer begins."""

    def __init__(self, simulation: Simulation, call: MessagesCall, delivery: Delivery, key: str) -> None:
        self.id = simulation.new_id("msg_")
        self.delivery = delivery
        self._inputs = _input_tokens(call)
        self._read = self._written = 0
        for prefix in reversed(call.prefixes):
            read = simulation.cached_tokens(f"{key}:{call.model.id}:{call.question.schema}", prefix)
            self._read = max(self._read, read)
            self._written = max(self._written, 0 if read else count_tokens(prefix))
        self._written = max(0, self._written - self._read) if self._written >= 1_024 else 0
        simulation.accounts.meter(key, self._inputs - self._read, delivery.completion_tokens)

    def head(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": PRACTICE_MODEL,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": self.usage(1),
        }

    def whole(self) -> dict[str, Any]:
        shown = self.delivery.text and self.delivery.kind is not Kind.REFUSAL
        content: list[dict[str, Any]] = [{"type": "text", "text": self.delivery.text}] if shown else []
        if shown and self.delivery.pages:
            content = [*self.searched(), {**content[0], "citations": self.citations()}]
        return {**self.head(), "content": content, "stop_reason": self.stop_reason(), "usage": self.usage()}

    def stop_reason(self) -> str:
        return _STOP_REASONS[self.delivery.finish]

    def searched(self) -> list[dict[str, Any]]:
        """The blocks of a search: what was looked for, and what came of it."""
        found = [
            {
                "type": "web_search_result",
                "url": page.url,
                "title": page.title,
                "encrypted_content": "x",
                "page_age": None,
            }
            for page in self.delivery.pages
        ]
        query = {"query": self.delivery.pages[0].title}
        return [
            {"type": "server_tool_use", "id": f"srvtoolu_{self.id}", "name": "web_search", "input": query},
            {"type": "web_search_tool_result", "tool_use_id": f"srvtoolu_{self.id}", "content": found},
        ]

    def citations(self) -> list[dict[str, Any]]:
        """The pages that the text refers to."""
        return [
            {
                "type": "web_search_result_location",
                "url": page.url,
                "title": page.title,
                "cited_text": page.excerpt,
                "encrypted_index": "x",
            }
            for page in self.delivery.pages
        ]

    def usage(self, output_tokens: int | None = None) -> dict[str, Any]:
        outputs = self.delivery.completion_tokens if output_tokens is None else output_tokens
        return {
            "input_tokens": self._inputs - self._read - self._written,
            "cache_creation_input_tokens": self._written,
            "cache_read_input_tokens": self._read,
            "cache_creation": {"ephemeral_5m_input_tokens": self._written, "ephemeral_1h_input_tokens": 0},
            "output_tokens": outputs,
            "service_tier": "standard",
            "server_tool_use": {"web_search_requests": 1} if self.delivery.pages else None,
        }


class _Stream:
    """Anthropic's server-sent events."""

    def __init__(self, request: web.Request, answer: _Answer, headers: dict[str, str]) -> None:
        self._request, self._answer = request, answer
        self._index = 0
        self.response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache", **headers}
        )

    async def open(self) -> None:
        await self.response.prepare(self._request)
        await self._send("message_start", message=self._answer.head())
        if self._answer.delivery.pages:
            for block in self._answer.searched():
                await self._send("content_block_start", index=self._index, content_block=block)
                await self._send("content_block_stop", index=self._index)
                self._index += 1
        await self._send("content_block_start", index=self._index, content_block={"type": "text", "text": ""})
        await self.keep_alive()

    async def keep_alive(self) -> None:
        await self._send("ping")

    async def piece(self, text: str) -> None:
        await self._send("content_block_delta", index=self._index, delta={"type": "text_delta", "text": text})

    async def fail(self) -> None:
        await self._send("error", error={"type": "overloaded_error", "message": "Overloaded"})

    async def close(self, delivery: Delivery) -> None:
        for citation in self._answer.citations():
            delta = {"type": "citations_delta", "citation": citation}
            await self._send("content_block_delta", index=self._index, delta=delta)
        await self._send("content_block_stop", index=self._index)
        stop = {"stop_reason": self._answer.stop_reason(), "stop_sequence": None}
        await self._send("message_delta", delta=stop, usage=self._answer.usage(delivery.completion_tokens))
        await self._send("message_stop")

    async def _send(self, event: str, **fields: object) -> None:
        data = json.dumps({"type": event, **fields}, ensure_ascii=False)
        await self.response.write(f"event: {event}\ndata: {data}\n\n".encode())


def _input_tokens(call: MessagesCall) -> int:
    return question_tokens(call.question)


def _described(wanted: str | None) -> list[dict[str, Any]]:
    described = [_describe(model) for model in CLAUDE_MODELS if wanted in (None, model.id)]
    if not described:
        raise Refusal(404, "not_found_error", f"model: {wanted}")
    return described


def _describe(model: ClaudeModel) -> dict[str, Any]:
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.display_name,
        "created_at": model.created_at,
        "lifecycle": model.lifecycle,
        "line": {"id": model.line},
        "deprecated_at": model.deprecated_at,
        "retires_at": model.retires_at,
        "max_input_tokens": model.max_input_tokens,
        "max_tokens": model.max_tokens,
        "capabilities": {"structured_outputs": {"supported": True}, "image_input": {"supported": True}},
    }


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "request_too_large", "Request exceeds the maximum size") from None


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        raise invalid("The request body is not valid JSON") from None
