"""The kernel: what all cells of one system share, and the pump that gives them their turns."""

import asyncio
import contextvars
import random
import sys
from asyncio.tasks import _enter_task, _leave_task
from collections import deque
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import structlog

from runtime.address import Address
from runtime.asking import Deadlines, Request
from runtime.clock import Cancellable, Clock
from runtime.dead_letters import DeadLetter, DeadLetters
from runtime.errors import NameTaken
from runtime.phases import AWAITED, ENDED, UP
from runtime.supervision import ChildSpec
from runtime.thespian_side import ThespianSide
from runtime.watching import Watch
from runtime.worker import TURN_OVER, Worker

if TYPE_CHECKING:
    from runtime.cell import Cell

_SLICE_S = 0.005
_SLICE_TURNS = 32_768
_SPARE = 256
_log = structlog.get_logger(__name__)


class Target(Protocol):
    """What dead letters tell of an endpoint."""

    type_name: str

    @property
    def path(self) -> str:
        """Where it stands in the tree."""
        ...


class Nowhere:
    """Stands behind the address that nothing is behind: sender of the system's own messages."""

    def __init__(self, kernel: "Kernel") -> None:
        self.path = "system"
        self.type_name = "System"
        self.address = Address(self)
        self.kernel = kernel

    def deliver(self, message: object, sender: Address) -> None:
        """Make a dead letter of it; an asker learns at once."""
        self.kernel.dead(self, message, "stopped")
        if isinstance(sender.endpoint, Request):
            sender.endpoint.undelivered(self.type_name, "stopped", "")


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
        self.moment = clock.now()
        """When the present turn began, or the last one: near enough for the ages of messages."""
        self.ready: deque[Cell] = deque()
        self.running: Cell | None = None
        self.busy: dict[Cell, None] = {}
        """The cells whose handlers wait, the longest first."""
        self.names: dict[str, Cell] = {}
        self.watch = Watch(self)
        self.dead_letters = DeadLetters()
        self.deadlines = Deadlines(self)
        self.chance = random.Random()  # noqa: S311  # jitter, not secrets
        self.tasks: set[asyncio.Task[Any]] = set()
        self.thespian = ThespianSide(self)
        self.nowhere = Nowhere(self)
        self.root: Cell
        self._make_cell = make_cell
        self._context = contextvars.copy_context()
        # Other threads get the interpreter only where one has it for longer than the switch interval at a stretch.
        self._slice_s = max(_SLICE_S, 1.5 * sys.getswitchinterval())
        self.pumping = False
        self._worker = Worker(self)
        self._spare: list[Worker] = []

    def schedule(self, cell: "Cell") -> None:
        """Give the cell a turn after those already waiting."""
        self.ready.append(cell)
        if not self.pumping:
            self.pumping = True
            self.moment = self.now()
            self.loop.call_soon(self._pump, context=self._context)

    def _pump(self) -> None:
        # A slice bounds how long sockets and timers wait for actors that never rest; a clock that stands still must
        # not make it endless.
        ready, now, watch, worker = self.ready, self.now, self.watch, self._worker
        self.moment = moment = now()
        end, most = moment + self._slice_s, watch.turns + _SLICE_TURNS
        Kernel.all_turns += 1
        _enter_task(self.loop, worker)  # type: ignore[arg-type]  # a task's double
        try:
            while ready and moment < end and watch.turns < most:
                self.running = cell = ready.popleft()
                if cell.worker is not None:
                    if not cell.worker.is_awake:
                        continue  # killed when its turn was due, and begun anew since
                    worker = self._change_worker(cell.worker)
                if cell.context is None:
                    cell.context = self._context.copy()
                watch.turns += 1
                sample = watch.begin(cell) if watch.turns & watch.MASK == 0 else None
                outcome = cell.context.run(worker.turn, None)
                if outcome is not TURN_OVER:
                    self.busy[cell] = None
                    worker.suspend(cell, outcome, Request)
                    if cell.phase is not UP or cell.signals is not None:
                        cell.waits()
                    worker = self._change_worker(None)
                self.moment = moment = now()
                if sample is not None:
                    watch.end(cell, sample)
        except BaseException:  # it ends the loop and has ended the worker
            self._worker = Worker(self)
            raise
        finally:
            self.running = None
            _leave_task(self.loop, worker)  # type: ignore[arg-type]
            self.pumping = bool(ready)
            if not ready:
                self.deadlines.tidy()
            else:
                self.loop.call_soon(self._pump, context=self._context)

    def _change_worker(self, successor: Worker | None) -> Worker:
        """Let the worker of a parked handler go on, or one that has nothing to do take over."""
        _leave_task(self.loop, self._worker)  # type: ignore[arg-type]
        if successor is not None and len(self._spare) < _SPARE:
            self._spare.append(self._worker)
        self._worker = successor or (self._spare.pop() if self._spare else Worker(self))
        _enter_task(self.loop, self._worker)  # type: ignore[arg-type]
        return self._worker

    def resumed(self, cell: "Cell") -> None:
        """What the cell has waited for is over."""
        cell.worker = None
        del self.busy[cell]
        if cell.sender is not None:
            self.watch.ran(cell, self.now() - cell.since)

    def task(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run a coroutine as a task that is kept until it ends."""
        task = self.loop.create_task(coroutine, name=name)
        self.keep(task)
        return task

    def keep(self, task: asyncio.Task[Any]) -> None:
        """Hold a reference until the task ends."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def later(self, delay_s: float, callback: Callable[[], object]) -> Cancellable:
        """A timer on the system's clock."""
        return self.clock.call_later(delay_s, callback)

    def cell_for(self, spec: ChildSpec) -> "Cell":
        """A cell for a new child: the awaited or ended one of its well-known name, else a new one."""
        if not spec.well_known:
            return self._make_cell(self, spec.name)
        cell = self.find(spec.name)
        if cell.phase not in (AWAITED, ENDED) or cell.adopted:
            raise NameTaken(spec.name)
        return cell

    def find(self, name: str) -> "Cell":
        """The cell of a well-known name; made now and awaiting its actor where there is none."""
        cell = self.names.get(name)
        if cell is None:
            cell = self.names[name] = self._make_cell(self, name)
        return cell

    def dead(self, target: Target, message: object, reason: str, error_type: str = "") -> None:
        """Record a message that was not delivered or not handled to its end."""
        kind, at = type(message).__name__, self.clock.time()
        self.dead_letters.add(DeadLetter(target.path, target.type_name, kind, reason, at, error_type))


def log_failure(event: str, actor_type: str, error: BaseException, **facts: object) -> None:
    """Log a failure by types and places only: an error's text may hold a person's words."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    _log.error(event, actor=actor_type, error=type(error).__name__, frames=frames[-12:], **facts)
