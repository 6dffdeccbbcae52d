"""OpenRouter's chat completions, model list and key information, as its clients meet them."""

import asyncio
import json
from typing import Any

from aiohttp import web

from sandbox.models.accounts import Exhausted
from sandbox.models.catalogue import PRACTICE_MODEL, ROUTER_MODELS, RouterModel
from sandbox.models.delivery import Delivery, deliver, hang, prepare
from sandbox.models.faults import SILENT, STATUS, Fault, Kind
from sandbox.models.openrouter_rules import ChatCall, Refusal, read_call
from sandbox.models.simulation import LogEntry, Simulation

_KEY_PREFIX = "sk-or-"
_FAULT_TYPES = {
    Kind.UNAUTHORIZED: ("authentication", "User not found."),
    Kind.PAYMENT_REQUIRED: ("payment_required", "Insufficient credits. Add more using https://openrouter.ai/credits"),
    Kind.FORBIDDEN: ("permission_denied", "The request was blocked by a guardrail."),
    Kind.SERVER_ERROR: ("server", "Internal Server Error"),
    Kind.BAD_GATEWAY: ("provider_unavailable", "Provider returned error"),
    Kind.UNAVAILABLE: ("provider_overloaded", "No instances available"),
    Kind.GATEWAY_TIMEOUT: ("timeout", "Upstream provider timed out"),
    Kind.OVERLOADED: ("provider_overloaded", "Provider is overloaded"),
}
_FINISH = {"stop": "stop", "length": "length", "refusal": "content_filter"}


