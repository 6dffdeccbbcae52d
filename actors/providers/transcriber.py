"""Transcriber: the one door to the speech service. Recordings wait fairly among the reps and become words.

It bounds how many are under way, rests where the provider asks for it, stops asking a provider that keeps failing, and
holds each request to one deadline. Limits of size and length are told before anything is fetched. Transcripts that
could not be deleted at once are deleted later, for as long as it takes within a day.
"""

from collections.abc import Callable
from typing import ClassVar

import msgspec
import structlog

from actors.providers.assemblyai import AssemblyAI, SpeechError, Words
from actors.providers.fair_queue import FairQueue
from actors.providers.limits import Breaker, Rest
from actors.providers.messages import Priority
from actors.providers.recording import (
    AbandonRecording,
    LeaveRecording,
    Recording,
    RecordingBegun,
    RecordingDone,
    RecordingHeld,
    RecordingUndeleted,
)
from actors.providers.secret import Secret
from actors.providers.speech_span import speech_records
from actors.providers.told_wait import is_as_told
from actors.providers.transcription import (
    DEADLINE_S,
    LARGEST_BYTES,
    LONGEST_S,
    CancelTranscription,
    DescribeTranscriber,
    SpeechProblem,
    State,
    Transcribe,
    Transcribed,
    TranscriberDescribed,
    TranscriptBegun,
    TranscriptionFailed,
    TranscriptionQueued,
)
from actors.providers.undeleted import Undeleted
from runtime import Actor, Address, ChildSpec, Mailbox, Restart, Terminated, Timer

_LOG = structlog.get_logger(__name__)
LEFT_S = 3_600.0
"""How long a transcript that took too long stays with the provider, so that another try need not order it again."""
_KEY_REST_S = 60.0
_NOTICE_S = 5.0
_LOOK_EVERY_S = 5.0
_SMOOTHING = 0.2
_USUAL_S = 8.0


class SpeechSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the service is, and how many recordings may be under way: in all, and of one rep.

    `names` gives those that the recordings are likely to hold, as they are at the time of an order.
    """

    base_url: str
    key: Secret
    concurrency: int = 5
    per_rep: int = 2
    names: Callable[[], tuple[str, ...]]


class _Job(msgspec.Struct, eq=False):
    number: int
    request: Transcribe
    reply_to: Address
    accepted_at: float
    accepted_time: float
    deadline: Timer
    transcript_id: str | None
    queued: bool = True
    call: Address | None = None
    began_at: float = 0.0
    told_wait_s: float = 0.0


class _DeadlinePassed(msgspec.Struct, frozen=True):
    number: int


class _Wake(msgspec.Struct, frozen=True):
    pass


class _LookAgain(msgspec.Struct, frozen=True):
    pass


class Transcriber(Actor):
    """Answers `Transcribe`, `CancelTranscription` and `DescribeTranscriber`; keeps no words and no sound."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=10_000)

    def __init__(self, settings: SpeechSettings) -> None:
        super().__init__()
        self._settings = settings
        self._jobs: dict[int, _Job] = {}
        self._numbers: dict[str, int] = {}
        self._calls: dict[Address, _Job] = {}
        self._senders: dict[Address, set[int]] = {}
        self._queue: FairQueue[_Job] = FairQueue(dict.fromkeys(Priority, settings.per_rep))
        self._breaker = Breaker()
        self._rest = Rest()
        self._closed = Rest()
        self._number = 0
        self._completed = 0
        self._failed = 0
        self._usual_s = _USUAL_S
        self._wake: Timer | None = None
        self._looking = False

    async def started(self) -> None:
        """Make the client, and take up the deletions that were left to do."""
        self._service = AssemblyAI(self._settings.base_url, self._settings.key, self._settings.names)
        self._undeleted = Undeleted(self, self._service)
        await self._undeleted.load()

    async def stopped(self) -> None:
        """Close all connections."""
        await self._service.close()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Transcribe():
                self._accept(message, sender)
            case CancelTranscription(request_id=request_id):
                self._cancel(self._numbers.get(request_id, 0))
            case RecordingBegun(number=number, transcript_id=transcript_id):
                self._begun(number, transcript_id)
            case RecordingHeld(wait_s=wait_s):
                self._rest.extend(self.clock.now() + wait_s, "asked_to_wait")
                self._tell_waits()
            case RecordingDone(number=number, words=words, error=error):
                self._done(self._jobs.get(number), words, error)
            case RecordingUndeleted(transcript_id=transcript_id):
                self._undeleted.add(transcript_id)
            case DescribeTranscriber():
                self.reply(self._described())
            case _ if not self._undeleted.take(message):
                await self._receive_own(message, sender)
        self._dispatch()

    async def _receive_own(self, message: object, sender: Address) -> None:
        match message:
            case _DeadlinePassed(number=number):
                self._deadline_passed(number)
            case _Wake():
                self._wake = None
            case _LookAgain():
                self._looking = False
                self._tell_waits()
            case Terminated(address=address):
                self._ended(address)
            case _:
                await self.unhandled(message, sender)

    # From acceptance to the wire

    def _accept(self, request: Transcribe, sender: Address) -> None:
        number = self._numbers.get(request.request_id)
        if number is not None:
            self._handed_over(self._jobs[number], sender)
            return
        refusal = self._limit(request) or self._refusal()
        if refusal is not None:
            self._failed += 1
            self.send(sender, _failed(request.request_id, refusal))
            return
        self._number += 1
        job = _Job(
            number=self._number,
            request=request,
            reply_to=sender,
            accepted_at=self.clock.now(),
            accepted_time=self.clock.time(),
            deadline=self.timer(request.patience_s, _DeadlinePassed(self._number)),
            transcript_id=request.transcript_id,
        )
        self._jobs[job.number] = job
        self._numbers[request.request_id] = job.number
        self._note_sender(job)
        rep = request.telegram_id
        self._queue.push(Priority.INTERACTIVE, rep, job, cost=request.duration_s / 60)
        self._tell_wait(job, self._queue.position(Priority.INTERACTIVE, rep, job) - 1)

    def _handed_over(self, job: _Job, sender: Address) -> None:
        """Asked again, by whoever begins anew: what is under way goes on for them."""
        self._senders.get(job.reply_to, set()).discard(job.number)
        job.reply_to = sender
        self._note_sender(job)
        if job.transcript_id is not None:
            self.send(sender, TranscriptBegun(job.request.request_id, job.transcript_id))
        job.told_wait_s = 0.0  # they know of no wait yet

    def _note_sender(self, job: _Job) -> None:
        if job.reply_to not in self._senders:
            self.watch(job.reply_to)
        self._senders.setdefault(job.reply_to, set()).add(job.number)

    def _limit(self, request: Transcribe) -> SpeechError | None:
        if request.duration_s > LONGEST_S:
            return SpeechError(SpeechProblem.TOO_LONG, "duration")
        if (request.size or 0) > LARGEST_BYTES:
            return SpeechError(SpeechProblem.TOO_LARGE, "size")
        return None

    def _refusal(self) -> SpeechError | None:
        """Why nothing may be asked of the provider now."""
        now = self.clock.now()
        if self._closed.wait(now):
            wait = self._closed.wait(now)
            return SpeechError(SpeechProblem.MISCONFIGURED, self._closed.reason, retry_after_s=wait)
        if self._breaker.wait(now):
            wait = self._breaker.wait(now)
            return SpeechError(SpeechProblem.UNAVAILABLE, "provider_keeps_failing", retry_after_s=wait)
        if self._rest.wait(now) > DEADLINE_S:
            wait = self._rest.wait(now)
            return SpeechError(SpeechProblem.RATE_LIMITED, self._rest.reason, retry_after_s=wait)
        return None

    def _tell_waits(self) -> None:
        """A wait turns out longer or shorter with how long recordings take and with what the provider asks for."""
        if self._refusal() is not None:
            return  # who waits is given up
        for ahead, job in enumerate(self._queue.turns()):
            self._tell_wait(job, ahead)

    def _tell_wait(self, job: _Job, ahead: int) -> None:
        rounds = (ahead + len(self._calls)) // self._settings.concurrency
        wait = max(rounds * self._usual_s, self._rest.wait(self.clock.now()))
        if wait > _NOTICE_S and not is_as_told(wait, job.told_wait_s):
            job.told_wait_s = wait
            self.send(job.reply_to, TranscriptionQueued(job.request.request_id, ahead + 1, round(wait, 1)))

    def _dispatch(self) -> None:
        """Start what may start now; wake up when the provider's rest is over. A provider that failed gets one probe."""
        now = self.clock.now()
        refusal = self._refusal()
        if refusal is not None:
            for job in self._queue.turns():
                self._give_up(job, refusal)
        slots = 1 if self._breaker.tripped else self._settings.concurrency
        wait = self._rest.wait(now)
        while not wait and len(self._calls) < slots and (following := self._queue.pop()) is not None:
            self._begin(following)
        if self._wake is not None:
            self._wake.cancel()
        self._wake = self.timer(wait, _Wake()) if wait and len(self._queue) else None
        if len(self._queue) and not self._looking:
            self._looking = True
            self.timer(_LOOK_EVERY_S, _LookAgain())

    def _begin(self, job: _Job) -> None:
        job.queued = False
        job.began_at = self.clock.now()
        number, request, service = job.number, job.request, self._service
        spec = ChildSpec(
            f"recording-{number}",
            lambda: Recording(number, request, service, self.address),
            restart=Restart.TEMPORARY,
        )
        job.call = self.spawn(spec)
        self._calls[job.call] = job

    # What comes back

    def _begun(self, number: int, transcript_id: str | None) -> None:
        job = self._jobs.get(number)
        if job is None:
            return  # given up meanwhile; its recording deletes it
        job.transcript_id = transcript_id
        if transcript_id is not None:
            self.send(job.reply_to, TranscriptBegun(job.request.request_id, transcript_id))

    def _done(self, job: _Job | None, words: Words | None, error: SpeechError | None) -> None:
        if job is None:
            return
        now = self.clock.now()
        if error is not None:
            self._learn(error, now)
            self._give_up(job, error)
        elif words is not None:
            self._breaker.succeeded(now)
            self._usual_s += _SMOOTHING * (now - job.began_at - self._usual_s)
            self._completed += 1
            self._trace(job, words, None)
            answer = Transcribed(job.request.request_id, words.text, words.language, words.duration_s, words.model)
            self.send(job.reply_to, answer)
            self._forget(job)

    def _learn(self, error: SpeechError, now: float) -> None:
        """Draw the conclusions for everybody else."""
        log: Callable[..., object] = _LOG.warning
        if error.problem is SpeechProblem.MISCONFIGURED:
            self._closed.extend(now + _KEY_REST_S, "key_or_order_refused")
            log = _LOG.error
        elif error.again or error.resubmit or error.problem in (SpeechProblem.UNCERTAIN, SpeechProblem.DEADLINE):
            self._breaker.failed(now)
        elif error.problem.final:
            self._breaker.succeeded(now)
        log("transcription_failed", problem=error.problem.value, detail=error.detail)

    def _ended(self, address: Address) -> None:
        """A recording has ended, or someone who waited is gone."""
        ended = self._calls.pop(address, None)
        if ended is not None:
            self._queue.release(Priority.INTERACTIVE, ended.request.telegram_id)
            if ended.number in self._jobs:  # without a word: it crashed
                if ended.transcript_id is not None:
                    self._undeleted.add(ended.transcript_id)
                self._give_up(ended, SpeechError(SpeechProblem.UNAVAILABLE, "recording_crashed"))
        for number in self._senders.pop(address, set()).copy():
            self._cancel(number)

    # Ends

    def _deadline_passed(self, number: int) -> None:
        job = self._jobs.get(number)
        if job is None:
            return
        if job.queued:
            problem = SpeechProblem.RATE_LIMITED if self._rest.wait(self.clock.now()) else SpeechProblem.DEADLINE
            self._give_up(job, SpeechError(problem, "deadline_in_queue"))
            return
        error = SpeechError(SpeechProblem.DEADLINE, "deadline_at_provider")
        self._learn(error, self.clock.now())
        self._leave(job)
        self._give_up(job, error)

    def _cancel(self, number: int) -> None:
        job = self._jobs.get(number)
        if job is not None:
            self._abandon(job)
            self._trace(job, None, "cancelled")
            self._forget(job)

    def _abandon(self, job: _Job) -> None:
        if job.call is not None:
            self.send(job.call, AbandonRecording())
        elif job.transcript_id is not None:
            self._undeleted.add(job.transcript_id)

    def _leave(self, job: _Job) -> None:
        """Wait no longer for what the provider works on; without a transcript there is nothing to come back to."""
        if job.call is None or job.transcript_id is None:
            self._abandon(job)
            return
        self.send(job.call, LeaveRecording(job.transcript_id))
        self._undeleted.add(job.transcript_id, LEFT_S)

    def _give_up(self, job: _Job, error: SpeechError) -> None:
        self._failed += 1
        self._trace(job, None, error.problem.value)
        self.send(job.reply_to, _failed(job.request.request_id, error))
        if job.queued and job.transcript_id is not None:
            self._undeleted.add(job.transcript_id, LEFT_S)
        self._forget(job)

    def _forget(self, job: _Job) -> None:
        if job.queued:
            self._queue.remove(Priority.INTERACTIVE, job.request.telegram_id, job)
        job.deadline.cancel()
        del self._jobs[job.number], self._numbers[job.request.request_id]
        self._senders.get(job.reply_to, set()).discard(job.number)

    # What others see

    def _trace(self, job: _Job, words: Words | None, error: str | None) -> None:
        for record in speech_records(job.request, job.accepted_time, self.clock.time(), words, error):
            self.send(self.find("tracer"), record)

    def _described(self) -> TranscriberDescribed:
        now = self.clock.now()
        refusal = self._refusal()
        resting = self._rest.wait(now)
        return TranscriberDescribed(
            state=self._state(refusal, resting),
            reason=refusal.detail if refusal else self._rest.reason if resting else "",
            resting_for_s=round(max(resting, (refusal and refusal.retry_after_s) or 0.0), 1),
            in_flight=len(self._calls),
            queued=len(self._queue),
            completed=self._completed,
            failed=self._failed,
            undeleted=len(self._undeleted),
            abandoned=self._undeleted.abandoned,
            last_problem=refusal.detail if refusal else None,
        )

    def _state(self, refusal: SpeechError | None, resting: float) -> State:
        if self._breaker.wait(self.clock.now()):
            return "open"
        if refusal is not None:
            return "refused"
        if resting:
            return "open"
        return "half_open" if self._breaker.tripped else "closed"


def _failed(request_id: str, error: SpeechError) -> TranscriptionFailed:
    return TranscriptionFailed(request_id, error.problem, error.detail, error.retry_after_s)
