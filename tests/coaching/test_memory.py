import msgspec

from coaching.memory import (
    MAX_INTERACTIONS,
    MAX_PATTERNS,
    MAX_TEXT,
    Interaction,
    MemoryOutput,
    Observation,
    PreferencesUpdate,
    UserMemory,
    default_memory,
    grounded,
    merge,
    support_interaction,
)
from coaching.names import prospect_names
from tests.coaching.samples import output

AT = "2026-11-23T10:00:00.000000Z"


def learned(*patterns: tuple[str, str], tone: str | None = None) -> MemoryOutput:
    """What the memory agent might answer."""
    noted = tuple(Observation(text, quote) for text, quote in patterns)
    return MemoryOutput(patterns=noted, weak_areas=noted, preferences=PreferencesUpdate(preferred_tone=tone))


def line(number: int) -> Interaction:
    """A remembered conversation."""
    return Interaction(AT, "support", f"buyer {number}", "first contact", "weak")


def test_interactions_are_bounded_newest_last() -> None:
    """Only the last twenty conversations are kept, while all are counted."""
    memory = default_memory()
    for number in range(MAX_INTERACTIONS + 5):
        memory = merge(memory, None, line(number))
    assert memory.total_sessions == MAX_INTERACTIONS + 5
    assert [item.prospect_type for item in memory.recent_interactions][-1] == "buyer 24"
    assert len(memory.recent_interactions) == MAX_INTERACTIONS


def test_repeated_observation_is_counted_with_its_newest_evidence() -> None:
    """The same observation in other capitals is one observation, seen once more."""
    memory = merge(default_memory(), learned(("Opens with price", "390 only"), ("Asks late", "so?")))
    memory = merge(memory, learned(("opens with PRICE", "just 390")))
    assert [(note.observation, note.evidence, note.seen) for note in memory.patterns_noted] == [
        ("Asks late", "so?", 1),
        ("opens with PRICE", "just 390", 2),
    ]


def test_repetition_within_one_answer_counts_once() -> None:
    """A model that says the same thing twice does not make it seen twice."""
    memory = merge(default_memory(), learned(("Asks late", "a"), ("Asks late", "b")))
    assert [note.seen for note in memory.patterns_noted] == [1]


def test_lists_are_bounded_and_texts_cut() -> None:
    """However much a model notes, memory stays small; the longest unseen falls off."""
    memory = default_memory()
    for number in range(MAX_PATTERNS + 3):
        memory = merge(memory, learned((f"Pattern {number} " + "x" * 900, "quote")))
    assert len(memory.patterns_noted) == MAX_PATTERNS
    assert memory.patterns_noted[0].observation.startswith("Pattern 3 ")
    assert all(len(note.observation) <= MAX_TEXT for note in memory.patterns_noted)


def test_no_name_of_the_prospect_is_kept() -> None:
    """First name, last name and company are struck out of observations, quotes and interactions."""
    answer = output(first="Marit", last="Oberlin", company="Castellan Forge")
    update = learned(("Flatters Marit before asking", "Dear Ms OBERLIN of castellan forge"), tone="as with Marit")
    told = msgspec.structs.replace(answer.analysis, prospect_type="champion at Castellan Forge")
    interaction = support_interaction(msgspec.structs.replace(answer, analysis=told), AT)
    stored = msgspec.json.encode(merge(default_memory(), update, interaction, prospect_names(answer))).decode()
    assert not any(name in stored.casefold() for name in ("marit", "oberlin", "castellan"))
    assert "Flatters [prospect] before asking" in stored


def test_short_name_does_not_eat_ordinary_words() -> None:
    """A prospect called Will takes no verb out of a sentence."""
    memory = merge(default_memory(), learned(("He will wait for Will", "q")), names=("Will",))
    assert memory.patterns_noted[0].observation == "He will wait for [prospect]"


def test_preference_changes_only_when_said() -> None:
    """A null or a word for unknown keeps what was known before."""
    memory = merge(default_memory(), learned(tone="dry"))
    assert merge(memory, learned(tone="N/A")).preferences.preferred_tone == "dry"
    assert merge(memory, learned(tone="warm")).preferences.preferred_tone == "warm"


def test_memory_survives_storage() -> None:
    """What was stored reads back the same, also where later versions added fields."""
    memory = merge(default_memory(), learned(("Asks late", "so?")), line(1))
    stored = msgspec.to_builtins(memory) | {"added_later": 1}
    assert msgspec.convert(stored, UserMemory) == memory


def test_observation_without_a_real_quote_is_dropped() -> None:
    """Evidence must stand in what was handed in; blanks, case and marks may differ, words may not."""
    update = learned(("Asks late", "“So,  WHEN do we start”"), ("Flatters", "you are great"), ("Nothing", "..."))
    kept = grounded(update, 'I wrote: "so when do\nwe start?" and waited')
    assert [item.observation for item in kept.patterns] == ["Asks late"]
    assert [item.observation for item in kept.weak_areas] == ["Asks late"]
    assert kept.preferences == update.preferences
