"""The overview: one observation of the whole system, from which every operators' page is made.

Actors are read from outside, so a stuck one still shows. Journal, providers and Telegram are asked with a short
deadline; one that does not answer is named under `reasons`. No rep's name, text or key is in any of it.
"""

import asyncio
import math
import os
from datetime import UTC, datetime
from typing import Literal, TypeVar

import msgspec

from actors.journal import DescribeJournal, JournalDescribed
from actors.providers.messages import DescribeDurations, DescribeProviders, DurationsDescribed, ProvidersDescribed
from actors.providers.record_writer import DescribeWriter, WriterDescribed
from actors.providers.tracer import DescribeTracer, TracerDescribed
from actors.providers.transcription import DescribeTranscriber, TranscriberDescribed
from actors.scheduler import DescribeScheduler, SchedulerDescribed
from actors.session.messages import DescribeSessions, SessionsDescribed
from actors.telegram.messages import DescribeTelegram, TelegramDescribed
from runtime import ActorError, ActorSystem, CellSnapshot, Histogram, SystemSnapshot, Times, TypeSnapshot
from webapp_server.actor_ids import ActorIds
from webapp_server.actor_rows import ActorRow, actor_row
from webapp_server.history import History, Point, Rates, Recent
from webapp_server.http_times import HttpTimes
from webapp_server.process import Process, ProcessWatch
from webapp_server.reasons import reasons_of
from webapp_server.status_rows import DeadLetterRow, dead_letter_rows, failed_rows
from webapp_server.stopping import Stopping

_Kind = TypeVar("_Kind")
ASK_DEADLINE_S = 1.0
KEPT_S = 1.0
SHOWN_CHILDREN = 20
"""The children of a parent with more are counted, not shown."""
SHOWN_ERRORS = 10
SCHEMA = 1
VERSION = "0.1.0"
"""Of this release; the package takes it from here."""
_QUESTIONS = {
    "journal": ("journal", DescribeJournal()),
    "providers": ("llm_router", DescribeProviders()),
    "transcriber": ("transcriber", DescribeTranscriber()),
    "writer": ("record_writer", DescribeWriter()),
    "trace_writer": ("trace_writer", DescribeWriter()),
    "tracer": ("tracer", DescribeTracer()),
    "scheduler": ("scheduler", DescribeScheduler()),
    "intake": ("update_receiver", DescribeTelegram()),
    "sending": ("message_sender", DescribeTelegram()),
    "users": ("sessions", DescribeSessions()),
}
_TIMED = {"calls": "llm_router", "flushes": "record_writer"}


class Asks(msgspec.Struct, frozen=True):
    """Questions between actors since the start, and those `pending` now; `took` is of one in 64, in seconds."""

    total: int
    timeouts_total: int
    took: Times
    pending: int


class Totals(msgspec.Struct, frozen=True):
    """Counts since the start; `actors` by state, `dead_letters` and ends by reason, `overflows` by policy."""

    actors: dict[str, int]
    handled: int
    failed: int
    restarts: int
    dead_letters: dict[str, int]
    started_total: int
    stopped_total: dict[str, int]
    overflows: dict[str, int]
    asks: Asks


class MailboxRow(msgspec.Struct, frozen=True):
    """Messages waiting in all mailboxes of a type, and the most that ever waited in one.

    `depth_max` and `oldest_age_s` are of the hot actors.
    """

    pending: int
    peak: int
    depth_max: int
    oldest_age_s: float | None


class TypeRow(msgspec.Struct, frozen=True):
    """All actors of one type; `waited` in the mailbox, `ran` in the handler, in seconds since the start.

    `recent` is the same of the last five minutes; `last_error` is the last among the dead letters that are kept.
    `in_flight` handlers wait for something.
    """

    type: str
    count: int
    mailbox: MailboxRow
    handled: int
    failed: int
    restarts: int
    waited: Times
    ran: Times
    recent: Recent | None
    last_error: DeadLetterRow | None
    in_flight: int


class LoopRow(msgspec.Struct, frozen=True):
    """How late the loop comes to what is due, and how often a turn held it for over a quarter of a second."""

    lag: Times
    blocked: int
    last_blocked: str | None


class Overview(msgspec.Struct, frozen=True):
    """The document behind `/status`. Names may be added and never change; times in seconds, ages up to `now`."""

    schema: int
    service: str
    version: str
    commit: str | None
    status: Literal["pass", "warn"]
    reasons: tuple[str, ...]
    state: Literal["running", "draining"]
    started_at: datetime
    now: datetime
    uptime_s: float
    process: Process
    totals: Totals
    rates: Rates
    history: tuple[Point, ...]
    loop: LoopRow
    types: tuple[TypeRow, ...]
    tree: tuple[ActorRow, ...]
    hot: tuple[ActorRow, ...]
    errors: tuple[DeadLetterRow, ...]
    journal: JournalDescribed | None = None
    providers: ProvidersDescribed | None = None
    transcriber: TranscriberDescribed | None = None
    writer: WriterDescribed | None = None
    trace_writer: WriterDescribed | None = None
    tracer: TracerDescribed | None = None
    scheduler: SchedulerDescribed | None = None
    intake: TelegramDescribed | None = None
    sending: TelegramDescribed | None = None
    users: SessionsDescribed | None = None


class Observation(msgspec.Struct, frozen=True):
    """An overview, the snapshot it was made from, and how long model calls, flushes and answers over HTTP took."""

    overview: Overview
    snapshot: SystemSnapshot
    durations: dict[str, dict[tuple[str, ...], Histogram]]


