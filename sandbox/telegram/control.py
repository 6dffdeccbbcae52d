"""The control API: what a test or the chat page does in a user's place. From the loopback interface only.

What a user does (`{id}` is the user's and the chat's id; `username`, `first_name`, `last_name`, `language_code` may
stand in any of these bodies, and count from then on):

`POST /sim/users/{id}/text`       {"text", "reply_to"?} -> {"update_id", "message_id"}
`POST /sim/users/{id}/edit`       {"message_id", "text"}: the user edits an own message
`POST /sim/users/{id}/tap`        {"data" or "label", "message_id"?, "forged"?}: the newest such button, or with
                                  `forged` any data under the bot's oldest message -> {"callback_query_id"}
`POST /sim/users/{id}/stop`       {"draft_id"?}: Stop under that draft, or under the newest one
`POST /sim/users/{id}/{kind}`     kind photo, voice, video_note, audio or document: multipart with the field `file`
                                  and, if wanted, `caption` and `duration`; a voice note may have `transcript` instead
                                  of a file: the words it says to the speech emulator
`POST /sim/users/{id}/block`      the user blocks the bot; `/unblock` takes it back
`POST /sim/users/{id}/deactivate` the account is gone
`POST /sim/users/{id}/open_app`   {"start_param"?, "theme"?, "platform"?, "version"?} -> {"url", "themes"}: the Mini
                                  App's address with launch parameters signed for this user, and the colours that a
                                  client sends in a light or dark theme

What can be seen:

`GET  /sim/users/{id}/transcript` {"messages", "drafts", "actions", "callback_answers", "edits", "deleted", "blocked",
                                  "started", "changes"}; a message has message_id, date, from ("bot" or "user"), text,
                                  entities, edited, and reply_markup, media, reply_to where it has them
`GET  /sim/users/{id}/wait`       waits, then answers with the transcript; 408 with it after `timeout_s` (10).
                                  All of these that are given must hold: `text` (a regular expression in a message of
                                  the bot above `after`, a message id), `count` (so many of the bot's messages above
                                  `after`), `quiet_s` (nothing has happened in the chat for so long), `changes` (more
                                  that stays has happened than a transcript with this number of changes tells)
`GET  /sim/users/{id}/events`     the chat as server-sent events, a snapshot first; also `/sim/events/{id}`
`GET  /sim/calls`                 every Bot API call but getUpdates in order: {"method", "chat_id", "at", "status"},
                                  status null while it runs or where it was cut off; `?method=` and `?chat_id=` choose
`GET  /sim/state`                 {"pending_updates", "unanswered_callbacks", "chats", "webhook"}
`GET  /sim/files/{file_id}`       a file's content

What goes wrong on order:

`POST /sim/updates/raw`           {"update"} or {"text"}: delivered as it is; an object may lack its update_id
`POST /sim/updates/duplicate`     deliver the newest update once more
`POST /sim/faults`                {"method"?, "chat_id"?, "contains"?, "after"?, "times"?, "kind"?, "status"?,
                                  "description"?, "retry_after"?, "latency_s"?, "lasts_s"?}; `method` "*" is every
                                  one, getUpdates too; kind error (default), latency, html (a 502 that is no JSON),
                                  drop_before (cut off, nothing done) or drop_after (done, then cut off); `after` calls
                                  pass first; `times` 0 is for ever; after `lasts_s` it is over
`POST /sim/flood`                 {"enabled", "burst"?, "per_s"?, "draft_burst"?, "drafts_per_s"?, "penalty_s"?,
                                  "extend"?}: a token bucket for each chat; off at the start
`POST /sim/clock`                 {"advance_s"}: drafts, queries and updates grow older at once
`POST /sim/reset`                 forget chats, updates, faults, flood and calls; update ids go on growing
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.telegram.gateway import Gateway
from sandbox.telegram.mini_app import MiniApp
from sandbox.telegram.observing import Observing
from sandbox.telegram.reps import Reps
from sandbox.telegram.world import World

_LOOPBACK = ("127.0.0.1", "::1")
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """The control API over one bot."""

    def __init__(self, world: World, gateway: Gateway, mini_app: MiniApp) -> None:
        self._world = world
        self._mini_app = mini_app
        self._gateway = gateway
        self._reps = Reps(world)
        self._observing = Observing(world, gateway)

    def routes(self) -> list[web.RouteDef]:
        """The routes under `/sim`."""
        own = [
            web.post("/sim/updates/raw", self._raw),
            web.post("/sim/updates/duplicate", self._duplicate),
            web.post("/sim/faults", self._fault),
            web.post("/sim/flood", self._flood),
            web.post("/sim/clock", self._clock),
            web.post("/sim/reset", self._reset),
        ]
        routes = [*self._observing.routes(), *own, *self._reps.routes(), *self._mini_app.routes()]
        return [web.RouteDef(route.method, route.path, _guarded(route.handler), {}) for route in routes]

    def close(self) -> None:
        """End every open event stream."""
        self._observing.close()

    async def _raw(self, request: web.Request) -> web.Response:
        given = await request.json()
        number = self._world.updates.number()
        if "text" in given:
            self._world.updates.put_raw(number, str(given["text"]))
        else:
            self._world.updates.put_raw(number, web.json_response({"update_id": number, **given["update"]}).text or "")
        return web.json_response({"update_id": number})

    async def _duplicate(self, _request: web.Request) -> web.Response:
        number = self._world.updates.repeat()
        if number is None:
            return web.json_response({"error": "no update was made yet"}, status=404)
        return web.json_response({"update_id": number})

    async def _fault(self, request: web.Request) -> web.Response:
        self._gateway.faults.add(await request.json())
        return web.json_response({})

    async def _flood(self, request: web.Request) -> web.Response:
        self._gateway.flood.switch(**await request.json())
        return web.json_response({})

    async def _clock(self, request: web.Request) -> web.Response:
        self._world.clock.advance(float((await request.json())["advance_s"]))
        return web.json_response({"now": self._world.clock.now()})

    async def _reset(self, _request: web.Request) -> web.Response:
        self._world.chats.forget()
        self._world.updates.forget()
        self._world.callbacks.forget()
        self._gateway.faults.forget()
        self._gateway.flood.switch(enabled=False)
        self._gateway.calls.clear()
        return web.json_response({})


def _guarded(handler: Any) -> _Handler:
    """Only from this machine, not from another site's page, and with one sentence for an order that makes no sense."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.remote not in _LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.host):
            return web.json_response({"error": "the control API answers this machine alone"}, status=403)
        try:
            response: web.StreamResponse = await handler(request)
        except (ValueError, KeyError, TypeError) as error:
            sentence = f"this order makes no sense: {type(error).__name__}: {error}"
            return web.json_response({"error": sentence}, status=400)
        return response

    return guarded
