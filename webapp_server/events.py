"""Server-sent events: open pages hear at once which of the rep's tables changed, in the chat or on another page.

Source: html.spec.whatwg.org, section "Server-sent events". An event names tables and holds no content; the page asks
for what it shows of them. A page that cannot follow loses events and is told to look at everything anew.
"""

import asyncio

import msgspec
from aiohttp import web

from actors.session.messages import Changed

PING_S = 20.0
_WAITING = 64
_EVERYTHING = ("everything",)


class Streams:
    """The open event streams, by rep."""

    def __init__(self) -> None:
        self._by_rep: dict[int, set[asyncio.Queue[tuple[str, ...]]]] = {}

    def tell(self, changed: Changed) -> None:
        """Tell every open page of the rep; costs nothing where none is open."""
        for queue in self._by_rep.get(changed.telegram_id, ()):
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(_EVERYTHING)
            else:
                queue.put_nowait(changed.tables)

    async def serve(self, request: web.Request, telegram_id: int) -> web.StreamResponse:
        """Stream until the page leaves or the server stops."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        queue: asyncio.Queue[tuple[str, ...]] = asyncio.Queue(_WAITING)
        self._by_rep.setdefault(telegram_id, set()).add(queue)
        try:
            await response.prepare(request)
            await response.write(b"retry: 2000\n\n")
            while True:
                await response.write(await _next(queue))
        except ConnectionResetError:
            return response  # the page was closed
        finally:
            self._by_rep[telegram_id].discard(queue)
            if not self._by_rep[telegram_id]:
                del self._by_rep[telegram_id]


async def _next(queue: asyncio.Queue[tuple[str, ...]]) -> bytes:
    try:
        tables = await asyncio.wait_for(queue.get(), PING_S)
    except TimeoutError:
        return b": ping\n\n"
    return b"event: changed\ndata: " + msgspec.json.encode(tables) + b"\n\n"
