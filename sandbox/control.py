"""What the control APIs of the emulators share: who may give orders, and how one is read."""

from typing import Any

import msgspec
from aiohttp import web

_LOOPBACK = ("127.0.0.1", "::1")


def check_loopback(request: web.Request) -> None:
    """Refuse whoever does not ask from this machine."""
    if request.remote not in _LOOPBACK:
        raise web.HTTPForbidden(text="The control API answers the loopback interface only.")


async def read_order(request: web.Request, wanted: Any) -> Any:
    """The body of an order as a value of the wanted type; one that makes no sense is 400 and says where."""
    check_loopback(request)
    try:
        return msgspec.json.decode(await request.read(), type=wanted)
    except msgspec.DecodeError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
