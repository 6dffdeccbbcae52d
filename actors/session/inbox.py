"""Inbox: how a session takes updates, one by one or as the cases they belong to, each of them once."""

from collections.abc import Awaitable, Callable

import msgspec
import structlog

from actors.journal import NewInboxEntry
from actors.session.gathering import Gathering, Reference
from actors.session.messages import HandleUpdate
from actors.session.state import SessionState
from actors.telegram.errors import MalformedUpdate
from actors.telegram.incoming import Incoming
from actors.telegram.parsing import parse_update
from runtime import Actor, Timer

_LOG = structlog.get_logger(__name__)


class MomentOver(msgspec.Struct, frozen=True):
    """Nothing followed for a moment: what was gathered is a case."""


class Inbox:
    """One session's way in; `handle` and `malformed` commit what they are given before they return."""

    def __init__(
        self,
        owner: Actor,
        state: Callable[[], SessionState],
        handle: Callable[[Incoming, tuple[Reference, ...]], Awaitable[None]],
        malformed: Callable[[Reference], Awaitable[None]],
    ) -> None:
        self._owner = owner
        self._state = state
        self._handle = handle
        self._malformed = malformed
        self._gathering = Gathering()
        self._recovered: set[Reference] = set()
        self._moment: Timer | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no message waits for others."""
        return self._gathering.empty

    async def recover(self, entry: NewInboxEntry) -> None:
        """Take an update that the journal holds; it is passed over when it comes through the mailbox as well."""
        reference = (entry.source, entry.number)
        if not self._gathering.holds(reference):
            await self.take(HandleUpdate(entry.actor_key, entry.source, entry.number, entry.raw))
            self._recovered.add(reference)

    async def take(self, update: HandleUpdate) -> None:
        """Handle the update, or let it wait for what may belong to it."""
        reference = (update.source, update.number)
        if reference in self._recovered:
            self._recovered.discard(reference)
            return
        try:
            incoming = parse_update(update.raw)
        except MalformedUpdate:
            _LOG.warning("update_malformed", number=update.number)
            await self._malformed(reference)
        else:
            await self._take(reference, incoming)

    async def moment_over(self) -> None:
        """Handle what was gathered, unless another message has come since and its moment is still going on."""
        if self._moment is None or not self._moment.pending:
            await self.close_case()

    async def close_case(self) -> None:
        """Handle what was gathered, as one case."""
        if self._moment is not None:
            self._moment.cancel()
            self._moment = None
        references, message = self._gathering.take()
        if message is not None:
            await self._handle(message, references)

    async def _take(self, reference: Reference, incoming: Incoming) -> None:
        if not self._gathering.fits(incoming):
            await self.close_case()
        wait_s = self._gathering.wait_s(reference, incoming, self._state(), self._owner.clock.now())
        if wait_s is None:
            await self.close_case()
            await self._handle(incoming, (reference,))
            return
        if self._moment is not None:
            self._moment.cancel()
        self._moment = self._owner.timer(wait_s, MomentOver())
