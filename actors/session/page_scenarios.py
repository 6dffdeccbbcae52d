"""The scenario editor on an admin's page: the drills made for the team are written, changed and retired here.

A drill passes the very gate that made ones pass. Those that ship with the house are shown and stay as they are.
"""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.flow import Flow
from actors.session.page import Action, NoBody, NotNow, NotThere, Parameters, View
from actors.session.page_admin import for_admins, only_admins
from actors.session.pool import made_drills, pool
from actors.session.state import SessionState
from actors.session.turn import Turn, World
from coaching.generated import (
    CATEGORIES,
    SIMILAR,
    NewScenario,
    faults,
    scenario_from,
    scenario_of,
    scenario_row,
    similarity,
)
from coaching.rows import row_id
from coaching.scenarios import Scenario
from storage import Row, to_text

MOST_SHOWN = 500


class DrillLine(msgspec.Struct, frozen=True):
    """A drill in the list; one that is not `editable` ships with the house."""

    id: str
    category: str
    difficulty: int
    situation: str
    editable: bool
    retired: bool


class Drills(msgspec.Struct, frozen=True):
    """Every drill, the made ones first; `categories` are those that a drill may have."""

    drills: tuple[DrillLine, ...]
    categories: tuple[str, ...]


class DrillDetail(msgspec.Struct, frozen=True):
    """A drill whole."""

    line: DrillLine
    scenario: Scenario


def listed(state: SessionState, parameters: Parameters, world: World) -> Drills:
    """The drills."""
    made = (_line(scenario_of(row), row) for row in made_drills(world))
    shipped = (_line(scenario, None) for scenario in world.scenarios.train_pool)
    return Drills((*made, *shipped)[:MOST_SHOWN], CATEGORIES)


def one(state: SessionState, parameters: Parameters, world: World) -> DrillDetail:
    """One drill."""
    id_ = parameters["scenario_id"]
    shipped = next((scenario for scenario in world.scenarios.train_pool if scenario.id == id_), None)
    if shipped is not None:
        return DrillDetail(_line(shipped, None), shipped)
    row = _made(parameters, world)
    return DrillDetail(_line(scenario_of(row), row), scenario_of(row))


def create(state: SessionState, parameters: Parameters, new: NewScenario, world: World) -> Turn:
    """Put a drill into the team's pool."""
    only_admins(state, world)
    scenario = scenario_from(new, f"own_{world.new_id().replace('-', '')}")
    _pass_gate(new, pool(world), world)
    row = scenario_row(scenario, row_id(scenario.id, "generated_scenarios"), (), to_text(world.now))
    return Turn(state, rows=(RowWrite("generated_scenarios", "insert", (row,)),))


def change(state: SessionState, parameters: Parameters, new: NewScenario, world: World) -> Turn:
    """Write a made drill anew; answers given before keep their scores."""
    only_admins(state, world)
    row = _made(parameters, world)
    others = tuple(scenario for scenario in pool(world) if scenario.id != row["scenario_id"])
    _pass_gate(new, others, world)
    after = scenario_row(scenario_from(new, str(row["scenario_id"])), str(row["id"]), (), str(row["created_at"]))
    kept = {name: after[name] for name in after if name not in _SETTLED}
    return Turn(state, rows=(RowWrite("generated_scenarios", "update", values=kept, where={"id": row["id"]}),))


def retire(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Hand a made drill out no more; who has it open may still answer it."""
    only_admins(state, world)
    row = _made(parameters, world)
    if row.get("retired_at"):
        raise NotNow(world.texts("page-drill-retired"))
    values: dict[str, object] = {"retired_at": to_text(world.now)}
    return Turn(state, rows=(RowWrite("generated_scenarios", "update", values=values, where={"id": row["id"]}),))


def bring_back(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Hand a retired drill out again, unless it has a twin by now."""
    only_admins(state, world)
    row = _made(parameters, world)
    if not row.get("retired_at"):
        raise NotNow(world.texts("page-drill-handed-out"))
    _no_twin(scenario_of(row), pool(world), world)
    values: dict[str, object] = {"retired_at": None}
    return Turn(state, rows=(RowWrite("generated_scenarios", "update", values=values, where={"id": row["id"]}),))


_SETTLED = ("id", "scenario_id", "source_type", "source_casebook_ids", "created_at")
"""What a change leaves as it is."""


def _pass_gate(new: NewScenario, others: tuple[Scenario, ...], world: World) -> None:
    wrong = faults(new, new.difficulty, others)
    if wrong:
        raise NotNow(world.texts("page-drill-faults", faults="; ".join(wrong)))


def _no_twin(drill: Scenario, others: tuple[Scenario, ...], world: World) -> None:
    if any(similarity(drill.situation, one.situation) >= SIMILAR for one in others):
        raise NotNow(world.texts("page-drill-twin"))


def _made(parameters: Parameters, world: World) -> Row:
    row = next((row for row in made_drills(world) if row["scenario_id"] == parameters["scenario_id"]), None)
    if row is None:
        raise NotThere
    return row


def _line(scenario: Scenario, row: Row | None) -> DrillLine:
    return DrillLine(
        id=scenario.id,
        category=scenario.category,
        difficulty=scenario.difficulty,
        situation=scenario.situation,
        editable=row is not None,
        retired=row is not None and bool(row.get("retired_at")),
    )


FLOW = Flow(
    views={
        "admin/scenarios": View(for_admins(listed), Drills),
        "admin/scenarios/{scenario_id}": View(for_admins(one), DrillDetail),
    },
    actions={
        "admin/scenarios": Action(create, then="admin/scenarios", body=NewScenario),
        "admin/scenarios/{scenario_id}": Action(change, then="admin/scenarios/{scenario_id}", body=NewScenario),
        "admin/scenarios/{scenario_id}/retire": Action(retire, then="admin/scenarios/{scenario_id}"),
        "admin/scenarios/{scenario_id}/bring-back": Action(bring_back, then="admin/scenarios/{scenario_id}"),
    },
)
