"""A running emulator over real sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.speech import Running, start

KEY = "planted-speech-key-0001"


class Service:
    """The emulator, asked as a client asks it."""

    def __init__(self, url: str, http: ClientSession) -> None:
        self.url = url
        self._http = http

    async def ask(self, method: str, path: str, *, key: str | None = KEY, **more: Any) -> tuple[int, Any]:
        """Send one request; gives the status and the decoded body."""
        headers = {} if key is None else {"authorization": key}
        async with self._http.request(method, self.url + path, headers=headers, **more) as answer:
            return answer.status, await answer.json()

    async def upload(self, content: bytes, key: str = KEY) -> str:
        """Hand in a recording; gives its address."""
        status, body = await self.ask("POST", "/v2/upload", key=key, data=content)
        assert status == 200, body
        return str(body["upload_url"])

    async def order(self, content: bytes, **more: Any) -> tuple[int, Any]:
        """Hand in a recording and ask for its transcript."""
        asked = {"audio_url": await self.upload(content), "speech_models": ["universal-2"], **more}
        return await self.ask("POST", "/v2/transcript", json=asked)

    async def sim(self, path: str, body: Any) -> tuple[int, str]:
        """Give an order to the control API."""
        async with self._http.post(f"{self.url}/sim/{path}", json=body) as answer:
            return answer.status, await answer.text()

    async def look(self, path: str) -> Any:
        """Read from the control API."""
        async with self._http.get(f"{self.url}/sim/{path}") as answer:
            return await answer.json()


@pytest.fixture
async def make_service() -> AsyncIterator[Callable[..., Awaitable[Service]]]:
    """Start emulators that need no time for a job; each is stopped after the test."""
    running: list[Running] = []
    async with ClientSession() as http:

        async def make(**options: Any) -> Service:
            server = await start(**{"processing_s": 0.0, **options})
            running.append(server)
            return Service(server.url, http)

        yield make
        for server in running:
            await server.stop()


@pytest.fixture
async def service(make_service: Callable[..., Awaitable[Service]]) -> Service:
    """An emulator with its defaults, but without waiting."""
    return await make_service()
