import pytest

from coaching.scenarios import Scenario
from coaching.scoring import PASS_SCORE
from tests.eval.practice import library, scored
from tests.eval.set import FITS_ANYTHING

PITCH = (
    "Our product is the market leader and has many features. It pays for itself in three months. I can give you a "
    "discount of 20 percent. Book a call in my calendar."
)
EVERY = [level.scenario for track in library().scenarios.learn_tracks for level in track.levels]
EVERY += library().scenarios.train_pool


@pytest.mark.parametrize("scenario", EVERY, ids=[scenario.id for scenario in EVERY])
def test_every_rubric_tells_its_model_answer_from_a_pitch(scenario: Scenario) -> None:
    """The model answer passes with a margin, with every quote in place; a pitch is far below the gate."""
    best = scored(scenario, scenario.ideal_response)
    assert best.total >= PASS_SCORE + 10
    assert best.unproven <= 1
    assert scored(scenario, PITCH).total < 25


@pytest.mark.parametrize("scenario", EVERY, ids=[scenario.id for scenario in EVERY])
def test_what_fits_anything_passes_nothing(scenario: Scenario) -> None:
    """Courtesy, a general question and a small step in words for nobody in particular stay well below the gate."""
    assert max(scored(scenario, text).total for text in FITS_ANYTHING) < PASS_SCORE - 10


def test_an_answer_to_another_scenario_hardly_ever_passes() -> None:
    """A fine answer to somebody else's question is far from its own score."""
    pairs = zip(EVERY, EVERY[5:] + EVERY[:5], strict=True)
    totals = [scored(scenario, other.ideal_response).total for scenario, other in pairs]
    assert sum(total >= PASS_SCORE for total in totals) <= 1
    assert sum(totals) / len(totals) < 25
