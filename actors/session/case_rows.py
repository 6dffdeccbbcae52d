"""A worked prospect's rows: named by its run under the chat's buttons, by `case-` and its own id on the page."""

from actors.providers.messages import RowWrite
from actors.session.records import revised_rows
from actors.session.turn import World
from coaching.rows import row_id
from coaching.strategist import StrategistOutput
from storage import Row

_BY_ID = "case-"


def by_id(case_id: str) -> str:
    """The reference to a prospect by its row's id."""
    return f"{_BY_ID}{case_id}"


def find_case(reference: str, world: World) -> Row | None:
    """The prospect that a reference names, if it is the rep's."""
    cases = world.book.rows("support_sessions")
    if reference.startswith(_BY_ID):
        return cases.get(reference.removeprefix(_BY_ID))
    return cases.get(row_id(reference, "support_sessions"))


def revised(reference: str, output: StrategistOutput, world: World) -> tuple[RowWrite, ...]:
    """The rows that bring a prospect's stored answer, and the texts of its lead, up to this one."""
    if not reference.startswith(_BY_ID):
        ids = row_id(reference, "support_sessions"), row_id(reference, "lead_registry")
        return revised_rows(*ids, output, world.now)
    case = find_case(reference, world)
    return revised_rows(str(case["id"]), _lead_of(case, world), output, world.now) if case else ()


def _lead_of(case: Row, world: World) -> str | None:
    """The lead made with a prospect, in the same turn and so at the same time; None where it joined an older one."""
    leads = world.book.rows("lead_registry")
    return next((id_ for id_, lead in leads.items() if lead["created_at"] == case["created_at"]), None)
