"""The server: `/bot{token}/{method}`, `/file/bot{token}/{path}`, the control API and the chat page."""

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.telegram.chats import Chats
from sandbox.telegram.control import Control
from sandbox.telegram.methods import Methods
from sandbox.telegram.refusals import Refusal
from sandbox.telegram.updates import Updates

_PAGE = Path(__file__).parent / "page"
_SAVE_EVERY_S = 0.5
_BODY_LIMIT = 50 * 1024 * 1024
_CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'"
)


@dataclass
class Running:
    """A running emulator; `url` is the API's base and the chat page's address."""

    url: str
    _runner: web.AppRunner
    _server: "_Server"
    _saving: "asyncio.Task[None]"

    async def stop(self) -> None:
        """Close every connection and keep what outlives a restart."""
        self._saving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._saving
        self._server.close()
        await self._runner.cleanup()


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    token: str,
    state_path: Path | None = None,
    bot_username: str = "cornerman_practice_bot",
) -> Running:
    """Serve one bot; port 0 takes a free one. With `state_path` the chats outlive a restart.

    Raises OSError where the port is taken.
    """
    server = _Server(token, Chats(state_path, bot_username, int(token.partition(":")[0])))
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    address = runner.addresses[0]
    return Running(f"http://{host}:{address[1]}", runner, server, asyncio.create_task(server.save_regularly()))


class _Server:
    def __init__(self, token: str, chats: Chats) -> None:
        self._token = token
        self._chats = chats
        self._updates = Updates()
        self._methods = Methods(chats, self._updates)
        self._control = Control(chats, self._updates, self._methods)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=_BODY_LIMIT)
        application.add_routes(self._control.routes())
        application.router.add_route("*", "/bot{token}/{method}", self._call)
        application.router.add_get("/file/bot{token}/files/{file_id}/{name}", self._file)
        application.router.add_get("/", self._index)
        application.router.add_static("/static", _PAGE)
        return application

    async def save_regularly(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_EVERY_S)
            self._chats.save()

    def close(self) -> None:
        self._control.close()
        self._updates.close()
        self._chats.save()

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        headers = {"Content-Security-Policy": _CONTENT_POLICY, "Cache-Control": "no-store"}
        return web.FileResponse(_PAGE / "index.html", headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        found = self._chats.files.get(request.match_info["file_id"])
        if request.match_info["token"] != self._token or found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1])

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            given = await _parameters(request)
            fault = self._control.fault_for(method, str(given.get("chat_id", "")))
            answer = await self._answered(request, method, given, fault)
        except Refusal as refusal:
            answer = _refused(refusal)
        if method.lower() != "getupdates":
            noted = {"method": method, "chat_id": str(given.get("chat_id", "")), "at": time.time()}
            self._control.calls.append({**noted, "status": answer.status})
        return answer

    async def _answered(
        self, request: web.Request, method: str, given: dict[str, Any], fault: dict[str, Any] | None
    ) -> web.Response:
        if request.match_info["token"] != self._token:
            raise Refusal(401, "Unauthorized: invalid token specified")
        if fault is not None and (struck := await _struck(request, fault)) is not None:
            return struck
        if method.lower() == "getupdates":
            result = await self._polled(given)
        else:
            result = json.dumps(await self._methods.find(method)(given), ensure_ascii=False)
        if fault is not None and fault["kind"] == "drop_after":
            _cut(request)
        return web.Response(text=f'{{"ok":true,"result":{result}}}', content_type="application/json")

    async def _polled(self, given: dict[str, Any]) -> str:
        allowed = given.get("allowed_updates")
        if allowed is not None:
            self._updates.allowed = json.loads(allowed) if isinstance(allowed, str) else list(allowed)
        limit = min(100, max(1, int(given.get("limit") or 100)))
        return await self._updates.get(int(given.get("offset") or 0), limit, float(given.get("timeout") or 0))


async def _struck(request: web.Request, fault: dict[str, Any]) -> web.Response | None:
    await asyncio.sleep(float(fault.get("latency_s", 0)))
    match fault["kind"]:
        case "drop_before":
            _cut(request)
            return web.Response(status=502)
        case "drop_after" | "latency":
            return None
    if fault.get("retry_after") is not None:
        wait = int(fault["retry_after"])
        raise Refusal(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
    raise Refusal(int(fault["status"]), str(fault.get("description", "Internal Server Error: restart")))


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _refused(refusal: Refusal) -> web.Response:
    wait = (refusal.parameters or {}).get("retry_after")
    headers = {"Retry-After": str(wait)} if wait is not None else {}
    return web.json_response(refusal.body(), status=refusal.status, headers=headers)


async def _parameters(request: web.Request) -> dict[str, Any]:
    """The parameters from the address and the body, whichever of the four forms it has; files as (name, content)."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        return given | (json.loads(body) if body.strip() else {})
    if request.can_read_body:
        for name, value in (await request.post()).items():
            given[name] = (value.filename, value.file.read()) if isinstance(value, web.FileField) else value
    return given
