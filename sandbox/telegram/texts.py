"""Texts and captions as a message holds them, after all the checks the Bot API makes."""

from typing import Any

from sandbox.telegram.entities import Text, fixed, given_entities
from sandbox.telegram.found_entities import with_found_entities
from sandbox.telegram.html_text import parse_html
from sandbox.telegram.markdown_text import parse_markdown, parse_markdown_v2
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad

LONGEST_RAW_BYTES = 32_768
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}


def message_text(given: Parameters, *, may_be_empty: bool = False) -> dict[str, Any]:
    """The fields `text` and `entities` of a message."""
    text = _formatted(given, "text", "entities")
    if not text.words.strip() and not may_be_empty:
        raise bad("text must be non-empty" if given.text("text") else "message text is empty")
    if len(text.words) > LONGEST_TEXT:
        raise bad("message is too long")
    return _fields("text", "entities", text)


def message_caption(given: Parameters) -> dict[str, Any]:
    """The fields `caption` and `caption_entities` of a message; none where there is no caption."""
    text = _formatted(given, "caption", "caption_entities")
    if len(text.words) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    return _fields("caption", "caption_entities", text) if text.words else {}


def _formatted(given: Parameters, name: str, entities_name: str) -> Text:
    source = given.text(name)
    if len(source.encode("utf-8", "surrogatepass")) > LONGEST_RAW_BYTES:
        raise bad("text is too long" if name == "text" else "message caption is too long")
    mode = given.text("parse_mode").lower()
    if not mode or mode == "none":
        return with_found_entities(fixed(Text(source, given_entities(given.structure(entities_name)))))
    if mode not in _PARSERS:
        raise bad("unsupported parse_mode")
    return with_found_entities(fixed(_PARSERS[mode](source)))


def _fields(name: str, entities_name: str, text: Text) -> dict[str, Any]:
    entities = {entities_name: list(text.entities)} if text.entities else {}
    return {name: text.words, **entities}
