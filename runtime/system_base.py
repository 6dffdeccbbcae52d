"""The system base for `thespian.actors.ActorSystem(systemBase=...)`: Thespian's semantics on one event loop.

Made like Thespian's own bases it runs its loop in a thread of its own, so the blocking `tell`, `ask`, `listen` and
`private()` work from any thread. An application with a running loop gives that loop; the blocking calls then work
from other threads only. Loading code at run time is refused: a security decision.

As with `simpleSystemBase`, `tell` returns when the actors have done all that follows from the message, or after a
second, and a `listen` without a timeout ends with None when nothing can come any more. Neither holds on a given loop.
"""

import asyncio
import queue
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from logging.config import dictConfig
from typing import Any, TypeVar, cast

from thespian.actors import ActorAddress, ActorSystemFailure, ThespianGeneration
from thespian.system import isInternalActorSystemMessage
from thespian.system.timing import toTimeDeltaOrNone

from runtime.address import Address
from runtime.cell import Cell
from runtime.clock import Clock, SystemClock
from runtime.errors import MisuseError, SourcesRefused
from runtime.kernel import Kernel
from runtime.loop_calls import LoopCalls, LoopThread
from runtime.system import Root
from runtime.thespian_reference import thespian_send
from runtime.thespian_side import ThespianSide

T = TypeVar("T")

_STOP_S = 10.0
_PATIENCE_S = 1.0
_LOOK_S = 0.1


class _Outside:
    """Stands behind an address for a thread outside the actors."""

    def __init__(self, kernel: Kernel, name: str) -> None:
        self.kernel = kernel
        self.path = name
        self.type_name = "Outside"
        self.address = Address(self)
        self._received: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._closed = False

    def deliver(self, message: object, sender: Address) -> None:
        """Keep the message for the thread, or make a dead letter of it when the context has ended."""
        if self._closed:
            self.kernel.dead(self, message, "stopped")
            self.kernel.thespian.undelivered(self.address, message, sender)
        elif not isInternalActorSystemMessage(message):
            self._received.put(message)

    def take(self, timeout_s: float) -> object:
        """Wait for a message; raises queue.Empty after the timeout."""
        return self._received.get(timeout=timeout_s)

    def close(self) -> None:
        """Take no more messages; a thread that waits gets None."""
        self._closed = True
        self._received.put(None)


