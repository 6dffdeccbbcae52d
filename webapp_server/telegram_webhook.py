"""The address Telegram brings updates to: the secret is checked, and 200 means that the journal has the update."""

import hmac

import structlog
from aiohttp import web

from actors.providers.secret import Secret
from actors.telegram.messages import TakeUpdate, UpdateTaken
from runtime import ActorError, ActorSystem

_LOG = structlog.get_logger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name
MOST_BYTES = 1 << 20
"""Telegram's updates have some kilobytes; nothing that is larger is read to its end."""

_DEADLINE_S = 20.0
_RETRY_AFTER_S = 5


def webhook_routes(system: ActorSystem, path: str, secret: Secret) -> list[web.RouteDef]:
    """The route at `path`. Wrong secret 401, too large 413, journal unavailable 503 with Retry-After."""
    expected = secret.reveal().encode()

    async def take(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return web.Response(status=401)
        raw = await _body(request)
        if raw is None:
            _LOG.error("update_too_large", limit=MOST_BYTES)
            return web.Response(status=413)
        try:
            answer = await system.ask(system.find("update_receiver"), TakeUpdate(raw), deadline_s=_DEADLINE_S)
        except ActorError as error:
            _LOG.warning("update_not_taken", reason=type(error).__name__)
            return _later(_RETRY_AFTER_S)
        if isinstance(answer, UpdateTaken):
            return web.json_response({})
        return _later(getattr(answer, "retry_after_s", _RETRY_AFTER_S))

    return [web.post(path, take)]


async def _body(request: web.Request) -> bytes | None:
    """The body, or None as soon as it is too large; read past the application's own smaller limit."""
    if (request.content_length or 0) > MOST_BYTES:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _later(seconds: int) -> web.Response:
    return web.Response(status=503, headers={"Retry-After": str(seconds)})
