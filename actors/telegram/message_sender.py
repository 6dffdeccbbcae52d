"""MessageSender: the way out. It drains the journal's two lanes of messages into one ChatSender per chat.

Chats go side by side, each in its own order. What the journal still calls "sending" when this actor starts was
interrupted: Telegram may have it, so it is recorded as uncertain instead of being sent a second time.
"""

import asyncio
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import msgspec
import structlog

from actors.journal import JournalFailed, OutboxAppended, OutboxBatch, OutboxEntry, Subscribe, TakeOutbox
from actors.session.messages import RepUnreachable
from actors.telegram.aiogram_loading import load_aiogram
from actors.telegram.calls import chat_of
from actors.telegram.chat_sender import ChatQuiet, ChatSender, Deliver, Settled
from actors.telegram.delivery import BLOCKED
from actors.telegram.lanes import first_of_each_lane
from actors.telegram.messages import (
    BULK_LANE,
    MESSAGE_LANE,
    DescribeTelegram,
    EndDraft,
    Perform,
    ShowDraft,
    TelegramCall,
    TelegramDescribed,
)
from actors.telegram.outcome import Came, Outcome
from actors.telegram.pacing import BotPace
from actors.telegram.supply import Supply
from runtime import Actor, ActorError, Address, ChildSpec, Mailbox, Restart, Terminated

if TYPE_CHECKING:
    from actors.telegram.bot_api import BotApi

_LOG = structlog.get_logger(__name__)

_JOURNAL_DEADLINE_S = 30.0
_LOOK_AGAIN_S = 10.0
_PERFORM_TIMEOUT_S = 10.0
_TAP_ANSWER = "answerCallbackQuery"
TAP_LIVES_S = 150.0
"""So long Telegram keeps a tap for its answer."""


class _Loaded(msgspec.Struct, frozen=True):
    pass


class _LoadFailed(msgspec.Struct, frozen=True):
    error: Exception


class _Look(msgspec.Struct, frozen=True):
    pass


class _TakeAgain(msgspec.Struct, frozen=True):
    pass


class _Taken(msgspec.Struct, frozen=True):
    batches: tuple[tuple[OutboxEntry, ...], ...]


class _TakeFailed(msgspec.Struct, frozen=True):
    error: Exception | None = None


class _Performed(msgspec.Struct, frozen=True):
    call: TelegramCall
    outcome: Outcome


class _PerformFailed(msgspec.Struct, frozen=True):
    method: str
    error: Exception


class _Chat(msgspec.Struct):
    address: Address
    unsettled: dict[int, OutboxEntry]
    sent: int = 0


