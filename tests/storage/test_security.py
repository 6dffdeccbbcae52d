"""Nobody reaches another's rows: the catalogue's gates, and reps who try through a real PostgREST."""

from collections.abc import AsyncIterator

import pytest

from storage import Forbidden, PostgrestStore, RepTokens, Row, eq, gte, is_null
from storage.schema import TABLES
from tests.servers.insforge_stub import ANON_KEY, SERVICE_KEY, InsforgeStub
from tests.servers.postgres import Database
from tests.servers.postgrest import SECRET, Postgrest, token
from tests.storage.rows import attempt, lead, trace, user

_TABLES = "from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')"
_VERBS = ("select", "insert", "update", "delete", "truncate", "references", "trigger")


def test_every_table_has_row_security(database: Database) -> None:
    """No table in the exposed schema is without it."""
    assert database.rows(f"select relname {_TABLES} and not c.relrowsecurity") == []
    assert len(database.rows(f"select relname {_TABLES}")) == len(TABLES)


def test_no_policy_is_for_everybody(database: Database) -> None:
    """Every policy is for `authenticated` alone, and none is simply true."""
    open_to = "select tablename, policyname from pg_policies where not (roles = '{authenticated}')"
    assert database.rows(open_to) == []
    assert database.rows("select policyname from pg_policies where qual = 'true' or with_check = 'true'") == []
    assert database.rows("select policyname from pg_policies where cmd = 'ALL'") == []


def test_policies_ask_who_it_is_once_per_query(database: Database) -> None:
    """`auth.uid()` stands in a sub-select everywhere, so that it is not called for each row."""
    texts = [
        f"{using} {check}"
        for using, check in database.rows(
            "select replace(coalesce(qual, ''), E'\\n', ' '), replace(coalesce(with_check, ''), E'\\n', ' ')"
            " from pg_policies"
        )
    ]
    assert texts
    for text in texts:
        assert text.count("auth.uid()") == text.count("SELECT auth.uid()") > 0


@pytest.mark.parametrize("verb", _VERBS)
def test_anon_may_do_nothing(database: Database, verb: str) -> None:
    """The anonymous role has no privilege on any table or column."""
    granted = f"select relname {_TABLES} and has_table_privilege('anon', c.oid, '{verb}')"
    assert database.rows(granted) == []
    if verb in ("select", "insert", "update", "references"):
        columns = f"select relname {_TABLES} and has_any_column_privilege('anon', c.oid, '{verb}')"
        assert database.rows(columns) == []


def test_a_rep_may_delete_and_truncate_nothing(database: Database) -> None:
    """Whatever row security says, these verbs are not granted."""
    for verb in ("delete", "truncate", "references", "trigger"):
        granted = f"select relname {_TABLES} and has_table_privilege('authenticated', c.oid, '{verb}')"
        assert database.rows(granted) == []


def test_tables_to_come_are_closed(database: Database) -> None:
    """A table made later without a thought is open to nobody, although InsForge would grant every verb."""
    found = database.rows(
        "begin; set local role project_admin; create table later (id uuid primary key);"
        " select has_table_privilege(r, 'later', v) from unnest(array['anon', 'authenticated']) r,"
        " unnest(array['select', 'insert', 'update', 'delete']) v; rollback;"
    )
    assert set(found) == {("f",)}


def test_no_function_runs_with_its_owners_rights_unguarded(database: Database) -> None:
    """No SECURITY DEFINER function without a fixed search path, and none of ours in the exposed schema for everyone."""
    unguarded = (
        "select proname from pg_proc where pronamespace in ('public'::regnamespace, 'auth'::regnamespace) and prosecdef"
        " and not exists (select from unnest(coalesce(proconfig, '{}')) s where s like 'search_path=%')"
    )
    assert database.rows(unguarded) == []
    exposed = "select proname from pg_proc where pronamespace = 'public'::regnamespace"
    assert database.rows(f"{exposed} and has_function_privilege('anon', oid, 'execute')") == []


@pytest.fixture
async def admin(postgrest: Postgrest) -> AsyncIterator[PostgrestStore]:
    """The server's own access."""
    store = PostgrestStore(postgrest.url, records_path="/", token=token("project_admin"))
    yield store
    await store.close()


@pytest.fixture
async def reps(admin: PostgrestStore) -> tuple[Row, Row]:
    """Two reps with an attempt, a lead and a trace each."""
    first, second = user(encrypted_api_key="sealed"), user(encrypted_api_key="sealed")
    await admin.insert("users", [first, second])
    for rep in (first, second):
        await admin.insert("attempts", [attempt(rep)])
        await admin.insert("lead_registry", [lead(rep)])
        await admin.insert("pipeline_traces", [trace(rep)])
    return first, second


