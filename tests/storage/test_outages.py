"""Real servers that go away and come back, and a gateway that breaks off in the middle."""

from collections.abc import AsyncIterator, Iterator

import pytest

from storage import Ambiguous, PostgrestStore, StorageError, Unavailable, all_of, eq
from tests.servers.fixtures import migrated
from tests.servers.insforge_stub import SERVICE_KEY, Fault, InsforgeStub
from tests.servers.postgres import Postgres
from tests.servers.postgrest import Postgrest, token
from tests.storage.rows import user


async def _no_wait(_: float) -> None:
    """Try again at once."""


@pytest.fixture
def own_postgrest(postgres_server: Postgres, postgrest: Postgrest) -> Iterator[Postgrest]:
    """A PostgREST that a test may stop, over a database that it may close."""
    server = Postgrest.start(migrated(postgres_server, "outages"))
    yield server
    server.stop()
    postgres_server.database("postgres").rows("drop database outages with (force)")


async def test_rows_wait_out_the_servers_absence(own_postgrest: Postgrest) -> None:
    """Without PostgREST, and with it but without its database, a write is refused as retryable; then it succeeds."""
    store = PostgrestStore(own_postgrest.url, records_path="/", token=token("project_admin"), sleep=_no_wait)
    row = user()
    own_postgrest.halt()
    with pytest.raises(Unavailable) as gone:
        await store.insert("users", [row], on_conflict="ignore")
    own_postgrest.resume()
    assert await store.insert("users", [row], on_conflict="ignore") == 1

    database = own_postgrest.database
    other = type(database)(database.folder, "postgres", database.binaries)
    other.rows("alter database outages allow_connections false")
    other.rows("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'outages'")
    with pytest.raises(StorageError) as closed:
        await store.count("users")
    other.rows("alter database outages allow_connections true")
    assert gone.value.retryable
    assert closed.value.retryable
    await store.close()


@pytest.fixture
async def store(gateway: InsforgeStub) -> AsyncIterator[PostgrestStore]:
    opened = PostgrestStore(gateway.url, token=SERVICE_KEY, sleep=_no_wait)
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    "fault", ["timeout_before", "timeout_after", "reset_before", "reset_after", "proxy_page", "unavailable"]
)
async def test_a_repeated_write_happens_once(gateway: InsforgeStub, store: PostgrestStore, fault: Fault) -> None:
    """Whether the first try reached the database or not, there is one row in the end."""
    row = user()
    gateway.faults.append(fault)
    await store.insert("users", [row], on_conflict="ignore")
    assert len(gateway.requests) == 2
    assert await store.get("users", str(row["id"])) == row
    gateway.faults.append(fault)
    await store.upsert("users", [row | {"total_xp": 5}])
    gateway.faults.append(fault)
    await store.update("users", {"streak_days": 2}, eq("id", row["id"]))
    assert await store.get("users", str(row["id"])) == row | {"total_xp": 5, "streak_days": 2}
    gateway.faults.append(fault)
    await store.delete("users", eq("id", row["id"]))
    assert await store.get("users", str(row["id"])) is None


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "reset_before", "reset_after"])
async def test_a_claim_that_was_cut_off_is_neither_won_nor_lost(
    gateway: InsforgeStub, store: PostgrestStore, fault: Fault
) -> None:
    """The caller is told that nobody knows, and looks."""
    row = user()
    await store.insert("users", [row])
    gateway.faults.append(fault)
    with pytest.raises(Ambiguous):
        await store.update("users", {"total_xp": 5}, all_of(eq("id", row["id"]), eq("total_xp", 0)))
    expected = 5 if fault.endswith("after") else 0
    found = await store.get("users", str(row["id"]))
    assert found is not None
    assert found["total_xp"] == expected
    await store.delete("users", eq("id", row["id"]))
