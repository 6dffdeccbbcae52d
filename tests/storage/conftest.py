"""The stores that the conformance suite is held against."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import cast

import pytest

from storage import PostgrestStore, Row, SqliteStore, Store, migrate_sqlite
from tests.servers.fixtures import MIGRATIONS
from tests.servers.insforge_stub import SERVICE_KEY, InsforgeStub, running
from tests.servers.postgrest import Postgrest, token
from tests.storage.rows import user

BACKENDS = ("sqlite", "postgrest", "insforge")


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Postgrest | None:
    """What stands behind the store; None for SQLite."""
    return None if request.param == "sqlite" else cast("Postgrest", request.getfixturevalue("postgrest"))


@pytest.fixture
async def store(request: pytest.FixtureRequest, backend: Postgrest | None, tmp_path: Path) -> AsyncIterator[Store]:
    """Each kind of store in turn, acting with all rights."""
    kind = request.node.callspec.params["backend"]
    async with AsyncExitStack() as stack:
        if backend is None:
            await migrate_sqlite(tmp_path / "records.sqlite", MIGRATIONS)
            opened: Store = await SqliteStore.open(tmp_path / "records.sqlite")
        elif kind == "insforge":
            stub = await stack.enter_async_context(running(backend.database, backend.url))
            opened = PostgrestStore(stub.url, token=SERVICE_KEY)
        else:
            opened = PostgrestStore(backend.url, records_path="/", token=token("project_admin"))
        stack.push_async_callback(opened.close)
        yield opened


@pytest.fixture
async def owner(store: Store) -> Row:
    """A rep who is in the storage."""
    row = user()
    await store.insert("users", [row])
    return row


@pytest.fixture
async def gateway(postgrest: Postgrest) -> AsyncIterator[InsforgeStub]:
    """InsForge's gateway before the real PostgREST."""
    async with running(postgrest.database, postgrest.url) as stub:
        yield stub
