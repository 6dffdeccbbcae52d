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
from asyncio import _get_running_loop
from contextlib import suppress
from datetime import timedelta
from logging.config import dictConfig
from typing import Any
from weakref import WeakSet

from thespian.actors import ActorAddress, ActorSystemFailure, ThespianGeneration
from thespian.system import isInternalActorSystemMessage
from thespian.system.timing import toTimeDeltaOrNone

from runtime.address import Address
from runtime.cell import Cell
from runtime.clock import Clock, SystemClock
from runtime.errors import MisuseError, SourcesRefused
from runtime.hosting import Host
from runtime.kernel import Kernel
from runtime.thespian_reference import thespian_send
from runtime.thespian_side import ThespianSide

_PATIENCE_S = 1.0
_LOOK_S = 0.1


class _Outside:
    """Stands behind an address for a thread outside the actors."""

    def __init__(self, kernel: Kernel, name: str) -> None:
        self.kernel = kernel
        self.path = name
        self.type_name = "Outside"
        self.address = Address(self)
        self.received: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._closed = False

    def deliver(self, message: object, sender: Address) -> None:
        """Keep the message for the thread, or make a dead letter of it when the context has ended."""
        if self._closed:
            self.kernel.dead(self, message, "stopped")
            self.kernel.thespian.undelivered(self.address, message, sender)
        elif not isInternalActorSystemMessage(message):
            self.received.put(message)

    def close(self) -> None:
        """Take no more messages; a thread that waits gets None."""
        self._closed = True
        self.received.put(None)


