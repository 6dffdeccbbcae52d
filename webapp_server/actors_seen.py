"""Actors as operators look for them, read in slices so that a list of all never holds the loop for long."""

import asyncio
from collections.abc import AsyncIterator

from runtime import ActorSystem, CellSnapshot
from webapp_server.actor_ids import ActorIds

_SLICE = 200


class ActorsSeen:
    """The living actors of a system and what operators call them."""

    def __init__(self, system: ActorSystem, ids: ActorIds) -> None:
        self._system = system
        self.ids = ids

    async def every(self) -> AsyncIterator[CellSnapshot]:
        """One by one; others run in between, so it is no picture of one moment."""
        for number, cell in enumerate(self._system.each(), start=1):
            if number % _SLICE == 0:
                await asyncio.sleep(0)
            if cell.state != "stopped":
                yield cell

    async def find(self, actor: str) -> CellSnapshot | None:
        """The living actor of this id."""
        async for cell in self.every():
            if self.ids.of(cell.path) == actor:
                return cell
        return None
