"""The keyboard under a message, after all the checks the Bot API makes."""

from typing import Any

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad

MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
LONGEST_DATA_BYTES = 64
LONGEST_COPIED = 256
_KINDS = (
    "callback_data",
    "callback_game",
    "copy_text",
    "login_url",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "url",
    "web_app",
)
_OTHER_MARKUP = ("keyboard", "remove_keyboard", "force_reply")
_ADDRESSES = ("http://", "https://", "tg://", "tel:", "mailto:", "ton://")


def checked_markup(given: Parameters) -> dict[str, Any] | None:
    """The reply markup as a message holds it, or None where there is none."""
    markup = given.structure("reply_markup")
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = [[_checked(button) for button in row] for row in _rows(markup["inline_keyboard"])]
        if sum(map(len, rows)) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows):
            raise bad("reply markup is too long")
        return {"inline_keyboard": [row for row in rows if row]} if any(rows) else None
    if not any(name in markup for name in _OTHER_MARKUP):
        raise bad("can't parse reply keyboard markup JSON object")
    return markup


def _rows(value: Any) -> list[list[Any]]:
    if not isinstance(value, list):
        raise bad('Field "inline_keyboard" must be of type Array')
    if not all(isinstance(row, list) for row in value):
        raise bad('Field "inline_keyboard" must be an Array of Arrays')
    return value


def _checked(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    kinds = [name for name in _KINDS if button.get(name) is not None]
    if not kinds and button.get("disabled"):
        return button
    if not kinds:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1 or not button["text"].strip():
        raise bad("BUTTON_TYPE_INVALID" if len(kinds) > 1 else "BUTTON_TEXT_INVALID")
    _check_kind(kinds[0], button[kinds[0]])
    return button


def _check_kind(kind: str, value: Any) -> None:
    if kind == "callback_data" and not (isinstance(value, str) and 1 <= len(value.encode()) <= LONGEST_DATA_BYTES):
        raise bad("BUTTON_DATA_INVALID")
    if kind == "copy_text" and not 1 <= len(str(_inside(value, "text"))) <= LONGEST_COPIED:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    if kind == "url" and not (isinstance(value, str) and value.lower().startswith(_ADDRESSES)):
        raise bad("BUTTON_URL_INVALID")
    if kind == "web_app" and not str(_inside(value, "url")).lower().startswith("https://"):
        raise bad(
            f"inline keyboard button Web App URL '{_inside(value, 'url')}' is invalid: Only HTTPS links are allowed"
        )


def _inside(value: Any, name: str) -> Any:
    return value.get(name) or "" if isinstance(value, dict) else ""