class _Hosted:
    """The host and what belongs to it; made by the first call, since Thespian may drop a base and tell nobody."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.kernel = host.kernel
        self.main = _Outside(host.kernel, "outside")
        self.privates: WeakSet[_Outside] = WeakSet()  # a context that ends by a raise is never told
        host.closing.append(self._close)

    def new_outside(self) -> _Outside:
        """An address and inbox for one thread."""
        outside = _Outside(self.kernel, f"outside-{next(self.kernel.thespian.numbers)}")
        self.privates.add(outside)
        return outside

    def more_may_come(self) -> bool:
        """Whether an actor works, waits or has a timer, or another thread or the application may send."""
        if not self.host.owns_its_loop or self.privates:
            return True
        try:
            return self.host.run(self._is_busy)
        except ActorSystemFailure:
            return False

    def _is_busy(self) -> bool:
        kernel = self.kernel
        timers = (cell.owned is not None and bool(cell.owned.timers) for cell in kernel.thespian.cells())
        return kernel.pumping or bool(kernel.busy or kernel.tasks) or any(timers)

    def _close(self) -> None:
        for outside in (self.main, *self.privates):
            outside.close()


class _Context:
    """A place outside the actors, with an address and an inbox of its own."""

    _hosted: _Hosted
    _outside: _Outside

    def newPrimaryActor(
        self, actorClass: object, targetActorRequirements: object, globalName: str | None, sourceHash: str | None
    ) -> Address:
        """Make a top-level actor; raises what its `__init__` raises."""
        side, root = self._hosted.kernel.thespian, self._hosted.kernel.root
        return self._hosted.host.run(
            lambda: side.create(root, actorClass, targetActorRequirements, globalName, sourceHash)
        )

    def tell(self, anActor: ActorAddress, msg: object) -> None:
        """Send from this context."""
        hosted, sender = self._hosted, self._outside.address
        if hosted.host.owns_its_loop and _get_running_loop() is None:
            hosted.host.run(lambda: thespian_send(hosted.kernel, anActor, msg, sender), _PATIENCE_S)
        else:
            thespian_send(hosted.kernel, anActor, msg, sender)

    def ask(self, anActor: ActorAddress, msg: object, timeout: timedelta | float | None) -> object:
        """Send, then wait for a message from any actor to this context; None after the timeout."""
        patience = toTimeDeltaOrNone(timeout)
        no_time = patience is not None and patience <= timedelta(0)
        heard = self.listen(patience) if no_time else None  # the answer never comes in no time, on no machine
        self._hosted.host.post(thespian_send, self._hosted.kernel, anActor, msg, self._outside.address)
        return heard if no_time else self.listen(patience)

    def listen(self, timeout: timedelta | float | None) -> object:
        """Wait for a message from any actor to this context; None after the timeout.

        Whoever is due at the timeout still gets a turn: where handlers block the others cannot have had theirs in time.
        """
        if self._hosted.host.runs_here():
            raise MisuseError("a blocking call in the loop's own thread would never end")
        patience = toTimeDeltaOrNone(timeout)
        wait_s = _LOOK_S if patience is None else min(max(0.0, patience.total_seconds()), threading.TIMEOUT_MAX)
        while True:
            with suppress(queue.Empty):
                return self._outside.received.get(timeout=wait_s)
            if not wait_s:
                return None
            if patience is not None or not self._hosted.more_may_come():
                self._hosted.host.catch_up()
                wait_s = 0.0

    def external_clone(self) -> "PrivateBase":
        """A context of its own for one thread."""
        return PrivateBase(self._hosted)


class PrivateBase(_Context):
    """What `ActorSystem.private()` works on."""

    def __init__(self, hosted: _Hosted) -> None:
        self._hosted = hosted
        self._outside = hosted.new_outside()

    def exit_context(self) -> None:
        """Messages to this context are dead letters from now on."""
        self._outside.close()
        self._hosted.privates.discard(self._outside)


class ActorSystemBase(_Context):
    """Thespian's system base protocol over the runtime.

    `logDefs` is a dictionary for `logging.config`; without one logging stays as the application has set it.
    """

    def __init__(
        self,
        system: Any,
        logDefs: Any = None,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        clock: Clock | None = None,
    ) -> None:
        if logDefs:
            dictConfig(logDefs)
        self.system = system
        self._loop = loop
        self._clock = clock or SystemClock()
        self._made: _Hosted | None = None
        self._making = threading.Lock()  # threads may make the first call at once
        _describe(system.capabilities)

    @property
    def _hosted(self) -> _Hosted:  # type: ignore[override]
        with self._making:
            self._made = self._made or self._make()
            return self._made

    def _make(self) -> _Hosted:
        host = Host(self._loop, self._clock)
        side = ThespianSide(host.kernel, self.system.capabilities, getattr(self.system, "systemAddress", None))
        side.shutdown = host.ask_to_stop
        host.kernel.thespian = side
        return _Hosted(host)

    @property
    def _outside(self) -> _Outside:  # type: ignore[override]
        return self._hosted.main

    def updateCapability(self, capabilityName: str, capabilityValue: object) -> None:
        """Set a capability, None removes it; actors that no longer qualify are exited."""
        side = self._hosted.kernel.thespian
        self._hosted.host.run(lambda: side.update_capability(capabilityName, capabilityValue), _PATIENCE_S)

    def loadActorSource(self, fname: object) -> str:
        """Refused: code comes with a release, never at run time."""
        raise SourcesRefused(fname)

    def unloadActorSource(self, sourceHash: str) -> None:
        """Without effect: nothing is ever loaded."""

    @property
    def actorRegistry(self) -> dict[str, Cell]:
        """The living actors' cells, each with its `instance`, by address string: Thespian's test kit looks into it."""
        return self._hosted.host.run(lambda: {cell.path: cell for cell in self._hosted.kernel.thespian.cells()})

    def shutdown(self) -> None:
        """Exit all actors, then end the own loop and thread; what takes longer than 10 s is killed."""
        if self._made is not None:
            self._made.host.shut_down()

    async def aclose(self) -> None:
        """Exit all actors of a system on a given loop."""
        await self._hosted.host.aclose()


def _describe(capabilities: dict[str, object]) -> None:
    capabilities["Python Version"] = tuple(sys.version_info)
    capabilities["Thespian Generation"] = ThespianGeneration
    capabilities["Thespian Version"] = str(int(time.time() * 1000))
    capabilities["Thespian ActorSystem Name"] = "cornermanAsyncio"
    capabilities["Thespian ActorSystem Version"] = 1
    capabilities["Thespian Watch Supported"] = True
    capabilities["AllowRemoteActorSources"] = "No"
