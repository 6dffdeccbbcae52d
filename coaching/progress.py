"""Progress: what attempts are worth in points, levels and ranks, how long a streak lasts, and how hard to go on.

Everything follows from the attempts themselves. Trying the same scenario again earns only what it improves, so
nobody gets ahead by repeating an answer.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

import msgspec

from coaching.scoring import PASS_SCORE

FIRST_TRY_BONUS = 10
FIRST_TRY_OVER = 80
LEAP_BONUS = 15
LEAP_OVER = 20
STREAK_BONUS = 10
"""XP for each day of a streak, on the first passed attempt of a day from the second day on."""
MOST_STREAK_BONUS = 50
TRACK_BONUS = 50
"""XP for passing the last level of a track that was open, once."""
XP_STEP = 200
"""Level n is left with n times this."""
RANKS = (
    "rookie",
    "associate",
    "specialist",
    "expert",
    "strategist",
    "deal_closer",
    "senior_advisor",
    "master_negotiator",
    "vp_of_deals",
    "deal_legend",
)
"""By level from 1; the last one stays. Ids for the message catalogue."""
MIN_ATTEMPTS = 3
HARDER_FROM = 70
EASIER_BELOW = 40
WEAK_BELOW = 50
WEAK_ATTEMPTS = 2
_K = TypeVar("_K", int, str)


class Attempt(msgspec.Struct, frozen=True):
    """One scored answer; `day` is the rep's local one. `category` is None where the scenario is gone."""

    scenario_id: str
    score: int
    day: date
    category: str | None = None
    difficulty: int | None = None


class Earned(msgspec.Struct, frozen=True):
    """What one attempt earned, by reason."""

    improvement: int = 0
    first_try: int = 0
    leap: int = 0
    streak: int = 0
    track: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.improvement + self.first_try + self.leap + self.streak + self.track


class Standing(msgspec.Struct, frozen=True):
    """Where a total of XP puts a rep; `xp_in_level` of `xp_of_level` are done."""

    xp: int
    level: int
    rank: str
    xp_in_level: int
    xp_of_level: int


def earned(
    before: Sequence[Attempt],
    now: Attempt,
    streak_days: int,
    *,
    track_completed: bool = False,
    ideal_known: bool = False,
) -> Earned:
    """What an attempt earns, given all the rep's attempts before it and the streak that it belongs to.

    A first try over 80 has a bonus, so has a leap over the best try so far; a repetition that is no better has none,
    nor has one made after reading the model answer (`ideal_known`).
    """
    same = [attempt.score for attempt in before if attempt.scenario_id == now.scenario_id]
    best = max(same, default=0)
    passed_today = any(attempt.day == now.day and attempt.score >= PASS_SCORE for attempt in before)
    on_streak = streak_days > 1 and now.score >= PASS_SCORE and not passed_today
    gain = 0 if ideal_known else max(0, now.score - best)
    return Earned(
        improvement=gain,
        first_try=FIRST_TRY_BONUS if not same and gain > FIRST_TRY_OVER else 0,
        leap=LEAP_BONUS if same and gain > LEAP_OVER else 0,
        streak=min(STREAK_BONUS * streak_days, MOST_STREAK_BONUS) if on_streak else 0,
        track=TRACK_BONUS if track_completed else 0,
    )


def standing(xp: int) -> Standing:
    """Level and rank of a total: level n needs 200 n more than the levels before it."""
    level, rest = 1, xp
    while rest >= XP_STEP * level:
        rest -= XP_STEP * level
        level += 1
    return Standing(xp, level, RANKS[min(level, len(RANKS)) - 1], rest, XP_STEP * level)


def next_streak(days: int, last: date | None, today: date) -> int:
    """The streak after practising today, from the one that ended on the last day of practice.

    A day can lie before the last one when a rep travelled west; it neither breaks nor lengthens the streak.
    """
    if last is None or today - last > timedelta(days=1):
        return 1
    return max(1, days) + (today - last == timedelta(days=1))


def live_streak(days: int, last: date | None, today: date) -> int:
    """The streak as it stands today: it ends when a whole day passed without practice."""
    return days if last is not None and today - last <= timedelta(days=1) else 0


def recommended_difficulty(attempts: Sequence[Attempt]) -> int:
    """How hard to go on: from the hardest one tried three times, one up with an average of 70, one down under 40."""
    by_difficulty = _averages(attempts, lambda attempt: attempt.difficulty)
    tried = [difficulty for difficulty, (count, _) in by_difficulty.items() if count >= MIN_ATTEMPTS]
    if not tried:
        return 1
    hardest = max(tried)
    average = by_difficulty[hardest][1]
    step = (average >= HARDER_FROM) - (average < EASIER_BELOW)
    return min(3, max(1, hardest + step))


def weak_categories(attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """The categories that average under 50 in two attempts or more, weakest first."""
    averages = _averages(attempts, lambda attempt: attempt.category)
    weak = [(mean, name) for name, (n, mean) in averages.items() if n >= WEAK_ATTEMPTS and mean < WEAK_BELOW]
    return tuple(name for _, name in sorted(weak))


def _averages(attempts: Sequence[Attempt], key: Callable[[Attempt], _K | None]) -> dict[_K, tuple[int, float]]:
    scores: defaultdict[_K, list[int]] = defaultdict(list)
    for attempt in attempts:
        name = key(attempt)
        if name is not None:
            scores[name].append(attempt.score)
    return {name: (len(found), sum(found) / len(found)) for name, found in scores.items()}
