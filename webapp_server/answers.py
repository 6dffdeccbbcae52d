"""How the API answers: JSON with an entity tag, and one sentence for everything that is refused."""

import hashlib

import msgspec
from aiohttp import web


class Error(msgspec.Struct, frozen=True):
    """Why a request was refused, in one sentence that says what to do."""

    error: str


def refusal(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    """Refuse a request."""
    return web.Response(
        body=msgspec.json.encode(Error(text)),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"} | (headers or {}),
    )


def answer(body: bytes, request: web.Request) -> web.Response:
    """Answer with JSON, or with 304 where the page has just this already."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.method == "GET" and tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type="application/json", headers=headers)
