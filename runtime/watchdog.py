"""The watchdog: measures the loop's lag from a thread of its own and names the turn that blocks the loop."""

import sys
import threading
import time
import traceback
import weakref
from asyncio import current_task
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from runtime.cell import Cell
    from runtime.kernel import Kernel

_FRAMES = 12
_log = structlog.get_logger(__name__)


class Watchdog:
    """Asks the loop for a sign every `every_s` and names who blocks it: actor, message type and stack.

    A block of `blocked_s` is never missed, one that is up to `every_s` shorter may be named too. Each is named once, by
    types and places only. The thread ends with `stop`, with the loop, or when nobody holds the system any more.
    """

    def __init__(self, kernel: "Kernel", *, every_s: float = 0.05, blocked_s: float = 0.25) -> None:
        self._kernel = weakref.ref(kernel)
        self._loop = kernel.loop
        self._thread_id = threading.get_ident()
        self._every_s = every_s
        self._patience_s = blocked_s - every_s  # what is blocked may have been so since the last sign
        self._stopped = threading.Event()
        self._sign = threading.Event()
        self.thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(self._every_s):
            try:
                self._wait_for_sign()
            except RuntimeError:  # the loop is closed
                return
            if self._kernel() is None:
                return

    def _wait_for_sign(self) -> None:
        self._sign.clear()
        asked = time.monotonic()
        self._loop.call_soon_threadsafe(self._answer, asked)
        if not self._sign.wait(self._patience_s):
            self._name_it()
            while not self._sign.wait(self._every_s) and not self._stopped.is_set() and not self._loop.is_closed():
                continue

    def _answer(self, asked: float) -> None:
        # Runs in the loop.
        kernel = self._kernel()
        if kernel is not None:
            kernel.watch.lag.add(time.monotonic() - asked)
        self._sign.set()

    def _name_it(self) -> None:
        kernel = self._kernel()
        frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if kernel is None or frame is None:
            return
        # Not called "stack": structlog prints a value of that name itself, and only a text.
        frames = [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_stack(frame)[-_FRAMES:]]
        cell = kernel.running or _cell_of_task(kernel)
        actor = "none" if cell is None else cell.type_name
        message = "none" if cell is None or cell.sender is None else type(cell.current).__name__
        kernel.watch.blocked += 1
        kernel.watch.last_blocked = f"{actor} at {message}"
        _log.error("loop_blocked", actor=actor, message=message, over_s=self._patience_s, frames=frames)


def _cell_of_task(kernel: "Kernel") -> "Cell | None":
    task = current_task(kernel.loop)
    return next((cell for cell in list(kernel.busy) if cell.worker is not None and cell.worker.task is task), None)
