"""The one place of this package where an HTTP client is made."""

import logging
import ssl
from collections.abc import Mapping
from functools import lru_cache

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

TOTAL_S = 12.0
TIMEOUT = httpx.Timeout(TOTAL_S, connect=5.0)
LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=45.0)
"""Idle connections go before the gateway closes them at 65 s, and long before its stalls on stale sockets."""
Client = httpx.AsyncClient
Response = httpx.Response
TRANSPORT_ERRORS: tuple[type[Exception], ...] = (httpx.HTTPError, aiohttp.ClientError, OSError)
"""What a request may raise; the transport lets some of aiohttp's own through."""


def never_sent(error: Exception) -> bool:
    """Whether a transport error says that the server has seen nothing of the request.

    The transport calls a cut connection `ConnectTimeout` too, so its cause is asked.
    """
    return isinstance(error.__cause__, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    # Making a context blocks the loop for tens of milliseconds, so there is one.
    return httpx.create_ssl_context()


def client(base_url: str, *, headers: Mapping[str, str]) -> Client:
    """A client for one server; close it when done."""
    # It would log every address, and an address holds the values that rows are asked for by.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.AsyncClient(
        base_url=base_url,
        headers=dict(headers),
        timeout=TIMEOUT,
        trust_env=False,
        transport=AiohttpTransport(verify=_tls(), limits=LIMITS, trust_env=False),
    )