class OpenRouter:
    """The routes under `/api/v1`."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def routes(self) -> list[web.RouteDef]:
        """The routes to serve."""
        return [
            web.post("/api/v1/chat/completions", self.chat),
            web.get("/api/v1/models", self.models),
            web.get("/api/v1/key", self.key),
        ]

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """Answer a chat completion, streamed or whole."""
        entry, key = self._enter(request, "completion")
        try:
            return await self._chat(request, entry, key)
        except Refusal as refusal:
            return self._refuse(entry, refusal)
        except (asyncio.CancelledError, ConnectionError):
            entry.outcome = "client_gone"
            raise

    async def models(self, request: web.Request) -> web.StreamResponse:
        """List the models; asks for no key, as the real one."""
        entry, _ = self._enter(request, "models")
        return await self._plain(request, entry, {"data": [_describe(model) for model in ROUTER_MODELS]})

    async def key(self, request: web.Request) -> web.StreamResponse:
        """Describe the key: its credits and the free calls of today."""
        entry, key = self._enter(request, "key")
        try:
            self._authenticate(key)
        except Refusal as refusal:
            return self._refuse(entry, refusal)
        return await self._plain(request, entry, {"data": self._describe_key(key)})

    def _enter(self, request: web.Request, route: str) -> tuple[LogEntry, str]:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        key = key.strip() if scheme.lower() == "bearer" else ""
        return self._simulation.log("openrouter", request.method, request.path, route, key), key

    def _refuse(self, entry: LogEntry, refusal: Refusal) -> web.Response:
        entry.status = refusal.status
        if entry.outcome == "open":
            entry.outcome = f"refused:{refusal.status}"
        return web.json_response(refusal.body, status=refusal.status, headers=refusal.headers)

    def _authenticate(self, key: str) -> None:
        if not key:
            raise Refusal(401, "No auth credentials found", "authentication")
        if not self._simulation.accepts(key, _KEY_PREFIX):
            raise Refusal(401, "User not found.", "authentication")

    async def _plain(self, request: web.Request, entry: LogEntry, body: dict[str, Any]) -> web.StreamResponse:
        fault = self._simulation.strike("openrouter", entry.route, "")
        try:
            if fault is not None:
                await self._break(request, entry, fault)
        except Refusal as refusal:
            return self._refuse(entry, refusal)
        entry.status, entry.outcome = 200, "answered"
        return web.json_response(body)

    async def _chat(self, request: web.Request, entry: LogEntry, key: str) -> web.StreamResponse:
        self._authenticate(key)
        text = (await _body(request)).decode("utf-8", "replace")
        call = read_call(_parse(text), self._simulation.options.extra_models, self._simulation.options.seed)
        entry.model, entry.stream = call.model.id, call.stream
        self._admit(key, call.model)
        fault = self._simulation.strike("openrouter", "completion", f"{call.model.id}\n{_words(call)}")
        if fault is not None:
            await self._break(request, entry, fault)
        delivery = prepare(call.question, call.max_tokens, fault)
        answer = _Answer(self._simulation, call, delivery, key)
        if fault is not None and fault.kind is Kind.ERROR_IN_200:
            entry.status, entry.outcome = 200, f"fault:{fault.kind}"
            return web.json_response(Refusal(502, "Provider returned error", "provider_unavailable").body)
        entry.status = 200
        if call.stream:
            return await self._stream(request, entry, answer)
        return await self._whole(entry, answer)

    async def _break(self, request: web.Request, entry: LogEntry, fault: Fault) -> None:
        if fault.kind in STATUS or fault.kind in SILENT:
            entry.outcome = f"fault:{fault.kind}"
        if fault.kind is Kind.DISCONNECT and request.transport is not None:
            request.transport.abort()
            raise ConnectionResetError
        if fault.kind is Kind.HANG:
            await hang()
        if fault.kind in STATUS:
            raise self._fault(fault)

    def _fault(self, fault: Fault) -> Refusal:
        headers = {"Retry-After": f"{fault.retry_after:g}"} if fault.retry_after is not None else {}
        if fault.kind not in (Kind.RATE_LIMIT, Kind.SPEND_LIMIT):
            error_type, message = _FAULT_TYPES[fault.kind]
            return Refusal(STATUS[fault.kind], message, error_type, headers=headers)
        if fault.upstream:
            return Refusal(
                429,
                "Provider returned error",
                "rate_limit_exceeded",
                headers=headers,
                provider_code="429",
                provider_name="Practice",
            )
        if fault.limit_headers:
            reset_at = self._simulation.clock() + (fault.retry_after or 60.0)
            return _limited(Exhausted("per-min", 20, reset_at), headers)
        return Refusal(429, "Rate limit exceeded", "rate_limit_exceeded", headers=headers)

    def _admit(self, key: str, model: RouterModel) -> None:
        account = self._simulation.accounts.of(key)
        if account.credits is not None and (account.credits < 0 or (account.credits <= 0 and not model.free)):
            raise Refusal(402, _FAULT_TYPES[Kind.PAYMENT_REQUIRED][1], "payment_required")
        exhausted = self._simulation.accounts.take_free(key) if model.free else None
        if exhausted is not None:
            raise _limited(exhausted, {})

    async def _stream(self, request: web.Request, entry: LogEntry, answer: "_Answer") -> web.StreamResponse:
        wire = _Stream(request, answer)
        entry.outcome = await deliver(wire, answer.delivery, self._simulation)
        answer.charge()
        return wire.response

    async def _whole(self, entry: LogEntry, answer: "_Answer") -> web.StreamResponse:
        kind = answer.delivery.kind
        entry.outcome = f"fault:{kind}" if kind else "answered"
        if kind in (Kind.KEEP_ALIVE, Kind.STALL, Kind.CUT):
            await hang()
        await asyncio.sleep(self._simulation.first_token_s())
        answer.charge()
        return web.json_response(answer.whole(), headers={"X-Generation-Id": answer.id})

    def _describe_key(self, key: str) -> dict[str, Any]:
        account = self._simulation.accounts.of(key)
        return {
            "label": f"sk-or-v1-...{key[-3:]}",
            "limit": None,
            "limit_remaining": account.credits,
            "limit_reset": None,
            "usage": account.spent,
            "usage_daily": account.spent,
            "usage_weekly": account.spent,
            "usage_monthly": account.spent,
            "is_free_tier": account.free_per_day <= 50,
            "free_model_daily_requests": {
                "limit": account.free_per_day,
                "used": account.used_today,
                "remaining": max(0, account.free_per_day - account.used_today),
            },
            "rate_limit": {"requests": -1, "interval": "10s", "note": "This field is deprecated and safe to ignore."},
        }


class _Answer:
    """One answer in OpenRouter's words."""

    def __init__(self, simulation: Simulation, call: ChatCall, delivery: Delivery, key: str) -> None:
        self.id = simulation.new_id("gen-")
        self.delivery = delivery
        self._simulation, self._call, self._key = simulation, call, key
        self._created = int(simulation.clock())
        self._cached = simulation.cached_tokens(key, call.question.system)

    def charge(self) -> None:
        self._simulation.accounts.charge(self._key, self._cost())

    def chunk(self, choices: list[dict[str, Any]], **more: object) -> dict[str, Any]:
        return {**self._head("chat.completion.chunk"), "choices": choices, **more}

    def finish(self) -> str:
        return _FINISH[self.delivery.finish]

    def whole(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.delivery.text}
        if self.delivery.pages:
            message["annotations"] = self.annotations()
        choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": self.finish()}
        match self.delivery.kind:
            case Kind.EMPTY_CHOICES:
                return {**self._head("chat.completion"), "choices": [], "usage": self.usage()}
            case Kind.MID_STREAM_ERROR:
                choice |= {"finish_reason": "error", "error": mid_stream_error()}
            case Kind.REFUSAL:
                message |= {"refusal": self.delivery.text}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self.usage()}

    def annotations(self) -> list[dict[str, Any]]:
        text = self.delivery.text
        return [
            {
                "type": "url_citation",
                "url_citation": {
                    "url": page.url,
                    "title": page.title,
                    "content": page.excerpt,
                    "start_index": max(0, text.find(page.title)),
                    "end_index": max(0, text.find(page.title)) + len(page.title),
                },
            }
            for page in self.delivery.pages
        ]

    def usage(self) -> dict[str, Any]:
        prompt, completion = self.delivery.prompt_tokens, self.delivery.completion_tokens
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "cost": self._cost(),
            "is_byok": False,
            "prompt_tokens_details": {"cached_tokens": self._cached, "cache_write_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
            "cost_details": {"upstream_inference_cost": None},
        }

    def _cost(self) -> float:
        model = self._call.model
        prompt = self.delivery.prompt_tokens * model.prompt_price
        return prompt + self.delivery.completion_tokens * model.completion_price

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "provider": "Practice",
            "model": PRACTICE_MODEL,
            "object": kind,
            "created": self._created,
        }


