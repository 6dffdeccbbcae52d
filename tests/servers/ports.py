"""Ports for the servers of the tests."""

import secrets
import socket
from contextlib import suppress

_FIRST, _LAST = 20_000, 32_000
"""Below what Linux gives to outgoing connections (32768 and up), so that none takes a port before its server does."""


def free_port() -> int:
    """A port on 127.0.0.1 that was free a moment ago."""
    while True:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
