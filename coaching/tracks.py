"""Tracks: which levels of a track are open, and what a score changes. Nothing is ever taken back."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from coaching.scenarios import Level, Track
from coaching.scoring import PASS_SCORE


class Status(StrEnum):
    """How far a level is."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class LevelProgress(msgspec.Struct, frozen=True):
    """What a rep did with one level; `best_score` counts the attempts made, none of them by unlocking."""

    status: Status = Status.LOCKED
    best_score: int = 0
    attempts: int = 0


Done = Mapping[str, LevelProgress]
"""Progress by level id; a level nobody touched is absent."""


def status(track: Track, level: Level, done: Done) -> Status:
    """The status of a level: the first is open, the others once the one before was passed.

    Derived from the level before, so that a level added to a track later is open for those who are far enough.
    """
    known = done.get(level.id)
    if known is not None and known.status is not Status.LOCKED:
        return known.status
    place = track.levels.index(level)
    before = done.get(track.levels[place - 1].id) if place else None
    open_ = place == 0 or (before is not None and before.status is Status.COMPLETED)
    return Status.UNLOCKED if open_ else Status.LOCKED


def attempted(before: LevelProgress | None, score: int) -> LevelProgress:
    """The progress after one more attempt: a level once passed stays passed."""
    known = before or LevelProgress()
    passed = score >= PASS_SCORE or known.status is Status.COMPLETED
    return LevelProgress(
        Status.COMPLETED if passed else Status.IN_PROGRESS, max(known.best_score, score), known.attempts + 1
    )


def next_level(track: Track, level: Level) -> Level | None:
    """The level after this one, or None after the last."""
    place = track.levels.index(level) + 1
    return track.levels[place] if place < len(track.levels) else None


def completed(track: Track, done: Done) -> bool:
    """Whether every level was passed."""
    return all(status(track, level, done) is Status.COMPLETED for level in track.levels)
