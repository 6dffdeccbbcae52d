import pytest
import yaml

from coaching.errors import ScenarioError
from coaching.scenarios import parse_scenarios
from tests.coaching.samples import content, shipped


def test_shipped_scenarios_are_enough_to_practise() -> None:
    """One track of four levels, twelve drills or more, every difficulty among them."""
    scenarios = shipped()
    assert [len(track.levels) for track in scenarios.learn_tracks] == [4]
    assert len(scenarios.train_pool) >= 12
    assert {scenario.difficulty for scenario in scenarios.train_pool} == {1, 2, 3}
    assert len({scenario.category for scenario in scenarios.train_pool}) >= 10


def test_every_shipped_scenario_has_a_whole_rubric() -> None:
    """Lessons and drills alike: weights of 100, signs for and against, mistakes, a model answer."""
    scenarios = shipped()
    every = [level.scenario for level in scenarios.learn_tracks[0].levels] + list(scenarios.train_pool)
    for scenario in every:
        assert sum(criterion.weight for criterion in scenario.scoring_rubric.values()) == 100
        assert len(scenario.scoring_rubric) >= 3
        assert len(scenario.common_mistakes) >= 3
        assert scenarios.find(scenario.id) == scenario


def test_unknown_scenario_is_none() -> None:
    """A stale button finds nothing rather than something else."""
    assert shipped().find("train_999") is None


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("difficulty: 1", "difficulty: 4"), "difficulty: 4", "Expected `int` <= 3"),
        (("weight: 35", "weight: 36"), "scoring_rubric:", "the weights of `learn_1_1` sum to 101, not to 100"),
        (("id: learn_1_1", "id: learn_1_2"), "id: learn_1_2", "scenario id `learn_1_2` stands here twice"),
        (("situation:", "situatoin:"), "situatoin:", "unknown key `situatoin`"),
        (('id: "1.1"', 'id: "1.4"'), 'id: "1.4"', "level id `1.4` stands here twice"),
        (("id: foundations", "id: 7"), "id: 7", "Expected `str`, got `int`"),
        (("train_pool:", "drills: 3\ntrain_pool:"), "drills:", "unknown key `drills`"),
    ],
)
def test_bad_file_is_refused_with_file_line_and_reason(change: tuple[str, str], line: str, said: str) -> None:
    """One slip anywhere in the file is found on its own line; of two equal ids, the second is the wrong one."""
    text = content("data/scenarios.yaml").replace(*change, 1)
    lines = [number for number, found in enumerate(text.splitlines(), start=1) if line in found]
    with pytest.raises(ScenarioError) as refused:
        parse_scenarios(text, "s.yaml")
    wrong = lines[-1] if "twice" in said else lines[0]
    assert str(refused.value).startswith(f"s.yaml:{wrong}: {said}")


@pytest.mark.parametrize("text", ["", "x", "[]", "learn_tracks: []\ntrain_pool: []", "a: !!python/object:os.system {}"])
def test_hopeless_file_is_refused(text: str) -> None:
    """Nothing but a scenarios file is taken for one, and no YAML tag builds an object."""
    with pytest.raises(ScenarioError):
        parse_scenarios(text, "s.yaml")


def test_file_is_plain_yaml() -> None:
    """Other tools can read the file too."""
    assert set(yaml.safe_load(content("data/scenarios.yaml"))) == {"learn_tracks", "train_pool"}
