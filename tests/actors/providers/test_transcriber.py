import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
import structlog

from actors.journal import journal_spec
from actors.providers.assemblyai import AssemblyAI
from actors.providers.messages import RecordSpan, RecordTrace
from actors.providers.secret import Secret
from actors.providers.transcriber import LEFT_S, SpeechSettings, Transcriber
from actors.providers.transcription import (
    LARGEST_BYTES,
    LONGEST_S,
    CancelTranscription,
    DescribeTranscriber,
    SpeechProblem,
    Transcribe,
    Transcribed,
    TranscriberDescribed,
    TranscriptBegun,
    TranscriptionFailed,
    TranscriptionQueued,
)
from actors.telegram.messages import FetchFile, FileFetched, FileRefused
from runtime import Actor, ActorSystem, Address, ChildSpec
from runtime.testing import ManualClock, Probe, settle
from sandbox.speech import start
from sandbox.speech.ogg import voice_note

T = TypeVar("T")
KEY = "planted-speech-key-3f9a"
NOTE = voice_note("Maria says the price is far above her budget.", 4.0, "en")


class _Files(Actor):
    """The files that reps sent, by id."""

    def __init__(self, files: dict[str, bytes], fetched: list[str]) -> None:
        super().__init__()
        self._files, self._fetched = files, fetched

    async def receive(self, message: object, sender: Address) -> None:
        assert isinstance(message, FetchFile)
        self._fetched.append(message.file_id)
        content = self._files.get(message.file_id)
        self.reply(FileRefused(gone=True) if content is None else FileFetched(content))


class _Tracer(Actor):
    def __init__(self, records: list[Any]) -> None:
        super().__init__()
        self._records = records

    async def receive(self, message: object, sender: Address) -> None:
        self._records.append(message)


