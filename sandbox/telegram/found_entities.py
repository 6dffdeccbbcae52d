"""What the server finds in a text by itself: commands, mentions, hashtags, addresses."""

import re

from sandbox.telegram.entities import Entity, Text, units

_FOUND = re.compile(
    r"(?P<url>(?<![\w@/])(?:https?://[^\s<>\"]+|(?:[a-z0-9-]+\.)+(?:com|org|net|io|de|dev|app|me|co|eu|info)\b(?:/[^\s<>\"]*)?))"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}\b)"
    r"|(?P<mention>(?<![\w@])@[a-z][a-z0-9_]{3,31}\b)"
    r"|(?P<hashtag>(?<![\w#])#\w*[^\W\d]\w*)"
    r"|(?P<bot_command>(?<![\w/<>])/[a-z0-9_]{1,64}(?:@[a-z0-9_]{5,32})?(?![\w/]))",
    re.IGNORECASE,
)
_CLOSED = frozenset({"code", "pre", "text_link", "text_mention"})
_TRAILING = ".,:;!?'\"»”)"


def with_found_entities(text: Text) -> Text:
    """The text with what the server finds in it, except inside code and links."""
    if not any(mark in text.words for mark in "/@#."):
        return text
    found = [entity for match in _FOUND.finditer(text.words) if (entity := _entity(text.words, match, text.entities))]
    if not found:
        return text
    merged = sorted([*text.entities, *found], key=lambda one: (one["offset"], -one["length"]))
    return Text(text.words, tuple(merged))


def _entity(words: str, match: re.Match[str], taken: tuple[Entity, ...]) -> Entity | None:
    kind = str(match.lastgroup)
    part = match.group().rstrip(_TRAILING) if kind == "url" else match.group()
    begin, length = units(words[: match.start()]), units(part)
    closed = (one for one in taken if one["type"] in _CLOSED)
    if any(one["offset"] < begin + length and begin < one["offset"] + one["length"] for one in closed):
        return None
    return {"type": kind, "offset": begin, "length": length}
