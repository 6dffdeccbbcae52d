"""A stub of InsForge's gateway in front of a real PostgREST, with the habits of the original.

Who asks is told by the shape of the key, and only `sub`, `email` and `role` of a rep's token go on. `""` is dropped
from columns that hold no text, every number passes through JavaScript, a repeated parameter is renamed, an empty body
becomes `[]`. `faults` are used up one per request; `requests` keeps what was asked.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Literal

import aiohttp
import jwt
import msgspec
from aiohttp import web

from tests.servers.insforge_migrations_stub import MigrationApi
from tests.servers.postgres import Database
from tests.servers.postgrest import SECRET, token

SERVICE_KEY = "ik_" + "5e" * 20
ANON_KEY = "anon_" + "a7" * 20
LONGEST_URL = 16_000
Fault = Literal[
    "timeout_before", "timeout_after", "reset_before", "reset_after", "proxy_page", "unavailable", "rate_limit", "hang"
]
HANG_S = 20.0
"""Longer than the client waits."""


class Asked(msgspec.Struct, frozen=True):
    """One request as it came in."""

    method: str
    table: str
    query: str
    body: str


class Refused(Exception):
    """The gateway itself answers with an error."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class InsforgeStub:
    """The running stub; make one with `running`."""

    def __init__(self, database: Database, target: str, http: aiohttp.ClientSession) -> None:
        self.url = ""
        self.faults: deque[Fault] = deque()
        self.requests: list[Asked] = []
        self._target = target
        self._http = http
        self._text_columns = text_columns(database)
        self._migrations = MigrationApi(database)

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=100 * 2**20)
        app.router.add_route("*", "/api/database/records/{table}", self._records)
        app.router.add_route("*", "/api/database/migrations{rest:.*}", self._migrate)
        return app

    async def _migrate(self, request: web.Request) -> web.Response:
        try:
            role = _claims(request)["role"]
        except Refused as refused:
            return _error(refused)
        if role != "project_admin":
            return _error(Refused(403, "AUTH_UNAUTHORIZED"))
        return await self._migrations.answer(request)

    async def _records(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        self.requests.append(Asked(request.method, request.match_info["table"], request.query_string, body))
        if len(request.raw_path) > LONGEST_URL:
            return _error(Refused(431, "HEADERS_TOO_LARGE"))
        fault = self.faults.popleft() if self.faults else None
        try:
            return await self._answer(request, body, fault)
        except Refused as refused:
            return _error(refused)
        except aiohttp.ClientConnectionError:
            return _error(Refused(500, "INTERNAL_ERROR"))  # PostgREST itself is away

    async def _answer(self, request: web.Request, body: str, fault: Fault | None) -> web.StreamResponse:
        if fault == "hang":
            await asyncio.sleep(HANG_S)
        if fault in ("timeout_before", "reset_before", "proxy_page", "unavailable", "rate_limit", "hang"):
            return _failed(request, fault)
        answer = await self._forward(request, body)
        return _failed(request, fault) if fault is not None else answer

    async def _forward(self, request: web.Request, body: str) -> web.Response:
        claims = _claims(request)
        headers = {"Authorization": f"Bearer {token(claims['role'], claims.get('sub'))}"}
        headers |= {name: value for name in ("Prefer", "Content-Type") if (value := request.headers.get(name))}
        table = request.match_info["table"]
        async with self._http.request(
            request.method,
            f"{self._target}/{table}",
            params=_renamed(request),
            data=self._cleaned(table, body) if body else None,
            headers=headers,
        ) as answer:
            raw = await answer.read()
            text = json.dumps(through_javascript(json.loads(raw))) if raw else ""
            if not text and answer.status != 204:
                text = "[]"
            kept = {name: value for name in ("Content-Range", "Retry-After") if (value := answer.headers.get(name))}
            return web.Response(status=answer.status, text=text, headers=kept, content_type="application/json")

    def _cleaned(self, table: str, body: str) -> str:
        texts = self._text_columns.get(table, frozenset())
        value = through_javascript(json.loads(body))
        rows = msgspec.convert(value if isinstance(value, list) else [value], list[dict[str, object]])
        cleaned = [{name: cell for name, cell in row.items() if cell != "" or name in texts} for row in rows]
        return json.dumps(cleaned if isinstance(value, list) else cleaned[0])


def through_javascript(value: object) -> object:
    """A JSON value after `JSON.parse` and `JSON.stringify`: every number a double, whole ones without a point."""
    match value:
        case bool():
            return value
        case int() | float():
            number = float(value)
            return int(number) if number.is_integer() and abs(number) < 1e21 else number
        case list():
            return [through_javascript(item) for item in value]
        case dict():
            return {name: through_javascript(item) for name, item in value.items()}
    return value


def text_columns(database: Database) -> dict[str, frozenset[str]]:
    """The columns of each table in which the gateway leaves `""` alone."""
    found = database.rows(
        "select table_name, column_name from information_schema.columns where table_schema = 'public'"
        " and data_type in ('text', 'character varying', 'character')"
    )
    return {table: frozenset(column for owner, column in found if owner == table) for table, _ in found}


def _claims(request: web.Request) -> Mapping[str, str]:
    """Who asks; an `x-api-key` beats a token, as it does in the original."""
    key = request.headers.get("x-api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
    if key.startswith("ik_"):
        if key != SERVICE_KEY:
            raise Refused(401, "AUTH_INVALID_API_KEY")
        return {"role": "project_admin"}
    if key == ANON_KEY:
        return {"role": "anon"}
    try:
        claims = jwt.decode(key, SECRET, algorithms=["HS256"], options={"verify_aud": False})
    except jwt.InvalidTokenError:
        raise Refused(401, "AUTH_INVALID_CREDENTIALS") from None
    kept = {"role": str(claims.get("role", "authenticated"))}
    return kept | {str(name): str(claims[name]) for name in ("sub", "email") if name in claims}


def _renamed(request: web.Request) -> list[tuple[str, str]]:
    names = [name for name, _ in request.query.items()]
    return [(f"{name}[]" if names.count(name) > 1 else name, value) for name, value in request.query.items()]


def _error(refused: Refused) -> web.Response:
    body = {"error": refused.code, "message": "refused", "statusCode": refused.status, "nextActions": "check the key"}
    return web.json_response(body, status=refused.status)


def _failed(request: web.Request, fault: Fault) -> web.Response:
    match fault:
        case "reset_before" | "reset_after":
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        case "proxy_page":
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        case "unavailable":
            body = {"code": "PGRST000", "message": "no connection", "details": "planted detail", "hint": None}
            return web.json_response(body, status=503, headers={"Retry-After": "0"})
        case "rate_limit":
            slow_down = {"error": "TOO_MANY_REQUESTS", "message": "slow down", "statusCode": 429}
            return web.json_response(slow_down, status=429, headers={"Retry-After": "1"})
        case _:
            timed_out = {"error": "INTERNAL_ERROR", "message": "timeout of 10000ms exceeded", "statusCode": 500}
            return web.json_response(timed_out, status=500)


@asynccontextmanager
async def running(database: Database, postgrest_url: str) -> AsyncIterator[InsforgeStub]:
    """A stub on a port of its own, in this event loop; its migration API reaches the database without PostgREST."""
    async with aiohttp.ClientSession() as http:
        stub = InsforgeStub(database, postgrest_url, http)
        runner = web.AppRunner(stub.application(), max_line_size=100_000, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield stub
        finally:
            await runner.cleanup()