@pytest.fixture
async def first(postgrest: Postgrest, reps: tuple[Row, Row]) -> AsyncIterator[PostgrestStore]:
    """What the first rep reaches with a token of their own."""
    store = PostgrestStore(postgrest.url, records_path="/", token=token("authenticated", str(reps[0]["id"])))
    yield store
    await store.close()


async def test_a_rep_sees_their_own_rows_and_no_others(first: PostgrestStore, reps: tuple[Row, Row]) -> None:
    """Without any filter in the question."""
    for table in ("attempts", "lead_registry"):
        assert {row["user_id"] for row in await first.select(table)} == {reps[0]["id"]}
        assert await first.select(table, eq("user_id", reps[1]["id"])) == []
        assert await first.count(table, eq("user_id", reps[1]["id"])) == 0


async def test_acting_as_a_rep_shows_nothing_of_another(postgrest: Postgrest, reps: tuple[Row, Row]) -> None:
    """The server's own store, asked as a rep without any filter, gets that rep's rows and no others."""
    server = PostgrestStore(postgrest.url, records_path="/", token=token("project_admin"), reps=RepTokens(SECRET))
    assert {row["user_id"] for row in await server.select("lead_registry")} >= {rep["id"] for rep in reps}
    for rep in reps:
        acting = server.as_rep(str(rep["id"]))
        assert {row["user_id"] for row in await acting.select("lead_registry")} == {rep["id"]}
        assert await acting.count("attempts") == 1
    await server.close()


async def test_a_rep_cannot_write_for_another(first: PostgrestStore, reps: tuple[Row, Row]) -> None:
    """Inserting for another is refused, and changing another's row finds none."""
    await first.insert("attempts", [attempt(reps[0])])
    with pytest.raises(Forbidden):
        await first.insert("attempts", [attempt(reps[1])])
    assert await first.update("lead_registry", {"status": "closed_won"}, eq("user_id", reps[1]["id"])) == []
    with pytest.raises(Forbidden):
        await first.update("lead_registry", {"user_id": reps[1]["id"]}, eq("user_id", reps[0]["id"]))
    with pytest.raises(Forbidden):
        await first.delete("lead_registry", eq("user_id", reps[0]["id"]))


async def test_a_rep_reads_no_sealed_key_and_no_traces(first: PostgrestStore, reps: tuple[Row, Row]) -> None:
    """Not even their own: both are the server's affair."""
    with pytest.raises(Forbidden):
        await first.get("users", str(reps[0]["id"]))
    with pytest.raises(Forbidden):
        await first.select("pipeline_traces")
    with pytest.raises(Forbidden):
        await first.update("users", {"total_xp": 9999}, eq("id", reps[0]["id"]))


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_the_anonymous_reach_nothing(postgrest: Postgrest, gateway: InsforgeStub, table: str) -> None:
    """With InsForge's public key, or with none, every table is closed."""
    for url, path, key in ((gateway.url, "/api/database/records", ANON_KEY), (postgrest.url, "/", token("anon"))):
        store = PostgrestStore(url, records_path=path, token=key)
        with pytest.raises(Forbidden):
            await store.count(table)
        with pytest.raises(Forbidden):
            await store.delete(table, is_null("id", False))
        await store.close()


async def test_behind_the_gateway_a_rep_is_known_by_the_id_alone(gateway: InsforgeStub, reps: tuple[Row, Row]) -> None:
    """InsForge passes on `sub` and no claim of ours, and the policies need no more."""
    store = PostgrestStore(gateway.url, token=token("authenticated", str(reps[0]["id"])))
    assert {row["user_id"] for row in await store.select("attempts", gte("score", 0))} == {reps[0]["id"]}
    await store.close()


@pytest.mark.parametrize("key", ["ik_wrong", "nonsense", SERVICE_KEY[:-1]])
async def test_a_wrong_key_is_refused_and_not_shown(gateway: InsforgeStub, key: str) -> None:
    """A wrong key is Forbidden at once, without retries, and stands in no message."""
    store = PostgrestStore(gateway.url, token=key)
    with pytest.raises(Forbidden) as caught:
        await store.ping()
    assert not caught.value.retryable
    assert key not in f"{caught.value!r} {caught.value}"
    assert len(gateway.requests) == 1
    await store.close()
