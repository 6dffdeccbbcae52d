"""Bot API calls as values: what the sessions put into the journal and MessageSender performs."""

import msgspec

from actors.telegram.messages import TelegramCall
from actors.telegram.rich_text import Rendered, clean, split, units

_MOST_DATA_BYTES = 64
_MOST_COPIED_UNITS = 256
_MOST_ANSWER_UNITS = 200


class Button(msgspec.Struct, frozen=True):
    """An inline button: exactly one of `data` (1-64 bytes), `copy_text` (1-256 characters) and `url`."""

    label: str
    data: str | None = None
    copy_text: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        actions = [action for action in (self.data, self.copy_text, self.url) if action]
        if not self.label.strip() or len(actions) != 1:
            raise ValueError("a button needs a label and exactly one of data, copy_text and url")
        if self.data is not None and len(self.data.encode()) > _MOST_DATA_BYTES:
            raise ValueError(f"a button's data takes at most {_MOST_DATA_BYTES} bytes")
        if self.copy_text is not None and units(self.copy_text) > _MOST_COPIED_UNITS:
            raise ValueError(f"a button copies at most {_MOST_COPIED_UNITS} characters")


Keyboard = tuple[tuple[Button, ...], ...]
"""Rows of buttons under a message."""


def send_calls(
    chat_id: int, rendered: Rendered, keyboard: Keyboard | None = None, reply_to: int | None = None
) -> tuple[TelegramCall, ...]:
    """The sendMessage calls that bring the whole text: a reply with the first, the keyboard under the last.

    No call at all for a blank text, which Telegram refuses.
    """
    pieces = split(rendered)
    calls = [_send(chat_id, piece) for piece in pieces]
    if calls and reply_to is not None:
        reply = {"message_id": reply_to, "allow_sending_without_reply": True}
        calls[0] = _with(calls[0], reply_parameters=reply)
    if calls and keyboard:
        calls[-1] = _with(calls[-1], reply_markup=_markup(keyboard))
    return tuple(calls)


def draft_call(chat_id: int, draft_id: int, rendered: Rendered) -> TelegramCall:
    """One frame of a growing answer, with the button that stops it; an empty text shows Telegram's own "Thinking"."""
    parameters: dict[str, object] = {"chat_id": chat_id, "draft_id": draft_id, "can_stop": True}
    return TelegramCall("sendMessageDraft", parameters | _text(rendered))


def typing(chat_id: int) -> TelegramCall:
    """Shows "typing" for five seconds or until the next message."""
    return TelegramCall("sendChatAction", {"chat_id": chat_id, "action": "typing"})


def answer_callback(callback_query_id: str, text: str | None = None) -> TelegramCall:
    """Ends the waiting of a tapped button, with a short notice (cut at 200 characters) if there is a text."""
    parameters: dict[str, object] = {"callback_query_id": callback_query_id}
    if text:
        parameters["text"] = clean(text)[:_MOST_ANSWER_UNITS]
    return TelegramCall("answerCallbackQuery", parameters)


def delete_message(chat_id: int, message_id: int) -> TelegramCall:
    """Deletes the message for both sides; Telegram refuses after 48 hours."""
    return TelegramCall("deleteMessage", {"chat_id": chat_id, "message_id": message_id})


def edit_text(chat_id: int, message_id: int, rendered: Rendered, keyboard: Keyboard | None = None) -> TelegramCall:
    """Replaces a message's text and keyboard; the text must fit one message."""
    parameters: dict[str, object] = {"chat_id": chat_id, "message_id": message_id} | _text(rendered) | _no_preview()
    if keyboard:
        parameters["reply_markup"] = _markup(keyboard)
    return TelegramCall("editMessageText", parameters)


def edit_keyboard(chat_id: int, message_id: int, keyboard: Keyboard | None) -> TelegramCall:
    """Replaces the buttons under a message, or takes them away."""
    parameters: dict[str, object] = {"chat_id": chat_id, "message_id": message_id}
    if keyboard:
        parameters["reply_markup"] = _markup(keyboard)
    return TelegramCall("editMessageReplyMarkup", parameters)


def without_entities(call: TelegramCall) -> TelegramCall:
    """The same call in plain text, for when Telegram refuses the formatting."""
    return TelegramCall(call.method, {name: value for name, value in call.parameters.items() if name != "entities"})


def _send(chat_id: int, piece: Rendered) -> TelegramCall:
    return TelegramCall("sendMessage", {"chat_id": chat_id} | _text(piece) | _no_preview())


def _with(call: TelegramCall, **more: object) -> TelegramCall:
    return TelegramCall(call.method, call.parameters | more)


def _text(rendered: Rendered) -> dict[str, object]:
    entities = msgspec.to_builtins(rendered.entities)
    return {"text": rendered.text, "entities": list(entities)} if entities else {"text": rendered.text}


def _no_preview() -> dict[str, object]:
    return {"link_preview_options": {"is_disabled": True}}


def _markup(keyboard: Keyboard) -> dict[str, object]:
    return {"inline_keyboard": [[_button(button) for button in row] for row in keyboard]}


def _button(button: Button) -> dict[str, object]:
    if button.data is not None:
        return {"text": button.label, "callback_data": button.data}
    if button.copy_text is not None:
        return {"text": button.label, "copy_text": {"text": button.copy_text}}
    return {"text": button.label, "url": button.url}
