"""The steps of an actor's life: start, disposal, end, and the ways into them.

A crash, a stop and a restart all pass through disposal: timers, piped work and watches end, children end in reverse
order of their start, and the instance's `stopped` hook runs. After it the cell is DOWN, with its mailbox, and either
starts again or ends.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import structlog

from runtime.address import Address
from runtime.kernel import log_failure
from runtime.phases import AWAITED, CRASH, DISPOSE, DOWN, END, ENDED, LEAVE, START, STARTING, STOPPING, UP, Step
from runtime.supervision import ChildSpec, EndReason, Restart, Terminated

if TYPE_CHECKING:
    from runtime.cell import Cell, Entry

_CLOSED: "deque[Entry]" = deque(maxlen=0)
"""The queue of every ended cell: it is never idle, so that nothing is put into its hand."""

_log = structlog.get_logger(__name__)


class Escalated(Exception):  # named by the fact
    """The actor's children needed more restarts than it allows."""


def begin(cell: "Cell", spec: ChildSpec) -> None:
    """Start a new child: it is up on return unless its hook `started` has to run first, in a turn of its own."""
    if _is_made(cell, spec):
        cell.signal(START)
    elif cell.queue and not cell.scheduled:  # it was awaited
        cell.scheduled = True
        cell.kernel.schedule(cell)


def _start(cell: "Cell") -> Coroutine[Any, Any, None] | None:
    if cell.phase is DOWN and cell.spec is not None and DISPOSE not in (cell.signals or ()):
        _is_made(cell, cell.spec)
    return _started_hook(cell) if cell.phase is STARTING and not cell.ending else None


def _is_made(cell: "Cell", spec: ChildSpec) -> bool:
    """Make the next instance; whether there is one whose hook `started` is to run."""
    cell.generation += 1
    cell.started_at = cell.kernel.moment if cell.kernel.pumping else cell.kernel.now()
    try:
        cell.install(spec.factory())
    except Exception as error:  # whatever an actor raises is its supervisor's business
        crash(cell, error, "started")
        return False
    if cell.has_hook("started"):
        cell.enter(STARTING)
        return True
    cell.enter(UP)
    return False


async def _started_hook(cell: "Cell") -> None:
    try:
        await cell.run_hook("started")
    except asyncio.CancelledError as error:
        if cell.interrupted and cell.outside_error is None:
            cell.enter(STOPPING)
        else:
            cause, cell.outside_error = cell.outside_error or error, None
            crash(cell, cause, "started")
    except Exception as error:  # as above
        crash(cell, error, "started")
    else:
        cell.enter(UP)


def _end(cell: "Cell") -> Coroutine[Any, Any, None] | None:
    if cell.phase is ENDED:
        return None
    return None if _ended_at_once(cell) else _dispose_and_end(cell)


def _ended_at_once(cell: "Cell") -> bool:
    """End the cell here and now unless something has to be waited for; whether it has."""
    if cell.phase is not UP or cell.owned or cell.children or cell.has_hook("stopped"):
        return False
    cell.let_go()
    finish(cell, cell.end_reason or "normal")
    return True


async def _dispose_and_end(cell: "Cell") -> None:
    await _dispose(cell)
    finish(cell, cell.end_reason or "normal")


async def _dispose(cell: "Cell") -> None:
    if cell.phase in (AWAITED, DOWN, ENDED):
        cell.enter(cell.phase)
        return
    cell.enter(STOPPING)
    if cell.owned is not None:
        ending = cell.owned.release(cell)
        if ending:
            await asyncio.wait(ending)
    if cell.children is not None:
        await cell.children.close(for_good=cell.ending)
    if cell.instance is not None and cell.has_hook("stopped"):  # none when the factory failed
        await _stopped_hook(cell)
    _down(cell)


async def _stopped_hook(cell: "Cell") -> None:
    try:
        await cell.run_hook("stopped")
    except (Exception, asyncio.CancelledError) as error:  # the end goes on without the hook
        log_failure("actor_stop_failed", cell.type_name, error)


def _down(cell: "Cell") -> None:
    clear_killer(cell)
    if cell.owned is not None:
        cell.owned.release(cell)  # what the `stopped` hook ordered
        _drop_own(cell, cell.owned.address)
    cell.let_go()
    cell.enter(DOWN)


def _drop_own(cell: "Cell", own: Address) -> None:
    """Timers and results that have arrived are nobody's now: the next instance knows nothing of them."""
    arrived = [entry for entry in cell.queue or () if entry[1] is own]
    if arrived and cell.queue is not None:
        cell.queue = deque(entry for entry in cell.queue if entry[1] is not own)
        for message, sender, _ in arrived:
            cell.lose(message, sender, "obsolete")


async def _leave(cell: "Cell") -> None:
    if cell.phase is not UP or cell.ending:
        return
    cell.end_reason = "normal"
    cell.ending = cell.spec is None or cell.spec.restart is not Restart.PERMANENT
    await _dispose(cell)
    _left(cell)


