"""Updates become small values; what cannot be read is named without being repeated."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.telegram.errors import MalformedUpdate
from actors.telegram.parsing import (
    AudioMessage,
    Blocked,
    ButtonTap,
    Context,
    DocumentMessage,
    EditedMessage,
    File,
    GenerationStopped,
    Ignored,
    ImageMessage,
    MergedMessages,
    Origin,
    OtherMessage,
    ReplyTo,
    Sender,
    TextMessage,
    Unblocked,
    actor_key_of,
    command_of,
    merge,
    parse_update,
)
from actors.telegram.rich_text import Entity

_USER = {"id": 7, "is_bot": False, "first_name": "Ann", "username": "ann", "language_code": "en"}
_ANN = Sender(7, "ann", "Ann", "en")
_CHAT = {"id": 7, "type": "private", "first_name": "Ann"}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["from", "chat", "id", "message", "update_id", "type", "user"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def _raw(**fields: object) -> bytes:
    return json.dumps({"update_id": 1, **fields}).encode()


def _message(**fields: object) -> bytes:
    return _raw(message={"message_id": 3, "date": 1_700_000_000, "chat": _CHAT, "from": _USER, **fields})


def test_a_text_message() -> None:
    """Who, where, when and what, emoji included."""
    assert parse_update(_message(text="hi 😀")) == TextMessage(7, _ANN, 3, "hi 😀", 1_700_000_000, "private")


def test_a_text_with_all_it_carries() -> None:
    """Formatting, whom it is forwarded from, and what it answers are data beside the words."""
    eve = {"id": 9, "is_bot": False, "first_name": "Eve", "last_name": "Hill", "username": "eve"}
    answered = {"message_id": 2, "date": 1, "chat": _CHAT, "from": _USER, "text": "Your draft"}
    raw = _message(
        text="see /start",
        entities=[{"type": "bold", "offset": 0, "length": 3}],
        forward_origin={"type": "user", "date": 5, "sender_user": eve},
        reply_to_message=answered,
        quote={"text": "draft", "position": 5},
    )
    message = parse_update(raw)
    assert isinstance(message, TextMessage)
    assert message.entities == (Entity("bold", 0, 3),)
    assert message.context == Context(Origin("user", "Eve Hill", "eve", 5), ReplyTo(2, "Your draft", "draft"))


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ({"type": "hidden_user", "date": 5, "sender_user_name": "Eve"}, Origin("hidden_user", "Eve", None, 5)),
        (
            {"type": "channel", "date": 5, "message_id": 1, "chat": {"id": -1, "type": "channel", "title": "News"}},
            Origin("channel", "News", None, 5),
        ),
    ],
)
def test_forwards_of_the_hidden_and_of_channels(origin: dict[str, object], expected: Origin) -> None:
    """Every kind of origin keeps the name that a person would read."""
    message = parse_update(_message(text="x", forward_origin=origin))
    assert isinstance(message, TextMessage)
    assert message.context.origin == expected


def test_a_voice_note_and_a_sound_file() -> None:
    """Both name their file, its length in seconds and bytes, and its type."""
    file = {"file_id": "f", "file_unique_id": "u", "duration": 3, "mime_type": "audio/ogg", "file_size": 900}
    voice = parse_update(_message(voice=file))
    assert voice == AudioMessage(7, _ANN, 3, "voice", File("f", "u", 900, "audio/ogg"), 3, 1_700_000_000)
    audio = parse_update(_message(audio={**file, "file_name": "call.mp3"}, caption="the call"))
    named = File("f", "u", 900, "audio/ogg", "call.mp3")
    assert audio == AudioMessage(7, _ANN, 3, "audio", named, 3, 1_700_000_000, "the call")


def test_a_video_note_is_listened_to() -> None:
    """A round video is somebody speaking: its sound counts."""
    note = {"file_id": "f", "file_unique_id": "u", "length": 240, "duration": 9, "file_size": 900}
    message = parse_update(_message(video_note=note))
    assert message == AudioMessage(7, _ANN, 3, "video_note", File("f", "u", 900), 9, 1_700_000_000)


def test_a_photo_is_its_largest_size() -> None:
    """Telegram sends several; the album it belongs to is kept."""
    sizes = [
        {"file_id": name, "file_unique_id": name, "width": side, "height": side, "file_size": side}
        for name, side in (("s", 90), ("l", 1280), ("m", 320))
    ]
    photo = parse_update(_message(photo=sizes, caption="see", media_group_id="g"))
    assert isinstance(photo, ImageMessage)
    assert (photo.kind, photo.file, photo.width, photo.caption) == (
        "photo",
        File("l", "l", 1280, "image/jpeg"),
        1280,
        "see",
    )
    assert photo.context.album == "g"


@pytest.mark.parametrize(
    ("mime_type", "made"),
    [("image/png", ImageMessage), ("application/pdf", DocumentMessage), ("audio/mpeg", AudioMessage)],
)
def test_a_file_is_what_its_type_says(mime_type: str, made: type[object]) -> None:
    """A picture or a recording sent as a file is still one."""
    document = {"file_id": "f", "file_unique_id": "u", "mime_type": mime_type, "file_name": "x"}
    message = parse_update(_message(document=document))
    assert isinstance(message, made)
    assert isinstance(message, AudioMessage | ImageMessage | DocumentMessage)
    assert message.file == File("f", "u", None, mime_type, "x")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"contact": {"phone_number": "1", "first_name": "Eve"}}, "contact"),
        ({"location": {"latitude": 1, "longitude": 2}}, "location"),
        ({"new_chat_title": "x"}, "other"),
    ],
)
def test_other_messages_keep_their_kind(body: dict[str, object], kind: str) -> None:
    """What the coach cannot take is said by name."""
    assert parse_update(_message(**body)) == OtherMessage(7, _ANN, 3, kind, 1_700_000_000)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/start case_42", ("start", "case_42")),
        ("/Support@coach_bot\nMaria ", ("support", "Maria")),
        ("/cancel", ("cancel", "")),
        ("no /command", None),
    ],
)
def test_commands_and_the_payloads_of_links(text: str, command: tuple[str, str] | None) -> None:
    """A deep link's payload is what stands after /start."""
    message = parse_update(_message(text=text))
    assert isinstance(message, TextMessage)
    assert command_of(message) == command


