"""WebServer: the actor that owns the aiohttp application and its listening socket."""

from typing import ClassVar

import structlog
from aiohttp import web

from runtime import Actor, ActorSystem, Address, ChildSpec, Mailbox
from webapp_server.health import health_routes
from webapp_server.status import status_routes

_LOG = structlog.get_logger(__name__)


def web_server_spec(system: ActorSystem, host: str, port: int) -> ChildSpec:
    """Describe the web server of a system, listening on this address."""
    return ChildSpec("web_server", lambda: WebServer(system, host, port), well_known=True)


class WebServer(Actor):
    """Serves while it lives; a crash closes the socket and the restart opens it again."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100)

    def __init__(self, system: ActorSystem, host: str, port: int) -> None:
        super().__init__()
        self._system = system
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def started(self) -> None:
        """Open the socket; raises OSError where the port is taken, which the log names."""
        self._runner = web.AppRunner(make_application(self._system), access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            _LOG.error("port_taken", host=self._host, port=self._port, advice="set PORT to a free one", os=error.errno)
            raise

    async def stopped(self) -> None:
        """Close the socket and every connection."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def receive(self, message: object, sender: Address) -> None:
        """The server takes no messages: it answers requests."""
        await self.unhandled(message, sender)


def make_application(system: ActorSystem) -> web.Application:
    """Build the application over a running system."""
    application = web.Application(client_max_size=64 * 1024)
    application.add_routes(health_routes(system))
    application.add_routes(status_routes(system))
    return application
