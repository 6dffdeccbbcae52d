"""Several messages in a row as one: pasted in pieces, forwarded in a bunch, sent as an album, corrected meanwhile."""

import msgspec
import pytest

from actors.session.gathering import LONGEST_S, QUIET_S, Bundle, Gathering, bundle_of, follows
from actors.session.waiting import (
    AwaitingProspect,
    EnteringTimeZone,
    Idle,
    Waiting,
)
from actors.telegram.incoming import AudioMessage, Context, File, Message, Origin
from actors.telegram.parsing import (
    ButtonTap,
    EditedMessage,
    ImageMessage,
    Incoming,
    MergedMessages,
    Sender,
    TextMessage,
)
from tests.actors.session.places import PLACES
from tests.actors.session.world import ready

ANNA = Sender(telegram_id=7, username="anna", first_name="Anna")


def text(words: str, id_: int = 1, *, by: str | None = None) -> TextMessage:
    context = Context(origin=Origin("user", by, None, 0)) if by else Context()
    return TextMessage(7, ANNA, id_, words, 0, context=context)


def picture(name: str, caption: str | None = None, id_: int = 1) -> ImageMessage:
    return ImageMessage(7, ANNA, id_, "photo", File(name, name), 0, caption=caption)


def held(*messages: Incoming, at: Waiting | None = None) -> tuple[Gathering, list[float | None]]:
    gathering, state = Gathering(), ready().at(at or AwaitingProspect())
    waits = [gathering.wait_s(("bot", number), message, state, 0.0) for number, message in enumerate(messages)]
    return gathering, waits


def test_texts_in_a_row_are_one_text() -> None:
    """In their order, with the name of whoever wrote a forwarded one; all of them are settled together."""
    gathering, waits = held(text("Look at this"), text("Too expensive", by="Maria Keller"))
    assert waits == [QUIET_S, QUIET_S]
    references, message = gathering.take()
    assert references == (("bot", 0), ("bot", 1))
    assert isinstance(message, TextMessage)
    assert message.text == "Look at this\nMaria Keller:\nToo expensive"
    assert gathering.empty


FREE_TEXT = (
    "set-up",
    "prospect",
    "drill",
    "draft",
    "comments",
    "post",
    "note",
    "edit",
    "outcome",
    "news",
    "memory",
    "leads",
    "casebook",
)
AT_ONCE = ("key", "key under check", "time zone", "model", "agent's model", "invitation")


@pytest.mark.parametrize("place", [Idle(), *map(PLACES.__getitem__, FREE_TEXT)], ids=["nothing", *FREE_TEXT])
def test_wherever_a_free_text_is_awaited_its_parts_are_one(place: Waiting) -> None:
    """A long note, wish or answer that Telegram cut in two is taken whole, with what was corrected in it meanwhile."""
    parts = text("location: Berln", 1), text("company: Nordwerk", 2), EditedMessage(text("location: Berlin", 1))
    gathering, waits = held(*parts, at=place)
    assert waits == [QUIET_S] * 3
    _, message = gathering.take()
    assert isinstance(message, TextMessage)
    assert message.text == "location: Berlin\ncompany: Nordwerk"


def test_every_place_is_either_gathered_at_or_not() -> None:
    """A new one is thought about."""
    assert sorted((*FREE_TEXT, *AT_ONCE)) == sorted(PLACES)


def test_an_album_is_one_bundle() -> None:
    """Pictures in their order, the words beside them as one text."""
    _, message = held(picture("a", "Her profile"), picture("b"), text("She leads the plant"))[0].take()
    assert isinstance(message, MergedMessages)
    assert bundle_of(message) == Bundle(ANNA, "Her profile\n\nShe leads the plant", ("a", "b"))


def test_parts_that_arrive_out_of_order_are_put_into_it() -> None:
    """By the messages' ids, as the rep sees them in the chat."""
    parts = (picture("c", id_=5), picture("a", "Her profile", 3), picture("b", id_=4))
    gathering, _ = held(*parts)
    references, message = gathering.take()
    assert references == (("bot", 0), ("bot", 1), ("bot", 2))
    assert isinstance(message, MergedMessages)
    assert bundle_of(message) == Bundle(ANNA, "Her profile", ("a", "b", "c"))


def test_an_edit_takes_the_place_of_what_is_held_back() -> None:
    """One of a message that is not held back is handled by itself."""
    gathering, waits = held(
        text("Mria", 1), text("more", 2), EditedMessage(text("Maria", 1)), EditedMessage(text("x", 9))
    )
    assert waits[2:] == [QUIET_S, None]
    references, message = gathering.take()
    assert isinstance(message, TextMessage)
    assert message.text == "Maria\nmore"
    assert len(references) == 3


@pytest.mark.parametrize(
    ("message", "at"),
    [
        (text("/help"), None),
        (text("Berlin"), EnteringTimeZone()),
        (ButtonTap("c", ANNA, 7, 1, "x"), None),
    ],
)
def test_what_nothing_may_follow_is_handled_at_once(message: Incoming, at: Waiting | None) -> None:
    """A command, an answer of one word, a tap."""
    assert held(message, at=at)[1] == [None]


def test_what_is_said_in_a_group_is_not_mixed_with_the_private_chat() -> None:
    """Neither as a part of a message nor as the correction of one that has the same number."""
    elsewhere = msgspec.structs.replace(text("Lunch?", 2), chat_id=-5, chat_type="group")
    corrected = EditedMessage(msgspec.structs.replace(text("Dinner?", 1), chat_id=-5, chat_type="group"))
    gathering, waits = held(text("Maria Keller", 1), elsewhere, corrected)
    assert waits == [QUIET_S, None, None]
    _, message = gathering.take()
    assert isinstance(message, TextMessage)
    assert message.text == "Maria Keller"


def voice(date: int, duration_s: int, id_: int = 3) -> AudioMessage:
    return AudioMessage(7, ANNA, id_, "voice", File("v", "v"), duration_s, date)


def test_a_recording_is_gathered_with_the_words_around_it() -> None:
    """A text and a voice note sent in one go are one message, which is listened to before it is worked on."""
    gathering, waits = held(text("Look at this", 1), voice(0, 3, 2), text("That was she", 3))
    _, message = gathering.take()
    assert waits == [QUIET_S] * 3
    assert isinstance(message, MergedMessages)
    assert [type(part) for part in message.parts] == [TextMessage, AudioMessage, TextMessage]


@pytest.mark.parametrize(
    ("last", "message", "together"),
    [
        (voice(100, 9), voice(140, 38), True),  # recorded right after the first was sent
        (voice(100, 9), voice(140, 10), False),  # half a minute of silence lies between
        (voice(100, 60), voice(100, 60), True),  # two forwarded in a bunch
        (text("x"), voice(3_600, 20), False),
    ],
)
def test_recordings_in_a_row_belong_together(last: Message, message: Message, together: bool) -> None:
    """A recording is dated when it ends, so its length counts for the silence before it."""
    assert follows(last, message) is together


def test_gathering_ends_however_much_comes() -> None:
    """Somebody who keeps sending is answered nevertheless."""
    gathering, state = Gathering(), ready().at(AwaitingProspect())
    waits = [gathering.wait_s(("bot", n), text("x", n), state, n * 0.9) for n in range(9)]
    assert waits[0] == QUIET_S
    assert waits[-1] == pytest.approx(LONGEST_S - 7.2)
    assert gathering.wait_s(("bot", 99), text("x", 99), state, LONGEST_S + 1) == 0.0