class _Stream:
    """OpenRouter's server-sent events."""

    def __init__(self, request: web.Request, answer: _Answer) -> None:
        self._request, self._answer = request, answer
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Generation-Id": answer.id}
        self.response = web.StreamResponse(headers=headers)

    async def open(self) -> None:
        await self.response.prepare(self._request)
        await self.keep_alive()

    async def keep_alive(self) -> None:
        await self.response.write(b": OPENROUTER PROCESSING\n\n")

    async def piece(self, text: str) -> None:
        await self._send(self._answer.chunk([_delta(text)]))

    async def fail(self) -> None:
        choice = _delta("") | {"finish_reason": "error", "native_finish_reason": "error"}
        await self._send(self._answer.chunk([choice], error=mid_stream_error()))

    async def close(self, delivery: Delivery) -> None:
        if delivery.pages:
            noted = _delta("")
            noted["delta"]["annotations"] = self._answer.annotations()
            await self._send(self._answer.chunk([noted]))
        if delivery.kind is not Kind.EMPTY_CHOICES:
            finish = self._answer.finish()
            await self._send(
                self._answer.chunk([_delta("") | {"finish_reason": finish, "native_finish_reason": finish}])
            )
        await self._send(self._answer.chunk([], usage=self._answer.usage()))
        await self.response.write(b"data: [DONE]\n\n")

    async def _send(self, chunk: dict[str, Any]) -> None:
        await self.response.write(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode())


def mid_stream_error() -> dict[str, Any]:
    """The error OpenRouter puts into an answer that has already begun."""
    metadata = {"error_type": "provider_unavailable", "provider_code": "server_error"}
    return {"code": 502, "message": "Provider disconnected unexpectedly", "metadata": metadata}


def _delta(text: str) -> dict[str, Any]:
    return {
        "index": 0,
        "delta": {"role": "assistant", "content": text},
        "finish_reason": None,
        "native_finish_reason": None,
    }


def _limited(exhausted: Exhausted, headers: dict[str, str]) -> Refusal:
    limits = {
        "X-RateLimit-Limit": str(exhausted.limit),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(exhausted.reset_at * 1000)),
    }
    message = f"Rate limit exceeded: free-models-{exhausted.window}. "
    return Refusal(429, message, "rate_limit_exceeded", headers={**headers, **limits})


def _describe(model: RouterModel) -> dict[str, Any]:
    modalities = ["text", "image"] if model.images else ["text"]
    return {
        "id": model.id,
        "canonical_slug": model.id.removesuffix(":free"),
        "name": f"{model.id} (practice)",
        "created": 1_760_000_000,
        "context_length": model.context_length,
        "architecture": {
            "input_modalities": modalities,
            "output_modalities": ["text"],
            "modality": f"{'+'.join(modalities)}->text",
        },
        "pricing": {"prompt": _price(model.prompt_price), "completion": _price(model.completion_price), "request": "0"},
        "top_provider": {
            "context_length": model.context_length,
            "max_completion_tokens": 32_768,
            "is_moderated": False,
        },
        "supported_parameters": [
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "response_format",
            *(["structured_outputs"] if model.schemas else []),
            "tools",
            "reasoning",
        ],
        "expiration_date": "2026-10-01" if model.ended else None,
    }


def _price(value: float) -> str:
    return f"{value:.12f}".rstrip("0").rstrip(".") or "0"


def _words(call: ChatCall) -> str:
    return "\n".join([call.question.system, *(turn.text for turn in call.question.turns)])


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "Request body is too large", "payload_too_large") from None


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise Refusal(400, "Invalid JSON in request body", "invalid_request") from None
