"""Drills made by a model: what it answers, the gate they must pass, and their rows.

A drill enters the pool only if it is whole, can be scored, claims nothing the house does not, and is not one that
is there already.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from coaching.quotes import comparable
from coaching.rows import Row
from coaching.scenarios import Criterion, Persona, Scenario

Short = Annotated[str, Meta(min_length=1, max_length=300)]
Passage = Annotated[str, Meta(min_length=1, max_length=2000)]
SIMILAR = 0.4
"""The share of word triples from which two situations are one."""
IDEAL_WORDS = (30, 150)
SITUATION_WORDS = (12, 120)
CATEGORIES = (
    "closing",
    "discovery",
    "follow_up",
    "lost_deal",
    "multi_threading",
    "negotiation",
    "objection_adoption",
    "objection_authority",
    "objection_competitor",
    "objection_price",
    "objection_timing",
    "objection_trust",
    "opening",
    "referral",
    "silence",
)
_GAP = re.compile(r"\[[^\]]*\]|\bTODO\b|\bTBD\b|\{\{|\blorem ipsum\b|<[a-z]+>", re.IGNORECASE)
_FORBIDDEN = re.compile(
    r"pays? for itself|guarantee[sd]?\b.{0,30}(saving|return|uptime)|only this week|predicts? failures", re.IGNORECASE
)


class NewPersona(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invented customer."""

    name: Annotated[Short, Meta(description="First and last name, invented")]
    role: Short
    company: Annotated[Short, Meta(description="An invented company and its size")]
    background: Annotated[Short, Meta(description="One sentence that explains how they react")]


class NewCriterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a rubric."""

    id: Annotated[str, Meta(min_length=1, max_length=30, description="One lower-case word, underscores allowed")]
    weight: Annotated[int, Meta(ge=1, le=100, description="All weights of a rubric sum to 100")]
    description: Short
    positive_signals: Annotated[
        tuple[Short, ...], Meta(min_length=1, max_length=4, description="What can be quoted from a good answer")
    ]
    negative_signals: Annotated[
        tuple[Short, ...], Meta(min_length=1, max_length=4, description="What can be quoted from a bad answer")
    ]


class NewScenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One drill as a model writes it."""

    category: Annotated[Short, Meta(description=f"One of: {', '.join(CATEGORIES)}")]
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    persona: NewPersona
    situation: Annotated[Passage, Meta(description="What was said and what the rep has to do, 15 to 100 words")]
    ideal_response: Annotated[Passage, Meta(description="The best answer, 40 to 120 words, in the rep's voice")]
    common_mistakes: Annotated[tuple[Short, ...], Meta(min_length=1, max_length=6)]
    rubric: Annotated[tuple[NewCriterion, ...], Meta(min_length=1, max_length=6)]


class ScenarioWriterOutput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the scenario writer answers."""

    scenarios: Annotated[tuple[NewScenario, ...], Meta(min_length=1, max_length=5)]


def faults(new: NewScenario, difficulty: int, existing: Iterable[Scenario]) -> tuple[str, ...]:
    """Why a drill may not enter the pool, as words for an operator; empty for one that may."""
    text = f"{new.situation} {new.ideal_response}"
    checks = (
        (new.difficulty != difficulty, "another difficulty than asked for"),
        (new.category not in CATEGORIES, "an unknown category"),
        (not _between(new.situation, SITUATION_WORDS), "a situation too short or too long"),
        (not _between(new.ideal_response, IDEAL_WORDS), "a model answer too short or too long"),
        (len(new.common_mistakes) < 3, "fewer than three common mistakes"),
        (not 3 <= len(new.rubric) <= 5, "not three to five criteria"),
        (sum(criterion.weight for criterion in new.rubric) != 100, "weights that do not sum to 100"),
        (min(criterion.weight for criterion in new.rubric) < 10, "a criterion of less than 10"),
        (len({criterion.id for criterion in new.rubric}) != len(new.rubric), "two criteria of one name"),
        (any(not re.fullmatch(r"[a-z][a-z_]{1,29}", one.id) for one in new.rubric), "a criterion without a plain id"),
        (bool(_GAP.search(text)), "a gap or a placeholder"),
        (bool(_FORBIDDEN.search(new.ideal_response)), "a model answer with a claim that may not be made"),
        (comparable(new.ideal_response) in comparable(new.situation), "a situation that gives the answer away"),
        (any(similarity(new.situation, one.situation) >= SIMILAR for one in existing), "a twin in the pool"),
    )
    return tuple(reason for wrong, reason in checks if wrong)


def similarity(one: str, other: str) -> float:
    """How much two texts share, 0 to 1: the triples of words in both among those of the shorter."""
    first, second = _triples(one), _triples(other)
    return len(first & second) / max(1, min(len(first), len(second)))


def accepted(
    output: ScenarioWriterOutput, difficulty: int, pool: Sequence[Scenario], ids: Iterable[str]
) -> tuple[tuple[Scenario, ...], tuple[str, ...]]:
    """The drills that pass the gate, each under one of the new `ids`, and why the others did not."""
    made: list[Scenario] = []
    refused: list[str] = []
    for new, id_ in zip(output.scenarios, ids, strict=False):
        wrong = faults(new, difficulty, (*pool, *made))
        if wrong:
            refused.append("; ".join(wrong))
        else:
            made.append(scenario_from(new, id_))
    return tuple(made), tuple(refused)


def scenario_row(scenario: Scenario, row_id: str, case_ids: Sequence[str], at: str) -> Row:
    """The drill's row in `generated_scenarios`; `case_ids` name the cases it was made from."""
    kept = msgspec.to_builtins(scenario)
    return {
        "id": row_id,
        "scenario_id": scenario.id,
        **{name: kept[name] for name in ("category", "difficulty", "persona", "situation", "ideal_response")},
        "common_mistakes": kept["common_mistakes"],
        "scoring_rubric": kept["scoring_rubric"],
        "source_type": "hybrid" if case_ids else "knowledge_based",
        "source_casebook_ids": list(case_ids),
        "created_at": at,
    }


def scenario_of(row: Row) -> Scenario:
    """The drill of a row."""
    names = ("category", "difficulty", "persona", "situation", "ideal_response", "common_mistakes", "scoring_rubric")
    return msgspec.convert({"id": row["scenario_id"], **{name: row[name] for name in names}}, Scenario)


def scenario_from(new: NewScenario, id_: str) -> Scenario:
    """The drill under an id, as it is handed out."""
    persona = new.persona
    return Scenario(
        id=id_,
        category=new.category,
        difficulty=new.difficulty,
        persona=Persona(persona.name, persona.role, persona.company, persona.background),
        situation=new.situation,
        ideal_response=new.ideal_response,
        common_mistakes=new.common_mistakes,
        scoring_rubric={
            one.id: Criterion(one.weight, one.description, one.positive_signals, one.negative_signals)
            for one in new.rubric
        },
    )


def _between(text: str, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= len(text.split()) <= bounds[1]


def _triples(text: str) -> set[tuple[str, ...]]:
    words = comparable(text).split()
    return {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))}
