"""The evaluation set itself, and the evaluation on the practice model."""

from pathlib import Path

import pytest

from tests.eval.measuring import Evaluation
from tests.eval.models import Bench, bench, target_of
from tests.eval.practice import library, scored
from tests.eval.set import BANDS, answers, prospects


def test_the_set_is_large_and_its_labels_fit_the_rubrics() -> None:
    """Forty prospects and sixty answers, several languages, all bands, every label a criterion of its scenario."""
    assert len(prospects()) >= 40
    assert len(answers()) >= 60
    assert {answer.band for answer in answers()} == set(BANDS)
    assert len({answer.language for answer in answers()} | {one.language for one in prospects()}) >= 4
    for answer in answers():
        scenario = library().scenarios.find(answer.scenario)
        assert scenario is not None
        assert {*answer.met, *answer.missed} <= set(scenario.scoring_rubric)


def test_the_practice_model_tells_weak_from_strong() -> None:
    """On average the bands are far apart."""
    means = {}
    for band in BANDS:
        chosen = [answer for answer in answers() if answer.band == band]
        totals = [
            scored(scenario, answer.text).total
            for answer in chosen
            if (scenario := library().scenarios.find(answer.scenario))
        ]
        means[band] = sum(totals) / len(totals)
    assert means["weak"] + 25 < means["middling"] < means["strong"] - 25


@pytest.mark.parametrize("band", BANDS)
def test_every_answer_scores_within_its_band(band: str) -> None:
    """Not on average alone: on the practice model no answer leaves the points that its label allows."""
    least, most = BANDS[band]
    scores = {
        answer.id: scored(scenario, answer.text).total
        for answer in answers()
        if answer.band == band and (scenario := library().scenarios.find(answer.scenario))
    }
    assert {name: score for name, score in scores.items() if not least <= score <= most} == {}


async def test_the_evaluation_passes_on_the_practice_model(tmp_path: Path) -> None:
    """A small run through the real router: every line that has to be reached is."""
    async with bench(target_of({}), library(), tmp_path) as model:
        evaluation = Evaluation(model, library())
        await evaluation.prospects(prospects()[:4], injected=2)
        await evaluation.answers(answers()[:6], repeated=2, times=3, injected=3)
        table = evaluation.table()
    assert model.asked == 4 + 2 + 6 + 2 * 2 + 3
    assert [line.passed for line in table[:4]] == [True] * 4


@pytest.mark.parametrize("spoilt", ["citation", "failure", "spread", "injection"])
async def test_the_evaluation_fails_where_it_should(spoilt: str, tmp_path: Path) -> None:
    """Each gate can fail."""
    async with bench(target_of({}), library(), tmp_path) as model:
        evaluation = Evaluation(model, library())
        _spoil(spoilt, evaluation, model)
        assert sum(line.passed is False for line in evaluation.table()) == 1


def _spoil(what: str, evaluation: Evaluation, model: Bench) -> None:
    match what:
        case "citation":
            evaluation._cite("A section that nobody wrote")
        case "failure":
            model.failed.append("trainer: invalid")
        case "spread":
            evaluation.seen.spread = 3
        case "injection":
            evaluation.seen.moved.append("a01")
