"""The world of the Telegram actors in tests: a scripted Bot API, the real journal, recording sessions."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from actors.journal import Commit, Committed, DescribeJournal, JournalDescribed, NewOutboxEntry, journal_spec
from actors.telegram.aiogram_loading import load_aiogram
from actors.telegram.message_sender import MessageSender
from actors.telegram.messages import DescribeTelegram, TelegramDescribed
from actors.telegram.update_receiver import BotMenu, UpdateReceiver, Webhook
from runtime import Actor, ActorSystem, Address, ChildSpec
from runtime.testing import ManualClock
from tests.actors.telegram import scripted_bot_api
from tests.actors.telegram.scripted_bot_api import TOKEN, ScriptedBotApi


async def until(holds: Callable[[], bool]) -> None:
    """Let sockets, threads and actors work until this holds."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # a socket's other end has no event
            await asyncio.sleep(0)


async def settle(turns: int = 300) -> None:
    """Let everything that is about to happen happen, sockets included."""
    for _ in range(turns):
        await asyncio.sleep(0)


class Recorder(Actor):
    """Keeps what it is sent in the list given."""

    def __init__(self, received: list[object]) -> None:
        super().__init__()
        self._received = received

    async def receive(self, message: object, sender: Address) -> None:
        self._received.append(message)


class World:
    """One process of Cornerman's Telegram side, which may be stopped and begun anew on the same journal."""

    def __init__(self, api: ScriptedBotApi, path: Path) -> None:
        self.api = api
        self.path = path
        self.clock = ManualClock()
        self.received: list[object] = []
        self.system: ActorSystem
        api.now = self.clock.now

    async def begin(self, before: Callable[[Address], Actor] | None = None) -> None:
        """Start the journal, if asked with an actor that stands before it, and the sessions' stand-in."""
        load_aiogram()
        self.system = ActorSystem(clock=self.clock)
        spec = journal_spec(self.path)
        if before is None:
            await self.system.start(spec)
        else:
            real = await self.system.start(msgspec.structs.replace(spec, name="real_journal"))
            await self.start("journal", lambda: before(real))
        await self.start("sessions", lambda: Recorder(self.received))

    async def start(self, name: str, factory: Callable[[], Actor]) -> Address:
        """Start a well-known actor."""
        return await self.system.start(ChildSpec(name=name, factory=factory, well_known=True))

    async def pass_time(self, seconds: int) -> None:
        """Move time on second by second, each time until the journal, which is a real thread, has kept up."""
        for _ in range(seconds):
            await self.clock.advance(1.0)
            await self.journal()
            await settle(50)

    async def time_until(self, holds: Callable[[], bool], *, step: float = 0.25) -> float:
        """Move time on in steps until this holds; how much went by."""
        began = self.clock.now()
        async with asyncio.timeout(20):
            await settle()
            while not holds():
                await self.clock.advance(step)
                await settle()
        return self.clock.now() - began

    async def receiver(
        self,
        *,
        token: str = TOKEN,
        menu: BotMenu = BotMenu(),  # noqa: B008  # frozen
        most: int = 100,
        most_unwritten: int = 1000,
        webhook: Webhook | None = None,
    ) -> Address:
        """Start an UpdateReceiver on the scripted API."""
        url = self.api.url
        return await self.start(
            "update_receiver",
            lambda: UpdateReceiver(
                url,
                token,
                menu,
                webhook=webhook,
                poll_s=50,
                most_unhandled=most,
                most_unwritten=most_unwritten,
            ),
        )

    async def sender(self) -> Address:
        """Start a MessageSender on the scripted API."""
        url = self.api.url
        sender = await self.start("message_sender", lambda: MessageSender(url, TOKEN))
        async with asyncio.timeout(20):
            while not await self._connected():  # noqa: ASYNC110  # aiogram takes seconds to load the first time
                await asyncio.sleep(0.01)
        return sender

    async def _connected(self) -> bool:
        described = await self.ask("message_sender", DescribeTelegram())
        assert isinstance(described, TelegramDescribed)
        return described.connected

    async def ask(self, name: str, message: object) -> object:
        """Ask a well-known actor."""
        return await self.system.ask(self.system.find(name), message, deadline_s=30.0)

    async def journal(self) -> JournalDescribed:
        """What the journal holds now."""
        described = await self.ask("journal", DescribeJournal())
        assert isinstance(described, JournalDescribed)
        return described

    async def post(self, *entries: NewOutboxEntry, done: tuple[tuple[str, int], ...] = ()) -> None:
        """Commit a turn with these messages."""
        reply = await self.ask("journal", Commit("session/7", None, wake=False, outbox=entries, done=done))
        assert reply == Committed()

    async def until_journal(self, holds: Callable[[JournalDescribed], bool]) -> JournalDescribed:
        """Wait until what the journal holds is so."""
        async with asyncio.timeout(20):
            while not holds(described := await self.journal()):  # noqa: ASYNC110  # settling is not announced
                await asyncio.sleep(0)
        return described


@pytest.fixture
async def api() -> AsyncIterator[ScriptedBotApi]:
    async with scripted_bot_api.running() as running:
        yield running


@pytest.fixture
async def world(api: ScriptedBotApi, tmp_path: Path) -> AsyncIterator[World]:
    world = World(api, tmp_path / "journal.sqlite")
    await world.begin()
    yield world
    unread = list(world.system.dead_letters)
    await world.system.shutdown()
    assert unread == []
