"""What is no request is refused as JSON, without a word of what came."""

import asyncio
import socket
from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web

from runtime import ActorSystem
from tests.webapp_server.door import ACCESS
from webapp_server.answers import Error
from webapp_server.connections import Runner
from webapp_server.server import make_application


@pytest.fixture
async def port() -> AsyncIterator[int]:
    system = ActorSystem()
    runner = Runner(make_application(system, ACCESS), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening).start()
    yield listening.getsockname()[1]
    await runner.cleanup()
    await system.shutdown()


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /api/me?secret=" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /api/me HTTP/1.1\r\nHost: a\r\nAuthorization: secret" + b"x" * 9_000 + b"\r\n\r\n",
        b"GET /api/me HTTP/1.1\r\nHost: a\r\nX: secret\x00\r\n\r\n",
        b"secret\r\n\r\n",
    ],
)
async def test_the_unreadable_is_refused_as_json(port: int, request_: bytes) -> None:
    """A status, one sentence, and the end of the connection; a readable request is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_)
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    assert b"application/json" in head
    assert msgspec.json.decode(body, type=Error).error.endswith(".")
    assert b"secret" not in answer


async def test_a_readable_request_is_answered(port: int) -> None:
    """The connections do what the library's do."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /api/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 401")
    writer.close()
