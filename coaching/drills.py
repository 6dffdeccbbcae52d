"""Drills: which scenario comes next. None comes again before every other of its difficulty did."""

import hashlib
from collections.abc import Collection, Mapping, Sequence

import msgspec

from coaching.scenarios import Scenario


class Choice(msgspec.Struct, frozen=True):
    """The scenario to practise; `seen_before` when none of this difficulty is new to the rep any more."""

    scenario: Scenario
    seen_before: bool


def choose(
    pool: Sequence[Scenario], seen: Mapping[str, str], difficulty: int | None, salt: str, weak: Collection[str] = ()
) -> Choice | None:
    """The next drill of a difficulty, any if it is None; None when the pool has none.

    `seen` holds when each scenario was last shown, as stored. New ones come first, those of weak categories before
    the others, in an order that `salt` decides; then the one shown longest ago. Other difficulties are not touched.
    """
    fitting = [scenario for scenario in pool if difficulty in (None, scenario.difficulty)]
    if not fitting:
        return None
    new = [scenario for scenario in fitting if scenario.id not in seen]
    if new:
        first = min(new, key=lambda scenario: (scenario.category not in weak, _lot(salt, scenario.id)))
        return Choice(first, seen_before=False)
    return Choice(min(fitting, key=lambda scenario: (seen[scenario.id], scenario.id)), seen_before=True)


def unseen(pool: Sequence[Scenario], seen: Collection[str], difficulty: int | None) -> int:
    """How many scenarios of a difficulty the rep has not met."""
    return sum(difficulty in (None, scenario.difficulty) and scenario.id not in seen for scenario in pool)


def _lot(salt: str, scenario_id: str) -> str:
    return hashlib.sha256(f"{salt}:{scenario_id}".encode()).hexdigest()
