"""A session that listens, with its real journal and records: nothing heard is lost, repeated or paid for twice."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from actors.journal import Accept, Load, Loaded, NewInboxEntry, OutboxBatch, TakeOutbox, journal_spec
from actors.providers.messages import Complete
from actors.providers.transcription import Transcribe, Transcribed, TranscriptBegun
from actors.session import conversation
from actors.session.book import Book, RowsUnreachable
from actors.session.messages import HandleUpdate, Nudge, Resume
from actors.session.services import Services
from actors.session.session import Session
from actors.session.sessions import Sessions
from actors.session.turn import Turn, World
from actors.shelf import Shelf
from actors.telegram.messages import BULK_LANE, MESSAGE_LANE, TelegramCall
from actors.telegram.rendering import plain, send_calls
from runtime import ActorSystem, ChildSpec
from runtime.testing import ManualClock, Probe, settle
from storage import Row, SqliteStore, migrate_sqlite, to_text, user_id
from tests.actors.session.world import PROSPECT, world

ROOT = Path(__file__).parents[3]
TEXTS = world().texts
_ANNA = {"id": 7, "is_bot": False, "first_name": "Anna", "username": "anna"}
_VOICE = {"file_id": "f", "file_unique_id": "u", "duration": 4, "file_size": 900, "mime_type": "audio/ogg"}


class Coach:
    """Sessions of one process; begun again, they are those of the next one."""

    def __init__(self, folder: Path, store: SqliteStore) -> None:
        self._folder, self.store = folder, store
        self._clock = ManualClock()
        self._number = 0

    async def begin(self) -> None:
        self.system = ActorSystem(clock=self._clock)

        def make_world(now: float, book: Book) -> World:
            return msgspec.structs.replace(world(book), now=now)

        services = Services(make_world=make_world, shelf=Shelf(ROOT), store=self.store)
        self.transcriber = await Probe.start(self.system, "transcriber", well_known=True)
        self.router = await Probe.start(self.system, "llm_router", well_known=True)
        for name in ("message_sender", "tracer", "web_server"):
            await Probe.start(self.system, name, well_known=True)
        await self.system.start(journal_spec(self._folder / "journal.sqlite"))
        sessions = ChildSpec("sessions", lambda: Sessions(lambda key: Session(key, services)), well_known=True)
        await self.system.start(sessions)

    async def end(self) -> None:
        await self.system.shutdown()

    async def speaks(self) -> Transcribe:
        """Anna sends a voice note; gives what the transcriber is asked for."""
        await self._sends(voice=_VOICE)
        return await self.asked()

    async def writes(self, text: str) -> None:
        """Anna sends a text."""
        command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
        await self._sends(text=text, entities=[command] if text.startswith("/") else [])

    @property
    def sessions(self) -> int:
        """How many sessions are in memory."""
        return sum(stats.alive for stats in self.system.snapshot().types if stats.type == "Session")

    async def idles(self) -> None:
        """Let Anna do nothing until her session has left."""
        async with asyncio.timeout(20):
            while self.sessions:
                await self._clock.advance(60.0)
                await asyncio.sleep(0.005)
                await settle()

    async def state(self) -> bytes | None:
        """Her session's state as the journal keeps it."""
        loaded = await self.system.ask(self.system.find("journal"), Load("session/7"), deadline_s=30)
        assert isinstance(loaded, Loaded)
        return loaded.snapshot

    async def _sends(self, **content: object) -> None:
        self._number += 1
        message = {"message_id": self._number, "date": 100, "chat": {"id": 7, "type": "private"}, "from": _ANNA}
        raw = json.dumps({"update_id": self._number, "message": message | content}).encode()
        entry = NewInboxEntry("bot", self._number, "session/7", raw)
        await self.system.ask(self.system.find("journal"), Accept((entry,)), deadline_s=30)
        self.system.send(self.system.find("sessions"), HandleUpdate("session/7", "bot", self._number, raw))

    async def asked(self) -> Transcribe:
        """The next request to the transcriber."""
        await self.until(lambda: any(isinstance(message, Transcribe) for message in self.transcriber.messages))
        while True:
            request, self._session = self.transcriber.received.pop(0)
            if isinstance(request, Transcribe):
                return request

    def wakes(self) -> None:
        """Let the session take up what it left, as the journal orders it at a start."""
        self.system.send(self.system.find("sessions"), Resume("session/7"))

    def answers(self, message: object) -> None:
        """Answer as the transcriber."""
        self.transcriber.send(self._session, message)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let the journal's thread and the actors work until this holds, while a second passes now and then."""
        async with asyncio.timeout(20):
            while not holds():
                await asyncio.sleep(0.005)
                await self._clock.advance(0.2)

    async def said(self, part: str, lane: str = MESSAGE_LANE) -> list[str]:
        """What was said to Anna so far in this lane, as soon as these words are among it."""
        async with asyncio.timeout(20):
            while True:
                texts = await self._texts(lane)
                if any(part in text for text in texts):
                    return texts
                await asyncio.sleep(0.005)
                await settle()

    async def _texts(self, lane: str) -> list[str]:
        batch = await self.system.ask(self.system.find("journal"), TakeOutbox(lane, 0, 100), deadline_s=30)
        assert isinstance(batch, OutboxBatch)
        calls = (msgspec.json.decode(entry.payload, type=TelegramCall) for entry in batch.entries)
        return [str(call.parameters["text"]) for call in calls if "text" in call.parameters]


