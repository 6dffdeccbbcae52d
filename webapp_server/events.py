"""Server-sent events: open pages hear at once which of the rep's tables changed, in the chat or on another page.

Source: html.spec.whatwg.org, section "Server-sent events". An event names tables and holds no content; the page asks
for what it shows of them. While an answer is being written, `progress` brings the text so far, whole.
A page that cannot follow loses events and is told to look at everything anew. A stream ends a little before the token
it was opened with, so that the page comes back with a renewed one and whoever was removed meanwhile does not.
"""

import asyncio

import msgspec
from aiohttp import web

from actors.session.messages import Changed, Progressed

PING_S = 20.0
EARLY_S = 30.0
"""How long before its token a stream ends: while the token still earns another."""
_WAITING = 64


class Streams:
    """The open event streams, by rep."""

    def __init__(self) -> None:
        self._by_rep: dict[int, set[asyncio.Queue[bytes]]] = {}

    def tell(self, news: Changed | Progressed) -> None:
        """Tell every open page of the rep; costs nothing where none is open."""
        queues = self._by_rep.get(news.telegram_id, ())
        for queue in queues:
            match news:
                case Changed(tables=tables):
                    _put(queue, _changed(tables))
                case Progressed(run_id=run_id, text=text):
                    if queue.qsize() < _WAITING // 2:  # a slow page does without what the next frame says anyway
                        queue.put_nowait(_frame("progress", {"run_id": run_id, "text": text}))

    async def serve(self, request: web.Request, telegram_id: int, *, lifetime_s: float) -> web.StreamResponse:
        """Stream until the page leaves, the server stops or this time is over."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        queue: asyncio.Queue[bytes] = asyncio.Queue(_WAITING)
        self._by_rep.setdefault(telegram_id, set()).add(queue)
        try:
            await response.prepare(request)
            async with asyncio.timeout(max(0.0, lifetime_s)):
                await response.write(b"retry: 2000\n\n")
                while True:
                    await response.write(await _next(queue))
        except (ConnectionResetError, TimeoutError):
            return response  # the page was closed, or comes back with another token
        finally:
            self._by_rep[telegram_id].discard(queue)
            if not self._by_rep[telegram_id]:
                del self._by_rep[telegram_id]


def _put(queue: asyncio.Queue[bytes], event: bytes) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        event = _changed(("everything",))
    queue.put_nowait(event)


def _changed(tables: tuple[str, ...]) -> bytes:
    return _frame("changed", tables)


def _frame(event: str, data: object) -> bytes:
    return f"event: {event}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"


async def _next(queue: asyncio.Queue[bytes]) -> bytes:
    try:
        return await asyncio.wait_for(queue.get(), PING_S)
    except TimeoutError:
        return b": ping\n\n"
