"""Draining: the intake is told first, and the wait ends with the work or with the time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actors.drain import drain
from actors.journal import Commit, MarkOutbox, NewOutboxEntry, OutboxMark, journal_spec
from actors.telegram.messages import BULK_LANE, MESSAGE_LANE, StopIntake
from runtime import Actor, ActorSystem, Address, ChildSpec, Restart
from runtime.testing import ManualClock, settle

WITHIN_S = 15.0


class Intake(Actor):
    """Notes the order."""

    def __init__(self, orders: list[object]) -> None:
        super().__init__()
        self._orders = orders

    async def receive(self, message: object, sender: Address) -> None:
        self._orders.append(message)


class PipelineRun(Actor):
    """Is under way until it is told to end."""

    async def receive(self, message: object, sender: Address) -> None:
        self.stop()


class World:
    """A system on a manual clock with a journal on a real file."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.system = ActorSystem(clock=self.clock)
        self.orders: list[object] = []

    async def until(self, draining: "asyncio.Task[bool]", ends_s: float) -> bool:
        """Move time until the wait is over or so much has passed; the disk takes its own time."""
        for _ in range(int(ends_s / 0.1)):
            for _ in range(200):
                await settle()
                if draining.done():
                    return draining.result()
                await asyncio.sleep(0)
            await self.clock.advance(0.1)
        async with asyncio.timeout(10):
            return await draining


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World()
    await world.system.start(journal_spec(tmp_path / "journal.sqlite"))
    await world.system.start(ChildSpec("update_receiver", lambda: Intake(world.orders), well_known=True))
    yield world
    await world.system.shutdown()


async def test_an_idle_system_is_drained_at_once(world: World) -> None:
    """The intake is told, and nothing is waited for."""
    async with asyncio.timeout(10):
        assert await drain(world.system, WITHIN_S)
    assert world.orders == [StopIntake()]


async def test_an_answer_under_way_is_waited_for(world: World) -> None:
    """As long as it runs and the time lasts; its end ends the wait."""
    run = await world.system.start(ChildSpec("run", PipelineRun, restart=Restart.TEMPORARY))
    draining = asyncio.ensure_future(drain(world.system, WITHIN_S))
    await settle()
    await world.clock.advance(5.0)
    await settle()
    assert not draining.done()
    world.system.send(run, "end")
    assert await world.until(draining, WITHIN_S)


@pytest.mark.parametrize("lane", [MESSAGE_LANE, BULK_LANE])
async def test_a_message_not_sent_yet_is_waited_for(world: World, lane: str) -> None:
    """An answer that is committed still has to reach the rep, and so has a reminder."""
    entry = NewOutboxEntry("e1", lane, "42", b"{}")
    await world.system.ask(
        world.system.find("journal"), Commit("session/42", None, wake=False, outbox=(entry,)), deadline_s=60
    )
    draining = asyncio.ensure_future(drain(world.system, WITHIN_S))
    await settle()
    assert not draining.done()
    mark = MarkOutbox((OutboxMark(1, "done"),))
    await world.system.ask(world.system.find("journal"), mark, deadline_s=60)
    assert await world.until(draining, WITHIN_S)


async def test_what_takes_longer_is_left_for_the_next_start(world: World) -> None:
    """The wait ends with the time, and says so."""
    await world.system.start(ChildSpec("run", PipelineRun, restart=Restart.TEMPORARY))
    draining = asyncio.ensure_future(drain(world.system, 1.0))
    for _ in range(11):
        await settle()
        await world.clock.advance(0.1)
    async with asyncio.timeout(10):
        assert not await draining
