"""The system base for `thespian.actors.ActorSystem(systemBase=...)`: Thespian's semantics on one event loop.

Made like Thespian's own bases it runs its loop in a thread of its own, so the blocking `tell`, `ask`, `listen` and
`private()` work from any thread. An application with a running loop gives that loop; the blocking calls then work
from other threads only. Loading code at run time is refused: a security decision.
"""

import asyncio
import queue
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from thespian.actors import ActorAddress, InvalidActorSourceHash, ThespianGeneration
from thespian.system import isInternalActorSystemMessage

from runtime.address import Address
from runtime.cell import Cell
from runtime.clock import Clock, SystemClock
from runtime.errors import MisuseError
from runtime.kernel import Kernel
from runtime.system import Root
from runtime.thespian_reference import ThespianSide, thespian_send

T = TypeVar("T")

_STOP_S = 10.0


class _Outside:
    """Stands behind an address for a thread outside the actors."""

    def __init__(self, name: str) -> None:
        self.path = name
        self.name = name
        self.type_name = "Outside"
        self.address = Address(self)
        self._received: queue.SimpleQueue[object] = queue.SimpleQueue()

    def deliver(self, message: object, sender: Address) -> None:
        """Keep the message for the thread."""
        del sender
        if not isInternalActorSystemMessage(message):
            self._received.put(message)

    def take(self, timeout_s: float | None) -> object:
        """Wait for a message; None after the timeout."""
        try:
            return self._received.get(timeout=timeout_s)
        except queue.Empty:
            return None


class ActorSystemBase:
    """Thespian's system base protocol over the runtime."""

    def __init__(
        self,
        system: Any,
        logDefs: object = None,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        clock: Clock | None = None,
    ) -> None:
        # Logging belongs to the application; a system base that reconfigured it would silence its caller.
        del logDefs
        self.system = system
        self._thread: threading.Thread | None = None
        self._loop = loop or self._own_loop()
        self._outside = _Outside("outside")
        self._privates = 0
        self._describe(system.capabilities)
        self._kernel, self._root = self._in_loop(lambda: self._begin(clock or SystemClock()))

    def newPrimaryActor(
        self, actorClass: object, targetActorRequirements: object, globalName: str | None, sourceHash: str | None
    ) -> Address:
        """Make a top-level actor; raises what its `__init__` raises."""
        if sourceHash:
            raise InvalidActorSourceHash(sourceHash)
        return self._in_loop(
            lambda: self._kernel.thespian.create(self._root, actorClass, targetActorRequirements, globalName)
        )

    def tell(self, anActor: ActorAddress, msg: object) -> None:
        """Send from outside; returns at once."""
        self._tell(anActor, msg, self._outside)

    def ask(self, anActor: ActorAddress, msg: object, timeout: timedelta | float | None) -> object:
        """Send, then wait for a message from any actor; None after the timeout."""
        self._tell(anActor, msg, self._outside)
        return self.listen(timeout)

    def listen(self, timeout: timedelta | float | None) -> object:
        """Wait for a message from any actor; None after the timeout."""
        return self._listen(self._outside, timeout)

    def external_clone(self) -> "PrivateBase":
        """An endpoint of its own for one thread."""
        self._privates += 1
        return PrivateBase(self, _Outside(f"outside-{self._privates}"))

    def updateCapability(self, capabilityName: str, capabilityValue: object) -> None:
        """Set a capability; None removes it."""
        self._in_loop(lambda: self._root.updateCapability(capabilityName, capabilityValue))

    def loadActorSource(self, fname: object) -> str:
        """Refused: code comes with a release, never at run time."""
        return self._root.loadActorSource(fname)

    def unloadActorSource(self, sourceHash: str) -> None:
        """Without effect: nothing is ever loaded."""

    def shutdown(self) -> None:
        """Exit all actors, then end the own loop and thread; what takes longer than 10 s is killed."""
        if self._loop.is_closed():
            return
        if self._thread is threading.current_thread():
            self._loop.call_soon(lambda: self._kernel.task(self._end(), "shutdown"))
        elif self._thread is None:
            self._shut_given_loop()
        else:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
            self._thread.join()

    async def aclose(self) -> None:
        """Exit all actors of a system on a given loop."""
        await self._root.close(_STOP_S)

    def _shut_given_loop(self) -> None:
        if _runs_here(self._loop):
            raise MisuseError("await aclose() in the loop's own thread")
        asyncio.run_coroutine_threadsafe(self.aclose(), self._loop).result()

    async def _end(self) -> None:
        await self.aclose()
        self._loop.call_soon(self._loop.stop)

    def _begin(self, clock: Clock) -> tuple[Kernel, Root]:
        kernel = Kernel(self._loop, clock, Cell)
        kernel.thespian = ThespianSide(kernel, self.system.capabilities)
        kernel.thespian.shutdown = self.shutdown
        kernel.dead_letter_handler = kernel.thespian.undelivered
        return kernel, Root(kernel, "system")

    def _tell(self, target: ActorAddress, message: object, outside: _Outside) -> None:
        self._loop.call_soon_threadsafe(thespian_send, self._kernel, target, message, outside.address)

    def _listen(self, outside: _Outside, timeout: timedelta | float | None) -> object:
        if _runs_here(self._loop):
            raise MisuseError("a blocking call in the loop's own thread would never end")
        return outside.take(timeout.total_seconds() if isinstance(timeout, timedelta) else timeout)

    def _in_loop(self, call: Callable[[], T]) -> T:
        if self._thread is None or _runs_here(self._loop):
            return call()

        async def called() -> T:
            return call()

        return asyncio.run_coroutine_threadsafe(called(), self._loop).result()

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=_run, args=(loop,), name="actors", daemon=True)
        self._thread.start()
        return loop

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
    """What `ActorSystem.private()` works on: the same actors, an own inbox."""

    def __init__(self, base: ActorSystemBase, outside: _Outside) -> None:
        self._base = base
        self._outside = outside

    def tell(self, anActor: ActorAddress, msg: object) -> None:
        """Send from this context."""
        self._base._tell(anActor, msg, self._outside)  # noqa: SLF001  # one thing in two classes

    def ask(self, anActor: ActorAddress, msg: object, timeout: timedelta | float | None) -> object:
        """Send, then wait for a message to this context; None after the timeout."""
        self.tell(anActor, msg)
        return self.listen(timeout)

    def listen(self, timeout: timedelta | float | None) -> object:
        """Wait for a message to this context; None after the timeout."""
        return self._base._listen(self._outside, timeout)  # noqa: SLF001

    def newPrimaryActor(self, *arguments: Any) -> Address:
        """Make a top-level actor."""
        return self._base.newPrimaryActor(*arguments)

    def exit_context(self) -> None:
        """Nothing is held beyond this object."""


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
