"""What is stored of a rep, in the rep's own hands: /delete, which leaves nothing of it."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.flow import Flow
from actors.session.records import own_tables
from actors.session.state import SessionState
from actors.session.turn import ForgetRep, StopJob, Tap, Turn, World, say, show
from actors.session.waiting import Idle
from actors.telegram.rendering import Button


def ask_delete(state: SessionState, rest: str, world: World) -> Turn:
    """Say what will be gone and ask once more."""
    if state.profile is None:
        return Turn(state, calls=say(state, world.texts("delete-nothing")))
    keyboard = (
        (Button(label=world.texts("button-delete-yes"), data="delete:yes"),),
        (Button(label=world.texts("button-delete-no"), data="delete:no"),),
    )
    return Turn(state.at(Idle()), calls=say(state, world.texts("delete-ask"), keyboard))


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Delete everything, or nothing."""
    match tap.words:
        case ("no",):
            return show(state, tap, world.texts("delete-kept"))
        case ("yes",) if state.profile is not None:
            return _deleted(state, tap, world)
    return None


def _deleted(state: SessionState, tap: Tap, world: World) -> Turn:
    fresh = SessionState(rep=state.rep, revoked=state.revoked, sampled=True)
    turn = show(fresh, tap, world.texts("delete-done"))
    stopped = tuple(StopJob(job.run_id, job.draft_id) for job in state.jobs)
    return msgspec.structs.replace(turn, rows=_rows(state, world), commands=(*stopped, ForgetRep()))


def _rows(state: SessionState, world: World) -> tuple[RowWrite, ...]:
    # Spans name no rep: they are found by the traces they belong to, and go first.
    traces = [row["trace_id"] for row in world.book.rows("pipeline_traces").values()]
    spans = [RowWrite(table="pipeline_spans", action="delete", where={"trace_id": trace}) for trace in traces]
    me = state.rep.telegram_id
    owned = [RowWrite(table=table, action="delete", where={column: me}) for table, column in own_tables().items()]
    return (*spans, *owned)


FLOW = Flow(commands={"delete": ask_delete}, buttons={"delete": pressed})
