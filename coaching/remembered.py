"""What is remembered of a rep, in the rep's own hands: looked at, reworded and forgotten, item by item."""

from collections.abc import Callable

import msgspec

from coaching.memory import MAX_TEXT, Noted, Preferences, UserMemory, digest
from coaching.prospect import cleaned

MAX_NOT_AGAIN = 100
PREFERENCES = ("response_length", "preferred_tone", "language")


class Item(msgspec.Struct, frozen=True):
    """One remembered thing; `id` stays as long as its words do, `kind` is a list of the memory or a preference."""

    id: str
    kind: str
    text: str
    evidence: str = ""
    seen: int = 1


def items(memory: UserMemory) -> tuple[Item, ...]:
    """Everything that coaching is adapted to: weak areas, patterns, then preferences, each list newest first."""
    notes = [
        Item(digest(note.observation), kind, note.observation, note.evidence, note.seen)
        for kind, noted in (("weak_area", memory.weakest_areas), ("pattern", memory.patterns_noted))
        for note in reversed(noted)
    ]
    wishes = [Item(name, name, value) for name in PREFERENCES if (value := getattr(memory.preferences, name))]
    return (*notes, *wishes)


def find(memory: UserMemory, item_id: str) -> Item | None:
    """The item with this id, or None if it changed or was forgotten meanwhile."""
    return next((item for item in items(memory) if item.id == item_id), None)


def reworded(memory: UserMemory, item_id: str, text: str) -> UserMemory:
    """The memory with an item in the rep's own words; the words it had are not learned again."""
    new = " ".join(cleaned(text).split())[:MAX_TEXT]
    if item_id in PREFERENCES:
        return _with_preference(memory, item_id, new)
    changed = _mapped(memory, lambda note: Noted(new, "", note.seen) if digest(note.observation) == item_id else note)
    return changed if digest(new) == item_id else _not_again(changed, item_id)


def forgotten(memory: UserMemory, item_id: str) -> UserMemory:
    """The memory without an item, which is not learned again."""
    if item_id in PREFERENCES:
        return _with_preference(memory, item_id, None)
    return _not_again(_mapped(memory, lambda note: None if digest(note.observation) == item_id else note), item_id)


def emptied(memory: UserMemory) -> UserMemory:
    """The memory of somebody just met, who had everything forgotten: none of it is learned again."""
    fresh = UserMemory(not_again=memory.not_again)
    for item in items(memory):
        if item.id not in PREFERENCES:
            fresh = _not_again(fresh, item.id)
    return fresh


def _mapped(memory: UserMemory, change: Callable[[Noted], Noted | None]) -> UserMemory:
    def changed(notes: tuple[Noted, ...]) -> tuple[Noted, ...]:
        return tuple(new for note in notes if (new := change(note)) is not None)

    return msgspec.structs.replace(
        memory, weakest_areas=changed(memory.weakest_areas), patterns_noted=changed(memory.patterns_noted)
    )


def _with_preference(memory: UserMemory, name: str, value: str | None) -> UserMemory:
    kept: dict[str, str | None] = msgspec.structs.asdict(memory.preferences)
    return msgspec.structs.replace(memory, preferences=Preferences(**{**kept, name: value}))


def _not_again(memory: UserMemory, item_id: str) -> UserMemory:
    listed = tuple(one for one in memory.not_again if one != item_id)
    return msgspec.structs.replace(memory, not_again=(*listed, item_id)[-MAX_NOT_AGAIN:])