class Observer:
    """Observes a system at most once a second, however many look."""

    def __init__(self, system: ActorSystem, ids: ActorIds, stopping: Stopping) -> None:
        self._system = system
        self._ids = ids
        self._stopping = stopping
        self._started_at = datetime.now(UTC)
        self._looking = asyncio.Lock()
        self._history = History()
        self._process = ProcessWatch()
        self.http = HttpTimes()
        self._seen: Observation | None = None
        self._seen_at = -math.inf

    async def observe(self) -> Observation:
        """The observation of this second."""
        async with self._looking:
            is_old = self._system.clock.now() - self._seen_at >= KEPT_S
            if self._seen is None or is_old or self._seen.overview.state != self._state:
                self._seen = await self._observe()
                self._seen_at = self._system.clock.now()
            return self._seen

    @property
    def _state(self) -> Literal["running", "draining"]:
        return "draining" if self._stopping.asked else "running"

    def renew(self) -> None:
        """Let the next look see what has just changed."""
        self._seen_at = -math.inf

    async def _observe(self) -> Observation:
        (described, reasons), durations = await asyncio.gather(self._describe(), self._durations())
        snapshot = self._system.snapshot()
        self._history.take(self._system.clock.now(), self._system.clock.time(), snapshot)
        rates = self._history.rates()
        reasons += reasons_of(
            snapshot,
            rates,
            _one(described, JournalDescribed),
            _one(described, ProvidersDescribed),
            _one(described, SchedulerDescribed),
        )
        now = datetime.now(UTC)
        failed = failed_rows(dead_letter_rows(self._system.dead_letters, self._system.clock.time(), self._ids))
        overview = Overview(
            schema=SCHEMA,
            service="cornerman",
            version=VERSION,
            commit=os.environ.get("RAILWAY_GIT_COMMIT_SHA") or None,
            status="warn" if reasons else "pass",
            reasons=tuple(reasons),
            state=self._state,
            started_at=self._started_at,
            now=now,
            uptime_s=round((now - self._started_at).total_seconds(), 3),
            process=self._process.read(self._system.clock.now()),
            totals=_totals(snapshot),
            rates=rates,
            history=self._history.points,
            loop=LoopRow(snapshot.loop.lag, snapshot.loop.blocked, snapshot.loop.last_blocked),
            types=tuple(self._type_row(stats, snapshot, failed) for stats in snapshot.types),
            tree=tuple(actor_row(cell, self._ids) for cell in self._system.each(SHOWN_CHILDREN)),
            hot=tuple(actor_row(cell, self._ids) for cell in snapshot.hot),
            errors=failed[:SHOWN_ERRORS],
            **described,  # type: ignore[arg-type]  # each question's answer has the type of its field
        )
        return Observation(overview, snapshot, durations | {"http": self.http.read()})

    def _type_row(self, stats: TypeSnapshot, snapshot: SystemSnapshot, failed: tuple[DeadLetterRow, ...]) -> TypeRow:
        return TypeRow(
            type=stats.type,
            count=stats.alive,
            mailbox=_mailbox_row(stats, [cell for cell in snapshot.hot if cell.type == stats.type]),
            handled=stats.handled,
            failed=stats.failed,
            restarts=stats.restarts,
            waited=stats.waited,
            ran=stats.ran,
            recent=self._history.recent(stats.type),
            in_flight=stats.in_flight,
            last_error=next((letter for letter in failed if letter.target_type == stats.type), None),
        )

    async def _describe(self) -> tuple[dict[str, object], list[str]]:
        names = list(_QUESTIONS)
        answers = await asyncio.gather(*(self._asked(*_QUESTIONS[name]) for name in names))
        described = {name: answer for name, (answer, _) in zip(names, answers, strict=True) if answer is not None}
        reasons = [reason for _, reason in answers if reason]
        if self._stopping.asked:
            reasons.insert(0, "the process is stopping: no new work is taken")
        return described, reasons

    async def _durations(self) -> dict[str, dict[tuple[str, ...], Histogram]]:
        answers = await asyncio.gather(*(self._asked(actor, DescribeDurations()) for actor in _TIMED.values()))
        asked = zip(_TIMED, answers, strict=True)
        return {name: told.by_labels for name, (told, _) in asked if isinstance(told, DurationsDescribed)}

    async def _asked(self, actor: str, question: object) -> tuple[object, str | None]:
        try:
            answer = await self._system.ask(self._system.find(actor), question, deadline_s=ASK_DEADLINE_S)
        except ActorError as error:
            return None, f"{actor} gives no answer ({type(error).__name__})"
        problem = getattr(answer, "last_problem", None)
        return answer, f"{actor}: {problem}" if problem else None


def _one(described: dict[str, object], kind: type[_Kind]) -> _Kind | None:
    return next((answer for answer in described.values() if isinstance(answer, kind)), None)


def _totals(snapshot: SystemSnapshot) -> Totals:
    return Totals(
        actors=snapshot.states,
        handled=sum(stats.handled for stats in snapshot.types),
        failed=sum(stats.failed for stats in snapshot.types),
        restarts=sum(stats.restarts for stats in snapshot.types),
        dead_letters=snapshot.dead_letters_total,
        started_total=snapshot.started,
        stopped_total=snapshot.ended,
        overflows=snapshot.overflows,
        asks=Asks(snapshot.asks, snapshot.ask_timeouts, snapshot.ask_times, snapshot.asks_pending),
    )


def _mailbox_row(stats: TypeSnapshot, hot: list[CellSnapshot]) -> MailboxRow:
    return MailboxRow(
        pending=stats.pending,
        peak=stats.peak,
        depth_max=max((cell.depth for cell in hot), default=0),
        oldest_age_s=max((cell.oldest_age_s for cell in hot if cell.oldest_age_s is not None), default=None),
    )
