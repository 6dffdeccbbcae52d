"""Promises of the one HTTP door about what a provider has seen."""

import asyncio
import socket

import pytest

from actors.providers.http import TRANSPORT_ERRORS, BearerAuth, client, never_sent, post
from actors.providers.secret import Secret

AUTH = BearerAuth(Secret("key"))


async def _error(url: str) -> Exception:
    opened = client(url)
    try:
        with pytest.raises(TRANSPORT_ERRORS) as caught:
            await post(opened, "chat", b"{}", {}, AUTH)
        return caught.value
    finally:
        await opened.aclose()


async def test_a_refused_connection_was_never_sent() -> None:
    """Nobody listens, so nothing was spent of any allowance."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert never_sent(await _error(f"http://127.0.0.1:{port}"))


async def test_a_cut_connection_may_have_been_sent() -> None:
    """The transport names both alike; what was cut after the request counts as seen."""

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert not never_sent(await _error(f"http://127.0.0.1:{port}"))
