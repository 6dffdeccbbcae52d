"""New drills: when a rep has seen a whole difficulty, the pool grows for everybody while they practise on."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.casebook import team_cases
from actors.session.flow import Flow, JobFlow
from actors.session.jobs import enqueue, new_job
from actors.session.pool import pool
from actors.session.state import Job, SessionState
from actors.session.turn import Turn, World, say
from coaching.casebook import shown
from coaching.generated import ScenarioWriterOutput, accepted, scenario_row
from coaching.rows import row_id
from storage import to_text

KIND = "new_drills"
AT_ONCE = 3
MOST_MADE = 60
"""Drills made for one difficulty; after that the pool is large enough."""
PAUSE_S = 24 * 3_600.0
"""How long the team waits after drills were made before more are."""
_CASES = 5


def wanted(state: SessionState, difficulty: int, world: World) -> Turn:
    """Have drills of this difficulty made, unless that is under way, was done today, or there are enough.

    Only on the team's key: what everybody practises with is nobody's own bill.
    """
    team_pays = state.profile is not None and state.profile.key is None
    if not team_pays or any(job.kind == KIND for job in state.jobs) or not _due(difficulty, world):
        return Turn(state)
    cases = team_cases(world)[:_CASES]
    assignment: dict[str, object] = {
        "count": AT_ONCE,
        "difficulty": difficulty,
        "existing": [scenario.situation for scenario in pool(world)],
    }
    inputs: dict[str, object] = {"assignment": assignment, "cases": shown(cases), "difficulty": difficulty}
    return enqueue(state, new_job(KIND, inputs, world, background=True), world)


def answered(state: SessionState, job: Job, world: World) -> Turn:
    """Take the drills that pass the gate into the team's pool and tell who ran out of them."""
    output = msgspec.json.decode(job.finished["scenario_writer"], type=ScenarioWriterOutput)
    ids = [f"gen_{job.run_id[:8]}_{number}" for number in range(1, len(output.scenarios) + 1)]
    made, _ = accepted(output, msgspec.convert(job.inputs["difficulty"], int), pool(world), ids)
    if not made:
        return Turn(state)
    cases = [str(case["case_id"]) for case in msgspec.convert(job.inputs["cases"], list[dict[str, object]])]
    at = to_text(world.now)
    rows = tuple(scenario_row(one, row_id(one.id, "generated_scenarios"), cases, at) for one in made)
    told = say(state, world.texts("new-drills", count=len(made)))
    return Turn(state, calls=told, rows=(RowWrite("generated_scenarios", "insert", rows),))


def _due(difficulty: int, world: World) -> bool:
    rows = list(world.book.rows("generated_scenarios", team=True).values())
    newest = max((str(row["created_at"]) for row in rows), default="")
    enough = sum(row["difficulty"] == difficulty for row in rows) >= MOST_MADE
    return not enough and newest < to_text(world.now - PAUSE_S)


FLOW = Flow(jobs={KIND: JobFlow(answered=answered)})
