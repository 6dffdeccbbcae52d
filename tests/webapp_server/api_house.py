"""What the tests of the API share: a real server, journal and database in which Anna (7) is set up."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actors.journal import journal_spec
from actors.providers.messages import CheckKey, KeyChecked, KeyVerdict, ListModels, ModelInfo, ModelsListed, Provider
from actors.providers.transcription import Transcribe, Transcribed
from actors.session.book import Book
from actors.session.services import Services
from actors.session.session import Session
from actors.session.sessions import Sessions
from actors.session.turn import World
from actors.shelf import Shelf
from actors.telegram.file_fetcher import FileFetcher
from actors.uploads import Uploads
from coaching.rows import row_id
from runtime import Actor, ActorSystem, Address, ChildSpec
from storage import SqliteStore, migrate_sqlite, to_text, user_id
from tests.actors.session.world import PROSPECT, answer, world
from tests.webapp_server.door import ACCESS, init_data
from webapp_server.events import Streams
from webapp_server.server import make_application

ROOT = Path(__file__).parents[2]
RUN = "00000000-0000-4000-8000-0000000000c1"
Client = TestClient[web.Request, web.Application]


class Silent(Actor):
    """Stands where nothing is expected to be said; what it gets it forgets."""

    async def receive(self, message: object, sender: Address) -> None:
        pass


class Listening(Silent):
    """Passes on to the open pages, as the web server does."""

    def __init__(self, streams: Streams) -> None:
        super().__init__()
        self._streams = streams

    async def receive(self, message: object, sender: Address) -> None:
        self._streams.tell(message)  # type: ignore[arg-type]  # sessions send nothing else


MODELS = (
    ModelInfo(provider=Provider.OPENROUTER, id="good/free:free", name="Good Free", free=True),
    ModelInfo(provider=Provider.OPENROUTER, id="good/dear", name="Good Dear", input_usd=5.0, output_usd=20.0),
)


class Router(Silent):
    """Knows two models of OpenRouter and its keys; those of Anthropic it rejects."""

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case ListModels():
                self.reply(ModelsListed(Provider.OPENROUTER, MODELS))
            case CheckKey(credential=key):
                known = key.provider is Provider.OPENROUTER
                self.reply(KeyChecked(KeyVerdict.ACCEPTED if known else KeyVerdict.REJECTED))


SAID = f"{PROSPECT} I say this aloud."


class Transcriber(Silent):
    """Hears the same words in every recording."""

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, Transcribe):
            self.reply(Transcribed(message.request_id, SAID, "en", 3.0, "ear"))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """A database in which Anna (7) is set up and has one worked prospect."""
    await migrate_sqlite(tmp_path / "records.sqlite", ROOT / "migrations")
    store = await SqliteStore.open(tmp_path / "records.sqlite")
    now = to_text(1_700_000_000)
    anna = {
        "id": user_id(7),
        "telegram_id": 7,
        "username": "anna",
        "first_name": "Anna",
        "provider": "openrouter",
        "openrouter_model": "some/model:free",
        "anthropic_model": "some-model",
        "created_at": now,
        "updated_at": now,
    }
    case = {
        "id": row_id(RUN, "support_sessions"),
        "user_id": user_id(7),
        "telegram_id": 7,
        "input_text": PROSPECT,
        "output_json": msgspec.to_builtins(answer()),
        "provider_used": "openrouter",
        "created_at": now,
    }
    await store.insert("users", [anna])
    await store.insert("support_sessions", [case])
    yield store
    await store.close()


@pytest.fixture
async def client(store: SqliteStore, tmp_path: Path) -> AsyncIterator[Client]:
    system, streams = ActorSystem(), Streams()

    def make_world(now: float, book: Book) -> World:
        return msgspec.structs.replace(
            world(book, ALLOWED_USERNAMES="anna,ben", ADMIN_USERNAMES="anna"), now=now, new_id=lambda: str(uuid.uuid4())
        )

    services = Services(make_world=make_world, shelf=Shelf(ROOT), store=store)
    for name in ("message_sender", "tracer"):
        await system.start(ChildSpec(name, Silent, well_known=True))
    await system.start(ChildSpec("llm_router", Router, well_known=True))
    await system.start(ChildSpec("transcriber", Transcriber, well_known=True))
    await system.start(ChildSpec("uploads", lambda: Uploads(tmp_path / "uploads"), well_known=True))
    await system.start(ChildSpec("file_fetcher", lambda: FileFetcher("http://127.0.0.1:1", "1:t"), well_known=True))
    await system.start(ChildSpec("web_server", lambda: Listening(streams), well_known=True))
    await system.start(journal_spec(tmp_path / "journal.sqlite"))
    await system.start(ChildSpec("sessions", lambda: Sessions(lambda key: Session(key, services)), well_known=True))
    async with TestClient(TestServer(make_application(system, ACCESS, streams))) as client:
        yield client
    await system.shutdown()


async def enter(client: Client, telegram_id: int = 7, username: str = "anna") -> dict[str, str]:
    """The headers of someone who came in."""
    reply = await client.post("/api/auth", headers={"Authorization": f"tma {init_data(telegram_id, username)}"})
    assert reply.status == 200, await reply.text()
    return {"Authorization": f"Bearer {(await reply.json())['token']}"}
