"""Entities of a text, checked and put in order as the Bot API does it; offsets and lengths are UTF-16 units."""

from dataclasses import dataclass
from typing import Any

from sandbox.telegram.refusals import bad

MOST_ENTITIES = 100
Entity = dict[str, Any]
_FOUND_BY_SERVER = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
_NEEDS = {
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
}
_PLAIN = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "blockquote",
        "expandable_blockquote",
    }
)
_VERBATIM = frozenset({"code", "pre"})


@dataclass(frozen=True)
class Text:
    """A text and its entities."""

    words: str
    entities: tuple[Entity, ...] = ()


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def given_entities(value: Any) -> tuple[Entity, ...]:
    """The entities of a call's parameter; those the server finds by itself are passed over."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise bad("can't parse entities: expected an Array of MessageEntity")
    return tuple(_given(one) for one in value if not _is_found_by_server(one))


def _is_found_by_server(entity: Any) -> bool:
    return isinstance(entity, dict) and entity.get("type") in _FOUND_BY_SERVER


def _given(entity: Any) -> Entity:
    if not isinstance(entity, dict):
        raise bad("can't parse MessageEntity: expected an Object")
    kind = entity.get("type")
    if kind not in _PLAIN and kind not in _NEEDS:
        raise bad("can't parse MessageEntity: unsupported type specified")
    if kind in _NEEDS and not entity.get(_NEEDS[kind]):
        raise bad(f"can't parse MessageEntity: Can't find field \"{_NEEDS[kind]}\"")
    kept = {name: entity[name] for name in (_NEEDS.get(kind, ""), "language", "date_time_format") if entity.get(name)}
    return {"type": kind, "offset": _whole(entity, "offset"), "length": _whole(entity, "length"), **kept}


def _whole(entity: dict[str, Any], name: str) -> int:
    value = entity.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad(f'can\'t parse MessageEntity: Field "{name}" must be of type Number')
    if value < 0:
        raise bad(f"Receive an entity with incorrect {name} {value}")
    return value


def fixed(text: Text) -> Text:
    """The text without control characters and outer blanks, its entities moved along, clipped and in order.

    Raises the Bot API's 400 for an entity that begins or ends outside the text or inside a character.
    """
    places = _places(text.words)
    for entity in text.entities:
        _check_edges(entity, places)
    cleaned = _cleaned(text)
    return _trimmed(Text(cleaned.words, _in_order(cleaned.entities)))


def _places(words: str) -> list[int]:
    """For each UTF-16 unit the UTF-8 offset of the character that begins there, minus the next one's inside one."""
    places, byte = [], 0
    for character in words:
        places.append(byte)
        byte += len(character.encode("utf-8", "surrogatepass"))
        if character > "\uffff":
            places.append(-byte)
    places.append(byte)
    return places


def _check_edges(entity: Entity, places: list[int]) -> None:
    begin, end, last = entity["offset"], entity["offset"] + entity["length"], len(places) - 1
    if entity["length"] == 0:
        return
    if begin > last:
        raise bad(f"Entity begins after the end of the text at UTF-16 offset {begin}")
    if places[begin] < 0:
        raise bad(f"Entity begins in a middle of a UTF-16 symbol at byte offset {-places[begin]}")
    beginning = f"Entity beginning at UTF-16 offset {begin}"
    if end > last:
        raise bad(f"{beginning} ends after the end of the text at UTF-16 offset {end}")
    if places[end] < 0:
        raise bad(f"{beginning} ends in a middle of a UTF-16 symbol at byte offset {-places[end]}")


def _cleaned(text: Text) -> Text:
    """Carriage returns leave, other control characters become spaces."""
    if text.words.isprintable():
        return text
    words, moved, kept = [], [0], 0
    for character in text.words:
        if character != "\r":
            words.append(" " if character < " " and character != "\n" else character)
            kept += units(character)
        moved.extend([kept] * units(character))
    return Text("".join(words), tuple(_between(one, moved) for one in text.entities))


def _between(entity: Entity, moved: list[int]) -> Entity:
    begin, end = moved[entity["offset"]], moved[min(entity["offset"] + entity["length"], len(moved) - 1)]
    return {**entity, "offset": begin, "length": end - begin}


def _trimmed(text: Text) -> Text:
    words = text.words.rstrip(" \n")
    end = units(words)
    entities = [{**one, "length": min(one["length"], end - one["offset"])} for one in text.entities]
    entities = [one for one in entities if one["length"] > 0 and _has_ink(words, one)]
    ahead = min((one["offset"] for one in entities), default=end)
    blanks = min(len(words) - len(words.lstrip(" \n")), ahead)
    moved = tuple({**one, "offset": one["offset"] - blanks} for one in entities[:MOST_ENTITIES])
    return Text(words[blanks:], moved)


def _has_ink(words: str, entity: Entity) -> bool:
    raw = words.encode("utf-16-le", "surrogatepass")
    part = raw[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2]
    return bool(part.decode("utf-16-le", "surrogatepass").strip())


def _in_order(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Outer before inner, and nothing inside code."""
    ordered: list[Entity] = []
    verbatim_until = 0
    for entity in sorted(entities, key=lambda one: (one["offset"], -one["length"], one["type"] not in _VERBATIM)):
        if entity["offset"] < verbatim_until:
            continue
        if entity["type"] in _VERBATIM:
            verbatim_until = entity["offset"] + entity["length"]
        ordered.append(entity)
    return tuple(ordered)