def test_words_sent_in_a_row_become_one_text() -> None:
    """Their formatting moves with them, counted in UTF-16 units."""
    first = TextMessage(7, _ANN, 3, "hi 😀", 1)
    second = TextMessage(7, _ANN, 4, "bold", 1, entities=(Entity("bold", 0, 4),))
    merged = merge([first, second])
    assert merged == TextMessage(7, _ANN, 3, "hi 😀\nbold", 1, entities=(Entity("bold", 6, 4),), merged=2)
    assert merge([first]) is first


def test_an_album_stays_in_parts() -> None:
    """Its words are the captions of all its parts."""
    photo = ImageMessage(7, _ANN, 3, "photo", File("f", "u"), 1, caption="front")
    merged = merge([photo, TextMessage(7, _ANN, 4, "and the back", 1)])
    assert isinstance(merged, MergedMessages)
    assert (merged.text, merged.user, merged.chat_type) == ("front\nand the back", _ANN, "private")


def test_an_edit_is_the_message_as_it_is_now() -> None:
    """Told apart from a new message."""
    edited = {"message_id": 3, "date": 1, "edit_date": 2, "chat": _CHAT, "from": _USER, "text": "x"}
    assert parse_update(_raw(edited_message=edited)) == EditedMessage(TextMessage(7, _ANN, 3, "x", 1))


def test_a_tap_on_a_button() -> None:
    """The tap names its message; one on a message Telegram forgot still says who tapped."""
    message = {"message_id": 3, "date": 1_700_000_000, "chat": _CHAT, "text": "x"}
    tap = {"id": "c1", "from": _USER, "chat_instance": "i", "data": "go"}
    assert parse_update(_raw(callback_query={**tap, "message": message})) == ButtonTap(
        "c1", _ANN, 7, 3, "go", 1_700_000_000
    )
    gone = {"message_id": 3, "date": 0, "chat": _CHAT}
    assert parse_update(_raw(callback_query={**tap, "message": gone})) == ButtonTap("c1", _ANN, 7, 3, "go")
    assert parse_update(_raw(callback_query=tap)) == ButtonTap("c1", _ANN, 7, None, "go")


def test_the_stop_button_under_a_draft() -> None:
    """It names the draft to stop."""
    assert parse_update(_raw(stopped_message_generation={"chat": _CHAT, "draft_id": 9})) == GenerationStopped(7, 9)


@pytest.mark.parametrize(("status", "made"), [("kicked", Blocked), ("member", Unblocked)])
def test_blocking_and_unblocking(status: str, made: type[Blocked | Unblocked]) -> None:
    """A private chat's membership tells whether the rep can be written to."""
    bot = {"id": 1, "is_bot": True, "first_name": "Coach"}
    old = {"status": "member", "user": bot}
    new = {"status": status, "user": bot} | ({"until_date": 0} if status == "kicked" else {})
    change = {"chat": _CHAT, "from": _USER, "date": 1, "old_chat_member": old, "new_chat_member": new}
    assert parse_update(_raw(my_chat_member=change)) == made(7, _ANN)


def test_what_asks_nothing_of_us_is_ignored_by_name() -> None:
    """A channel's post or an unknown update is no error."""
    post = {"message_id": 3, "date": 1, "chat": {"id": -1, "type": "channel", "title": "News"}, "text": "x"}
    assert parse_update(_raw(channel_post=post)) == Ignored("channel_post")
    assert parse_update(_raw()) == Ignored("nothing")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"nonsense",
        b'{"update_id": 5, "message": {"text": "private words"}}',
        b'{"update_id": "x"}',
        b"\xff",
    ],
)
def test_a_malformed_update_is_named_by_number_only(raw: bytes) -> None:
    """The error repeats nothing of what the update said."""
    with pytest.raises(MalformedUpdate) as caught:
        parse_update(raw)
    assert caught.value.update_id == (5 if b"5" in raw else None)
    assert "private" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_every_kind_is_routed_to_its_person() -> None:
    """A rep's updates of any kind go to one session."""
    for raw in (
        _message(text="x"),
        _raw(callback_query={"id": "c", "from": _USER, "data": "x"}),
        _raw(stopped_message_generation={"chat": _CHAT, "draft_id": 9}),
        _raw(my_chat_member={"chat": _CHAT, "from": _USER}),
    ):
        assert actor_key_of(json.loads(raw)) == "session/7"


def test_updates_of_nobody_have_no_key() -> None:
    """A channel's post, a bot's message, a group's event."""
    assert actor_key_of({"update_id": 1, "channel_post": {"chat": {"id": -100, "type": "channel"}}}) is None
    assert actor_key_of({"update_id": 1, "message": {"from": {"id": 5, "is_bot": True}}}) is None
    assert actor_key_of({"update_id": 1, "message": {"from": {"id": True}}}) is None
    assert actor_key_of([]) is None


@given(_JSON)
def test_routing_never_raises(value: object) -> None:
    """Whatever JSON comes, there is a key or none."""
    key = actor_key_of(value)
    assert key is None or key.startswith("session/")
