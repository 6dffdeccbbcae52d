"""`/status`, its parts and `/metrics`: the same observation as JSON and for Prometheus, for operators only."""

import heapq
from pathlib import Path
from typing import Literal

import msgspec
from aiohttp import web

from runtime import ActorSystem, CellSnapshot
from webapp_server.actor_pages import actor_page, actors_page
from webapp_server.actor_rows import ActorRow, ActorWhole, actor_row
from webapp_server.actors_seen import ActorsSeen
from webapp_server.commands import Commands
from webapp_server.confirmations import Confirmations
from webapp_server.metrics import exposition
from webapp_server.operators import Handler, OperatorAccess
from webapp_server.overview import Observer
from webapp_server.status_page import page
from webapp_server.status_rows import DeadLetterRow, dead_letter_rows, failed_rows

Sort = Literal["running_s", "depth", "oldest_age_s", "handled", "failed", "restarts"]
_NO_STORE = {"Cache-Control": "no-store"}
_MOST = 500
_ERRORS = 5


PAGE_POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
}
_ASSETS = Path(__file__).parent / "assets"


class ActorQuery(msgspec.Struct, frozen=True):
    """Which actors to list, the largest by `sort` first, after so many of them."""

    type: str | None = None
    state: str | None = None
    sort: Sort = "running_s"
    skip: int = 0
    limit: int = 50


class ActorList(msgspec.Struct, frozen=True):
    """The first of the actors that match, and how many match."""

    matching: int
    actors: tuple[ActorRow, ...]


class Status:
    """The operators' reading routes."""

    def __init__(
        self, system: ActorSystem, observer: Observer, seen: ActorsSeen, access: OperatorAccess, commands: Commands
    ) -> None:
        self._system = system
        self._observer = observer
        self._seen = seen
        self._ids = seen.ids
        self._access = access
        self._commands = commands

    def routes(self) -> list[web.RouteDef]:
        """All of them behind the guard."""
        guarded = self._access.guarded
        return [
            web.get("/status", guarded(self._status)),
            web.get("/status.html", guarded(self._page)),
            web.get("/status/page.css", _asset("status.css", "text/css")),
            web.get("/status/page.js", _asset("status.js", "text/javascript")),
            web.get("/status/actors", guarded(self._actors)),
            web.get("/status/actors/{id:.+}", guarded(self._actor)),
            web.get("/status/deadletters", guarded(self._dead_letters)),
            web.get("/metrics", guarded(self._metrics)),
        ]

    async def _status(self, request: web.Request) -> web.Response:
        if _wants_html(request):
            return await self._page(request)
        return as_json((await self._observer.observe()).overview)

    async def _page(self, _request: web.Request) -> web.Response:
        overview = (await self._observer.observe()).overview
        return _html(page(overview, self._letters(), await self._commands.given_up(), self._commands))

    async def _metrics(self, request: web.Request) -> web.Response:
        body, content_type = exposition(await self._observer.observe(), request.headers.get("Accept", ""))
        return web.Response(body=body, headers=_NO_STORE | {"Content-Type": content_type})

    async def _actors(self, request: web.Request) -> web.Response:
        try:
            query = msgspec.convert(dict(request.query), ActorQuery, strict=False)
        except msgspec.ValidationError as error:
            return web.Response(status=400, text=f"{error}\n", headers=_NO_STORE)
        matching = [cell async for cell in self._seen.every() if _matches(cell, query)]
        skip, limit = max(0, query.skip), max(0, min(query.limit, _MOST))
        first = heapq.nlargest(skip + limit, matching, key=lambda cell: getattr(cell, query.sort) or 0.0)
        rows = tuple(actor_row(cell, self._ids) for cell in first[skip:])
        if not _wants_html(request):
            return as_json(ActorList(len(matching), rows))
        asked = " ".join(word for word in (query.state, query.type or "actors", "by", query.sort) if word)
        seen = skip + len(rows)
        more = str(request.rel_url.update_query(skip=seen)) if rows and seen < len(matching) else None
        part = f": {skip + 1} to {seen} of {len(matching)}" if 0 < len(rows) < len(matching) else ""
        return _html(actors_page(rows, asked + part, more, Confirmations(self._commands.word)))

    async def _actor(self, request: web.Request) -> web.Response:
        cell = await self._seen.find(request.match_info["id"])
        if cell is None:
            return web.Response(status=404, text="There is no such actor now.\n", headers=_NO_STORE)
        row = actor_row(cell, self._ids)
        errors = tuple(letter for letter in failed_rows(self._letters()) if letter.target == row.id)[:_ERRORS]
        whole = ActorWhole(**msgspec.structs.asdict(row), errors=errors)
        return _html(actor_page(whole, Confirmations(self._commands.word))) if _wants_html(request) else as_json(whole)

    async def _dead_letters(self, _request: web.Request) -> web.Response:
        return as_json(self._letters())

    def _letters(self) -> tuple[DeadLetterRow, ...]:
        return dead_letter_rows(self._system.dead_letters, self._system.clock.time(), self._ids)


def _wants_html(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", headers=_NO_STORE | PAGE_POLICY)


def _asset(name: str, content_type: str) -> Handler:
    """A file of the page, the same for everybody."""
    text = (_ASSETS / name).read_text(encoding="utf-8")

    async def asset(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type=content_type, headers={"Cache-Control": "no-cache"})

    return asset


def as_json(document: object) -> web.Response:
    """The document, indented for people."""
    return web.Response(
        body=msgspec.json.format(msgspec.json.encode(document)), content_type="application/json", headers=_NO_STORE
    )


def _matches(cell: CellSnapshot, query: ActorQuery) -> bool:
    return query.type in (None, cell.type) and query.state in (None, cell.state)