def _left(cell: "Cell") -> None:
    cell.end_reason = None
    if cell.parent is None or cell.ending or not cell.parent.restarts_after_leaving(cell):
        finish(cell, "normal")


def request_end(cell: "Cell", reason: EndReason) -> None:
    """End the cell for good, interrupting what it does; a stop that takes longer than its budget is cut short."""
    if cell.phase is ENDED or cell.ending:
        return
    cell.ending = True
    cell.end_reason = reason
    is_at_rest = cell.worker is None and cell.signals is None and cell.kernel.running is not cell
    if not (is_at_rest and _ended_at_once(cell)):
        _bound_the_wait(cell)
        cell.signal(END)


def request_disposal(cell: "Cell") -> None:
    """Take the cell DOWN, interrupting what it does; the budget is the same as for an end."""
    _bound_the_wait(cell)
    cell.signal(DISPOSE)


def request_crash(cell: "Cell", error: BaseException) -> None:
    """Let the actor fail with an error that did not come from its handler."""
    cell.outside_error = error
    _bound_the_wait(cell)
    cell.signal(CRASH)


def _crash_from_outside(cell: "Cell") -> None:
    error, cell.outside_error = cell.outside_error, None
    if error is not None and cell.phase is UP:
        crash(cell, error, "")


def crash(cell: "Cell", error: BaseException, message_type: str) -> None:
    """The instance is lost; its supervisor decides what comes next."""
    cell.kernel.watch.failed(cell)
    cell.last_error = type(error).__name__
    cell.enter(STOPPING)
    log_failure("actor_failed", cell.type_name, error, message=message_type, generation=cell.generation)
    if cell.parent is not None and not cell.ending:
        cell.parent.child_failed(cell)


def finish(cell: "Cell", reason: EndReason) -> None:
    """End for good: what waits becomes dead letters, and who watches is told."""
    clear_killer(cell)
    cell.end_reason = reason
    cell.ending = True
    if cell.sender is not None and cell.due:
        cell.put_back()
    cell.room = -1
    cell.signals = None
    waiting, cell.queue = cell.queue or (), _CLOSED
    if cell.phase is not ENDED:  # a broken life is ended once more, to be sure
        cell.kernel.watch.ended[reason] += 1
    cell.enter(ENDED)
    for message, sender, _ in waiting:
        own = isinstance(message, Terminated) or sender.endpoint is cell
        cell.lose(message, sender, "obsolete" if own else "stopped")
    cell.kernel.watch.move(cell, cell.kernel.watch.gone)
    watchers, cell.watchers = cell.watchers, None
    if cell.parent is not None and cell.parent.child_ended(cell):
        cell.parent.told_of_end(cell, reason)
    for watcher in watchers or ():
        if watcher is not cell.parent:
            watcher.told_of_end(cell, reason)


def kill(cell: "Cell") -> None:
    """Let go of a cell that is not done within its budget: its task is cancelled and no longer waited for."""
    clear_killer(cell)
    cell.abandon_work()
    cell.enter(STOPPING)
    if cell.owned is not None:
        cell.owned.release(cell)
    if cell.children is not None:
        cell.children.stop_restarting()
        for child in cell.children.newest_first():
            child.ending = True
            kill(child)
    _down(cell)
    if cell.ending:
        finish(cell, "killed")


def _bound_the_wait(cell: "Cell") -> None:
    # Most stops are done at once; the worker bounds those that turn out to wait.
    if cell.worker is not None:
        set_killer(cell)


def set_killer(cell: "Cell") -> None:
    """Start the budget of a stop, unless it is running."""
    if cell.killer is None and cell.spec is not None:
        cell.killer = cell.kernel.later(cell.spec.shutdown_s, lambda: _overdue(cell))


def clear_killer(cell: "Cell") -> None:
    """The stop is done."""
    if cell.killer is not None:
        cell.killer.cancel()
        cell.killer = None


def _overdue(cell: "Cell") -> None:
    _log.warning("actor_killed", actor=cell.type_name, budget_s=cell.spec.shutdown_s if cell.spec is not None else 0.0)
    error, cell.outside_error = cell.outside_error, None
    kill(cell)
    if error is not None and not cell.ending:
        crash(cell, error, "")
    elif cell.end_reason == "normal" and not cell.ending:
        _left(cell)  # one that its supervisor starts again


def broken(cell: "Cell", error: BaseException) -> None:
    """A step of life itself raised: our own mistake, made visible; the cell is ended so that nobody waits for it."""
    log_failure("actor_life_broken", cell.type_name, error)
    kill(cell)
    finish(cell, "killed")


STEPS: dict[Step, Callable[["Cell"], Coroutine[Any, Any, None] | None]] = {
    START: _start,
    DISPOSE: _dispose,
    END: _end,
    LEAVE: _leave,
    CRASH: _crash_from_outside,
}
"""What does each step, at once or by the coroutine it returns; whatever the actor raises is handled there."""
