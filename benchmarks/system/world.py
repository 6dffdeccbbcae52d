"""The outside world in a process of its own: Telegram, and a provider as slow as real ones.

Prints its addresses as one line of JSON and serves until its input closes. The provider's answers are made once for
each agent by the sandbox's own models and replayed afterwards, so that what is measured is not their making. Each
takes 2 to 20 s, log-normal; while `/hold` is on, none ends whose request says "held open".
"""

import argparse
import asyncio
import json
import random
import re
import sys
import time
from pathlib import Path

import aiohttp
from aiohttp import web

from sandbox import models, telegram

_REP = re.compile(rb"rep-(\d+)")
_SCHEMA = re.compile(rb'"json_schema":\{"name":"([^"]+)"')
_HELD = b"held open"
_THOUGHT_S = 12.0
_THOUGHT = (
    b'data: {"id":"gen-held","object":"chat.completion.chunk","created":1700000000,"model":"held",'
    b'"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"so"},"finish_reason":null}]}\n\n'
)
_OPENING = 4


class SlowProvider:
    """OpenRouter's chat completions with answers of the sandbox, late; `answered` holds (rep, agent, begin, end)."""

    def __init__(self, base: str, seed: int) -> None:
        self._base = base
        self._dice = random.Random(seed)  # noqa: S311  # latencies, not secrets
        self._bodies: dict[bytes, asyncio.Task[bytes]] = {}
        self._http = aiohttp.ClientSession()
        self._free = asyncio.Event()
        self._free.set()
        self.open = 0
        self.answered: list[tuple[int, str, float, float]] = []

    def routes(self) -> list[web.RouteDef]:
        """The provider's and the benchmark's own."""
        return [
            web.post("/api/v1/chat/completions", self._complete),
            web.get("/api/v1/{path:.*}", self._passed),
            web.post("/hold/{state:on|off}", self._hold),
            web.get("/answered", self._answered),
        ]

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        begin = time.time()
        asked = await request.read()
        named = _SCHEMA.search(asked)
        agent = named[1] if named else b""
        if agent not in self._bodies:
            self._bodies[agent] = asyncio.ensure_future(self._make(asked, dict(request.headers)))
        made = self._bodies[agent]
        latency_s = min(20.0, max(2.0, self._dice.lognormvariate(1.8, 0.5)))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        self.open += 1
        try:
            await asyncio.sleep(max(0.0, latency_s - (time.time() - begin)))
            opening, rest = _opening(await made)
            await response.write(opening)
            if _HELD in asked:
                await self._wait(response)
            await response.write(rest)
        finally:
            self.open -= 1
        rep = _REP.search(asked)
        self.answered.append((int(rep[1]) if rep else -1, agent.decode(), begin, time.time()))
        return response

    async def _wait(self, response: web.StreamResponse) -> None:
        while not self._free.is_set():
            try:
                async with asyncio.timeout(_THOUGHT_S):
                    await self._free.wait()
            except TimeoutError:
                await response.write(_THOUGHT)

    async def _make(self, asked: bytes, headers: dict[str, str]) -> bytes:
        sent = {name: headers[name] for name in ("Authorization", "Content-Type") if name in headers}
        async with self._http.post(f"{self._base}/api/v1/chat/completions", data=asked, headers=sent) as answer:
            if answer.status != 200:
                raise RuntimeError(await answer.text())
            return await answer.read()

    async def _passed(self, request: web.Request) -> web.Response:
        headers = {"Authorization": request.headers.get("Authorization", "")}
        async with self._http.get(f"{self._base}{request.path_qs}", headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read(), content_type="application/json")

    async def _hold(self, request: web.Request) -> web.Response:
        if request.match_info["state"] == "on":
            self._free.clear()
        else:
            self._free.set()
        return web.json_response({})

    async def _answered(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", 0))
        return web.json_response({"open": self.open, "answered": self.answered[since:]})


def _opening(body: bytes) -> tuple[bytes, bytes]:
    """The first events, which hold the first words, and the rest."""
    events = body.split(b"\n\n", _OPENING)
    return b"\n\n".join(events[:_OPENING]) + b"\n\n", events[_OPENING]


async def _serve(token: str, folder: Path, model: str) -> None:
    chats = await telegram.start(token=token, state_path=folder)
    real = await models.start(latency_s=(0.0, 0.0), pace=0.0, extra_models=(model,))
    provider = SlowProvider(real.url, seed=1)
    application = web.Application(client_max_size=8 << 20)
    application.add_routes(provider.routes())
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    host, port = runner.addresses[0][:2]
    sys.stdout.write(json.dumps({"telegram": chats.url, "provider": f"http://{host}:{port}"}) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("token")
    parser.add_argument("folder", type=Path)
    parser.add_argument("model")
    given = parser.parse_args()
    import uvloop

    uvloop.run(_serve(given.token, given.folder, given.model))
