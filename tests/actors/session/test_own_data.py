"""/delete: asked once more, then everything of the rep goes, from every table that knows them."""

import msgspec

from actors.session import own_data, support
from actors.session.records import own_tables
from actors.session.turn import ForgetRep, StopJob, Tap
from storage import TABLES, Row
from tests.actors.session.world import PROSPECT, book, fresh, keyboard, ready, said, world

HERE = world(book(pipeline_traces=({"id": "t1", "trace_id": "t1", "telegram_id": 7},)))


def test_an_export_holds_every_row_and_no_key() -> None:
    """Each table that knows the rep is in the file, empty ones too; a sealed key is named and not shown."""
    filled: dict[str, tuple[Row, ...]] = dict.fromkeys(own_tables(), ())
    filled["users"] = ({"id": "u", "telegram_id": 7, "encrypted_api_key": "gAAAAsealed"},)
    filled["lead_registry"] = ({"id": "l", "telegram_id": 7, "prospect_name": "Maria Keller"},)
    turn = own_data.export(ready(), "", world(book(**filled)))
    sent = msgspec.json.encode(turn.calls[0].parameters).decode()
    assert turn.calls[0].method == "sendDocument"
    assert "gAAAAsealed" not in sent
    tables = msgspec.convert(own_data.exported(ready(), world(book(**filled)))["tables"], dict[str, list[Row]])
    assert tables.keys() == own_tables().keys()
    assert tables["lead_registry"] == [filled["lead_registry"][0]]
    assert tables["users"][0]["encrypted_api_key"] == "stored, not shown"


def test_the_first_word_deletes_nothing() -> None:
    """The command only asks; No leaves everything."""
    asked = own_data.ask_delete(ready(), "", HERE)
    assert asked.rows == ()
    assert keyboard(asked) == ["delete:yes", "delete:no"]
    kept = own_data.pressed(ready(), Tap(("no",), 5), HERE)
    assert kept is not None
    assert kept.state == ready()


def test_yes_deletes_from_every_table_that_knows_the_rep() -> None:
    """A table with a rep's id in it is never left out, `users` goes last, and the state is that of a stranger."""
    busy = support.take(ready(), PROSPECT, HERE).state
    turn = own_data.pressed(busy, Tap(("yes",), 5), HERE)
    assert turn is not None
    tables = [write.table for write in turn.rows]
    assert set(tables) >= {table for table, columns in TABLES.items() if "telegram_id" in columns}
    assert {"pipeline_spans", "casebook"} <= set(tables)
    assert tables[-1] == "users"
    assert all(write.where for write in turn.rows)
    job = busy.jobs[0]
    assert turn.commands == (StopJob(job.run_id, job.draft_id), ForgetRep())
    assert (turn.state.profile, turn.state.jobs, turn.state.memory) == (None, (), fresh().memory)


def test_a_stranger_has_nothing_to_delete() -> None:
    """Somebody who is not set up is told so; the button of an older message is stale."""
    for command in (own_data.ask_delete, own_data.export):
        assert said(command(fresh(), "", HERE)) == [HERE.texts("delete-nothing")]
    assert own_data.pressed(fresh(), Tap(("yes",), 5), HERE) is None
