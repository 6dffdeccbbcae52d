"""The stand-in: a thread that answers 503 on the server's own port while the event loop is wedged.

A wedged loop accepts nobody, and whoever asks `/livez` would wait until giving up. The thread asks the loop for a sign
of life; without one for five seconds it takes the waiting connections itself, until the loop is back.
"""

import asyncio
import select
import socket
import threading
from contextlib import suppress

import structlog

SILENT_S = 5.0
_EVERY_S = 0.5
_WAIT_S = 0.2
_READ_S = 1.0
_READ_BYTES = 8192
_LOG = structlog.get_logger(__name__)


class StandIn:
    """Answers in the loop's place after `silent_s` without a sign; made in the loop, on the server's socket."""

    def __init__(self, listening: socket.socket, *, silent_s: float = SILENT_S) -> None:
        self._listening = listening.dup()
        self._silent_s = silent_s
        self._loop = asyncio.get_running_loop()
        self._sign = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="stand-in", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and let go of the socket; takes a second at most."""
        self._closed.set()
        self._thread.join(_READ_S + _WAIT_S)

    def _watch(self) -> None:
        try:
            while not self._closed.wait(_EVERY_S):
                self._sign.clear()
                self._loop.call_soon_threadsafe(self._sign.set)
                if not self._sign.wait(self._silent_s):
                    self._stand_in()
        except RuntimeError:  # the loop is closed
            pass
        finally:
            self._listening.close()

    def _stand_in(self) -> None:
        _LOG.error("loop_silent", over_s=self._silent_s)
        while not self._sign.is_set() and not self._closed.is_set():
            if select.select([self._listening], [], [], _WAIT_S)[0]:
                with suppress(OSError):  # the loop was quicker, or the caller has gone
                    self._answer(self._listening.accept()[0])
        _LOG.info("loop_back")

    def _answer(self, caller: socket.socket) -> None:
        with caller:
            caller.settimeout(_READ_S)
            caller.recv(_READ_BYTES)
            body = f"The event loop has given no sign of life for over {self._silent_s} s.\n".encode()
            head = (
                "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
                f"Cache-Control: no-store\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            caller.sendall(head.encode() + body)
