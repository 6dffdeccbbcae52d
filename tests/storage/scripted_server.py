"""A server that answers what a test wrote down, one answer per request."""

from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web


class Answer(msgspec.Struct, frozen=True):
    """What to answer; without a status the connection is cut."""

    status: int | None
    body: bytes = b"[]"
    headers: dict[str, str] = msgspec.field(default_factory=dict)


class ScriptedServer:
    """Answers from `answers`, the last one for ever; keeps each request's line and headers."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: deque[Answer] = deque()
        self.lines: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.queries: list[list[tuple[str, str]]] = []
        self.bodies: list[bytes] = []

    def script(self, *answers: Answer) -> None:
        """Answer these from now on."""
        self.answers = deque(answers)

    async def answer(self, request: web.Request) -> web.Response:
        """The next answer."""
        self.lines.append(f"{request.method} {request.path_qs}")
        self.queries.append(list(request.query.items()))
        self.headers.append(request.headers)
        self.bodies.append(await request.read())
        given = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if given.status is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return web.Response(status=given.status, body=given.body, headers=given.headers)


@asynccontextmanager
async def serving() -> AsyncIterator[ScriptedServer]:
    """The server on a port of its own, in this event loop."""
    server = ScriptedServer()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()
