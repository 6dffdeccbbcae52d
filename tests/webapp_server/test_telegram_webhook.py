"""Telegram's own door: the secret, the size, and 200 for what is durable alone."""

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actors.providers.secret import Secret
from actors.telegram.messages import TakeUpdate, UpdateNotTaken, UpdateTaken
from runtime import Actor, ActorSystem, Address, ChildSpec
from tests.webapp_server.door import ACCESS
from webapp_server.server import WebhookDoor, make_application
from webapp_server.telegram_webhook import MOST_BYTES, SECRET_HEADER

_SECRET = "the-secret-of-the-webhook"
_HEADERS = {SECRET_HEADER: _SECRET}
Client = TestClient[web.Request, web.Application]


class Receiver(Actor):
    """Takes every update but one that says later."""

    def __init__(self, taken: list[bytes]) -> None:
        super().__init__()
        self._taken = taken

    async def receive(self, message: object, sender: Address) -> None:
        assert isinstance(message, TakeUpdate)
        if b"later" in message.raw:
            self.reply(UpdateNotTaken(7))
            return
        self._taken.append(message.raw)
        self.reply(UpdateTaken())


@pytest.fixture
def taken() -> list[bytes]:
    return []


@pytest.fixture
async def client(taken: list[bytes]) -> AsyncIterator[Client]:
    system = ActorSystem()
    await system.start(ChildSpec("update_receiver", lambda: Receiver(taken), well_known=True))
    door = WebhookDoor("/telegram", Secret(_SECRET))
    async with TestClient(TestServer(make_application(system, ACCESS, None, door))) as client:
        yield client
    await system.shutdown()


async def test_an_update_is_acknowledged_when_it_is_taken(client: Client, taken: list[bytes]) -> None:
    """As the very bytes that came, also beyond the page's own limit of 64 kB."""
    body = b'{"update_id": 1, "text": "' + b"x" * 100_000 + b'"}'
    answer = await client.post("/telegram", data=body, headers=_HEADERS)
    assert (answer.status, await answer.json()) == (200, {})
    assert taken == [body]


@pytest.mark.parametrize("secret", ["", "wrong", "\u00fc", _SECRET + "x"])
async def test_whoever_does_not_know_the_secret_is_refused(client: Client, taken: list[bytes], secret: str) -> None:
    """Letters beyond ASCII included, which a comparison of texts would stumble over."""
    answer = await client.post("/telegram", data=b"{}", headers={SECRET_HEADER: secret})
    assert answer.status == 401
    assert taken == []


async def test_an_update_that_cannot_be_kept_comes_again(client: Client) -> None:
    """503 with the time after which Telegram shall try."""
    answer = await client.post("/telegram", data=b'{"later": 1}', headers=_HEADERS)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "7")


async def test_nothing_without_bounds_is_read(client: Client, taken: list[bytes]) -> None:
    """Whether it says its size or not."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 65_536 + 2):
            yield b"x" * 65_536

    assert (await client.post("/telegram", data=BytesIO(b"x" * (MOST_BYTES + 1)), headers=_HEADERS)).status == 413
    assert (await client.post("/telegram", data=endless(), headers=_HEADERS)).status == 413
    assert taken == []
