"""A running emulator, and how one is brought onto a socket."""

from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True)
class Running:
    """A running emulator; `url` is its address without a path."""

    url: str
    _runner: web.AppRunner

    async def stop(self) -> None:
        """Close the socket and every open answer."""
        await self._runner.cleanup()


async def serve(app: web.Application, host: str, port: int) -> Running:
    """Serve the application; port 0 takes a free one. Raises OSError where the port is taken."""
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    bound = runner.addresses[0]
    return Running(f"http://{bound[0]}:{bound[1]}", runner)
