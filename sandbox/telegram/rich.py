"""Rich messages in their simplest form: the words of each paragraph, without their inner formatting."""

import re
from typing import Any

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad

LONGEST_RICH = 32_768
MOST_BLOCKS = 500
_TAG = re.compile(r"<[^>]*>")


def rich_content(given: Parameters) -> dict[str, Any]:
    """The field `rich_message` of a message; raises the Bot API's 400 for none, an empty or a too long one."""
    source = given.structure("rich_message")
    if not isinstance(source, dict):
        raise bad("rich message must be non-empty")
    if source.get("blocks"):
        return {"blocks": source["blocks"]}
    words = str(source.get("markdown") or _TAG.sub("", str(source.get("html") or "")))
    if len(words) > LONGEST_RICH:
        raise bad("message is too long")
    paragraphs = [part.strip() for part in words.split("\n\n") if part.strip()]
    if not paragraphs:
        raise bad("RICH_MESSAGE_CONTENT_REQUIRED")
    if len(paragraphs) > MOST_BLOCKS:
        raise bad("RICH_MESSAGE_BLOCKS_TOO_MUCH")
    return {"blocks": [{"type": "paragraph", "text": part} for part in paragraphs]}
