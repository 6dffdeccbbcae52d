"""Scenarios: the lessons of the learn tracks and the drills of the train pool, each with an open rubric."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from coaching.errors import ScenarioError
from coaching.yaml_document import Document, Path

Word = Annotated[str, Meta(pattern=r"^[a-z0-9_.]{1,40}$")]
Text = Annotated[str, Meta(min_length=1, max_length=6000)]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1, max_length=12)]


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the rep talks to."""

    name: Text
    role: Text
    company: Text
    background: Text
    context: Text | None = None


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a rubric: what counts, for how much, and by which signs it is seen in the rep's own words.

    `max_words` is one more sign, which code counts: for an answer up to this length that shows another good sign,
    against one beyond.
    """

    weight: Annotated[int, Meta(ge=1, le=100)]
    description: Text
    positive_signals: Texts
    negative_signals: Texts
    max_words: Annotated[int, Meta(ge=10, le=400)] | None = None


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One situation to answer; the weights of its rubric sum to 100."""

    id: Word
    category: Word
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    persona: Persona
    situation: Text
    ideal_response: Text
    common_mistakes: Texts
    scoring_rubric: Annotated[dict[Word, Criterion], Meta(min_length=2, max_length=8)]
    time_limit_seconds: Annotated[int, Meta(ge=30, le=600)] = 120


class Lesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a level teaches before it asks."""

    title: Text
    content: Text
    key_points: Texts


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a track: a lesson, then a scenario to pass."""

    id: Word
    name: Text
    lesson: Lesson
    scenario: Scenario


class Track(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Levels in the order in which they unlock."""

    id: Word
    name: Text
    description: Text
    levels: Annotated[tuple[Level, ...], Meta(min_length=1)]


class Scenarios(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything there is to practise; every scenario id stands here once."""

    learn_tracks: Annotated[tuple[Track, ...], Meta(min_length=1)]
    train_pool: Annotated[tuple[Scenario, ...], Meta(min_length=1)]

    def find(self, scenario_id: str) -> Scenario | None:
        """The scenario with this id, from a track or the pool."""
        return next((scenario for _, scenario in _all(self) if scenario.id == scenario_id), None)


def parse_scenarios(text: str, filename: str) -> Scenarios:
    """The scenarios of a YAML file, checked as a whole. Raises ScenarioError with file, line and reason."""
    document = Document(text, filename, ScenarioError)
    scenarios = document.decode(Scenarios)
    _check_ids(scenarios, document)
    for path, scenario in _all(scenarios):
        total = sum(criterion.weight for criterion in scenario.scoring_rubric.values())
        if total != 100:
            reason = f"the weights of `{scenario.id}` sum to {total}, not to 100"
            raise document.refuse(reason, (*path, "scoring_rubric"))
    return scenarios


def _check_ids(scenarios: Scenarios, document: Document) -> None:
    seen: set[tuple[str, str]] = set()
    for kind, path, id_ in _ids(scenarios):
        if (kind, id_) in seen:
            raise document.refuse(f"{kind} id `{id_}` stands here twice", (*path, "id"))
        seen.add((kind, id_))


def _ids(scenarios: Scenarios) -> Iterator[tuple[str, Path, str]]:
    for number, track in enumerate(scenarios.learn_tracks):
        yield "track", ("learn_tracks", number), track.id
        for index, level in enumerate(track.levels):
            yield "level", ("learn_tracks", number, "levels", index), level.id
    for path, scenario in _all(scenarios):
        yield "scenario", path, scenario.id


def _all(scenarios: Scenarios) -> Iterator[tuple[Path, Scenario]]:
    for number, track in enumerate(scenarios.learn_tracks):
        for index, level in enumerate(track.levels):
            yield ("learn_tracks", number, "levels", index, "scenario"), level.scenario
    for index, scenario in enumerate(scenarios.train_pool):
        yield ("train_pool", index), scenario
