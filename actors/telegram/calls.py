"""Bot API calls as values: what the sessions put into the journal and MessageSender performs."""

import base64
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from actors.telegram.messages import TelegramCall
from actors.telegram.rich_text import Rendered, clean, split, units

_MOST_DATA_BYTES = 64
_MOST_COPIED_UNITS = 256
_MOST_ANSWER_UNITS = 200
_MOST_BUTTONS = 100
_MOST_IN_ROW = 8
_MOST_CAPTION = 1024
_MOST_UPLOADED_BYTES = {"photo": 10 << 20, "document": 50 << 20}
FORMATTING = ("entities", "caption_entities")
UPLOAD = "upload"
"""The key that marks a parameter as a file's content: `{"upload": base64, "name": file name}`."""


class Button(msgspec.Struct, frozen=True):
    """An inline button: exactly one of `data` (1-64 bytes), `copy_text` (1-256 characters), `url` and `web_app`.

    `web_app` is the https address of a page that opens inside Telegram, in private chats only.
    """

    label: str
    data: str | None = None
    copy_text: str | None = None
    url: str | None = None
    web_app: str | None = None

    def __post_init__(self) -> None:
        actions = [action for action in (self.data, self.copy_text, self.url, self.web_app) if action]
        if not self.label.strip() or len(actions) != 1:
            raise ValueError("a button needs a label and exactly one of data, copy_text, url and web_app")
        if self.web_app is not None and urlsplit(self.web_app).scheme != "https":
            raise ValueError("Telegram opens a web app by https only")
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


def chat_of(call: TelegramCall) -> str | None:
    """The chat that a call is for; None for one that is for no chat."""
    scope = call.parameters.get("scope")
    chat_id = call.parameters.get("chat_id") or (scope.get("chat_id") if isinstance(scope, dict) else None)
    return None if chat_id is None else str(chat_id)


def typing(chat_id: int) -> TelegramCall:
    """Shows "typing" for five seconds or until the next message."""
    return TelegramCall("sendChatAction", {"chat_id": chat_id, "action": "typing"})


def answer_callback(callback_query_id: str, text: str | None = None, *, alert: bool = False) -> TelegramCall:
    """Ends the waiting of a tapped button, with a short notice (cut at 200 characters) if there is a text.

    An alert stays until the rep closes it.
    """
    parameters: dict[str, object] = {"callback_query_id": callback_query_id}
    if text:
        parameters["text"] = clean(text)[:_MOST_ANSWER_UNITS]
        if alert:
            parameters["show_alert"] = True
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


def send_photo(
    chat_id: int, photo: str | bytes, caption: Rendered | None = None, keyboard: Keyboard | None = None
) -> TelegramCall:
    """Sends a picture by its file id or its bytes (10 MB at most); the caption takes 1024 UTF-16 units."""
    return _send_file("photo", chat_id, photo, "picture", caption, keyboard)


def send_document(
    chat_id: int,
    document: str | bytes,
    name: str,
    caption: Rendered | None = None,
    keyboard: Keyboard | None = None,
) -> TelegramCall:
    """Sends a file by its file id, whose name it then keeps, or by its bytes (50 MB at most) under this name."""
    return _send_file("document", chat_id, document, name, caption, keyboard)


def set_my_commands(commands: Sequence[tuple[str, str]], chat_id: int | None = None) -> TelegramCall:
    """Sets the menu of commands, (command, description) each, for everybody or for one chat alone."""
    menu = [{"command": command, "description": description} for command, description in commands]
    parameters: dict[str, object] = {"commands": menu}
    if chat_id is not None:
        parameters["scope"] = {"type": "chat", "chat_id": chat_id}
    return TelegramCall("setMyCommands", parameters)


def set_menu_button(label: str | None, web_app: str | None, chat_id: int | None = None) -> TelegramCall:
    """Puts a page beside the text field, or the commands where there is none; for one chat or for everybody."""
    button: dict[str, object] = {"type": "commands"}
    if label and web_app:
        button = {"type": "web_app", "text": label, "web_app": {"url": web_app}}
    scope: dict[str, object] = {} if chat_id is None else {"chat_id": chat_id}
    return TelegramCall("setChatMenuButton", {"menu_button": button} | scope)


