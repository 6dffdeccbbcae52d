"""Bot API calls as values."""

import msgspec
import pytest

from actors.telegram.calls import draft_call, edit_text, without_entities
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import (
    Button,
    answer_callback,
    bold,
    delete_message,
    edit_keyboard,
    join,
    plain,
    send_calls,
    typing,
)

_NO_PREVIEW = {"is_disabled": True}


def test_a_short_text_is_one_message_without_parse_mode_or_preview() -> None:
    """Formatting goes as entities, and links show no preview."""
    (call,) = send_calls(5, join([bold("Hi"), plain(" you")]))
    assert call == TelegramCall(
        "sendMessage",
        {
            "chat_id": 5,
            "text": "Hi you",
            "entities": [{"type": "bold", "offset": 0, "length": 2}],
            "link_preview_options": _NO_PREVIEW,
        },
    )


def test_a_long_text_replies_first_and_has_its_keyboard_last() -> None:
    """The rep finds the buttons at the end of what they read."""
    calls = send_calls(5, plain("x" * 9000), ((Button("Go", data="go"),),), reply_to=7)
    assert len(calls) == 3
    assert calls[0].parameters["reply_parameters"] == {"message_id": 7, "allow_sending_without_reply": True}
    assert "reply_markup" not in calls[0].parameters
    assert calls[-1].parameters["reply_markup"] == {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    assert "reply_parameters" not in calls[-1].parameters


def test_a_blank_text_is_no_message() -> None:
    """Telegram would refuse it."""
    assert send_calls(5, plain(" \n")) == ()


def test_buttons_copy_and_link() -> None:
    """Each kind in Telegram's spelling."""
    (call,) = send_calls(5, plain("x"), ((Button("Copy", copy_text="words"), Button("See", url="https://a.example")),))
    row = [{"text": "Copy", "copy_text": {"text": "words"}}, {"text": "See", "url": "https://a.example"}]
    assert call.parameters["reply_markup"] == {"inline_keyboard": [row]}


@pytest.mark.parametrize(
    "fields",
    [
        {"label": "x"},
        {"label": " ", "data": "a"},
        {"label": "x", "data": "é" * 33},
        {"label": "x", "copy_text": "c" * 257},
        {"label": "x", "data": "a", "url": "https://a.example"},
    ],
)
def test_a_button_telegram_would_refuse_cannot_be_made(fields: dict[str, str]) -> None:
    """The mistake shows where it is made, not as a lost message."""
    with pytest.raises(ValueError, match="button"):
        Button(**fields)


def test_every_call_survives_the_journal() -> None:
    """What is written down is what will be sent."""
    calls = (
        *send_calls(5, bold("x" * 5000), ((Button("Go", data="go"),),), reply_to=7),
        answer_callback("c1", "t" * 300),
        delete_message(5, 6),
        edit_keyboard(5, 6, None),
        edit_keyboard(5, 6, ((Button("Go", data="go"),),)),
        edit_text(5, 6, bold("x")),
        draft_call(5, 1, plain("")),
        typing(5),
    )
    for call in calls:
        assert msgspec.json.decode(msgspec.json.encode(call), type=TelegramCall) == call


def test_an_answer_to_a_tap_is_cut_at_two_hundred() -> None:
    """Telegram's limit for a notice."""
    assert answer_callback("c1", "t" * 300).parameters == {"callback_query_id": "c1", "text": "t" * 200}
    assert answer_callback("c1").parameters == {"callback_query_id": "c1"}


def test_plain_text_is_the_same_call_without_formatting() -> None:
    """The fallback loses entities and nothing else."""
    (call,) = send_calls(5, bold("x"))
    assert without_entities(call).parameters == {
        "chat_id": 5,
        "text": "x",
        "link_preview_options": _NO_PREVIEW,
    }
