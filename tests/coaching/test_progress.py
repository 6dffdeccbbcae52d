from datetime import date, timedelta

import pytest

from coaching.badges import BADGES, Achievements, new_badges
from coaching.progress import (
    Attempt,
    Earned,
    earned,
    live_streak,
    next_streak,
    recommended_difficulty,
    standing,
    weak_categories,
)

TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)


def tried(*scores: int, scenario: str = "a", day: date = TODAY, difficulty: int = 1) -> list[Attempt]:
    """Attempts at one scenario with these scores."""
    return [Attempt(scenario, score, day, f"about_{scenario}", difficulty) for score in scores]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], 70, Earned(improvement=70)),
        ([], 80, Earned(improvement=80)),
        ([], 81, Earned(improvement=81, first_try=10)),
        ([70], 70, Earned()),
        ([70], 40, Earned()),
        ([70], 75, Earned(improvement=5)),
        ([50], 71, Earned(improvement=21, leap=15)),
        ([50], 70, Earned(improvement=20)),
        ([90, 10], 90, Earned()),
        ([0], 0, Earned()),
    ],
)
def test_repetition_earns_improvement_only(before: list[int], now: int, expected: Earned) -> None:
    """A first try earns its score; another one only what it adds to the best, however low the last one was."""
    assert earned(tried(*before), tried(now)[0], streak_days=1) == expected
    assert earned(tried(*before), tried(now)[0], streak_days=1, ideal_known=True) == Earned()


def test_repeating_one_scenario_for_ever_is_worth_its_best_score() -> None:
    """A hundred tries of one scenario earn its best score and the bonuses of real leaps, and no more."""
    total, before = 0, list[Attempt]()
    for score in [20, 60, 100] + [0, 100] * 50:
        attempt = tried(score)[0]
        total += earned(before, attempt, streak_days=1).total
        before.append(attempt)
    assert total == 100 + 15 + 15


def test_streak_is_paid_once_a_day_and_only_for_a_pass() -> None:
    """The first passed attempt of a day has the bonus of the streak, at most 50."""
    today = tried(60, scenario="b")[0]
    assert earned(tried(90, day=YESTERDAY), today, streak_days=2).streak == 20
    assert earned(tried(90, day=YESTERDAY), today, streak_days=9).streak == 50
    assert earned(tried(61), today, streak_days=2).streak == 0
    assert earned(tried(30), today, streak_days=2).streak == 20
    assert earned([], tried(59)[0], streak_days=2).streak == 0
    assert earned([], today, streak_days=1).streak == 0
    assert earned([], today, streak_days=1, track_completed=True).total == 60 + 50


@pytest.mark.parametrize(
    ("xp", "level", "rank"),
    [
        (0, 1, "rookie"),
        (199, 1, "rookie"),
        (200, 2, "associate"),
        (600, 3, "specialist"),
        (1_199, 3, "specialist"),
        (2_000, 5, "strategist"),
        (9_000, 10, "deal_legend"),
        (11_000, 11, "deal_legend"),
    ],
)
def test_levels_and_ranks(xp: int, level: int, rank: str) -> None:
    """Thresholds are 0, 200, 600, 1200, 2000 and on; the last rank has no end, levels have none either."""
    here = standing(xp)
    assert (here.level, here.rank) == (level, rank)
    assert here.xp_of_level == 200 * level
    assert 0 <= here.xp_in_level < here.xp_of_level


@pytest.mark.parametrize(
    ("days", "last", "streak", "live"),
    [
        (0, None, 1, 0),
        (4, TODAY, 4, 4),
        (4, YESTERDAY, 5, 4),
        (4, TODAY - timedelta(days=2), 1, 0),
        (4, TODAY + timedelta(days=1), 4, 4),
        (0, TODAY, 1, 0),
    ],
)
def test_streak_grows_by_days_not_by_attempts(days: int, last: date | None, streak: int, live: int) -> None:
    """Once a day; a day without practice ends it; flying west neither breaks nor lengthens it."""
    assert next_streak(days, last, TODAY) == streak
    assert live_streak(days, last, TODAY) == live


@pytest.mark.parametrize(
    ("attempts", "difficulty"),
    [
        ([], 1),
        (tried(100, 100), 1),
        (tried(70, 70, 70), 2),
        (tried(69, 70, 70), 1),
        (tried(70, 70, 70) + tried(30, 39, 40, difficulty=2), 1),
        (tried(40, 40, 40, difficulty=2), 2),
        (tried(90, 90, 90, difficulty=3), 3),
        (tried(0, 0, 0), 1),
    ],
)
def test_difficulty_follows_the_hardest_one_tried_enough(attempts: list[Attempt], difficulty: int) -> None:
    """Three tries count; nothing is recommended outside 1 to 3."""
    assert recommended_difficulty(attempts) == difficulty


def test_weak_categories_need_two_tries() -> None:
    """Weakest first; one bad day is no weakness, nor is a category that went away."""
    attempts = [*tried(49, 49), *tried(10, 20, scenario="b"), *tried(0, scenario="c"), Attempt("x", 0, TODAY)]
    assert weak_categories(attempts) == ("about_b", "about_a")


def test_badges_are_given_once() -> None:
    """Each badge at its threshold, none twice, every one reachable."""
    nothing = Achievements(attempts=1, best_score=59, streak_days=1, xp=59)
    assert new_badges(nothing, ()) == ()
    assert new_badges(Achievements(1, 60, 1, 60), ()) == ("first_win",)
    everything = Achievements(attempts=50, best_score=100, streak_days=7, xp=3_000)
    assert set(new_badges(everything, ())) == {badge.id for badge in BADGES}
    assert new_badges(everything, [badge.id for badge in BADGES if badge.id != "legend"]) == ("legend",)
