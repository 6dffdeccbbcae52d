from collections.abc import Callable

import msgspec
import pytest

from coaching.generated import (
    NewCriterion,
    NewPersona,
    NewScenario,
    ScenarioWriterOutput,
    accepted,
    faults,
    scenario_of,
    scenario_row,
    similarity,
)
from coaching.scoring import sheet
from tests.coaching.samples import shipped
from tests.eval.practice import asked, scored

POOL = shipped().train_pool
AT = "2026-11-23T10:00:00.000000Z"
GOOD = NewScenario(
    category="closing",
    difficulty=2,
    persona=NewPersona(
        "Aveline Thorsby", "Head of maintenance", "Larkmoor Castors, 170 people", "Says what she thinks."
    ),
    situation="Aveline says on the phone that October is full of audits and nobody signs before they are over. Answer.",
    ideal_response=" ".join(["Then", "let", "us", "wait", "until", "the", "audits", "are", "over."] * 5),
    common_mistakes=("Arguing", "Pressing", "Leaving"),
    rubric=tuple(
        NewCriterion(name, weight, name, ("a sign",), ("a bad one",))
        for name, weight in (("keeps", 40), ("asks", 30), ("step", 30))
    ),
)
Change = Callable[[NewScenario], NewScenario]


def changed(**fields: object) -> NewScenario:
    """The good drill with one thing spoilt."""
    return msgspec.structs.replace(GOOD, **fields)


def weights(*values: int) -> tuple[NewCriterion, ...]:
    """A rubric with these weights."""
    return tuple(NewCriterion(f"c{'abcdef'[n]}", value, "d", ("s",), ("b",)) for n, value in enumerate(values))


def test_a_good_drill_passes() -> None:
    """Nothing wrong, and it is a scenario that can be shown and scored."""
    assert faults(GOOD, 2, POOL) == ()
    (made,), refused = accepted(ScenarioWriterOutput((GOOD,)), 2, POOL, ["gen_1"])
    assert refused == ()
    assert sheet(made)["situation"] == GOOD.situation
    row = scenario_row(made, "row", [], AT)
    assert scenario_of(row) == made
    assert (row["source_type"], scenario_row(made, "row", ["case"], AT)["source_type"]) == ("knowledge_based", "hybrid")


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (changed(difficulty=3), "another difficulty"),
        (changed(category="magic"), "unknown category"),
        (changed(situation="Too short."), "situation too short"),
        (changed(ideal_response="Too short."), "answer too short"),
        (changed(ideal_response="long " * 200), "answer too short or too long"),
        (changed(common_mistakes=("One",)), "common mistakes"),
        (changed(rubric=weights(50, 50)), "three to five criteria"),
        (changed(rubric=weights(50, 30, 30)), "do not sum to 100"),
        (changed(rubric=weights(91, 5, 4)), "less than 10"),
        (changed(rubric=(GOOD.rubric[0], GOOD.rubric[0], GOOD.rubric[1])), "two criteria of one name"),
        (changed(rubric=(*GOOD.rubric[:2], NewCriterion("Not plain!", 30, "d", ("s",), ("b",)))), "plain id"),
        (changed(ideal_response=GOOD.ideal_response + " On [date] then."), "placeholder"),
        (changed(ideal_response=GOOD.ideal_response + " It pays for itself in a year."), "may not be made"),
        (changed(situation=POOL[0].situation), "twin"),
        (changed(situation=GOOD.situation + " " + GOOD.ideal_response), "gives the answer away"),
    ],
)
def test_a_poor_drill_is_kept_out(spoilt: NewScenario, reason: str) -> None:
    """Each fault is found and named."""
    assert any(reason in fault for fault in faults(spoilt, 2, POOL))
    assert accepted(ScenarioWriterOutput((spoilt,)), 2, POOL, ["gen_1"])[0] == ()


def test_twins_within_one_answer_are_found() -> None:
    """The second of two like drills stays out."""
    made, refused = accepted(ScenarioWriterOutput((GOOD, GOOD)), 2, POOL, ["gen_1", "gen_2"])
    assert [scenario.id for scenario in made] == ["gen_1"]
    assert refused == ("a twin in the pool",)


def test_shipped_drills_are_unlike_each_other() -> None:
    """The bound that keeps twins out would let every shipped drill in."""
    for one in POOL:
        assert all(similarity(one.situation, other.situation) < 0.4 for other in POOL if other is not one)


def test_the_practice_models_drills_pass_the_gate_and_their_own_rubric() -> None:
    """Three at a time until its stock is used up; every model answer passes; then nothing new comes in."""
    pool = list(POOL)
    for number in range(4):
        assignment = {"count": 3, "difficulty": 3, "existing": [scenario.situation for scenario in pool]}
        output = msgspec.json.decode(
            asked("scenario_writer", assignment=assignment, cases=[]), type=ScenarioWriterOutput
        )
        made, _ = accepted(output, 3, pool, [f"gen_{number}_{n}" for n in range(3)])
        pool += made
    assert len(pool) == len(POOL) + 6
    assert all(scored(scenario, scenario.ideal_response).total >= 60 for scenario in pool[-6:])