class ActorSystemBase:
    """Thespian's system base protocol over the runtime.

    `logDefs` is a dictionary for `logging.config`; without one logging stays as the application has set it.
    """

    def __init__(
        self,
        system: Any,
        logDefs: object = None,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        clock: Clock | None = None,
    ) -> None:
        if isinstance(logDefs, dict):
            dictConfig(logDefs)
        self.system = system
        self._describe(system.capabilities)
        self._loop = loop
        self._clock = clock or SystemClock()
        self._privates: set[_Outside] = set()
        self._made_privates = 0
        self._lock = threading.Lock()

    # Made by the first call: Thespian may drop a new base for one of the same class that it has, and tells nobody.

    @cached_property
    def _own(self) -> LoopThread | None:
        return LoopThread("actors") if self._loop is None else None

    @cached_property
    def _calls(self) -> LoopCalls:
        return self._own or LoopCalls(self._loop or asyncio.get_running_loop())

    @cached_property
    def _kernel(self) -> Kernel:
        kernel = Kernel(self._calls.loop, self._clock, Cell)
        Root(kernel, "system")
        side = ThespianSide(kernel, self.system.capabilities, getattr(self.system, "systemAddress", None))
        side.shutdown = self._shutdown_asked
        kernel.thespian = side
        return kernel

    @cached_property
    def _outside(self) -> _Outside:
        return _Outside(self._kernel, "outside")

    def newPrimaryActor(
        self, actorClass: object, targetActorRequirements: object, globalName: str | None, sourceHash: str | None
    ) -> Address:
        """Make a top-level actor; raises what its `__init__` raises."""
        return self._calls.run(
            lambda: self._kernel.thespian.create(
                self._kernel.root, actorClass, targetActorRequirements, globalName, sourceHash
            )
        )

    def tell(self, anActor: ActorAddress, msg: object) -> None:
        """Send from outside."""
        self._tell(anActor, msg, self._outside)

    def ask(self, anActor: ActorAddress, msg: object, timeout: timedelta | float | None) -> object:
        """Send, then wait for a message from any actor; None after the timeout."""
        return self._ask(anActor, msg, self._outside, timeout)

    def listen(self, timeout: timedelta | float | None) -> object:
        """Wait for a message from any actor; None after the timeout."""
        return self._listen(self._outside, timeout)

    def external_clone(self) -> "PrivateBase":
        """An endpoint of its own for one thread."""
        with self._lock:
            self._made_privates += 1
            outside = _Outside(self._kernel, f"outside-{self._made_privates}")
            self._privates.add(outside)
        return PrivateBase(self, outside)

    def updateCapability(self, capabilityName: str, capabilityValue: object) -> None:
        """Set a capability, None removes it; actors that no longer qualify are exited."""
        self._run(lambda: self._kernel.thespian.update_capability(capabilityName, capabilityValue))

    def loadActorSource(self, fname: object) -> str:
        """Refused: code comes with a release, never at run time."""
        raise SourcesRefused(fname)

    def unloadActorSource(self, sourceHash: str) -> None:
        """Without effect: nothing is ever loaded."""

    @property
    def actorRegistry(self) -> dict[str, Cell]:
        """The living actors' cells, each with its `instance`, by address string: Thespian's test kit looks into it."""
        return self._calls.run(lambda: {cell.path: cell for cell in self._kernel.thespian.cells()})

    def shutdown(self) -> None:
        """Exit all actors, then end the own loop and thread; what takes longer than 10 s is killed."""
        if "_kernel" not in self.__dict__:
            return
        if self._own is None:
            if self._calls.runs_here():
                raise MisuseError("await aclose() in the loop's own thread")
            asyncio.run_coroutine_threadsafe(self.aclose(), self._calls.loop).result()
            return
        with suppress(ActorSystemFailure):  # it has ended already
            self._own.post(self._shutdown_asked)
        self._own.join(_STOP_S + _PATIENCE_S)

    async def aclose(self) -> None:
        """Exit all actors of a system on a given loop."""
        await cast("Root", self._kernel.root).close(_STOP_S)
        with self._lock:
            for outside in (self._outside, *self._privates):
                outside.close()

    def _shutdown_asked(self) -> None:
        if not self._kernel.root.ending:
            self._kernel.task(self._end(), "shutdown")

    async def _end(self) -> None:
        await self.aclose()
        if self._own is not None:
            self._own.stop()

    def _run(self, call: Callable[[], T]) -> T:
        """Run the call in the loop; on the own one also wait for what follows from it."""
        if self._own is None:
            return self._calls.run(call)
        return self._own.run(call, lambda: not self._kernel.pumping, _PATIENCE_S)

    def _tell(self, target: ActorAddress, message: object, outside: _Outside) -> None:
        if self._own is None or _in_any_loop():
            thespian_send(self._kernel, target, message, outside.address)
        else:
            self._run(lambda: thespian_send(self._kernel, target, message, outside.address))

    def _ask(
        self, target: ActorAddress, message: object, outside: _Outside, timeout: timedelta | float | None
    ) -> object:
        self._calls.post(thespian_send, self._kernel, target, message, outside.address)
        return self._listen(outside, timeout)

    def _listen(self, outside: _Outside, timeout: timedelta | float | None) -> object:
        if self._calls.runs_here():
            raise MisuseError("a blocking call in the loop's own thread would never end")
        patience = toTimeDeltaOrNone(timeout)
        try:
            if patience is not None:
                return outside.take(min(max(0.0, patience.total_seconds()), threading.TIMEOUT_MAX))
            return self._listen_while_more_may_come(outside)
        except queue.Empty:
            return None

    def _listen_while_more_may_come(self, outside: _Outside) -> object:
        while True:
            with suppress(queue.Empty):
                return outside.take(_LOOK_S)
            if not self._more_may_come():
                return outside.take(0.0)

    def _more_may_come(self) -> bool:
        """Whether an actor works, waits or has a timer, or another thread or the application may send."""
        if self._own is None or self._privates:
            return True
        kernel = self._kernel

        def is_busy() -> bool:
            return (
                kernel.pumping
                or bool(kernel.tasks or kernel.busy)
                or any(_has_timers(cell) for cell in kernel.thespian.cells())
            )

        try:
            return self._own.run(is_busy)
        except ActorSystemFailure:
            return False

    @staticmethod
    def _describe(capabilities: dict[str, object]) -> None:
        capabilities["Python Version"] = tuple(sys.version_info)
        capabilities["Thespian Generation"] = ThespianGeneration
        capabilities["Thespian Version"] = str(int(time.time() * 1000))
        capabilities["Thespian ActorSystem Name"] = "cornermanAsyncio"
        capabilities["Thespian ActorSystem Version"] = 1
        capabilities["Thespian Watch Supported"] = False
        capabilities["AllowRemoteActorSources"] = "No"


class PrivateBase:
    """What `ActorSystem.private()` works on: the same actors, an own address and inbox."""

    def __init__(self, base: ActorSystemBase, outside: _Outside) -> None:
        self._base = base
        self._outside = outside

    def tell(self, anActor: ActorAddress, msg: object) -> None:
        """Send from this context."""
        self._base._tell(anActor, msg, self._outside)  # noqa: SLF001  # one thing in two classes

    def ask(self, anActor: ActorAddress, msg: object, timeout: timedelta | float | None) -> object:
        """Send, then wait for a message to this context; None after the timeout."""
        return self._base._ask(anActor, msg, self._outside, timeout)  # noqa: SLF001

    def listen(self, timeout: timedelta | float | None) -> object:
        """Wait for a message to this context; None after the timeout."""
        return self._base._listen(self._outside, timeout)  # noqa: SLF001

    def newPrimaryActor(self, *arguments: Any) -> Address:
        """Make a top-level actor."""
        return self._base.newPrimaryActor(*arguments)

    def external_clone(self) -> "PrivateBase":
        """Another endpoint of its own."""
        return self._base.external_clone()

    def exit_context(self) -> None:
        """Messages to this context are dead letters from now on."""
        self._outside.close()
        self._base._privates.discard(self._outside)  # noqa: SLF001


def _has_timers(cell: Cell) -> bool:
    return cell.owned is not None and bool(cell.owned.timers)


def _in_any_loop() -> bool:
    try:
        return asyncio.get_running_loop() is not None
    except RuntimeError:
        return False
