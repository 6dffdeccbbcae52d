"""The cell of a plain Thespian actor: it is never restarted, it poisons, and its exit is a message like others."""

import traceback
from inspect import isawaitable

from thespian.actors import Actor as AnyActor
from thespian.actors import ActorExitRequest, ChildActorExited, PoisonMessage

from runtime import life
from runtime.address import Address
from runtime.asking import Request
from runtime.cell import Cell
from runtime.kernel import Kernel, log_failure
from runtime.mailbox import Mailbox
from runtime.phases import Step
from runtime.supervision import EndReason

_MAILBOX = Mailbox(capacity=1_000_000)


class ThespianCell(Cell):
    """Runs a plain Thespian actor under the rules of Thespian's using-guide."""

    __slots__ = ("_exit_handled", "_tried")

    def __init__(self, kernel: Kernel, name: str) -> None:
        super().__init__(kernel, name)
        self._limit(_MAILBOX)
        self._exit_handled = False
        self._tried: object = None

    def install(self, instance: AnyActor) -> None:
        """Take the instance."""
        self.instance = instance
        self.type_name = type(instance).__name__
        instance._myRef = self  # noqa: SLF001  # how Thespian tells an actor where it lives
        self.receive = self._receive

    async def run_hook(self, name: str) -> None:
        """The end of an actor that was not asked to exit by a message is told to it as one."""
        if name == "stopped" and self.instance is not None and not self._exit_handled:
            self._exit_handled = True
            result = self.instance.receiveMessage(ActorExitRequest(), self.kernel.nowhere.address)
            if isawaitable(result):
                await result

    def _receive(self, message: object, sender: Address) -> object:
        if isinstance(message, ActorExitRequest):
            return self._exit(message, sender)
        if message is not self._tried:
            self._tried = None
        return self.instance.receiveMessage(message, sender)  # type: ignore[union-attr]  # it is up

    async def _exit(self, request: ActorExitRequest, sender: Address) -> None:
        self._exit_handled = True
        try:
            result = self.instance.receiveMessage(request, sender)  # type: ignore[union-attr]  # it is up
            if isawaitable(result):
                await result
        except Exception as error:  # an exit goes on whatever the actor thinks of it
            log_failure("actor_exit_failed", self.type_name, error)
        if not request.isRecursive and self.children is not None:
            self.children.orphan()
        self.signal(Step.LEAVE, interrupt=False)

    def message_failed(self, error: BaseException) -> None:
        """Try the message once more; when it fails again its sender gets it back as poison."""
        message, sender = self.current, self.sender
        self.current = self.sender = None
        if sender is None:
            return
        if message is not self._tried and not isinstance(message, PoisonMessage):
            self._tried = message
            self.queue.appendleft((message, sender, self.kernel.now()))
            return
        self._tried = None
        self.failed += 1
        self.last_error = type(error).__name__
        log_failure("actor_failed", self.type_name, error, message=type(message).__name__, generation=1)
        self.undelivered(message, sender, "failed", type(error).__name__)
        if not isinstance(message, PoisonMessage | ChildActorExited):
            details = "".join(traceback.format_exception(error))
            sender.endpoint.deliver(PoisonMessage(message, details), self.address)

    def exit_requested(self, request: ActorExitRequest, sender: Address) -> None:
        """Exit after what was sent before; a handler that waits is interrupted."""
        if self.task is not None and sender != self.address:
            life.request_end(self, "normal")
        else:
            self.deliver_owned(request, sender)

    def request_close(self) -> None:
        """Exit with the parent."""
        if self.task is not None or self.ending:
            life.request_end(self, "normal")
        else:
            life.set_killer(self)
            self.deliver_owned(ActorExitRequest(), self.kernel.nowhere.address)

    def told_of_end(self, subject: "Cell | Request", reason: EndReason) -> None:
        """Take the news of a child's end under Thespian's name."""
        del reason  # Thespian has no word for it
        self.deliver_owned(ChildActorExited(subject.address), self.kernel.nowhere.address)

    def stillborn(self, error: Exception) -> Address:
        """A child could not be made: its address is dead from the start."""
        log_failure("actor_not_created", self.type_name, error)
        cell = ThespianCell(self.kernel, "stillborn")
        life.finish(cell, "failed")
        self.told_of_end(cell, "failed")
        return cell.address
