"""What one generation of an actor owns beside its messages: timers, piped work, watches. All end with it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from runtime import life
from runtime.address import Address
from runtime.errors import WorkCancelled

if TYPE_CHECKING:
    from runtime.asking import Request
    from runtime.cell import Cell
    from runtime.clock import Cancellable


class Timer:
    """A message that arrives later."""

    __slots__ = ("_cell", "_handle", "_message", "_owned")

    def __init__(self, cell: "Cell", owned: "Owned", delay_s: float, message: object) -> None:
        self._cell = cell
        self._owned = owned
        self._message = message
        self._handle: Cancellable | None = cell.kernel.later(delay_s, self._due)
        owned.timers[self] = None

    @property
    def pending(self) -> bool:
        """Whether the message is still to come."""
        return self._handle is not None

    def cancel(self) -> None:
        """The message will not arrive, unless it is in the mailbox already."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
            self._owned.timers.pop(self, None)

    def _due(self) -> None:
        self._handle = None
        self._owned.timers.pop(self, None)
        self._cell.deliver_owned(self._message, self._owned.address)


class Owned:
    """Timers, piped work and watches of one generation."""

    __slots__ = ("address", "pipes", "timers", "watched")

    def __init__(self, cell: "Cell") -> None:
        self.address = Address(cell)
        """The actor's address, but another one for each generation: what comes from it is this generation's alone."""
        self.timers: dict[Cancellable, None] = {}
        self.pipes: dict[asyncio.Task[Any], None] = {}
        self.watched: set[Cell | Request] = set()

    def release(self, cell: "Cell") -> dict[asyncio.Task[Any], None]:
        """Cancel everything; the piped work that is still ending is returned."""
        for timer in list(self.timers):
            timer.cancel()
        for subject in self.watched:
            subject.watching_it().pop(cell, None)
        self.watched.clear()
        ending, self.pipes = self.pipes, {}
        for task in ending:
            task.cancel()
        return ending


def owned_by(cell: "Cell") -> Owned:
    """What the cell's generation owns."""
    if cell.owned is None:
        cell.owned = Owned(cell)
    return cell.owned


def pipe(cell: "Cell", work: Awaitable[object], failed: Callable[[Exception], object]) -> None:
    """Run the work as a task whose outcome is sent to the actor, unless its generation has ended by then."""
    owned = owned_by(cell)

    def done(task: asyncio.Task[object]) -> None:
        if task not in owned.pipes:
            if not task.cancelled():
                task.exception()
            return
        del owned.pipes[task]
        try:
            outcome = _outcome(task, failed)
        except BaseException as error:  # raised here it would fail nobody
            life.request_crash(cell, error)
        else:
            cell.deliver_owned(outcome, owned.address)

    # A coroutine goes in as it is: cancelled before its first step, a wrapper would leave it unawaited.
    coroutine = work if asyncio.iscoroutine(work) else _awaiting(work)
    task = cell.kernel.task(coroutine, f"pipe of {cell.type_name}")
    owned.pipes[task] = None
    task.add_done_callback(done)


async def _awaiting(work: Awaitable[object]) -> object:
    return await work


def _outcome(task: asyncio.Task[object], failed: Callable[[Exception], object]) -> object:
    if task.cancelled():
        return failed(WorkCancelled())
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, Exception):
        return failed(error)
    raise error
