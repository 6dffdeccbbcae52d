"""Lane: everything that goes to one provider on one credential, and the only place that repeats a model call.

A request waits fairly among the reps, is sent when no limit forbids it, and ends with one `Completed` or
`CompletionFailed`. Its deadline covers all of that. What the lane decides after a failed attempt:

    the provider asks for a pause      the whole lane rests that long, the request stays at the head of its queue
    a passing fault                    backoff with full jitter, within the retries of the request and of the lane
    a model rests, or did not do it    the next model of the chain, once no retry or repair is left
    the key or the account is at fault the lane closes for a while, everyone who waits is told the same
    nothing is left to try here        the router is told, if it has another lane to ask, and else the sender
"""

import functools
from typing import ClassVar

from actors.providers.allowance import AllowanceKnown, AllowanceWatch, AskAllowance
from actors.providers.answers import Undecodable, read_answer
from actors.providers.call_span import call_span
from actors.providers.completion_call import CallAnswered, CallFailed, CallMetered, CallOpened, CompletionCall
from actors.providers.failures import KEY_UNREADABLE, Failure, unreachable
from actors.providers.fair_queue import FairQueue
from actors.providers.http import BearerAuth, Client
from actors.providers.key_vault import KeyUnreadable
from actors.providers.lane_gate import LaneGate
from actors.providers.lane_job import (
    LaneJob,
    accounted,
    call_ended,
    call_order,
    completed,
    new_job,
    repair_messages,
    wait_notice,
)
from actors.providers.lane_memory import LaneMemory
from actors.providers.lane_messages import (
    CallBegan,
    CompletionPassed,
    CompletionSettled,
    LaneIdle,
    LaneName,
    LaneSettings,
    Outcome,
    PauseLane,
    RunCompletion,
    StopCompletion,
)
from actors.providers.lane_tally import LaneTally
from actors.providers.lane_timers import BackoffOver, DeadlinePassed, LookAgain, LookIdle, Wake
from actors.providers.lane_tools import LaneTools
from actors.providers.messages import CompletionFailed, CompletionRestarted, FailureKind
from runtime import Actor, Address, ChildSpec, Mailbox, Restart, Terminated, Timer

_STOPPED = Failure(kind=FailureKind.UNAVAILABLE, fault="ours", error_type="lane_stopped")
_CRASHED = unreachable("call_crashed")


