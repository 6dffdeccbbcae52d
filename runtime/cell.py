"""The cell: an actor's mailbox, counters and state, kept outside the actor so that they survive it and can be read
while it is stuck.

A cell works on one thing at a time: a message, or a step of its life (start, disposal). Signals ask for steps of life,
go before every message, and interrupt a handler that waits. All of it runs on the loop's thread.
"""

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from runtime import life
from runtime.address import Address
from runtime.asking import Request
from runtime.children import Children
from runtime.clock import Cancellable
from runtime.errors import MisuseError, NameTaken
from runtime.kernel import Kernel
from runtime.mailbox import Mailbox, Overflow, deliver_into_full
from runtime.owned import Owned, owned_by
from runtime.phases import AWAITED, DOWN, ENDED, LEAVE, STARTING, STOPPING, UP, Phase, Step
from runtime.supervision import ChildSpec, EndReason, Supervision, Terminated
from runtime.thespian_reference import ThespianReference
from runtime.watching import CellTimes
from runtime.worker import LetGo, Worker

_DEFAULT_MAILBOX = Mailbox()
_DEFAULT_SUPERVISION = Supervision()

Entry = tuple[object, Address, float]


class Cell(ThespianReference):
    """One actor as the system sees it.

    `current` and `sender` are the message being handled, or the one whose turn is due; more wait in `queue`, which is
    made when needed: most actors are idle most of the time, and an empty deque is as big as the rest of a cell.
    """

    # fmt: off
    __slots__ = (
        "__weakref__", "address", "children", "context", "current", "end_reason", "ending", "failed",
        "failures_in_row", "generation", "globalName", "handled", "instance", "interrupted", "kernel", "killer",
        "last_error", "mailbox", "name", "outside_error", "owned", "parent", "peak", "phase", "queue", "receive",
        "restarts", "room", "scheduled", "sender", "signals", "since", "spec", "started_at", "stats", "times",
        "type_name", "waiters", "watchers", "worker",
    )
    # fmt: on

    def __init__(self, kernel: Kernel, name: str) -> None:
        self.kernel = kernel
        self.name = name
        self.parent: Cell | None = None
        self.spec: ChildSpec | None = None
        self.address = Address(self)
        self.type_name = "awaited"
        self.stats = kernel.watch.awaited
        self.times: CellTimes | None = None
        self.instance: Any = None
        self.receive: Callable[[object, Address], object] | None = None
        self.context: Context | None = None
        self.phase = AWAITED
        self.generation = 0
        self.globalName: str | None = None
        self.mailbox: Mailbox = _DEFAULT_MAILBOX
        self.room = _DEFAULT_MAILBOX.capacity - 1
        self.queue: deque[Entry] | None = None
        self.signals: list[Step] | None = None
        self.scheduled = False
        self.interrupted = False
        self.worker: Worker | None = None
        self.current: object = None
        self.sender: Address | None = None
        self.since = 0.0
        self.started_at = 0.0
        self.peak = 0
        self.handled = 0
        self.failed = 0
        self.restarts = 0
        self.failures_in_row = 0
        self.last_error: str | None = None
        self.ending = False
        self.end_reason: EndReason | None = None
        self.outside_error: BaseException | None = None
        self.children: Children | None = None
        self.owned: Owned | None = None
        self.watchers: dict[Cell, None] | None = None
        self.waiters: list[asyncio.Future[None]] | None = None
        self.killer: Cancellable | None = None
        self.stats.alive += 1
        kernel.watch.phases[AWAITED] += 1

    @property
    def path(self) -> str:
        """The names from the root to here, joined by "/"."""
        names, above = [self.name], self.parent
        while above is not None and above.parent is not None:
            names.append(above.name)
            above = above.parent
        return "/".join(reversed(names))

    # Accepting messages

    def deliver(self, message: object, sender: Address) -> None:
        """Accept the message or make a dead letter of it."""
        kernel = self.kernel
        if self.queue is None and not self.scheduled:
            self.current = message
            self.sender = sender
        else:
            queue = self.queue
            if queue is None:
                queue = self.queue = deque()
            depth = len(queue)
            if depth >= self.room:
                deliver_into_full(self, message, sender)
                return
            queue.append((message, sender, kernel.moment if kernel.pumping else kernel.now()))
            if depth >= self.peak - 1:
                self.peak = max(self.peak, self.depth)
                self.stats.peak = max(self.stats.peak, self.peak)
        self.stats.accepted += 1
        if not self.scheduled:
            self.scheduled = True
            if kernel.pumping:
                kernel.ready.append(self)
            else:
                kernel.schedule(self)
            self.since = kernel.moment

    def deliver_owned(self, message: object, sender: Address) -> None:
        """Accept what the actor asked for itself, whatever the depth; a dead letter only after its end."""
        if self.phase is ENDED:
            self.undelivered(message, sender, "stopped")
            return
        room, self.room = self.room, sys.maxsize
        self.deliver(message, sender)
        self.room = room

    def undelivered(self, message: object, sender: Address | None, reason: str, error_type: str = "") -> None:
        """Make a dead letter and tell an asker."""
        self.kernel.dead(self, message, reason, error_type)
        if sender is not None and isinstance(sender.endpoint, Request):
            sender.endpoint.undelivered(self.type_name, reason, error_type)
        if reason == "stopped" and sender is not None:
            self.kernel.thespian.undelivered(self.address, message, sender)

    def lose(self, message: object, sender: Address | None, reason: str, error_type: str = "") -> None:
        """Make a dead letter of a message that was accepted."""
        self.stats.dead += 1
        self.undelivered(message, sender, reason, error_type)

    @property
    def due(self) -> bool:
        """Whether the message in hand still waits for its turn."""
        return self.sender is not None and self.worker is None and self.kernel.running is not self

    @property
    def depth(self) -> int:
        """How many messages wait."""
        return self.due if self.queue is None else len(self.queue) + self.due

    # Signals

    def signal(self, step: Step, *, interrupt: bool = True) -> None:
        """Ask for a step of life, before any message; interrupts a handler or start hook that waits."""
        if self.signals is None:
            self.signals = [step]
        else:
            self.signals.append(step)
        if self.worker is not None:
            if interrupt:
                self._interrupt(self.worker)
        elif not self.scheduled:
            self.scheduled = True
            self.kernel.schedule(self)

    def waits(self) -> None:
        """What the cell does is not done at once: a stop has its budget, and one asked for meanwhile interrupts."""
        if self.phase is STOPPING:
            life.set_killer(self)
        elif self.worker is not None and any(step is not LEAVE for step in self.signals or ()):
            life.set_killer(self)
            self._interrupt(self.worker)

    def _interrupt(self, worker: Worker) -> None:
        if not self.interrupted and self.phase in (STARTING, UP):
            self.interrupted = True
            worker.cancel()

    # Turns: what the worker asks of the cell

    def next_step(self) -> Coroutine[Any, Any, None] | None:
        """Do the step of life that is due, or return what has to be awaited for it."""
        self.put_back()
        self.interrupted = False
        step = self.signals.pop(0)  # type: ignore[union-attr]  # the worker has looked
        if not self.signals:
            self.signals = None
        return life.STEPS[step](self)

    def has_hook(self, name: str) -> bool:
        """Whether the instance has something to do at its start (`started`) or end (`stopped`)."""
        return name in self.instance.hooks

    def let_go(self) -> None:
        """The instance, and what was its own, is over."""
        self.instance = self.receive = self.owned = self.children = self.context = None

    def put_back(self) -> None:
        """Let the message in hand wait in the queue, before all others."""
        if self.sender is not None:
            if self.queue is None:
                self.queue = deque()
            self.queue.appendleft((self.current, self.sender, self.since))
            self.current = self.sender = None

    def come_to_rest(self) -> None:
        """Nothing is left to do."""
        self.scheduled = False
        if self.room >= 0:
            self.queue = None

    def raised(self, error: BaseException) -> None:
        """The handler, or our own code in a step of life, raised."""
        if self.sender is None:
            life.broken(self, error)
        elif self.interrupted and isinstance(error, asyncio.CancelledError):
            self._lose_current("interrupted")
        else:
            self.message_failed(error)

    def _lose_current(self, reason: str, error_type: str = "") -> object:
        message, sender = self.current, self.sender
        self.current = self.sender = None
        self.lose(message, sender, reason, error_type)
        return message

    def message_failed(self, error: BaseException) -> None:
        """The handler raised: the message is dead, its asker is told, the actor is for its supervisor."""
        message = self._lose_current("failed", type(error).__name__)
        life.crash(self, error, type(message).__name__)

    def abandon_work(self) -> None:
        """Let go of work that does not end: it is cancelled and its outcome ignored."""
        self.signals = None
        if self.instance is not None:
            self.instance._myRef = None  # noqa: SLF001  # what goes on nevertheless speaks for this actor no more
        if self.worker is not None:
            worker, self.worker = self.worker, None
            del self.kernel.busy[self]
            worker.abandon(self)
            self.interrupted = self.scheduled = False
            if self.sender is not None:
                self._lose_current("interrupted")
        elif self.due:
            self.put_back()

    # Life

    def adopt(self, parent: "Cell", spec: ChildSpec) -> None:
        """Become the child of a parent; an awaited cell keeps what it has received."""
        self.parent = parent
        self.spec = spec
        self.ending = False
        self.end_reason = None
        self.failures_in_row = 0
        if self.phase is ENDED:
            self.queue = None
            self.limit(self.mailbox)
            self.enter(AWAITED)

    @property
    def adopted(self) -> bool:
        """Whether it has a parent now; an awaited or ended cell of a well-known name has none."""
        return self.parent is not None and self.phase is not ENDED

    def await_successor(self) -> None:
        """Keep address and mailbox for the next child of this well-known name."""
        if self.phase is DOWN:
            self.parent = None
            self.enter(AWAITED)

    def install(self, instance: Any) -> None:
        """Take a new instance for this generation."""
        self.instance = instance
        self.become(type(instance).__name__)
        instance._myRef = self  # noqa: SLF001  # how Thespian tells an actor where it lives
        self.receive = instance.receive
        self.limit(instance.mailbox)

    def become(self, type_name: str) -> None:
        """Count from now on for this type; what waits goes with it."""
        self.type_name = type_name
        self.kernel.watch.move(self, self.kernel.watch.stats_of(type_name))

    def limit(self, mailbox: Mailbox) -> None:
        """Take the policy; `room` is how many may wait while the place of the message in hand may be taken."""
        self.mailbox = mailbox
        self.room = mailbox.capacity - 1
        if mailbox.overflow is Overflow.COALESCE:
            # Coalescing looks at every message, so each one takes the path of a full mailbox.
            self.room = -1
            self.put_back()  # one that was awaited may have a message in hand already
            self.queue = self.queue or deque()

    async def run_hook(self, name: str) -> None:
        """Run `started` or `stopped` of the instance; a hook that outlived its actor ends here with LetGo."""
        instance = self.instance
        try:
            await self.hook(name)
        finally:
            if self.instance is not instance:
                raise LetGo

    async def hook(self, name: str) -> None:
        """What the hook does."""
        await getattr(self.instance, name)()

    def spawn(self, spec: ChildSpec) -> "Cell":
        """Make a child and start it; raises NameTaken."""
        if self.phase not in (STARTING, UP) or (children := self.offspring()).closing:
            raise MisuseError("an actor that ends has no more children")
        if spec.name in children.by_name:
            raise NameTaken(spec.name)
        cell = self.kernel.cell_for(spec)
        children.add(cell, spec)
        return cell

    def offspring(self) -> Children:
        """This generation's children."""
        if self.children is None:
            self.children = Children(self, getattr(self.instance, "supervision", _DEFAULT_SUPERVISION))
        return self.children

    def child_failed(self, child: "Cell") -> None:
        """A child crashed."""
        if self.children is not None:
            self.children.failed(child)

    def child_ended(self, child: "Cell") -> bool:
        """A child ended for good; whether this actor is to be told."""
        if self.children is not None:
            self.children.remove(child)
        return self.phase in (STARTING, UP)

    def restarts_after_leaving(self, child: "Cell") -> bool:
        """Whether a child that left normally starts again."""
        return self.children is not None and self.children.restarts_after_leaving(child)

    def escalate(self, child: "Cell") -> None:
        """Fail because a child cannot be kept running."""
        del child
        self.kernel.watch.escalations += 1
        self.offspring().closing = True
        life.request_crash(self, life.Escalated())

    def exit_requested(self, request: object, sender: Address) -> None:
        """End for good, as Thespian's exit request asks."""
        del request, sender  # the cell of a plain Thespian actor hands them on
        life.request_end(self, "normal")

    def request_close(self) -> None:
        """End with the parent."""
        life.request_end(self, self.end_reason or "normal")

    def stillborn(self, error: Exception) -> Address:
        """A child could not be made; our own actors get the error where they asked for the child."""
        raise error

    # Watching

    def watch(self, subject: "Cell | Request") -> None:
        """Be told once of the subject's end."""
        if subject.ended:
            self.told_of_end(subject, subject.end_reason or "normal")
        elif self not in (watchers := subject.watching_it()):
            watchers[self] = None
            owned_by(self).watched.add(subject)

    def watching_it(self) -> "dict[Cell, None]":
        """Who is told of this cell's end."""
        if self.watchers is None:
            self.watchers = {}
        return self.watchers

    @property
    def ended(self) -> bool:
        """Whether it has ended for good."""
        return self.phase is ENDED

    def told_of_end(self, subject: "Cell | Request", reason: EndReason) -> None:
        """Take the news of an end, in order with what the ended one had sent."""
        if self.owned is not None:
            self.owned.watched.discard(subject)
        self.deliver_owned(Terminated(subject.address, subject.name, reason), subject.address)

    # Waiting for steps of life, from other coroutines

    async def reached(self, *phases: Phase) -> Phase:
        """Wait until the cell is in one of the phases."""
        while self.phase not in phases:
            await self.changed()
        return self.phase

    async def changed(self) -> None:
        """Wait until the cell enters a phase, be it the same again."""
        waiter = self.kernel.loop.create_future()
        if self.waiters is None:
            self.waiters = []
        self.waiters.append(waiter)
        await waiter

    def enter(self, phase: Phase) -> None:
        """Change the phase and wake who waits for it."""
        phases = self.kernel.watch.phases
        phases[self.phase] -= 1
        phases[phase] += 1
        self.phase = phase
        if self.waiters is not None:
            waiters, self.waiters = self.waiters, None
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)
