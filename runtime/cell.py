"""The cell: an actor's mailbox, counters and state, kept outside the actor so that they survive it and can be read
while it is stuck.

A cell works on one thing at a time: a message, or a step of its life (start, disposal). Signals ask for steps of life,
go before every message, and interrupt a handler that waits. All of it runs on the loop's thread.
"""

import asyncio
import inspect
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from types import CoroutineType
from typing import Any

from thespian.actors import Actor as AnyActor

from runtime import life
from runtime.address import Address
from runtime.asking import Request
from runtime.children import Children
from runtime.clock import Cancellable
from runtime.kernel import Kernel
from runtime.mailbox import Mailbox, Overflow
from runtime.overflowing import deliver_into_full
from runtime.owned import Owned, owned_by
from runtime.phases import Phase, Step
from runtime.supervision import ChildSpec, EndReason, Supervision, Terminated
from runtime.thespian_reference import ThespianReference

_BATCH = 32
_UP = Phase.UP  # an enum's attribute is slow to get in Python 3.11, and every message asks for it
_DEFAULT_MAILBOX = Mailbox()
_DEFAULT_SUPERVISION = Supervision()

Entry = tuple[object, Address, float]


class Cell(ThespianReference):
    """One actor as the system sees it."""

    # fmt: off
    __slots__ = (
        "address", "capacity", "children", "context", "current", "end_reason", "ending", "failed", "failures_in_row",
        "generation", "global_name", "handled", "instance", "interrupted", "kernel", "killer", "last_error",
        "mailbox", "name", "outside_error", "owned", "parent", "peak", "phase", "queue", "receive", "restarts",
        "scheduled", "sender", "signals", "since", "spec", "started_at", "task", "type_name", "waiters", "watchers",
    )
    # fmt: on

    def __init__(self, kernel: Kernel, name: str) -> None:
        self.kernel = kernel
        self.name = name
        self.parent: Cell | None = None
        self.spec: ChildSpec | None = None
        self.address = Address(self)
        self.type_name = "awaited"
        self.instance: AnyActor | None = None
        self.receive: Callable[[object, Address], object] | None = None
        self.context: Context | None = None
        self.phase = Phase.AWAITED
        self.generation = 0
        self.global_name: str | None = None
        self.mailbox: Mailbox = _DEFAULT_MAILBOX
        self.capacity = _DEFAULT_MAILBOX.capacity
        self.queue: deque[Entry] = deque()
        self.signals: deque[Step] | None = None
        self.scheduled = False
        self.interrupted = False
        self.task: asyncio.Task[object] | None = None
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

    @property
    def path(self) -> str:
        """The names from the root to here, joined by "/"."""
        if self.parent is None or self.parent.parent is None:
            return self.name
        return f"{self.parent.path}/{self.name}"

    # Accepting messages

    def deliver(self, message: object, sender: Address) -> None:
        """Accept the message or make a dead letter of it."""
        depth = len(self.queue)
        if depth >= self.capacity:
            deliver_into_full(self, message, sender)
            return
        self.queue.append((message, sender, self.kernel.now()))
        if depth >= self.peak:
            self.peak = depth + 1
        if not self.scheduled:
            self.scheduled = True
            kernel = self.kernel
            kernel.ready.append(self)
            if not kernel.pumping:
                kernel.start_pump()

    def deliver_owned(self, message: object, sender: Address) -> None:
        """Accept what the actor asked for itself, whatever the depth; a dead letter only after its end."""
        if self.phase is Phase.ENDED:
            self.undelivered(message, sender, "stopped")
            return
        self.queue.append((message, sender, self.kernel.now()))
        self.peak = max(self.peak, len(self.queue))
        if not self.scheduled:
            self.scheduled = True
            self.kernel.schedule(self)

    def undelivered(self, message: object, sender: Address | None, reason: str, error_type: str = "") -> None:
        """Make a dead letter and tell an asker."""
        self.kernel.dead(self, message, reason)
        if sender is not None and isinstance(sender.endpoint, Request):
            sender.endpoint.undelivered(self.type_name, reason, error_type)

    # Signals

    def signal(self, step: Step, *, interrupt: bool = True) -> None:
        """Ask for a step of life, before any message; interrupts a handler or start hook that waits."""
        if self.signals is None:
            self.signals = deque()
        self.signals.append(step)
        if self.task is not None:
            if interrupt and not self.interrupted and self.phase in (Phase.STARTING, Phase.UP):
                self.interrupted = True
                self.task.cancel()
        elif not self.scheduled:
            self.scheduled = True
            self.kernel.schedule(self)

    # Turns

    def turn(self) -> None:
        """Work until there is nothing to do, the batch is full, or what is done suspends."""
        if self.context is None:
            self.context = self.kernel.new_context()
        self.context.run(self._batch)

    def _batch(self) -> None:
        # The path of every message: what would be functions elsewhere is written out.
        queue, now = self.queue, self.kernel.now
        for _ in range(_BATCH):
            if self.signals:
                self._take_signal(self.signals.popleft())
                if self.task is not None:
                    return
                continue
            if self.phase is not _UP or not queue:
                self.scheduled = False
                return
            self.current, self.sender, _since = queue.popleft()
            self.since = now()
            job: object = None
            try:
                job = self.receive(self.current, self.sender)  # type: ignore[misc]  # an actor that is up has it
                if type(job) is CoroutineType:
                    self._suspend(job, job.send(None))
                    return
                if job is not None and self._suspends(job):
                    return
            except StopIteration as ended:
                if job is None:
                    self.message_failed(ended)
                    continue
                self.handled += 1
                self.current = self.sender = None
            except (Exception, asyncio.CancelledError) as error:
                self.message_failed(error)
            else:
                self.handled += 1
                self.current = self.sender = None
        self.kernel.ready.append(self)

    def _take_signal(self, step: Step) -> None:
        self._suspends(life.perform(self, step))

    def _suspends(self, job: object) -> bool:
        """Run a coroutine's first step; if it suspends it goes on as a task. Other results of a handler are void."""
        if type(job) is not CoroutineType:
            if not inspect.isawaitable(job):
                return False
            job = _awaiting(job)
        try:
            first = job.send(None)
        except StopIteration:
            return False
        self._suspend(job, first)
        return True

    def _suspend(self, job: Coroutine[Any, Any, object], first: object) -> None:
        self.task = self.kernel.suspended(job, first, self.context or self.kernel.new_context(), self.type_name)
        self.task.add_done_callback(self._resumed)

    def _resumed(self, task: asyncio.Task[object]) -> None:
        """The task of this cell's work has ended."""
        self.task = None
        interrupted, self.interrupted = self.interrupted, False
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if self.sender is None:
            if error is not None:
                life.broken(self, error)
        elif error is None:
            self.handled += 1
            self.current = self.sender = None
        elif interrupted and isinstance(error, asyncio.CancelledError):
            self.interrupted_message()
        else:
            self.message_failed(error)
        self.kernel.schedule(self)

    def interrupted_message(self) -> None:
        """The message being handled will not be handled to its end."""
        message, sender = self.current, self.sender
        self.current = self.sender = None
        self.undelivered(message, sender, "interrupted")

    def message_failed(self, error: BaseException) -> None:
        """The handler raised: the message is dead, its asker is told, the actor is for its supervisor."""
        message, sender = self.current, self.sender
        self.current = self.sender = None
        self.undelivered(message, sender, "failed", type(error).__name__)
        life.crash(self, error, type(message).__name__)

    def abandon_task(self) -> None:
        """Let go of work that does not end: it is cancelled and its outcome ignored."""
        if self.signals is not None:
            self.signals.clear()
        if self.task is not None:
            task, self.task = self.task, None
            task.remove_done_callback(self._resumed)
            task.add_done_callback(_outcome_ignored)
            task.cancel()
            self.interrupted = False
            self.scheduled = False
        if self.sender is not None:
            self.interrupted_message()

    # Life

    def adopt(self, parent: "Cell", spec: ChildSpec) -> None:
        """Become the child of a parent; an awaited cell keeps what it has received."""
        self.parent = parent
        self.spec = spec
        self.ending = False
        self.end_reason = None
        self.failures_in_row = 0
        if self.phase is Phase.ENDED:
            self._limit(self.mailbox)
            self.phase = Phase.AWAITED

    @property
    def adopted(self) -> bool:
        """Whether it has a parent now; an awaited or ended cell of a well-known name has none."""
        return self.parent is not None and self.phase is not Phase.ENDED

    def await_successor(self) -> None:
        """Keep address and mailbox for the next child of this well-known name."""
        if self.phase is Phase.DOWN:
            self.parent = None
            self.enter(Phase.AWAITED)

    def install(self, instance: AnyActor) -> None:
        """Take a new instance for this generation."""
        self.instance = instance
        self.type_name = type(instance).__name__
        instance._myRef = self  # noqa: SLF001  # how Thespian tells an actor where it lives
        self.receive = instance.receive
        self._limit(instance.mailbox)

    def _limit(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        # Coalescing looks at every message, so each one takes the path of a full mailbox.
        self.capacity = 0 if mailbox.overflow is Overflow.COALESCE else mailbox.capacity

    async def run_hook(self, name: str) -> None:
        """Run `started` or `stopped` of the instance."""
        await getattr(self.instance, name)()

    def spawn(self, spec: ChildSpec) -> "Cell":
        """Make a child and start it; raises NameTaken."""
        cell = self.kernel.cell_for(spec)
        self.offspring().add(cell, spec)
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
        return self.phase in (Phase.STARTING, Phase.UP)

    def restarts_after_leaving(self, child: "Cell") -> bool:
        """Whether a child that left normally starts again."""
        return self.children is not None and self.children.restarts_after_leaving(child)

    def escalate(self, child: "Cell") -> None:
        """Fail because a child cannot be kept running."""
        del child
        self.offspring().closing = True
        life.request_crash(self, life.Escalated())

    def crash_from_outside(self, error: BaseException) -> None:
        """Fail as if the handler had raised."""
        life.request_crash(self, error)

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
        return self.phase is Phase.ENDED

    def told_of_end(self, subject: "Cell | Request", reason: EndReason) -> None:
        """Take the news of an end, in order with what the ended one had sent."""
        if self.owned is not None:
            self.owned.watched.discard(subject)
        self.deliver_owned(Terminated(subject.address, subject.name, reason), subject.address)

    # Waiting for steps of life, from other coroutines

    async def reached(self, *phases: Phase) -> Phase:
        """Wait until the cell is in one of the phases."""
        while self.phase not in phases:
            waiter = self.kernel.loop.create_future()
            if self.waiters is None:
                self.waiters = []
            self.waiters.append(waiter)
            await waiter
        return self.phase

    def enter(self, phase: Phase) -> None:
        """Change the phase and wake who waits for it."""
        self.phase = phase
        waiters, self.waiters = self.waiters, None
        for waiter in waiters or ():
            if not waiter.done():
                waiter.set_result(None)


def _outcome_ignored(task: asyncio.Task[object]) -> None:
    if not task.cancelled():
        task.exception()


async def _awaiting(awaitable: Any) -> object:
    return await awaitable
