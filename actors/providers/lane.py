"""Lane: everything that goes to one provider on one credential, and the only place that repeats a model call.

A request waits fairly among the reps, is sent when no limit forbids it, and ends with one `Completed` or
`CompletionFailed`. Its deadline covers all of that. What the lane decides after a failed attempt:

    the provider asks for a pause      the whole lane rests that long, the request stays at the head of its queue
    a passing fault                    backoff with full jitter, within the retries of the request and of the lane
    another model may do better        the next model of the chain
    the key or the account is at fault the lane closes for a while, everyone who waits is told the same
"""

from typing import ClassVar

import msgspec
import structlog

from actors.providers.answers import Undecodable, read_answer, repair_turn
from actors.providers.call_span import call_span
from actors.providers.completion_call import CallAnswered, CallFailed, CallOrder, CompletionCall
from actors.providers.failures import Failure, unreachable
from actors.providers.fair_queue import FairQueue
from actors.providers.http import BearerAuth, Client
from actors.providers.key_vault import KeyUnreadable
from actors.providers.lane_gate import LaneGate
from actors.providers.lane_job import LaneJob
from actors.providers.lane_messages import (
    CompletionSettled,
    LaneIdle,
    LaneName,
    LaneReported,
    LaneSettings,
    RunCompletion,
    StopCompletion,
)
from actors.providers.lane_tools import LaneTools
from actors.providers.messages import (
    ChatMessage,
    Completed,
    CompletionFailed,
    CompletionQueued,
    CompletionRestarted,
    FailureKind,
    Priority,
    ProviderStatus,
)
from actors.providers.model_call import ModelCall
from runtime import Actor, Address, ChildSpec, Mailbox, Restart, Terminated, Timer

_LOG = structlog.get_logger(__name__)
_QUOTED_CHARACTERS = 20_000
"""How much of an undecodable answer is shown to the model again."""
_STOPPED = Failure(kind=FailureKind.UNAVAILABLE, fault="ours", error_type="lane_stopped")
_CRASHED = unreachable("call_crashed")


class _DeadlinePassed(msgspec.Struct, frozen=True):
    number: int


class _BackoffOver(msgspec.Struct, frozen=True):
    number: int


class _Wake(msgspec.Struct, frozen=True):
    pass


class _LookIdle(msgspec.Struct, frozen=True):
    accepted: int


