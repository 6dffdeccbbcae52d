"""A rep's numbers: where they stand, what they practised, how their leads are, as data without any wording."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec

from coaching.badges import BADGES
from coaching.practice import last_day
from coaching.progress import Attempt, Standing, live_streak, recommended_difficulty, standing, weak_categories
from coaching.scenarios import Scenario, Track
from coaching.tracks import Done, Status, status

LAST = 10
"""How many of the newest attempts the average is taken of."""


class TrackStats(msgspec.Struct, frozen=True):
    """How many levels of a track were passed."""

    name: str
    passed: int
    levels: int


class DrillStats(msgspec.Struct, frozen=True):
    """How many drills of a difficulty were tried, and the average of the best scores."""

    difficulty: int
    tried: int
    drills: int
    average_best: int | None


class RepStats(msgspec.Struct, frozen=True):
    """All the numbers of one rep; `badges` are those earned, with the day, in the order of the catalogue."""

    standing: Standing
    streak_days: int
    tracks: tuple[TrackStats, ...]
    drills: tuple[DrillStats, ...]
    answers: int
    last_answers: int
    last_average: int | None
    best: int | None
    badges: tuple[tuple[str, str], ...]
    badges_open: tuple[str, ...]
    leads: tuple[tuple[str, int], ...]
    weak: tuple[str, ...]
    recommended: int


def rep_stats(
    xp: int,
    streak_days: int,
    today: date,
    attempts: Sequence[Attempt],
    tracks: Sequence[Track],
    done: Done,
    pool: Collection[Scenario],
    badges: Mapping[str, str],
    lead_statuses: Sequence[str],
) -> RepStats:
    """The numbers as they stand today; attempts come oldest first, `badges` map ids to the stored time."""
    newest = [attempt.score for attempt in attempts[-LAST:]]
    return RepStats(
        standing=standing(xp),
        streak_days=live_streak(streak_days, last_day(attempts), today),
        tracks=tuple(_track(track, done) for track in tracks),
        drills=tuple(_drills(difficulty, attempts, pool) for difficulty in (1, 2, 3)),
        answers=len(attempts),
        last_answers=len(newest),
        last_average=_mean(newest),
        best=max((attempt.score for attempt in attempts), default=None),
        badges=tuple((badge.id, badges[badge.id][:10]) for badge in BADGES if badge.id in badges),
        badges_open=tuple(badge.id for badge in BADGES if badge.id not in badges),
        leads=tuple(Counter(lead_statuses).most_common()),
        weak=weak_categories(attempts),
        recommended=recommended_difficulty(attempts),
    )


def _track(track: Track, done: Done) -> TrackStats:
    passed = sum(status(track, level, done) is Status.COMPLETED for level in track.levels)
    return TrackStats(track.name, passed, len(track.levels))


def _drills(difficulty: int, attempts: Sequence[Attempt], pool: Collection[Scenario]) -> DrillStats:
    ids = {scenario.id for scenario in pool if scenario.difficulty == difficulty}
    best: dict[str, int] = {}
    for attempt in attempts:
        if attempt.scenario_id in ids:
            best[attempt.scenario_id] = max(attempt.score, best.get(attempt.scenario_id, 0))
    return DrillStats(difficulty, len(best), len(ids), _mean(list(best.values())))


def _mean(scores: Sequence[int]) -> int | None:
    return round(sum(scores) / len(scores)) if scores else None
