"""ActorSystem: the application's side of the runtime, on the running loop."""

import asyncio
import math
from collections import deque
from collections.abc import Iterator

from runtime import life
from runtime.address import Address, endpoint_of
from runtime.asking import Request
from runtime.cell import Cell
from runtime.clock import Clock, SystemClock
from runtime.dead_letters import DeadLetter
from runtime.errors import StartFailed
from runtime.kernel import Kernel
from runtime.phases import Phase
from runtime.supervision import ChildSpec
from runtime.watchdog import Watchdog
from runtime.watching import CellSnapshot, SystemSnapshot, read, walk


class RestartAsked(Exception):  # named by the fact
    """An operator wants the actor to begin anew."""


class Root(Cell):
    """The parent of all top-level actors; it has no instance and never ends by itself."""

    __slots__ = ("given_up",)

    def __init__(self, kernel: Kernel, name: str) -> None:
        super().__init__(kernel, name)
        self.become("Root")
        self.enter(Phase.UP)
        self.given_up: asyncio.Future[str] = kernel.loop.create_future()
        kernel.root = self

    def deliver(self, message: object, sender: Address) -> None:
        """Nobody reads what is sent to the root."""
        self.undelivered(message, sender, "refused")

    def child_ended(self, child: Cell) -> bool:
        """The root is told by `escalate`, not by messages."""
        super().child_ended(child)
        return False

    def escalate(self, child: Cell) -> None:
        """Give up a top-level actor; only that one ends, the application decides about the rest."""
        if not self.given_up.done():
            self.given_up.set_result(f"{child.name} ({child.type_name}) was given up after {child.last_error}")
        life.request_end(child, "escalated")

    async def close(self, budget_s: float) -> None:
        """End everything below, newest first; the budget bounds the whole. A second call waits for the first."""
        if self.ending:
            await self.reached(Phase.ENDED)
            return
        self.ending = True
        timer = self.kernel.later(budget_s, self._kill_all)
        try:
            if self.children is not None:
                await self.children.close(for_good=True)
        finally:
            timer.cancel()
            self._end()

    def _kill_all(self) -> None:
        if self.children is not None:
            for cell in self.children.newest_first():
                cell.ending = True
                life.kill(cell)

    def _end(self) -> None:
        life.finish(self, "normal")
        for cell in self.kernel.names.values():
            if cell.phase is not Phase.ENDED:
                life.finish(cell, "normal")
        self.kernel.deadlines.end_all()


class ActorSystem:
    """Runs actors on the loop it is made in; use it from that loop's thread only.

    On the machine's clock a watchdog measures the loop's lag and names what blocks it.
    """

    def __init__(self, *, clock: Clock | None = None, name: str = "cornerman") -> None:
        self._kernel = Kernel(asyncio.get_running_loop(), clock or SystemClock(), Cell)
        self._root = Root(self._kernel, name)
        self._watchdog = Watchdog(self._kernel) if clock is None else None
        self.name = name

    @property
    def clock(self) -> Clock:
        """The clock all its actors use."""
        return self._kernel.clock

    @property
    def dead_letters(self) -> deque[DeadLetter]:
        """The last 200 messages that were not delivered."""
        return self._kernel.dead_letters.recent

    async def start(self, spec: ChildSpec) -> Address:
        """Start a top-level actor and wait until it is up; raises StartFailed when it is given up before that."""
        cell = self._root.spawn(spec)
        if await cell.reached(Phase.UP, Phase.ENDED) is Phase.ENDED and cell.end_reason != "normal":
            raise StartFailed(spec.name, cell.last_error or "stopped")
        return cell.address

    def find(self, name: str) -> Address:
        """The address of a well-known actor; before it exists messages wait in its bounded mailbox."""
        return self._kernel.find(name).address

    def send(self, address: Address, message: object) -> None:
        """Send a message from outside; a reply to it becomes a dead letter."""
        endpoint_of(address).deliver(message, self._root.address)

    async def ask(self, address: Address, message: object, *, deadline_s: float) -> object:
        """Send a request and wait for the answer; raises ActorFailed, ActorDead, AskTimeout or MailboxFull."""
        return await Request(self._kernel).send(address, message, deadline_s)

    def snapshot(self) -> SystemSnapshot:
        """The system from outside: asks no actor and costs the same however many rest."""
        return self._kernel.watch.snapshot()

    def cells(self, most: float = math.inf) -> tuple[CellSnapshot, ...]:
        """Every living actor, parents before children; the children of parents with more than `most` are left out."""
        return tuple(self.each(most))

    def each(self, most: float = math.inf) -> Iterator[CellSnapshot]:
        """The same one by one, for a caller that lets others run in between; what has ended by then says so."""
        return (read(cell) for cell in walk(self._root, most))

    def restart(self, address: Address) -> bool:
        """Let an actor fail, as if its handler had raised; its supervisor decides. False where none is up there."""
        cell = endpoint_of(address)
        if not isinstance(cell, Cell) or cell.phase is not Phase.UP:
            return False
        life.request_crash(cell, RestartAsked())
        return True

    async def failure(self) -> str:
        """Wait until a top-level actor is given up; the sentence names it and its last error's type."""
        return await asyncio.shield(self._root.given_up)

    async def shutdown(self, budget_s: float = 10.0) -> None:
        """Stop the top-level actors in reverse order of start; what is not done within the budget is killed.

        Every ask still waiting ends with ActorDead. A second call does nothing.
        """
        await self._root.close(budget_s)
        if self._watchdog is not None:
            self._watchdog.stop()
