"""Recording: one recording on its way to words. However it ends, its transcript is deleted at the provider.

No cancel breaks off an order under way, because its transcript would have no id by which to delete it. Of one whose
answer was lost nobody learns the id: the provider's own retention has to do.
"""

from collections.abc import Awaitable, Callable
from typing import ClassVar, TypeVar

import msgspec

from actors.providers.assemblyai import AssemblyAI, SpeechError, Words
from actors.providers.lane_tools import full_jitter
from actors.providers.transcription import SpeechProblem, Transcribe
from actors.telegram.messages import FetchFile, FileFetched, FileRefused
from runtime import Actor, ActorError, Address, Mailbox

_T = TypeVar("_T")
FETCH_S = 200.0
TRIES = 3
PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
FIRST_LOOK_S = 0.8
LOOKS_GROW = 1.5
LONGEST_LOOK_S = 5.0


class RecordingBegun(msgspec.Struct, frozen=True):
    """The provider took the order; None where what was begun before turned out to be gone."""

    number: int
    transcript_id: str | None


class RecordingHeld(msgspec.Struct, frozen=True):
    """The provider asks to be left alone for so long."""

    number: int
    wait_s: float


class RecordingDone(msgspec.Struct, frozen=True):
    """The words, or why there are none."""

    number: int
    words: Words | None
    error: SpeechError | None


class RecordingUndeleted(msgspec.Struct, frozen=True):
    """The transcript could not be deleted yet: somebody who lives longer has to."""

    transcript_id: str


class AbandonRecording(msgspec.Struct, frozen=True):
    """Nobody waits for the words any more."""


class LeaveRecording(msgspec.Struct, frozen=True):
    """Nobody waits any longer, but somebody may ask for this transcript again: it stays with the provider.

    Where the recording has come to another one meanwhile, this is an `AbandonRecording`.
    """

    transcript_id: str


class _Finished(msgspec.Struct, frozen=True):
    words: Words


class _Failed(msgspec.Struct, frozen=True):
    error: Exception


class Recording(Actor):
    """Fetches, hands in, orders and waits; says how it ended. Made and ended by the Transcriber.

    An end that nobody decided, such as a stop of the whole system, deletes nothing, and neither does a transcript that
    is left: its sender asks for the same one again.
    """

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100)

    def __init__(self, number: int, request: Transcribe, service: AssemblyAI, owner: Address) -> None:
        super().__init__()
        self._number = number
        self._request = request
        self._service = service
        self._owner = owner
        self._transcript_id = request.transcript_id
        self._ordering = False
        self._over = False

    async def started(self) -> None:
        """Begin."""
        self.pipe(self._work(), failed=_Failed)

    async def stopped(self) -> None:
        """Delete the transcript, or leave that to the owner where the provider does not take it now."""
        if not self._over or self._transcript_id is None:
            return
        try:
            await self._service.delete(self._transcript_id, self.clock.time())
        except SpeechError:
            self.send(self._owner, RecordingUndeleted(self._transcript_id))

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case _Finished(words=words):
                self._end(words, None)
            case _Failed(error=SpeechError() as error):
                self._end(None, error)
            case _Failed(error=error):
                raise error
            case AbandonRecording():
                self._abandon()
            case LeaveRecording(transcript_id=left) if left == self._transcript_id and not self._ordering:
                self.stop()
            case LeaveRecording():
                self._abandon()
            case _:
                await self.unhandled(message, sender)

    def _abandon(self) -> None:
        self._over = True
        if not self._ordering:  # else the end of the order, which is bounded, ends this
            self.stop()

    def _end(self, words: Words | None, error: SpeechError | None) -> None:
        self._over = True
        self.send(self._owner, RecordingDone(self._number, words, error))
        self.stop()

    async def _work(self) -> _Finished:
        if self._transcript_id is not None:
            try:
                return _Finished(await self._words(self._transcript_id))
            except SpeechError as error:
                if not error.gone:
                    raise
                self._begin(None)
        content = await self._fetched()
        try:
            return _Finished(await self._words(await self._ordered(content)))
        except SpeechError as error:
            if not error.resubmit or self._transcript_id is None:
                raise
        self.send(self._owner, RecordingUndeleted(self._transcript_id))
        # Handed in anew, because deleting the failed transcript takes its recording with it.
        return _Finished(await self._words(await self._ordered(content)))

    async def _fetched(self) -> bytes:
        try:
            file = await self.ask(self.find("file_fetcher"), FetchFile(self._request.file_id), deadline_s=FETCH_S)
        except ActorError as error:
            raise SpeechError(SpeechProblem.UNAVAILABLE, f"file_{type(error).__name__}") from None
        if isinstance(file, FileFetched):
            return file.data
        gone = isinstance(file, FileRefused) and file.gone
        raise SpeechError(SpeechProblem.FILE_GONE if gone else SpeechProblem.UNAVAILABLE, "file_not_fetched")

    async def _ordered(self, content: bytes) -> str:
        address = await self._patiently(lambda: self._service.upload(content, self.clock.time()))
        transcript_id = await self._patiently(lambda: self._order(address))
        self._begin(transcript_id)
        if self._over:
            self.stop()
        return transcript_id

    async def _order(self, address: str) -> str:
        self._ordering = True
        try:
            return await self._service.order(address, self.clock.time())
        finally:
            self._ordering = False

    def _begin(self, transcript_id: str | None) -> None:
        self._transcript_id = transcript_id
        self.send(self._owner, RecordingBegun(self._number, transcript_id))

    async def _words(self, transcript_id: str) -> Words:
        """Look until it is done; faults that pass are waited out, and the deadline is the owner's."""
        pause = FIRST_LOOK_S
        while True:
            await self.clock.sleep(pause)
            pause = min(pause * LOOKS_GROW, LONGEST_LOOK_S)
            try:
                words = await self._service.look(transcript_id, self.clock.time())
            except SpeechError as error:
                if not error.again:
                    raise
                pause = max(pause, self._held(error))
            else:
                if words is not None:
                    return words

    async def _patiently(self, call: Callable[[], Awaitable[_T]]) -> _T:
        for attempt in range(1, TRIES + 1):
            try:
                return await call()
            except SpeechError as error:
                if not error.again or attempt == TRIES or self._over:
                    raise
                held = self._held(error)
                if held > self._request.patience_s:
                    raise
                wait = held or full_jitter(min(LONGEST_PAUSE_S, PAUSE_S * 2**attempt))
            await self.clock.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _held(self, error: SpeechError) -> float:
        """How long the provider wants to be left alone, which concerns everybody."""
        if error.retry_after_s is None:
            return 0.0
        self.send(self._owner, RecordingHeld(self._number, error.retry_after_s))
        return error.retry_after_s
