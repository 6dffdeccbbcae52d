"""The server: the Bot API, the control API and the chat page on one address."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.telegram.control import Control
from sandbox.telegram.gateway import Gateway, refused
from sandbox.telegram.mini_app import MiniApp
from sandbox.telegram.refusals import Refusal
from sandbox.telegram.world import World

_PAGE = Path(__file__).parent / "page"
_ARCHIVE = "telegram.sqlite"
_BODY_LIMIT = 60 << 20
_TOKEN = re.compile(r"(\d+):\S+")
_PAGE_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; frame-src "
)


@dataclass
class Running:
    """A running emulator; `url` is the API's base and the chat page's address."""

    url: str
    _runner: web.AppRunner
    _world: World
    _control: Control

    async def stop(self) -> None:
        """Close every connection and keep what outlives a restart."""
        self._control.close()
        self._world.updates.close()
        await self._world.webhook.close()
        await self._runner.cleanup()
        await self._world.archive.close()


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    token: str,
    state_path: Path | None = None,
    bot_username: str = "cornerman_sandbox_bot",
    mini_app_url: str | None = None,
) -> Running:
    """Serve one bot; port 0 takes a free one. In the folder `state_path` its chats and updates outlive a restart.

    `mini_app_url` is what the bot's owner told @BotFather: the main Mini App's address.

    Raises OSError where the port is taken, and ValueError for a token that has not the form of one.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ValueError("a bot token looks like 123456:letters")
    world = World(state_path / _ARCHIVE if state_path else None, int(match[1]), bot_username)
    world.has_mini_app = mini_app_url is not None
    gateway = Gateway(world, token)
    control = Control(world, gateway, MiniApp(world, token, mini_app_url))
    runner = web.AppRunner(_application(gateway, control, _origin(mini_app_url)), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
    except OSError:
        await runner.cleanup()
        await world.archive.close()
        raise
    world.archive.flush_regularly()
    shown_host = "127.0.0.1" if host in ("", "0.0.0.0") else host  # noqa: S104 - only shown
    return Running(f"http://{shown_host}:{runner.addresses[0][1]}", runner, world, control)


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if url else "'none'"


def _application(gateway: Gateway, control: Control, framed: str) -> web.Application:
    application = web.Application(client_max_size=_BODY_LIMIT, middlewares=[_say_not_found])
    gateway.add_to(application)
    application.add_routes(control.routes())
    application.router.add_get("/", _index(framed))
    application.router.add_get("/static/{name:[a-z_]+[.](?:js|css)}", _asset)
    return application


def _index(framed: str) -> Handler:
    headers = {**_PAGE_HEADERS, "Content-Security-Policy": _POLICY + framed}

    async def index(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_PAGE / "index.html", headers=headers)

    return index


async def _asset(request: web.Request) -> web.StreamResponse:
    path = _PAGE / request.match_info["name"]
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=_PAGE_HEADERS)


@web.middleware
async def _say_not_found(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The Bot API's own bodies for what aiohttp refuses by itself."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return refused(Refusal(404, "Not Found"))
    except web.HTTPRequestEntityTooLarge:
        return refused(Refusal(413, "Request Entity Too Large"))
