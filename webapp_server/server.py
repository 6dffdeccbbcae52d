"""WebServer: the actor that owns the aiohttp application and its listening socket."""

import socket
import time
from typing import ClassVar

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from actors.providers.secret import Secret
from actors.session.messages import Changed, Progressed
from runtime import Actor, ActorSystem, Address, ChildSpec, Mailbox, Overflow
from webapp_server.access_token import TokenMint
from webapp_server.actor_ids import ActorIds
from webapp_server.actors_seen import ActorsSeen
from webapp_server.answers import refusal
from webapp_server.api import Api
from webapp_server.commands import Commands, command_routes
from webapp_server.connections import Runner
from webapp_server.events import Streams
from webapp_server.health import health_routes
from webapp_server.history import EVERY_S
from webapp_server.mini_app import mini_app_routes
from webapp_server.openapi import openapi_document
from webapp_server.operators import OperatorAccess
from webapp_server.overview import Observer
from webapp_server.stand_in import StandIn
from webapp_server.status import Status
from webapp_server.stopping import Stopping
from webapp_server.telegram_webhook import webhook_routes

_LOG = structlog.get_logger(__name__)
_MAXIMUM_BODY = 64 * 1024
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self' https://web.telegram.org https://*.telegram.org"
)
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}


OBSERVER = web.AppKey("observer", Observer)


class WebhookDoor(msgspec.Struct, frozen=True):
    """The path at which Telegram brings updates, and the secret it shows."""

    path: str
    secret: Secret


class PageAccess(msgspec.Struct, frozen=True):
    """Who comes in where: initData's signing key and the maker of access tokens for reps, the guard for operators."""

    signing_secret: bytes
    mint: TokenMint
    operators: OperatorAccess


class Site(msgspec.Struct, frozen=True):
    """Where the server listens, who comes in, and how the process is told to stop.

    `framed_by` is the origin of a chat page that, beside Telegram's own, may show the Mini App in a frame.
    """

    host: str
    port: int
    access: PageAccess
    stopping: Stopping
    webhook: WebhookDoor | None = None
    framed_by: str | None = None


def web_server_spec(system: ActorSystem, site: Site) -> ChildSpec:
    """Describe the web server of a system, listening on this address."""
    return ChildSpec("web_server", lambda: WebServer(system, site), well_known=True)


class _Observe(msgspec.Struct, frozen=True):
    """It is time to look."""


class _Observed(msgspec.Struct, frozen=True):
    """Looked."""


class WebServer(Actor):
    """Serves while it lives; a crash closes the socket and the restart opens it again."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=10_000, overflow=Overflow.COALESCE, key=lambda message: message)

    def __init__(self, system: ActorSystem, site: Site) -> None:
        super().__init__()
        self._system = system
        self._site = site
        self._streams = Streams()
        self._runner: Runner | None = None
        self._stand_in: StandIn | None = None

    async def started(self) -> None:
        """Open the socket; raises OSError where the port is taken, which the log names."""
        site = self._site
        application = make_application(
            self._system, site.access, self._streams, site.webhook, site.stopping, framed_by=site.framed_by
        )
        self._observer = application[OBSERVER]
        self._runner = Runner(application, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        try:
            listening = socket.create_server((site.host, site.port), family=_family(site.host))
            await web.SockSite(self._runner, listening).start()
        except OSError as error:
            _LOG.error("port_taken", host=site.host, port=site.port, advice="set PORT to a free one", os=error.errno)
            raise
        self._stand_in = StandIn(listening)
        self.send(self.address, _Observe())

    async def stopped(self) -> None:
        """Close the socket and every connection."""
        if self._stand_in is not None:
            await self.to_thread(self._stand_in.close)
        if self._runner is not None:
            await self._runner.cleanup()

    async def receive(self, message: object, sender: Address) -> None:
        """Pass on to open pages what changed, and look at the system now and then; the rest is answering requests."""
        match message:
            case Changed() | Progressed():
                self._streams.tell(message)
            case _Observe():
                self.pipe(self._observe(), failed=lambda _error: _Observed())
            case _Observed():
                self.timer(EVERY_S, _Observe())
            case _:
                await self.unhandled(message, sender)

    async def _observe(self) -> "_Observed":
        """Look, also while nobody else does, so that the status has a past."""
        await self._observer.observe()
        return _Observed()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def make_application(
    system: ActorSystem,
    access: PageAccess,
    streams: Streams | None = None,
    webhook: WebhookDoor | None = None,
    stopping: Stopping | None = None,
    *,
    framed_by: str | None = None,
) -> web.Application:
    """Build the application over a running system."""
    stopping = stopping or Stopping()
    application = web.Application(client_max_size=_MAXIMUM_BODY, middlewares=[_timed, _protection(framed_by)])
    seen = ActorsSeen(system, ActorIds())
    application.add_routes(health_routes(system, stopping))
    application[OBSERVER] = observer = Observer(system, seen.ids, stopping)
    commands = Commands(system, seen, stopping)
    application.add_routes(Status(system, observer, seen, access.operators, commands).routes())
    application.add_routes(command_routes(commands, access.operators, observer.renew))
    application.add_routes(Api(system, access.signing_secret, access.mint, streams or Streams()).routes())
    application.add_routes([web.get("/api/openapi.json", _openapi)])
    application.add_routes(mini_app_routes())
    if webhook is not None:
        application.add_routes(webhook_routes(system, webhook.path, webhook.secret))
    return application


async def _openapi(_request: web.Request) -> web.Response:
    return web.json_response(openapi_document(), dumps=lambda document: msgspec.json.encode(document).decode())


@web.middleware
async def _timed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Each answer is counted by its route, also where it is a refusal."""
    began = time.monotonic()
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        request.app[OBSERVER].http.add(request, refused, began)
        raise
    request.app[OBSERVER].http.add(request, response, began)
    return response


def _protection(framed_by: str | None) -> Middleware:
    """Every answer carries the headers that keep others out of the page; the API refuses in its own words."""
    policy = _POLICY + (f" {framed_by}" if framed_by else "")
    headers = {"Content-Security-Policy": policy, **_HEADERS}

    @web.middleware
    async def protected(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as refused:
            if not request.path.startswith("/api/"):
                refused.headers.update(headers)
                raise
            allow = {"Allow": refused.headers["Allow"]} if "Allow" in refused.headers else {}
            response = refusal(refused.status, _WORDS.get(refused.status, refused.reason), allow)
        if not response.prepared:
            for name, value in headers.items():
                response.headers.setdefault(name, value)  # a page may name a narrower policy
        return response

    return protected


_WORDS = {
    404: "There is nothing at this address.",
    405: "This address takes another method.",
    413: f"That is more than the {_MAXIMUM_BODY // 1024} kB a page may send at once.",
}
