"""Who may see the operators' pages: everybody on this machine, or whoever knows `STATUS_TOKEN`."""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from actors.providers.secret import Secret

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_NAME = 40
_CLOSED = "This page is closed: set STATUS_TOKEN, and give it as a bearer token or as the password.\n"


class OperatorAccess:
    """Guards a page: with a token by that, without one only where the server listens on this machine alone."""

    def __init__(self, token: Secret | None, *, local: bool) -> None:
        self._token = token
        self._local = local

    def guarded(self, handler: Handler) -> Handler:
        """The handler behind the guard; a browser asks for the password by itself."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if self._admits(request):
                return await handler(request)
            if self._token is None:
                return web.Response(status=403, text=_CLOSED)
            return web.Response(status=401, text=_CLOSED, headers={"WWW-Authenticate": 'Basic realm="operators"'})

        return guarded

    def _admits(self, request: web.Request) -> bool:
        if self._token is None:
            # A foreign name that leads to this machine is a page elsewhere that wants to look through a browser here.
            return self._local and (urlsplit(f"//{request.host}").hostname or "") in LOOPBACK
        _, given = _given(request.headers.get("Authorization", ""))
        return hmac.compare_digest(given.encode(), self._token.reveal().encode())


def operator_of(request: web.Request) -> str:
    """Who gives a command: the name given with the password, if any, and the address."""
    name, _ = _given(request.headers.get("Authorization", ""))
    known = "".join(character for character in name if character.isalnum() or character in "._-@")[:_NAME]
    return f"{known or 'operator'} at {request.remote or 'an unknown address'}"


def _given(authorization: str) -> tuple[str, str]:
    """Name and token."""
    scheme, _, value = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return "", value
        case "basic":
            try:
                name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return "", ""
            return name, password
    return "", ""
