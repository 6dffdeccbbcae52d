"""The part of the control API in which a test or the chat page looks on."""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.telegram.chats import Chat, Event
from sandbox.telegram.gateway import Gateway, ranged
from sandbox.telegram.transcript import shown, transcript
from sandbox.telegram.world import World

_STILL_HERE_S = 10.0
_RETRY_MS = 1000


class Observing:
    """Reads one bot's chats, live or as they are."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway
        self._streams: set[asyncio.Queue[Event | None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """The routes that only look."""
        return [
            web.get("/sim/users/{id}/transcript", self._transcript),
            web.get("/sim/users/{id}/wait", self._wait),
            web.get("/sim/users/{id}/events", self._events),
            web.get("/sim/events/{id}", self._events),
            web.get("/sim/calls", self._calls),
            web.get("/sim/state", self._state),
            web.get("/sim/files/{file_id}", self._content),
        ]

    def close(self) -> None:
        """End every open stream."""
        for stream in self._streams:
            stream.put_nowait(None)

    async def _transcript(self, request: web.Request) -> web.Response:
        return web.json_response(transcript(self._chat(request)))

    async def _wait(self, request: web.Request) -> web.Response:
        chat = self._chat(request)
        wish = _Wish(request.query)
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        listener = events.put_nowait
        chat.listen(listener)
        self._streams.add(events)
        try:
            async with asyncio.timeout(float(request.query.get("timeout_s", 10))):
                while not wish.holds(chat) or not await _stays_quiet(events, wish.quiet_s):
                    if wish.quiet_s == 0:
                        await events.get()
        except TimeoutError:
            return web.json_response(transcript(chat), status=408)
        finally:
            self._streams.discard(events)
            chat.unlisten(listener)
        return web.json_response(transcript(chat))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        chat = self._world.chats.of_user(int(request.match_info["id"]), dict(request.query))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        listener = events.put_nowait
        chat.listen(listener)
        self._streams.add(events)
        try:
            await response.write(f"retry: {_RETRY_MS}\n".encode() + _sent(self._snapshot(chat)))
            await self._forward(events, response)
        except ConnectionResetError:
            return response  # the page was closed
        finally:
            self._streams.discard(events)
            chat.unlisten(listener)
        return response

    async def _forward(self, events: "asyncio.Queue[Event | None]", response: web.StreamResponse) -> None:
        while True:
            try:
                async with asyncio.timeout(_STILL_HERE_S):
                    event = await events.get()
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if event is None:
                return
            await response.write(_sent(event))

    def _snapshot(self, chat: Chat) -> Event:
        return {
            "type": "snapshot",
            "bot": self._world.bot | {"has_main_web_app": self._world.has_mini_app},
            "user": chat.user,
            "commands": self._world.shown_commands(),
            "menu_button": self._world.menu_button,
            "now": self._world.clock.now(),
            **transcript(chat),
        }

    async def _calls(self, request: web.Request) -> web.Response:
        wanted = {name: request.query[name] for name in ("method", "chat_id") if name in request.query}
        calls = self._gateway.calls
        chosen = [call for call in calls if all(call[name] == value for name, value in wanted.items())]
        return web.json_response({"calls": chosen})

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "pending_updates": len(self._world.updates.pending),
                "unanswered_callbacks": [callback.id for callback in self._world.callbacks.unanswered],
                "chats": [chat.id for chat in self._world.chats],
                "webhook": self._world.webhook.url,
            }
        )

    async def _content(self, request: web.Request) -> web.Response:
        file = self._world.files.get(request.match_info["file_id"])
        if file is None:
            raise web.HTTPNotFound
        # An attached page must stay a file: shown here it would run with this page's rights.
        is_shown = (
            file.kind != "document" and file.mime_type.startswith(("image/", "audio/")) and "svg" not in file.mime_type
        )
        return ranged(request, file.content, file.mime_type if is_shown else "application/octet-stream")

    def _chat(self, request: web.Request) -> Chat:
        return self._world.chats.of_user(int(request.match_info["id"]))


class _Wish:
    """What a waiting test wants to have happened."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self._pattern = re.compile(query["text"]) if "text" in query else None
        self._after = int(query.get("after", 0))
        self._count = int(query.get("count", 0))
        self._changes = int(query.get("changes", -1))
        self.quiet_s = float(query.get("quiet_s", 0))

    def holds(self, chat: Chat) -> bool:
        heard = [
            str(shown(message)["text"])
            for number, message in chat.messages.items()
            if number > self._after and message["from"]["is_bot"]
        ]
        found = self._pattern is None or any(self._pattern.search(text) for text in heard)
        return found and len(heard) >= self._count and chat.changes > self._changes


async def _stays_quiet(events: "asyncio.Queue[Event | None]", seconds: float) -> bool:
    if seconds == 0:
        return True
    try:
        async with asyncio.timeout(seconds):
            await events.get()
    except TimeoutError:
        return True
    return False


def _sent(event: Event) -> bytes:
    message: Any = event.get("message")
    whole = {**event, "message": shown(message)} if message is not None else event
    return f"data: {json.dumps(whole)}\n\n".encode()
