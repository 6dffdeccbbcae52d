"""Actors the runtime's tests are made of."""

import asyncio
from collections.abc import Callable

import msgspec

from runtime import Actor, Address, ChildSpec, Restart


class Boom(Exception):
    """What test actors raise."""


class Fail(msgspec.Struct, frozen=True):
    """Raise in the handler."""

    secret: str = ""


class Leave(msgspec.Struct, frozen=True):
    """Stop oneself."""


class Wait(msgspec.Struct, frozen=True):
    """Wait in the handler for an event of the test's."""

    event: asyncio.Event = msgspec.field(default_factory=asyncio.Event)


class Stubborn(msgspec.Struct, frozen=True):
    """Wait in the handler through one cancellation."""


class Echo(Actor):
    """Answers with the message; fails, waits and leaves on request; keeps a diary of its life."""

    def __init__(self, diary: list[str] | None = None, label: str = "echo") -> None:
        super().__init__()
        self.diary = [] if diary is None else diary
        self.label = label

    async def started(self) -> None:
        self.diary.append(f"{self.label} started")

    async def stopped(self) -> None:
        self.diary.append(f"{self.label} stopped")

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Fail(secret):
                raise Boom(secret)
            case Leave():
                self.stop()
            case Wait(event):
                await event.wait()
                self.reply("waited")
            case Stubborn():
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    await asyncio.Event().wait()
            case _:
                self.reply(message)


class Script(Actor):
    """Does in each handler what the test says."""

    def __init__(
        self,
        on_message: Callable[["Script", object, Address], object] = lambda *_: None,
        on_start: Callable[["Script"], object] = lambda _: None,
    ) -> None:
        super().__init__()
        self.on_message = on_message
        self.on_start = on_start

    async def started(self) -> None:
        result = self.on_start(self)
        if asyncio.iscoroutine(result):
            await result

    async def receive(self, message: object, sender: Address) -> None:
        result = self.on_message(self, message, sender)
        if asyncio.iscoroutine(result):
            await result


def echo(
    name: str = "echo", diary: list[str] | None = None, restart: Restart = Restart.PERMANENT, shutdown_s: float = 5.0
) -> ChildSpec:
    """An Echo that writes its name into the diary."""
    return ChildSpec(name, lambda: Echo(diary, name), restart=restart, shutdown_s=shutdown_s)
