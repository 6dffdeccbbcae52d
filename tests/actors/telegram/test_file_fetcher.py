"""FileFetcher over a real socket: a file comes whole or is refused, and one bad download hurts no other."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from actors.telegram.file_fetcher import TRIES, FileFetcher
from actors.telegram.messages import FetchFile, FileFetched, FileRefused
from runtime import ActorSystem, ChildSpec
from runtime.testing import ManualClock
from tests.actors.telegram.conftest import settle
from tests.actors.telegram.scripted_bot_api import TOKEN

_WHOLE = b"picture" * 20_000
_PATH = {"file_id": "f", "file_unique_id": "u", "file_path": "photos/1.jpg"}
_FOREVER_S = 1e6


async def _whole(request: web.Request) -> web.StreamResponse:
    return web.Response(body=_WHOLE)


async def _missing(request: web.Request) -> web.StreamResponse:
    return web.Response(status=404)


async def _dropped(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _torn(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(_WHOLE))})
    await response.prepare(request)
    await response.write(_WHOLE[:1000])
    return await _dropped(request)


class Files:
    """A file server that answers as it is told, and else gives the file; `downloads` counts what it was asked for."""

    def __init__(self) -> None:
        self.answers: deque[Callable[[web.Request], Awaitable[web.StreamResponse]]] = deque()
        self.downloads = 0
        self.clock = ManualClock()
        self.system = ActorSystem(clock=self.clock)

    async def path(self, request: web.Request) -> web.StreamResponse:
        """Where the file lies."""
        return web.json_response({"ok": True, "result": _PATH})

    async def content(self, request: web.Request) -> web.StreamResponse:
        """The file."""
        self.downloads += 1
        answer = self.answers.popleft() if self.answers else _whole
        return await answer(request)

    async def fetch(self) -> object:
        """Ask for the file while time goes by."""
        fetcher = self.system.find("file_fetcher")
        asked = asyncio.create_task(self.system.ask(fetcher, FetchFile("f"), deadline_s=_FOREVER_S))
        async with asyncio.timeout(20):
            while not asked.done():
                await self.clock.advance(0.25)
                await settle(50)
        return await asked


@pytest.fixture
async def files() -> AsyncIterator[Files]:
    files = Files()
    app = web.Application()
    app.router.add_post("/bot{token}/getFile", files.path)
    app.router.add_get("/file/bot{token}/{path:.*}", files.content)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await files.system.start(ChildSpec("file_fetcher", lambda: FileFetcher(url, TOKEN), well_known=True))
    yield files
    await files.system.shutdown()
    await runner.cleanup()


@pytest.mark.parametrize("trouble", [_missing, _dropped, _torn])
async def test_a_download_that_fails_is_tried_again(
    files: Files, trouble: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> None:
    """However it fails, and the file that comes then is whole."""
    files.answers.append(trouble)
    assert await files.fetch() == FileFetched(_WHOLE)
    assert files.downloads == 2


async def test_a_download_that_keeps_failing_is_refused_for_now(files: Files) -> None:
    """The asker is answered, the next file comes, and the log does not hold the token that the address does."""
    files.answers.extend([_missing] * TRIES)
    with capture_logs() as logs:
        assert await files.fetch() == FileRefused(gone=False)
    assert files.downloads == TRIES
    assert await files.fetch() == FileFetched(_WHOLE)
    assert TOKEN.split(":")[1] not in repr(logs)
