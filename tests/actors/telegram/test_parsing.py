"""Updates become small values; what cannot be read is named without being repeated."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.telegram.errors import MalformedUpdate
from actors.telegram.parsing import (
    Blocked,
    ButtonTap,
    GenerationStopped,
    Ignored,
    OtherMessage,
    Sender,
    TextMessage,
    Unblocked,
    actor_key_of,
    parse_update,
)

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


@pytest.mark.parametrize(
    ("body", "kind", "caption"),
    [
        (
            {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}], "caption": "see"},
            "photo",
            "see",
        ),
        ({"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}}, "voice", None),
        ({"document": {"file_id": "f", "file_unique_id": "u"}}, "document", None),
        ({"new_chat_title": "x"}, "other", None),
    ],
)
def test_other_messages_keep_their_kind(body: dict[str, object], kind: str, caption: str | None) -> None:
    """A photo, a voice note, a file: said by name, with the words that came with it."""
    assert parse_update(_message(**body)) == OtherMessage(7, _ANN, 3, kind, 1_700_000_000, caption, "private")


def test_a_tap_on_a_button() -> None:
    """The tap names its message; one on a message Telegram forgot still says who tapped."""
    message = {"message_id": 3, "date": 1_700_000_000, "chat": _CHAT, "text": "x"}
    tap = {"id": "c1", "from": _USER, "chat_instance": "i", "data": "go"}
    assert parse_update(_raw(callback_query={**tap, "message": message})) == ButtonTap("c1", _ANN, 7, 3, "go")
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
    """An edit or an unknown update is no error."""
    edited = {"message_id": 3, "date": 1, "edit_date": 2, "chat": _CHAT, "from": _USER, "text": "x"}
    assert parse_update(_raw(edited_message=edited)) == Ignored("edited_message")
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
