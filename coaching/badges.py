"""Badges: what each one takes, and which of them an attempt has just earned."""

from collections.abc import Callable, Collection
from typing import Literal

import msgspec

from coaching.scoring import PASS_SCORE


class Achievements(msgspec.Struct, frozen=True):
    """What badges are given for, the newest attempt counted in."""

    attempts: int
    best_score: int
    streak_days: int
    xp: int


class Badge(msgspec.Struct, frozen=True):
    """One badge; its id is the catalogue's too."""

    id: str
    rarity: Literal["common", "rare", "epic", "legendary"]
    earned: Callable[[Achievements], bool]


BADGES = (
    Badge("first_win", "common", lambda done: done.best_score >= PASS_SCORE),
    Badge("dedicated", "common", lambda done: done.attempts >= 10),
    Badge("on_fire", "rare", lambda done: done.streak_days >= 3),
    Badge("xp_hunter", "rare", lambda done: done.xp >= 1_000),
    Badge("perfect_score", "epic", lambda done: done.best_score == 100),
    Badge("streak_master", "epic", lambda done: done.streak_days >= 7),
    Badge("veteran", "epic", lambda done: done.attempts >= 50),
    Badge("legend", "legendary", lambda done: done.xp >= 3_000),
)
"""Every badge, in the order in which they are usually earned."""


def new_badges(done: Achievements, owned: Collection[str]) -> tuple[str, ...]:
    """The ids of the badges that these achievements earn beyond those owned."""
    return tuple(badge.id for badge in BADGES if badge.id not in owned and badge.earned(done))
