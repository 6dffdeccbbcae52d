"""The outcome of one scored answer: points, level, streak and badges, computed from everything before it."""

from collections.abc import Collection, Sequence

import msgspec

from coaching.badges import Achievements, new_badges
from coaching.practice import last_day
from coaching.progress import Attempt, Earned, Standing, earned, next_streak, standing


class Before(msgspec.Struct, frozen=True):
    """Where a rep stood: their attempts, total, streak as stored, badges, and whether they knew the model answer."""

    attempts: Sequence[Attempt]
    xp: int
    streak_days: int
    badges: Collection[str]
    ideal_known: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """Where a rep stands after an attempt; `best_before` is None on the first try of a scenario."""

    earned: Earned
    standing: Standing
    level_up: bool
    streak_days: int
    badges: tuple[str, ...]
    best_before: int | None


def outcome(before: Before, now: Attempt, *, track_completed: bool = False) -> Outcome:
    """What one more attempt makes of a rep's standing."""
    streak = next_streak(before.streak_days, last_day(before.attempts), now.day)
    gained = earned(before.attempts, now, streak, track_completed=track_completed, ideal_known=before.ideal_known)
    xp = before.xp + gained.total
    best = max((attempt.score for attempt in before.attempts), default=0)
    done = Achievements(len(before.attempts) + 1, max(best, now.score), streak, xp)
    same = [attempt.score for attempt in before.attempts if attempt.scenario_id == now.scenario_id]
    return Outcome(
        earned=gained,
        standing=standing(xp),
        level_up=standing(xp).level > standing(before.xp).level,
        streak_days=streak,
        badges=new_badges(done, before.badges),
        best_before=max(same, default=None),
    )
