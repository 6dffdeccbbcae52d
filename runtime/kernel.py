"""The kernel: what all cells of one system share, and the pump that gives them their turns."""

import asyncio
import contextvars
import random
import time
from asyncio.tasks import _enter_task, _leave_task
from collections import deque
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import structlog

from runtime.address import Address
from runtime.clock import Cancellable, Clock
from runtime.dead_letters import DeadLetter, DeadLetters
from runtime.driving import TaskInWaiting, as_task
from runtime.errors import NameTaken
from runtime.phases import Phase
from runtime.supervision import ChildSpec
from runtime.thespian_side import ThespianSide

if TYPE_CHECKING:
    from runtime.asking import Request
    from runtime.cell import Cell

_SLICE_S = 0.005
_log = structlog.get_logger(__name__)


class Target(Protocol):
    """What dead letters tell of an endpoint."""

    address: Address
    type_name: str

    @property
    def path(self) -> str:
        """Where it stands in the tree."""


class Nowhere:
    """Stands behind the address that nothing is behind: sender of the system's own messages."""

    def __init__(self, kernel: "Kernel") -> None:
        self.path = "system"
        self.name = "system"
        self.type_name = "System"
        self.address = Address(self)
        self._kernel = kernel

    def deliver(self, message: object, sender: Address) -> None:
        """Make a dead letter of it; an asker learns at once."""
        self._kernel.dead(self, message, "stopped")
        undelivered = getattr(sender.endpoint, "undelivered", None)
        if undelivered is not None:
            undelivered(self.type_name, "stopped", "")


class Kernel:
    """One loop's worth of actors. Used from that loop's thread only."""

    all_turns: ClassVar[int] = 0
    """Pumps of all kernels of the process: the test kit sees by it whether anything still moves."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, clock: Clock, make_cell: "Callable[[Kernel, str], Cell]"
    ) -> None:
        self.loop = loop
        self.clock = clock
        self.now: Callable[[], float] = clock.now
        self._make_cell = make_cell
        self.ready: deque[Cell] = deque()
        self.names: dict[str, Cell] = {}
        self.dead_letters = DeadLetters()
        self.chance = random.Random()  # noqa: S311  # jitter, not secrets
        self.tasks: set[asyncio.Task[Any]] = set()
        self.asks: set[Request] = set()
        self.dead_letter_handler: Callable[[Address, object, str], None] | None = None
        self.thespian = ThespianSide(self)
        self.nowhere = Nowhere(self)
        self.root: Cell
        self._context = contextvars.copy_context()
        self.pumping = False
        self._waiting_task = TaskInWaiting()

    def new_context(self) -> contextvars.Context:
        """A context of its own for an actor, so that what one binds no other sees."""
        return self._context.copy()

    def schedule(self, cell: "Cell") -> None:
        """Give the cell a turn after those already waiting."""
        self.ready.append(cell)
        if not self.pumping:
            self.start_pump()

    def start_pump(self) -> None:
        """Give turns from the loop's next round on, until no cell is ready."""
        self.pumping = True
        self.loop.call_soon(self._pump, context=self._context)

    def _pump(self) -> None:
        # A slice bounds how long sockets and timers wait for actors that never rest.
        end = time.monotonic() + _SLICE_S
        ready = self.ready
        Kernel.all_turns += 1
        _enter_task(self.loop, self._waiting_task)  # type: ignore[arg-type]  # a task's double
        try:
            while ready and time.monotonic() < end:
                ready.popleft().turn()
        finally:
            _leave_task(self.loop, self._waiting_task)  # type: ignore[arg-type]
            if ready:
                self.loop.call_soon(self._pump, context=self._context)
            else:
                self.pumping = False

    def suspended(
        self, coroutine: Coroutine[Any, Any, Any], first: object, context: contextvars.Context, name: str
    ) -> asyncio.Task[object]:
        """Go on as a task with a coroutine that suspended in its turn."""
        task = as_task(coroutine, first, self.loop, context, name)
        double, self._waiting_task = self._waiting_task, TaskInWaiting()
        double.become(task)
        _leave_task(self.loop, double)  # type: ignore[arg-type]
        _enter_task(self.loop, self._waiting_task)  # type: ignore[arg-type]
        self.keep(task)
        return task

    def finished_at_once(self) -> None:
        """A coroutine ended without suspending."""
        self._waiting_task.finish()

    def task(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run a coroutine as a task that is kept until it ends."""
        task = self.loop.create_task(coroutine, name=name)
        self.keep(task)
        return task

    def keep(self, task: asyncio.Task[Any]) -> None:
        """Hold a reference until the task ends."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def end_asks(self) -> None:
        """End every ask that still waits."""
        for request in list(self.asks):
            request.end()

    def later(self, delay_s: float, callback: Callable[[], object]) -> Cancellable:
        """A timer on the system's clock."""
        return self.clock.call_later(delay_s, callback)

    def cell_for(self, spec: ChildSpec) -> "Cell":
        """A cell for a new child: the awaited or ended one of its well-known name, else a new one."""
        if not spec.well_known:
            return self._make_cell(self, spec.name)
        cell = self.find(spec.name)
        if cell.phase not in (Phase.AWAITED, Phase.ENDED) or cell.adopted:
            raise NameTaken(spec.name)
        return cell

    def find(self, name: str) -> "Cell":
        """The cell of a well-known name; made now and awaiting its actor where there is none."""
        cell = self.names.get(name)
        if cell is None:
            cell = self.names[name] = self._make_cell(self, name)
        return cell

    def dead(self, target: Target, message: object, reason: str) -> None:
        """Record a message that was not delivered or not handled to its end."""
        letter = DeadLetter(target.path, target.type_name, type(message).__name__, reason, self.clock.time())
        self.dead_letters.add(letter)
        if self.dead_letter_handler is not None:
            self.dead_letter_handler(target.address, message, reason)


def log_failure(event: str, actor_type: str, error: BaseException, **facts: object) -> None:
    """Log a failure by types and places only: an error's text may hold a person's words."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    _log.error(event, actor=actor_type, error=type(error).__name__, frames=frames[-12:], **facts)