class Lane(Actor):
    """Owns the limits of one credential. Made and ended by LlmRouter; a crash ends it and the router answers for it."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=20_000)

    def __init__(
        self,
        name: LaneName,
        settings: LaneSettings,
        tools: LaneTools,
        client: Client,
        router: Address,
        memory: LaneMemory,
    ) -> None:
        super().__init__()
        self._name = name
        self._settings = settings
        self._tools = tools
        self._client = client
        self._router = router
        self._memory = memory
        self._jobs: dict[int, LaneJob] = {}
        self._queue: FairQueue[LaneJob] = FairQueue(settings.per_rep)
        self._in_flight: dict[Address, LaneJob] = {}
        self._senders: dict[Address, set[int]] = {}
        self._auth: BearerAuth | None = None
        self._allowance: Address | None = None
        self._wake: Timer | None = None
        self._looking = False
        self._leave: Timer | None = None
        self._tally = LaneTally(name)

    async def started(self) -> None:
        """Open the key; a key that does not open closes the lane, not the actor."""
        now, time, memory = self.clock.now(), self.clock.time(), self._memory
        self._gate = LaneGate(self._settings, free=self._name.free, used_today=memory.used_today, time=time)
        self._gate.recall(now, time, memory)
        try:
            self._auth = BearerAuth(self._tools.key_of(self._name.credential))
        except KeyUnreadable:
            self._gate.close(now, KEY_UNREADABLE)
        if self._auth is not None and self._gate.day is not None:
            self._watch_allowance(self._auth)
        self._report()

    async def stopped(self) -> None:
        """Answer everyone who still waits."""
        for job in list(self._jobs.values()):
            job.last = True  # whoever ends this lane may be ending too
            self._give_up(job, _STOPPED)

    def _watch_allowance(self, auth: BearerAuth) -> None:
        """The provider alone knows the whole day of a free account; its word corrects our count now and then."""
        every_s = self._settings.allowance_asked_s
        watch = functools.partial(AllowanceWatch, self._tools.api, self._client, auth, self.address, every_s)
        self._allowance = self.spawn(ChildSpec("allowance", watch, restart=Restart.TEMPORARY))

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case RunCompletion():
                self._accept(message)
            case CallAnswered(number=number):
                self._answered(self._jobs.get(number), message, sender)
            case CallFailed(number=number, failure=failure, streamed=streamed):
                self._attempt_failed(self._jobs.get(number), failure, sender, streamed=streamed)
            case CallMetered():
                self._metered(message, sender)
            case CallOpened(windows=windows) if sender in self._in_flight:
                self._gate.learned(self.clock.now(), windows, self._in_flight[sender].models[0])
            case CallOpened():
                pass  # of a call that was stopped meanwhile
            case StopCompletion(number=number):
                self._cancel(number)
            case Terminated(address=address):
                self._ended(address)
            case _:
                await self._receive_own(message, sender)
        self._dispatch()

    async def _receive_own(self, message: object, sender: Address) -> None:
        match message:
            case AllowanceKnown(limit=limit, used=used) if self._gate.day is not None:
                self._gate.day.correct(limit, used, self.clock.time())
            case DeadlinePassed(number=number):
                self._deadline_passed(number)
            case BackoffOver(number=number):
                self._backoff_over(number)
            case Wake():
                self._wake = None
            case LookAgain():
                self._look_again()
            case PauseLane(for_s=for_s):
                self._gate.pause(self.clock.now(), for_s)
                self._tell_everyone(self.clock.now())
            case LookIdle(accepted=accepted):
                self._look_idle(accepted)
            case _:
                await self.unhandled(message, sender)

    # From acceptance to the wire

    def _accept(self, order: RunCompletion) -> None:
        left = order.accepted_at + order.request.deadline_s - self.clock.now()
        job = new_job(order, self.timer(left, DeadlinePassed(order.number)))
        self._tally.accepted += 1
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
        job.queued, job.told_wait_s = True, 0.0
        self._queue.push(*job.place, job, cost=job.cost, first=first)
        self._foresee(job, self._queue.position(*job.place, job) - 1, self.clock.now())

    def _foresee(self, job: LaneJob, ahead: int, now: float) -> None:
        refusal = self._gate.refusal(now, self.clock.time(), job.models, job.place)
        wait = max(self._gate.wait(now, ahead), self._gate.models_wait(now, job.models, ahead))
        if refusal is not None:
            self._give_up(job, refusal)
        elif now + wait > job.deadline_at:
            self._give_up(job, self._gate.too_late(now, ahead, job.models))
        else:
            self._tell_wait(job, ahead, now)

    def _tell_wait(self, job: LaneJob, ahead: int, now: float) -> None:
        own = self._queue.own_rounds(*job.place, job)
        wait = self._gate.expected_wait(now, ahead, len(self._in_flight), own)
        wait = max(wait, self._gate.models_wait(now, job.models))
        notice = wait_notice(job, ahead + 1, wait, self._settings.queued_notice_s)
        if notice is not None:
            self.send(job.reply_to, notice)

    def _look_again(self) -> None:
        """A wait turns out longer or shorter with how long calls take and with who else comes and goes."""
        self._looking, now = False, self.clock.now()
        for ahead, job in enumerate(self._queue.turns()):
            self._tell_wait(job, ahead, now)

    def _dispatch(self) -> None:
        """Start what may start now; who waits for a model that rests keeps the place.

        It wakes up when more may start, and when its state ends: operators see that of a lane which nobody asks too.
        """
        now = self.clock.now()
        wait = self._gate.wait(now) if len(self._queue) else 0.0
        while not wait and len(self._queue) and len(self._in_flight) < self._gate.slots:
            job = self._queue.pop(lambda job: bool(self._gate.awake(now, job.models)))
            if job is None:
                wait = self._gate.next_awake(now)
                break
            wait = self._turn_of(job, now)
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        due = [delay for delay in (wait if len(self._queue) else 0.0, self._gate.changes_in(now)) if delay]
        if due:
            self._wake = self.timer(min(due), Wake())
        if len(self._queue) and not self._looking:
            self._looking = True
            self.timer(self._settings.queue_looked_s, LookAgain())
        self._report()

    def _turn_of(self, job: LaneJob, now: float) -> float:
        """Begin the job unless its turn comes too early or too late; gives how long the next must wait."""
        job.queued = False
        refusal = self._gate.refusal(now, self.clock.time(), job.models, job.place)
        held = max(self._gate.wait(now), self._gate.models_wait(now, job.models, 0, job.tokens))
        if refusal is None and not held:
            awake = self._gate.awake(now, job.models, job.tokens)
            job.models = (*awake, *(model for model in job.models if model not in awake))
            self._begin(job, now)
            return self._gate.wait(now)
        self._queue.release(*job.place)
        if refusal is not None:
            self._give_up(job, refusal)
            return self._gate.wait(now)
        job.queued = True
        self._queue.push(*job.place, job, first=True)
        return held

    def _begin(self, job: LaneJob, now: float) -> None:
        if self._auth is None:
            raise RuntimeError("a lane without a key is closed and starts nothing")
        job.attempts += 1
        job.metered = None
        job.started_at, job.started_time = now, self.clock.time()
        self._gate.sent(now, job.started_time, job.request.telegram_id, job.models[0], job.tokens)
        if self._name.free:
            self.send(self._router, CallBegan(self._name.name, job.started_time))
        order = call_order(job, self._tools, self._settings, free=self._name.free)
        call = functools.partial(
            CompletionCall, order, self._tools.api, self._client, self._auth, self.address, job.reply_to
        )
        spec = ChildSpec(f"call-{job.number}-{job.attempts}", call, restart=Restart.TEMPORARY, shutdown_s=1.0)
        job.call = self.spawn(spec)
        self._in_flight[job.call] = job

    # What comes back

    def _metered(self, metered: CallMetered, call: Address) -> None:
        job = self._in_flight.get(call)
        if job is not None:
            job.metered = metered

    def _answered(self, job: LaneJob | None, answer: CallAnswered, call: Address) -> None:
        if job is None or job.call != call:
            return
        now = self.clock.now()
        self._free(job)
        self._gate.succeeded(now, now - job.started_at, job.models[0])
        self._tally.answered(answer, job.models[0])
        self.send(self._router, accounted(job, self._name, answer))
        text = answer.text
        if job.request.output is not None:
            try:
                text = read_answer(text, self._tools.outputs[job.request.output], truncated=answer.truncated)
            except Undecodable as error:
                self._span(job, answer, "undecodable", FailureKind.UNDECODABLE)
                self._repair(job, answer, error)
                return
        self._span(job, answer, None, "completed")
        self._tally.completed += 1
        self.send(job.reply_to, completed(job, self._name.provider, answer, text, now))
        self._forget(job)

    def _repair(self, job: LaneJob, answer: CallAnswered, error: Undecodable) -> None:
        """Ask once more, quoting the decoder; this model's second undecodable answer is a failure."""
        self.send(job.reply_to, CompletionRestarted(job.request.request_id))
        if job.repaired:
            misfit = f"{job.request.output}_does_not_fit_{error.path}"
            self._go_on(job, Failure(kind=FailureKind.UNDECODABLE, fault="content", error_type=misfit, fallback=True))
            return
        job.repaired = True
        job.messages = repair_messages(job, answer, error)
        self._enqueue(job, first=True)

    def _attempt_failed(self, job: LaneJob | None, failure: Failure, call: Address, *, streamed: bool) -> None:
        if job is None or job.call != call:
            return
        now = self.clock.now()
        self._free(job)
        self._span(job, None, failure.error_type, failure.kind)
        news = self._gate.failed(now, self.clock.time(), failure, job.models[0], job.request.telegram_id)
        if failure.scope == "account" and self._allowance is not None:
            self.send(self._allowance, AskAllowance())
        if failure.sent:
            self.send(self._router, accounted(job, self._name, failure=failure))
        self._tally.call_failed(failure, job.models[0], job.attempts)
        if streamed:
            self.send(job.reply_to, CompletionRestarted(job.request.request_id))
        self._repeat(job, failure, now)
        if news:
            self._tell_everyone(now)

    def _tell_everyone(self, now: float) -> None:
        """Tell those who wait what the lane has just learned: that it is closed, or how long it rests."""
        for ahead, job in enumerate(self._queue.turns()):
            self._foresee(job, ahead, now)

    def _repeat(self, job: LaneJob, failure: Failure, now: float) -> None:
        """Try again, try the next model, or give up."""
        if failure.retryable and self._may_retry(job):
            self._retry(job, failure, now)
            job.retries += 1
        else:
            self._go_on(job, failure)

    def _go_on(self, job: LaneJob, failure: Failure) -> None:
        """Ask the next model of the chain, which hears nothing of the last one's answers, or give up."""
        if failure.fallback and len(job.models) > 1:
            job.models, job.messages, job.repaired = job.models[1:], job.request.messages, False
            self._enqueue(job, first=True)
        else:
            self._give_up(job, failure)

    def _may_retry(self, job: LaneJob) -> bool:
        allowed = self._settings.retries_free if self._name.free else self._settings.retries_paid
        return job.retries < allowed and self._gate.retries.spend()

    def _retry(self, job: LaneJob, failure: Failure, now: float) -> None:
        """Who rests holds the request by itself; any other fault is waited out by this request alone."""
        if failure.retry_after_s is not None:
            self._enqueue(job, first=True)
            return
        bound = min(self._settings.backoff_cap_s, self._settings.backoff_base_s * 2**job.retries)
        delay = self._tools.jitter(bound)
        if now + delay > job.deadline_at:
            self._go_on(job, failure)
        else:
            job.backoff = self.timer(delay, BackoffOver(job.number))

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
            self._withdraw(job, FailureKind.DEADLINE)
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

    def _withdraw(self, job: LaneJob, outcome: Outcome) -> None:
        """End the call that is in flight for the job, if one is; its connection closes at once."""
        if job.call is not None:
            self.stop_child(job.call)
            self._span(job, None, outcome, outcome)
            self._gate.released(job.models[0])
            self.send(self._router, accounted(job, self._name))
            self._free(job)

    def _give_up(self, job: LaneJob, failure: Failure) -> None:
        if not job.last and failure.elsewhere:
            self.send(self._router, CompletionPassed(job.number, job.request.request_id, failure))
            self._forget(job, settled=False)
            return
        self._tally.failed += 1
        kind = failure.told(team=self._name.paid_by == "team")
        request_id, provider = job.request.request_id, self._name.provider
        self.send(job.reply_to, CompletionFailed(request_id, kind, provider, failure.detail, failure.retry_after_s))
        self._forget(job)

    def _forget(self, job: LaneJob, *, settled: bool = True) -> None:
        if job.queued:
            self._queue.remove(*job.place, job)
            job.queued = False
        job.deadline.cancel()
        if job.backoff is not None:
            job.backoff.cancel()
        del self._jobs[job.number]
        self._senders.get(job.reply_to, set()).discard(job.number)
        if settled:
            self.send(self._router, CompletionSettled(job.number, job.request.request_id))
        if not self._jobs:
            self._leave = self.timer(self._settings.leaves_after_s, LookIdle(self._tally.accepted))

    def _free(self, job: LaneJob) -> None:
        if job.call is not None:
            del self._in_flight[job.call]
            job.call = None
            self._queue.release(*job.place)

    def _look_idle(self, accepted: int) -> None:
        """Nothing came since the timer was set: the lane may go, unless its rest must be remembered."""
        if accepted != self._tally.accepted or self._jobs:
            return
        if self._gate.remembers_until() > self.clock.now():
            self._leave = self.timer(self._settings.leaves_after_s, LookIdle(accepted))
        else:
            self.send(self._router, LaneIdle(self._name.name, accepted))

    # What others see

    def _span(self, job: LaneJob, answer: CallAnswered | None, error: str | None, outcome: Outcome) -> None:
        self.send(self._router, call_ended(job, self._name.provider, self.clock.now(), answer, outcome))
        now, content = self.clock.time(), self._settings.trace_content
        span = call_span(job, self._name.provider, self._name.name, now, answer, error, content=content)
        if span is not None:
            self.send(self.find("tracer"), span)

    def _report(self) -> None:
        counts = {"in_flight": len(self._in_flight), "queued": len(self._queue)}
        report = self._tally.report(self._gate, self.clock.now(), **counts)
        if report is not None:
            self.send(self._router, report)
