"""A worked prospect's rows: named by its run under the chat's buttons, by its own id on the page."""

from uuid import UUID

from actors.providers.messages import RowWrite
from actors.session.records import revised_rows
from actors.session.turn import World
from coaching.rows import row_id
from coaching.strategist import StrategistOutput
from storage import Row

_NAMED = 5
"""The version of ids that are made of a name, as rows' are; those of runs are random, and need no look at the rows."""


def find_case(reference: str, world: World) -> Row | None:
    """The prospect that a run's id or its own id names, if it is the rep's."""
    cases = world.book.rows("support_sessions")
    return cases.get(row_id(reference, "support_sessions")) or cases.get(reference)


def revised(reference: str, output: StrategistOutput, world: World) -> tuple[RowWrite, ...]:
    """The rows that bring a prospect's stored answer, and the texts of its lead, up to this one."""
    if UUID(reference).version != _NAMED:
        ids = row_id(reference, "support_sessions"), row_id(reference, "lead_registry")
        return revised_rows(*ids, output, world.now)
    case = world.book.rows("support_sessions").get(reference)
    return revised_rows(reference, _lead_of(case, world), output, world.now) if case else ()


def _lead_of(case: Row, world: World) -> str | None:
    """The lead made with a prospect, in the same turn and so at the same time; None where it joined an older one."""
    leads = world.book.rows("lead_registry")
    return next((id_ for id_, lead in leads.items() if lead["created_at"] == case["created_at"]), None)