class World:
    """A transcriber before the emulator, with time that the tests move."""

    def __init__(self, url: str, clock: ManualClock, path: Path) -> None:
        self.url, self.clock, self.path = url, clock, path
        self.files = {
            "note": NOTE,
            "silence": voice_note(None),
            "click": voice_note("x", 0.1),
            "noise": b"\x00no sound",
        }
        self.fetched: list[str] = []
        self.records: list[Any] = []
        self.system = ActorSystem(clock=clock)
        self.http = aiohttp.ClientSession()
        self._number = 0

    async def begin(self, **settings: Any) -> None:
        """Start the transcriber and those it asks."""
        given = {"base_url": self.url, "key": Secret(KEY), "names": lambda: (), **settings}
        files, records = self.files, self.records
        self.system = ActorSystem(clock=self.clock)
        await self.system.start(journal_spec(self.path))
        await self.system.start(ChildSpec("tracer", lambda: _Tracer(records), well_known=True))
        await self.system.start(ChildSpec("file_fetcher", lambda: _Files(files, self.fetched), well_known=True))
        speech = SpeechSettings(**given)
        await self.system.start(ChildSpec("transcriber", lambda: Transcriber(speech), well_known=True))
        self.probe = await Probe.start(self.system)

    async def close(self) -> None:
        """Stop everything."""
        async with asyncio.timeout(20):
            await self.system.shutdown()
        await self.http.close()

    def ask(self, file: str = "note", **more: Any) -> str:
        """Ask for a recording's words; gives the request's id."""
        self._number += 1
        given: dict[str, Any] = {
            "request_id": f"request-{self._number}",
            "telegram_id": 7,
            "user_id": "u7",
            "file_id": file,
            "size": 900,
            "duration_s": 4.0,
            **more,
        }
        self.tell(Transcribe(**given))
        return str(given["request_id"])

    def tell(self, message: object) -> None:
        """Send to the transcriber as the probe."""
        self.probe.send(self.system.find("transcriber"), message)

    def has(self, kind: type[T]) -> list[T]:
        """The messages of this kind so far."""
        return [message for message, _ in self.probe.received if isinstance(message, kind)]

    async def expect(self, kind: type[T], *, step_s: float = 0.4) -> T:
        """Move time until the next message of this kind; it is taken, others are left."""
        await self.until(lambda: bool(self.has(kind)), step_s=step_s)
        place = next(at for at, (message, _) in enumerate(self.probe.received) if isinstance(message, kind))
        message = self.probe.received.pop(place)[0]
        assert isinstance(message, kind)
        return message

    async def until(self, holds: Callable[[], bool | Awaitable[bool]], *, step_s: float = 0.4) -> None:
        """Let sockets and actors work until this holds, and time pass between looks at it."""
        async with asyncio.timeout(20):
            while True:
                for _ in range(10):
                    held = holds()
                    if held if isinstance(held, bool) else await held:
                        return
                    await asyncio.sleep(0.001)
                await self.clock.advance(step_s)

    async def still(self, holds: Callable[[], bool | Awaitable[bool]]) -> None:
        """Let sockets and actors work until this holds, while time stands still."""
        await self.until(holds, step_s=0.0)

    async def order(self, path: str, body: Any) -> None:
        """Speak to the emulator's control API."""
        async with self.http.post(f"{self.url}/sim/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def fault(self, kind: str, route: str, **more: Any) -> None:
        """Order a fault."""
        await self.order("faults", {"kind": kind, "route": route, **more})

    async def _look(self, what: str) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.url}/sim/{what}") as answer:
            found: list[dict[str, Any]] = (await answer.json())[what]
            return found

    async def requests(self, route: str) -> int:
        """How often this was asked of the emulator."""
        return sum(one["route"] == route for one in await self._look("requests"))

    async def transcripts(self) -> list[dict[str, Any]]:
        """Every job of the emulator."""
        return await self._look("transcripts")

    async def all_deleted(self) -> bool:
        """Whether the emulator holds no words any more."""
        return all(one["deleted"] for one in await self.transcripts())

    async def described(self) -> TranscriberDescribed:
        """The transcriber's state."""
        reply = await self.system.ask(self.system.find("transcriber"), DescribeTranscriber(), deadline_s=60)
        assert isinstance(reply, TranscriberDescribed)
        return reply


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An emulator that works at once, and a transcriber that is not begun yet."""
    clock = ManualClock()
    server = await start(processing_s=0.0, clock=clock.time)
    made = World(server.url, clock, tmp_path / "journal.sqlite")
    yield made
    await made.close()
    await server.stop()


async def test_words_come_back_and_nothing_stays(world: World) -> None:
    """A recording is fetched, handed in, ordered and read, and its transcript is deleted at the provider."""
    await world.begin()
    request = world.ask()
    heard = await world.expect(Transcribed)

    assert heard.request_id == request
    assert heard.text == "Maria says the price is far above her budget."
    assert (heard.language, heard.duration_s, heard.model) == ("en", 4.0, "assemblyai-stt-3-7")
    await world.still(world.all_deleted)
    (job,) = await world.transcripts()
    assert job["asked"]["speech_models"] == ["assemblyai-stt-3-7", "universal-2"]
    assert job["asked"]["language_detection"] is True


async def test_the_names_of_the_house_are_listened_for(world: World) -> None:
    """Products and competitors go with each order as they are named then, as far as the service's bounds allow."""
    names = ["Torquebell Planner", "one two three four five six seven", *["a b c d e f"] * 33, "Fixloom"]
    await world.begin(names=lambda: tuple(names))
    world.ask()
    await world.expect(Transcribed)
    names[:] = []
    world.ask()
    await world.expect(Transcribed)
    first, second = await world.transcripts()

    assert first["asked"]["keyterms_prompt"] == ["Torquebell Planner", *["a b c d e f"] * 33]
    assert "keyterms_prompt" not in second["asked"]


async def test_limits_are_told_before_anything_is_fetched(world: World) -> None:
    """What is too long or too large is refused at once: not fetched, not handed in, not paid for."""
    await world.begin()
    world.ask(duration_s=LONGEST_S + 1)
    world.ask(size=LARGEST_BYTES + 1)
    problems = [(await world.expect(TranscriptionFailed, step_s=0.0)).problem for _ in range(2)]

    assert problems == [SpeechProblem.TOO_LONG, SpeechProblem.TOO_LARGE]
    assert world.fetched == []
    assert await world.requests("upload") == 0


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("silence", SpeechProblem.NO_SPEECH),
        ("click", SpeechProblem.TOO_SHORT),
        ("noise", SpeechProblem.UNREADABLE),
        ("nowhere", SpeechProblem.FILE_GONE),
    ],
)
async def test_a_recording_without_words_says_why(world: World, file: str, problem: SpeechProblem) -> None:
    """Silence, a click, noise and a lost file are told apart, final all, and leave nothing behind."""
    await world.begin()
    world.ask(file)
    failed = await world.expect(TranscriptionFailed)

    assert failed.problem is problem
    assert failed.problem.final
    await world.until(world.all_deleted)


