"""From a batch of raw updates to durable journal entries."""

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import msgspec
import structlog

from actors.journal import (
    Accept,
    Accepted,
    Commit,
    Committed,
    DeadEntry,
    DescribeJournal,
    JournalDescribed,
    JournalFailed,
    Load,
    Loaded,
    NewInboxEntry,
    Unfinished,
    UnfinishedKeys,
)
from actors.providers.messages import RECORD_LANE
from actors.telegram.errors import JournalProblem
from actors.telegram.parsing import actor_key_of, number_of
from runtime import ActorError

_LOG = structlog.get_logger(__name__)
_Reply = TypeVar("_Reply")
_Reference = tuple[str, int]

UNROUTED = "telegram/unrouted"
"""The journal key of updates that belong to no person."""

MOST_UNWRITTEN = 200_000
"""With so many writes in the journal waiting for storage, new updates wait with Telegram."""

_LAGGING = 0.8
"""From this part of `MOST_UNWRITTEN` on the reps are told, and the journal is asked often."""
_WRITES_OF_UPDATE = 20
_ROOM_WHEN_LAGGING = 20
_PERSONS = "session/"
_DEADLINE_S = 30.0


class Intake(msgspec.Struct, frozen=True):
    """What one poll brought; `next_offset` acknowledges all of it, None if nothing in it had a number."""

    entries: tuple[NewInboxEntry, ...]
    unnumbered: int
    next_offset: int | None


def sort_updates(source: str, items: Sequence[bytes]) -> Intake:
    """The batch as journal entries in number order, each under its person's key."""
    sorted_out = [_entry(source, item) for item in items]
    numbered = {entry.number: entry for entry in sorted_out if entry is not None}
    entries = tuple(numbered[number] for number in sorted(numbered))
    return Intake(entries, sorted_out.count(None), entries[-1].number + 1 if entries else None)


def is_routed(entry: NewInboxEntry) -> bool:
    """Whether there is a session to handle it."""
    return entry.actor_key.startswith(_PERSONS)


def kind_of(raw: bytes, kinds: Sequence[str]) -> str:
    """Which of these kinds an update is, "other" where it is none."""
    try:
        fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (ValueError, RecursionError):  # msgspec is stricter than what took the update in
        return "other"
    return next((kind for kind in kinds if kind in fields), "other")


def _entry(source: str, item: bytes) -> NewInboxEntry | None:
    try:
        update = json.loads(item)
    except (ValueError, RecursionError):
        return None
    number = number_of(update)
    if number is None:
        return None
    return NewInboxEntry(source, number, actor_key_of(update) or UNROUTED, item)


def _reference(entry: NewInboxEntry) -> _Reference:
    return entry.source, entry.number


class Keeper:
    """The receiver's dealings with the journal; every method raises JournalProblem when the journal does not do it."""

    def __init__(
        self,
        ask: Callable[[object, float], Awaitable[object]],
        most_unhandled: int,
        most_unwritten: int = MOST_UNWRITTEN,
    ) -> None:
        self._ask = ask
        self._most_unhandled = most_unhandled
        self._most_unwritten = most_unwritten
        self.lags = False
        self._room = 0
        self._doubtful: set[_Reference] = set()

    async def has_room(self) -> bool:
        """Whether sessions and storage keep up; asks the journal only after as many updates as fitted the last time.

        `lags` says from then on whether storage is close to its bound.
        """
        if self._room <= 0:
            described = await self._journal(DescribeJournal(), JournalDescribed)
            self._room = min(self._most_unhandled - described.inbox_pending, self._writable(described))
        return self._room > 0

    def _writable(self, described: JournalDescribed) -> int:
        """How many more updates the record lane bears."""
        waiting = described.outbox_pending.get(RECORD_LANE, 0)
        lagged, self.lags = self.lags, waiting >= self._most_unwritten * _LAGGING
        if self.lags != lagged:
            _LOG.warning("records_lag" if self.lags else "records_caught_up", waiting=waiting)
        if waiting >= self._most_unwritten:
            return 0
        left = max(1, (self._most_unwritten - waiting) // _WRITES_OF_UPDATE)
        return min(left, _ROOM_WHEN_LAGGING) if self.lags else left

    async def unfinished(self) -> list[str]:
        """The sessions to resume after a start; updates of nobody that a crash left behind are settled."""
        keys = (await self._journal(Unfinished(), UnfinishedKeys)).actor_keys
        if UNROUTED in keys:
            await self._bury((await self._journal(Load(UNROUTED), Loaded)).pending)
        return [key for key in keys if key.startswith(_PERSONS)]

    async def keep(self, entries: tuple[NewInboxEntry, ...]) -> tuple[NewInboxEntry, ...]:
        """Write the entries down and give back those that nobody has handled or been given yet.

        An Accept that was never answered may have been written: then its entries no longer count as fresh when they
        come again, but the sessions have not seen them, and the journal is asked which of them are still open. Others
        that are taken in meanwhile change nothing about the doubt.
        """
        if not entries:
            return ()
        numbers = {_reference(entry) for entry in entries}
        try:
            new = {_reference(entry) for entry in (await self._journal(Accept(entries), Accepted)).fresh}
        except JournalProblem as problem:
            if problem.unanswered:
                self._doubtful |= numbers
            raise
        doubted = self._doubtful & numbers
        if doubted:
            self._doubtful |= new  # not handed on either, if the journal fails now
            new |= doubted & await self._open(entry.actor_key for entry in entries if _reference(entry) in doubted)
        self._doubtful -= numbers
        fresh = tuple(entry for entry in entries if _reference(entry) in new)
        self._room -= len(fresh)
        await self._bury(tuple(entry for entry in fresh if not is_routed(entry)))
        return fresh

    async def _open(self, keys: Iterable[str]) -> set[_Reference]:
        """What is unhandled in the journal of these."""
        loaded = [await self._journal(Load(key), Loaded) for key in dict.fromkeys(keys)]
        return {_reference(entry) for one in loaded for entry in one.pending}

    async def _bury(self, entries: Sequence[NewInboxEntry]) -> None:
        """Settle updates that no session will ever handle; if that fails now, the next start does it."""
        if not entries:
            return
        dead = tuple(DeadEntry(entry.source, entry.number, "belongs to no person") for entry in entries)
        try:
            await self._journal(Commit(UNROUTED, None, wake=False, dead=dead), Committed)
        except JournalProblem as problem:
            _LOG.warning("unrouted_updates_unsettled", count=len(dead), reason=problem.reason)
        else:
            _LOG.warning("unrouted_updates_settled", count=len(dead))

    async def _journal(self, request: object, reply_type: type[_Reply]) -> _Reply:
        try:
            reply = await self._ask(request, _DEADLINE_S)
        except ActorError as error:
            raise JournalProblem(type(error).__name__, unanswered=True) from None
        if isinstance(reply, JournalFailed):
            raise JournalProblem(reply.reason, unanswered=False)
        if not isinstance(reply, reply_type):
            raise TypeError(f"the journal answered {type(reply).__name__}")
        return reply
