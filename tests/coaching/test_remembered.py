import pytest

from coaching.memory import MAX_TEXT, MemoryOutput, Observation, PreferencesUpdate, UserMemory, default_memory, merge
from coaching.remembered import emptied, find, forgotten, items, reworded


def learned(*patterns: tuple[str, str]) -> MemoryOutput:
    """What the memory agent might answer."""
    noted = tuple(Observation(text, quote) for text, quote in patterns)
    return MemoryOutput(noted[:1], noted[1:], PreferencesUpdate(preferred_tone="direct"))


UPDATE = learned(("Opens with the price", "390 only"), ("Asks late", "so what"))
MEMORY = merge(default_memory(), UPDATE)


def texts(memory: UserMemory) -> list[str]:
    """The words of all items."""
    return [item.text for item in items(memory)]


def test_everything_that_shapes_answers_is_shown() -> None:
    """Weak areas, patterns with their evidence, and preferences."""
    assert [(item.kind, item.text, item.evidence) for item in items(MEMORY)] == [
        ("weak_area", "Asks late", "so what"),
        ("pattern", "Opens with the price", "390 only"),
        ("preferred_tone", "direct", ""),
    ]
    assert items(default_memory()) == ()


def test_a_reworded_item_has_the_reps_words_and_the_old_ones_do_not_return() -> None:
    """The next conversation that teaches the same sentence changes nothing."""
    item = items(MEMORY)[0]
    changed = reworded(MEMORY, item.id, "  Asks at the\n end ")
    assert texts(changed)[0] == "Asks at the end"
    assert find(changed, item.id) is None
    again = merge(changed, UPDATE)
    assert "Asks late" not in texts(again)
    assert "Opens with the price" in texts(again)


def test_a_forgotten_item_is_not_learned_again() -> None:
    """Whatever its capitals or marks."""
    item = items(MEMORY)[1]
    changed = forgotten(MEMORY, item.id)
    assert texts(changed) == ["Asks late", "direct"]
    again = merge(changed, learned(("OPENS with the price!", "x"), ("Asks late", "so")))
    assert texts(again) == ["Asks late", "direct"]


def test_preferences_can_be_changed_and_come_again_when_the_rep_says_so() -> None:
    """A wish is the rep's own; saying it anew counts."""
    changed = reworded(MEMORY, "preferred_tone", "warm")
    assert changed.preferences.preferred_tone == "warm"
    gone = forgotten(changed, "preferred_tone")
    assert gone.preferences.preferred_tone is None
    assert merge(gone, UPDATE).preferences.preferred_tone == "direct"


def test_everything_can_be_forgotten() -> None:
    """Nothing is left but what must not be learned again."""
    empty = emptied(MEMORY)
    assert items(empty) == ()
    assert empty.total_sessions == 0
    assert texts(merge(empty, UPDATE)) == ["direct"]


@pytest.mark.parametrize("item_id", ["", "no such", "preferred"])
def test_an_unknown_item_changes_nothing(item_id: str) -> None:
    """A stale id finds nothing; words are cut at their bound."""
    assert find(MEMORY, item_id) is None
    assert texts(forgotten(MEMORY, item_id)) == texts(MEMORY)
    assert len(texts(reworded(MEMORY, items(MEMORY)[0].id, "x" * 999))[0]) == MAX_TEXT
