"""The journal: the single writer of the local durable log.

Requests that arrive while the writer thread commits are committed together next, in arrival order (group commit), so
one sync serves many turns and the handler never waits for the disk. A request is answered after its transaction is
on disk. When the disk refuses, the askers get `JournalFailed`, nothing of theirs is written, and the journal goes on
serving: the next group is tried afresh.

Its messages are told apart from it, beside the file they are kept in; others take them from here.
"""

import asyncio
from collections import deque
from pathlib import Path
from typing import ClassVar

import msgspec
import structlog

from runtime.actor import Actor, Timer
from runtime.address import Address
from runtime.mailbox import Mailbox
from runtime.supervision import ChildSpec, Terminated
from storage.journal_file import Applied, JournalError, JournalFile, JournalUnavailable
from storage.journal_messages import (
    Accept,
    Accepted,
    Commit,
    Committed,
    DeadEntry,
    DescribeJournal,
    Forget,
    GivenUpEntry,
    GivenUpListed,
    GivenUpResolved,
    JournalDescribed,
    JournalFailed,
    JournalReply,
    JournalRequest,
    ListGivenUp,
    Load,
    Loaded,
    Marked,
    MarkOutbox,
    NewInboxEntry,
    NewOutboxEntry,
    OutboxAppended,
    OutboxBatch,
    OutboxEntry,
    OutboxMark,
    OutboxState,
    Prune,
    Pruned,
    ResolveGivenUp,
    Subscribe,
    TakeOutbox,
    Trimmed,
    TrimOutbox,
    Unfinished,
    UnfinishedKeys,
)

__all__ = [
    "Accept",
    "Accepted",
    "Commit",
    "Committed",
    "DeadEntry",
    "DescribeJournal",
    "Forget",
    "GivenUpEntry",
    "GivenUpListed",
    "GivenUpResolved",
    "Journal",
    "JournalDescribed",
    "JournalFailed",
    "ListGivenUp",
    "Load",
    "Loaded",
    "MarkOutbox",
    "Marked",
    "NewInboxEntry",
    "NewOutboxEntry",
    "OutboxAppended",
    "OutboxBatch",
    "OutboxEntry",
    "OutboxMark",
    "OutboxState",
    "ResolveGivenUp",
    "Subscribe",
    "TakeOutbox",
    "TrimOutbox",
    "Trimmed",
    "Unfinished",
    "UnfinishedKeys",
    "journal_spec",
]

_GROUP_LIMIT = 512
_WAITING_LIMIT = 20_000
_PRUNE_EVERY_S = 600.0
_PRUNE_AGAIN_S = 1.0

_log = structlog.get_logger(__name__)


class _Waiting(msgspec.Struct, frozen=True):
    """A request and who waits for its answer."""

    request: JournalRequest
    asker: Address


class _Group:
    """Requests committed together; the writer thread leaves the outcome here before anybody is told."""

    def __init__(self, waiting: tuple[_Waiting, ...]) -> None:
        self.waiting = waiting
        self.outcome: Applied | JournalUnavailable | None = None

    def write(self, file: JournalFile) -> "_Group":
        """Runs in the writer thread."""
        try:
            self.outcome = file.apply([waiting.request for waiting in self.waiting])
            wiped = any(isinstance(waiting.request, Forget | Prune | ResolveGivenUp) for waiting in self.waiting)
            if wiped:
                file.compact()
        except JournalUnavailable as error:
            self.outcome = error
        return self


class _Broken(msgspec.Struct, frozen=True):
    """The writer thread raised what no group should raise."""

    error: Exception


class Subscriptions:
    """Who listens to which lane; outlives the actor's restarts."""

    def __init__(self) -> None:
        self._by_lane: dict[str, dict[Address, None]] = {}

    def add(self, lane: str, address: Address) -> None:
        """Add the listener once."""
        self._by_lane.setdefault(lane, {})[address] = None

    def remove(self, address: Address) -> None:
        """Forget the listener in every lane."""
        for listeners in self._by_lane.values():
            listeners.pop(address, None)

    def of(self, lane: str) -> tuple[Address, ...]:
        """The lane's listeners in the order they came."""
        return tuple(self._by_lane.get(lane, ()))

    def everyone(self) -> frozenset[Address]:
        """All listeners of all lanes."""
        return frozenset(address for listeners in self._by_lane.values() for address in listeners)


def journal_spec(path: Path) -> ChildSpec:
    """The journal on this file, as the well-known actor "journal" whose listeners survive its restarts."""
    subscriptions = Subscriptions()
    return ChildSpec(name="journal", factory=lambda: Journal(path, subscriptions), well_known=True)