@pytest.fixture
async def coach(tmp_path: Path) -> AsyncIterator[Coach]:
    await migrate_sqlite(tmp_path / "records.sqlite", ROOT / "migrations")
    store = await SqliteStore.open(tmp_path / "records.sqlite")
    made = Coach(tmp_path, store)
    await made.begin()
    yield made
    await made.end()
    await store.close()


def heard(request: Transcribe) -> Transcribed:
    return Transcribed(request.request_id, PROSPECT, "en", 4.0, "m")


async def test_words_are_shown_and_go_on(coach: Coach) -> None:
    """A newcomer's voice note is asked for without naming a row, and its words are offered as a prospect."""
    request = await coach.speaks()
    coach.answers(heard(request))

    assert (request.file_id, request.size, request.duration_s, request.user_id) == ("f", 900, 4, None)
    texts = await coach.said(TEXTS("offer-support"))
    assert texts == [TEXTS("voice-heard", text=PROSPECT), TEXTS("offer-support")]


async def test_a_restart_asks_on_for_the_transcript_it_knows(coach: Coach) -> None:
    """The id that the provider gave is in the journal before the process ends, and comes back after it."""
    request = await coach.speaks()
    coach.answers(TranscriptBegun(request.request_id, "transcript-7"))
    await settle()
    await coach.end()
    await coach.begin()
    coach.wakes()
    again = await coach.asked()

    assert again == msgspec.structs.replace(request, transcript_id="transcript-7")
    coach.answers(heard(again))
    await coach.said(TEXTS("voice-heard", text=PROSPECT))


