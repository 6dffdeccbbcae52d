"""Bot API calls as values."""

import msgspec
import pytest

from actors.telegram.calls import chat_of, draft_call, edit_text, without_entities
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import (
    Button,
    answer_callback,
    bold,
    delete_message,
    edit_keyboard,
    join,
    paged,
    plain,
    rows_of,
    send_calls,
    send_document,
    send_photo,
    set_menu_button,
    set_my_commands,
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


def test_a_file_goes_by_its_bytes_or_its_id() -> None:
    """Bytes travel inside the call, so that the journal holds all of it."""
    call = send_document(5, b"a,b\n", "leads.csv", bold("Yours"))
    assert call.method == "sendDocument"
    assert call.parameters["document"] == {"upload": "YSxiCg==", "name": "leads.csv"}
    assert call.parameters["caption_entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert "caption_entities" not in without_entities(call).parameters
    assert send_photo(5, "AgAC").parameters == {"chat_id": 5, "photo": "AgAC"}


@pytest.mark.parametrize("size", [0, (10 << 20) + 1])
def test_a_picture_of_the_wrong_size_is_refused_here(size: int) -> None:
    """Telegram would refuse it after the whole upload."""
    with pytest.raises(ValueError, match="Telegram takes a photo"):
        send_photo(5, b"x" * size)


def test_a_long_list_of_buttons_has_pages() -> None:
    """The first page leads on, the last one back, and a page that is gone becomes the nearest."""
    rows = rows_of([Button(str(n), data=f"n:{n}") for n in range(5)], per_row=1)
    first, last = paged(rows, 0, "list", 2), paged(rows, 9, "list", 2)
    assert [button.data for row in first for button in row] == ["n:0", "n:1", "list:1"]
    assert [button.data for row in last for button in row] == ["n:4", "list:1"]
    assert paged(rows, 0, "list", 5) == rows


def test_menus() -> None:
    """Commands for everybody or one chat; a page beside the text field or the commands."""
    assert set_my_commands((("help", "What I can do"),), 5).parameters["scope"] == {"type": "chat", "chat_id": 5}
    button = {"type": "web_app", "text": "Open", "web_app": {"url": "https://a.example"}}
    assert set_menu_button("Open", "https://a.example").parameters == {"menu_button": button}
    assert set_menu_button(None, None, 5).parameters == {"menu_button": {"type": "commands"}, "chat_id": 5}


def test_a_web_app_opens_by_https_only() -> None:
    """Telegram refuses the whole message otherwise."""
    (call,) = send_calls(5, plain("x"), ((Button("Open", web_app="https://a.example"),),))
    row = [{"text": "Open", "web_app": {"url": "https://a.example"}}]
    assert call.parameters["reply_markup"] == {"inline_keyboard": [row]}
    with pytest.raises(ValueError, match="https"):
        Button("Open", web_app="http://a.example")


def test_a_keyboard_too_wide_is_refused_here() -> None:
    """Eight buttons fit a row."""
    with pytest.raises(ValueError, match="8 in a row"):
        edit_keyboard(5, 6, (tuple(Button(str(n), data="x") for n in range(9)),))


def test_an_alert_stays_until_closed() -> None:
    """Unlike the short notice."""
    assert answer_callback("c", "Gone", alert=True).parameters["show_alert"] is True


def test_a_call_is_for_one_chat_or_for_none() -> None:
    """Told to wait, the one says something about its chat, the other about the whole bot."""
    assert chat_of(edit_keyboard(5, 6, None)) == "5"
    assert chat_of(set_my_commands((("help", "What I can do"),), 5)) == "5"
    assert chat_of(set_my_commands((("help", "What I can do"),))) is None
    assert chat_of(answer_callback("c")) is None
