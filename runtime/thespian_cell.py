"""The cell of a plain Thespian actor: it is never restarted, it poisons, and its exit is a message like others."""

import traceback
from asyncio import CancelledError
from collections.abc import Awaitable
from inspect import isawaitable
from typing import Any

from thespian.actors import (
    ActorExitRequest,
    ActorSystemMessage,
    ChildActorExited,
    DeadEnvelope,
    PoisonMessage,
    Thespian_ActorStatus,
    Thespian_StatusReq,
    ThespianWatch,
    WakeupMessage,
    WatchMessage,
)

from runtime import life
from runtime.address import Address
from runtime.asking import Request
from runtime.cell import Cell
from runtime.kernel import Kernel, log_failure
from runtime.mailbox import Mailbox
from runtime.phases import Step
from runtime.supervision import EndReason
from runtime.thespian_reference import FileWatch, Wakeup

_MAILBOX = Mailbox(capacity=1_000_000)
_TRIES = 3
_TRIES_OF_POISON = 2


class Retry(ActorSystemMessage):  # type: ignore[misc]  # thespian ships no types
    """A message whose handler has raised, at the end of the mailbox for another try."""

    def __init__(self, message: object, tried: int) -> None:
        self.message = message
        self.tried = tried


class ThespianCell(Cell):
    """Runs a plain Thespian actor under the rules of Thespian's using-guide."""

    __slots__ = ("_exit_handled", "_watch", "requirements")

    def __init__(self, kernel: Kernel, name: str, requirements: object = None) -> None:
        super().__init__(kernel, name)
        self.limit(_MAILBOX)
        self.requirements = requirements
        self._exit_handled = False
        self._watch: FileWatch | None = None

    def install(self, instance: Any) -> None:
        """Take the instance."""
        self.instance = instance
        self.become(type(instance).__name__)
        instance._myRef = self  # noqa: SLF001  # how Thespian tells an actor where it lives
        self.receive = self._receive

    def has_hook(self, name: str) -> bool:
        """Only the end is told, and only once."""
        return name == "stopped" and not self._exit_handled

    async def hook(self, name: str) -> None:
        """The end of an actor that was not asked to exit by a message is told to it as one."""
        del name  # there is no other
        await self._told_to_exit(ActorExitRequest(), self.kernel.thespian.address)

    def _receive(self, message: object, sender: Address) -> object:
        if isinstance(message, ActorSystemMessage):
            if isinstance(message, ActorExitRequest):
                return self._exit(message, sender)
            if isinstance(message, Thespian_StatusReq):
                self.actor_send(sender, self._status())
                return None
            if isinstance(message, Retry):
                message = message.message
        try:
            result = self.instance.receiveMessage(message, sender)
        except SystemExit:
            self._leave()
            return None
        if result is None and self._watch is None:
            return None
        result = self._watched(result)
        return self._awaited(result) if isawaitable(result) else result

    async def _awaited(self, work: Awaitable[object]) -> None:
        """Wait for an `async` handler, whose result may be a watch too."""
        try:
            self._watched(await work)
        except SystemExit:  # with an actor per process it ends that actor; here it must not end all others
            self._leave()

    def _leave(self) -> None:
        """End after this handler."""
        self._exit_handled = self.ending = True
        self.signal(Step.END, interrupt=False)

    def _watched(self, result: object) -> object:
        """Each handler says anew which files to watch; any other result is returned."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if isinstance(result, ThespianWatch) and not self.ended:
            self._watch = FileWatch(self, list(result.filenos))
            return None
        return result

    async def _told_to_exit(self, request: ActorExitRequest, sender: Address) -> None:
        try:
            result = self.instance.receiveMessage(request, sender)
            if isawaitable(result):
                life.set_killer(self)
                await result
        except (Exception, SystemExit, CancelledError) as error:  # an exit goes on whatever the actor thinks of it
            log_failure("actor_exit_failed", self.type_name, error)

    async def _exit(self, request: ActorExitRequest, sender: Address) -> None:
        self.ending = True
        await self._told_to_exit(request, sender)
        if self.children is not None:
            if request.isRecursive or self.kernel.root.ending:
                for child in self.children.oldest_first():
                    child.request_close()
            else:
                self.children.orphan()
        self._leave()

    def message_failed(self, error: BaseException) -> None:
        """Try the message again after those that wait; after three failures its sender gets it back as poison."""
        message, tried = self.current, 1
        sender: Address = self.sender  # type: ignore[assignment]  # a message is in hand
        self.current = self.sender = None
        if isinstance(message, Retry):
            tried = message.tried + 1
            message = message.message
        if tried < (_TRIES_OF_POISON if isinstance(message, PoisonMessage) else _TRIES):
            self.stats.accepted -= 1  # it goes back
            self.deliver_owned(Retry(message, tried), sender)
            return
        self.kernel.watch.failed(self)
        self.last_error = type(error).__name__
        log_failure("actor_failed", self.type_name, error, message=type(message).__name__, generation=1)
        self.lose(message, sender, "failed", type(error).__name__)
        if not isinstance(message, PoisonMessage | ChildActorExited) and not isinstance(sender.endpoint, Request):
            sent = message.deadMessage if isinstance(message, DeadEnvelope) else message
            self.actor_send(sender, PoisonMessage(sent, "".join(traceback.format_exception(error))))

    def undelivered(self, message: object, sender: Address | None, reason: str, error_type: str = "") -> None:
        """Make a dead letter and tell an asker."""
        if isinstance(message, Retry):
            message = message.message
        if reason == "obsolete" and not isinstance(message, WakeupMessage | WatchMessage):
            reason = "stopped"  # here only what the system sends in the actor's name is nobody's loss
        super().undelivered(message, sender, reason, error_type)

    def exit_requested(self, request: object, sender: Address) -> None:
        """Exit after what was sent before; a handler that waits is interrupted, and the request comes next."""
        self.deliver_owned(request, sender)
        if self.worker is not None and not self.ending and sender != self.address:
            self.ending = True
            life.set_killer(self)
            self.queue.rotate()  # type: ignore[union-attr]  # the request has just been put there
            self.signal(Step.START)  # to an actor that is up it does nothing but interrupt

    def request_close(self) -> None:
        """Exit with the parent; a second call does nothing."""
        if not self.ending:
            life.set_killer(self)
            self.exit_requested(ActorExitRequest(), self.kernel.thespian.address)
            self.ending = True

    def told_of_end(self, subject: "Cell | Request", reason: EndReason) -> None:
        """Take the news of a child's end under Thespian's name."""
        del reason  # Thespian has no word for it
        self.deliver_owned(ChildActorExited(subject.address), self.kernel.thespian.address)

    def escalate(self, child: Cell) -> None:
        """Give up a child of our own that cannot be kept running: its parent is told and lives on."""
        self.kernel.watch.escalations += 1
        life.request_end(child, "escalated")

    def stillborn(self, error: Exception) -> Address:
        """A child could not be made: its address is dead from the start."""
        log_failure("actor_not_created", self.type_name, error)
        cell = ThespianCell(self.kernel, f"stillborn-{next(self.kernel.thespian.numbers)}")
        life.finish(cell, "failed")
        self.told_of_end(cell, "failed")
        return cell.address

    def _status(self) -> Thespian_ActorStatus:
        side, parent = self.kernel.thespian, self.parent
        is_primary = parent is None or parent is self.kernel.root
        above = side.address if is_primary else parent.address  # type: ignore[union-attr]
        status = Thespian_ActorStatus(self.address, self.type_name, side.address, above)
        for child in self.children.oldest_first() if self.children is not None else ():
            status.addChild(child.address)
        for message, sender, _ in self.queue or ():
            status.addReceivedMessage(sender, self.address, type(message).__name__)
        timers = self.owned.timers if self.owned is not None else ()
        status.addWakeups([(self.address, timer.expires) for timer in timers if isinstance(timer, Wakeup)])
        status.addReceived(self.handled)
        return status
