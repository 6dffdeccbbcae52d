"""Undeleted: transcripts that still lie with the provider, asked to be deleted until they are."""

import functools

import msgspec
import structlog

from actors.providers.assemblyai import AssemblyAI, SpeechError
from runtime import Actor

_LOG = structlog.get_logger(__name__)
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 3_600.0
TRIES = 36
"""With pauses that double up to an hour this is more than a day."""
MOST = 10_000


class _Try(msgspec.Struct, frozen=True):
    transcript_id: str
    tries: int


class _Tried(msgspec.Struct, frozen=True):
    transcript_id: str
    tries: int
    error: Exception | None


class Undeleted:
    """What one transcriber has to delete; after `TRIES` the provider's own retention has to do, which is logged."""

    def __init__(self, owner: Actor, service: AssemblyAI) -> None:
        self._owner = owner
        self._service = service
        self._open: set[str] = set()
        self.abandoned = 0

    def __len__(self) -> int:
        return len(self._open)

    def add(self, transcript_id: str) -> None:
        """Have it deleted, the first time after a moment: the provider may still be working on it."""
        if transcript_id in self._open:
            return
        if len(self._open) >= MOST:
            self._abandon(transcript_id)
            return
        self._open.add(transcript_id)
        self._owner.timer(FIRST_PAUSE_S, _Try(transcript_id, 1))

    def take(self, message: object) -> bool:
        """Whether this message was one of its own, which is then dealt with."""
        match message:
            case _Try(transcript_id=transcript_id, tries=tries):
                failed = functools.partial(_Tried, transcript_id, tries)
                self._owner.pipe(self._delete(transcript_id, tries), failed=failed)
            case _Tried(transcript_id=transcript_id, error=None):
                self._open.discard(transcript_id)
            case _Tried(error=error) if error is not None and not isinstance(error, SpeechError):
                raise error
            case _Tried(transcript_id=transcript_id, tries=tries) if tries < TRIES:
                pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**tries)
                self._owner.timer(pause, _Try(transcript_id, tries + 1))
            case _Tried(transcript_id=transcript_id):
                self._abandon(transcript_id)
            case _:
                return False
        return True

    async def _delete(self, transcript_id: str, tries: int) -> _Tried:
        await self._service.delete(transcript_id, self._owner.clock.time())
        return _Tried(transcript_id, tries, None)

    def _abandon(self, transcript_id: str) -> None:
        self._open.discard(transcript_id)
        self.abandoned += 1
        _LOG.error("transcript_not_deleted", transcript=transcript_id)
