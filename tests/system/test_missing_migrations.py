"""A database without our tables is noticed at the start and not when the first row is lost."""

from pathlib import Path

import pytest

from tests.servers.fixtures import MIGRATIONS
from tests.servers.postgres import Postgres
from tests.servers.postgrest import Postgrest, token
from tests.system.coach import Coach


async def test_the_start_is_refused_until_the_migrations_are_applied(
    tmp_path: Path, postgres_server: Postgres, postgrest: Postgrest
) -> None:
    """A PostgREST over an empty database: the process ends and says what is missing and which command makes it."""
    assert postgrest.ready()
    empty = postgres_server.create_database("without_migrations")
    empty.rows((MIGRATIONS / "bootstrap" / "plain-postgresql.sql").read_text(encoding="utf-8"))
    bare = Postgrest.start(empty)
    settings = {
        "INSFORGE_BASE_URL": bare.url,
        "INSFORGE_SERVICE_KEY": token("project_admin"),
        "INSFORGE_RECORDS_PATH": "/",
    }
    try:
        async with Coach(tmp_path, **settings) as coach:
            with pytest.raises(AssertionError, match=r"lacks tables or columns .*users.*make migrate"):
                await coach.start()
    finally:
        bare.stop()
