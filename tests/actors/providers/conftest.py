"""The world of the router in tests: the emulated providers on real sockets, the real journal, time that tests move."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec
import pytest

from actors.journal import OutboxBatch, TakeOutbox, journal_spec
from actors.providers.key_vault import KeyVault
from actors.providers.llm_router import LlmRouter, RouterSettings
from actors.providers.messages import (
    RECORD_LANE,
    ChatMessage,
    Complete,
    DescribeProviders,
    ListModels,
    ModelChoice,
    ModelsListed,
    Provider,
    ProvidersDescribed,
    RowWrite,
    SealedKey,
    TeamKey,
)
from actors.providers.secret import Secret
from runtime import Actor, ActorSystem, Address, ChildSpec, Restart
from runtime.testing import ManualClock, Probe, settle
from sandbox.models import Running, start

T = TypeVar("T")
ROUTER_KEY = "sk-or-v1-planted-team-key-7f3a"
CLAUDE_KEY = "sk-ant-planted-team-key-9c1d"
REP_KEY = "sk-ant-planted-rep-key-2b8e"
ENCRYPTION_KEY = "bXkgdGVzdCBrZXkgbXkgdGVzdCBrZXkgbXkgdGVzdCE="
FREE, OTHER_FREE = "openai/gpt-oss-120b:free", "openai/gpt-oss-20b:free"
PAID, SEEING = "openai/gpt-oss-120b", "anthropic/claude-haiku-5.5"
CLAUDE = "claude-sonnet-5-5"
OPENROUTER, ANTHROPIC = Provider.OPENROUTER, Provider.ANTHROPIC
PROSPECT = "Anna Keller, Head of Maintenance at Brandt Foundry GmbH: too expensive for us."


class Lead(msgspec.Struct, frozen=True):
    """A structured answer."""

    prospect_type: str
    word_count: int


class Note(msgspec.Struct, frozen=True):
    """A structured answer of which any part would do, if its brackets were closed."""

    text: str


class _Tracer(Actor):
    def __init__(self, spans: list[object]) -> None:
        super().__init__()
        self._spans = spans

    async def receive(self, message: object, sender: Address) -> None:
        self._spans.append(message)


class World:
    """One process's router, which may be stopped and begun anew on the same journal."""

    def __init__(self, server: Running, path: Path, clock: ManualClock) -> None:
        self.server = server
        self.path = path
        self.clock = clock
        self.vault = KeyVault(ENCRYPTION_KEY)
        self.spans: list[Any] = []
        self.system = ActorSystem(clock=clock)
        self.probe: Probe
        self._http = aiohttp.ClientSession()
        self._number = 0

    async def begin(self, **settings: Any) -> None:
        """Start the journal, a tracer's stand-in and the router; a second time after `end`, as after a restart."""
        self.system = ActorSystem(clock=self.clock)
        await self.system.start(journal_spec(self.path))
        await self.system.start(ChildSpec("tracer", lambda: _Tracer(self.spans), well_known=True))
        given: dict[str, Any] = {
            "base_urls": {OPENROUTER: f"{self.server.url}/api/v1", ANTHROPIC: f"{self.server.url}/v1"},
            "team_keys": {OPENROUTER: Secret(ROUTER_KEY), ANTHROPIC: Secret(CLAUDE_KEY)},
            **settings,
        }
        router = RouterSettings(**given)
        spec = ChildSpec(
            "llm_router", lambda: LlmRouter(router, self.vault, {"lead": Lead, "note": Note}), well_known=True
        )
        await self.system.start(msgspec.structs.replace(spec, restart=Restart.TEMPORARY))
        self.probe = await Probe.start(self.system)
        for provider in router.team_keys:
            self.tell(ListModels(TeamKey(provider)))
            await self.expect(ModelsListed)

    async def end(self) -> None:
        """Stop everything."""
        async with asyncio.timeout(20):
            await self.system.shutdown()

    async def close(self) -> None:
        """Stop everything, and the client of the control API."""
        await self.end()
        await self._http.close()

    def ask(self, model: str = FREE, **more: Any) -> str:
        """Send a request as the probe; gives its id."""
        self._number += 1
        request_id = f"request-{self._number}"
        given: dict[str, Any] = {
            "request_id": request_id,
            "credential": TeamKey(OPENROUTER),
            "agent": "strategist",
            "model": model,
            "system": ("You coach.",),
            "messages": (ChatMessage("user", PROSPECT),),
            "deadline_s": 120.0,
            "telegram_id": 7,
            **more,
        }
        self.tell(Complete(**given))
        return request_id

    def tell(self, message: object) -> None:
        """Send to the router as the probe."""
        self.probe.send(self.system.find("llm_router"), message)

    def sealed(self, telegram_id: int = 7, key: str = REP_KEY, provider: Provider = ANTHROPIC) -> SealedKey:
        """A rep's own key."""
        return self.vault.seal(telegram_id, provider, key)

    async def expect(self, kind: type[T], *, within_s: float = 20.0) -> T:
        """The next message of this kind; others before it are dropped. Sockets are waited for, time stands still."""
        async with asyncio.timeout(within_s):
            while True:
                for place, (message, _) in enumerate(self.probe.received):
                    if isinstance(message, kind):
                        del self.probe.received[: place + 1]
                        return message
                await asyncio.sleep(0.001)

    async def until(self, holds: Callable[[], bool | Awaitable[bool]]) -> None:
        """Let sockets, threads and actors work until this holds."""
        async with asyncio.timeout(20):
            while True:
                held = holds()
                if held if isinstance(held, bool) else await held:
                    return
                await asyncio.sleep(0.001)

    async def rest(self, seconds: float = 0.05) -> None:
        """Give sockets real time to bring what should not come."""
        await asyncio.sleep(seconds)
        await settle()

    async def advance(self, seconds: float) -> None:
        """Move time."""
        await self.clock.advance(seconds)

    async def order(self, path: str, **body: Any) -> None:
        """Speak to the emulator's control API."""
        async with self._http.post(f"{self.server.url}/sim/{path}", json=body) as reply:
            assert reply.status == 200, await reply.text()

    async def fault(self, kind: str, provider: str = "openrouter", **more: Any) -> None:
        """Order a fault."""
        await self.order("faults", kind=kind, provider=provider, **more)

    async def requests(self, route: str = "completion") -> list[dict[str, Any]]:
        """What the emulator was asked."""
        async with self._http.get(f"{self.server.url}/sim/requests") as reply:
            return [entry for entry in (await reply.json())["requests"] if entry["route"] == route]

    async def asked(self, count: int) -> None:
        """Wait until so many completions were asked for."""

        async def enough() -> bool:
            return len(await self.requests()) >= count

        await self.until(enough)

    async def described(self) -> ProvidersDescribed:
        """The router's status."""
        reply = await self.system.ask(self.system.find("llm_router"), DescribeProviders(), deadline_s=60)
        assert isinstance(reply, ProvidersDescribed)
        return reply

    async def written(self) -> list[dict[str, object]]:
        """The newest row of each line of the ledger, as it lies in the journal for the writer."""
        for _ in range(3):
            await self.advance(3.0)
            await self.rest()
        batch = await self.system.ask(self.system.find("journal"), TakeOutbox(RECORD_LANE, 0, 1000), deadline_s=60)
        assert isinstance(batch, OutboxBatch)
        writes = [msgspec.json.decode(entry.payload, type=RowWrite) for entry in batch.entries]
        return list({write.rows[0]["id"]: write.rows[0] for write in writes}.values())


@pytest.fixture
async def make_world(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Callable[..., Awaitable[World]]]:
    """Emulators with the given options; each world is closed after the test."""
    worlds: list[World] = []

    async def make(**options: Any) -> World:
        quick = {"latency_s": (0.0, 0.0), "pace": 0.0, "keep_alive_s": 0.01, "clock": clock.time}
        server = await start(**{**quick, **options})
        worlds.append(World(server, tmp_path / "journal.sqlite", clock))
        return worlds[-1]

    yield make
    for world in worlds:
        await world.close()
        await world.server.stop()


@pytest.fixture
async def world(make_world: Callable[..., Awaitable[World]]) -> World:
    """Emulators with their defaults, the router not yet begun."""
    return await make_world()


def fallbacks(*choices: ModelChoice, agent: str = "") -> dict[str, tuple[ModelChoice, ...]]:
    """The setting for one agent, or for all."""
    return {agent: choices}
