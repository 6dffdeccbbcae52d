"""Connections that refuse an unreadable request, such as one with an endless address, as the API refuses others."""

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from webapp_server.answers import refusal

_WORDS = {400: "That is no request this server can read.", 500: "Something went wrong here. Try again in a minute."}


class _Connection(RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer in our own words: the library's quote the request."""
        super().handle_error(request, status, exc, message)
        response = refusal(status, _WORDS.get(status, _WORDS[400]))
        response.force_close()
        return response


class _Connections(web.Server):
    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """Runs an application over such connections."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        made.__class__ = _Connections  # the library makes its own kind and asks for no other
        return made
