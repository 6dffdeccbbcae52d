"""What open pages are told, and what is left out for those that cannot follow."""

import asyncio
import json

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from actors.session.messages import Changed, Progressed
from webapp_server.events import Streams


async def _next(stream: ClientResponse) -> tuple[str, object]:
    """The next event's name and data."""
    name = ""
    async with asyncio.timeout(1.0):
        async for line in stream.content:
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
            if line.startswith(b"data: "):
                return name, json.loads(line[6:])
    raise AssertionError("the stream ended")


def _application(streams: Streams, lifetime_s: float = 60.0) -> web.Application:
    async def serve(request: web.Request) -> web.StreamResponse:
        return await streams.serve(request, 7, lifetime_s=lifetime_s)

    application = web.Application()
    application.add_routes([web.get("/", serve)])
    return application


async def test_a_page_follows_its_reps_work() -> None:
    """The text so far comes as it is written, and only to its rep."""
    streams = Streams()
    async with TestClient(TestServer(_application(streams))) as client, client.get("/") as stream:
        streams.tell(Progressed(8, "other", "not for this page"))
        streams.tell(Progressed(7, "run", "Reading\nthe prospect"))
        assert await _next(stream) == ("progress", {"run_id": "run", "text": "Reading\nthe prospect"})


async def test_progress_never_drives_out_a_change() -> None:
    """A page that is behind misses frames of progress, and still learns what changed."""
    streams = Streams()
    async with TestClient(TestServer(_application(streams))) as client, client.get("/") as stream:
        for number in range(500):
            streams.tell(Progressed(7, "run", str(number)))
        streams.tell(Changed(7, ("attempts",)))
        event = await _next(stream)
        while event[0] == "progress":
            event = await _next(stream)
        assert event == ("changed", ["attempts"])


@pytest.mark.parametrize("lifetime_s", [0.05, 0.0, -5.0])
async def test_a_stream_ends_with_its_time(lifetime_s: float) -> None:
    """Whole, so that the page opens the next one; nobody is told anything after that."""
    streams = Streams()
    async with TestClient(TestServer(_application(streams, lifetime_s))) as client, client.get("/") as stream:
        async with asyncio.timeout(5.0):
            heard = await stream.read()
        assert (stream.status, b"data:" in heard) == (200, False)
        assert streams._by_rep == {}
