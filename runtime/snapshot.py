"""The system as seen from outside its actors: read from the cells, so that a stuck actor still shows."""

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from runtime.phases import Phase

if TYPE_CHECKING:
    from runtime.cell import Cell

_STATES = {
    Phase.AWAITED: "awaited",
    Phase.STARTING: "starting",
    Phase.STOPPING: "stopping",
    Phase.DOWN: "restarting",
    Phase.ENDED: "stopped",
}


class CellSnapshot(msgspec.Struct, frozen=True):
    """One actor. Ages in seconds, None where nothing waits or runs; messages and errors by type name only."""

    path: str
    name: str
    type: str
    parent: str
    state: str
    generation: int
    depth: int
    peak: int
    capacity: int
    oldest_age_s: float | None
    handled: int
    failed: int
    restarts: int
    current_message: str | None
    running_s: float | None
    last_error: str | None


class SystemSnapshot(msgspec.Struct, frozen=True):
    """All living actors, parents before children, and what was not delivered, by reason."""

    cells: tuple[CellSnapshot, ...]
    dead_letters_total: dict[str, int]
    states: dict[str, int]


def snapshot_of(root: "Cell") -> SystemSnapshot:
    """Read the tree under the root."""
    kernel = root.kernel
    cells = [_read(cell) for cell in _walk(root)]
    cells += [_read(cell) for cell in kernel.names.values() if cell.phase is Phase.AWAITED and not cell.adopted]
    states = dict(Counter(cell.state for cell in cells))
    return SystemSnapshot(tuple(cells), dict(kernel.dead_letters.total), states)


def _walk(root: "Cell") -> "list[Cell]":
    found: list[Cell] = []
    waiting = _children(root)
    while waiting:
        cell = waiting.pop()
        found.append(cell)
        waiting.extend(_children(cell))
    return found


def _children(cell: "Cell") -> "list[Cell]":
    return [] if cell.children is None else cell.children.newest_first()


def _read(cell: "Cell") -> CellSnapshot:
    now = cell.kernel.now()
    running = cell.sender is not None
    return CellSnapshot(
        path=cell.path,
        name=cell.name,
        type=cell.type_name,
        parent="" if cell.parent is None or cell.parent.parent is None else cell.parent.path,
        state=_STATES.get(cell.phase) or ("running" if running else "idle"),
        generation=cell.generation,
        depth=len(cell.queue),
        peak=cell.peak,
        capacity=cell.mailbox.capacity,
        oldest_age_s=now - cell.queue[0][2] if cell.queue else None,
        handled=cell.handled,
        failed=cell.failed,
        restarts=cell.restarts,
        current_message=type(cell.current).__name__ if running else None,
        running_s=now - cell.since if running else None,
        last_error=cell.last_error,
    )
