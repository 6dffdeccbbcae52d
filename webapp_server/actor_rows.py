"""One actor as operators see it."""

import msgspec

from runtime import CellSnapshot, Times
from webapp_server.actor_ids import ActorIds


class ActorRow(msgspec.Struct, frozen=True):
    """Ages in seconds, None where nothing waits or runs; `current` and `last_error` are types' names.

    `waits_at` are the places in the code at which the present turn waits, outermost first.
    """

    id: str
    type: str
    parent: str
    state: str
    generation: int
    children: int
    depth: int
    peak: int
    capacity: int
    oldest_age_s: float | None
    current: str | None
    running_s: float | None
    waits_at: tuple[str, ...]
    handled: int
    failed: int
    restarts: int
    last_error: str | None
    waited: Times | None
    ran: Times | None


def actor_row(cell: CellSnapshot, ids: ActorIds) -> ActorRow:
    """Leave out what could tell whose actor it is."""
    return ActorRow(
        id=ids.of(cell.path),
        type=cell.type,
        parent=ids.of(cell.parent),
        state=cell.state,
        generation=cell.generation,
        children=cell.children,
        depth=cell.depth,
        peak=cell.peak,
        capacity=cell.capacity,
        oldest_age_s=cell.oldest_age_s,
        current=cell.current_message,
        running_s=cell.running_s,
        waits_at=cell.waits_at,
        handled=cell.handled,
        failed=cell.failed,
        restarts=cell.restarts,
        last_error=cell.last_error,
        waited=cell.waited,
        ran=cell.ran,
    )
