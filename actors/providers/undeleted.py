"""Undeleted: transcripts that still lie with the provider, asked to be deleted until they are, over restarts too."""

import functools

import msgspec
import structlog

from actors.journal import Commit, Load, Loaded
from actors.providers.assemblyai import AssemblyAI, SpeechError
from actors.providers.journal_asking import ask_journal
from runtime import Actor

_LOG = structlog.get_logger(__name__)
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 3_600.0
TRIES = 36
"""With pauses that double up to an hour this is more than a day."""
MOST = 10_000
KEY = "transcriber"


class _Try(msgspec.Struct, frozen=True):
    transcript_id: str
    tries: int


class _Tried(msgspec.Struct, frozen=True):
    transcript_id: str
    tries: int
    error: Exception | None


class _Broke(msgspec.Struct, frozen=True):
    error: Exception


class _Kept(msgspec.Struct, frozen=True):
    ids: frozenset[str]


class Undeleted:
    """What one transcriber has to delete, kept in the journal.

    After `TRIES` the provider's own retention has to do, which is logged. What was noted in the last moment before a
    crash may be forgotten.
    """

    def __init__(self, owner: Actor, service: AssemblyAI) -> None:
        self._owner = owner
        self._service = service
        self._open: set[str] = set()
        self._kept: frozenset[str] = frozenset()
        self._keeping = False
        self.abandoned = 0

    def __len__(self) -> int:
        return len(self._open)

    async def load(self) -> None:
        """Take up what was left to do before a restart; waits as long as the journal takes."""
        loaded = await ask_journal(self._owner, Load(KEY))
        if isinstance(loaded, Loaded) and loaded.snapshot is not None:
            self._kept = msgspec.json.decode(loaded.snapshot, type=frozenset[str])
            for transcript_id in sorted(self._kept):
                self.add(transcript_id)

    def add(self, transcript_id: str, after_s: float = FIRST_PAUSE_S) -> None:
        """Have it deleted, the first time after a moment: the provider may still be working on it.

        A restart cuts a longer wait short.
        """
        if transcript_id in self._open:
            return
        if len(self._open) >= MOST:
            self._abandon(transcript_id)
            return
        self._open.add(transcript_id)
        self._owner.timer(after_s, _Try(transcript_id, 1))
        self._keep()

    def take(self, message: object) -> bool:
        """Whether this message was one of its own, which is then dealt with."""
        match message:
            case _Try(transcript_id=transcript_id, tries=tries):
                failed = functools.partial(_Tried, transcript_id, tries)
                self._owner.pipe(self._delete(transcript_id, tries), failed=failed)
            case _Tried(transcript_id=transcript_id, error=None):
                self._open.discard(transcript_id)
                self._keep()
            case _Broke(error=error):
                raise error
            case _Kept(ids=ids):
                self._kept, self._keeping = ids, False
                self._keep()
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
        self._keep()
        self.abandoned += 1
        _LOG.error("transcript_not_deleted", transcript=transcript_id)

    def _keep(self) -> None:
        """Write what is open, one write at a time."""
        if not self._keeping and self._open != self._kept:
            self._keeping = True
            self._owner.pipe(self._write(frozenset(self._open)), failed=_Broke)

    async def _write(self, ids: frozenset[str]) -> _Kept:
        await ask_journal(self._owner, Commit(KEY, msgspec.json.encode(sorted(ids)), wake=False))
        return _Kept(ids)