def paged(rows: Keyboard, page: int, prefix: str, per_page: int = 8) -> Keyboard:
    """One page of many rows, and under it the way to its neighbours, whose data are `prefix:page`.

    Pages count from 0; one that does not exist becomes the nearest that does.
    """
    last = max(0, (len(rows) - 1) // per_page)
    page = min(max(page, 0), last)
    shown = rows[page * per_page : (page + 1) * per_page]
    ways = [
        Button(label, data=f"{prefix}:{to}")
        for label, to in (("\u2039", page - 1), ("\u203a", page + 1))
        if 0 <= to <= last
    ]
    return (*shown, tuple(ways)) if ways else shown


def rows_of(buttons: Sequence[Button], per_row: int = 2) -> Keyboard:
    """The buttons in rows of at most this many."""
    return tuple(tuple(buttons[at : at + per_row]) for at in range(0, len(buttons), per_row))


def without_entities(call: TelegramCall) -> TelegramCall:
    """The same call in plain text, for when Telegram refuses the formatting."""
    kept = {name: value for name, value in call.parameters.items() if name not in FORMATTING}
    return msgspec.structs.replace(call, parameters=kept)


def _send(chat_id: int, piece: Rendered) -> TelegramCall:
    return TelegramCall("sendMessage", {"chat_id": chat_id} | _text(piece) | _no_preview())


def _with(call: TelegramCall, **more: object) -> TelegramCall:
    return TelegramCall(call.method, call.parameters | more)


def _text(rendered: Rendered) -> dict[str, object]:
    entities = msgspec.to_builtins(rendered.entities)
    return {"text": rendered.text, "entities": list(entities)} if entities else {"text": rendered.text}


def _no_preview() -> dict[str, object]:
    return {"link_preview_options": {"is_disabled": True}}


def _send_file(
    kind: str, chat_id: int, file: str | bytes, name: str, caption: Rendered | None, keyboard: Keyboard | None
) -> TelegramCall:
    parameters: dict[str, object] = {"chat_id": chat_id, kind: file}
    if isinstance(file, bytes):
        if not 0 < len(file) <= _MOST_UPLOADED_BYTES[kind]:
            raise ValueError(f"Telegram takes a {kind} of 1 to {_MOST_UPLOADED_BYTES[kind]} bytes")
        parameters[kind] = {UPLOAD: base64.b64encode(file).decode(), "name": name}
    if caption is not None and caption.text.strip():
        parameters |= _captioned(caption)
    if keyboard:
        parameters["reply_markup"] = _markup(keyboard)
    return TelegramCall(f"send{kind.capitalize()}", parameters)


def _captioned(caption: Rendered) -> dict[str, object]:
    if caption.length > _MOST_CAPTION:
        raise ValueError(f"a caption takes at most {_MOST_CAPTION} UTF-16 units")
    text = _text(caption)
    return {"caption" if name == "text" else "caption_entities": value for name, value in text.items()}


def _markup(keyboard: Keyboard) -> dict[str, object]:
    if any(len(row) > _MOST_IN_ROW for row in keyboard) or sum(map(len, keyboard)) > _MOST_BUTTONS:
        raise ValueError(f"a keyboard takes {_MOST_BUTTONS} buttons, {_MOST_IN_ROW} in a row")
    return {"inline_keyboard": [[_button(button) for button in row] for row in keyboard]}


def _button(button: Button) -> dict[str, object]:
    if button.data is not None:
        return {"text": button.label, "callback_data": button.data}
    if button.copy_text is not None:
        return {"text": button.label, "copy_text": {"text": button.copy_text}}
    if button.web_app is not None:
        return {"text": button.label, "web_app": {"url": button.web_app}}
    return {"text": button.label, "url": button.url}
