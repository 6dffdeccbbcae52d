"""`/bot{token}/{method}` and `/file/bot{token}/{path}` over HTTP, and the log of calls."""

import asyncio
import hmac
import inspect
import json
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.telegram import bot_methods, editing, sending, update_methods
from sandbox.telegram.faults import Fault, Faults
from sandbox.telegram.flood import Flood
from sandbox.telegram.parameters import Parameters, parameters_of
from sandbox.telegram.refusals import Refusal, flooded
from sandbox.telegram.world import World

_MOST_CALLS = 200_000
_METHODS: dict[str, Callable[[World, Parameters], Any]] = {
    name.lower(): method
    for name, method in (bot_methods.METHODS | editing.METHODS | sending.METHODS | update_methods.METHODS).items()
}
_BAD_GATEWAY = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


class Gateway:
    """One bot's API over HTTP."""

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token
        self.faults = Faults(world.clock)
        self.flood = Flood(world.clock)
        self.calls: deque[dict[str, Any]] = deque(maxlen=_MOST_CALLS)
        world.webhook.perform = self._performed

    def add_to(self, application: web.Application) -> None:
        """Serve under the application's root."""
        application.router.add_route("*", "/bot{token}/{method}", self._call)
        application.router.add_get("/file/bot{token}/{path:.+}", self._file)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request)
            given = await parameters_of(request)
        except Refusal as refusal:
            return refused(refusal)
        method, name = request.match_info["method"].lower(), request.match_info["method"]
        if method == "getupdates":
            return await self._answer(request, method, given)
        noted = {
            "method": name,
            "chat_id": given.text("chat_id"),
            "at": self._world.clock.now(),
            "status": None,
        }
        self.calls.append(noted)
        answer = await self._answer(request, method, given)
        noted["status"] = answer.status
        return answer

    def _check_token(self, request: web.Request) -> None:
        given = request.match_info["token"].encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, self._token.encode()):
            raise Refusal(401, "Unauthorized: invalid token specified")

    async def _answer(self, request: web.Request, method: str, given: Parameters) -> web.Response:
        chat_id = given.text("chat_id")
        fault = self.faults.for_call(method, chat_id, given.text("text"))
        try:
            struck = await _struck(request, fault) if fault is not None else None
            if struck is not None:
                return struck
            self.flood.check(method, chat_id)
            result = await self._result(method, given)
        except Refusal as refusal:
            return refused(refusal)
        if fault is not None and fault.kind == "drop_after":
            _cut(request)
        return web.Response(text=f'{{"ok":true,"result":{result}}}', content_type="application/json")

    async def _result(self, method: str, given: Parameters) -> str:
        if method == "getupdates":
            return await update_methods.get_updates(self._world, given)
        found = _METHODS.get(method)
        if found is None:
            raise Refusal(404, "Not Found: method not found")
        result = found(self._world, given)
        return json.dumps(await result if inspect.isawaitable(result) else result)

    async def _performed(self, method: str, values: dict[str, Any]) -> None:
        """A call from the answer to a webhook: its result and its refusal go nowhere."""
        try:
            await self._result(method.lower(), Parameters(values))
        except Refusal:
            return

    async def _file(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request)
        except Refusal as refusal:
            return refused(refusal)
        file = self._world.files.at(request.match_info["path"])
        if file is None:
            return refused(Refusal(404, "Not Found"))
        return ranged(request, file.content)


def ranged(request: web.Request, content: bytes, content_type: str = "application/octet-stream") -> web.Response:
    """The content, or the part of it that the request's Range header wants."""
    headers = {"Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff", "Content-Type": content_type}
    try:
        wanted = request.http_range
    except ValueError:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    if wanted.start is None and wanted.stop is None:
        return web.Response(body=content, headers=headers)
    begin, end, _ = wanted.indices(len(content))
    if begin >= end:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(content)}"
    return web.Response(status=206, body=content[begin:end], headers=headers)


def refused(refusal: Refusal) -> web.Response:
    """A refusal as HTTP: the same status, its body, and Retry-After where it says how long to wait."""
    wait = (refusal.parameters or {}).get("retry_after")
    headers = {"Retry-After": str(wait)} if wait is not None else {}
    return web.json_response(refusal.body(), status=refusal.status, headers=headers)


async def _struck(request: web.Request, fault: Fault) -> web.Response | None:
    await asyncio.sleep(fault.latency_s)
    match fault.kind:
        case "drop_before":
            _cut(request)
            return web.Response(status=502)
        case "html":
            return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
        case "drop_after" | "latency":
            return None
    if fault.retry_after is not None:
        raise flooded(int(fault.retry_after))
    raise Refusal(fault.status, fault.description)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
