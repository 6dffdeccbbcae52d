"""What a session reads of its rep, on a real PostgREST whose row security is on."""

from collections.abc import AsyncIterator
from itertools import count

import pytest

from actors.session import records
from actors.session.records import own_tables, read_rows
from actors.session.state import Rep
from storage import PostgrestStore, RepTokens, columns_of, user_id
from tests.servers.postgrest import SECRET, Postgrest, token
from tests.storage.rows import attempt, lead, trace, user

_IDS = count(880_000_001)
_WITH_ROWS = ("attempts", "lead_registry")


@pytest.fixture
async def server(postgrest: Postgrest) -> AsyncIterator[PostgrestStore]:
    """The store as Cornerman opens it where INSFORGE_JWT_SECRET is set."""
    store = PostgrestStore(postgrest.url, records_path="/", token=token("project_admin"), reps=RepTokens(SECRET))
    yield store
    await store.close()


async def _rep(server: PostgrestStore) -> Rep:
    """A rep with an attempt and a lead."""
    telegram_id = next(_IDS)
    row = user(id=user_id(telegram_id), telegram_id=telegram_id)
    await server.insert("users", [row])
    await server.insert("attempts", [attempt(row)])
    await server.insert("lead_registry", [lead(row)])
    return Rep(telegram_id, None, "Rep")


async def test_with_every_owner_filter_removed_a_rep_sees_nothing_of_another(
    server: PostgrestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row security alone keeps each rep's rows apart, should a filter ever be forgotten."""
    anna, ben = await _rep(server), await _rep(server)
    monkeypatch.setattr(records, "eq", lambda column, value: None)
    for rep in (anna, ben):
        for table in _WITH_ROWS:
            rows = await read_rows(server, table, rep, team=False)
            assert {row["telegram_id"] for row in rows} == {rep.telegram_id}


async def test_every_table_that_a_session_reads_is_open_to_its_rep(server: PostgrestStore) -> None:
    """No grant is missing for a column, so acting as the rep never turns into a refusal."""
    anna = await _rep(server)
    for table in own_tables():
        if {"created_at", "seen_at", "day"} & columns_of(table).keys():
            assert isinstance(await read_rows(server, table, anna, team=False), list), table


async def test_every_trace_of_a_rep_is_read(server: PostgrestStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deletion finds spans through their traces alone, so none of these is left out, however many there are."""
    monkeypatch.setattr(records, "READ_LIMIT", 2)
    anna = await _rep(server)
    traces = [trace(telegram_id=anna.telegram_id) for _ in range(5)]
    await server.insert("pipeline_traces", traces)
    read = await read_rows(server, "pipeline_traces", anna, team=False)
    assert sorted(str(row["id"]) for row in read) == sorted(str(row["id"]) for row in traces)
    assert len(await read_rows(server, "pipeline_traces", anna, team=True)) == 2
