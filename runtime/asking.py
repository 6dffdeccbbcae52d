"""A request that waits for its answer; it stands behind an address like an actor does."""

import asyncio
from typing import TYPE_CHECKING

from runtime.address import Address, Endpoint, endpoint_of
from runtime.clock import Cancellable
from runtime.errors import ActorDead, ActorError, ActorFailed, AskTimeout, MailboxFull, MisuseError
from runtime.supervision import EndReason

if TYPE_CHECKING:
    from runtime.cell import Cell
    from runtime.kernel import Kernel
    from runtime.worker import Worker

_begin = asyncio.Future.__init__  # the way through super() is longer, and every ask goes it
_FULL = frozenset({"refused", "dropped", "coalesced"})


class Request(asyncio.Future[object]):
    """One `ask`; ends exactly once: answer, error of the other side, or deadline."""

    __slots__ = ("_asked", "address", "kernel", "parked", "watchers")

    name = type_name = "ask"

    def __init__(self, kernel: "Kernel") -> None:
        _begin(self, loop=kernel.loop)
        self.kernel = kernel
        self.address = Address(self)
        self._asked: tuple[Endpoint, object] | None = None
        self.parked: Worker | None = None
        self.watchers: dict[Cell, None] | None = None

    @property
    def path(self) -> str:
        """Where it stands, for people."""
        return "ask"

    @property
    def ended(self) -> bool:
        """Whether it has its answer or error."""
        return self.done()

    @property
    def end_reason(self) -> EndReason:
        """An ask knows only one end."""
        return "normal"

    def watching_it(self) -> "dict[Cell, None]":
        """Who is told of this ask's end."""
        if self.watchers is None:
            self.watchers = {}
        return self.watchers

    def deliver(self, message: object, sender: Address) -> None:
        """Take the answer; a second or late one is a dead letter."""
        del sender  # an answer counts, whoever gives it
        if self.done():
            self.kernel.dead(self, message, "late_reply")
        else:
            self.set_result(message)
            if self.parked is not None:
                self.parked.wake()

    def undelivered(self, actor_type: str, reason: str, error_type: str) -> None:
        """Learn that the request was not delivered or not handled to its end."""
        if reason in _FULL:
            self.fail(MailboxFull(actor_type))
        elif reason in ("failed", "unhandled"):
            self.fail(ActorFailed(actor_type, error_type))
        else:
            self.fail(ActorDead(actor_type))

    def fail(self, error: ActorError) -> None:
        """End with an error, unless it has ended."""
        if not self.done():
            self.set_exception(error)
            if self.parked is not None:
                self.parked.wake()

    def cancel(self, msg: object = None) -> bool:
        """End by cancellation of who waits."""
        cancelled = super().cancel(msg)
        if cancelled and self.parked is not None:
            self.parked.wake()
        return cancelled

    def expire(self, after_s: float) -> None:
        """End because no answer came in time."""
        if self.done():
            return
        endpoint, message = self._asked or (None, None)
        self.kernel.watch.ask_timeouts += 1
        self.fail(AskTimeout(getattr(endpoint, "type_name", "ask"), type(message).__name__, after_s))

    async def send(self, target: Address, message: object, deadline_s: float) -> object:
        """Send the request and wait; raises what the module `errors` draws under ActorError."""
        endpoint = endpoint_of(target)
        if not deadline_s > 0:
            raise MisuseError("an ask needs a deadline in the future")
        self._asked = (endpoint, message)
        watch = self.kernel.watch
        watch.asks += 1
        began = self.kernel.now() if watch.asks & watch.MASK == 0 else None
        deadlines = self.kernel.deadlines
        waiting = deadlines.begin(self, deadline_s)
        try:
            endpoint.deliver(message, self.address)
            return await self
        finally:
            if not self.done():
                super().cancel()
            del waiting[self]
            if began is not None:
                watch.asked.add(self.kernel.now() - began)
            if not waiting and self.kernel.running is None:
                deadlines.tidy()
            if self.watchers is not None:
                watchers, self.watchers = self.watchers, None
                for watcher in watchers:
                    watcher.told_of_end(self, "normal")


class Deadlines:
    """When each waiting ask ends. Those of one length end in the order they came, so one timer serves them all."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._waiting: dict[float, dict[Request, float]] = {}
        self._timers: dict[float, Cancellable] = {}

    def pending(self) -> int:
        """How many asks wait for their answer."""
        return sum(map(len, self._waiting.values()))

    def begin(self, request: Request, length_s: float) -> dict[Request, float]:
        """Expire the request after the length, unless it is taken out of what is returned before."""
        waiting = self._waiting.get(length_s)
        if waiting is None:
            waiting = self._waiting[length_s] = {}
            self._timers[length_s] = self._kernel.later(length_s, lambda: self._due(length_s))
        waiting[request] = self._kernel.now() + length_s
        return waiting

    def _due(self, length_s: float) -> None:
        now = self._kernel.now()
        for request, end in self._waiting[length_s].items():
            if end > now:
                self._timers[length_s] = self._kernel.later(end - now, lambda: self._due(length_s))
                return
            request.expire(length_s)
        del self._waiting[length_s], self._timers[length_s]

    def tidy(self) -> None:
        """Stop the timers that no ask needs; called when the actors come to rest, not after each ask."""
        for length_s in [length_s for length_s, waiting in self._waiting.items() if not waiting]:
            self._timers.pop(length_s).cancel()
            del self._waiting[length_s]

    def end_all(self) -> None:
        """The system is gone."""
        for waiting in list(self._waiting.values()):
            for request in list(waiting):
                request.fail(ActorDead("system"))
