"""The line from Telegram to the coach's webhook: it looks at each answer, and can be cut before one is passed on."""

import asyncio
from types import TracebackType

import aiohttp
import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.system.coach import Coach

PATH = "/telegram/brings"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # the header's name


class _Numbered(msgspec.Struct):
    update_id: int


class WebhookWire:
    """Passes what Telegram brings on to the coach, whoever runs there at the moment."""

    def __init__(self) -> None:
        application = web.Application()
        application.add_routes([web.post(PATH, self._pass_on)])
        self._server = TestServer(application, host="127.0.0.1")
        self.coach: Coach | None = None
        self.secrets: set[str] = set()
        self.passed: list[tuple[int, int]] = []
        self.acknowledged_too_early: list[int] = []
        self.cut = asyncio.Event()
        self._cut_next = False

    async def __aenter__(self) -> "WebhookWire":
        await self._server.start_server()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        """What Telegram is told."""
        return str(self._server.make_url(PATH))

    def cut_after_next_commit(self) -> None:
        """As soon as the journal has the next update, kill the coach and cut the line: its answer reaches nobody."""
        self._cut_next = True

    def _running(self) -> Coach:
        assert self.coach is not None, "the wire ends nowhere"
        return self.coach

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        body, secret = await request.read(), request.headers.get(SECRET_HEADER, "")
        number = msgspec.json.decode(body, type=_Numbered).update_id
        self.secrets.add(secret)
        if self._cut_next:
            await self._cut_after_commit(number, body, secret)
            return self._break(request)
        try:
            async with self._bring(body, secret) as answer:
                status, told = answer.status, await answer.read()
        except aiohttp.ClientError:
            return self._break(request)
        if status == 200 and not self._is_committed(number):
            self.acknowledged_too_early.append(number)
        self.passed.append((number, status))
        return web.Response(status=status, body=told)

    async def _cut_after_commit(self, number: int, body: bytes, secret: str) -> None:
        self._cut_next = False
        bringing = asyncio.ensure_future(self._answer(body, secret))
        async with asyncio.timeout(20):
            while not self._is_committed(number):
                await asyncio.sleep(0.002)
        await self._running().kill()
        await asyncio.gather(bringing, return_exceptions=True)
        self.cut.set()

    async def _answer(self, body: bytes, secret: str) -> int:
        async with self._bring(body, secret) as answer:
            return answer.status

    def _bring(self, body: bytes, secret: str) -> aiohttp.client._RequestContextManager:
        coach = self._running()
        headers = {SECRET_HEADER: secret, "Content-Type": "application/json"}
        return coach.http.post(f"http://127.0.0.1:{coach.port}{PATH}", data=body, headers=headers)

    def _is_committed(self, number: int) -> bool:
        return number in self._running().accepted()

    @staticmethod
    def _break(request: web.Request) -> web.StreamResponse:
        """Close the connection without an answer, as a lost network does."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
