"""Markdown written by a model, turned into text with entities.

A model's text is not ours: what would act on a tap (a command, a tg:// address, a link to anything but the web or
mail) is made inert. Thoughts that a model leaves in its answer are taken out.
"""

import re
from itertools import pairwise

import msgspec
from telegramify_markdown import MessageEntity, RenderConfig, convert

from actors.telegram.rich_text import Entity, Rendered, clean, ordered, plain, units

_THOUGHT = re.compile(r"<(think|thinking|thought)>.*?</\1>\n*", re.DOTALL | re.IGNORECASE)
_OPEN_THOUGHT = re.compile(r"\A\s*<(?:think|thinking|thought)>.*\Z", re.DOTALL | re.IGNORECASE)
_CLOSED_THOUGHT = re.compile(r"\A.*?</(?:think|thinking|thought)>\s*", re.DOTALL | re.IGNORECASE)
_ACTIVE = re.compile(r"(?<![\w/<>:.&@\u2060])/(?=[A-Za-z0-9_]{1,64}(?!/))|(?:tg|ton|tonsite):(?=//)", re.IGNORECASE)
_PLACEHOLDER = re.compile(  # in angle brackets, as models write "<first name>"; code is passed over
    r"(```.*?(?:```|\Z)|`[^`\n]*`)|<(?=[A-Za-z][^<>\n]*>)(?!(?:https?:|mailto:|[^<>\s]+@))(?!TAGS\b)".replace(
        "TAGS",
        "(?:b|strong|i|em|u|ins|s|strike|del|tg-spoiler|span|code|pre|a|br|blockquote|details|summary|img)",
    ),
    re.DOTALL | re.IGNORECASE,
)
_UNMARKED = re.compile(r"(?![-+=:.)\d\s])[^\\`*_~|<>\[\]#&$^\n\r\t\x0b\x0c\x1c-\x1e\x85\u2028\u2029]*(?<!\s)")
"""One line without any sign that means something in Markdown: most of what a model writes."""
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)\S", re.IGNORECASE)
_INERT = "\u2060"  # WORD JOINER: invisible, and enough for Telegram to see neither a command nor an address
_TYPES = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "blockquote"}
    | {"expandable_blockquote"}
)
_UNTOUCHABLE = frozenset({"code", "pre"})


def _symbols() -> RenderConfig:
    config = RenderConfig.isolated()
    symbol = config.markdown_symbol
    symbol.heading_level_1 = symbol.heading_level_2 = symbol.heading_level_3 = symbol.heading_level_4 = ""
    symbol.unordered_list_item = "•"
    symbol.task_uncompleted = "☐"
    return config


_CONFIG = _symbols()


def markdown(text: str) -> Rendered:
    """The model's Markdown as Telegram shows it; Markdown that renders to nothing is shown as it stands.

    Empty only when there was nothing but blanks and thoughts.
    """
    source = without_thoughts(clean(text))
    if not source.strip():
        return Rendered("")
    return _inert(plain(source) if _UNMARKED.fullmatch(source) else _converted(source))


def _converted(source: str) -> Rendered:
    shown = _PLACEHOLDER.sub(lambda match: match[1] or "\\<", source)
    converted, found = convert(shown, config=_CONFIG)
    return _rendered(converted, found) if converted.strip() else plain(source.strip())


def without_thoughts(text: str) -> str:
    """The text without `<think>` blocks, one still open at the start (a streamed answer) or only closed included."""
    answer = _OPEN_THOUGHT.sub("", _THOUGHT.sub("", text))
    return _CLOSED_THOUGHT.sub("", answer, count=1) if "</th" in answer.lower() else answer


def _rendered(text: str, found: list[MessageEntity]) -> Rendered:
    length = units(text)
    kept = (_entity(one, length) for one in found if one.type in _TYPES)
    return Rendered(text, ordered(entity for entity in kept if entity is not None))


def _entity(found: MessageEntity, length: int) -> Entity | None:
    if found.type == "text_link" and not _SAFE_LINK.match(found.url or ""):
        return None
    inside = min(found.length, length - found.offset)
    if found.offset < 0 or inside <= 0:
        return None
    return Entity(found.type, found.offset, inside, url=found.url, language=found.language or None)


def _inert(rendered: Rendered) -> Rendered:
    """The text with an invisible mark put into each command and tg:// address outside of code."""
    matches = list(_ACTIVE.finditer(rendered.text))
    if not matches:
        return rendered
    before = [units(rendered.text[: match.end()]) for match in matches]
    spots = [(match.end(), at) for match, at in zip(matches, before, strict=True) if not _in_code(rendered, at)]
    return _with_marks(rendered, spots)


def _in_code(rendered: Rendered, at: int) -> bool:
    return any(entity.type in _UNTOUCHABLE and entity.offset <= at <= entity.end for entity in rendered.entities)


def _with_marks(rendered: Rendered, spots: list[tuple[int, int]]) -> Rendered:
    cuts = [0, *(index for index, _ in spots), len(rendered.text)]
    text = _INERT.join(rendered.text[first:last] for first, last in pairwise(cuts))
    places = [at for _, at in spots]
    return Rendered(text, ordered(_widened(entity, places) for entity in rendered.entities))


def _widened(entity: Entity, places: list[int]) -> Entity:
    """Where the entity lies after a mark of one unit was put at each place."""
    start = entity.offset + sum(1 for place in places if place <= entity.offset)
    end = entity.end + sum(1 for place in places if place < entity.end)
    return msgspec.structs.replace(entity, offset=start, length=end - start)
