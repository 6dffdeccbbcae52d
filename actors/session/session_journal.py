"""SessionJournal: what a session leaves in the journal and finds there again, asked for until it is done."""

import msgspec
import structlog

from actors.journal import Accept, Commit, DeadEntry, Forget, JournalFailed, Load, Loaded, NewInboxEntry, NewOutboxEntry
from actors.providers.messages import RECORD_LANE, RowWrite
from actors.session.messages import Letter, Resume
from actors.session.turn import Turn
from actors.telegram.messages import MESSAGE_LANE
from runtime import Actor, ActorError

_LOG = structlog.get_logger(__name__)
DEADLINE_S = 30.0
LONGEST_PAUSE_S = 5.0
LETTER_SOURCE = "letter:"
"""How the source of an inbox entry begins that another session wrote, and not Telegram."""


def session_key(telegram_id: int) -> str:
    """The key of a rep's session, in the journal and among the sessions."""
    return f"session/{telegram_id}"


class SessionJournal:
    """One session's door to the journal; nothing goes on before the journal has done what was asked.

    Every method waits as long as the journal takes; the end of the session's actor ends the waiting.
    """

    def __init__(self, owner: Actor, actor_key: str, telegram_id: int) -> None:
        self._owner = owner
        self._key = actor_key
        self._order_key = str(telegram_id)

    async def load(self) -> Loaded:
        """The snapshot and what is not handled yet."""
        return await self._load(Load(self._key))

    async def unwritten(self) -> tuple[RowWrite, ...]:
        """The rep's rows that storage may not hold yet, oldest first."""
        loaded = await self._load(Load(self._key, RECORD_LANE, self._order_key))
        return tuple(msgspec.json.decode(write, type=RowWrite) for write in loaded.unsettled)

    async def commit(
        self, turn: Turn, origin: str, *, done: tuple[tuple[str, int], ...] = (), dead: tuple[DeadEntry, ...] = ()
    ) -> None:
        """Make a turn durable, whole; the same origin twice has its effects once.

        Letters are laid down first: a crash before the turn itself repeats it, and they are known by their origin.
        """
        if turn.letters:
            await self._ask(Accept(tuple(_entry(letter, origin, at) for at, letter in enumerate(turn.letters))))
        await self._ask(
            Commit(
                actor_key=self._key,
                snapshot=msgspec.json.encode(turn.state),
                wake=turn.state.busy,
                outbox=self._outbox(turn, origin),
                done=done,
                dead=dead,
            )
        )
        for letter in turn.letters:
            self._owner.send(self._owner.find("sessions"), Resume(session_key(letter.telegram_id)))

    async def forget(self) -> None:
        """Drop everything of the rep that is settled."""
        await self._ask(Forget(self._key, self._order_key))

    def _outbox(self, turn: Turn, origin: str) -> tuple[NewOutboxEntry, ...]:
        named = (
            *((f"{MESSAGE_LANE}/{place}", call.lane, call) for place, call in enumerate(turn.calls)),
            *((f"{RECORD_LANE}/{place}", RECORD_LANE, row) for place, row in enumerate(turn.rows)),
        )
        return tuple(
            NewOutboxEntry(f"{origin}/{name}", lane, self._order_key, msgspec.json.encode(item))
            for name, lane, item in named
        )

    async def _load(self, request: Load) -> Loaded:
        reply = await self._ask(request)
        assert isinstance(reply, Loaded)  # noqa: S101  # the journal's contract, narrowed for the type checker
        return reply

    async def _ask(self, request: Accept | Load | Commit | Forget) -> object:
        pause = 0.2
        while True:
            try:
                reply = await self._owner.ask(self._owner.find("journal"), request, deadline_s=DEADLINE_S)
            except ActorError as error:
                _LOG.warning("journal_unanswered", error=type(error).__name__)
            else:
                if not isinstance(reply, JournalFailed):
                    return reply
            await self._owner.clock.sleep(pause)
            pause = min(LONGEST_PAUSE_S, pause * 2)


def _entry(letter: Letter, origin: str, place: int) -> NewInboxEntry:
    source = f"{LETTER_SOURCE}{origin}"
    return NewInboxEntry(source, place, session_key(letter.telegram_id), msgspec.json.encode(letter))
