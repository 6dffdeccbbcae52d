from coaching.drills import choose, unseen
from coaching.scenarios import Scenario
from tests.coaching.samples import shipped

POOL = shipped().train_pool


def play(rounds: int, difficulty: int | None, salt: str = "7") -> list[Scenario]:
    """The drills of a rep who asks so often, each marked as shown."""
    seen: dict[str, str] = {}
    drills = []
    for number in range(rounds):
        choice = choose(POOL, seen, difficulty, salt)
        assert choice is not None
        assert choice.seen_before == (choice.scenario.id in seen)
        seen[choice.scenario.id] = f"2026-11-23T10:{number // 60:02}:{number % 60:02}Z"
        drills.append(choice.scenario)
    return drills


def test_no_drill_comes_again_before_every_other_did() -> None:
    """In each round of a difficulty every drill comes once, in the rounds after the first too."""
    for difficulty in (1, 2, 3, None):
        size = unseen(POOL, (), difficulty)
        ids = [scenario.id for scenario in play(3 * size, difficulty)]
        for start in (0, size, 2 * size):
            assert len(set(ids[start : start + size])) == size


def test_one_difficulty_running_out_leaves_the_others_alone() -> None:
    """All of difficulty 1 seen: the others are still new."""
    seen = {scenario.id: "2026" for scenario in POOL if scenario.difficulty == 1}
    choice = choose(POOL, seen, 1, "7")
    assert choice is not None
    assert choice.seen_before
    other = choose(POOL, seen, 2, "7")
    assert other is not None
    assert not other.seen_before


def test_weak_categories_come_first_and_reps_differ() -> None:
    """A weakness is practised first; two reps do not get the same order."""
    choice = choose(POOL, {}, None, "7", weak=("lost_deal",))
    assert choice is not None
    assert choice.scenario.category == "lost_deal"
    assert [one.id for one in play(5, 2, "7")] != [one.id for one in play(5, 2, "8")]


def test_nothing_to_choose_from_is_none() -> None:
    """An empty pool has no drill."""
    assert choose((), {}, 1, "7") is None