class MessageSender(Actor):
    """Sends journalled messages to `{base}`, shows drafts, and performs at once what is not worth a journal."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100_000)

    def __init__(self, base: str, token: str) -> None:
        super().__init__()
        self._base, self._token = base, token
        self._api: BotApi
        self._open = asyncio.Event()
        self._chats: dict[str, _Chat] = {}
        self._spawned = 0
        self._supply = Supply()
        self._counts = {"done": 0, "uncertain": 0, "dead": 0}
        self._unformatted = 0
        self._stale = 0
        self._pace = BotPace()

    async def started(self) -> None:
        """Load aiogram beside the mailbox, then take up what the journal holds."""

        async def load() -> _Loaded:
            await self.to_thread(load_aiogram)
            return _Loaded()

        self.pipe(load(), failed=_LoadFailed)

    async def stopped(self) -> None:
        """Close the connections; a call under way becomes uncertain at the next start."""
        if self._open.is_set():
            await self._api.close()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case ShowDraft(chat_id=chat_id) | EndDraft(chat_id=chat_id):
                self._draft(chat_id, message)
            case Perform():
                self._perform(message)
            case _Performed() | _PerformFailed():
                self._performed(message)
            case OutboxAppended() | _TakeAgain() | _Taken() | _TakeFailed():
                self._journal_news(message)
            case Settled() | ChatQuiet() | Terminated():
                self._chat_news(message)
            case _Look():
                self._look()
            case _Loaded():
                self._begin()
            case _LoadFailed(error=error):
                raise error
            case DescribeTelegram():
                self.reply(self._description())
            case _:
                await self.unhandled(message, sender)

    def _journal_news(self, news: OutboxAppended | _TakeAgain | _Taken | _TakeFailed) -> None:
        match news:
            case OutboxAppended(lane=lane):
                self._supply.grew(lane)
                self._take()
            case _TakeAgain():
                self._take()
            case _Taken(batches=batches):
                self._dispatch(self._supply.taken(batches))
            case _TakeFailed(error=error):
                self._take_later(error)

    def _chat_news(self, news: Settled | ChatQuiet | Terminated) -> None:
        match news:
            case Settled():
                self._settled(news)
            case ChatQuiet():
                self._dismiss(news)
            case Terminated(address=address):
                self._replace(address)

    def _begin(self) -> None:
        self._api = _bot_api(self._base, self._token, self.clock.now)
        self._open.set()
        self._look()

    def _look(self) -> None:
        """Subscribe, which brings a notice at once; repeated, because a journal that restarted knows nobody."""
        for lane in (MESSAGE_LANE, BULK_LANE):
            self.send(self.find("journal"), Subscribe(lane))
        self.timer(_LOOK_AGAIN_S, _Look())

    def _take(self) -> None:
        requests = self._supply.requests()
        if requests:
            self.pipe(self._taken(requests), failed=_TakeFailed)

    async def _taken(self, requests: tuple[TakeOutbox, ...]) -> _Taken | _TakeFailed:
        batches = []
        for request in requests:
            reply = await self.ask(self.find("journal"), request, deadline_s=_JOURNAL_DEADLINE_S)
            if not isinstance(reply, OutboxBatch):
                return _TakeFailed()
            batches.append(reply.entries)
        return _Taken(tuple(batches))

    def _dispatch(self, entries: tuple[OutboxEntry, ...]) -> None:
        for entry in entries:
            chat = self._chat(entry.order_key)
            chat.unsettled[entry.sequence] = entry
            self._pass(chat, Deliver(entry))
        self._take()

    def _take_later(self, error: Exception | None) -> None:
        if error is not None and not isinstance(error, ActorError):
            raise error
        _LOG.warning("messages_not_taken", problem=type(error or JournalFailed).__name__)
        self._supply.failed()
        self.timer(1.0, _TakeAgain())

    def _chat(self, order_key: str) -> _Chat:
        chat = self._chats.get(order_key)
        if chat is None:
            chat = self._chats[order_key] = _Chat(self._spawn(order_key), {})
        return chat

    def _spawn(self, order_key: str) -> Address:
        self._spawned += 1  # a chat may come back while its last actor is still leaving
        owner, api, pace = self.address, self._api, self._pace
        return self.spawn(
            ChildSpec(
                name=f"chat-{self._spawned}",
                factory=lambda: ChatSender(order_key, api, owner, pace),
                restart=Restart.TEMPORARY,
            )
        )

    def _pass(self, chat: _Chat, message: object) -> None:
        chat.sent += 1
        self.send(chat.address, message)

    def _settled(self, settled: Settled) -> None:
        chat = self._chats[settled.order_key]
        del chat.unsettled[settled.sequence]
        self._supply.settled(settled.sequence)
        verdict = settled.verdict
        self._counts[verdict.state] += 1
        self._unformatted += verdict.unformatted
        if verdict.state != "done":
            if verdict.detail == BLOCKED and int(settled.order_key) > 0:
                self.send(self.find("sessions"), RepUnreachable(f"session/{settled.order_key}"))
            _LOG.warning("message_undelivered", state=verdict.state, detail=verdict.detail, sequence=settled.sequence)
        self._take()

    def _draft(self, chat_id: int, message: ShowDraft | EndDraft) -> None:
        """Drafts exist in private chats only; the end of one in a chat without an actor is no news."""
        order_key = str(chat_id)
        if not self._open.is_set():
            return  # a frame that comes too late anyway
        if chat_id > 0 and (isinstance(message, ShowDraft) or order_key in self._chats):
            self._pass(self._chat(order_key), message)

    def _perform(self, order: Perform) -> None:
        is_tap = order.call.method == _TAP_ANSWER
        until = self.clock.now() + TAP_LIVES_S if is_tap else math.inf

        async def perform() -> _Performed:
            await self._open.wait()
            outcome = await self._attempt(order.call, until)
            while is_tap and outcome.came is Came.TOO_MANY:  # it is for no chat: the whole bot pauses now
                outcome = await self._attempt(order.call, until)
            return _Performed(order.call, outcome)

        self.pipe(perform(), failed=lambda error: _PerformFailed(order.call.method, error))

    async def _attempt(self, call: TelegramCall, until: float) -> Outcome:
        """Make the call once, when the bot may; not at all if that is too late."""
        while (wait_s := self._pace.pause_s(now := self.clock.now())) > 0:
            if now + wait_s > until:
                return Outcome(Came.STALE)
            await self.clock.sleep(wait_s)
        outcome = await self._api.perform(call, timeout_s=_PERFORM_TIMEOUT_S)
        if outcome.came is Came.TOO_MANY:
            self._pace.refused(chat_of(call), self.clock.now(), outcome.retry_after)
        return outcome

    def _performed(self, performed: _Performed | _PerformFailed) -> None:
        match performed:
            case _Performed(outcome=Outcome(came=Came.DONE)):
                self._counts["done"] += 1
            case _Performed(outcome=Outcome(came=Came.STALE)):
                self._stale += 1
                _LOG.info("tap_answered_too_late")
            case _Performed(call=call, outcome=outcome):
                self._counts["dead"] += 1
                _LOG.warning("call_failed", method=call.method, came=outcome.came.name.lower(), detail=outcome.detail)
            case _PerformFailed(method=method, error=error):
                self._counts["dead"] += 1
                _LOG.error("call_failed", method=method, error=type(error).__name__)

    def _dismiss(self, quiet: ChatQuiet) -> None:
        """Let the chat's actor go, unless something is on its way to it."""
        chat = self._chats.get(quiet.order_key)
        if chat is not None and chat.sent == quiet.received:
            del self._chats[quiet.order_key]
            self.stop_child(chat.address)

    def _replace(self, address: Address) -> None:
        """A chat's actor ended by itself: what it had goes to a new one, the first of a lane perhaps sent already."""
        for order_key, chat in self._chats.items():
            if chat.address == address:
                lost = chat.unsettled
                self._chats[order_key] = fresh = _Chat(self._spawn(order_key), dict(lost))
                break
        else:
            return
        _LOG.error("chat_sender_replaced", unsettled=len(lost))
        suspects = first_of_each_lane(tuple(lost.values()))
        for entry in lost.values():
            suspect = msgspec.structs.replace(entry, state="sending") if entry.sequence in suspects else entry
            self._pass(fresh, Deliver(suspect))

    def _description(self) -> TelegramDescribed:
        contact, problem = (self._api.contact_at, self._api.problem) if self._open.is_set() else (None, None)
        return TelegramDescribed(
            connected=self._open.is_set() and problem is None,
            last_contact_age_s=None if contact is None else self.clock.now() - contact,
            last_problem=problem,
            sent=self._counts["done"],
            failed=self._counts["dead"],
            uncertain=self._counts["uncertain"],
            waiting=self._supply.in_hand,
            unformatted=self._unformatted,
            stale=self._stale,
        )


def _bot_api(base: str, token: str, now: Callable[[], float]) -> "BotApi":
    from actors.telegram.bot_api import BotApi

    return BotApi(base, token, now)