async def test_a_long_job_is_asked_for_with_growing_pauses(world: World) -> None:
    """Looks are spaced from 0.8 to 5 seconds, so a minute of waiting costs few of them."""
    await world.begin()
    await world.order("processing", {"seconds": 60})
    world.ask()
    await world.expect(Transcribed)

    assert 12 <= await world.requests("poll") <= 17


@pytest.mark.parametrize("kind", ["server_error", "unavailable", "disconnect", "invalid_json"])
async def test_passing_faults_of_free_calls_are_waited_out(world: World, kind: str) -> None:
    """Handing in and looking cost nothing: a passing fault of either is tried again."""
    await world.begin()
    await world.fault(kind, "upload")
    await world.fault(kind, "poll", times=3)
    world.ask()
    await world.expect(Transcribed)

    assert await world.requests("create") == 1


@pytest.mark.parametrize("kind", ["cut", "disconnect", "server_error", "gateway_timeout", "invalid_json"])
async def test_an_order_that_may_have_been_taken_is_not_repeated(world: World, kind: str) -> None:
    """An order may be paid for, so whatever leaves its fate open is a failure of its own, which the rep may retry."""
    await world.begin()
    await world.fault(kind, "create")
    world.ask()
    failed = await world.expect(TranscriptionFailed)

    assert failed.problem is SpeechProblem.UNCERTAIN
    assert not failed.problem.final
    assert await world.requests("create") == 1


@pytest.mark.parametrize("kind", ["rate_limit", "unavailable"])
async def test_an_order_that_was_refused_is_repeated(world: World, kind: str) -> None:
    """An answer that says that nothing was begun leaves nothing open; its pause is kept to the second."""
    await world.begin()
    await world.fault(kind, "create", retry_after=30)
    world.ask()
    await world.still(lambda: _is_asked(world, "create", 1))
    asked_at = world.clock.now()
    await world.until(lambda: _is_asked(world, "create", 2), step_s=1.0)

    assert 29.0 <= world.clock.now() - asked_at <= 32.0
    await world.expect(Transcribed)


async def test_a_pause_longer_than_anyone_waits_is_told_at_once(world: World) -> None:
    """Where the provider asks for ten minutes nobody is kept waiting for them, and nothing is asked meanwhile."""
    await world.begin()
    await world.fault("rate_limit", "upload", retry_after=600)
    world.ask()
    first = await world.expect(TranscriptionFailed, step_s=0.0)
    world.ask()
    second = await world.expect(TranscriptionFailed, step_s=0.0)

    assert (first.problem, first.retry_after_s) == (SpeechProblem.RATE_LIMITED, 600.0)
    assert second.problem is SpeechProblem.RATE_LIMITED
    assert await world.requests("upload") == 1


async def test_a_job_that_failed_by_itself_is_ordered_once_more(world: World) -> None:
    """Failed jobs are not paid for: one is handed in and ordered again, the second failure is told."""
    await world.begin()
    await world.fault("error_in_200", "create")
    world.ask()
    await world.expect(Transcribed)
    await world.fault("error_in_200", "create", times=2)
    world.ask()
    failed = await world.expect(TranscriptionFailed)

    assert failed.problem is SpeechProblem.UNAVAILABLE
    assert await world.requests("create") == 4
    await world.until(world.all_deleted)


async def test_a_cancelled_request_says_nothing_and_leaves_nothing(world: World) -> None:
    """A cancel during the work ends it; what the provider does not delete now is deleted when it can be."""
    await world.begin()
    await world.order("processing", {"seconds": 40})
    request = world.ask()
    await world.expect(TranscriptBegun)
    world.tell(CancelTranscription(request))
    await world.until(lambda: _undeleted(world, 1), step_s=0.0)
    await world.until(world.all_deleted, step_s=5.0)

    assert (await world.described()).undeleted == 0
    assert not world.has(Transcribed)
    assert not world.has(TranscriptionFailed)


