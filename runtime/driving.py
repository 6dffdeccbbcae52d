"""Driving a coroutine without a task until it suspends, and as a task from there on.

Most handlers never suspend; a task for each would cost more than the handler. The first step therefore runs in the
kernel's pump. Two things make that indistinguishable from a task: the step runs in the actor's own context, and
`asyncio.current_task()` answers with a `TaskInWaiting`, which becomes the real task's double when there is one
(`asyncio.timeout` and aiohttp keep what they got there and cancel it later).
"""

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import Context
from typing import Any


class TaskInWaiting:
    """Stands for the task of a handler that has not suspended yet, and passes on to it afterwards."""

    __slots__ = ("__weakref__", "_cancelled", "task")

    def __init__(self) -> None:
        self.task: asyncio.Task[object] | None = None
        self._cancelled = 0

    def become(self, task: asyncio.Task[object]) -> None:
        """Pass everything on to the task, a cancellation already asked for included."""
        self.task = task
        for _ in range(self._cancelled):
            task.cancel()

    def finish(self) -> None:
        """The handler ended without suspending; a cancellation it asked for is void."""
        self._cancelled = 0

    def cancel(self, msg: object = None) -> bool:
        """Ask for cancellation at the next suspension."""
        if self.task is not None:
            return self.task.cancel(msg)
        self._cancelled += 1
        return True

    def cancelling(self) -> int:
        """How many cancellations were asked for."""
        return self._cancelled if self.task is None else self.task.cancelling()

    def uncancel(self) -> int:
        """Take one request for cancellation back."""
        if self.task is not None:
            return self.task.uncancel()
        self._cancelled = max(0, self._cancelled - 1)
        return self._cancelled

    def done(self) -> bool:
        """Whether the task is over."""
        return self.task is not None and self.task.done()

    def get_name(self) -> str:
        """The task's name."""
        return "turn" if self.task is None else self.task.get_name()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop it runs on."""
        return asyncio.get_running_loop()


class _Rest(Coroutine[Any, Any, Any]):
    """What is left of a coroutine whose first step yielded `first`.

    An object and not a generator: a task cancelled before its first step throws into what it was given, and the
    coroutine, already half way, must get that.
    """

    __slots__ = ("_coroutine", "_first", "_is_first")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], first: object) -> None:
        self._coroutine = coroutine
        self._first = first
        self._is_first = True

    def send(self, value: object) -> object:
        if self._is_first:
            self._is_first = False
            first, self._first = self._first, None
            return first
        return self._coroutine.send(value)

    def throw(self, *error: Any) -> object:
        self._is_first = False
        self._first = None
        return self._coroutine.throw(*error)

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("only a task drives this")


def as_task(
    coroutine: Coroutine[Any, Any, Any], first: object, loop: asyncio.AbstractEventLoop, context: Context, name: str
) -> asyncio.Task[object]:
    """Go on as a task with a coroutine whose first step yielded `first`."""
    return asyncio.Task(_Rest(coroutine, first), loop=loop, context=context, name=name)
