"""Text with formatting as Telegram carries it: plain text beside entities, offsets and lengths in UTF-16 units."""

from collections.abc import Iterable

import msgspec

MESSAGE_LIMIT = 4096
"""Longest text of one message, in UTF-16 units: the stricter of the two readings of Telegram's limit."""

MOST_ENTITIES = 100
_BREAKS = ("\n\n", "\n", ". ", " ")


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """One formatted stretch; `url` belongs to a text_link, `language` to a pre."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None

    @property
    def end(self) -> int:
        """The first unit after the stretch."""
        return self.offset + self.length


class Rendered(msgspec.Struct, frozen=True):
    """A text ready to be sent; its entities are sorted and lie inside it."""

    text: str
    entities: tuple[Entity, ...] = ()

    @property
    def length(self) -> int:
        """Length in UTF-16 units."""
        return units(self.text)


def units(text: str) -> int:
    """Length of the text in UTF-16 units, as Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text with lone surrogates replaced: they have no UTF-8 form, so they can be neither stored nor sent."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def plain(text: str) -> Rendered:
    """The text as it is, without any formatting."""
    return Rendered(clean(text))


def bold(text: str) -> Rendered:
    """The whole text in bold."""
    return _whole(text, "bold")


def italic(text: str) -> Rendered:
    """The whole text in italics."""
    return _whole(text, "italic")


def code_block(text: str, language: str | None = None) -> Rendered:
    """The whole text as a block that Telegram copies with one tap."""
    return _whole(text, "pre", language)


def _whole(text: str, kind: str, language: str | None = None) -> Rendered:
    cleaned = clean(text)
    length = units(cleaned)
    return Rendered(cleaned, (Entity(kind, 0, length, language=language),) if length else ())


def join(parts: Iterable[Rendered], separator: str = "") -> Rendered:
    """One text of all the parts, the separator between them unformatted."""
    texts: list[str] = []
    entities: list[Entity] = []
    gap, offset = units(separator), 0
    for part in parts:
        texts.append(part.text)
        entities.extend(_moved(entity, offset) for entity in part.entities)
        offset += part.length + gap
    return Rendered(separator.join(texts), tuple(entities))


def ordered(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """The entities in Telegram's order: by offset, the outer one first."""
    return tuple(sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


def _moved(entity: Entity, by: int) -> Entity:
    return msgspec.structs.replace(entity, offset=entity.offset + by)


def split(rendered: Rendered, limit: int = MESSAGE_LIMIT) -> list[Rendered]:
    """The text in pieces of at most `limit` UTF-16 units (2 or more), cut between paragraphs, lines or words.

    The pieces together are the whole text, entities clipped to each; a blank piece is left out, for Telegram
    refuses it.
    """
    pieces: list[Rendered] = []
    text = rendered.text
    start = start_unit = 0
    while start < len(text):
        end = _furthest(text, start, limit)
        if end < len(text):
            end = _break_before(text, start, end)
        end_unit = start_unit + units(text[start:end])
        if text[start:end].strip():
            pieces.append(_piece(rendered, text[start:end], start_unit, end_unit))
        start, start_unit = end, end_unit
    return pieces


def tail(rendered: Rendered, limit: int = MESSAGE_LIMIT) -> Rendered:
    """The last part of a text too long for one message, from the beginning of a line or word, after an ellipsis."""
    if rendered.length <= limit:
        return rendered
    text, mark = rendered.text, "…\n"
    start = len(text) - (limit - units(mark))
    while units(text[max(start, 0) :]) > limit - units(mark):
        start = max(start, 0) + (units(text[max(start, 0) :]) - limit + units(mark) + 1) // 2
    start = _break_after(text, start)
    start_unit = units(text[:start])
    return join((plain(mark), _piece(rendered, text[start:], start_unit, rendered.length)))


def _furthest(text: str, start: int, limit: int) -> int:
    """The end of the longest stretch that fits; a character takes one or two units, so halving the excess is safe."""
    end = min(len(text), start + limit)
    while (excess := units(text[start:end]) - limit) > 0:
        end -= (excess + 1) // 2
    return max(end, start + 1)


def _break_before(text: str, start: int, end: int) -> int:
    """The best place to cut in the second half of the stretch; its end if it has no break."""
    middle = start + (end - start) // 2
    for mark in _BREAKS:
        at = text.rfind(mark, middle, end)
        if at >= 0:
            return at + len(mark)
    return end


def _break_after(text: str, start: int) -> int:
    nearest = start + (len(text) - start) // 4
    for mark in ("\n", " "):
        at = text.find(mark, start, nearest)
        if at >= 0:
            return at + 1
    return start


def _piece(whole: Rendered, text: str, start: int, end: int) -> Rendered:
    inside = (entity for entity in whole.entities if entity.offset < end and entity.end > start)
    clipped = tuple(_clipped(entity, start, end) for entity in inside)
    return Rendered(text, ordered(clipped)[:MOST_ENTITIES])


def _clipped(entity: Entity, start: int, end: int) -> Entity:
    first, last = max(entity.offset, start), min(entity.end, end)
    return msgspec.structs.replace(entity, offset=first - start, length=last - first)