class Journal(Actor):
    """Keeps inbox, outbox and snapshots durable.

    The start raises what `JournalFile.open` raises. A stop first writes and answers everything received. More
    than 20,000 waiting requests are refused with `JournalFailed`.
    """

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=20_000)

    def __init__(self, path: Path, subscriptions: Subscriptions | None = None) -> None:
        self._file = JournalFile(path, time=self._now)
        self._subscriptions = Subscriptions() if subscriptions is None else subscriptions
        self._waiting: deque[_Waiting] = deque()
        self._writing: _Group | None = None
        self._work: asyncio.Future[_Group] | None = None
        self._failing = False
        self._prune_timer: Timer | None = None

    async def started(self) -> None:
        try:
            await self.to_thread(self._file.open)
        except JournalError as error:
            _log.error("journal_not_opened", reason=str(error))
            raise
        for listener in self._subscriptions.everyone():
            self.watch(listener)
        self._prune_in(0.0)

    async def stopped(self) -> None:
        # Requests in the thread and behind it are still owed an answer.
        if self._work is not None:
            await asyncio.wait((self._work,))
        rest = _Group(tuple(self._waiting))
        if rest.waiting:
            await self.to_thread(rest.write, self._file)
        await self.to_thread(self._file.close)
        for group in (self._writing, rest):
            if group is not None:
                self._answer(group)
        self._waiting.clear()
        self._writing = None

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case (
                Accept()
                | Commit()
                | Load()
                | Forget()
                | Unfinished()
                | TakeOutbox()
                | MarkOutbox()
                | TrimOutbox()
                | DescribeJournal()
                | ListGivenUp()
                | ResolveGivenUp()
                | Prune()
            ):
                self._enqueue(message, sender)
            case Subscribe(lane):
                self._subscriptions.add(lane, sender)
                self.watch(sender)
                self.send(sender, OutboxAppended(lane))
            case Terminated(address):
                self._subscriptions.remove(address)
            case _Group():
                # One left over from before a restart was answered by `stopped`.
                if message is self._writing:
                    self._writing = None
                    self._answer(message)
                    self._write_next()
            case Pruned(more=more):
                self._prune_in(_PRUNE_AGAIN_S if more else _PRUNE_EVERY_S)
            case JournalFailed():
                self._prune_in(_PRUNE_EVERY_S)
            case _Broken(error):
                raise error
            case _:
                await self.unhandled(message, sender)

    def _now(self) -> float:
        return self.clock.time()

    def _enqueue(self, request: JournalRequest, asker: Address) -> None:
        if len(self._waiting) >= _WAITING_LIMIT:
            self.send(asker, JournalFailed("The journal is overloaded: the disk is slower than what comes in."))
            return
        self._waiting.append(_Waiting(request, asker))
        if self._writing is None:
            self._write_next()

    def _write_next(self) -> None:
        if not self._waiting:
            return
        size = min(_GROUP_LIMIT, len(self._waiting))
        self._writing = _Group(tuple(self._waiting.popleft() for _ in range(size)))
        # Shielded: a stop ends the waiting, not the write, and waits for the write itself before it closes the file.
        self._work = asyncio.get_running_loop().run_in_executor(None, self._writing.write, self._file)
        self.pipe(asyncio.shield(self._work), failed=_Broken)

    def _answer(self, group: _Group) -> None:
        replies: tuple[JournalReply, ...]
        if isinstance(group.outcome, Applied):
            replies, lanes = group.outcome.replies, group.outcome.lanes
        else:
            reason = str(group.outcome or "The journal stopped before it could write.")
            replies, lanes = tuple(JournalFailed(reason) for _ in group.waiting), frozenset()
        for waiting, reply in zip(group.waiting, replies, strict=True):
            self.send(waiting.asker, reply)
        self._announce(lanes)
        self._note(replies)

    def _prune_in(self, delay_s: float) -> None:
        if self._prune_timer is not None:
            self._prune_timer.cancel()
        self._prune_timer = self.timer(delay_s, Prune())

    def _announce(self, lanes: frozenset[str]) -> None:
        for lane in sorted(lanes):
            for listener in self._subscriptions.of(lane):
                self.send(listener, OutboxAppended(lane))

    def _note(self, replies: tuple[JournalReply, ...]) -> None:
        """Log a failure once when it begins and once when it is over, not per request."""
        reason = next((reply.reason for reply in replies if isinstance(reply, JournalFailed)), None)
        if reason is not None and not self._failing:
            _log.error("journal_write_failed", reason=reason)
        elif reason is None and self._failing:
            _log.info("journal_recovered")
        self._failing = reason is not None
