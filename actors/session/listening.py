"""Listening: how a session has recordings put into words, and shows meanwhile that it listens."""

from collections.abc import Callable

from actors.providers.transcription import (
    CancelTranscription,
    SpeechProblem,
    Transcribe,
    TranscriptionFailed,
    TranscriptionQueued,
)
from actors.session.hearing import request_id
from actors.session.state import Hearing, SessionState
from actors.telegram.messages import EndDraft, ShowDraft
from actors.texts import Texts
from runtime import Actor

MARGIN_S = 30.0
"""How much longer than promised a session waits before it takes the transcriber's silence for a no."""


class Listening:
    """One session's requests to the transcriber; their answers come to the session itself."""

    def __init__(self, owner: Actor, state: Callable[[], SessionState]) -> None:
        self._owner = owner
        self._state = state
        self._asked: set[str] = set()

    def start(self, texts: Texts) -> None:
        """Ask for the words of the first hearing's recordings, unless that was done."""
        hearings = self._state().hearings
        if not hearings or not hearings[0].sounds:
            return
        self._show(hearings[0], texts("voice-listening"))
        for request in self._requests(hearings[0]):
            if request.request_id not in self._asked:
                self._asked.add(request.request_id)
                self._owner.send(self._owner.find("transcriber"), request)
                silent = TranscriptionFailed(request.request_id, SpeechProblem.DEADLINE, "transcriber_silent")
                self._owner.timer(request.patience_s + MARGIN_S, silent)

    def stop(self, hearing: Hearing) -> None:
        """Nobody waits for this hearing any more."""
        for sound in hearing.sounds:
            self._asked.discard(request_id(hearing, sound))
            self._owner.send(self._owner.find("transcriber"), CancelTranscription(request_id(hearing, sound)))
        self._owner.send(self._owner.find("message_sender"), EndDraft(self._rep, hearing.draft_id))

    def wait(self, news: TranscriptionQueued, texts: Texts) -> None:
        """Show how long the wait will be."""
        for hearing in self._state().hearings[:1]:
            if any(request_id(hearing, sound) == news.request_id for sound in hearing.sounds):
                seconds = round(news.expected_wait_s)
                self._show(hearing, texts("progress-waiting", position=news.position, seconds=seconds))

    def over(self, request: str) -> None:
        """The transcriber has answered."""
        self._asked.discard(request)

    @property
    def _rep(self) -> int:
        return self._state().rep.telegram_id

    def _show(self, hearing: Hearing, text: str) -> None:
        self._owner.send(self._owner.find("message_sender"), ShowDraft(self._rep, hearing.draft_id, text))

    def _requests(self, hearing: Hearing) -> tuple[Transcribe, ...]:
        profile = self._state().profile
        return tuple(
            Transcribe(
                request_id=request_id(hearing, sound),
                telegram_id=self._rep,
                user_id=profile.user_id if profile else None,
                file_id=sound.file.file_id,
                size=sound.file.size,
                duration_s=sound.duration_s,
                transcript_id=hearing.begun.get(sound.message_id),
            )
            for sound in hearing.sounds
        )
