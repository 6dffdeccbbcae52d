"""What belongs together is handled together, in order and once, whatever happens in between."""

import json
from collections.abc import AsyncIterator

import pytest

from actors.journal import NewInboxEntry
from actors.session.gathering import LONGEST_S, Reference
from actors.session.inbox import Inbox, MomentOver
from actors.session.messages import HandleUpdate
from actors.telegram.parsing import EditedMessage, Incoming, MergedMessages, TextMessage
from runtime import Actor, ActorSystem, Address, ChildSpec
from runtime.testing import ManualClock, settle
from tests.actors.session.world import ready

_ANNA = {"id": 7, "is_bot": False, "first_name": "Anna"}
_CHAT = {"id": 7, "type": "private", "first_name": "Anna"}
_PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
Handled = list[tuple[object, tuple[int, ...]]]


class Stand(Actor):
    """A session's stand-in with nothing but an inbox; notes what it handles, and the numbers of the updates."""

    def __init__(self, handled: Handled) -> None:
        super().__init__()
        self._handled = handled
        self._inbox = Inbox(self, ready, self._handle, self._malformed)

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case HandleUpdate():
                await self._inbox.take(message)
            case NewInboxEntry():
                await self._inbox.recover(message)
            case MomentOver():
                await self._inbox.moment_over()

    async def _handle(self, incoming: Incoming, references: tuple[Reference, ...]) -> None:
        self._handled.append((incoming, tuple(number for _, number in references)))

    async def _malformed(self, reference: Reference) -> None:
        self._handled.append(("malformed", (reference[1],)))


def _update(number: int, body: dict[str, object], kind: str = "message") -> HandleUpdate:
    message = {"message_id": number, "date": 100, "chat": _CHAT, "from": _ANNA, **body}
    raw = json.dumps({"update_id": number, kind: message}).encode()
    return HandleUpdate("session/7", "telegram/1", number, raw)


class Rep:
    """A rep who writes to the stand-in."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.system = ActorSystem(clock=self.clock)
        self.handled: Handled = []
        self.address: Address

    async def begin(self) -> None:
        self.address = await self.system.start(ChildSpec("session", lambda: Stand(self.handled)))

    async def sends(self, number: int, *, kind: str = "message", date: int = 100, **body: object) -> None:
        """Let the update with this number arrive; its message has the same number unless it is given."""
        self.system.send(self.address, _update(number, {"date": date, **body}, kind))
        await settle()

    async def finds_in_journal(self, number: int, text: str) -> None:
        """Let the update come from the journal instead."""
        message = {"message_id": number, "date": 100, "chat": _CHAT, "from": _ANNA, "text": text}
        raw = json.dumps({"update_id": number, "message": message}).encode()
        self.system.send(self.address, NewInboxEntry("telegram/1", number, "session/7", raw))
        await settle()

    @property
    def texts(self) -> list[tuple[str, tuple[int, ...]]]:
        """The handled texts with their updates."""
        return [(one.text, numbers) for one, numbers in self.handled if isinstance(one, TextMessage | MergedMessages)]


@pytest.fixture
async def rep() -> AsyncIterator[Rep]:
    rep = Rep()
    await rep.begin()
    yield rep
    await rep.system.shutdown()


async def test_words_sent_in_a_row_are_one_case_a_moment_after_the_last(rep: Rep) -> None:
    """Each message starts the second anew, and the case ends every update it was made of."""
    await rep.sends(1, text="Maria Keller")
    await rep.clock.advance(0.9)
    await rep.sends(2, text="says it is too expensive")
    await rep.clock.advance(0.9)
    assert rep.handled == []
    await rep.clock.advance(0.2)
    assert rep.texts == [("Maria Keller\nsays it is too expensive", (1, 2))]


async def test_a_moment_that_ends_behind_a_waiting_message_cuts_nothing_off(rep: Rep) -> None:
    """A busy session finds both in its mailbox; what follows within a second of the message is still one case."""
    await rep.sends(1, text="Maria Keller")
    rep.system.send(rep.address, _update(2, {"text": "says it is"}))
    rep.system.send(rep.address, MomentOver())
    await settle()
    await rep.sends(3, text="too expensive")
    await rep.clock.advance(1.1)
    assert rep.texts == [("Maria Keller\nsays it is\ntoo expensive", (1, 2, 3))]


async def test_an_album_with_its_words_is_one_case(rep: Rep) -> None:
    """Its parts stay apart inside the case."""
    await rep.sends(1, photo=_PHOTO, media_group_id="g", caption="front")
    await rep.sends(2, photo=_PHOTO, media_group_id="g", date=109)
    await rep.clock.advance(1.1)
    ((case, numbers),) = rep.handled
    assert isinstance(case, MergedMessages)
    assert (len(case.parts), case.text, numbers) == (2, "front", (1, 2))


async def test_a_command_does_not_wait_and_what_came_before_it_comes_first(rep: Rep) -> None:
    """/cancel is heard at once, and never before the text it cancels."""
    await rep.sends(1, text="Maria Keller")
    await rep.sends(2, text="/cancel")
    assert rep.texts == [("Maria Keller", (1,)), ("/cancel", (2,))]


async def test_an_edit_within_the_moment_replaces_the_message(rep: Rep) -> None:
    """Only the corrected words are handled, and the edit's update ends with them."""
    await rep.sends(1, text="Maria Kellr")
    await rep.sends(2, kind="edited_message", message_id=1, text="Maria Keller", edit_date=101)
    await rep.clock.advance(1.1)
    assert rep.texts == [("Maria Keller", (1, 2))]
    await rep.sends(3, kind="edited_message", message_id=1, text="Eva", edit_date=102)
    assert isinstance(rep.handled[-1][0], EditedMessage)


