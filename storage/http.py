"""The one place of this package where an HTTP client is made."""

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
NEVER_SENT: tuple[type[Exception], ...] = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""What is raised before the server has seen anything of the request."""
TRANSPORT_ERRORS: tuple[type[Exception], ...] = (httpx.HTTPError, aiohttp.ClientError, OSError)
"""What a request may raise; the transport lets some of aiohttp's own through."""


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    # Making a context blocks the loop for tens of milliseconds, so there is one.
    return httpx.create_ssl_context()


def client(base_url: str, *, headers: Mapping[str, str]) -> Client:
    """A client for one server; close it when done."""
    return httpx.AsyncClient(
        base_url=base_url,
        headers=dict(headers),
        timeout=TIMEOUT,
        trust_env=False,
        transport=AiohttpTransport(verify=_tls(), limits=LIMITS, trust_env=False),
    )