class _Order:
    """Holds the answer to an order back until the test lets it come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken = asyncio.Event()
        self.answered = asyncio.Event()
        send = AssemblyAI.order

        async def order(service: AssemblyAI, upload_url: str, now: float) -> str:
            try:
                return await send(service, upload_url, now)
            finally:
                self.taken.set()
                await self.answered.wait()

        monkeypatch.setattr(AssemblyAI, "order", order)

    async def cancelled_under_way(self, world: World) -> None:
        """Cancel a request while its order is under way, and then let the answer come."""
        request = world.ask()
        await world.still(self.taken.is_set)
        world.tell(CancelTranscription(request))
        await settle()
        self.answered.set()
        await world.still(lambda: _in_flight(world, 0))


async def test_an_order_under_way_at_a_cancel_is_deleted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer is waited for, because only that tells which transcript to delete; the sender waits for nothing."""
    order = _Order(monkeypatch)
    await world.begin()
    await order.cancelled_under_way(world)

    assert await world.requests("create") == 1
    assert await world.all_deleted()
    assert world.probe.received == []


async def test_an_order_under_way_at_the_deadline_is_deleted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender hears of the deadline in time; the transcript ordered too late is deleted all the same."""
    order = _Order(monkeypatch)
    await world.begin()
    world.ask()
    await world.still(order.taken.is_set)
    failed = await world.expect(TranscriptionFailed, step_s=5.0)
    order.answered.set()
    await world.still(lambda: _in_flight(world, 0))

    assert failed.problem is SpeechProblem.DEADLINE
    assert await world.all_deleted()


async def test_a_second_order_under_way_at_the_deadline_is_deleted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed by itself was ordered again: neither transcript is left, though only the first is known by then."""
    order = _Order(monkeypatch)
    order.answered.set()
    await world.begin()
    await world.fault("error_in_200", "create")
    world.ask()
    await world.expect(TranscriptBegun, step_s=0.0)
    order.taken.clear()
    order.answered.clear()
    await world.until(order.taken.is_set)
    await world.expect(TranscriptionFailed, step_s=5.0)
    order.answered.set()
    await world.still(lambda: _in_flight(world, 0))

    assert await world.requests("create") == 2
    await world.until(world.all_deleted, step_s=600.0)


