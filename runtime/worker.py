"""The worker: gives the actors their turns, without a task until a handler has to wait.

Most handlers never suspend; a task for each would cost more than the handler. One worker therefore gives all turns.
When a handler suspends, the worker stays with it as the coroutine of a real task, and another worker takes over. A
handler that waits for nothing but an `ask` needs no task even then: its worker is parked until the answer comes.

Two things make this indistinguishable from a task: a turn runs in the actor's own context, and
`asyncio.current_task()` answers with the worker, which passes on to the real task when there is one
(`asyncio.timeout` and aiohttp keep what they got there and cancel it later).
"""

import asyncio
from collections.abc import Coroutine, Generator
from inspect import isawaitable
from types import CoroutineType, coroutine
from typing import TYPE_CHECKING, Any

from runtime.phases import UP

if TYPE_CHECKING:
    from runtime.asking import Request
    from runtime.cell import Cell
    from runtime.kernel import Kernel

_BATCH = 32

TURN_OVER = object()
"""What a worker yields when the turn is over; anything else comes from a handler that waits."""


class LetGo(BaseException):
    """Ends a step of life that was killed and went on nevertheless."""


class Worker(Coroutine[Any, Any, None]):
    """Gives a turn to the cell that `kernel.running` names; double of the task it may become."""

    __slots__ = (
        "__weakref__",
        "_cancelled",
        "_first",
        "_is_due",
        "_kernel",
        "_turns",
        "cell",
        "parked",
        "task",
        "turn",
    )

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._cancelled = 0
        self._is_due = False  # a cancellation, at the next wait
        self._first: object = TURN_OVER
        self.task: asyncio.Task[None] | None = None
        self.cell: Cell | None = None
        self.parked: Request | None = None
        self._turns: Any = self._work()
        self.turn = self._turns.send

    @coroutine
    def _work(self) -> Generator[Any, Any, None]:  # noqa: C901  # what would be functions costs too much here
        kernel = self._kernel
        while True:
            cell: Cell = kernel.running  # type: ignore[assignment]  # the kernel sets it before each turn
            for _ in range(_BATCH):
                try:
                    if cell.signals is not None:
                        step = cell.next_step()
                        if step is not None:
                            yield from step
                        if self.cell is not None and not self._is_still_of(cell):
                            return
                    else:
                        if cell.phase is not UP:
                            cell.put_back()  # until the actor is up
                            cell.scheduled = False
                            break
                        if cell.sender is None:
                            if not cell.queue:
                                cell.come_to_rest()
                                break
                            cell.current, cell.sender, _since = cell.queue.popleft()
                        cell.since = kernel.moment
                        job = cell.receive(cell.current, cell.sender)  # type: ignore[misc]  # who is up has it
                        if job is not None:
                            if type(job) is CoroutineType:
                                yield from job  # type: ignore[misc]  # allowed by types.coroutine
                            elif isawaitable(job):
                                yield from job.__await__()
                        if self.cell is not None and not self._is_still_of(cell):
                            return
                        cell.handled += 1
                        cell.stats.handled += 1
                        cell.current = cell.sender = None
                except (LetGo, GeneratorExit):
                    return
                except BaseException as error:
                    if self.cell is not None and not self._is_still_of(cell):
                        return
                    cell.raised(error)
                    if isinstance(error, KeyboardInterrupt | SystemExit):  # the system may still be stopped
                        kernel.schedule(cell)
                        raise
                if self._cancelled:
                    self._forget_cancellation()
                if self.task is not None:
                    kernel.schedule(cell)
                    return
            else:
                kernel.ready.append(cell)
            yield TURN_OVER

    def _is_still_of(self, cell: "Cell") -> bool:
        """What has waited is over: whether the cell still counts on it."""
        self.cell = self.parked = None
        if cell.worker is not self:
            return False
        self._kernel.resumed(cell)
        return True

    def suspend(self, cell: "Cell", first: object, request_type: type) -> None:
        """Stay with a cell whose handler has yielded `first`: parked at its ask, else as a task."""
        self.cell = cell
        cell.worker = self
        if type(first) is request_type and not self._is_due:
            first._asyncio_future_blocking = False  # type: ignore[attr-defined]  # noqa: SLF001  # as a task does
            first.parked = self  # type: ignore[attr-defined]
            self.parked = first  # type: ignore[assignment]
        else:
            self.parked = None
            self._become_task(cell, first)

    def wake(self) -> None:
        """The ask at which it is parked has ended."""
        if self.cell is not None:
            self._kernel.schedule(self.cell)

    @property
    def waiting(self) -> object:
        """What the handler waits in: the coroutine, as long as it is suspended."""
        return self._turns.gi_yieldfrom

    @property
    def is_awake(self) -> bool:
        """Whether the handler may go on in a turn."""
        return self.task is None and self.parked is not None and self.parked.done()

    def abandon(self, cell: "Cell") -> None:
        """Run on as a cancelled task that no cell counts on; its outcome is ignored."""
        if self.parked is not None:
            request, self.parked = self.parked, None
            request.parked = None
            request._asyncio_future_blocking = True  # noqa: SLF001
            self._become_task(cell, request)
        self.cancel()

    def _become_task(self, cell: "Cell", first: object) -> None:
        self._first = first
        self.task = asyncio.Task(self, loop=self._kernel.loop, context=cell.context, name=cell.type_name)
        self._kernel.keep(self.task)
        if self._is_due:
            for _ in range(self._cancelled):
                self.task.cancel()

    # The coroutine of the task: it has yielded once already. A task cancelled before its first step throws into what it
    # was given, and the handler, already half way, must get that.

    def send(self, value: object) -> object:
        """Go on, at first with what the handler has yielded before there was a task."""
        if self._first is not TURN_OVER:
            first, self._first = self._first, TURN_OVER
            return first
        return self._turns.send(value)

    def throw(self, *error: Any) -> object:
        """Raise in the handler; a cancellation before the first step goes to what it waits for, as a task's does."""
        first, self._first = self._first, TURN_OVER
        if isinstance(first, asyncio.Future) and first.cancel():
            return first
        return self._turns.throw(*error)

    def close(self) -> None:
        """End the handler."""
        self._turns.close()

    def __await__(self) -> Generator[Any, Any, None]:
        raise TypeError("only a task drives this")

    # The double of the task

    def cancel(self, msg: object = None) -> bool:
        """Cancel the handler where it waits, or at its next suspension."""
        if self.task is not None:
            return self.task.cancel(msg)
        self._cancelled += 1
        if self.parked is None or not self.parked.cancel():
            self._is_due = True
        return True

    def cancelling(self) -> int:
        """How many cancellations were asked for."""
        return self._cancelled if self.task is None else self.task.cancelling()

    def uncancel(self) -> int:
        """Take one request for cancellation back."""
        if self.task is not None:
            return self.task.uncancel()
        self._cancelled = max(0, self._cancelled - 1)
        return self._cancelled

    def _forget_cancellation(self) -> None:
        """The handler has ended; the next one is not concerned."""
        self._cancelled = 0
        self._is_due = False

    def done(self) -> bool:
        """Whether the task is over."""
        return self.task is not None and self.task.done()

    def get_name(self) -> str:
        """The task's name."""
        return "turn" if self.task is None else self.task.get_name()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop it runs on."""
        return self._kernel.loop
