"""What is remembered of a rep between conversations, and how one conversation changes it.

Memory is about the rep, never about prospects: names of the prospect in hand are struck out before anything is kept.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from coaching.names import prospect_names, struck
from coaching.prospect import cleaned
from coaching.quotes import comparable, stands_in
from coaching.strategist import StrategistOutput, known

MAX_INTERACTIONS = 20
MAX_PATTERNS = 12
MAX_WEAK_AREAS = 8
MAX_TEXT = 300
"""Characters kept of any one remembered sentence."""


class Observation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the memory agent noticed about the rep, and the rep's own words that show it."""

    observation: Annotated[str, Meta(min_length=1, max_length=1000, description="One sentence about the rep")]
    evidence: Annotated[
        str, Meta(min_length=1, max_length=1000, description="A short exact quote of the rep's own words")
    ]


class PreferencesUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the rep wants to be answered, each null unless the rep said so in words."""

    response_length: Annotated[str, Meta(max_length=300)] | None = None
    preferred_tone: Annotated[str, Meta(max_length=300)] | None = None
    language: Annotated[str, Meta(max_length=100, description="The language the rep asked for")] | None = None


class MemoryOutput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the memory agent learned from one conversation; empty lists where it learned nothing."""

    patterns: Annotated[tuple[Observation, ...], Meta(max_length=20)]
    weak_areas: Annotated[tuple[Observation, ...], Meta(max_length=20)]
    preferences: PreferencesUpdate


class Noted(msgspec.Struct, frozen=True):
    """An observation kept: the words that last showed it and in how many conversations it was seen.

    One that the rep worded has no evidence beside itself.
    """

    observation: str
    evidence: str
    seen: int = 1


class Preferences(msgspec.Struct, frozen=True):
    """How the rep wants to be answered; None where they never said."""

    response_length: str | None = None
    preferred_tone: str | None = None
    language: str | None = None


class Interaction(msgspec.Struct, frozen=True, omit_defaults=True):
    """One conversation in a line; `at` is UTC text as stored. Practice has a category and a score, support the rest."""

    at: str
    kind: str
    prospect_type: str = ""
    stage: str = ""
    buying_signal: str = ""
    category: str = ""
    score: int | None = None


class UserMemory(msgspec.Struct, frozen=True):
    """All that is remembered of one rep; every list is bounded, newest last.

    `not_again` holds digests of observations that the rep had forgotten, so that they are not learned anew.
    """

    total_sessions: int = 0
    preferences: Preferences = Preferences()
    weakest_areas: tuple[Noted, ...] = ()
    patterns_noted: tuple[Noted, ...] = ()
    recent_interactions: tuple[Interaction, ...] = ()
    not_again: tuple[str, ...] = ()


def digest(text: str) -> str:
    """A short name of a remembered sentence, the same for every spelling of its words."""
    return hashlib.sha256(comparable(text).encode()).hexdigest()[:12]


def default_memory() -> UserMemory:
    """The memory of a rep nobody has met."""
    return UserMemory()


def support_interaction(output: StrategistOutput, at: str) -> Interaction:
    """The line to remember of a worked prospect, without their name or company."""
    names, analysis = prospect_names(output), output.analysis
    return Interaction(
        at,
        "support",
        prospect_type=_kept(analysis.prospect_type, names),
        stage=_kept(analysis.stage, names),
        buying_signal=_kept(analysis.buying_signal, names),
    )


def practice_interaction(mode: str, category: str, score: int, at: str) -> Interaction:
    """The line to remember of a practised answer."""
    return Interaction(at, mode, category=category, score=score)


def merge(
    memory: UserMemory,
    update: MemoryOutput | None,
    interaction: Interaction | None = None,
    names: Iterable[str] = (),
) -> UserMemory:
    """The memory after one more conversation; `update` is None when the memory agent had no answer.

    `names` are struck out of all that is kept. An observation seen before moves to the end and counts once more;
    the ones longest unseen fall off the bounds.
    """
    met = memory if interaction is None else _met(memory, interaction)
    if update is None:
        return met
    strike = tuple(names)
    return msgspec.structs.replace(
        met,
        preferences=_preferred(memory.preferences, update.preferences, strike),
        weakest_areas=_noted(memory.weakest_areas, update.weak_areas, strike, memory.not_again)[-MAX_WEAK_AREAS:],
        patterns_noted=_noted(memory.patterns_noted, update.patterns, strike, memory.not_again)[-MAX_PATTERNS:],
    )


def grounded(update: MemoryOutput, said: str) -> MemoryOutput:
    """The update without the observations whose evidence does not stand in what was handed in.

    A quote nobody wrote is an invention.
    """

    def kept(noted: tuple[Observation, ...]) -> tuple[Observation, ...]:
        return tuple(item for item in noted if stands_in(item.evidence, said))

    return msgspec.structs.replace(update, patterns=kept(update.patterns), weak_areas=kept(update.weak_areas))


def _met(memory: UserMemory, interaction: Interaction) -> UserMemory:
    return msgspec.structs.replace(
        memory,
        total_sessions=memory.total_sessions + 1,
        recent_interactions=(*memory.recent_interactions, interaction)[-MAX_INTERACTIONS:],
    )


def _preferred(old: Preferences, new: PreferencesUpdate, names: tuple[str, ...]) -> Preferences:
    def chosen(before: str | None, after: str | None) -> str | None:
        value = known(after)
        return _kept(value, names) if value else before

    return Preferences(
        chosen(old.response_length, new.response_length),
        chosen(old.preferred_tone, new.preferred_tone),
        chosen(old.language, new.language),
    )


def _noted(
    old: tuple[Noted, ...], new: tuple[Observation, ...], names: tuple[str, ...], not_again: tuple[str, ...]
) -> tuple[Noted, ...]:
    notes = {note.observation.casefold(): note for note in old}
    for item in {_kept(item.observation, names).casefold(): item for item in new}.values():
        text = _kept(item.observation, names)
        if digest(text) in not_again:
            continue
        before = notes.pop(text.casefold(), None)
        notes[text.casefold()] = Noted(text, _kept(item.evidence, names), before.seen + 1 if before else 1)
    return tuple(notes.values())


def _kept(text: str, names: tuple[str, ...]) -> str:
    return struck(" ".join(cleaned(text).split()), names)[:MAX_TEXT]