class Lane(Actor):
    """Owns the limits of one credential. Made and ended by LlmRouter; a crash ends it and the router answers for it."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=20_000)

    def __init__(
        self, name: LaneName, settings: LaneSettings, tools: LaneTools, client: Client, router: Address
    ) -> None:
        super().__init__()
        self._name = name
        self._settings = settings
        self._tools = tools
        self._client = client
        self._router = router
        self._gate = LaneGate(settings, free=name.free)
        self._jobs: dict[int, LaneJob] = {}
        self._queue: FairQueue[LaneJob] = FairQueue(
            {
                Priority.INTERACTIVE: settings.per_rep_interactive,
                Priority.BACKGROUND: settings.per_rep_background,
            }
        )
        self._in_flight: dict[Address, LaneJob] = {}
        self._senders: dict[Address, set[int]] = {}
        self._auth: BearerAuth | None = None
        self._wake: Timer | None = None
        self._leave: Timer | None = None
        self._reported: ProviderStatus | None = None
        self._accepted = 0
        self._completed = 0
        self._failed = 0

    async def started(self) -> None:
        """Open the key; a key that does not open closes the lane, not the actor."""
        try:
            self._auth = BearerAuth(self._tools.key_of(self._name.credential))
        except KeyUnreadable:
            self._gate.close(
                self.clock.now(),
                Failure(kind=FailureKind.KEY_UNREADABLE, fault="key", error_type="key_unreadable", closes_s=3600.0),
            )
        self._report()

    async def stopped(self) -> None:
        """Answer everyone who still waits."""
        for job in list(self._jobs.values()):
            self._give_up(job, _STOPPED)

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case RunCompletion():
                self._accept(message)
            case CallAnswered(number=number):
                self._answered(self._jobs.get(number), message, sender)
            case CallFailed(number=number, failure=failure, streamed=streamed):
                self._attempt_failed(self._jobs.get(number), failure, sender, streamed=streamed)
            case StopCompletion(number=number):
                self._cancel(number)
            case Terminated(address=address):
                self._ended(address)
            case _DeadlinePassed(number=number):
                self._deadline_passed(number)
            case _BackoffOver(number=number):
                self._backoff_over(number)
            case _Wake():
                self._wake = None
            case _LookIdle(accepted=accepted):
                self._look_idle(accepted)
            case _:
                await self.unhandled(message, sender)
        self._dispatch()

    # From acceptance to the wire

    def _accept(self, order: RunCompletion) -> None:
        request = order.request
        job = LaneJob(
            number=order.number,
            request=request,
            reply_to=order.reply_to,
            models=order.models,
            messages=request.messages,
            accepted_at=self.clock.now(),
            deadline=self.timer(request.deadline_s, _DeadlinePassed(order.number)),
        )
        self._accepted += 1
        if self._leave is not None:
            self._leave.cancel()
        self._gate.retries.earned()
        self._jobs[job.number] = job
        if job.reply_to not in self._senders:
            self.watch(job.reply_to)
        self._senders.setdefault(job.reply_to, set()).add(job.number)
        self._enqueue(job)

    def _enqueue(self, job: LaneJob, *, first: bool = False) -> None:
        """Line up, unless it is already known that the answer cannot come in time."""
        job.queued = True
        self._queue.push(*job.place, job, first=first)
        now = self.clock.now()
        refusal = self._gate.refusal(now)
        position = self._queue.position(*job.place, job)
        if refusal is not None:
            self._give_up(job, refusal)
        elif now + self._gate.wait(now, position - 1) > job.deadline_at:
            self._give_up(job, self._gate.too_late(now, position - 1))
        else:
            self._tell_wait(job, position, now)

    def _tell_wait(self, job: LaneJob, position: int, now: float) -> None:
        wait = self._gate.expected_wait(now, position - 1, len(self._in_flight))
        if wait > self._settings.queued_notice_s:
            self.send(job.reply_to, CompletionQueued(job.request.request_id, position, round(wait, 1)))

    def _dispatch(self) -> None:
        """Start what may start now and wake up when more may."""
        now = self.clock.now()
        wait = self._gate.wait(now)
        while not wait and len(self._in_flight) < self._gate.slots(now) and (job := self._queue.pop()) is not None:
            self._begin(job, now)
            wait = self._gate.wait(now)
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        if wait and len(self._queue):
            self._wake = self.timer(wait, _Wake())
        self._report()

    def _begin(self, job: LaneJob, now: float) -> None:
        if self._auth is None:
            raise RuntimeError("a lane without a key is closed and starts nothing")
        self._gate.rate_taken(now)
        job.queued = False
        job.attempts += 1
        job.started_at, job.started_time = now, self.clock.time()
        order = CallOrder(
            number=job.number,
            request_id=job.request.request_id,
            body=self._tools.api.body(self._model_call(job)),
            first_token_s=self._settings.first_token_free_s if self._name.free else self._settings.first_token_paid_s,
            idle_s=self._settings.idle_s,
            coalesce_s=self._settings.coalesce_s,
        )
        auth, reply_to, own = self._auth, job.reply_to, self.address
        spec = ChildSpec(
            f"call-{job.number}-{job.attempts}",
            lambda: CompletionCall(order, self._tools.api, self._client, auth, own, reply_to),
            restart=Restart.TEMPORARY,
            shutdown_s=1.0,
        )
        job.call = self.spawn(spec)
        self._in_flight[job.call] = job

    def _model_call(self, job: LaneJob) -> ModelCall:
        request = job.request
        return ModelCall(
            models=job.models,
            system=request.system,
            messages=job.messages,
            max_tokens=request.max_tokens,
            effort=request.effort,
            pseudonym=self._tools.pseudonym(request.telegram_id),
            output_name=request.output,
            schema=self._tools.schemas[request.output] if request.output else None,
            web_search=request.web_search,
        )

    # What comes back

    def _answered(self, job: LaneJob | None, answer: CallAnswered, call: Address) -> None:
        if job is None or job.call != call:
            return
        now = self.clock.now()
        self._free(job)
        self._gate.succeeded(now, now - job.started_at)
        text = answer.text
        if job.request.output is not None:
            try:
                text = read_answer(text, self._tools.outputs[job.request.output])
            except Undecodable as error:
                self._span(job, answer, "undecodable")
                self._repair(job, answer, error)
                return
        self._span(job, answer, None)
        self._complete(job, answer, text, now)

    def _complete(self, job: LaneJob, answer: CallAnswered, text: str, now: float) -> None:
        self._completed += 1
        self.send(
            job.reply_to,
            Completed(
                request_id=job.request.request_id,
                text=text,
                provider=self._name.provider,
                model=answer.model or job.models[0],
                usage=answer.usage,
                first_token_s=job.started_at - job.accepted_at + answer.first_token_s,
                total_s=now - job.accepted_at,
                citations=answer.citations,
            ),
        )
        self._forget(job)

    def _repair(self, job: LaneJob, answer: CallAnswered, error: Undecodable) -> None:
        """Ask once more, quoting the decoder; the second undecodable answer is a failure."""
        if job.repaired:
            misfit = f"{job.request.output}_does_not_fit_{error.path}"
            failure = Failure(kind=FailureKind.UNDECODABLE, fault="content", error_type=misfit)
            self._give_up(job, failure)
            return
        job.repaired = True
        job.messages = (
            *job.request.messages,
            ChatMessage("assistant", answer.text[:_QUOTED_CHARACTERS]),
            ChatMessage("user", repair_turn(error, truncated=answer.truncated)),
        )
        self.send(job.reply_to, CompletionRestarted(job.request.request_id))
        self._enqueue(job, first=True)

    def _attempt_failed(self, job: LaneJob | None, failure: Failure, call: Address, *, streamed: bool) -> None:
        if job is None or job.call != call:
            return
        now = self.clock.now()
        self._free(job)
        self._span(job, None, failure.error_type)
        refused = self._gate.failed(now, failure)
        _LOG.warning(
            "model_call_failed",
            lane=self._name.name,
            model=job.models[0],
            attempt=job.attempts,
            fault=failure.fault,
            detail=failure.detail,
        )
        if streamed:
            self.send(job.reply_to, CompletionRestarted(job.request.request_id))
        if not refused:
            self._repeat(job, failure, now)
            return
        self._give_up(job, failure)
        for waiting in self._queue.waiting():
            self._give_up(waiting, self._gate.refusal(now) or failure)

    def _repeat(self, job: LaneJob, failure: Failure, now: float) -> None:
        """Try again, try the next model, or give up."""
        allowed = self._settings.retries_free if self._name.free else self._settings.retries_paid
        if failure.retryable and job.retries < allowed and self._gate.retries.spend():
            job.retries += 1
            self._retry(job, failure, now)
        elif failure.fallback and len(job.models) > 1:
            job.models = job.models[1:]
            self._enqueue(job, first=True)
        else:
            self._give_up(job, failure)

    def _retry(self, job: LaneJob, failure: Failure, now: float) -> None:
        """A lane that rests holds its queue by itself; any other fault is waited out by this request alone."""
        if failure.retry_after_s is not None:
            self._enqueue(job, first=True)
            for waiting in self._queue.waiting():
                if waiting is not job:
                    self._tell_wait(waiting, self._queue.position(*waiting.place, waiting), now)
            return
        bound = min(self._settings.backoff_cap_s, self._settings.backoff_base_s * 2**job.retries)
        delay = self._tools.jitter(bound)
        if now + delay > job.deadline_at:
            self._give_up(job, failure)
        else:
            job.backoff = self.timer(delay, _BackoffOver(job.number))

    def _backoff_over(self, number: int) -> None:
        job = self._jobs.get(number)
        if job is not None:
            job.backoff = None
            self._enqueue(job, first=True)

    # Ends

    def _deadline_passed(self, number: int) -> None:
        job = self._jobs.get(number)
        if job is not None:
            where = "in_queue" if job.queued else "in_call" if job.call is not None else "in_backoff"
            self._withdraw(job, "deadline")
            self._give_up(job, Failure(kind=FailureKind.DEADLINE, fault="provider", error_type=f"deadline_{where}"))

    def _cancel(self, number: int) -> None:
        job = self._jobs.get(number)
        if job is not None:
            self._withdraw(job, "cancelled")
            self._forget(job)

    def _ended(self, address: Address) -> None:
        """A call crashed, or someone who waited is gone."""
        crashed = self._in_flight.get(address)
        if crashed is not None:
            self._attempt_failed(crashed, _CRASHED, address, streamed=True)
        for number in self._senders.pop(address, set()).copy():
            self._cancel(number)

    def _withdraw(self, job: LaneJob, error: str) -> None:
        """End the call that is in flight for the job, if one is; its connection closes at once."""
        if job.call is not None:
            self.stop_child(job.call)
            self._span(job, None, error)
            self._free(job)

    def _give_up(self, job: LaneJob, failure: Failure) -> None:
        self._failed += 1
        wait = failure.retry_after_s if failure.retry_after_s is not None else failure.closes_s
        self.send(
            job.reply_to,
            CompletionFailed(job.request.request_id, failure.kind, self._name.provider, failure.detail, wait),
        )
        self._forget(job)

    def _forget(self, job: LaneJob) -> None:
        if job.queued:
            self._queue.remove(*job.place, job)
            job.queued = False
        job.deadline.cancel()
        if job.backoff is not None:
            job.backoff.cancel()
        del self._jobs[job.number]
        self._senders.get(job.reply_to, set()).discard(job.number)
        self.send(self._router, CompletionSettled(job.number, job.request.request_id))
        if not self._jobs:
            self._leave = self.timer(self._settings.leaves_after_s, _LookIdle(self._accepted))

    def _free(self, job: LaneJob) -> None:
        if job.call is not None:
            del self._in_flight[job.call]
            job.call = None
            self._queue.release(*job.place)

    def _look_idle(self, accepted: int) -> None:
        """Nothing came since the timer was set: the lane may go, unless its rest must be remembered."""
        if accepted != self._accepted or self._jobs:
            return
        if self._gate.until > self.clock.now():
            self._leave = self.timer(self._settings.leaves_after_s, _LookIdle(accepted))
        else:
            self.send(self._router, LaneIdle(self._name.name, accepted))

    # What others see

    def _span(self, job: LaneJob, answer: CallAnswered | None, error: str | None) -> None:
        span = call_span(job, self._name.provider, self._name.name, self.clock.time(), answer, error)
        if span is not None:
            self.send(self.find("tracer"), span)

    def _report(self) -> None:
        now = self.clock.now()
        status = ProviderStatus(
            lane=self._name.name,
            provider=self._name.provider,
            state=self._gate.state(now),
            reason=self._gate.reason(now),
            resting_for_s=max(0.0, self._gate.until - now),
            in_flight=len(self._in_flight),
            queued=len(self._queue),
            completed=self._completed,
            failed=self._failed,
        )
        if status != self._reported:
            self._reported = status
            self.send(self._router, LaneReported(status, self._gate.until))
