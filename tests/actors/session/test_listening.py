"""How a session talks to the transcriber: each recording asked for once, and never waited for without an end."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from actors.providers.transcription import (
    CancelTranscription,
    SpeechProblem,
    Transcribe,
    TranscriptionFailed,
    TranscriptionQueued,
)
from actors.session.listening import MARGIN_S, Listening
from actors.session.state import Hearing, SessionState
from actors.session.waiting import Idle
from actors.telegram.incoming import AudioMessage, File, Sender
from actors.telegram.messages import EndDraft, ShowDraft
from actors.texts import Texts
from runtime import Actor, ActorSystem, Address, ChildSpec
from runtime.testing import ManualClock, Probe, settle
from storage import user_id
from tests.actors.session.world import ready

ANNA = Sender(telegram_id=7, username="anna", first_name="Anna")
TEXTS = Texts()


def hearing(*ids: int) -> Hearing:
    sounds = tuple(AudioMessage(7, ANNA, id_, "voice", File(f"f{id_}", "u", 900), 60, 0) for id_ in ids)
    return Hearing("run", 77, Idle(), sounds, begun={2: "known"})


class Stand(Actor):
    """A session's stand-in: listens, and notes what it is told."""

    def __init__(self, state: list[SessionState], told: list[object]) -> None:
        super().__init__()
        self.state, self._told = state, told

    async def started(self) -> None:
        self._listening = Listening(self, lambda: self.state[0])

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case "start":
                self._listening.start(TEXTS)
            case "stop":
                self._listening.stop(self.state[0].hearings[0])
            case TranscriptionQueued():
                self._listening.wait(message, TEXTS)
            case _:
                self._told.append(message)


class World:
    """A stand-in between a transcriber and a sender in the test's hand."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.system = ActorSystem(clock=self.clock)
        self.state = [msgspec.structs.replace(ready(), hearings=(hearing(1, 2),))]
        self.told: list[object] = []

    async def begin(self) -> None:
        self.transcriber = await Probe.start(self.system, "transcriber", well_known=True)
        self.sender = await Probe.start(self.system, "message_sender", well_known=True)
        self.session = await self.system.start(ChildSpec("session", lambda: Stand(self.state, self.told)))

    async def tell(self, message: object) -> None:
        self.system.send(self.session, message)
        await settle()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    await made.begin()
    yield made
    await made.system.shutdown()


async def test_each_recording_is_asked_for_once(world: World) -> None:
    """With its file, its length, and the transcript that is known of it; a second start asks for nothing new."""
    await world.tell("start")
    await world.tell("start")
    first, second = world.transcriber.messages
    assert first == Transcribe(
        request_id="run/1", telegram_id=7, user_id=user_id(7), file_id="f1", size=900, duration_s=60
    )
    assert isinstance(second, Transcribe)
    assert second.transcript_id == "known"
    assert world.sender.messages[0] == ShowDraft(7, 77, TEXTS("voice-listening"))


async def test_a_transcriber_that_says_nothing_is_a_failure(world: World) -> None:
    """Its patience and half a minute later the session takes its silence for a no."""
    await world.tell("start")
    await world.clock.advance(120.0 + MARGIN_S - 1)
    assert world.told == []
    await world.clock.advance(2.0)
    expected = {TranscriptionFailed(f"run/{id_}", SpeechProblem.DEADLINE, "transcriber_silent") for id_ in (1, 2)}
    assert set(world.told) == expected


async def test_stop_cancels_every_recording_of_a_hearing(world: World) -> None:
    """The transcriber is told of each, and the draft is shown no more."""
    await world.tell("start")
    await world.tell("stop")
    assert world.transcriber.messages[2:] == [CancelTranscription("run/1"), CancelTranscription("run/2")]
    assert world.sender.messages[-1] == EndDraft(7, 77)


async def test_a_wait_is_shown(world: World) -> None:
    """Position and seconds stand in the draft; of a recording that is over nothing is shown."""
    await world.tell("start")
    shown = len(world.sender.messages)
    await world.tell(TranscriptionQueued("run/1", 4, 31.6))
    await world.tell(TranscriptionQueued("gone/1", 4, 31.6))
    waiting = ShowDraft(7, 77, TEXTS("progress-waiting", position=4, seconds=32))
    assert world.sender.messages[shown:] == [waiting]
