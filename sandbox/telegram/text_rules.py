"""What the Bot API checks in texts, entities and keyboards, with its own words for each refusal."""

import json
from typing import Any

from sandbox.telegram.refusals import bad

LONGEST_RAW_BYTES = 32_768
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
MOST_BUTTONS = 100


def structure(value: Any) -> Any:
    """A parameter that may be JSON text, as a value."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad("can't parse parameters JSON object") from None


def checked_text(parameters: dict[str, Any], *, name: str = "text", empty: bool = False) -> dict[str, Any]:
    """The text and its entities as a message holds them."""
    text = str(parameters.get(name) or "")
    if len(text.encode()) > LONGEST_RAW_BYTES:
        raise bad("text is too long")
    if parameters.get("parse_mode"):
        raise bad("unsupported parse_mode: this emulator takes entities")
    entities = structure(parameters.get("entities" if name == "text" else "caption_entities") or [])
    checked = _checked_entities(text, entities)
    if not empty and not text:
        raise bad("message text is empty")
    if not empty and not text.strip():
        raise bad("text must be non-empty")
    if len(text) > (LONGEST_TEXT if name == "text" else LONGEST_CAPTION):
        raise bad("message is too long" if name == "text" else "message caption is too long")
    return {name: text} | ({"entities" if name == "text" else "caption_entities": checked} if checked else {})


def _checked_entities(text: str, entities: Any) -> list[dict[str, Any]]:
    if not isinstance(entities, list):
        raise bad("can't parse entities: expected an Array")
    units = text.encode("utf-16-le")
    return [_checked_entity(units, entity) for entity in entities]


def _checked_entity(units: bytes, entity: Any) -> dict[str, Any]:
    if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
        raise bad("can't parse entities: expected an Object with a type")
    start, length = int(entity.get("offset", -1)), int(entity.get("length", 0))
    if start < 0 or length <= 0 or (start + length) * 2 > len(units):
        raise bad(f"can't parse entities: entity of length {length} at offset {start} is out of range")
    for edge in (start, start + length):
        if 0 < edge * 2 < len(units) and 0xDC00 <= int.from_bytes(units[edge * 2 : edge * 2 + 2], "little") < 0xE000:
            raise bad(f"Entity begins in a middle of a UTF-16 symbol at byte offset {edge}")
    if entity["type"] == "text_link" and not entity.get("url"):
        raise bad("can't parse entities: text_link without url")
    return entity


def checked_markup(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """The reply markup as a message holds it, or None where there is none."""
    markup = structure(parameters.get("reply_markup"))
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return markup
    buttons = [button for row in markup["inline_keyboard"] for button in row]
    if len(buttons) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    for button in buttons:
        _check_button(button)
    return markup


def _check_button(button: dict[str, Any]) -> None:
    if not str(button.get("text") or "").strip():
        raise bad("text buttons are unallowed in the inline keyboard")
    kinds = [key for key in button if key in ("callback_data", "copy_text", "url", "web_app", "switch_inline_query")]
    if len(kinds) != 1:
        raise bad("BUTTON_TYPE_INVALID")
    if kinds == ["callback_data"] and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if kinds == ["copy_text"] and not 1 <= len(str(button["copy_text"].get("text", ""))) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    if kinds == ["url"] and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise bad("BUTTON_URL_INVALID")
