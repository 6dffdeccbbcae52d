"""One actor as operators see it."""

import msgspec

from runtime import CellSnapshot, Supervision, Times
from webapp_server.actor_ids import ActorIds
from webapp_server.status_rows import DeadLetterRow


class ActorRow(msgspec.Struct, frozen=True):
    """Ages in seconds, None where nothing waits or runs; `current` and `last_error` are types' names.

    `waits_at` are the places in the code at which the present turn waits, outermost first. `age_s` is of this
    generation. `supervision` is how it treats its children: one more restart than `intensity` within `period_s`
    escalates, and `restarts_lately` are used; None and 0 where it never had any.
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
    age_s: float | None
    supervision: Supervision | None
    restarts_lately: int


class ActorWhole(ActorRow, frozen=True):
    """One actor with its last five failures that are still kept, the newest first."""

    errors: tuple[DeadLetterRow, ...]


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
        age_s=cell.age_s,
        supervision=cell.supervision,
        restarts_lately=cell.restarts_lately,
    )