async def test_what_was_written_minutes_apart_is_not_one_case(rep: Rep) -> None:
    """After an outage everything arrives at once; the messages' own dates tell what belongs together."""
    await rep.sends(1, text="Maria", date=100)
    await rep.sends(2, text="Eva", date=160)
    await rep.clock.advance(1.1)
    assert rep.texts == [("Maria", (1,)), ("Eva", (2,))]


async def test_a_case_has_an_end_however_fast_the_rep_writes(rep: Rep) -> None:
    """Someone who never pauses is answered all the same."""
    for number in range(int(LONGEST_S / 0.5) + 1):
        await rep.sends(number, text=str(number), date=100 + number // 2)
        await rep.clock.advance(0.5)
    assert rep.texts[0][1] == tuple(range(int(LONGEST_S / 0.5)))


async def test_a_second_look_into_the_journal_doubles_nothing_that_waits(rep: Rep) -> None:
    """A session that is told to resume while it gathers finds the same updates in the journal."""
    await rep.sends(1, text="Maria")
    await rep.finds_in_journal(1, "Maria")
    await rep.clock.advance(1.1)
    assert rep.texts == [("Maria", (1,))]


async def test_what_waited_at_a_crash_is_gathered_again_and_handled_once(rep: Rep) -> None:
    """The journal gives it back; copies that come through the mailbox as well are passed over."""
    await rep.finds_in_journal(1, "Maria")
    await rep.finds_in_journal(2, "Keller")
    await rep.finds_in_journal(1, "Maria")
    await rep.sends(1, text="Maria")
    await rep.clock.advance(1.1)
    await rep.sends(2, text="Keller")
    await rep.clock.advance(1.1)
    assert rep.texts == [("Maria\nKeller", (1, 2))]


async def test_a_malformed_update_is_named_and_holds_up_nothing(rep: Rep) -> None:
    """What waited before it still comes."""
    await rep.sends(1, text="Maria")
    await rep.sends(2, text=5)
    await rep.clock.advance(1.1)
    assert rep.handled[0] == ("malformed", (2,))
    assert rep.texts == [("Maria", (1,))]
