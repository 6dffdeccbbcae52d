"""The one module that speaks HTTP to providers: a client on aiohttp's transport, bearer keys, streamed bodies."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Generator, Mapping
from functools import cache
from typing import NamedTuple

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from actors.providers.secret import Secret

Client = httpx.AsyncClient
Headers = Mapping[str, str]

TIMEOUT = httpx.Timeout(connect=5, write=30, read=65, pool=5)
LIMITS = httpx.Limits(max_connections=512, max_keepalive_connections=20, keepalive_expiry=60)

TRANSPORT_ERRORS: tuple[type[Exception], ...] = (
    httpx.HTTPError,
    httpx.StreamError,
    httpx.InvalidURL,
    aiohttp.ClientError,
    OSError,
)
"""What a call may raise before or while an answer arrives; the transport lets some of aiohttp's own through."""


def never_sent(error: Exception) -> bool:
    """Whether a transport error says that the provider has seen nothing of the request.

    The transport calls a cut connection `ConnectTimeout` too, so its cause is asked.
    """
    return isinstance(error.__cause__ or error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


@cache
def _tls() -> ssl.SSLContext:
    """Made once: it costs tens of milliseconds of a blocked loop."""
    return httpx.create_ssl_context()


def client(base_url: str, headers: Headers | None = None) -> Client:
    """A client for one provider; close it with `aclose`. It follows no redirects and keeps no cookies between calls."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=LIMITS.max_connections or 0, keepalive_timeout=60, ssl=_tls())
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    return httpx.AsyncClient(
        base_url=base_url.rstrip("/") + "/",
        headers=dict(headers or {}),
        timeout=TIMEOUT,
        transport=AiohttpTransport(verify=_tls(), limits=LIMITS, client=session),
    )


class BearerAuth(httpx.Auth):
    """Adds `Authorization: Bearer` at the moment of sending, so the key lies in no request we hold."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        yield request


class BareAuth(httpx.Auth):
    """Adds the key alone as `Authorization`, for a provider that wants no scheme; else like BearerAuth."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._key.reveal()
        yield request


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    headers: Headers
    body: bytes


class Answer:
    """The answer to a streamed POST: status and headers at once, the body as it comes."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._chunks: AsyncIterator[bytes] | None = None
        self.status = response.status_code
        self.headers: Headers = response.headers

    async def read(self) -> bytes:
        """The next bytes, empty at the end; raises one of TRANSPORT_ERRORS."""
        if self._chunks is None:
            self._chunks = self._response.aiter_bytes()
        return await anext(self._chunks, b"")

    async def read_up_to(self, limit: int) -> bytes:
        """The body's first `limit` bytes or fewer, for error bodies."""
        body = b""
        while len(body) < limit and (chunk := await self.read()):
            body += chunk
        return body[:limit]

    async def close(self) -> None:
        """Close the connection unless the body was read to its end."""
        await self._response.aclose()


async def post(client: Client, path: str, body: bytes, headers: Headers, auth: httpx.Auth) -> Answer:
    """Send JSON and return as soon as the answer's headers arrive."""
    sent = {"content-type": "application/json", "accept-encoding": "identity", **headers}
    request = client.build_request("POST", path, content=body, headers=sent)
    response = await client.send(request, auth=auth, stream=True)
    # httpx keeps the request with its answer; without the body, which is most of what a call holds while a model works.
    response.request = httpx.Request(request.method, request.url)
    return Answer(response)


async def exchange(
    client: Client,
    method: str,
    path: str,
    auth: httpx.Auth,
    timeout_s: float,
    *,
    body: bytes | None = None,
    headers: Headers | None = None,
) -> Reply:
    """Send a whole request and read the whole answer; it takes no longer than `timeout_s` in all.

    Raises one of TRANSPORT_ERRORS.
    """
    async with asyncio.timeout(timeout_s):
        answer = await client.request(method, path, content=body, headers=dict(headers or {}), auth=auth)
    return Reply(answer.status_code, answer.headers, answer.content)


async def get(client: Client, path: str, headers: Headers, auth: httpx.Auth, timeout_s: float) -> tuple[int, bytes]:
    """The status and body of a small GET; it takes no longer than `timeout_s` in all."""
    answer = await exchange(client, "GET", path, auth, timeout_s, headers=headers)
    return answer.status, answer.body
