"""ChatSender: one chat's way out. Its messages in order, one at a time, and between them the frames of its draft.

What nobody asked for lets everything else pass. All waiting is done beside the mailbox, so a draft is replaced and
forgotten at once, whatever Telegram is doing; whoever has waited looks again whether it may go.
"""

from typing import TYPE_CHECKING, ClassVar

import msgspec
import structlog

from actors.journal import Marked, MarkOutbox, OutboxEntry, OutboxMark, OutboxState
from actors.telegram.backoff import pause_after
from actors.telegram.calls import draft_call
from actors.telegram.delivery import Delivery, Verdict
from actors.telegram.drafts import Drafts, Frame
from actors.telegram.lanes import Lanes, WaitingCall, waiting_call
from actors.telegram.messages import EndDraft, ShowDraft, TelegramCall
from actors.telegram.model_text import markdown
from actors.telegram.outcome import Came, Outcome, is_repeatable
from actors.telegram.pacing import BotPace, bucket_of
from actors.telegram.rich_text import tail
from runtime import Actor, ActorError, Address, Mailbox, Timer

if TYPE_CHECKING:
    from actors.telegram.bot_api import BotApi

_LOG = structlog.get_logger(__name__)

QUIET_S = 60.0
"""A chat with nothing to send for so long gives up its actor."""

_JOURNAL_DEADLINE_S = 30.0
_FRAME_TIMEOUT_S = 5.0


class Deliver(msgspec.Struct, frozen=True):
    """Send this; answered by `Settled` to the owner. A state of "sending" means that it may have been sent before."""

    entry: OutboxEntry


class Settled(msgspec.Struct, frozen=True):
    """The entry's end is in the journal."""

    order_key: str
    sequence: int
    verdict: Verdict


class ChatQuiet(msgspec.Struct, frozen=True):
    """Nothing to do for a while; `received` counts the messages this chat has had from its owner."""

    order_key: str
    received: int


class _Delivered(msgspec.Struct, frozen=True):
    sequence: int
    verdict: Verdict


class _Broken(msgspec.Struct, frozen=True):
    entry: OutboxEntry
    error: Exception


class _FrameEnded(msgspec.Struct, frozen=True):
    frame: Frame
    outcome: Outcome


class _FrameBroken(msgspec.Struct, frozen=True):
    frame: Frame
    error: Exception


class _TurnDue(msgspec.Struct, frozen=True):
    pass


class _FrameDue(msgspec.Struct, frozen=True):
    pass


class _StillQuiet(msgspec.Struct, frozen=True):
    pass


