"""Calls from other threads into a loop, and a loop that runs in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from thespian.actors import ActorSystemFailure

T = TypeVar("T")


class LoopCalls:
    """Calls from other threads into a given loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: set[Future[Any]] = set()

    def runs_here(self) -> bool:
        """Whether the loop runs in this thread, so that nothing may wait for it."""
        try:
            return asyncio.get_running_loop() is self.loop
        except RuntimeError:
            return False

    def post(self, call: Callable[..., object], *arguments: object) -> None:
        """Run the call in the loop without waiting; raises ActorSystemFailure when the loop is closed."""
        try:
            self.loop.call_soon_threadsafe(call, *arguments)
        except RuntimeError as error:
            raise ActorSystemFailure("the actor system has been shut down") from error

    def run(self, call: Callable[[], T], at_rest: Callable[[], bool] = lambda: True, patience_s: float = 0.0) -> T:
        """Run the call in the loop and return or raise its outcome once `at_rest` says so, or patience ends.

        Raises ActorSystemFailure when the loop ends before.
        """
        if self.runs_here():
            return call()
        outcome: Future[T] = Future()
        self._waiting.add(outcome)
        try:
            self.post(self._do, call, outcome, at_rest, patience_s)
            return outcome.result()
        finally:
            self._waiting.discard(outcome)

    def _do(self, call: Callable[[], T], outcome: Future[T], at_rest: Callable[[], bool], patience_s: float) -> None:
        try:
            result = call()
        except BaseException as error:  # for whoever called
            outcome.set_exception(error)
        else:
            self._settle(outcome, result, at_rest, time.monotonic() + patience_s)

    def _settle(self, outcome: Future[T], result: T, at_rest: Callable[[], bool], end: float) -> None:
        if at_rest() or time.monotonic() > end:
            outcome.set_result(result)
        else:
            self.loop.call_soon(self._settle, outcome, result, at_rest, end)

    def closed(self) -> None:
        """Let go of who waits for a loop that has ended."""
        for outcome in list(self._waiting):
            if not outcome.done():
                outcome.set_exception(ActorSystemFailure("the actor system was shut down"))


class LoopThread(LoopCalls):
    """A loop of its own, running in a daemon thread of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(asyncio.new_event_loop())
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End loop and thread after what the loop has been given; called in the loop."""
        self.loop.call_soon(self.loop.stop)

    def join(self, patience_s: float) -> None:
        """Wait for the thread's end, unless this is it; a handler that blocks the loop can outlast the patience."""
        if not self.runs_here():
            self._thread.join(patience_s)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
        finally:
            self.loop.close()
            self.closed()
