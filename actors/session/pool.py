"""The drills there are: those that ship with the house, and those made since."""

from actors.session.book import RowsUnreachable
from actors.session.turn import World
from coaching.generated import scenario_of
from coaching.scenarios import Scenario


def pool(world: World) -> tuple[Scenario, ...]:
    """Every drill; without storage the shipped ones."""
    try:
        made = tuple(world.book.rows("generated_scenarios", team=True).values())
    except RowsUnreachable:
        return world.scenarios.train_pool
    return (*world.scenarios.train_pool, *(scenario_of(row) for row in made))


def find(world: World, scenario_id: str) -> Scenario | None:
    """The scenario with this id, from a track or among the drills."""
    known = world.scenarios.find(scenario_id)
    return known or next((scenario for scenario in pool(world) if scenario.id == scenario_id), None)
