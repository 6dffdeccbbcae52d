"""Scheduler: looks in storage whose time has come, and tells their sessions, which alone decide and write.

It keeps nothing that matters: a session moves the moment in its own row, so nothing is told twice however often this
actor asks, and a restart only means that it looks again. While storage is out of reach it waits for the next look.
Beside that it deletes traces whose time is over, and spans that no trace holds.
"""

import asyncio
from typing import ClassVar

import msgspec
import structlog

from actors.retention import Swept, sweep, sweep_orphans
from actors.session.messages import Nudge
from actors.session.session_journal import session_key
from coaching.reminders import digest_due
from coaching.rep_settings import RepSettings
from runtime import Actor, Address, Mailbox
from storage import Row, StorageError, Store, all_of, eq, from_text, in_, lte, to_text

_LOG = structlog.get_logger(__name__)
READ_DEADLINE_S = 20.0
TELL_AGAIN_S = 600.0
"""How long a session has time to act on a nudge before it is told again: rows reach storage a little later."""
SWEEP_EVERY_S = 6 * 3_600.0
SWEEP_ON_S = 10.0
"""From one step of a sweep to the next, as long as there is more."""
_FIRST_SWEEP_S = 60.0
ORPHAN_S = 6 * 3_600.0
"""How long the trace of a span may take to reach storage, an outage included, before the span counts as left over."""
ORPHANS_FOR_S = 24 * 3_600.0
"""For how long after that each sweep looks for it, so that a sweep that failed is made up for."""
_DAY_S = 86_400.0
MOST_DUE, MOST_REPS, MOST_DIGESTS = 200, 1_000, 50


class DescribeScheduler(msgspec.Struct, frozen=True):
    """Ask how late the reminders are; answered by `SchedulerDescribed`."""


class SchedulerDescribed(msgspec.Struct, frozen=True):
    """How long ago the moment was that is due and waits longest; grows while storage cannot be read."""

    late_s: float


class _Look(msgspec.Struct, frozen=True):
    pass


class _Sweep(msgspec.Struct, frozen=True):
    pass


class _NotSwept(msgspec.Struct, frozen=True):
    error: Exception


class Scheduler(Actor):
    """Sends `Nudge` for due reminders and daily digests, every `every_s` seconds; keeps traces `trace_days` long."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100)

    def __init__(self, store: Store, *, trace_days: int, every_s: float = 60.0) -> None:
        super().__init__()
        self._store = store
        self._trace_days = trace_days
        self._every_s = every_s
        self._told: dict[Nudge, float] = {}
        self._late_s = 0.0
        self._looked_at: float | None = None

    async def started(self) -> None:
        """Look soon after the start: what came due while nobody ran is told now."""
        self.timer(min(self._every_s, 5.0), _Look())
        self.timer(_FIRST_SWEEP_S, _Sweep())

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case _Look():
                await self._look()
                self.timer(self._every_s, _Look())
            case DescribeScheduler():
                self.reply(SchedulerDescribed(self._lateness()))
            case _Sweep():
                self.pipe(self._swept(), failed=_NotSwept)
            case Swept(deleted=deleted, more=more):
                self.timer(SWEEP_ON_S if more else SWEEP_EVERY_S, _Sweep())
                _LOG.info("old_traces_deleted", rows=deleted)
            case _NotSwept(error=error):
                self.timer(SWEEP_EVERY_S, _Sweep())
                if not isinstance(error, StorageError):
                    raise error
                _LOG.warning("old_traces_kept", error=type(error).__name__)
            case _:
                await self.unhandled(message, sender)

    def _lateness(self) -> float:
        """What was late at the last look, and is as late again as the next look is overdue."""
        unseen_s = 0.0 if self._looked_at is None else self.clock.time() - self._looked_at - self._every_s
        return self._late_s + max(0.0, unseen_s)

    async def _swept(self) -> Swept:
        """One step; the spans without a trace are looked for with the last."""
        now = self.clock.time()
        old = await sweep(self._store, now - self._trace_days * _DAY_S)
        if old.more:
            return old
        orphans = await sweep_orphans(self._store, now - ORPHAN_S - ORPHANS_FOR_S, now - ORPHAN_S)
        return Swept(old.deleted + orphans, more=False)

    async def _look(self) -> None:
        now = self.clock.time()
        try:
            async with asyncio.timeout(READ_DEADLINE_S):
                reps = {int(str(row["telegram_id"])): row for row in await self._reps()}
                due = await self._due(list(reps), now) if reps else []
        except (StorageError, TimeoutError) as error:
            _LOG.warning("schedule_unreadable", error=type(error).__name__)
            return
        self._looked_at = now
        self._late_s = max((now - from_text(str(row["next_followup"])) for row in due), default=0.0)
        self._told = {nudge: at for nudge, at in self._told.items() if now - at < TELL_AGAIN_S}
        for row in due:
            rep = int(str(row["telegram_id"]))
            if rep in reps:
                self._tell(Nudge(session_key(rep), "remind", str(row["id"]), str(row["next_followup"])), now)
        waiting = [rep for rep, row in reps.items() if _digest_due(row, now)]
        for rep in waiting[:MOST_DIGESTS]:
            day = _settings(reps[rep]).local(now).date().isoformat()
            self._tell(Nudge(session_key(rep), "digest", "", day), now)

    async def _due(self, reps: list[int], now: float) -> list[Row]:
        """The leads that are due, of these reps alone: others' would stand in the way of theirs for ever."""
        where = all_of(lte("next_followup", to_text(now)), in_("telegram_id", reps))
        return await self._store.select("lead_registry", where, order=("next_followup", "id"), limit=MOST_DUE)

    async def _reps(self) -> list[Row]:
        where = eq("reminders_enabled", value=True)
        reps = await self._store.select("users", where, order=("id",), limit=MOST_REPS)
        return [row for row in reps if row["access"] == "granted"]

    def _tell(self, nudge: Nudge, now: float) -> None:
        if nudge not in self._told:
            self._told[nudge] = now
            self.send(self.find("sessions"), nudge)


def _digest_due(row: Row, now: float) -> bool:
    last = from_text(str(row["digested_at"])) if row["digested_at"] else None
    return digest_due(last, _settings(row), now)


def _settings(row: Row) -> RepSettings:
    return RepSettings(
        time_zone=str(row["time_zone"]),
        quiet_from=int(str(row["quiet_from"])),
        quiet_to=int(str(row["quiet_to"])),
        reminders=bool(row["reminders_enabled"]),
    )
