"""A request that waits for its answer; it stands behind an address like an actor does."""

import asyncio
from typing import TYPE_CHECKING

from runtime.address import Address, endpoint_of
from runtime.clock import Cancellable
from runtime.errors import ActorDead, ActorError, ActorFailed, AskTimeout, MailboxFull, MisuseError
from runtime.kernel import Kernel
from runtime.supervision import EndReason

if TYPE_CHECKING:
    from runtime.cell import Cell

_FULL = frozenset({"refused", "dropped", "coalesced"})


class Request:
    """One `ask`; ends exactly once: answer, error of the other side, or deadline."""

    __slots__ = ("_future", "_timer", "address", "kernel", "name", "type_name", "watchers")

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.address = Address(self)
        self.name = "ask"
        self.type_name = "ask"
        self.watchers: dict[Cell, None] | None = None
        self._future: asyncio.Future[object] = kernel.loop.create_future()
        self._timer: Cancellable | None = None

    @property
    def path(self) -> str:
        """Where it stands, for people."""
        return "ask"

    def deliver(self, message: object, sender: Address) -> None:
        """Take the answer; a second or late one is a dead letter."""
        del sender  # an answer counts, whoever gives it
        if self._future.done():
            self.kernel.dead(self, message, "late_reply")
        else:
            self._future.set_result(message)

    def undelivered(self, actor_type: str, reason: str, error_type: str) -> None:
        """Learn that the request was not delivered or not handled to its end."""
        if reason in _FULL:
            self._fail(MailboxFull(actor_type))
        elif reason in ("failed", "unhandled"):
            self._fail(ActorFailed(actor_type, error_type))
        else:
            self._fail(ActorDead(actor_type))

    @property
    def ended(self) -> bool:
        """Whether it has its answer or error."""
        return self._future.done()

    @property
    def end_reason(self) -> EndReason:
        """An ask knows only one end."""
        return "normal"

    def watching_it(self) -> "dict[Cell, None]":
        """Who is told of this ask's end."""
        if self.watchers is None:
            self.watchers = {}
        return self.watchers

    async def send(self, target: Address, message: object, deadline_s: float) -> object:
        """Send the request and wait; raises what the module `errors` draws under ActorError."""
        endpoint = endpoint_of(target)
        if not deadline_s > 0:
            raise MisuseError("an ask needs a deadline in the future")
        self.kernel.asks.add(self)
        self._timer = self.kernel.later(
            deadline_s,
            lambda: self._fail(AskTimeout(getattr(endpoint, "type_name", "ask"), type(message).__name__, deadline_s)),
        )
        try:
            endpoint.deliver(message, self.address)
            return await self._future
        finally:
            self._close()

    def end(self) -> None:
        """The system is gone."""
        self._fail(ActorDead("system"))

    def _fail(self, error: ActorError) -> None:
        if not self._future.done():
            self._future.set_exception(error)

    def _close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._future.cancel()
        self.kernel.asks.discard(self)
        watchers, self.watchers = self.watchers, None
        for watcher in watchers or ():
            watcher.told_of_end(self, "normal")
