"""Who may see the operators' pages: everybody on this machine, or whoever knows `STATUS_TOKEN`."""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web

from actors.providers.secret import Secret

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_CLOSED = "This page is closed: set STATUS_TOKEN, and give it as a bearer token or as the password.\n"


class OperatorAccess:
    """Guards a page: with a token by that, without one only where the server listens on this machine alone."""

    def __init__(self, token: Secret | None, *, local: bool) -> None:
        self._token = token
        self._local = local

    def guarded(self, handler: Handler) -> Handler:
        """The handler behind the guard; a browser asks for the password by itself."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if self._admits(request.headers.get("Authorization", "")):
                return await handler(request)
            if self._token is None:
                return web.Response(status=403, text=_CLOSED)
            return web.Response(status=401, text=_CLOSED, headers={"WWW-Authenticate": 'Basic realm="operators"'})

        return guarded

    def _admits(self, authorization: str) -> bool:
        if self._token is None:
            return self._local
        return hmac.compare_digest(_given(authorization).encode(), self._token.reveal().encode())


def _given(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return value
        case "basic":
            try:
                return base64.b64decode(value, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return ""
    return ""