class ChatSender(Actor):
    """Sends what its owner, MessageSender, gives it for one chat."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=10_000)

    def __init__(self, order_key: str, api: "BotApi", owner: Address, pace: BotPace) -> None:
        super().__init__()
        self._order_key = order_key
        self._api = api
        self._owner = owner
        self._bot_pace = pace
        self._pace = bucket_of(int(order_key))
        self._lanes = Lanes()
        self._turn_timer: Timer | None = None
        self._bulk_place: float | None = None
        self._busy = False
        self._drafts = Drafts()
        self._frame_timer: Timer | None = None
        self._frame_place: float | None = None
        self._quiet_timer: Timer | None = None
        self._received = 0

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Deliver(entry=entry):
                self._received += 1
                self._line_up(waiting_call(entry))
            case ShowDraft(draft_id=draft_id, text=text):
                self._received += 1
                self._drafts.show(draft_id, text, self.clock.now())
            case EndDraft(draft_id=draft_id):
                self._received += 1
                self._drafts.end(draft_id)
            case _Delivered(sequence=sequence, verdict=verdict):
                self._busy = False
                self.send(self._owner, Settled(self._order_key, sequence, verdict))
            case _Broken():
                self._give_up(message)
            case _FrameEnded(frame=frame, outcome=outcome):
                self._frame_ended(frame, outcome)
            case _FrameBroken(frame=frame, error=error):
                _LOG.error("draft_failed", error=type(error).__name__)
                self._drafts.refused(frame, self.clock.now(), None)
            case _TurnDue():
                pass  # whether it may go is looked at after every message
            case _FrameDue():
                self._frame_timer = None
            case _StillQuiet():
                self._quiet_timer = None
                self.send(self._owner, ChatQuiet(self._order_key, self._received))
                return
            case _:
                await self.unhandled(message, sender)
        self._go_on()

    def _line_up(self, waiting: WaitingCall) -> None:
        self._lanes.add(waiting)
        if not waiting.bulk:
            self._drafts.clear()

    def _go_on(self) -> None:
        """Start whatever can be started now: a message first, a frame only if no answer waits or is under way."""
        if not self._busy:
            self._next_message()
        first = self._lanes.first
        if not self._busy and (first is None or first.bulk):
            self._next_frame()
        self._watch_the_quiet()

    def _next_message(self) -> None:
        """Begin with the first that waits; if it has to wait on, look again then, or when another comes."""
        if self._turn_timer is not None:
            self._turn_timer.cancel()
            self._turn_timer = None
        first = self._lanes.first
        if first is None:
            return
        foregone = self._foregone(first)
        if foregone is None:
            wait_s = self._wait_s(first)
            if wait_s > 0:
                self._turn_timer = self.timer(wait_s, _TurnDue())
                return
            self._take_place(first)
        self._lanes.take()
        self._busy = True
        self.pipe(self._deliver(first, foregone), failed=lambda error: _Broken(first.entry, error))

    def _wait_s(self, waiting: WaitingCall) -> float:
        """How long the chat's pace, that of bulk and a pause of the whole bot hold it up."""
        now = self.clock.now()
        wait_s = max(self._bot_pace.pause_s(now), self._pace.wait_s(now) if waiting.paced else 0.0)
        if not waiting.bulk:
            return wait_s
        if self._bulk_place is None:
            self._bulk_place = now + self._bot_pace.bulk_wait_s(now)
        return max(wait_s, self._bulk_place - now)

    def _take_place(self, waiting: WaitingCall) -> None:
        if waiting.paced:
            self._pace.reserve(self.clock.now())
        if waiting.bulk:
            self._bulk_place = None
            self._drafts.covered()

    async def _deliver(self, waiting: WaitingCall, foregone: Verdict | None) -> _Delivered:
        verdict = foregone or await self._sent(waiting)
        await self._mark(waiting.entry, verdict.state, verdict.detail)
        return _Delivered(waiting.entry.sequence, verdict)

    def _foregone(self, waiting: WaitingCall) -> Verdict | None:
        """How it ends without being sent; None if it is to be sent."""
        entry, call = waiting.entry, waiting.call
        if call is None:
            return Verdict("dead", "unreadable in the journal")
        if entry.state == "sending" and not is_repeatable(call.method):
            return Verdict("uncertain", f"{call.method}: interrupted while it was being sent")
        if self._lanes.overtakes(waiting):
            return Verdict("done", "overtaken by a newer edit")
        return None

    async def _sent(self, waiting: WaitingCall) -> Verdict:
        assert waiting.call is not None  # noqa: S101  # what cannot be read has ended already
        entry = waiting.entry
        return await Delivery(waiting.call, lambda state: self._mark(entry, state), self._perform, self._rest).run()

    async def _rest(self, seconds: float) -> None:
        """Wait so long, and then as long as the whole bot is told to."""
        while seconds > 0:
            await self.clock.sleep(seconds)
            seconds = self._bot_pace.pause_s(self.clock.now())

    async def _perform(self, call: TelegramCall) -> Outcome:
        outcome = await self._api.perform(call)
        self._heed(outcome)
        return outcome

    def _heed(self, outcome: Outcome) -> None:
        """Let the whole bot know that this chat was told to wait."""
        if outcome.came is Came.TOO_MANY:
            self._bot_pace.refused(self._order_key, self.clock.now(), outcome.retry_after)

    async def _mark(self, entry: OutboxEntry, state: OutboxState, detail: str = "") -> None:
        """Write the state down before anything goes on; without a journal nothing is sent."""
        failures = 0
        request = MarkOutbox((OutboxMark(entry.sequence, state, detail),))
        while True:
            try:
                reply = await self.ask(self.find("journal"), request, deadline_s=_JOURNAL_DEADLINE_S)
            except ActorError as error:
                reply = error
            if isinstance(reply, Marked):
                return
            failures += 1
            _LOG.warning("message_state_unwritten", state=state, problem=type(reply).__name__)
            await self.clock.sleep(pause_after(failures))

    def _give_up(self, broken: _Broken) -> None:
        """A bug of ours with this one message must not hold up those behind it."""
        verdict = Verdict("dead", f"failed: {type(broken.error).__name__}")
        _LOG.error("delivery_failed", error=type(broken.error).__name__, sequence=broken.entry.sequence)

        async def bury() -> _Delivered:
            await self._mark(broken.entry, verdict.state, verdict.detail)
            return _Delivered(broken.entry.sequence, verdict)

        self.pipe(bury(), failed=lambda error: _Broken(broken.entry, error))

    def _next_frame(self) -> None:
        """Show what the draft has come to by now, as soon as its own pace and that of all chats together allow."""
        now = self.clock.now()
        due = self._drafts.due_at()
        if due is not None and due <= now:
            if self._frame_place is None:
                self._frame_place = now + self._bot_pace.frame_wait_s(now)
            due = max(self._frame_place, now + self._bot_pace.pause_s(now))
        frame = self._drafts.take(now) if due is not None and due <= now else None
        if frame is not None:
            self._frame_place = None
            self.pipe(self._show(frame), failed=lambda error: _FrameBroken(frame, error))
            return
        if self._frame_timer is not None:
            self._frame_timer.cancel()
        self._frame_timer = None if due is None else self.timer(due - now, _FrameDue())

    async def _show(self, frame: Frame) -> _FrameEnded:
        call = draft_call(int(self._order_key), frame.draft_id, tail(markdown(frame.text)))
        return _FrameEnded(frame, await self._api.perform(call, timeout_s=_FRAME_TIMEOUT_S))

    def _frame_ended(self, frame: Frame, outcome: Outcome) -> None:
        self._heed(outcome)
        match outcome.came:
            case Came.DONE | Came.NEVER_LEFT | Came.NO_ANSWER | Came.SERVER_ERROR:
                self._drafts.sent()
            case Came.TOO_MANY:
                self._drafts.refused(frame, self.clock.now(), outcome.retry_after)
            case _:
                _LOG.warning("draft_refused", description=outcome.detail)
                self._drafts.refused(frame, self.clock.now(), None)

    def _watch_the_quiet(self) -> None:
        if self._quiet_timer is not None:
            self._quiet_timer.cancel()
        is_quiet = not self._busy and self._lanes.first is None and self._drafts.is_quiet
        self._quiet_timer = self.timer(QUIET_S, _StillQuiet()) if is_quiet else None
