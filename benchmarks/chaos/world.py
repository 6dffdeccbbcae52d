"""The world around the killed process: emulators of Telegram and models, and InsForge's gateway over a real PostgreSQL.

All of it lives in this process and in servers of its own, and outlives every kill.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from tests.servers.fixtures import migrated
from tests.servers.insforge_stub import SERVICE_KEY, InsforgeStub, running
from tests.servers.postgres import Database, Postgres
from tests.servers.postgrest import Postgrest
from tests.system.coach import Coach

MODEL = "openai/gpt-oss-120b"


class World(msgspec.Struct, frozen=True):
    """What the run acts on."""

    coach: Coach
    gateway: InsforgeStub
    postgrest: Postgrest
    database: Database


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """Start everything but Cornerman itself; raises ServerMissing where PostgreSQL or PostgREST is not installed."""
    postgres = Postgres.start()
    try:
        database = migrated(postgres, "chaos")
        postgrest = Postgrest.start(database)
        try:
            async with running(database, postgrest.url) as gateway, Coach(folder, **_settings(gateway)) as coach:
                yield World(coach, gateway, postgrest, database)
        finally:
            postgrest.stop()
    finally:
        postgres.stop()


def _settings(gateway: InsforgeStub) -> dict[str, str]:
    return {
        "INSFORGE_BASE_URL": gateway.url,
        "INSFORGE_SERVICE_KEY": SERVICE_KEY,
        "DEFAULT_OPENROUTER_MODEL": MODEL,
        "MODEL_CONCURRENCY": "256",
    }
