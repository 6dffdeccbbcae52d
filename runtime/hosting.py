"""Hosting: a kernel to be called from other threads, on a given loop or on one that runs in a thread of its own."""

import asyncio
import math
import threading
import time
from asyncio import _get_running_loop
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from thespian.actors import ActorSystemFailure

from runtime.cell import Cell
from runtime.clock import Clock
from runtime.errors import MisuseError
from runtime.kernel import Kernel
from runtime.phases import Phase
from runtime.system import Root

T = TypeVar("T")

_MOST_S = 10.0


class Host:
    """Runs a kernel; without a loop given, on its own in a daemon thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None, clock: Clock) -> None:
        self.loop = loop or asyncio.new_event_loop()
        self.kernel = Kernel(self.loop, clock, Cell)
        self.root = Root(self.kernel, "system")
        self.closing: list[Callable[[], object]] = []
        """What is called when all actors have ended."""
        self._waiting: set[Future[Any]] = set()
        self._stopping = False
        self._thread = threading.Thread(target=self._run_loop, name="actors", daemon=True) if loop is None else None
        if self._thread is not None:
            self._thread.start()

    @property
    def owns_its_loop(self) -> bool:
        """Whether nothing but what is called here happens on the loop."""
        return self._thread is not None

    def runs_here(self) -> bool:
        """Whether the loop runs in this thread, so that nothing may wait for it."""
        return _get_running_loop() is self.loop

    def post(self, call: Callable[..., object], *arguments: object) -> None:
        """Run the call in the loop without waiting; raises ActorSystemFailure when the loop is closed."""
        try:
            self.loop.call_soon_threadsafe(call, *arguments)
        except RuntimeError as error:
            raise ActorSystemFailure("the actor system has been shut down") from error

    def run(self, call: Callable[[], T], patience_s: float = 0.0) -> T:
        """Run the call in the loop and return or raise its outcome, once the actors rest or patience ends.

        Raises ActorSystemFailure when the loop ends before.
        """
        if self.runs_here():
            return call()
        outcome: Future[T] = Future()
        self._waiting.add(outcome)
        try:
            self.post(self._do, call, outcome, patience_s)
            return outcome.result()
        finally:
            self._waiting.discard(outcome)

    def catch_up(self) -> None:
        """Wait until each actor that is due now has had its turn, 10 s at most; on a given loop not at all."""
        if not self.owns_its_loop:
            return
        turn = len(self.kernel.ready) + self.kernel.watch.turns  # in this order: the loop runs meanwhile
        caught_up: Future[None] = Future()
        with suppress(ActorSystemFailure, TimeoutError):
            self.post(self._settle, caught_up, None, time.monotonic() + _MOST_S, turn)
            caught_up.result(_MOST_S)

    def _do(self, call: Callable[[], T], outcome: Future[T], patience_s: float) -> None:
        try:
            result = call()
        except BaseException as error:  # for whoever called
            outcome.set_exception(error)
        else:
            self._settle(outcome, result, time.monotonic() + patience_s)

    def _settle(self, outcome: Future[T], result: T, end: float, turn: float = math.inf) -> None:
        phases = self.kernel.watch.phases
        rests = not (self.kernel.pumping or phases[Phase.STARTING] or phases[Phase.STOPPING])
        if not rests and time.monotonic() < end and self.kernel.watch.turns < turn:
            self.loop.call_soon(self._settle, outcome, result, end, turn)
        else:
            outcome.set_result(result)

    async def aclose(self) -> None:
        """End all actors; what is not done within 10 s is killed."""
        await self.root.close(_MOST_S)
        while self.closing:
            self.closing.pop()()

    def ask_to_stop(self) -> None:
        """End all actors, then the own loop; called in the loop."""
        if not self._stopping:
            self._stopping = True
            self.kernel.task(self._stop(), "shutdown")

    async def _stop(self) -> None:
        await self.aclose()
        if self._thread is not None:
            self.loop.call_soon(self.loop.stop)

    def shut_down(self) -> None:
        """End all actors and the own thread and wait for it; a handler that blocks the loop outlasts the wait."""
        if self._thread is None:
            if self.runs_here():
                raise MisuseError("await aclose() in the loop's own thread")
            asyncio.run_coroutine_threadsafe(self.aclose(), self.loop).result()
            return
        with suppress(ActorSystemFailure):  # it has ended already
            self.post(self.ask_to_stop)
        if not self.runs_here():
            self._thread.join(_MOST_S + 1.0)

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
        finally:
            self.loop.close()
            for outcome in list(self._waiting):
                if not outcome.done():
                    outcome.set_exception(ActorSystemFailure("the actor system was shut down"))