async def test_words_that_break_a_flow_are_not_heard_again(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rep reads that something broke; the session lives, and no recording is paid for once more."""

    def breaks(*_: object) -> Turn:
        raise ZeroDivisionError

    monkeypatch.setattr(conversation, "_said", breaks)
    request = await coach.speaks()
    coach.answers(heard(request))
    texts = await coach.said(TEXTS("broken-update"))
    monkeypatch.undo()
    coach.answers(heard(request))
    second = await coach.speaks()
    coach.answers(heard(second))

    assert texts == [TEXTS("broken-update")]
    assert second.request_id != request.request_id
    assert len(await coach.said(TEXTS("offer-support"))) == 3


async def test_words_are_kept_where_rows_are_out_of_reach(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flow that cannot go on without rows loses no words: they wait for Try again."""

    def lacks_rows(*_: object) -> Turn:
        raise RowsUnreachable

    monkeypatch.setattr(conversation, "_said", lacks_rows)
    coach.answers(heard(await coach.speaks()))

    assert await coach.said(TEXTS("voice-kept")) == [TEXTS("voice-heard", text=PROSPECT), TEXTS("voice-kept")]


async def test_what_nobody_asked_for_has_a_lane_of_its_own(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reminder lies apart from the answers, so that they are sent beside however many wait."""
    monkeypatch.setattr(
        conversation, "time_come", lambda state, *_: Turn(state, calls=send_calls(7, plain("Today for Maria")))
    )
    coach.system.send(coach.system.find("sessions"), Nudge("session/7", "remind", "lead7", "t1"))
    assert await coach.said("Maria", BULK_LANE) == ["Today for Maria"]
    await coach.writes("/help")
    assert "Today for Maria" not in await coach.said("/support")


async def _registered(coach: Coach) -> None:
    common = {"provider": "openrouter", "openrouter_model": "m", "anthropic_model": "m"}
    person = {"id": user_id(7), "telegram_id": 7, "username": "anna", "first_name": "Anna"}
    await coach.store.insert("users", [person | common | {"created_at": to_text(1.0), "updated_at": to_text(1.0)}])


async def test_an_idle_session_leaves_memory_and_returns_with_its_state(coach: Coach) -> None:
    """After 15 minutes it is gone; a prospect that comes then is the answer to what was asked before."""
    await _registered(coach)
    await coach.writes("/support")
    await coach.said(TEXTS("support-ask"))
    before = await coach.state()
    assert coach.sessions == 1
    await coach.idles()
    assert await coach.state() == before
    await coach.writes(PROSPECT)
    await coach.until(lambda: any(isinstance(message, Complete) for message in coach.router.messages))
    assert coach.sessions == 1


async def test_rows_are_read_while_the_model_works(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the answer is made with lies ready when the answer comes."""
    await _registered(coach)
    selected: list[str] = []
    select = coach.store.select

    async def watched(table: str, *arguments: Any, **named: Any) -> list[Row]:
        selected.append(table)
        return await select(table, *arguments, **named)

    monkeypatch.setattr(coach.store, "select", watched)
    await coach.writes(f"/support {PROSPECT}")
    await coach.until(lambda: "lead_registry" in selected)
    assert selected.count("lead_registry") == 1
    assert any(isinstance(message, Complete) for message in coach.router.messages)


async def test_a_cancel_is_heard_while_storage_hangs(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading ahead holds up nobody: the run is stopped and the rep is told."""
    await _registered(coach)
    hanging = asyncio.Event()
    select = coach.store.select

    async def hangs(table: str, *arguments: Any, **named: Any) -> list[Row]:
        if table == "lead_registry":
            hanging.set()
            try:
                await asyncio.Event().wait()
            finally:
                hanging.clear()
        return await select(table, *arguments, **named)

    monkeypatch.setattr(coach.store, "select", hangs)
    await coach.writes(f"/support {PROSPECT}")
    await coach.until(hanging.is_set)
    await coach.writes("/cancel")
    await coach.said(TEXTS("cancelled-job"))
    assert hanging.is_set()


async def test_a_read_ahead_that_breaks_leaves_the_session_working(
    coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug in reading restarts the session, which takes up what it was about."""
    await _registered(coach)
    reads: list[str] = []
    select = coach.store.select

    async def broken(table: str, *arguments: Any, **named: Any) -> list[Row]:
        reads.append(table)
        if table == "lead_registry" and reads.count(table) == 1:
            raise ZeroDivisionError
        return await select(table, *arguments, **named)

    monkeypatch.setattr(coach.store, "select", broken)
    await coach.writes(f"/support {PROSPECT}")
    await coach.until(lambda: reads.count("lead_registry") == 2)
    await coach.writes("/cancel")
    await coach.said(TEXTS("cancelled-job"))
