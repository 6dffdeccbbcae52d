"""A wedged loop still answers `/livez`, with 503, and by itself again when it is back."""

import asyncio
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from aiohttp import web

from webapp_server.stand_in import StandIn

WAIT_S = 20.0


class Served:
    """A server in a loop of its own thread, which can be wedged."""

    def __init__(self) -> None:
        self.wedged = threading.Event()
        self.free = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.up = threading.Event()
        self.url = ""
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        assert self.up.wait(WAIT_S)

    def _serve(self) -> None:
        self.loop.run_until_complete(self._until_done())
        self.loop.close()

    async def _until_done(self) -> None:
        self.done = asyncio.Event()
        application = web.Application()
        application.add_routes([web.get("/livez", self._livez)])
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}/livez"
        await web.SockSite(runner, listening).start()
        stand_in = StandIn(listening, silent_s=0.3)
        self.up.set()
        await self.done.wait()
        await asyncio.to_thread(stand_in.close)
        await runner.cleanup()

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    def wedge(self) -> None:
        """Hold the loop until `free` is set."""

        def hold() -> None:
            self.wedged.set()
            self.free.wait(WAIT_S)

        self.loop.call_soon_threadsafe(hold)
        assert self.wedged.wait(WAIT_S)

    def ask(self) -> tuple[int, str]:
        """The status and text of a fresh connection."""
        try:
            with urllib.request.urlopen(self.url, timeout=WAIT_S) as answer:  # noqa: S310  # our own address
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def close(self) -> None:
        """End the loop; a second call does nothing."""
        self.free.set()
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.done.set)
        self.thread.join(WAIT_S)


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()
    yield served
    served.close()


def test_a_wedged_loop_answers_503_and_recovers(served: Served) -> None:
    """While the loop turns it answers itself; while it is wedged the thread does; then the loop again.

    The thread may take one more connection that was waiting when the loop came back.
    """
    assert served.ask() == (200, "ok\n")
    served.wedge()
    status, text = served.ask()
    assert status == 503
    assert "no sign" in text
    served.free.set()
    back = threading.Event()
    served.loop.call_soon_threadsafe(back.set)
    assert back.wait(WAIT_S)
    assert (200, "ok\n") in (served.ask(), served.ask())


def test_the_port_is_free_after_the_end(served: Served) -> None:
    """The thread holds no copy of the socket."""
    port = int(served.url.split(":")[2].split("/")[0])
    served.close()
    socket.create_server(("127.0.0.1", port)).close()
