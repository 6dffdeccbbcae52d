"""The drills there are: those that ship with the house, and those made since."""

from actors.session.book import RowsUnreachable
from actors.session.turn import World
from coaching.generated import scenario_of
from coaching.scenarios import Scenario
from storage import Row


def pool(world: World) -> tuple[Scenario, ...]:
    """Every drill; without storage the shipped ones."""
    made = (scenario_of(row) for row in _made_or_none(world) if not row.get("retired_at"))
    return (*world.scenarios.train_pool, *made)


def made_drills(world: World) -> tuple[Row, ...]:
    """The rows of the drills that were made, the retired ones among them, newest first; raises RowsUnreachable."""
    rows = world.book.rows("generated_scenarios", team=True).values()
    return tuple(sorted(rows, key=lambda row: str(row["created_at"]), reverse=True))


def find(world: World, scenario_id: str) -> Scenario | None:
    """The scenario with this id, from a track or among the drills, retired ones too."""
    known = world.scenarios.find(scenario_id)
    if known is not None:
        return known
    row = next((row for row in _made_or_none(world) if row["scenario_id"] == scenario_id), None)
    return scenario_of(row) if row else None


def _made_or_none(world: World) -> tuple[Row, ...]:
    try:
        return made_drills(world)
    except RowsUnreachable:
        return ()