async def test_an_order_refused_after_a_cancel_is_not_repeated(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the words, so what the provider did not take is not ordered again."""
    order = _Order(monkeypatch)
    await world.begin()
    await world.fault("unavailable", "create")
    await order.cancelled_under_way(world)

    assert await world.requests("create") == 1
    assert await world.transcripts() == []


async def test_what_is_left_to_delete_survives_a_restart(world: World) -> None:
    """The provider refuses to delete a job under way; whoever starts next does it, and then forgets it."""
    await world.begin()
    await world.order("processing", {"seconds": 3_600})
    request = world.ask()
    await world.expect(TranscriptBegun)
    world.tell(CancelTranscription(request))
    await world.still(lambda: _undeleted(world, 1))
    await world.system.shutdown()
    await world.order("processing", {"seconds": 0})
    await world.begin()
    await world.until(world.all_deleted, step_s=2.0)
    await world.until(lambda: _undeleted(world, 0))
    await world.system.shutdown()
    await world.begin()

    assert (await world.described()).undeleted == 0


async def test_a_provider_that_never_deletes_is_left_to_its_own_retention(world: World) -> None:
    """Attempts become rare and end after a day, which the status and the log tell."""
    await world.begin()
    await world.fault("server_error", "delete", times=0)
    world.ask()
    await world.expect(Transcribed)
    with structlog.testing.capture_logs() as logs:
        await world.until(lambda: _abandoned(world, 1), step_s=1_800.0)

    assert await world.requests("delete") < 50
    assert [entry["event"] for entry in logs].count("transcript_not_deleted") == 1


async def test_the_death_of_the_sender_cancels(world: World) -> None:
    """Nobody is left to hear the words, so nothing is asked for any more."""
    await world.begin()
    await world.order("processing", {"seconds": 40})
    world.ask()
    await world.expect(TranscriptBegun)
    world.probe.actor.stop()
    await world.still(lambda: _undeleted(world, 1))

    assert (await world.described()).in_flight == 0


async def test_a_deadline_ends_the_wait(world: World) -> None:
    """A provider that never gets done costs the rep 90 seconds and half the recording's length, no more."""
    await world.begin()
    await world.order("processing", {"seconds": 100_000})
    world.ask(duration_s=60.0)
    began = world.clock.now()
    failed = await world.expect(TranscriptionFailed, step_s=2.0)

    assert failed.problem is SpeechProblem.DEADLINE
    assert 120.0 <= world.clock.now() - began <= 125.0


async def test_a_transcript_that_takes_too_long_is_fetched_by_another_try(world: World) -> None:
    """It stays with the provider for an hour: who asks for it again waits for the same one, and it is paid for once."""
    await world.begin()
    await world.order("processing", {"seconds": 120})
    world.ask()
    begun = await world.expect(TranscriptBegun)
    failed = await world.expect(TranscriptionFailed, step_s=2.0)
    world.ask(transcript_id=begun.transcript_id)
    heard = await world.expect(Transcribed, step_s=2.0)

    assert failed.problem is SpeechProblem.DEADLINE
    assert heard.text.startswith("Maria")
    assert (await world.requests("create"), world.fetched) == (1, ["note"])
    await world.still(world.all_deleted)


async def test_a_transcript_nobody_comes_back_for_is_deleted(world: World) -> None:
    """After an hour the provider is asked to forget what took too long."""
    await world.begin()
    await world.order("processing", {"seconds": 120})
    world.ask()
    await world.expect(TranscriptionFailed, step_s=2.0)
    await world.clock.advance(LEFT_S - 60.0)
    await settle()
    asked = await world.requests("delete")
    await world.until(world.all_deleted, step_s=10.0)
    await world.until(lambda: _undeleted(world, 0))

    assert asked == 0
    assert await world.requests("delete") == 1


async def test_a_transcript_begun_before_is_not_ordered_again(world: World) -> None:
    """After a restart the same transcript is waited for: nothing is fetched, handed in or paid for twice."""
    await world.begin()
    await world.order("processing", {"seconds": 20})
    world.ask()
    begun = await world.expect(TranscriptBegun)
    await world.system.shutdown()
    await world.begin()
    world.ask(transcript_id=begun.transcript_id)
    heard = await world.expect(Transcribed)

    assert heard.text.startswith("Maria")
    assert (await world.requests("create"), world.fetched) == (1, ["note"])
    await world.still(world.all_deleted)


async def test_a_transcript_that_is_gone_is_made_anew(world: World) -> None:
    """One that was deleted meanwhile, or never was, gives no false words: the recording is handed in again."""
    await world.begin()
    world.ask()
    begun = await world.expect(TranscriptBegun)
    await world.expect(Transcribed)
    await world.still(world.all_deleted)
    for known in (begun.transcript_id, "never-was"):
        world.ask(transcript_id=known)
        assert (await world.expect(Transcribed)).text.startswith("Maria")


async def test_the_same_request_asked_again_answers_the_newer_sender(world: World) -> None:
    """A session that began anew hears the words once, and the provider does the work once."""
    await world.begin()
    await world.order("processing", {"seconds": 10})
    world.ask(request_id="a")
    begun = await world.expect(TranscriptBegun)
    second = await Probe.start(world.system, "second")
    request = Transcribe(request_id="a", telegram_id=7, user_id="u", file_id="note", size=9, duration_s=4.0)
    second.send(world.system.find("transcriber"), request)
    await world.until(lambda: any(isinstance(message, Transcribed) for message, _ in second.received))

    assert second.received[0][0] == begun
    assert not world.has(Transcribed)
    assert await world.requests("create") == 1


async def test_reps_take_turns_and_hear_their_place(world: World) -> None:
    """One who sends many waits behind himself; who has to wait for long is told."""
    await world.begin(concurrency=1)
    await world.order("processing", {"seconds": 3})
    flood = [world.ask(telegram_id=1) for _ in range(4)]
    other = world.ask(telegram_id=2)
    queued = await world.expect(TranscriptionQueued, step_s=0.0)
    order = [(await world.expect(Transcribed)).request_id for _ in range(5)]

    assert queued.expected_wait_s > 5
    assert order == [*flood[:2], other, *flood[2:]]


async def test_a_wait_that_changes_is_told_again(world: World) -> None:
    """At once when the provider asks for a pause, and as that passes; not with every second, nor once it is short."""
    await world.begin(concurrency=1)
    await world.fault("rate_limit", "create", retry_after=60)
    world.ask(telegram_id=1)
    other = world.ask(telegram_id=2)
    assert await world.expect(TranscriptionQueued, step_s=0.0) == TranscriptionQueued(other, 1, 8.0)
    assert await world.expect(TranscriptionQueued, step_s=0.0) == TranscriptionQueued(other, 1, 60.0)
    for _ in range(58):
        await world.clock.advance(1.0)
        await settle()
    assert [one.expected_wait_s for one in world.has(TranscriptionQueued)] == [40.0, 25.0, 15.0, 10.0]


async def test_who_asks_on_is_told_of_the_wait_too(world: World) -> None:
    """Whoever begins anew has not heard it."""
    await world.begin(concurrency=1)
    await world.order("processing", {"seconds": 1_000})
    world.ask(telegram_id=1)
    other = world.ask(telegram_id=2)
    await world.expect(TranscriptionQueued, step_s=0.0)
    world.ask(telegram_id=2, request_id=other)
    assert (await world.expect(TranscriptionQueued, step_s=1.0)).request_id == other


async def test_no_more_than_allowed_are_under_way(world: World) -> None:
    """Concurrency is bounded for all, and for one rep."""
    await world.begin(concurrency=3, per_rep=2)
    await world.order("processing", {"seconds": 1_000})
    for rep in (1, 1, 1, 2, 3):
        world.ask(telegram_id=rep)
    await world.still(lambda: _is_asked(world, "create", 3))
    described = await world.described()

    assert (described.in_flight, described.queued) == (3, 2)


async def test_a_provider_that_is_away_is_told_at_once(world: World) -> None:
    """After five failures nobody waits for a sixth: everyone is told, until one probe succeeds."""
    await world.begin()
    await world.fault("unavailable", "upload", times=0)
    for _ in range(5):
        world.ask()
        assert (await world.expect(TranscriptionFailed)).problem is SpeechProblem.UNAVAILABLE
    asked = await world.requests("upload")
    world.ask()
    refused = await world.expect(TranscriptionFailed, step_s=0.0)
    described = await world.described()
    await world.order("reset", {})
    await world.clock.advance(20.0)
    world.ask()
    await world.expect(Transcribed)

    assert refused.problem is SpeechProblem.UNAVAILABLE
    assert refused.retry_after_s is not None
    assert await world.requests("upload") == 1
    assert asked == 15
    assert (described.state, described.last_problem) == ("open", "provider_keeps_failing")
    assert (await world.described()).state == "closed"


async def test_a_bad_key_is_the_operators_affair(world: World) -> None:
    """A refused key fails at once, is not tried again for a minute, and shows in the status, without the key."""
    await world.begin(key=Secret("an-invalid-planted-key"))
    with structlog.testing.capture_logs() as logs:
        world.ask()
        assert (await world.expect(TranscriptionFailed)).problem is SpeechProblem.MISCONFIGURED
    world.ask()
    again = await world.expect(TranscriptionFailed, step_s=0.0)

    assert again.problem is SpeechProblem.MISCONFIGURED
    assert await world.requests("upload") == 1
    assert [entry["log_level"] for entry in logs] == ["error"]
    assert "planted" not in f"{logs} {await world.described()} {again}"


async def test_the_key_and_the_words_show_nowhere(world: World) -> None:
    """Neither the key nor anything said is in a log, a span or the status."""
    await world.begin()
    with structlog.testing.capture_logs() as logs:
        world.ask()
        await world.expect(Transcribed)
        await world.fault("cut", "create")
        world.ask()
        await world.expect(TranscriptionFailed)

    shown = f"{logs} {world.records} {await world.described()}"
    assert KEY not in shown
    assert "Maria" not in shown


async def test_each_request_leaves_a_trace(world: World) -> None:
    """A trace and a span tell how long it took and how it ended, a failure and a cancel too."""
    await world.begin()
    world.ask()
    await world.expect(Transcribed)
    world.ask("silence")
    await world.expect(TranscriptionFailed)
    await world.order("processing", {"seconds": 1_000})
    request = world.ask()
    await world.expect(TranscriptBegun)
    world.tell(CancelTranscription(request))
    await world.still(lambda: len(world.records) == 6)
    traces = [record for record in world.records if isinstance(record, RecordTrace)]
    spans = [record for record in world.records if isinstance(record, RecordSpan)]

    assert [trace.error for trace in traces] == [None, "no_speech", "cancelled"]
    assert [span.trace_id for span in spans] == [trace.trace_id for trace in traces]
    assert spans[0].attributes["gen_ai.provider.name"] == "assemblyai"
    assert spans[0].ended_at > spans[0].started_at


async def _is_asked(world: World, route: str, count: int) -> bool:
    return await world.requests(route) >= count


async def _in_flight(world: World, count: int) -> bool:
    return (await world.described()).in_flight == count


async def _undeleted(world: World, count: int) -> bool:
    return (await world.described()).undeleted == count


async def _abandoned(world: World, count: int) -> bool:
    return (await world.described()).abandoned == count
