"""What is stored of a rep, in the rep's own hands: /export, all of it in one file, and /delete, which leaves none."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.flow import Flow
from actors.session.records import own_tables
from actors.session.state import SessionState
from actors.session.turn import ForgetRep, StopHearing, StopJob, Tap, Turn, World, say, show
from actors.session.waiting import Idle
from actors.telegram.rendering import Button, plain, send_document
from storage import Row, to_text


def export(state: SessionState, rest: str, world: World) -> Turn:
    """Send the rep everything that is stored of them as one JSON file, table by table."""
    if state.profile is None:
        return Turn(state, calls=say(state, world.texts("delete-nothing")))
    data = msgspec.json.format(msgspec.json.encode(exported(state, world)), indent=1)
    name = f"cornerman-{state.rep.telegram_id}.json"
    return Turn(state, calls=(send_document(state.rep.telegram_id, data, name, plain(world.texts("export-here"))),))


def exported(state: SessionState, world: World) -> dict[str, object]:
    """Everything stored of the rep; of an own key only that there is one, because the file leaves the vault."""
    tables: dict[str, object] = {}
    for table in own_tables():
        rows = sorted(world.book.rows(table).values(), key=lambda row: str(row["id"]))
        tables[table] = [_shown(row) for row in rows]
    return {"exported_at": to_text(world.now), "telegram_id": state.rep.telegram_id, "tables": tables}


def _shown(row: Row) -> Row:
    secret = row.get("encrypted_api_key")
    return row if secret is None else row | {"encrypted_api_key": "stored, not shown"}


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
    unheard = tuple(StopHearing(one) for one in state.hearings)
    return msgspec.structs.replace(turn, rows=_rows(state, world), commands=(*stopped, *unheard, ForgetRep()))


def _rows(state: SessionState, world: World) -> tuple[RowWrite, ...]:
    # Spans name no rep: they are found by the traces they belong to, and go first.
    traces = [row["trace_id"] for row in world.book.rows("pipeline_traces").values()]
    spans = [RowWrite(table="pipeline_spans", action="delete", where={"trace_id": trace}) for trace in traces]
    me = state.rep.telegram_id
    owned = [RowWrite(table=table, action="delete", where={column: me}) for table, column in own_tables().items()]
    return (*spans, *owned)


FLOW = Flow(commands={"export": export, "delete": ask_delete}, buttons={"delete": pressed})
